// A WebSocket server for tests that behaves as the test says, also as no server should: it answers the opening with any
// subprotocol or none, and sends frames of any kind, cut anywhere.
//
//   const server = await unruly({ frames: (packet) => [[packet.subarray(0, 1), packet.subarray(1)]] })
//   … connect the page to server.url …
//   server.sent                 // what the page sent so far: Buffers, one a frame
import crypto from 'node:crypto'
import net from 'node:net'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const OPCODES = { text: 0x1, binary: 0x2, close: 0x8 }

/** CONNACK that accepts, in 3.1.1. */
export const CONNACK = Buffer.from([0x20, 2, 0, 0])

/**
 * Starts one. `subprotocol`: what it chooses, null for none. `opened(peer)`: called once the WebSocket is open;
 * `heard(peer, payload)`: at each frame from the page, which by default gets a CONNACK for the first one. `raw(socket)`:
 * takes the TCP connection over before any WebSocket.
 */
export async function unruly({ subprotocol = 'mqtt', opened = () => {}, heard, raw } = {}) {
  const sockets = new Set()
  const sent = []
  const listener = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    if (raw) return raw(socket)
    serve(socket, { subprotocol, opened, heard: heard ?? acceptFirst(), sent })
  })
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address()
  return {
    url: `ws://127.0.0.1:${port}`,
    secureUrl: `wss://127.0.0.1:${port}`,
    port,
    sent,
    stop: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy()
      listener.close(resolve)
    }),
  }
}

function acceptFirst() {
  return (peer, payload) => { if (payload[0] === 0x10) peer.send(CONNACK) }
}

function serve(socket, { subprotocol, opened, heard, sent }) {
  const peer = {
    /** One frame. */
    send: (payload, kind = 'binary') => socket.write(frame(OPCODES[kind], Buffer.from(payload))),
    /** A frame for each byte. */
    dribble: (payload) => { for (const byte of payload) peer.send([byte]) },
    /** A closing frame with its code. */
    close: (code) => { closing = true; peer.send([code >> 8, code & 255], 'close') },
    /** The TCP connection is gone without a word. */
    destroy: () => socket.destroy(),
  }
  let buffered = Buffer.alloc(0)
  let open = false
  let closing = false
  socket.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk])
    if (!open) {
      // TLS, and nothing that HTTP could begin with.
      if (buffered[0] === 0x16) return socket.destroy()
      const end = buffered.indexOf('\r\n\r\n')
      if (end < 0) return
      const key = /sec-websocket-key: *(\S+)/i.exec(buffered.subarray(0, end).toString())?.[1]
      buffered = buffered.subarray(end + 4)
      const accept = crypto.createHash('sha1').update(key + GUID).digest('base64')
      socket.write([
        'HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`,
        ...(subprotocol === null ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]), '', '',
      ].join('\r\n'))
      open = true
      opened(peer)
    }
    for (let parsed; (parsed = unframe(buffered));) {
      buffered = buffered.subarray(parsed.length)
      if (parsed.opcode === OPCODES.close) return closing ? socket.end() : socket.end(frame(OPCODES.close, parsed.payload))
      if (parsed.opcode !== OPCODES.binary) continue
      sent.push(parsed.payload)
      heard(peer, parsed.payload)
    }
  })
}

function frame(opcode, payload) {
  const size = payload.length
  const head = size < 126 ? [size] : size < 65536 ? [126, size >> 8, size & 255] : [127, 0, 0, 0, 0, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255]
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head]), payload])
}

/** The frame at the beginning of what a client sent, if it is whole. */
function unframe(bytes) {
  if (bytes.length < 2) return null
  let size = bytes[1] & 127
  let at = 2
  if (size === 126) { if (bytes.length < 4) return null; size = bytes.readUInt16BE(2); at = 4 }
  else if (size === 127) { if (bytes.length < 10) return null; size = Number(bytes.readBigUInt64BE(2)); at = 10 }
  const mask = bytes.subarray(at, at + 4)
  at += 4
  if (bytes.length < at + size) return null
  const payload = Buffer.from(bytes.subarray(at, at + size).map((byte, n) => byte ^ mask[n % 4]))
  return { opcode: bytes[0] & 15, payload, length: at + size }
}
