// What the Connect page says when it fails: a server that misbehaves, a broker that refuses, a connection that is lost,
// and how it comes back.
import { startMosquitto, freePort } from './mosquitto.js'
import { CONNACK, unruly } from './unruly.js'
import { test, expect } from './fixture.js'

const failure = (page) => page.getByRole('alert', { name: 'The connection failed' })
const status = (page) => page.locator('.sequence__toolbar').getByRole('status')
const arrows = (page) => page.locator('.arrow')

async function connect(page, url, settings = {}) {
  await page.goto('./#/connect')
  await page.getByLabel('WebSocket address').fill(url)
  for (const [label, value] of Object.entries(settings)) await page.getByLabel(label, { exact: true }).fill(value)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
}

/** With a server of the test's own. */
async function against(server, use) {
  const it = await unruly(server)
  try {
    await use(it)
  } finally {
    await it.stop()
  }
}

const STAGES = ['Page allows it', 'WebSocket', 'Subprotocol', 'CONNECT', 'CONNACK']
/** The stages: those that were reached, and the one at which it stopped. */
async function stage(page, name) {
  const stages = failure(page).getByRole('list', { name: 'How far it came' }).getByRole('listitem')
  await expect(stages).toHaveCount(STAGES.length)
  const at = STAGES.indexOf(name)
  await expect(stages.nth(at)).toHaveClass('is-bad')
  for (let later = at + 1; later < STAGES.length; later++) await expect(stages.nth(later)).toContainText('not reached')
}

test('no subprotocol, or another one, ends the opening', async ({ page, complaints }) => {
  complaints.expect(/^error: WebSocket connection to .* failed: Error during WebSocket handshake: Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received$/)
  await against({ subprotocol: null }, async ({ url, sent }) => {
    await connect(page, url)
    await expect(failure(page)).toContainText('The WebSocket did not open')
    await stage(page, 'WebSocket')
    await expect(failure(page)).toContainText('No mqtt subprotocol.')
    expect(sent).toEqual([])
  })
})

test('TLS bytes on a plain port are no WebSocket', async ({ page, complaints }) => {
  complaints.expect(/^error: WebSocket connection to 'ws:.*' failed: /)
  // What a TLS listener answers to anything else: alert, unexpected message.
  await against({ raw: (socket) => socket.on('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 10]))) }, async ({ url, port }) => {
    await connect(page, url)
    await expect(failure(page)).toContainText('The WebSocket did not open')
    await expect(failure(page).getByRole('button', { name: `Try wss://127.0.0.1:${port}`, exact: true })).toBeVisible()
  })
})

test('a plain listener behind wss:// is told, with what to look at', async ({ page, complaints }) => {
  complaints.expect(/^error: WebSocket connection to 'wss:.*' failed: Error in connection establishment: net::ERR_/)
  await against({}, async ({ secureUrl, url, port }) => {
    await connect(page, secureUrl)
    await expect(failure(page)).toContainText('Certificate not trusted.')
    await expect(failure(page).getByRole('link', { name: 'Open as a page' })).toHaveAttribute('href', `https://127.0.0.1:${port}/`)
    await failure(page).getByRole('button', { name: `Try ${url}`, exact: true }).click()
    await expect(status(page)).toHaveText('live')
    await expect(failure(page)).toHaveCount(0)
  })
})

test('a text frame is no MQTT', async ({ page }) => {
  await against({ heard: (peer) => peer.send('{"hello":1}', 'text') }, async ({ url }) => {
    await connect(page, url)
    await expect(failure(page)).toContainText('The server does not speak MQTT')
    await expect(failure(page).getByRole('link', { name: 'MQTT-6.0.0-1' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeVisible()
  })
})

test('garbage ends the connection, and stays visible as what it is', async ({ page }) => {
  const garbage = { heard: (peer, payload) => { if (payload[0] === 0x10) { peer.send(CONNACK); peer.send([0x30, 0xff, 0xff, 0xff, 0xff, 1]) } } }
  await against(garbage, async ({ url }) => {
    await connect(page, url)
    await expect(failure(page)).toContainText('The server broke the protocol')
    await expect(arrows(page)).toHaveCount(3)
    await arrows(page).last().click()
    await expect(page.getByRole('region', { name: 'Inspector' }).getByRole('gridcell')).toHaveCount(6)
  })
})

test('a server that closes instead of answering, or later without a word', async ({ page }) => {
  await against({ heard: (peer) => peer.close(1011) }, async ({ url }) => {
    await connect(page, url)
    await expect(failure(page)).toContainText('The connection was closed')
    await expect(failure(page)).toContainText('close code 1011')
    await stage(page, 'CONNACK')
  })
})

test('silence instead of CONNACK', async ({ page }) => {
  await page.clock.install()
  await against({ heard: () => {} }, async ({ url, sent }) => {
    await connect(page, url)
    await expect.poll(() => sent.length).toBe(1)
    await expect(status(page)).toHaveText('waiting for CONNACK')
    await page.clock.runFor(31_000)
    await expect(failure(page)).toContainText('No answer to CONNECT')
    await stage(page, 'CONNACK')
  })
})

test('silence instead of PINGRESP', async ({ page }) => {
  await page.clock.install()
  await against({}, async ({ url, sent }) => {
    await connect(page, url, { 'Keep alive, s': '5' })
    await expect(status(page)).toHaveText('live')
    await page.clock.runFor(5_500)
    await expect.poll(() => sent.length).toBe(2)
    await page.clock.runFor(5_500)
    await expect(page.locator('.sequence')).toContainText(/connects again in \d+ ms, attempt 1/)
    await page.clock.runFor(1_100)
    await expect(status(page)).toHaveText('live')
    expect(sent.map((it) => it[0] >> 4)).toEqual([1, 12, 1])
  })
})

test('packets cut at every byte, and joined, come whole, and the record says how they came', async ({ page }) => {
  const publish = (n) => Buffer.from([0x30, 4, 0, 1, 0x61, 0x30 + n])
  const server = {
    heard: (peer, payload) => {
      if (payload[0] === 0x10) return peer.dribble(CONNACK)
      if (payload[0] !== 0x82) return
      peer.send(Buffer.concat([Buffer.from([0x90, 3, payload[2], payload[3], 0]), publish(1), publish(2), publish(3).subarray(0, 2)]))
      peer.send(publish(3).subarray(2))
    },
  }
  await against(server, async ({ url }) => {
    await connect(page, url)
    await expect(status(page)).toHaveText('live')
    await expect(page.locator('.sequence')).toContainText('one packet in 4 WebSocket frames')
    await page.getByRole('form', { name: 'Subscribe' }).getByRole('button', { name: 'Subscribe', exact: true }).click()
    await expect(page.getByRole('region', { name: 'Messages' })).toContainText('3 received')
    await expect(page.locator('.sequence')).toContainText('3 packets in one WebSocket frame')
    await expect(page.locator('.sequence')).toContainText('one packet in 2 WebSocket frames')
    await expect(arrows(page)).toHaveCount(7)
  })
})

test('the session is resumed after the broker has been away, and the diagram shows it', async ({ page, complaints }) => {
  complaints.expect(/^error: WebSocket connection to .* failed: Error in connection establishment: net::ERR_CONNECTION_REFUSED$/)
  const first = await startMosquitto()
  await connect(page, first.wsUrl)
  await expect(status(page)).toHaveText('live')
  const form = page.getByRole('form', { name: 'Subscribe' })
  await form.getByLabel('Topic filter').fill('lab/#')
  await form.getByRole('button', { name: 'Subscribe', exact: true }).click()
  await expect(page.getByText('QoS 1 granted')).toBeVisible()
  await first.stop()
  await expect(status(page)).toHaveText('lost, waits to connect again')
  await expect(page.locator('.sequence')).toContainText(/connects again in \d+ ms, attempt 1/)
  await expect(page.locator('.sequence')).toContainText('the WebSocket did not open')
  // The same ports, and no memory of what was: the page subscribes again.
  const second = await startMosquitto([], { ports: [first.tcpPort, first.wsPort] })
  await expect(status(page)).toHaveText('live', { timeout: 15_000 })
  await expect(failure(page)).toHaveCount(0)
  await second.logged(/Sending SUBACK to mqttpg/)
  await second.publish('lab/again', 'back')
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText('back')
  await second.stop()
})

test('refused credentials and a closed topic are told by name', async ({ page }) => {
  const strict = await startMosquitto([], {
    users: { ada: 'lovelace' },
    acl: ['user ada', 'topic readwrite open/#', 'topic read closed/#'],
  })
  await connect(page, strict.wsUrl, { 'User name': 'ada', Password: 'byron' })
  await expect(failure(page)).toContainText('The broker refuses: not authorized')
  await stage(page, 'CONNACK')
  await page.getByRole('radio', { name: '5.0', exact: true }).click()
  await page.getByLabel('Password', { exact: true }).fill('lovelace')
  await failure(page).getByRole('button', { name: 'Try again' }).click()
  await expect(status(page)).toHaveText('live')
  const form = page.getByRole('form', { name: 'Publish' })
  await form.getByLabel('Topic').fill('closed/door')
  await form.getByRole('button', { name: 'Publish' }).click()
  await expect(page.getByText('The broker does not take the message on closed/door: Not authorized.')).toBeVisible()
  await strict.stop()
})

test('two clients with one client id throw each other out until that is recognised', async ({ page }) => {
  const accepted = { heard: (peer, payload) => { if (payload[0] === 0x10) { peer.send(CONNACK); peer.close(1000) } } }
  await against(accepted, async ({ url, sent }) => {
    await page.clock.install()
    await connect(page, url)
    for (let n = 1; n <= 3; n++) {
      await expect.poll(() => sent.filter((it) => it[0] === 0x10).length).toBe(n)
      if (n < 3) {
        await expect(status(page)).toHaveText('lost, waits to connect again')
        await page.clock.runFor(n * 1_000 + 100)
      }
    }
    await expect(failure(page)).toContainText('Another client takes this connection over')
    await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeVisible()
    const before = await page.getByLabel('Client id').inputValue()
    await failure(page).getByRole('button', { name: 'Connect with a new random id' }).click()
    await expect.poll(() => sent.filter((it) => it[0] === 0x10).length).toBe(4)
    expect(await page.getByLabel('Client id').inputValue()).not.toBe(before)
  })
})
