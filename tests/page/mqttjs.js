// npm's MQTT.js for a page under test: bundled for the browser, with a stream made of a connection to the broker in the
// tab. Served to the test alone: the page ships without it.
import path from 'node:path'
import { build } from 'esbuild'

const SOURCE = `
  import process from 'process/browser.js'
  import { Buffer } from 'buffer'
  import { Duplex } from 'readable-stream'
  import mqtt from 'mqtt'
  globalThis.process ??= process

  function stream(connection) {
    const duplex = new Duplex({
      read() {},
      write(chunk, _, done) {
        try { connection.send(chunk) } catch (error) { return done(error) }
        done()
      },
      final(done) { connection.close(); duplex.push(null); done() },
      destroy(error, done) { connection.close(); done(error) },
    })
    connection.onData((packet) => duplex.push(Buffer.from(packet)))
    connection.onClose(() => duplex.destroy())
    return duplex
  }

  /** A client that is connected, and keeps what it gets in \`messages\`. */
  export async function connect(broker, options) {
    const client = new mqtt.MqttClient(() => stream(broker.connect()), { timerVariant: 'native', reconnectPeriod: 0, ...options })
    client.messages = []
    client.on('message', (topic, payload, { qos, retain, properties }) => {
      client.messages.push({ topic, payload: [...payload], qos, retain, properties })
    })
    client.connack = await new Promise((resolve, reject) => {
      client.once('connect', resolve)
      client.once('error', reject)
    })
    return client
  }

  /** Resolves once the condition holds. */
  export async function until(condition, what) {
    for (const end = Date.now() + 8000; !condition();) {
      if (Date.now() > end) throw new Error('still waiting for ' + what)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
`

let bundled
/** The text of a module that exports \`connect\` and \`until\`. */
export function mqttjs() {
  bundled ??= build({
    stdin: { contents: SOURCE, resolveDir: path.resolve('.') },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    define: { global: 'globalThis' },
    legalComments: 'none',
    write: false,
  }).then(({ outputFiles: [file] }) => file.text)
  return bundled
}
