// The log in mosquitto's wording.
import { test, expect } from './fixture.js'

test('the log reads as mosquitto -v when asked to, and follows the moment', { tag: '@phone' }, async ({ page, isMobile }) => {
  await page.goto('./')
  await page.waitForFunction(() => window.wasmBindings !== undefined)
  for (let step = 0; step < 17; step++) await page.keyboard.press('ArrowRight')
  if (isMobile) await page.getByRole('button', { name: /^Packets/ }).tap()
  await page.getByRole('tab', { name: 'Log' }).click()
  const log = page.getByRole('group', { name: 'Log, newest first' })
  await expect(log).toContainText('stores PUBLISH 7')
  await page.getByRole('radio', { name: 'mosquitto' }).click()
  await expect(log).not.toContainText('stores PUBLISH 7')
  const lines = log.locator('.log__text')
  await expect(lines.first()).toHaveText('Sending PUBREL to sub1 (m1)')
  const all = (await lines.allTextContents()).reverse()
  expect(all.slice(0, 8)).toEqual([
    'New connection from sub1 on port 1883.', 'New client connected from sub1 as sub1 (p2, c0, k60).', 'No will message specified.',
    'Sending CONNACK to sub1 (0, 0)', 'Received SUBSCRIBE from sub1', '\tsensors/# (QoS 2)', 'sub1 2 sensors/#', 'Sending SUBACK to sub1',
  ])
  expect(all).toContain("Received PUBLISH from pub1 (d0, q2, r0, m7, 'sensors/kitchen/temp', ... (4 bytes))")
  if (!isMobile) {
    await lines.filter({ hasText: 'Received PUBREL' }).click()
    await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('PUBREL')
    for (let step = 0; step < 30; step++) await page.keyboard.press('ArrowLeft')
    await expect(log).toContainText('Nothing has happened yet.')
  }
})
