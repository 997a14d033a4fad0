// The Decode page: pasted bytes, packet by packet.
import { violations } from './axe.js'
import { capturedBytes, cut, spaced, TYPES } from './captures.js'
import { open, rows, version } from './decode.js'
import { test, expect } from './fixture.js'

const MIXED = `10 16 00 04 4d 51 54 54 04 02 00 3c 00 0a 6c 61 62 2d 6e 6f 64 65 2d 33
80 0f 00 01 00 0a 6c 61 62 2f 2b 2f 74 65 6d 70 01
32 12 00 0a 6c 61 62 2f 33 2f 74 65 6d 70 00 02 32 32 2e 34
c0 00
e0`

const bytesOf = (row) => row.locator('.byte-detail .byte').allTextContents()

for (const file of ['qos2-311.hex', 'lab1-311.hex', 'session-v5.hex', 'sys-31-ping.hex']) {
  test(`every byte of the captured session ${file} is shown in a named field`, async ({ page }) => {
    const bytes = capturedBytes(file)
    const packets = cut(bytes)
    const area = await open(page)
    await area.fill(spaced(bytes))
    await expect(page.getByRole('heading', { name: `${packets.length} packets` })).toBeVisible()
    await expect(page.locator('.decode__head')).toContainText(`${packets.length} valid`)
    await expect(page.getByRole('alert')).toHaveCount(0)

    const found = []
    for (;;) {
      for (const row of await rows(page).all()) {
        const [name, shown, hidden, fields] = await row.evaluate((row) => [
          row.querySelector('.pkt').textContent.trim(),
          [...row.querySelectorAll('.byte-detail .byte')].map((cell) => cell.textContent).join(''),
          [...row.querySelectorAll('.byte-detail .byte-strip__elision')].map((chip) => parseInt(chip.textContent.slice(1))),
          [...row.querySelectorAll('.byte-field')].map((field) => field.querySelector('.byte-field__name').textContent),
        ])
        found.push([name, shown.length / 2 + hidden.reduce((sum, n) => sum + n, 0)])
        expect(fields.filter((field) => !/\w/.test(field))).toEqual([])
        if (hidden.length === 0) expect(shown).toBe(packets[found.length - 1].toString('hex').toUpperCase())
      }
      const next = page.getByRole('button', { name: 'Next', exact: true }).first()
      if (!(await next.count()) || (await next.isDisabled())) break
      await next.click()
    }
    expect(found).toEqual(packets.map((packet) => [TYPES[packet[0] >> 4], packet.length]))
  })
}

test('packets are told in order, the malformed one at its exact byte, the rest goes on @phone', async ({ page }) => {
  const area = await open(page)
  await area.fill(MIXED)
  await expect(page.getByRole('heading', { name: '4 packets' })).toBeVisible()
  await expect(rows(page)).toHaveCount(5)
  await expect(rows(page).locator('.pkt')).toHaveText(['CONNECT', 'SUBSCRIBE', 'PUBLISH', 'PINGREQ', 'DISCONNECT'])
  await expect(rows(page).nth(2)).toContainText('sends “22.4” on lab/3/temp')

  const bad = rows(page).nth(1)
  await expect(bad.locator('.byte-detail .byte--error')).toHaveText(['80'])
  const alert = bad.getByRole('alert')
  await expect(alert).toContainText('Byte 0018 is 80, it must be 82.')
  await expect(alert).toContainText('Expected0010')
  await expect(alert).toContainText('Found0000')
  await expect(alert.locator('.bit-view__bit.is-wrong')).toHaveCount(1)
  const rule = alert.getByRole('link', { name: 'MQTT-3.8.1-1' })
  await expect(rule).toHaveAttribute('href', /^https:\/\/docs\.oasis-open\.org\/mqtt\/mqtt\/v3\.1\.1\//)
  await expect(rule).toHaveAttribute('rel', 'noopener')
  await expect(alert).toContainText('SUBSCRIBE has the flags 0010.')
  await expect(page.locator('.paste-area__marks mark')).toHaveText(['80'])
  await expect(page.locator('.byte--error:visible').filter({ hasText: /^(?!80)/ })).toHaveCount(0)

  const left = rows(page).nth(4)
  await expect(left).toContainText('incomplete')
  expect(await bytesOf(left)).toEqual(['E0'])
  await expect(page.getByText('1 byte left')).toBeVisible()
})

test('where the bytes go adds up', async ({ page }) => {
  const area = await open(page)
  await area.fill(MIXED)
  const shares = page.getByRole('region', { name: 'Where the bytes go' })
  await expect(shares).toContainText('Where the 64 bytes go')
  await expect(shares).toContainText('message data: 4 B, 6.2 %')
  await expect(shares.getByRole('listitem')).toHaveText([
    'fixed header3', 'length4', 'variable header26', 'payload29', 'malformed1', 'left over1'])
})

test('other malformed packets name their byte, their rule, and what was expected', async ({ page }) => {
  const area = await open(page)
  for (const [hex, byte, lead, expected, rule] of [
    // Both QoS bits.
    ['36 06 00 01 61 00 01 62', ['36'], 'Byte 0000 is 36', 'QoS 0, 1 or 2', 'MQTT-3.3.1-4'],
    // The second byte of the topic is no UTF-8.
    ['30 05 00 02 61 ff 62', ['FF'], 'Byte 0005', '', 'MQTT-1.5.3-1'],
    // Reserved connect flag.
    ['10 0d 00 04 4d 51 54 54 04 03 00 3c 00 01 61', ['03'], 'Bit 0 of byte 0009', '0', 'MQTT-3.1.2-3'],
    // A PUBACK with packet identifier 0.
    ['40 02 00 00', ['00', '00'], 'Bytes 0002–0003', '', 'MQTT-2.3.1-1'],
  ]) {
    await area.fill(hex)
    await version(page, '3.1.1').click()
    const alert = page.locator('.decoded-packet').getByRole('alert').first()
    await expect(alert, hex).toContainText(lead)
    await expect(alert, hex).toContainText(`Expected${expected}`)
    await expect(alert, hex).toContainText(rule)
    await expect(rows(page).first().locator('.byte-detail .byte--error'), hex).toHaveText(byte)
  }
})

test('hex is read in the forms people paste; a mistake is shown at its place and loses nothing @phone', async ({ page }) => {
  const area = await open(page)
  for (const text of ['C000', 'c0 00', 'c0:00', '0xC0, 0x00', '\\xc0\\x00', 'c0\n00']) {
    await area.fill(text)
    await expect(rows(page).locator('.pkt'), text).toHaveText(['PINGREQ'])
  }
  await area.fill('c0 00\nd0 0g 00')
  await expect(page.getByText('Line 2, column 5: \'g\' is not a hex digit.')).toBeVisible()
  await expect(area).toHaveAttribute('aria-invalid', 'true')
  await expect(area).toHaveValue('c0 00\nd0 0g 00')
  await expect(page.locator('.paste-area__marks mark')).toHaveText('g')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  expect(await area.evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd))).toBe('g')
  // What stands before the mistake is decoded.
  await expect(rows(page).locator('.pkt').first()).toHaveText('PINGREQ')

  await area.fill('c0 0')
  await expect(page.getByText('Line 1, column 4: a second hex digit is missing.')).toBeVisible()
  await area.fill('c0 00')
  await expect(page.locator('.paste-area__mistake')).toBeEmpty()
  await expect(area).not.toHaveAttribute('aria-invalid', 'true')
})

test('the version is found out or chosen', async ({ page }) => {
  const area = await open(page)
  // PUBACK with a reason code: only 5.0 has one.
  await area.fill('40 03 00 07 10')
  await expect(page.getByRole('radio', { name: 'Auto: 5.0' })).toBeChecked()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await version(page, '3.1.1').click()
  await expect(rows(page).getByRole('alert')).toContainText('Byte 0004')
  await version(page, '3.1.1').press('ArrowRight')
  await expect(version(page, '5.0')).toBeFocused()
  await expect(rows(page).getByRole('alert')).toHaveCount(0)
})

test('each example shows what it is called after', async ({ page }) => {
  await open(page)
  const examples = page.getByRole('list', { name: 'Examples' }).getByRole('button')
  const names = await examples.allTextContents()
  expect(names.length).toBeGreaterThanOrEqual(5)
  for (const name of names) {
    await examples.filter({ hasText: name }).click()
    await expect(rows(page).first()).toBeVisible()
    const malformed = await page.locator('.chip--bad', { hasText: 'malformed' }).count()
    expect(malformed > 0, name).toBe(/wrong|too long/.test(name))
  }
})

test('the inspector shows the chosen byte, its bits, its field and its rule, linked both ways', async ({ page }) => {
  const area = await open(page)
  await area.fill('3c 1c 00 14 73 65 6e 73 6f 72 73 2f 6b 69 74 63 68 65 6e 2f 74 65 6d 70 00 07 32 31 2e 35')
  const inspector = page.getByRole('region', { name: 'Inspector' })
  const grid = inspector.getByRole('grid', { name: 'Packet bytes' })
  await expect(grid.getByRole('gridcell')).toHaveCount(30)
  await expect(grid.getByRole('gridcell', { name: 'byte 3C, offset 0, packet type and flags' })).toBeVisible()

  // A byte of the row chooses it in the inspector.
  await rows(page).first().locator('.byte-detail .byte').nth(24).click()
  await expect(grid.getByRole('gridcell', { selected: true })).toHaveAccessibleName('byte 00, offset 24, packet identifier')
  await expect(inspector.getByRole('treeitem', { selected: true })).toContainText('packet identifier 7')

  // A field of the tree chooses its bits, its bytes and its rule.
  await inspector.getByRole('treeitem', { name: 'DUP' }).click()
  await expect(grid.getByRole('gridcell', { selected: true })).toHaveAccessibleName(/^byte 3C, offset 0/)
  await expect(inspector.locator('.bit-view__name.is-selected')).toContainText('DUP')
  await expect(inspector.getByRole('heading', { name: 'DUP, bit 3 of byte 00' })).toBeVisible()
  await expect(inspector.getByRole('link', { name: 'MQTT-3.3.1-1', exact: true })).toHaveAttribute('target', '_blank')

  // Pointing at one shows the other.
  await inspector.getByRole('treeitem', { name: 'topic name' }).hover()
  await expect(grid.locator('.byte.is-linked')).toHaveCount(22)
  await grid.getByRole('gridcell', { name: /offset 27,/ }).hover()
  await expect(inspector.locator('.field-tree__item.is-linked')).toContainText('Payload')
  await expect(rows(page).first().locator('.byte-detail .is-linked')).toHaveText(['32', '31', '2E', '35'])
  // What is chosen under the pointer stays linked.
  await rows(page).first().locator('.byte-detail .byte').nth(24).click()
  await expect(grid.locator('.byte.is-linked')).toHaveText(['00', '07'])
})

test('what is wrong stands with the field that is chosen', async ({ page }) => {
  const area = await open(page)
  await area.fill(MIXED)
  const inspector = page.getByRole('region', { name: 'Inspector' })
  await expect(inspector.getByRole('treeitem', { selected: true })).toContainText('reserved flags')
  await expect(inspector.locator('.explain__fault')).toContainText('it must be 82')
  await inspector.getByRole('treeitem', { name: 'packet type' }).click()
  await expect(inspector.locator('.explain__fault')).toHaveCount(0)
})

test('grid and tree are driven by the keyboard, with one tab stop each', async ({ page }) => {
  const area = await open(page)
  await area.fill('30 1c 00 14 73 65 6e 73 6f 72 73 2f 6b 69 74 63 68 65 6e 2f 74 65 6d 70 21 22 23 24 25 26')
  const inspector = page.getByRole('region', { name: 'Inspector' })
  await expect(inspector.locator('[role=gridcell][tabindex="0"]')).toHaveCount(1)
  await expect(inspector.locator('[role=treeitem][tabindex="0"]')).toHaveCount(1)
  await inspector.getByRole('gridcell').first().focus()
  const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent)
  for (const [key, offset] of [['ArrowRight', 1], ['ArrowDown', 17], ['End', 29], ['ArrowUp', 13], ['Home', 0], ['Control+End', 29], ['ArrowRight', 29], ['Control+Home', 0], ['ArrowLeft', 0]]) {
    await page.keyboard.press(key)
    await expect.poll(focused, key).toContain(`offset ${offset},`)
  }
  await inspector.getByRole('treeitem').first().focus()
  for (const [key, name] of [['ArrowDown', 'packet type'], ['ArrowDown', 'DUP'], ['ArrowLeft', 'Fixed header'], ['ArrowRight', 'packet type'], ['End', 'Payload'], ['Home', 'Fixed header']]) {
    await page.keyboard.press(key)
    await expect.poll(focused, key).toContain(name)
  }
})

test('a packet of one MiB is shown at once, and in part as it is scrolled', async ({ page }) => {
  const area = await open(page)
  const bytes = Buffer.concat([Buffer.from([0x30, 0x80, 0x80, 0x40, 0, 1, 0x61]), Buffer.alloc((1 << 20) - 3, 0x2e)])
  const took = await area.evaluate((it, text) => {
    const start = performance.now()
    it.value = text
    it.dispatchEvent(new Event('input', { bubbles: true }))
    return performance.now() - start
  }, bytes.toString('hex'))
  expect(took).toBeLessThan(2000)
  await expect(rows(page).locator('.pkt')).toHaveText(['PUBLISH'])
  await expect(rows(page).locator('.byte-strip__elision')).toHaveText(`+${(1 << 20) - 3 - 64} B`)
  const grid = page.getByRole('grid', { name: 'Packet bytes' })
  expect(await grid.getByRole('row').count()).toBeLessThan(100)
  await expect(grid).toHaveAttribute('aria-rowcount', `${Math.ceil(bytes.length / 16)}`)
  await grid.getByRole('gridcell').first().focus()
  await page.keyboard.press('Control+End')
  await expect(grid.getByRole('gridcell', { selected: true })).toHaveAccessibleName(`byte 2E, offset ${bytes.length - 1}, payload`)
  expect(await grid.getByRole('row').count()).toBeLessThan(100)
})

test('many packets are read in slices and paged, with the count told', async ({ page }) => {
  const area = await open(page)
  const longest = await area.evaluate(async (it, text) => {
    let longest = 0
    let last = performance.now()
    let ticking = true
    const tick = () => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
      if (ticking) setTimeout(tick)
    }
    tick()
    it.value = text
    it.dispatchEvent(new Event('input', { bubbles: true }))
    while (!/100000 packets/.test(document.body.textContent)) await new Promise((resolve) => setTimeout(resolve, 20))
    ticking = false
    return longest
  }, 'c000d000'.repeat(50_000))
  expect(longest).toBeLessThan(1000)
  await expect(page.getByText('Packets 1 to 25 of 100000').first()).toBeVisible()
  await expect(rows(page)).toHaveCount(25)
  await page.getByRole('button', { name: 'Last', exact: true }).first().click()
  await expect(page.getByText('Packets 99976 to 100000 of 100000').first()).toBeVisible()
  await expect(rows(page).last().locator('.pkt')).toHaveText('PINGRESP')
})

test('what was pasted is still there after another page', async ({ page }) => {
  const area = await open(page)
  await area.fill(MIXED)
  await page.getByRole('link', { name: 'Playground', exact: true }).click()
  await page.getByRole('link', { name: 'Decode', exact: true }).click()
  await expect(area).toHaveValue(MIXED)
  await expect(rows(page)).toHaveCount(5)
})

test('on a phone the inspector is a sheet that opens on a byte and closes @phone-only @phone', async ({ page }) => {
  const area = await open(page)
  await area.fill(MIXED)
  const inspector = page.getByRole('region', { name: 'Inspector' })
  await expect(inspector).toHaveCount(0)
  await rows(page).nth(2).locator('.byte-detail .byte').first().tap()
  await expect(inspector).toBeInViewport()
  await expect(inspector).toContainText('PUBLISH')
  // The packet stands above the sheet.
  const bottom = (box) => box.y + box.height
  await expect.poll(async () => bottom(await rows(page).nth(2).locator('.byte-detail').boundingBox())).toBeLessThan(
    (await inspector.boundingBox()).y)
  await inspector.getByRole('button', { name: /Close inspector/ }).tap()
  await expect(inspector).toHaveCount(0)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})

test('the keys j and k go from packet to packet, but not while typing', async ({ page }) => {
  const area = await open(page)
  await area.fill(MIXED)
  const inspector = page.getByRole('region', { name: 'Inspector' })
  await expect(inspector).toContainText('2 of 5')
  await area.press('j')
  await expect(area).toHaveValue(`${MIXED}j`)
  await area.fill(MIXED)
  await page.getByRole('heading', { name: 'Decode bytes' }).click()
  await page.keyboard.press('j')
  await expect(inspector).toContainText('3 of 5')
  for (let i = 0; i < 3; i++) await page.keyboard.press('k')
  await expect(inspector).toContainText('1 of 5')
  await expect(rows(page).first()).toHaveClass(/is-selected/)
})

test('with packets, a mistake and a chosen byte: no violation of WCAG 2.2 AA @phone', async ({ page }) => {
  await page.goto('./#/decode')
  await page.getByRole('textbox', { name: 'Bytes to decode' }).fill(`${MIXED} zz`)
  await rows(page).first().locator('.byte-detail .byte').first().click()
  await expect(page.getByRole('region', { name: 'Inspector' })).toBeVisible()
  expect(await violations(page)).toEqual([])
})
