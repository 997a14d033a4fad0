// Runs in the tab, told what to do by bench.mjs, which also does the timing: window.prepare(corpus, level) makes the
// jobs, window.run(job, times) does one of them. A job goes once over all packets of the corpus.
import { Buffer } from 'buffer'
import mqttPacket from 'mqtt-packet'

/** Where each packet begins and ends. */
function cut(bytes) {
  const packets = []
  for (let at = 0; at < bytes.length;) {
    let remaining = 0
    let shift = 0
    let next = at + 1
    let byte
    do {
      byte = bytes[next++]
      remaining |= (byte & 0x7f) << shift
      shift += 7
    } while (byte & 0x80)
    packets.push([at, next + remaining])
    at = next + remaining
  }
  return packets
}

/** Copies rows into an array of JavaScript's own that is used again for the next ones. */
function again() {
  let mine = new Uint32Array(0)
  return (rows) => {
    if (mine.length < rows.length) mine = new Uint32Array(2 * rows.length)
    mine.set(rows)
    return mine
  }
}

function ours(wasm, bytes, level, expected) {
  const start = wasm.input(bytes.length) // before the memory is looked at: it grows here
  new Uint8Array(wasm.memory.buffer, start, bytes.length).set(bytes)
  let memory = new Uint32Array(wasm.memory.buffer)
  const handOver = (batch, own) => () => {
    let packets = 0
    let covered = 0
    for (let offset = 0; offset < bytes.length;) {
      const batchAt = wasm.hand_over(level, offset, batch) >>> 2
      if (memory.length === 0) memory = new Uint32Array(wasm.memory.buffer) // it grew
      const from = memory[batchAt] >>> 2
      const next = memory[batchAt + 2]
      const length = memory[batchAt + 1]
      const rows = own(memory.subarray(from, from + length))
      for (let i = 0; i < length; i += 4) {
        const kind = rows[i + 2]
        if ((kind & 0xff) === 0xff) {
          packets++
          if (kind >>> 8 !== 0) throw new Error(`a fault in a packet behind ${offset}`)
          continue
        }
        // Depth 0: a packet's headers and payload, which cover all of it.
        if ((kind & 0xff0000) === 0) covered += rows[i + 1]
        sink = sink + rows[i] + rows[i + 3] | 0
      }
      offset = next
    }
    if (packets !== expected || covered !== bytes.length) throw new Error(`${packets} packets, ${covered} bytes`)
  }
  return [
    ['plain', () => wasm.decode(level)],
    ['annotated', () => { sink = sink + wasm.annotate(level) | 0 }],
    ['array', handOver(100, again())],
    ['arrays', handOver(100, (rows) => rows.slice())],
  ]
}

function peers(bytes, level, packets) {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks = packets.map(([start, end]) => whole.subarray(start, end))
  const parse = (input) => () => {
    const parser = mqttPacket.parser({ protocolVersion: level })
    let found = 0
    parser.on('packet', (packet) => { found++; sink = sink + packet.length | 0 })
    parser.on('error', (error) => { throw error })
    for (const chunk of input) parser.parse(chunk)
    if (found !== packets.length) throw new Error(`mqtt-packet found ${found} packets`)
  }
  return [
    ['whole', parse([whole])],
    ['chunks', parse(chunks)],
  ]
}

// What the jobs find out, so that nothing can be left out.
let sink = 0

let jobs = new Map()

window.prepare = async (corpus, level) => {
  const bytes = new Uint8Array(await (await fetch(corpus)).arrayBuffer())
  const { instance } = await WebAssembly.instantiateStreaming(fetch('codec.wasm'))
  const packets = cut(bytes)
  jobs = new Map([...ours(instance.exports, bytes, level, packets.length), ...peers(bytes, level, packets)])
  return { jobs: [...jobs.keys()], packets: packets.length, bytes: bytes.length }
}

window.run = (name, times) => {
  const run = jobs.get(name)
  for (let i = 0; i < times; i++) run()
  return sink
}
