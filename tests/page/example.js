// examples/broker for a test, on a free loopback port: the broker core of this project behind real sockets.
import { execFile, spawn } from 'node:child_process'
import net from 'node:net'
import { promisify } from 'node:util'
import { freePort } from './mosquitto.js'

const run = promisify(execFile)
const HOST = '127.0.0.1'

let built
/** Where the program is: built once, if the native tests have not built it already. */
function program() {
  built ??= run('cargo', ['build', '--quiet', '--example', 'broker', '--message-format', 'json'], { maxBuffer: 1 << 26 })
    .then(({ stdout }) => stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line))
      .find((it) => it.reason === 'compiler-artifact' && it.target.name === 'broker' && it.executable).executable)
  return built
}

/** Starts it; `args` are more options. */
export async function startExample(args = []) {
  const wsPort = await freePort()
  const child = spawn(await program(), ['--ws', `${HOST}:${wsPort}`, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => { log += text })
  let over = false
  const ended = new Promise((resolve) => child.once('exit', () => { over = true; resolve() }))
  for (const deadline = Date.now() + 10_000; !(await answers(wsPort));) {
    if (over || Date.now() > deadline) throw new Error(`examples/broker does not answer:\n${log}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return {
    wsUrl: `ws://${HOST}:${wsPort}`,
    async stop() {
      child.kill()
      await ended
    },
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, HOST, () => { socket.destroy(); resolve(true) }).on('error', () => resolve(false))
  })
}
