// Over real connections: what LAB 1 plays in the simulator, a session that a broker keeps over its own restart, and many
// messages at once.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startMosquitto } from './mosquitto.js'
import { test, expect } from './fixture.js'

const status = (page) => page.locator('.sequence__toolbar').getByRole('status')
const messages = (page) => page.getByRole('region', { name: 'Messages' })
const line = (page, at) => page.getByRole('list', { name: 'Connections' }).getByRole('button').nth(at)

async function subscribe(page, filter) {
  const form = page.getByRole('form', { name: 'Subscribe' })
  await form.getByLabel('Topic filter').fill(filter)
  await form.getByRole('button', { name: 'Subscribe', exact: true }).click()
  await expect(page.getByRole('button', { name: `Unsubscribe from ${filter}` })).toBeVisible()
}

const connect = async (page) => {
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(status(page)).toHaveText('live')
}
const disconnect = async (page) => {
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeVisible()
}

/** What reached the subscriber, in order: type, and the payload of messages. */
const reached = (page, names) => page.locator('.arrow').evaluateAll((all, names) => all
  .map((arrow) => arrow.textContent).filter((text) => text.startsWith(names)).map((text) => /(CONNACK session present \d|SUBACK|PUBLISH QoS \d)/.exec(text.slice(names.length))?.[0]), names)

test('LAB 1, test 3 ends over real connections as it does in the simulator', async ({ page, mosquitto }) => {
  await page.goto('./#/connect')
  await page.getByLabel('WebSocket address').fill(mosquitto.wsUrl)
  await page.getByLabel('Client id').fill('Sub1')
  await page.getByLabel('Clean session').uncheck()
  await connect(page)
  await subscribe(page, 'test/message')
  await disconnect(page)
  await page.getByRole('button', { name: 'Another connection' }).click()
  await page.getByLabel('Client id').fill('pub')
  await connect(page)
  const form = page.getByRole('form', { name: 'Publish' })
  await form.getByLabel('Topic').fill('test/message')
  await form.getByLabel('Payload').fill('MESSAGE 3')
  await form.getByRole('button', { name: 'Publish' }).click()
  await mosquitto.logged(/Sending PUBACK to pub/)
  await disconnect(page)
  await line(page, 0).click()
  await connect(page)
  await expect(messages(page)).toContainText('MESSAGE 3')
  const broker = mosquitto.wsUrl.replace('ws://', '')
  await expect.poll(() => reached(page, `${broker} to Sub1, `)).toEqual([
    'CONNACK session present 0', 'SUBACK', 'CONNACK session present 1', 'PUBLISH QoS 1',
  ])

  // The same packets reach Sub1 in the simulator, where SUBSCRIBE is sent once more.
  await page.getByRole('link', { name: 'Playground', exact: true }).click()
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption({ label: 'LAB 1, test 3: session kept, QoS 1' })
  await page.keyboard.press('End')
  await expect.poll(() => reached(page, 'Broker to Sub1, ')).toEqual([
    'CONNACK session present 0', 'SUBACK', 'CONNACK session present 1', 'PUBLISH QoS 1', 'SUBACK',
  ])
})

test('a session that the broker keeps over its restart is resumed, with what it had stored', async ({ page, complaints }) => {
  complaints.expect(/^error: WebSocket connection to .* failed: Error in connection establishment: net::ERR_CONNECTION_REFUSED$/)
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-playground-kept-'))
  const keeps = ['persistence true', `persistence_location ${dir}/`, 'persistence_file kept.db']
  const first = await startMosquitto(keeps, { persistent: true })
  await page.goto('./#/connect')
  await page.getByLabel('WebSocket address').fill(first.wsUrl)
  await page.getByLabel('Clean session').uncheck()
  await connect(page)
  await subscribe(page, 'lab/#')
  await first.stop()
  await expect(status(page)).toHaveText('lost, waits to connect again')
  await expect(page.locator('.sequence')).toContainText('the WebSocket did not open')
  const second = await startMosquitto(keeps, { persistent: true, ports: [first.tcpPort, first.wsPort] })
  await second.publish('lab/x', 'kept for you', { qos: 1 })
  await expect(status(page)).toHaveText('live', { timeout: 15_000 })
  await expect(messages(page)).toContainText('kept for you')
  await expect(page.locator('.arrow').filter({ hasText: 'session present 1' })).toHaveCount(1)
  await expect(page.locator('.arrow').filter({ hasText: /SUBSCRIBE/ })).toHaveCount(1)
  await second.stop()
  fs.rmSync(dir, { recursive: true, force: true })
})

test('three thousand messages come in whole, and neither lists nor diagram grow with them', async ({ page, mosquitto }) => {
  await page.goto('./#/connect')
  await page.getByLabel('WebSocket address').fill(mosquitto.wsUrl)
  await connect(page)
  await subscribe(page, 'load/#')
  const source = spawn('mosquitto_pub', ['-h', '127.0.0.1', '-p', `${mosquitto.tcpPort}`, '-t', 'load/a', '-l'], { stdio: ['pipe', 'ignore', 'inherit'] })
  for (let n = 0; n < 3000; n++) source.stdin.write(`message ${n}\n`)
  source.stdin.end()
  await once(source, 'exit')
  await expect(messages(page)).toContainText('3000 received, the oldest 2000 dropped', { timeout: 20_000 })
  const nodes = () => page.evaluate(() => document.querySelectorAll('.connect *').length)
  await expect(page.locator('.topic-tree__count').last()).toHaveText('3000')
  expect(await nodes()).toBeLessThan(4000)
  await expect(messages(page).getByRole('listitem').first()).toContainText('message 2999')
  await expect(messages(page).getByRole('listitem')).toHaveCount(25)
  await messages(page).getByRole('button', { name: 'Show older ones, 975 more' }).click()
  await expect(messages(page).getByRole('listitem')).toHaveCount(125)
})
