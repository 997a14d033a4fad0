// The captured mosquitto sessions under tests/data, as the page's tests paste them.
import fs from 'node:fs'

/** All bytes of a file's connections, both directions in the order captured. */
export function capturedBytes(file) {
  const lines = fs.readFileSync(`tests/data/${file}`, 'utf8').split('\n').filter((line) => line && !line.startsWith('#'))
  return Buffer.concat(lines.map((line) => Buffer.from(line.split(' ')[2], 'hex')))
}

/** Cuts bytes into packets by their fixed headers: independent of the page's own decoder. */
export function cut(bytes) {
  const packets = []
  for (let at = 0; at < bytes.length;) {
    let length = 0
    let header = 1
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at + header++]
      length += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    packets.push(bytes.subarray(at, at + header + length))
    at += header + length
  }
  return packets
}

export const TYPES = ['RESERVED', 'CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBSCRIBE',
  'SUBACK', 'UNSUBSCRIBE', 'UNSUBACK', 'PINGREQ', 'PINGRESP', 'DISCONNECT', 'AUTH']

/** Bytes as people paste them: `10 16 00`. */
export const spaced = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
