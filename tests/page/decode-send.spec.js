// What was decoded or built is sent as it is: into the Playground from one of its clients, or to a real broker.
import { violations } from './axe.js'
import { open as openDecode, repairs } from './decode.js'
import { test, expect } from './fixture.js'

const SUBSCRIBE = '80 08 00 01 00 03 61 2f 23 01'
const dialog = (page) => page.getByRole('dialog', { name: 'Send as it is' })
const sent = (page, from, to, type) => page.getByRole('button', { name: new RegExp(`^${from} to ${to}, ${type}\\b`) })

async function open(page, text) {
  const area = await openDecode(page)
  await area.fill(text)
  await expect(page.locator('.decoded-packet').first()).toBeVisible()
  return area
}

test('paste, understand, repair, send: the broker answers what was pasted, with the keyboard alone', async ({ page }) => {
  await page.goto('./#/decode')
  const area = page.getByRole('textbox', { name: 'Bytes to decode' })
  await area.focus()
  await page.keyboard.insertText(SUBSCRIBE)
  await expect(page.getByText('1 malformed')).toBeVisible()
  await expect(page.locator('.decoded-packet').getByRole('alert')).toContainText('0010')
  await repairs(page).getByRole('button').first().focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText('1 valid')).toBeVisible()
  // The repair's button is gone: the keyboard goes on where it can be taken back.
  await expect(page.getByRole('button', { name: 'Undo' })).toBeFocused()
  await page.getByRole('button', { name: 'Send…' }).focus()
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toContainText('SUBSCRIBE')
  await page.getByRole('radio', { name: /^sub1/ }).focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('radio', { name: /^pub1/ })).toBeChecked()
  await page.keyboard.press('ArrowUp')
  await expect(page.getByRole('radio', { name: /^sub1/ })).toBeChecked()
  await expect(dialog(page).getByRole('status')).toContainText('Connect first')
  await page.getByTestId('send-now').focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/$/)
  await expect(sent(page, 'sub1', 'Broker', 'SUBSCRIBE').first()).toBeVisible()
  await expect(sent(page, 'Broker', 'sub1', 'SUBACK').first()).toBeVisible()
})

test('a packet of another version than its sender is named', async ({ page }) => {
  await open(page, '10 0d 00 04 4d 51 54 54 05 02 00 3c 00 00 00\nc0 00')
  await page.getByRole('button', { name: 'Send…' }).first().click()
  await expect(dialog(page).getByRole('status')).toContainText('speaks MQTT 3.1.1, and what is sent is MQTT 5.0.')
})

test('a broken packet goes out as it is, and the broker closes the connection @phone', async ({ page }, info) => {
  await open(page, SUBSCRIBE)
  await page.getByRole('button', { name: 'Send…' }).first().click()
  await expect(dialog(page).getByRole('status')).toContainText('must be 82')
  await expect(dialog(page)).toContainText('No connection is open')
  expect(await violations(page)).toEqual([])
  await page.getByRole('radio', { name: /^pub1/ }).check()
  await page.getByTestId('send-now').click()
  await expect(page).toHaveURL(/#\/$/)
  const packet = sent(page, 'pub1', 'Broker', 'SUBSCRIBE').first()
  await expect(packet).toBeVisible()
  if (info.project.name === 'desktop') await expect(page.getByText(/closes the connection/).first()).toBeVisible()
})

test('a built packet goes to a real broker once one is connected, and stands in its capture', async ({ page, mosquitto }) => {
  await open(page, SUBSCRIBE)
  await page.getByRole('button', { name: 'Send…' }).first().click()
  await dialog(page).getByRole('button', { name: 'Open one on Connect' }).click()
  const parcel = page.getByRole('region', { name: 'From Decode' })
  await expect(parcel).toContainText('SUBSCRIBE, 10 bytes waits to be sent.')
  await expect(parcel.getByRole('button', { name: 'Send it here' })).toBeDisabled()
  await page.getByLabel('WebSocket address').fill(mosquitto.wsUrl)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await parcel.getByRole('button', { name: 'Send it here' }).click()
  await expect(parcel).toHaveCount(0)
  const frame = page.getByRole('button', { name: /, SUBSCRIBE\b.*10 bytes/ })
  await expect(frame).toBeVisible()
  await expect(page.getByText('malformed').first()).toBeVisible()

  // The connection comes back by itself; what is built goes over it.
  await expect(sent(page, '.*', '.*', 'CONNACK')).toHaveCount(2)
  await page.getByRole('link', { name: 'Decode' }).click()
  await page.getByRole('combobox', { name: 'Template' }).selectOption('PINGREQ')
  await page.getByRole('button', { name: 'Send this packet…' }).click()
  await dialog(page).getByRole('radio', { name: /to / }).check()
  await page.getByTestId('send-now').click()
  await expect(page).toHaveURL(/#\/connect$/)
  await expect(page.getByRole('button', { name: /, PINGRESP\b/ })).toBeVisible()
})

test('letters choose the form in which a packet is copied', async ({ page }) => {
  await open(page, SUBSCRIBE)
  await page.getByTestId('copy-as').click()
  const copying = page.getByRole('dialog', { name: 'Copy packet as' })
  const text = copying.getByTestId('copy-text')
  await expect(text).toHaveText('80 08 00 01 00 03 61 2F 23 01')
  for (const [key, name, begins] of [['y', /Python/, 'bytes.fromhex'], ['a', /C array/, 'uint8_t'], ['n', /printf/, 'nc localhost'], ['h', /^Hexh$/, '80 08']]) {
    await page.keyboard.press(key)
    await expect(text).toContainText(begins)
    await expect(copying.getByRole('option', { selected: true })).toHaveText(name)
  }
})
