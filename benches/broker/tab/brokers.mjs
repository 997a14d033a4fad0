// What is measured: brokers that give a connection as { send(Uint8Array), onData }, where `onData` is the client's.
// None of them calls `onData` inside of `send`.
import { Buffer } from 'buffer'
import { Aedes } from 'aedes'
import { Duplex } from 'readable-stream'

/** The core in a module, with as thin a shell as one needs: what is sent is handed over when the caller is done. */
export function ours(wasm, record) {
  wasm.begin(record)
  const links = []
  const room = 1 << 16
  const input = wasm.input(room)
  let memory = new Uint8Array(wasm.memory.buffer)
  let waiting = 0
  let due = false
  // When the module's memory grows, what looked at it sees nothing any more.
  const look = () => {
    if (memory.length === 0) memory = new Uint8Array(wasm.memory.buffer)
  }
  const take = () => {
    const length = waiting
    waiting = 0
    wasm.take(length, performance.now())
    look()
  }
  const deliver = () => {
    do {
      take()
      const count = wasm.collect(performance.now())
      look()
      const table = new Uint32Array(memory.buffer, wasm.table(), 3 * count).slice()
      for (let i = 0; i < table.length; i += 3) {
        links[table[i]].onData(memory.slice(table[i + 1], table[i + 1] + table[i + 2]))
      }
    } while (waiting > 0)
    due = false
  }
  return async () => {
    const connection = wasm.open(performance.now())
    look()
    const link = {
      onData: null,
      send(chunk) {
        const length = chunk.length
        if (waiting + 8 + length > room) take()
        let at = input + waiting
        waiting += 8 + length
        for (let shift = 0; shift < 32; shift += 8) memory[at++] = connection >> shift
        for (let shift = 0; shift < 32; shift += 8) memory[at++] = length >> shift
        // A call that copies costs more than a loop over a few bytes.
        if (length > 64) memory.set(chunk, at)
        else for (let i = 0; i < length; i++) memory[at + i] = chunk[i]
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
  const links = []
  const subscribers = []
  // What has been published since the last delivery, and answers by connection.
  const published = new Uint8Array(1 << 20)
  let length = 0
  let due = false
  const deliver = () => {
    while (due) {
      due = false
      if (length > 0) {
        const chunk = published.slice(0, length)
        length = 0
        for (const subscriber of subscribers) subscriber.onData(chunk)
      }
      for (const link of links) {
        if (link.length === 0) continue
        const chunk = link.answers.slice(0, link.length)
        link.length = 0
        link.onData(chunk)
      }
    }
  }
  return async () => {
    const link = { onData: null, send, answers: new Uint8Array(1 << 16), length: 0 }
    links.push(link)
    const answer = (...bytes) => {
      for (const byte of bytes) link.answers[link.length++] = byte
    }
    /** All packets of the load are shorter than 128 bytes. */
    function send(chunk) {
      for (let at = 0; at < chunk.length; at += 2 + chunk[at + 1]) {
        switch (chunk[at] >> 4) {
          case 1: answer(0x20, 2, 0, 0); break
          case 3: {
            published.set(chunk, length)
            length += chunk.length
            const id = at + 4 + chunk[at + 3]
            const qos = chunk[at] >> 1 & 3
            if (qos > 0) answer(qos === 1 ? 0x40 : 0x50, 2, chunk[id], chunk[id + 1])
            break
          }
          case 5: answer(0x62, 2, chunk[at + 2], chunk[at + 3]); break
          case 6: answer(0x70, 2, chunk[at + 2], chunk[at + 3]); break
          case 8:
            subscribers.push(link)
            answer(0x90, 3, chunk[at + 2], chunk[at + 3], chunk[at + 1 + chunk[at + 1]])
        }
      }
      if (!due) {
        due = true
        queueMicrotask(deliver)
      }
    }
    return link
  }
}
