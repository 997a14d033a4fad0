// A real broker for a test: Debian's mosquitto with a TCP and a WebSocket listener on free loopback ports, and
// mosquitto_sub and mosquitto_pub as witnesses.
//
//   const witness = await mosquitto.subscribe('sensors/#', { qos: 2 })
//   … publish from the page to mosquitto.wsUrl …
//   const [message] = await witness.received(1)   // { topic, qos, retain, payload: Buffer }
import { execFile, spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const HOST = '127.0.0.1'
const PATH = `${process.env.PATH}:/usr/sbin`
const PATIENCE_MS = 10_000

/**
 * Starts a broker of its own; `extra` are more lines for its configuration file. `users`: names and passwords of those
 * who may connect, `acl`: the lines of its ACL file, `ports`: those to listen on, TCP and WebSocket,
 * `persistent`: `extra` says where it keeps its sessions, `log`: what it writes of.
 */
export async function startMosquitto(extra = [], { users, acl, ports, persistent, log } = {}) {
  for (let attempt = 1; ; attempt++) {
    const [tcpPort, wsPort] = ports ?? [await freePort(), await freePort()]
    try {
      return await start(tcpPort, wsPort, extra, { users, acl, persistent, log })
    } catch (error) {
      // Another program may take a port between asking for a free one and opening it.
      if (attempt === 3 || !/Address already in use/.test(error.message)) throw error
    }
  }
}

async function start(tcpPort, wsPort, extra, { users, acl, persistent, log: types = 'all' }) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-playground-mosquitto-'))
  const config = path.join(dir, 'mosquitto.conf')
  const files = []
  if (acl) {
    fs.writeFileSync(path.join(dir, 'acl'), [...acl, ''].join('\n'))
    files.push(`acl_file ${path.join(dir, 'acl')}`)
  }
  if (users) {
    const passwords = path.join(dir, 'passwords')
    fs.writeFileSync(passwords, '')
    for (const [name, password] of Object.entries(users)) {
      await run('mosquitto_passwd', ['-b', passwords, name, password], { env: { ...process.env, PATH } })
    }
    files.push(`password_file ${passwords}`)
  }
  fs.writeFileSync(config, [
    // Started as root it would change to a user who may not read the directory above.
    `user ${os.userInfo().username}`,
    ...(persistent ? [] : ['persistence false']),
    'log_dest stderr',
    `log_type ${types}`,
    'connection_messages true',
    `allow_anonymous ${!users}`,
    `listener ${tcpPort} ${HOST}`,
    'protocol mqtt',
    `listener ${wsPort} ${HOST}`,
    'protocol websockets',
    ...files,
    ...extra,
    '',
  ].join('\n'))

  const child = spawn('mosquitto', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, PATH } })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => { log += text })
  const ended = new Promise((resolve) => {
    child.once('error', (error) => { log += `${error}\n`; resolve() })
    child.once('exit', resolve)
  })
  const witnesses = []

  const stop = async () => {
    await Promise.all(witnesses.map((witness) => witness.stop()))
    child.kill()
    await ended
    fs.rmSync(dir, { recursive: true, force: true })
  }
  const logged = (pattern) => until(() => pattern.test(log), () => `mosquitto did not log ${pattern}:\n${log}`, ended)
  try {
    await logged(/mosquitto version \S+ running/)
  } catch (error) {
    await stop()
    throw error
  }

  return {
    tcpPort,
    wsPort,
    wsUrl: `ws://${HOST}:${wsPort}`,
    pid: child.pid,
    /** Everything mosquitto wrote so far, log_type all. */
    log: () => log,
    /** Resolves once the log matches. */
    logged,
    stop,
    /** A mosquitto_sub, resolved once the broker has acknowledged its subscription. */
    async subscribe(filter, { qos = 0, args = [] } = {}) {
      const id = `witness-${witnesses.length + 1}`
      const witness = watch(['-h', HOST, '-p', tcpPort, '-i', id, '-t', filter, '-q', qos, ...args])
      witnesses.push(witness)
      await logged(new RegExp(`Sending SUBACK to ${id}\\b`))
      return witness
    },
    /** A mosquitto_pub, resolved once it has ended, which is after the acknowledgements of its QoS. */
    publish: (topic, payload, { qos = 0, retain = false, args = [] } = {}) =>
      run('mosquitto_pub', ['-h', HOST, '-p', `${tcpPort}`, '-t', topic, '-m', payload, '-q', `${qos}`,
        ...(retain ? ['-r'] : []), ...args]),
  }
}

/** A mosquitto_sub whose messages can be awaited. */
function watch(args) {
  const child = spawn('mosquitto_sub', [...args.map(String), '-F', '%t\t%q\t%r\t%x'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => { child.once('error', resolve); child.once('exit', resolve) })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more) => { text += more })
  const messages = () => text.split('\n').slice(0, -1).map((line) => {
    const [topic, qos, retain, hex] = line.split('\t')
    return { topic, qos: Number(qos), retain: retain === '1', payload: Buffer.from(hex, 'hex') }
  })
  return {
    messages,
    /** Resolves to the messages once at least `count` have come. */
    async received(count) {
      await until(() => messages().length >= count, () => `mosquitto_sub got ${messages().length} of ${count} messages`, ended)
      return messages()
    },
    async stop() {
      child.kill()
      await ended
    },
  }
}

/** Waits for a condition; ends early, and badly, if the program behind it does. */
async function until(condition, why, ended) {
  let over = false
  ended.then(() => { over = true })
  const deadline = Date.now() + PATIENCE_MS
  while (!condition()) {
    if (over || Date.now() > deadline) throw new Error(why())
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject)
    server.listen(0, HOST, () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
