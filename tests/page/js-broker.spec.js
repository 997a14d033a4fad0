// The broker that the page's module offers to JavaScript, and MQTT.js as its client.
import fs from 'node:fs'
import { transformSync } from 'esbuild'
import { mqttjs } from './mqttjs.js'
import { test as base, expect } from './fixture.js'

/** `tab(work, argument)` runs `work(tools, mqtt, argument)` in the page. */
const test = base.extend({
  tab: async ({ page }, use) => {
    const body = await mqttjs()
    await page.route('**/mqttjs-under-test.js', (route) => route.fulfill({ contentType: 'text/javascript', body }))
    await page.goto('./')
    await page.waitForFunction(() => window.wasmBindings !== undefined)
    await page.evaluate(async () => {
      window.tools = await window.loadTools()
      window.mqtt = await import(new URL('./mqttjs-under-test.js', document.baseURI))
    })
    await use((work, argument) => page.evaluate(`(${work})(window.tools, window.mqtt, ${JSON.stringify(argument)})`))
  },
})

const VERSIONS = [
  ['3.1', { protocolId: 'MQIsdp', protocolVersion: 3 }],
  ['3.1.1', { protocolVersion: 4 }],
  ['5.0', { protocolVersion: 5 }],
]

for (const [version, options] of VERSIONS) {
  test(`MQTT.js publishes and gets QoS 0, 1 and 2 by ${version}`, async ({ tab }) => {
    const got = await tab(async ({ Broker }, { connect, until }, options) => {
      const broker = new Broker()
      const sub = await connect(broker, { ...options, clientId: 'sub' })
      const pub = await connect(broker, { ...options, clientId: 'pub' })
      const granted = await sub.subscribeAsync('a/#', { qos: 2 })
      for (let round = 0; round < 20; round++) {
        for (const qos of [0, 1, 2]) await pub.publishAsync(`a/${qos}`, Uint8Array.of(0, 255, round), { qos })
      }
      await until(() => sub.messages.length >= 60, '60 messages')
      await pub.endAsync()
      await sub.endAsync()
      return { granted: granted.map(({ qos }) => qos), messages: sub.messages.map(({ topic, payload, qos }) => [topic, payload, qos]) }
    }, options)
    expect(got.granted).toEqual([2])
    expect(got.messages).toEqual([...Array(20).keys()].flatMap((round) =>
      [0, 1, 2].map((qos) => [`a/${qos}`, [0, 255, round], qos])))
  })

  test(`wills, retained messages and kept sessions by ${version}`, async ({ tab }) => {
    const got = await tab(async ({ Broker }, { connect, until }, options) => {
      const broker = new Broker()
      const will = { topic: 'gone', payload: 'lamp', qos: 1, retain: true }
      const lamp = await connect(broker, { ...options, clientId: 'lamp', will })
      const kept = options.protocolVersion === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}
      const keeper = { ...options, ...kept, clientId: 'keeper', clean: false }
      const before = await connect(broker, keeper)
      await before.subscribeAsync('later/#', { qos: 1 })
      await before.endAsync()
      await lamp.publishAsync('later/1', 'one', { qos: 1 })
      await lamp.publishAsync('state', 'on', { qos: 1, retain: true })
      lamp.stream.destroy()
      const late = await connect(broker, { ...options, clientId: 'late' })
      await late.subscribeAsync(['gone', 'state'], { qos: 1 })
      await until(() => late.messages.length >= 2, 'the retained messages')
      const after = await connect(broker, keeper)
      await until(() => after.messages.length >= 1, 'the queued message')
      return { late: late.messages, present: [before, after].map((it) => it.connack.sessionPresent), after: after.messages }
    }, options)
    const text = ({ topic, payload, retain }) => [topic, String.fromCharCode(...payload), retain]
    expect(got.late.map(text).sort()).toEqual([['gone', 'lamp', true], ['state', 'on', true]])
    // 3.1's CONNACK has no Session Present.
    expect(got.present.map(Boolean)).toEqual([false, version !== '3.1'])
    expect(got.after.map(text)).toEqual([['later/1', 'one', false]])
  })
}

test('the clock drives keep alive, will delay, $SYS topics and message expiry', async ({ tab }) => {
  const got = await tab(async ({ Broker }, { connect, until }) => {
    const broker = new Broker({ sys_interval: 1 })
    const watcher = await connect(broker, { protocolVersion: 5, clientId: 'watcher' })
    await watcher.subscribeAsync(['$SYS/broker/uptime', 'will'], { qos: 1 })
    await watcher.publishAsync('fleeting', 'x', { qos: 1, retain: true, properties: { messageExpiryInterval: 1 } })
    // 5.0 CONNECT, keep alive 1 s, will on will after 1 s, session kept for a minute; then silence.
    const silent = broker.connect('silent')
    const packets = []
    silent.onData((packet) => packets.push([...packet]))
    const begun = performance.now()
    const closed = new Promise((resolve) => silent.onClose(() => resolve(performance.now() - begun)))
    silent.send(Uint8Array.of(0x10, 39, 0, 4, 77, 81, 84, 84, 5, 0b0000_0110, 0, 1, 5, 0x11, 0, 0, 0, 60,
      0, 4, 108, 97, 109, 112, 5, 0x18, 0, 0, 0, 1, 0, 4, 119, 105, 108, 108, 0, 3, 111, 102, 102))
    const after = await closed
    const early = watcher.messages.filter(({ topic }) => topic === 'will').length
    await until(() => watcher.messages.some(({ topic }) => topic === 'will'), 'the will')
    const delay = performance.now() - begun - after
    await until(() => watcher.messages.filter(({ topic }) => topic.startsWith('$SYS')).length > 2, '$SYS topics')
    await watcher.subscribeAsync('fleeting')
    return { after, early, delay, types: packets.map(([first]) => first >> 4), topics: watcher.messages.map(({ topic }) => topic), gone: silent.closed }
  })
  expect(got.types).toEqual([2, 14])
  expect(got.after).toBeGreaterThan(1400)
  expect(got.after).toBeLessThan(3000)
  expect(got.early).toBe(0)
  expect(got.delay).toBeGreaterThan(900)
  expect(got.topics).not.toContain('fleeting')
  expect(got.gone).toBe(true)
})

test('settings come from the text of a mosquitto.conf, an object, or both', async ({ tab }) => {
  const got = await tab(async ({ Broker }, { connect }) => {
    const refused = async (broker, options) => {
      try { await connect(broker, { protocolVersion: 5, ...options }) } catch (error) { return error.code }
      return 0
    }
    const broker = new Broker({
      conf: 'listener 1883\nmax_qos 0\nmax_keepalive 60\n',
      files: { users: 'ann:secret\n' },
      max_qos: 1, retain_available: false, deny_subscribe: ['no/#', 'never'], password_file: 'users', allow_anonymous: false,
    })
    const ann = { username: 'ann', password: 'secret' }
    const client = await connect(broker, { protocolVersion: 5, keepalive: 120, ...ann })
    const granted = await client.subscribeAsync(['yes', 'no/#', 'never'], { qos: 1 }).then(() => 'all', (error) => error.message)
    const { properties } = client.connack
    return {
      ignored: broker.ignored, granted, properties,
      anonymous: await refused(broker, {}), wrong: await refused(broker, { ...ann, password: 'guess' }),
      text: await refused(new Broker('allow_anonymous false\n'), {}), right: await refused(broker, ann),
    }
  })
  expect(got.ignored).toEqual([{ line: 1, directive: 'listener', value: '1883' }])
  expect(got.properties).toMatchObject({ maximumQoS: 1, retainAvailable: false, serverKeepAlive: 60 })
  expect(got.granted).toMatch(/refused|error|fail|unspecified/i)
  expect([got.anonymous, got.wrong, got.text, got.right]).toEqual([0x87, 0x86, 0x87, 0])
})

test('settings that cannot be read throw an Error that names the line or the directive', async ({ tab }) => {
  const expected = [
    ['allow_anonymous true\nmax_qos 3', 'line 2: max_qos: expects 0, 1 or 2'],
    ['max_qoss 1', 'line 1: max_qoss: unknown directive'],
    [{ max_qos: 3 }, 'max_qos: expects 0, 1 or 2'],
    [{ retain_available: 1.5 }, 'retain_available: expects true or false'],
    [{ max_inflight_messages: null }, 'max_inflight_messages: expects a whole number from 0 to 65535'],
    [{ password_file: 'nowhere' }, 'password_file: the file cannot be read'],
    [{ files: { users: 'ann' }, password_file: 'users' }, 'password_file: line 1 of the file expects name:password'],
    [{ conf: 7 }, 'conf must be a string: the text of a mosquitto.conf'],
    [{ files: 7 }, 'files must be an object: file names with their texts'],
    [[], "a broker's settings are the text of a mosquitto.conf, or an object, or left out"],
  ]
  const thrown = await tab(({ Broker }, _, all) => all.map((settings) => {
    try { return new Broker(settings).ignored } catch (error) { return [error.name, error.message] }
  }), expected.map(([settings]) => settings))
  expect(thrown).toEqual(expected.map(([, message]) => ['Error', message]))
})

test('connections have names, close from both ends, and say what they do not take', async ({ tab }) => {
  const got = await tab(async ({ Broker }, { until }) => {
    const thrown = (work) => { try { work(); return 'nothing' } catch (error) { return error.message } }
    const broker = new Broker({ max_connections: 2 })
    const [first, second] = [broker.connect(), broker.connect('lamp')]
    const errors = [() => broker.connect('lamp'), () => broker.connect({}), () => first.send('text'), () => first.onData(7)].map(thrown)
    const third = broker.connect(3)
    let told = 0
    third.onClose(() => { told += 1 })
    const inside = told
    await until(() => told === 1, 'the third connection to close')
    third.onClose(() => { told += 1 })
    await until(() => told === 2, 'to be told late')
    second.onClose(() => { told = 99 })
    second.close()
    second.close()
    errors.push(thrown(() => second.send(new Uint8Array())))
    // A first packet other than CONNECT.
    const closed = new Promise((resolve) => first.onClose(resolve))
    first.send(Uint8Array.of(0xc0, 0))
    await closed
    const again = broker.connect('lamp')
    return { errors, inside, told, ids: [first.id, second.id, third.id, again.id], closed: [first, second, third, again].map((it) => it.closed) }
  })
  expect(got).toEqual({
    errors: [
      'connection lamp is open already', 'a connection is named by a string or a number', 'send takes a Uint8Array',
      'a callback must be a function, or null to take it away', 'connection lamp is closed',
    ],
    inside: 0,
    told: 2,
    ids: ['1', 'lamp', '3', 'lamp'],
    closed: [true, true, true, false],
  })
})

test('what nobody takes is bounded, and comes once it is asked for', async ({ tab }) => {
  const got = await tab(async ({ Broker }, { connect, until }) => {
    const broker = new Broker()
    const raw = broker.connect('raw')
    raw.send(Uint8Array.of(0x10, 15, 0, 4, 77, 81, 84, 84, 4, 2, 0, 0, 0, 3, 114, 97, 119))
    raw.send(Uint8Array.of(0x82, 6, 0, 1, 0, 1, 120, 0))
    const pub = await connect(broker, { clientId: 'pub' })
    const payload = new Uint8Array(100_000)
    for (let count = 0; count < 50; count++) await pub.publishAsync('x', payload, { qos: 1 })
    let full = ''
    try { raw.send(Uint8Array.of(0xc0, 0)) } catch (error) { full = error.message }
    const types = []
    raw.onData((packet) => types.push(packet[0] >> 4))
    await until(() => types.length >= 12, 'what waited')
    raw.send(Uint8Array.of(0xc0, 0))
    await until(() => types.includes(13), 'PINGRESP')
    return { full, types }
  })
  expect(got.full).toContain('connection raw has more than 1048576 bytes waiting')
  expect(got.types).toEqual([2, 9, ...Array(11).fill(3), 13])
})

test('a callback that throws is reported and harms nobody else', async ({ tab, complaints }) => {
  complaints.expect(/uncaught.*no thanks/)
  const types = await tab(async ({ Broker }, { until }) => {
    const broker = new Broker()
    const [bad, good] = [broker.connect(), broker.connect()]
    const types = []
    bad.onData(() => { throw new Error('no thanks') })
    good.onData((packet) => types.push(packet[0] >> 4))
    for (const it of [bad, good]) it.send(Uint8Array.of(0x10, 12, 0, 4, 77, 81, 84, 84, 4, 2, 0, 0, 0, 0))
    await until(() => types.length > 0, 'CONNACK')
    return types
  })
  expect(types).toEqual([2])
})

test('types for TypeScript come with the page', async ({ site }) => {
  const types = await (await fetch(new URL('tools.d.ts', site.url))).text()
  for (const told of ['constructor(config?: string | BrokerSettings)', 'connect(id?: string | number): BrokerConnection',
    'send(bytes: Uint8Array): void', 'onData(callback: ((packet: Uint8Array) => void) | null): void', 'close(): void',
    'options?: DecodeOptions): DecodedPacket[]', 'readonly ignored: IgnoredDirective[]']) {
    expect(types).toContain(told)
  }
  transformSync(types, { loader: 'ts' })
  expect(fs.existsSync('dist/tools.d.ts')).toBe(true)
})
