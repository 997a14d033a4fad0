// Sharing what was decoded: a link, a file, a piece of another page, with placeholders for passwords.
import { readFile } from 'node:fs/promises'
import { violations } from './axe.js'
import { test, expect } from './fixture.js'

const CONNECT = '10 17 00 04 4d 51 54 54 04 c2 00 3c 00 01 63 00 03 61 64 61 00 03 70 77 64'

test('packets are shared as link, file and piece of a page, passwords only if asked for @phone', async ({ page }) => {
  await page.goto('./#/decode')
  const area = page.getByRole('textbox', { name: 'Bytes to decode' })
  await area.fill(`log: ${CONNECT}\nlog: c0 00`)
  await page.getByRole('button', { name: 'Share…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Share packets' })
  const link = dialog.getByTestId('share-link')
  await expect(link).toHaveValue(/#decode=[0-9a-f]+$/)
  await expect(link).toHaveValue(/00032a2a2a/)
  await expect(dialog.getByTestId('share-size')).toContainText('characters')
  await expect(dialog.getByRole('img', { name: 'QR code of the link' })).toBeVisible()
  await expect(dialog).toContainText('2 MQTT packets, 27 bytes')
  expect(await violations(page)).toEqual([])

  const placeholder = dialog.getByRole('checkbox', { name: /^A placeholder as long/ })
  await placeholder.uncheck()
  await expect(link).toHaveValue(/0003707764/)
  await expect(dialog).toContainText('whoever gets this can read them')
  await placeholder.check()
  await expect(link).toHaveValue(/00032a2a2a/)
  const address = await link.inputValue()

  await dialog.getByRole('radio', { name: 'File' }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByTestId('share-file').click()])
  expect(download.suggestedFilename()).toBe('packets.mqtt.txt')
  expect(await readFile(await download.path(), 'utf8')).toBe(`${CONNECT.replace('70 77 64', '2a 2a 2a')}\nc0 00`)
  await dialog.getByRole('radio', { name: 'Embed' }).click()
  await expect(dialog.getByTestId('share-embed')).toContainText('?embed#decode=10')
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(area).toHaveValue(/70 77 64/)

  // Inside another page: the packets alone.
  await page.goto(address.replace('#', '?embed#'))
  await expect(page.locator('.decoded-packet .pkt')).toHaveText(['CONNECT', 'PINGREQ'])
  await expect(area).toBeHidden()
  await expect(page.getByRole('link', { name: 'Open in MQTT Playground' })).toHaveAttribute('href', /#decode=10/)
})
