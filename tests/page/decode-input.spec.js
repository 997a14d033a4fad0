// What people paste, drop, open and link to: recognised, named, changeable, and linked with its bytes.
import { violations } from './axe.js'
import { open, rows } from './decode.js'
import { test, expect } from './fixture.js'

const CONNECT = '10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 61 62'

const reading = (page) => page.getByTestId('reading')

test('each form is recognised and named @phone', async ({ page }) => {
  const area = await open(page)
  for (const [text, name] of [
    [CONNECT, 'Hex'],
    ['0000   10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 61 62   ....MQTT...<..ab', 'Wireshark hex dump'],
    ['00000000: 100e 0004 4d51 5454 0402 003c 0002 6162  ....MQTT...<..ab', 'xxd'],
    ['00000000  10 0e 00 04 4d 51 54 54  04 02 00 3c 00 02 61 62  |....MQTT...<..ab|', 'hexdump -C'],
    ["char p[] = { 0x10, 0x0C + 0x02, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 2, 'a', 'b' };", 'Array in code'],
    ['printf "\\x10\\x0e\\x00\\x04MQTT\\x04\\x02\\x00\\x3c\\x00\\x02ab" | nc localhost 1883', 'Escaped string'],
    ['<<16,14,0,4,77,81,84,84,4,2,0,60,0,2,97,98>>', 'Erlang binary'],
    ['EA4ABE1RVFQEAgA8AAJhYg==', 'Base64'],
    ['16 14 0 4 77 81 84 84 4 2 0 60 0 2 97 98', 'Decimal numbers'],
    ['0: 16 1: 14 2: 0 3: 4 4: 77 5: 81 6: 84 7: 84 8: 4 9: 2 10: 0 11: 60 12: 0 13: 2 14: 97 15: 98', 'Array in a console'],
  ]) {
    await area.fill(text)
    await expect(reading(page), text).toHaveText(name)
    await expect(rows(page).locator('.pkt'), text).toHaveText(['CONNECT'])
    await expect(rows(page).first(), text).toContainText('“ab”')
  }
})

test('another reading can be chosen, and the first one again', async ({ page }) => {
  const area = await open(page)
  await area.fill('30 10 00 01')
  await expect(reading(page)).toHaveText('Hex')
  const forms = page.getByRole('combobox', { name: 'Read as' })
  await forms.selectOption({ label: 'Decimal numbers' })
  await expect(reading(page)).toHaveText('Decimal numbers')
  await forms.selectOption({ label: 'Read as…' })
  await expect(reading(page)).toHaveText('Hex')
  await area.fill('no bytes at all')
  await expect(page.getByText('No bytes are found in this text.')).toBeVisible()
})

test('what is around MQTT is taken off and told, and can be left', async ({ page }) => {
  const area = await open(page)
  const mask = [1, 2, 3, 4]
  const bytes = CONNECT.split(' ').map((it, at) => parseInt(it, 16) ^ mask[at % 4])
  await area.fill(Buffer.from([0x82, 0x80 | bytes.length, ...mask, ...bytes]).toString('hex'))
  await expect(rows(page).locator('.pkt')).toHaveText(['CONNECT'])
  await expect(page.getByText('Taken off: WebSocket frames.')).toBeVisible()
  await page.getByRole('button', { name: 'Leave them' }).click()
  await expect(rows(page).locator('.pkt').first()).toHaveText('SUBSCRIBE')
  await page.getByRole('button', { name: 'Take it off' }).click()
  await expect(rows(page).locator('.pkt')).toHaveText(['CONNECT'])
})

test('what is not MQTT is named as what it is', async ({ page }) => {
  const area = await open(page)
  for (const [hex, told] of [
    ['16 03 01 02 00 01 00 01 fc 03 03', 'it is a TLS handshake'],
    ['48 54 54 50', 'it is an HTTP answer'],
    ['47 45 54 20 2f 20 48 54 54 50', 'it is an HTTP request'],
    ['68 65 6c 6c 6f 20 77 6f 72 6c 64', 'it is readable text'],
    ['0a 04 04 01 00 3c 61 62 63 64', 'it is MQTT-SN'],
    ['GET / HTTP/1.1\nHost: broker:1883', 'it is an HTTP request'],
  ]) {
    await area.fill(hex)
    await expect(page.getByText(told), hex).toBeVisible()
    await expect(rows(page)).toHaveCount(0)
  }
})

test('a log without bytes becomes packets of both directions', async ({ page }) => {
  const area = await open(page)
  await area.fill(`1700000001: New client connected from 127.0.0.1:50000 as sub1 (p2, c1, k60).
1700000001: Sending CONNACK to sub1 (0, 0)
1700000002: Sending PUBLISH to sub1 (d0, q0, r0, m0, 't/a', ... (5 bytes))`)
  await expect(reading(page)).toHaveText('Log without bytes')
  await expect(rows(page).locator('.pkt')).toHaveText(['CONNECT', 'CONNACK', 'PUBLISH'])
  await expect(page.getByText('The log names no payloads')).toBeVisible()
  await expect(page.getByRole('radio', { name: 'Auto: both' })).toBeChecked()
  await expect(rows(page).locator('.decoded-packet__way')).toHaveText(['to broker', 'to client', 'to client'])
})

test('the direction is guessed, and can be chosen for all and for one packet @phone', async ({ page }) => {
  const area = await open(page)
  await area.fill('c0 00')
  await expect(page.getByRole('radio', { name: 'Auto: from client' })).toBeChecked()
  await page.getByRole('radio', { name: 'From broker', exact: true }).click()
  await expect(rows(page).getByRole('alert').first()).toContainText('PINGREQ')
  await page.getByRole('radio', { name: 'Auto', exact: true }).click()
  await expect(page.getByRole('alert')).toHaveCount(0)

  await area.fill('c0 00 32 07 00 03 61 2f 62 00 01 d0 00')
  const ways = rows(page).locator('.decoded-packet__way')
  await expect(ways).toHaveText(['to broker', 'to whom?', 'to client'])
  await ways.nth(1).click()
  await expect(ways).toHaveText(['to broker', 'to broker', 'to client'])
  await expect(ways.nth(1)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(ways).toHaveText(['to broker', 'to client', 'to client'])
  // A link says so, too.
  await page.getByRole('button', { name: 'Share…' }).click()
  const link = page.getByTestId('share-link')
  await expect(link).toHaveValue(/#decode=2\./)
  const address = await link.inputValue()
  await page.keyboard.press('Escape')
  await ways.nth(1).click()
  await expect(ways).toHaveText(['to broker', 'to whom?', 'to client'])
  await page.goto(address)
  await expect(ways).toHaveText(['to broker', 'to client', 'to client'])
})

test('the pasted text and its bytes are linked both ways', async ({ page }) => {
  const area = await open(page)
  await area.fill(CONNECT)
  // A click in the text chooses the byte under it.
  await area.evaluate((it) => {
    it.focus()
    it.setSelectionRange(it.value.indexOf('3c'), it.value.indexOf('3c'))
    it.dispatchEvent(new Event('click', { bubbles: true }))
  })
  const inspector = page.getByRole('region', { name: 'Inspector' })
  await expect(inspector.getByRole('gridcell', { selected: true })).toHaveAccessibleName(/byte 3C, offset 11, keep alive/)
  await expect(page.locator('.paste-area__marks mark.is-chosen')).toHaveText(['00', '3c'])
  // And a field chooses its text.
  await inspector.getByRole('treeitem', { name: 'client identifier ab' }).click()
  await expect(page.locator('.paste-area__marks mark.is-chosen')).toHaveText(['61', '62'])
})

test('files are opened and dropped, as text and as bytes', async ({ page }) => {
  await open(page)
  const field = page.getByTestId('decode-file').first()
  await field.setInputFiles({ name: 'packet.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('c000d000', 'hex') })
  await expect(rows(page).locator('.pkt')).toHaveText(['PINGREQ', 'PINGRESP'])
  await expect(reading(page)).toHaveText('File')
  await expect(page.locator('.paste-area__held')).toContainText('packet.bin')
  await field.setInputFiles({ name: 'packet.txt', mimeType: 'text/plain', buffer: Buffer.from('sent: e0 00\n') })
  await expect(page.getByRole('textbox', { name: 'Bytes to decode' })).toHaveValue('sent: e0 00\n')
  await expect(rows(page).locator('.pkt')).toHaveText(['DISCONNECT'])
  await page.evaluate(() => {
    const data = new DataTransfer()
    data.items.add(new File([new Uint8Array([0xd0, 0])], 'dropped.bin'))
    document.querySelector('.paste-area').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  })
  await expect(rows(page).locator('.pkt')).toHaveText(['PINGRESP'])
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect(rows(page)).toHaveCount(0)
})

test('a big file is read in slices, with its progress told, and can be cancelled', async ({ page }) => {
  await open(page)
  const line = '2024-05-01 12:00:00 sent: c0 00 d0 00\n'
  const buffer = Buffer.from(line.repeat(150_000))
  await page.evaluate(() => {
    globalThis.longest = 0
    let last = performance.now()
    const tick = () => {
      globalThis.longest = Math.max(globalThis.longest, performance.now() - last)
      last = performance.now()
      setTimeout(tick)
    }
    tick()
  })
  const field = page.getByTestId('decode-file').first()
  await field.setInputFiles({ name: 'big.log', mimeType: 'text/plain', buffer })
  await expect(page.getByRole('progressbar', { name: 'Reading' })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('progressbar', { name: 'Reading' })).toHaveCount(0)
  await field.setInputFiles({ name: 'small.log', mimeType: 'text/plain', buffer: Buffer.from(line) })
  await expect(rows(page).locator('.pkt')).toHaveText(['PINGREQ', 'PINGRESP'])
  expect(await page.evaluate(() => globalThis.longest)).toBeLessThan(3000)
})

test('a link holds the bytes, written by hand or made', async ({ page }) => {
  const area = await open(page, './#decode=100e00044d5154540402003c00026162')
  await expect(rows(page).locator('.pkt')).toHaveText(['CONNECT'])
  await page.goto('./#decode=c000%20d000')
  await expect(rows(page).locator('.pkt')).toHaveText(['PINGREQ', 'PINGRESP'])
  await page.goto('./#decode=zz')
  await expect(page.getByText('This link holds no bytes that can be read.')).toBeVisible()
  await page.goto('./#decode=1.AAAA')
  await expect(page.getByText('This link holds no bytes that can be read.')).toBeVisible()

  await page.goto('./#decode=4002000700&version=5.0')
  await expect(page.getByRole('radiogroup', { name: 'Version', exact: true }).getByRole('radio', { name: '5.0', exact: true })).toBeChecked()
  await page.goto('./#decode=c000')
  await expect(rows(page).locator('.pkt')).toHaveText(['PINGREQ'])
  await area.fill(`${CONNECT} ${'c0 00 '.repeat(100)}`)
  await page.getByRole('button', { name: 'Share…' }).click()
  const link = page.getByTestId('share-link')
  await expect(link).toHaveValue(/#decode=1\.[\w-]+$/)
  const address = await link.inputValue()
  expect(address.length).toBeLessThan(200)
  await page.keyboard.press('Escape')
  // Cleared by mistake, and back.
  await page.getByRole('button', { name: 'Clear' }).press('Enter')
  await expect(area).toHaveValue('')
  await expect(area).toBeFocused()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('heading', { name: '101 packets' })).toBeVisible()
  await page.goto('./#decode=101')
  await expect(page.getByText('a second hex digit is missing')).toBeVisible()
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.goto(address)
  await expect(page.getByRole('heading', { name: '101 packets' })).toBeVisible()
})

test('the clipboard is taken with a button @phone', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const area = await open(page)
  await page.evaluate(() => navigator.clipboard.writeText('d0 00'))
  await page.getByRole('button', { name: 'Paste' }).click()
  await expect(area).toHaveValue('d0 00')
  await expect(rows(page).locator('.pkt')).toHaveText(['PINGRESP'])
})

test('packets fold, and are copied in other forms', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const area = await open(page)
  await area.fill(`${CONNECT}\n30 05 00 01 61 68 69`)
  await page.getByRole('button', { name: 'Collapse all' }).click()
  await expect(page.locator('.decoded-packet__body:visible')).toHaveCount(0)
  await page.getByRole('button', { name: 'Expand packet 2' }).click()
  await expect(page.locator('.decoded-packet__body:visible')).toHaveCount(1)
  await page.getByRole('button', { name: 'Expand all' }).click()
  await expect(page.locator('.decoded-packet__body:visible')).toHaveCount(2)

  await page.locator('.decode__actions').getByRole('button', { name: 'Copy as…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Copy packets as' })
  for (const [form, part] of [['Text', 'topic name: a'], ['Markdown', '| Field | Value |'], ['HTML', '<table>'], ['SVG', '<svg xmlns'], ['Hex, a packet a line', '30 05 00 01 61 68 69']]) {
    await dialog.getByRole('radio', { name: form, exact: true }).click()
    await expect(dialog.getByTestId('report-text')).toContainText(part)
    await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
    await expect(dialog.getByText('Copied.')).toBeVisible()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(part)
  }
  expect(await violations(page)).toEqual([])
})

test('payloads are shown as what they are, switchable', async ({ page }) => {
  const area = await open(page)
  const publish = (payload) => {
    const body = Buffer.concat([Buffer.from([0, 1, 0x61]), payload])
    return Buffer.concat([Buffer.from([0x30, body.length]), body]).toString('hex')
  }
  await area.fill(publish(Buffer.from('{"t":21.5,"ok":true}')))
  const shown = page.locator('.payload')
  await expect(shown.locator('pre')).toHaveText('{\n  "t": 21.5,\n  "ok": true\n}')
  await shown.getByRole('radio', { name: 'Hex' }).click()
  await expect(shown.locator('pre')).toContainText('7B 22 74 22')
  await area.fill(publish(Buffer.from([0x41, 0xac, 0, 0])))
  await shown.getByRole('radio', { name: 'Numbers' }).click()
  await expect(shown.locator('pre')).toContainText('float32, big-endian  21.5')
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  await area.fill(publish(Buffer.from(png, 'base64')))
  await expect(shown.getByRole('img', { name: 'The payload as a picture' })).toBeVisible()
  expect(await shown.locator('img').evaluate((it) => it.naturalWidth)).toBe(1)
})
