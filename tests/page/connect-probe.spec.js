// The probe of what a broker can do, beside the broker in the tab, and how long things take.
import { startMosquitto } from './mosquitto.js'
import { unruly } from './unruly.js'
import { test, expect } from './fixture.js'

const pane = (page) => page.getByRole('region', { name: 'Probe' })
const timings = (page) => page.getByRole('region', { name: 'Timings' })

async function open(page, url) {
  await page.goto('./#/connect')
  await page.getByLabel('WebSocket address').fill(url)
  await page.getByRole('tab', { name: 'Probe and timings' }).click()
}

/** What was found: by name [in this tab, there, how known]. */
const found = (page) => pane(page).locator('tbody tr:not(.is-group)').evaluateAll((rows) => Object.fromEntries(rows.map((row) => {
  const [about, ...cells] = [...row.cells].map((cell) => cell.textContent)
  return [about, cells]
})))

test('a broker with small limits is found out, and differs from the one in this tab @phone', async ({ page }) => {
  test.setTimeout(60_000)
  const small = await startMosquitto(['max_inflight_messages 5', 'max_packet_size 20000', 'max_qos 1', 'retain_available false'])
  await open(page, small.wsUrl)
  await pane(page).getByRole('button', { name: 'Probe this broker' }).click()
  await expect(pane(page)).toContainText(/\d+ of \d+ differ/, { timeout: 40_000 })
  const all = await found(page)
  expect(all['Maximum QoS'].slice(0, 2)).toEqual(['2', '1'])
  expect(all['Maximum QoS'][2]).toBe('CONNACK 24, in this tab CONNACK')
  expect(all['Receive maximum'][1]).toBe('5')
  expect(all['Maximum packet size'][1]).toBe('20000 B')
  expect(all['Retained messages'].slice(0, 2)).toEqual(['yes', 'no'])
  expect(all['Retained message kept'].slice(0, 2)).toEqual(['yes', 'refused'])
  expect(all.Versions.slice(0, 2)).toEqual(['3.1, 3.1.1, 5.0', '3.1, 3.1.1, 5.0'])
  expect(all['Wildcards matched'].slice(0, 2)).toEqual(['+ and #', '+ and #'])
  expect(all['Highest QoS delivered'].slice(0, 2)).toEqual(['2', '1'])
  expect(all['No Local'][1]).toBe('yes')
  expect(all['Shared subscription delivers'][1]).toBe('yes')
  expect(all['Session and its message kept'].slice(0, 2)).toEqual(['both', 'both'])
  for (const cells of Object.values(all)) expect(cells[2]).toMatch(/^(CONNACK [0-9A-F]{2}|not in CONNACK|nothing sent|tested, [1-9]\d* packets)(, in this tab (CONNACK|\d+))?$/)
  // All it did was in a space of its own, and nothing is left of it.
  const topics = [...small.log().matchAll(/Received PUBLISH from \S+ \(.*?, '([^']+)'/g)].map(([, topic]) => topic)
  expect(new Set(topics.map((topic) => /^mqttpg-probe\/[0-9a-f]{8}\//.test(topic)))).toEqual(new Set([true]))
  expect(topics.length).toBeLessThan(60)
  // Each answer leads to the packets that show it, what CONNACK says to the property's packet.
  const row = (name) => pane(page).getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) })
  const packets = page.getByRole('region', { name: 'Packets of the probe' })
  await row('Wildcards matched').getByRole('button', { name: /^tested/ }).click()
  await expect(packets).toBeFocused()
  await expect(packets.getByRole('heading').first()).toHaveText(`Wildcards matched: packets with ${small.wsUrl.slice(5)}`)
  await expect(packets.locator('.arrow').first()).toContainText('SUBSCRIBE')
  await row('Maximum QoS').getByRole('button', { name: 'CONNACK 24' }).click()
  await expect(packets.getByRole('heading').first()).toContainText('Maximum QoS')
  await expect(page.locator('.connect__inspector')).toContainText('CONNACK')
  // Esc closes a dialog alone.
  await page.getByTestId('copy-as').click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.locator('.connect__inspector')).toContainText('CONNACK')
  await row('No Local').getByRole('button').last().click()
  await expect(packets.getByRole('heading').first()).toHaveText('No Local: packets with the broker in this tab')
  await expect(packets.locator('.arrow').first()).toContainText('SUBSCRIBE')
  await packets.getByRole('button', { name: 'Close the packets' }).click()
  await expect(packets).toBeHidden()
  await expect(row('No Local').getByRole('button').last()).toBeFocused()
  await small.stop()
})

test('the probe stops when it is told to, and tells of a broker that takes no connection', async ({ page, mosquitto }) => {
  await open(page, mosquitto.wsUrl)
  await pane(page).getByRole('button', { name: 'Probe this broker' }).click()
  await expect(pane(page).getByRole('row').filter({ hasText: 'Versions' })).toBeVisible()
  await pane(page).getByRole('button', { name: 'Stop' }).click()
  await expect(pane(page)).toContainText(/Stopped after \d+ answers\./, { timeout: 10_000 })
  const closing = await unruly({ heard: (peer) => peer.close(1008) })
  await page.getByLabel('WebSocket address').fill(closing.url)
  await pane(page).getByRole('button', { name: 'Run again' }).click()
  await expect(pane(page)).toContainText('The broker takes no connection', { timeout: 10_000 })
  await closing.stop()
})

test('timings are told as they come, and measured again and again on request', async ({ page, mosquitto }) => {
  await page.goto('./#/connect')
  await page.getByLabel('WebSocket address').fill(mosquitto.wsUrl)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  const strip = page.getByRole('group', { name: 'Newest timings' })
  await expect(strip.locator('.metric').nth(1)).toContainText(/CONNECT to CONNACK[\d.]+ ms25 B out, 4 B in/)
  await expect(strip.locator('.metric').first()).toContainText('DNS, TCP, TLS, upgrade together')
  await expect(strip.locator('.metric').nth(2)).toContainText('not yet')
  await page.getByRole('tab', { name: 'Probe and timings' }).click()
  await expect(timings(page)).toContainText('cannot be seen apart')
  await timings(page).getByRole('button', { name: 'Measure, 20 rounds' }).click()
  await expect(timings(page).getByRole('button', { name: 'Measure, 20 rounds' })).toBeVisible({ timeout: 20_000 })
  const row = (name) => timings(page).getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) })
  for (const name of ['SUBSCRIBE to SUBACK', 'PUBLISH to PUBACK', 'PUBLISH to PUBCOMP', 'There and back, QoS 0', 'There and back, QoS 1', 'There and back, QoS 2', 'UNSUBSCRIBE to UNSUBACK']) {
    await expect(row(name).getByRole('cell').last(), name).toHaveText('20')
    const [p50, p90, p99] = (await row(name).getByRole('cell').allTextContents()).slice(0, 3).map(parseFloat)
    expect(p50 <= p90 && p90 <= p99 && p50 > 0, name).toBe(true)
  }
  await row('There and back, QoS 2').getByRole('button').click()
  await expect(timings(page)).toContainText(/There and back, QoS 2, 20 samples from [\d.]+ ms to [\d.]+ m?s/)
})
