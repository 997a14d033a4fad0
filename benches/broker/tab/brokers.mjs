// What is measured: brokers that give a connection as { send(Uint8Array), onData }, where `onData` is the client's.
// None of them calls `onData` inside of `send`.
import { Buffer } from 'buffer'
import { Aedes } from 'aedes'
import { Duplex } from 'readable-stream'

/** The core in a module, with as thin a shell as one needs: chunks are copied in and out. */
export function ours(wasm, record) {
  wasm.begin(record)
  const links = []
  const room = 4096
  let memory = new Uint8Array(0)
  let due = false
  const view = () => (memory.length === 0 ? memory = new Uint8Array(wasm.memory.buffer) : memory)
  const deliver = () => {
    for (let count; (count = wasm.collect(performance.now())) > 0;) {
      const table = new Uint32Array(wasm.memory.buffer, wasm.table(), 3 * count).slice()
      for (let i = 0; i < table.length; i += 3) links[table[i]].onData(view().slice(table[i + 1], table[i + 1] + table[i + 2]))
    }
    due = false
  }
  return async () => {
    const connection = wasm.open(performance.now())
    const link = {
      onData: null,
      send(chunk) {
        if (chunk.length > room) throw new Error(`a chunk of ${chunk.length} bytes`)
        const at = wasm.input(room)
        view().set(chunk, at)
        wasm.data(connection, chunk.length, performance.now())
        if (!due) {
          due = true
          queueMicrotask(deliver)
        }
      },
    }
    links[connection] = link
    return link
  }
}

/** aedes behind streams in memory. */
export async function aedes() {
  const broker = await Aedes.createBroker({ heartbeatInterval: 3_600_000, queueLimit: 1_000_000 })
  return async () => {
    const link = { onData: null, send: (chunk) => { stream.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)) } }
    const stream = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        link.onData(chunk)
        done()
      },
      writev(chunks, done) {
        link.onData(chunks.length === 1 ? chunks[0].chunk : Buffer.concat(chunks.map(({ chunk }) => chunk)))
        done()
      },
    })
    broker.handle(stream)
    return link
  }
}

/** No broker at all: hands every PUBLISH to all subscribers and answers, by as little work as goes. */
export function sink() {
  const subscribers = []
  let waiting = []
  const deliver = () => {
    while (waiting.length > 0) {
      const now = waiting
      waiting = []
      for (let i = 0; i < now.length; i += 2) now[i].onData(now[i + 1])
    }
  }
  const to = (link, packet) => {
    if (waiting.push(link, packet) === 2) queueMicrotask(deliver)
  }
  return async () => {
    const link = { onData: null, send }
    /** All packets of the load are shorter than 128 bytes. */
    function send(chunk) {
      for (let at = 0; at < chunk.length; at += 2 + chunk[at + 1]) {
        const answer = (first, id) => to(link, Uint8Array.of(first, 2, chunk[id], chunk[id + 1]))
        switch (chunk[at] >> 4) {
          case 1: to(link, Uint8Array.of(0x20, 2, 0, 0)); break
          case 3: {
            const packet = chunk.slice(at, at + 2 + chunk[at + 1])
            const qos = packet[0] >> 1 & 3
            for (const subscriber of subscribers) to(subscriber, packet)
            if (qos > 0) answer(qos === 1 ? 0x40 : 0x50, at + 4 + chunk[at + 3])
            break
          }
          case 5: answer(0x62, at + 2); break
          case 6: answer(0x70, at + 2); break
          case 8:
            subscribers.push(link)
            to(link, Uint8Array.of(0x90, 3, chunk[at + 2], chunk[at + 3], chunk[at + 1 + chunk[at + 1]]))
        }
      }
    }
    return link
  }
}
