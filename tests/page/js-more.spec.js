// encode, explain, detectInput and Playground, from a page that is not ours.
import fs from 'node:fs'
import { test as base, expect } from './fixture.js'

/** `tools(work, argument)` runs `work(tools, argument)` in a page of somebody else that imports the module. */
const test = base.extend({
  tools: async ({ page }, use) => {
    const [, address] = fs.readFileSync('dist/index.html', 'utf8').match(/name="tools" content="([^"]+)"/)
    const body = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Somebody else's</title>
<script type="module">import start, * as tools from '${address.startsWith('.') ? address : `./${address}`}'
await start(); globalThis.tools = tools</script>`
    await page.route('**/somebody.html', (route) => route.fulfill({ contentType: 'text/html', body }))
    await page.goto('./somebody.html')
    await page.waitForFunction(() => globalThis.tools?.version)
    await use((work, argument) => page.evaluate(`(${work})(globalThis.tools, ${JSON.stringify(argument)})`))
  },
})

const PACKETS = [
  { packet: 'CONNECT', client_id: 'me', user_name: 'ada', password: 'secret', keep_alive: 30, will: { topic: 'gone', payload: 'me', qos: 1 }, properties: { 'Receive Maximum': 10 } },
  { packet: 'CONNACK', session_present: true, properties: { 'Maximum QoS': 1 } },
  { packet: 'PUBLISH', topic: 'a/b', payload: 'hi', qos: 1, packet_id: 7, retain: true, properties: { 'Content Type': 'text/plain', 'User Property': [['a', 'b'], ['a', 'c']] } },
  { packet: 'PUBACK', packet_id: 7, code: 0x10 },
  { packet: 'PUBREC', packet_id: 7 },
  { packet: 'PUBREL', packet_id: 7 },
  { packet: 'PUBCOMP', packet_id: 7 },
  { packet: 'SUBSCRIBE', packet_id: 8, filters: ['a/#', { filter: 'b', qos: 2, no_local: true, retain_handling: 1 }] },
  { packet: 'SUBACK', packet_id: 8, codes: [0, 2] },
  { packet: 'UNSUBSCRIBE', packet_id: 9, filters: ['a/#'] },
  { packet: 'UNSUBACK', packet_id: 9, codes: [0] },
  { packet: 'PINGREQ' },
  { packet: 'PINGRESP' },
  { packet: 'DISCONNECT', code: 4 },
  { packet: 'AUTH', code: 0x18, properties: { 'Authentication Method': 'm' } },
]

test('encode writes every packet, as decode reads it', async ({ tools }) => {
  const read = await tools(({ encode, decode }, packets) => packets.map((packet) => {
    const bytes = encode(packet)
    const [told] = decode(bytes, { version: '5.0' })
    return [told.packet, told.length === bytes.length, told.errors]
  }), PACKETS)
  expect(read).toEqual(PACKETS.map(({ packet }) => [packet, true, []]))
  const bytes = await tools(({ encode }) => [...encode({ packet: 'PUBLISH', version: '3.1.1', topic: 'a', payload: Uint8Array.of(0, 255) })])
  expect(bytes).toEqual([0x30, 5, 0, 1, 0x61, 0, 255])
})

test('encode says what it does not take', async ({ tools }) => {
  const why = await tools(({ encode }) => [
    { packet: 'HELLO' }, { packet: 'PINGREQ', topic: 'a' }, { packet: 'PUBLISH', qos: 3 }, { packet: 'AUTH', version: '3.1.1' },
    { packet: 'PUBLISH', topic: 'a', properties: { Nonsense: 1 } }, 7,
  ].map((packet) => { try { return encode(packet).length } catch (error) { return error.message } }))
  expect(why).toEqual([
    expect.stringContaining('"HELLO"'), expect.stringContaining('no member "topic"'), expect.stringContaining('qos'),
    expect.stringContaining('no such packet'), expect.stringContaining('Nonsense'), 'a packet is an object',
  ])
})

test('explain tells packets in words, with repairs', async ({ tools }) => {
  const [first, second] = await tools(({ explain }) => explain('sent: c0 00 60 02 00 07', { version: '3.1.1' })
    .map((it) => ({ ...it, repairs: it.repairs.map(({ label, cause, bytes }) => [label, cause, [...bytes]]) })))
  expect(first).toMatchObject({ packet: 'PINGREQ', state: 'valid', to: 'broker', offset: 0, length: 2, faults: [] })
  expect(second).toMatchObject({ packet: 'PUBREL', state: 'malformed', offset: 2 })
  expect(second.faults[0]).toContain('it must be 62')
  expect(second.repairs[0]).toEqual(['Set byte 0002 to 62', 'FixedHeaderFlags', [0x62, 2, 0, 7]])
  const bytes = await tools(({ explain }) => explain(Uint8Array.of(0xd0, 0)).map(({ sentence }) => sentence))
  expect(bytes[0].length).toBeGreaterThan(10)
})

test('detectInput names the form and gives the bytes', async ({ tools }) => {
  const told = await tools(({ detectInput }) => {
    const { bytes, ...rest } = detectInput('char p[] = { 0xc0, 0x00 };')
    return { bytes: [...bytes], ...rest }
  })
  expect(told).toMatchObject({ bytes: [0xc0, 0], form: 'Array in code', foreign: null, mistakeAt: null, takenOff: [] })
  expect(told.alternatives[0]).toBe('Array in code')
  expect(await tools(({ detectInput }) => detectInput('hello world').form)).toBe(null)
  expect(await tools(({ detectInput }) => detectInput('16 03 01 02 00 01 00 01 fc').foreign)).toContain('TLS')
})

test('a Playground is made, acted in, stepped, and gives its packets', async ({ tools }) => {
  const told = await tools(({ Playground, decode }) => {
    const world = new Playground({ mqtt_playground: 2, clients: [{ name: 'pub1', client_id: 'pub1' }, { name: 'sub1', client_id: 'sub1' }] })
    for (const name of ['pub1', 'sub1']) world.act(name, { do: 'connect' })
    world.settle(100)
    world.act('sub1', { do: 'subscribe', filters: [{ filter: 'a/#', options: 1 }] })
    world.settle(100)
    world.act('pub1', { do: 'publish', topic: 'a/b', payload: 'hi', qos: 1 })
    const before = world.now
    while (world.step() && world.now - before < 1_000_000) { /* on */ }
    const again = new Playground(world.save())
    return {
      packets: world.capture().map(({ from, to, bytes, state }) => [from, to, decode(bytes)[0].packet, state]),
      same: JSON.stringify(again.capture().map(({ bytes }) => [...bytes])).startsWith(
        JSON.stringify(world.capture().slice(0, 5).map(({ bytes }) => [...bytes])).slice(0, -1)),
      wrong: (() => { try { world.act('nobody', { do: 'connect' }) } catch (error) { return error.message } })(),
    }
  })
  const named = told.packets.map(([from, to, packet]) => `${from} ${to} ${packet}`)
  expect(named).toEqual(expect.arrayContaining(['pub1 Broker CONNECT', 'Broker sub1 SUBACK', 'pub1 Broker PUBLISH', 'Broker sub1 PUBLISH', 'Broker pub1 PUBACK']))
  expect(told.same).toBe(true)
  expect(told.wrong).toContain('no client')
})
