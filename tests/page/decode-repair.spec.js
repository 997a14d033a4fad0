// Broken packets: the likely cause, a repair in one click that is shown before, several in a row, and back.
import { violations } from './axe.js'
import { open, repairs, rows, version } from './decode.js'
import { test, expect } from './fixture.js'

const MIXED = `10 16 00 04 4d 51 54 54 04 02 00 3c 00 0a 6c 61 62 2d 6e 6f 64 65 2d 33
80 0f 00 01 00 0a 6c 61 62 2f 2b 2f 74 65 6d 70 01
38 12 00 0a 6c 61 62 2f 33 2f 74 65 6d 70 00 02 32 32 2e 34
c0 00`

test('repairs are shown before they are taken, one after the other, and taken back @phone', async ({ page }) => {
  const area = await open(page)
  await area.fill(MIXED)
  const first = repairs(page).first().getByRole('listitem').first()
  await expect(first).toContainText('Set byte 0018 to 82')
  await expect(first.locator('del')).toHaveText('80')
  await expect(first.locator('ins')).toHaveText('82')
  await first.getByRole('button').click()
  await expect(area).toHaveValue(/\n82 0f 00 01/)
  await expect(page.getByText('1 malformed')).toBeVisible()
  await repairs(page).first().getByRole('button').first().click()
  await expect(page.getByText('4 valid')).toBeVisible()
  await expect(repairs(page)).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(area).toHaveValue(MIXED)
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0)
})

test('each broken packet offers what it was meant to be', async ({ page }) => {
  const area = await open(page)
  for (const [hex, as, label, packets] of [
    ['1f0f00044d5154540402000a0003636964', null, 'Set byte 0000 to 10', ['CONNECT']],
    ['60 02 00 07', '3.1.1', 'Set byte 0000 to 62', ['PUBREL']],
    ['82 06 00 01 01 00 61 01', '3.1.1', 'Set the topic filter length to 1', ['SUBSCRIBE']],
    ['82 05 00 01 00 01 61 01 c0 00', '3.1.1', 'Set the remaining length to 6', ['SUBSCRIBE', 'PINGREQ']],
    ['30 05 00 02 61 ff 62', '3.1.1', 'Put _ for what is no UTF-8', ['PUBLISH']],
    ['40 03 00 07 10', '3.1.1', 'Read as 5.0', ['PUBACK']],
  ]) {
    await area.fill(hex)
    await version(page, as ?? /^Auto: \d/).click()
    await repairs(page).first().getByRole('button', { name: label, exact: true }).click()
    await expect(page.locator('.decoded-packet').getByRole('alert'), hex).toHaveCount(0)
    await expect(rows(page).locator('.pkt'), hex).toHaveText(packets)
    await page.getByRole('radio', { name: /^Auto/ }).first().click()
  }
  await area.fill('101A0004 4D515454 04C2003C 000474657374 000475736572')
  await expect(page.getByText('4 bytes are missing. Paste what follows.')).toBeVisible()
})

test('repairs: no violation of WCAG 2.2 AA @phone', async ({ page }) => {
  await page.goto('./#/decode')
  await page.getByRole('textbox', { name: 'Bytes to decode' }).fill(MIXED)
  await expect(repairs(page).first()).toBeVisible()
  expect(await violations(page)).toEqual([])
})

test('paste, understand, repair, and play on in the Playground, with the keyboard alone', async ({ page }) => {
  await page.goto('./#/decode')
  const area = page.getByRole('textbox', { name: 'Bytes to decode' })
  await area.focus()
  await page.keyboard.insertText(`10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 73 75 62 31 20 02 00 00
80 08 00 01 00 03 61 2f 23 01 90 03 00 01 01 32 09 00 03 61 2f 62 00 02 68 69`)
  await expect(page.getByText('1 malformed')).toBeVisible()
  const fix = repairs(page).first().getByRole('button').first()
  await fix.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText('5 valid')).toBeVisible()
  await page.getByRole('button', { name: 'Open as sequence' }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/$/)
  await expect(page.getByText('Decoded session is open.')).toBeVisible()
  const packets = page.getByRole('list').filter({ has: page.getByRole('button', { name: /CONNECT/ }) })
  await expect(packets.getByRole('button', { name: /sub1.*SUBSCRIBE|SUBSCRIBE/ }).first()).toBeVisible()
  // Played on: what is done now happens in the world that the packets imply.
  await expect(page.getByText('sub1').first()).toBeVisible()
})

test('a sequence holds what the text held, broken packets and identifiers too, and goes on @phone', async ({ page }, info) => {
  const area = await open(page)
  await area.fill(`client -> broker: 10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 73 75 62 31
broker -> client: 20 02 00 00
client -> broker: 80 08 00 09 00 03 61 2f 23 01
client -> broker: 32 09 00 03 61 2f 62 44 44 68 69
broker -> client: 40 02 44 44`)
  await expect(rows(page)).toHaveCount(5)
  await page.getByRole('button', { name: info.project.name === 'phone' ? 'Replay' : 'Open as sequence' }).click()
  await expect(page).toHaveURL(/#\/$/)
  await expect(page.getByRole('button', { name: /^Broker to sub1, PUBACK.*17476/ }).first()).toBeVisible()
  await expect(page.getByRole('button', { name: /^sub1 to Broker, SUBSCRIBE/ }).first()).toBeVisible()
  if (info.project.name === 'phone') return
  const packets = page.getByRole('table').getByRole('row').filter({ hasText: /sub1/ })
  await expect(packets).toHaveCount(5)
  // Both ends go on by themselves: the broker has closed what was broken.
  await page.getByRole('slider', { name: 'Time' }).press('End')
  const card = page.getByTestId('actor-sub1')
  await expect(card).toContainText('not connected')
  await card.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(card).toContainText('MQTT 3.1.1')
  await expect(page.getByRole('button', { name: /^Broker to sub1, CONNACK/ })).toHaveCount(2)
})

test('what cannot be repaired says why; what is large is repaired as well', async ({ page }) => {
  const area = await open(page)
  await area.fill('48545450')
  await expect(page.getByRole('heading', { name: 'No MQTT packets' })).toBeVisible()
  await expect(rows(page)).toHaveCount(0)
  // Whoever chooses a version means it.
  await page.getByRole('radiogroup', { name: 'Version' }).first().getByRole('radio', { name: '3.1.1', exact: true }).click()
  await expect(rows(page)).toContainText('No repair is offered: these bytes are something else than MQTT')
  await expect(repairs(page)).toHaveCount(0)
  await area.fill('2082000000')
  await page.getByRole('radiogroup', { name: 'Version' }).first().getByRole('radio', { name: '5.0', exact: true }).click()
  await repairs(page).getByRole('button', { name: /^Write it in 1 byte, and add/ }).click()
  await expect(area).toHaveValue('20 03 00 00 00')

  await page.getByRole('radiogroup', { name: 'Version' }).first().getByRole('radio', { name: /^Auto/ }).click()
  await page.getByTestId('decode-file').setInputFiles({
    name: 'large.bin',
    mimeType: 'application/octet-stream',
    // A SUBSCRIBE with wrong flags, and six PUBLISH of 60,000 bytes.
    buffer: Buffer.concat([
      Buffer.from('800800010003612f2301', 'hex'),
      ...Array(6).fill(Buffer.concat([Buffer.from('30e5d4030003612f62', 'hex'), Buffer.alloc(60_000, 'x')])),
    ]),
  })
  await expect(page.getByText('1 malformed')).toBeVisible()
  await repairs(page).getByRole('button', { name: 'Set byte 0000 to 82' }).click()
  await expect(page.getByText('7 valid')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('1 malformed')).toBeVisible()
})

test('a large packet is searched while the page goes on, and the search can be cancelled', async ({ page }) => {
  await open(page)
  const file = async (bytes) => {
    const buffer = Buffer.concat(bytes)
    await page.getByTestId('decode-file').setInputFiles({ name: 'large.bin', mimeType: 'application/octet-stream', buffer })
  }
  const length = (number) => Buffer.from([number & 0x7f | 0x80, number >> 7 & 0x7f | 0x80, number >> 14])
  // Properties that say they are longer than the packet; to 3.1.1 they would be payload.
  const body = Buffer.concat([Buffer.from('0003612f62ffff7f', 'hex'), Buffer.alloc(400_000, 'x')])
  await file([Buffer.from([0x30]), length(body.length), body])
  await version(page, '5.0').click()
  await expect(page.getByText('1 malformed')).toBeVisible()
  const row = rows(page).first()
  await repairs(page).getByRole('button', { name: 'Set the property length to 0', exact: true }).click()
  await expect(page.getByText('1 valid')).toBeVisible()

  await version(page, /^Auto/).click()
  // Of 100,000 filters the last one is longer than the packet: each length that is tried has to read all of them.
  const filters = Array(100_000).fill(Buffer.from('0003612f2301', 'hex'))
  filters.push(Buffer.from('00ff612f2301', 'hex'))
  const list = Buffer.concat([Buffer.from([0, 1]), ...filters])
  await file([Buffer.from([0x82]), length(list.length), list])
  await expect(row.getByRole('progressbar', { name: 'Looking for repairs' })).toBeVisible()
  await row.getByRole('button', { name: 'Cancel' }).click()
  await expect(row.getByText('Not looked for.')).toBeVisible()
  await row.getByRole('button', { name: 'Look for repairs' }).click()
  await expect(row.getByRole('progressbar', { name: 'Looking for repairs' })).toBeVisible()
})
