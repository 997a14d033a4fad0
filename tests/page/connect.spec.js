// The Connect page against a real mosquitto, with mosquitto_sub and mosquitto_pub as witnesses.
import http from 'node:http'
import net from 'node:net'
import { freePort, startMosquitto } from './mosquitto.js'
import { test, expect } from './fixture.js'

async function open(page, url) {
  await page.goto('./#/connect')
  await page.getByLabel('WebSocket address').fill(url)
}

const connect = async (page) => {
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(status(page)).toHaveText('live')
}
const status = (page) => page.locator('.sequence__toolbar').getByRole('status')
const arrows = (page) => page.locator('.arrow')
const failure = (page) => page.getByRole('alert', { name: 'The connection failed' })
const clientId = (page) => page.getByLabel('Client id').inputValue()

/** Publishes by the form. */
async function publish(page, { topic, payload, qos, retain = false }) {
  const form = page.getByRole('form', { name: 'Publish' })
  await form.getByLabel('Topic').fill(topic)
  await form.getByLabel('Payload').fill(payload)
  await form.getByRole('radio', { name: `${qos}`, exact: true }).click()
  await form.getByLabel('Retain').setChecked(retain)
  await form.getByRole('button', { name: 'Publish' }).click()
}

async function subscribe(page, filter, qos) {
  const form = page.getByRole('form', { name: 'Subscribe' })
  await form.getByLabel('Topic filter').fill(filter)
  await form.getByRole('radio', { name: `${qos}`, exact: true }).click()
  await form.getByRole('button', { name: 'Subscribe', exact: true }).click()
}

/** A server that takes TCP connections and answers with `answer`. */
async function server(answer) {
  const sockets = new Set()
  const it = net.createServer((socket) => { sockets.add(socket); socket.on('error', () => {}); answer(socket) })
  await new Promise((resolve) => it.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${it.address().port}`,
    stop: () => new Promise((resolve) => { for (const socket of sockets) socket.destroy(); it.close(resolve) }),
  }
}

test('connects, publishes at each QoS, and disconnects, with mosquitto_sub as witness @phone', async ({ page, mosquitto }) => {
  const witness = await mosquitto.subscribe('lab/#', { qos: 2 })
  await open(page, mosquitto.wsUrl)
  await connect(page)
  const id = await clientId(page)
  await mosquitto.logged(new RegExp(`New client connected from .* as ${id} \\(p2, c1, k30\\)`))

  await publish(page, { topic: 'lab/a', payload: 'zero', qos: 0 })
  await publish(page, { topic: 'lab/b', payload: 'one', qos: 1, retain: true })
  await publish(page, { topic: 'lab/c', payload: 'zwei é', qos: 2 })
  expect(await witness.received(3)).toEqual([
    { topic: 'lab/a', qos: 0, retain: false, payload: Buffer.from('zero') },
    { topic: 'lab/b', qos: 1, retain: false, payload: Buffer.from('one') },
    { topic: 'lab/c', qos: 2, retain: false, payload: Buffer.from('zwei é') },
  ])
  // CONNECT, CONNACK, three PUBLISH with their answers.
  await expect(arrows(page)).toHaveCount(9)
  await expect(arrows(page).locator('.pkt').filter({ hasText: /PUBCOMP/ })).toHaveCount(1)

  await page.getByRole('button', { name: 'Disconnect' }).click()
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeVisible()
  await mosquitto.logged(new RegExp(`Client ${id} disconnected\\.`))
  await expect(failure(page)).toHaveCount(0)
})

test('subscribes and lists what mosquitto_pub sends', async ({ page, mosquitto }) => {
  await mosquitto.publish('lab/kept', 'old', { retain: true })
  await open(page, mosquitto.wsUrl)
  await connect(page)
  await subscribe(page, 'lab/#', 2)
  const subscriptions = page.getByRole('form', { name: 'Subscribe' }).getByRole('listitem')
  await expect(subscriptions).toContainText(['lab/#QoS 2 granted'])
  for (const qos of [0, 1, 2]) await mosquitto.publish(`lab/${qos}`, `value ${qos}`, { qos })
  const messages = page.getByRole('region', { name: 'Messages' })
  await expect(messages).toContainText('4 received')
  await expect(messages.getByRole('listitem').locator('.message-list__topic')).toHaveText(['lab/2', 'lab/1', 'lab/0', 'lab/kept'])
  await expect(messages.getByRole('listitem').first()).toContainText('value 2')
  await expect(messages.getByRole('listitem').last()).toContainText('retained')

  await page.getByRole('button', { name: 'Unsubscribe from lab/#' }).click()
  await expect(subscriptions).toHaveCount(0)
  await mosquitto.publish('lab/3', 'unheard')
  await mosquitto.logged(/Received PUBLISH from .*lab\/3/)
  await expect(messages).toContainText('4 received')
})

test('the packets are in the diagram and the inspector', async ({ page, mosquitto }) => {
  await open(page, mosquitto.wsUrl)
  await connect(page)
  await publish(page, { topic: 'lab/led', payload: 'on', qos: 1 })
  await expect(arrows(page)).toHaveCount(4)
  await arrows(page).nth(2).click()
  const inspector = page.getByRole('region', { name: 'Inspector' })
  await expect(inspector).toContainText('3 of 4')
  await expect(inspector).toContainText('“on”')
  const cells = await inspector.getByRole('gridcell').allTextContents()
  expect(cells.join('')).toBe(Buffer.from('320d00076c61622f6c656400016f6e', 'hex').toString('hex').toUpperCase())
  await inspector.getByRole('button', { name: 'Show packet 4' }).click()
  await expect(inspector).toContainText('4 of 4')
  await expect(inspector).toContainText('PUBACK')
  await expect(page.getByRole('list', { name: 'What the client made of it' })).toContainText(/frees .*MQTT-2\.3\.1-3/)
  // Beside the packet, too, at the lifeline whose it is, and for those who hear it.
  await expect(arrows(page).nth(3).locator('.seq-note--end')).toHaveText(/^frees id 1/)
  await expect(arrows(page).nth(3)).toHaveAccessibleName(/PUBACK.*\. frees id 1/)
  await page.keyboard.press('Escape')
  await expect(inspector).toHaveCount(0)
  // Bytes that don't all fit between the lifelines are fewer, and end there.
  await publish(page, { topic: 'lab/led', payload: 'x'.repeat(60), qos: 0 })
  await expect(arrows(page)).toHaveCount(5)
  const beyond = () => page.evaluate(() => {
    const right = (it) => it.getBoundingClientRect().right
    const strips = [...document.querySelectorAll('.arrow .byte-strip')]
    return [strips.length, Math.max(...strips.map((it) => right(it) - right(document.querySelector('.seq-row__lives i:last-child'))))]
  })
  await expect.poll(async () => { const [count, most] = await beyond(); return count === 5 && most <= 0 }).toBe(true)
})

for (const [version, level] of [['3.1', 'p1'], ['3.1.1', 'p2'], ['5.0', 'p5']]) {
  test(`speaks MQTT ${version}`, async ({ page, mosquitto }) => {
    const witness = await mosquitto.subscribe('lab/#', { qos: 2 })
    await open(page, mosquitto.wsUrl)
    await page.getByRole('radio', { name: version, exact: true }).click()
    await connect(page)
    await mosquitto.logged(new RegExp(`as ${await clientId(page)} \\(${level},`))
    await subscribe(page, 'lab/#', 2)
    await expect(page.getByText('QoS 2 granted')).toBeVisible()
    await publish(page, { topic: 'lab/v', payload: version, qos: 2 })
    expect((await witness.received(1))[0].payload.toString()).toBe(version)
    await expect(page.getByRole('region', { name: 'Messages' })).toContainText('1 received')
  })
}

test('the keep alive is kept by PINGREQ', async ({ page, mosquitto }) => {
  await open(page, mosquitto.wsUrl)
  await page.getByLabel('Keep alive').fill('1')
  await connect(page)
  await expect(arrows(page).locator('.pkt').filter({ hasText: 'PINGRESP' }).first()).toBeVisible({ timeout: 10_000 })
  await expect(status(page)).toHaveText('live')
})

test('a dropped socket makes the broker publish no farewell of its own, and tells so', async ({ page, mosquitto }) => {
  await open(page, mosquitto.wsUrl)
  await connect(page)
  const id = await clientId(page)
  await page.getByRole('button', { name: 'Drop socket' }).click()
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeVisible()
  await mosquitto.logged(new RegExp(`(Client ${id} closed its connection|Socket error on client ${id})`))
  await expect(page.locator('.sequence')).toContainText('socket dropped without DISCONNECT')
})

test('a refused connection lists likely causes and loses nothing @phone', async ({ page, complaints }) => {
  const port = await freePort()
  // The browser itself says so, whatever a page does.
  complaints.expect(/^error: WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/' failed: Error in connection establishment: net::ERR_CONNECTION_REFUSED$/)
  await open(page, `ws://127.0.0.1:${port}`)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(failure(page)).toContainText('The WebSocket did not open')
  await expect(failure(page)).toContainText('close code 1006')
  const causes = failure(page).getByRole('list', { name: 'Causes' }).getByRole('listitem')
  await expect(causes.first()).toContainText('most likely')
  await expect(causes.first()).toContainText('Nothing listens there.')
  await expect(causes.last()).toContainText('ruled out')
  await expect(page.getByLabel('WebSocket address')).toHaveValue(`ws://127.0.0.1:${port}`)
})

test('a wrong address is told at its field and nothing is tried', async ({ page }) => {
  for (const [url, why] of [
    ['mqtt://127.0.0.1:1883', 'Perhaps ws://127.0.0.1:1883.'],
    ['127.0.0.1:9001', 'Perhaps ws://127.0.0.1:9001.'],
    ['ws://', 'There is no host name'],
    ['ws://127.0.0.1:99999', '"99999" is not a number from 1 to 65535'],
    ['', 'Type the address'],
  ]) {
    await open(page, url)
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(page.getByLabel('WebSocket address'), url).toHaveAttribute('aria-invalid', 'true')
    await expect(page.getByRole('alert'), url).toContainText(why)
    await expect(page.getByLabel('WebSocket address')).toHaveValue(url)
  }
  await page.getByLabel('WebSocket address').fill('ws://127.0.0.1:9')
  await page.getByLabel('Keep alive').fill('often')
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('A whole number from 0 to 65535')
})

test('a server that is no WebSocket server cannot be told from none', async ({ page, complaints }) => {
  const web = http.createServer((_, response) => response.end('hello'))
  await new Promise((resolve) => web.listen(0, '127.0.0.1', resolve))
  complaints.expect(/^error: WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/' failed: Error during WebSocket handshake: Unexpected response code: 200$/)
  await open(page, `ws://127.0.0.1:${web.address().port}`)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(failure(page)).toContainText('The WebSocket did not open')
  web.close()
})

test('an opening that takes long can be given up', async ({ page, complaints }) => {
  complaints.expect(/^warning: WebSocket connection to 'ws:.*' failed: WebSocket is closed before the connection is established\.$/)
  const silent = await server(() => {})
  await open(page, silent.url)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByRole('button', { name: 'Give up' }).click()
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeFocused()
  await expect(failure(page)).toHaveCount(0)
  await silent.stop()
})

test('a broker that says no is quoted by name', async ({ page }) => {
  const strict = await startMosquitto(['allow_anonymous false'])
  await open(page, strict.wsUrl)
  await page.getByLabel('User name').fill('ada')
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(failure(page)).toContainText('The broker refuses: not authorized')
  await expect(failure(page)).toContainText('CONNACK, code 5')
  // The refusal is a packet like any other.
  await expect(arrows(page)).toHaveCount(2)
  await expect(page.getByLabel('User name')).toHaveValue('ada')
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('wrong')
  await strict.stop()
})

test('a broker that stops is told', async ({ page, mosquitto }) => {
  await open(page, mosquitto.wsUrl)
  await page.getByLabel('Reconnect').uncheck()
  await connect(page)
  await mosquitto.stop()
  await expect(failure(page)).toContainText('The connection was closed')
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeVisible()
})

test('what would break a rule is not sent, and the rule is named', async ({ page, mosquitto }) => {
  await open(page, mosquitto.wsUrl)
  await connect(page)
  await publish(page, { topic: 'lab/#', payload: 'x', qos: 0 })
  const form = page.getByRole('form', { name: 'Publish' })
  await expect(form.getByRole('alert')).toContainText('Not sent: it would break a rule. The Topic Name')
  await expect(form.getByRole('link', { name: 'MQTT-3.3.2-2' })).toBeVisible()
  await subscribe(page, 'lab/#/x', 0)
  await expect(page.getByRole('form', { name: 'Subscribe' }).getByRole('alert')).toContainText('MQTT-4.7.1-2')
  await expect(arrows(page)).toHaveCount(2)
  await page.getByLabel('Topic', { exact: true }).fill('lab/x')
  await form.getByRole('button', { name: 'Publish' }).click()
  await expect(form.getByRole('alert')).toHaveCount(0)
  await expect(arrows(page)).toHaveCount(3)
})

test('the connection goes on while another page shows', async ({ page, mosquitto }) => {
  await open(page, mosquitto.wsUrl)
  await connect(page)
  await subscribe(page, 'lab/#', 1)
  await expect(page.getByText('QoS 1 granted')).toBeVisible()
  await page.getByRole('link', { name: 'Decode', exact: true }).click()
  await mosquitto.publish('lab/while', 'away', { qos: 1 })
  await mosquitto.logged(new RegExp('Received PUBACK from mqttpg'))
  await page.getByRole('link', { name: 'Connect', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText('away')
})

test('on a phone the inspector is a sheet below the packet that it is about @phone-only @phone', async ({ page, mosquitto }) => {
  await open(page, mosquitto.wsUrl)
  await connect(page)
  await publish(page, { topic: 'lab/led', payload: 'on', qos: 0 })
  await expect(arrows(page)).toHaveCount(3)
  await arrows(page).nth(2).tap()
  const inspector = page.getByRole('region', { name: 'Inspector' })
  await expect(inspector).toBeInViewport()
  const bottom = (box) => box.y + box.height
  await expect.poll(async () => bottom(await arrows(page).nth(2).boundingBox())).toBeLessThan((await inspector.boundingBox()).y)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  await inspector.getByRole('button', { name: /Close inspector/ }).tap()
  await expect(inspector).toHaveCount(0)
})

test('a will and how long the session lasts stand beside the plain fields @phone', async ({ page, mosquitto }) => {
  const witness = await mosquitto.subscribe('lab/#', { qos: 1 })
  await open(page, mosquitto.wsUrl)
  const form = page.getByRole('form', { name: 'Connection' })
  const [will, properties] = [form.getByRole('region', { name: 'Will' }), form.getByRole('region', { name: 'CONNECT properties' })]
  // 3.1.1 has neither session expiry nor properties.
  await expect(form.getByLabel('Session expiry, s')).toBeHidden()
  await expect(properties).toBeHidden()
  await expect(will).toContainText('Willoff')
  await form.getByRole('radio', { name: '5.0', exact: true }).click()
  await expect(properties).toContainText('none set')
  await will.getByRole('button', { name: 'Add a will' }).click()
  await will.getByLabel('Will topic').fill('lab/gone')
  await will.getByLabel('Will payload').fill('farewell é')
  await form.getByLabel('Session expiry, s').fill('soon')
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(form.getByText('A whole number of seconds')).toBeVisible()
  await form.getByLabel('Session expiry, s').fill('77')
  await expect(properties).toContainText('1 set, 5 B')
  await connect(page)
  await expect(arrows(page).first()).toHaveAccessibleName(/CONNECT/)
  await expect(will.getByLabel('Will topic')).toBeDisabled()
  await page.getByRole('button', { name: 'Drop socket' }).click()
  expect(await witness.received(1)).toEqual([{ topic: 'lab/gone', qos: 1, retain: false, payload: Buffer.from('farewell é') }])

  // The form with every option has the same will, and gives it back.
  await form.getByRole('button', { name: 'Options…' }).click()
  const options = page.locator('.actor-form')
  await expect(options.getByLabel('Session expiry')).toHaveValue('77')
  await expect(options.getByTestId('form-will-topic')).toHaveValue('lab/gone')
  await options.getByTestId('form-will').uncheck()
  await options.getByLabel('Session expiry').fill('')
  await options.getByTestId('form-send').click()
  await expect(status(page)).toHaveText('live')
  await expect(will).toContainText('Willoff')
  await expect(properties).toContainText('none set')
  await expect(form.getByLabel('Session expiry, s')).toHaveValue('')
})

test('every option of 5.0 goes to a real broker by the same forms @phone', async ({ page, mosquitto }) => {
  const witness = await mosquitto.subscribe('lab/#', { qos: 1 })
  await open(page, mosquitto.wsUrl)
  await page.getByRole('form', { name: 'Connection' }).getByRole('button', { name: 'Options…' }).click()
  const form = page.locator('.actor-form')
  await form.getByTestId('form-version-5.0').click()
  await form.getByLabel('Session expiry').fill('77')
  await form.getByTestId('form-will').check()
  await form.getByTestId('form-will-topic').fill('lab/will')
  await form.getByTestId('form-send').click()
  await expect(form).toHaveCount(0)
  await expect(status(page)).toHaveText('live')
  const id = await clientId(page)
  await mosquitto.logged(new RegExp(`New client connected from .* as ${id} \\(p5, c1, k30\\)`))
  await expect(arrows(page).first()).toHaveAccessibleName(/CONNECT/)

  // What has been typed into the page's own form is there already.
  await page.getByRole('form', { name: 'Publish' }).getByLabel('Payload').fill('typed')
  await page.getByRole('form', { name: 'Publish' }).getByRole('button', { name: 'Options…' }).click()
  await expect(form.getByTestId('form-payload')).toHaveValue('typed')
  await expect(form.getByText(/^next free: \d+$/)).toBeVisible()
  await form.getByLabel('Topic').fill('lab/typed')
  await form.getByTestId('form-payload').fill('hello')
  await form.getByTestId('form-qos-1').click()
  await form.getByRole('button', { name: 'Add property' }).click()
  await page.getByRole('menuitem', { name: 'Content Type' }).click()
  await form.getByLabel('Content Type', { exact: true }).fill('text/plain')
  const shown = (await form.getByTestId('form-bytes').locator('.byte').allTextContents()).join(' ')
  expect(shown).toContain('03 00 0A 74 65 78 74 2F 70 6C 61 69 6E')
  await form.getByTestId('form-send').click()
  expect(await witness.received(1)).toEqual([
    { topic: 'lab/typed', qos: 1, retain: false, payload: Buffer.from('hello') },
  ])

  await page.getByRole('form', { name: 'Subscribe' }).getByRole('button', { name: 'Options…' }).click()
  await form.getByLabel('Topic filter 1').fill('lab/+')
  await form.getByLabel('Subscription id').fill('5')
  await form.getByLabel('No Local').check()
  await form.getByTestId('form-send').click()
  await expect(page.getByRole('button', { name: 'Unsubscribe from lab/+' })).toBeVisible()
  await page.getByRole('button', { name: 'Drop socket' }).click()
  expect((await witness.received(2))[1]).toEqual({ topic: 'lab/will', qos: 1, retain: false, payload: Buffer.from('offline') })
})
