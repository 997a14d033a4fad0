// node benches/tshark.mjs            (FULL=1: 100,000 packets a version instead of 20,000)
// examples/decode --json beside tshark -T pdml on the same packets: as hex on standard input for ours, as a capture
// with one packet a TCP segment for tshark. Both print all they find; start-up is part of the time. Time is the
// processes' CPU time, which other load moves less than the clock.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const here = import.meta.dirname
const root = path.resolve(here, '..')
const packets = process.env.FULL === '1' ? 100_000 : 20_000
const RUNS = 3
const TARGET = 30
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-playground-tshark-'))
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }))

execFileSync('cargo', ['build', '--release', '--example', 'decode'], { cwd: root, stdio: 'inherit' })
const decode = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, 'target'), 'release/examples/decode')
console.log(`${execFileSync('tshark', ['--version'], { encoding: 'utf8' }).split('\n')[0]}; ${packets} packets a version`
  + (process.env.FULL === '1' ? '' : ' (FULL=1 takes 100,000)'))
console.log(`  ${''.padEnd(34)}${'CPU s'.padStart(8)}${'clock s'.padStart(9)}${'packets/s'.padStart(12)}`)
for (const [corpus, version] of [['v311.bin', '3.1.1'], ['v5.bin', '5']]) {
  const [hex, capture] = [path.join(dir, 'packets.hex'), path.join(dir, 'packets.pcap')]
  write(fs.readFileSync(path.join(here, 'corpus', corpus)), hex, capture)
  const ours = `${decode} --json --version ${version} < ${hex}`
  const theirs = `tshark -r ${capture} -Y mqtt -T pdml 2>/dev/null`
  check(ours, '"errors":[')
  check(theirs, '<proto name="mqtt"')
  const rounds = Array.from({ length: RUNS }, () => [time(ours), time(theirs)])
  for (const [i, name] of [[0, 'examples/decode --json'], [1, 'tshark -T pdml']]) {
    const [cpu, clock] = ['cpu', 'clock'].map((what) => median(rounds.map((round) => round[i][what])))
    const speed = Math.round(packets / cpu).toLocaleString('en-GB')
    console.log(`  ${`${name}, ${version}`.padEnd(34)}${cpu.toFixed(2).padStart(8)}${clock.toFixed(2).padStart(9)}${speed.padStart(12)}`)
  }
  const ratio = median(rounds.map(([mine, other]) => other.cpu / mine.cpu))
  console.log(`  × ${ratio.toFixed(1)} the packets a second (target ${TARGET}${ratio < TARGET ? ', missed' : ''})`)
}

/** Stops unless the command prints so many lines with a text: one for each packet. */
function check(command, text) {
  const found = Number(execFileSync('bash', ['-c', `${command} | grep -cF '${text}'`], { encoding: 'utf8' }))
  if (found === packets) return
  console.error(`bench-tshark: ${found} of ${packets} packets in the output of ${command}`)
  process.exit(1)
}

/** Seconds that a command takes, its output thrown away. */
function time(command) {
  const script = `TIMEFORMAT='%U %S %R'; time { ${command} > /dev/null; }`
  const text = execFileSync('bash', ['-c', `{ ${script} ; } 2>&1`], { encoding: 'utf8' })
  const [user, system, clock] = text.trim().split(' ').map(Number)
  return { cpu: user + system, clock }
}

/** The corpus over and over, as hex and as a capture. */
function write(bytes, hexFile, captureFile) {
  const frames = cut(bytes)
  const [hex, capture] = [[], [captureHeader()]]
  let sequence = 1
  for (let i = 0; i < packets; i++) {
    const frame = frames[i % frames.length]
    hex.push(frame.toString('hex'), '\n')
    capture.push(segment(i, sequence, frame.length), frame)
    sequence += frame.length
  }
  fs.writeFileSync(hexFile, hex.join(''))
  fs.writeFileSync(captureFile, Buffer.concat(capture))
}

function cut(bytes) {
  const frames = []
  for (let at = 0; at < bytes.length;) {
    let [remaining, shift, next] = [0, 0, at + 1]
    do {
      remaining |= (bytes[next] & 0x7f) << shift
      shift += 7
    } while (bytes[next++] & 0x80)
    frames.push(bytes.subarray(at, next + remaining))
    at = next + remaining
  }
  return frames
}

function captureHeader() {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(0x40000, 16)
  header.writeUInt32LE(101, 20) // raw IP
  return header
}

/** The capture's record, IPv4 and TCP headers of a segment from port 40000 to 1883 on this machine. */
function segment(number, sequence, length) {
  const [record, ip, tcp] = [Buffer.alloc(16), Buffer.alloc(20), Buffer.alloc(20)]
  const micros = number * 100
  record.writeUInt32LE(1_700_000_000 + Math.floor(micros / 1e6), 0)
  record.writeUInt32LE(micros % 1e6, 4)
  record.writeUInt32LE(40 + length, 8)
  record.writeUInt32LE(40 + length, 12)
  ip[0] = 0x45
  ip.writeUInt16BE(40 + length, 2)
  ip.writeUInt16BE(number & 0xffff, 4)
  ip[8] = 64
  ip[9] = 6
  ip.writeUInt32BE(0x7f000001, 12)
  ip.writeUInt32BE(0x7f000001, 16)
  tcp.writeUInt16BE(40_000, 0)
  tcp.writeUInt16BE(1883, 2)
  tcp.writeUInt32BE(sequence >>> 0, 4)
  tcp.writeUInt32BE(1, 8)
  tcp.writeUInt16BE(0x5018, 12)
  tcp.writeUInt16BE(0xffff, 14)
  return Buffer.concat([record, ip, tcp])
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}
