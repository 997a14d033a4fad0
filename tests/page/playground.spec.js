// The Playground: the whole QoS 2 handshake forward and back, byte by byte, and what people do to it.
import { test, expect } from './fixture.js'

// From the encoding rules of 3.1.1 (sections 3.1 to 3.9), not from the page: what each step sends.
const text = (words) => Buffer.from(words).toString('hex').match(/../g).join(' ').toUpperCase()
const string = (words) => `${hex(words.length >> 8)} ${hex(words.length & 255)} ${text(words)}`
const hex = (byte) => byte.toString(16).padStart(2, '0').toUpperCase()
const connect = (id) => `10 ${hex(12 + id.length)} ${string('MQTT')} 04 00 00 3C ${string(id)}`
const publish = (packetId) => `34 1C ${string('sensors/kitchen/temp')} 00 0${packetId} ${text('21.5')}`
const PACKETS = [
  ['sub1', 'Broker', 'CONNECT', connect('sub1')],
  ['Broker', 'sub1', 'CONNACK', '20 02 00 00'],
  ['sub1', 'Broker', 'SUBSCRIBE', `82 0E 00 01 ${string('sensors/#')} 02`],
  ['Broker', 'sub1', 'SUBACK', '90 03 00 01 02'],
  ['pub1', 'Broker', 'CONNECT', connect('pub1')],
  ['Broker', 'pub1', 'CONNACK', '20 02 00 00'],
  ['pub1', 'Broker', 'PUBLISH', publish(7)],
  ['Broker', 'pub1', 'PUBREC', '50 02 00 07'],
  ['pub1', 'Broker', 'PUBREL', '62 02 00 07'],
  ['Broker', 'pub1', 'PUBCOMP', '70 02 00 07'],
  ['Broker', 'sub1', 'PUBLISH', publish(1)],
  ['sub1', 'Broker', 'PUBREC', '50 02 00 01'],
  ['Broker', 'sub1', 'PUBREL', '62 02 00 01'],
  ['sub1', 'Broker', 'PUBCOMP', '70 02 00 01'],
]

const open = async (page) => {
  await page.goto('./')
  await expect(stepForward(page)).toBeEnabled()
}
const stepForward = (page) => page.getByTestId('step-forward')
const stepBack = (page) => page.getByRole('button', { name: /^Step back/ })
const slider = (page) => page.getByRole('slider', { name: 'Time' })
const arrow = (page, index) => page.locator(`.arrow[data-frame="${index}"]`)
const inspector = (page) => page.getByRole('region', { name: 'Inspector' })
const step = async (page) => Number(await slider(page).getAttribute('aria-valuenow'))
const last = async (page) => Number(await slider(page).getAttribute('aria-valuemax'))
const toStep = (page, wanted) => expect(slider(page)).toHaveAttribute('aria-valuenow', String(wanted))

/** The bytes in the inspector's grid. */
const gridBytes = async (page) =>
  (await inspector(page).getByRole('gridcell').allTextContents()).map((cell) => cell.trim()).join(' ')

/** All that a step shows of the world: cards, states, packets and how far they have come. */
const world = (page) =>
  page.evaluate(() => {
    const all = (selector) => [...document.querySelectorAll(selector)].map((it) => it.textContent.replace(/\s+/g, ' ').trim())
    const arrows = [...document.querySelectorAll('.arrow')].map((it) => `${it.textContent} ${it.className}`)
    return { cards: all('.actor-card'), states: all('.end-state'), arrows, notes: all('.seq-note'), clock: all('.transport__clock') }
  })

test('the scenario is there without a click, at its beginning', async ({ page }) => {
  await open(page)
  await expect(page.getByRole('combobox', { name: 'Scenario' })).toHaveValue('0')
  await expect(page.getByRole('combobox', { name: 'Scenario' }).locator('option:checked')).toHaveText('QoS 2, exactly once')
  await expect(page.locator('.lifeline-head')).toHaveText([/pub1/, 'Broker', /sub1/])
  await toStep(page, 0)
  await expect(page.locator('.arrow')).toHaveCount(PACKETS.length)
  await expect(page.locator('.seq-row.is-future .arrow')).toHaveCount(PACKETS.length)
  await expect(page.getByText('Step forward', { exact: true })).toBeVisible()
})

test('the handshake, step by step: every packet with its bytes, then back to the beginning', async ({ page }) => {
  test.setTimeout(180_000)
  await open(page)
  await page.getByRole('tab', { name: 'State' }).click()
  const before = []
  const seen = []
  for (let at = 0; await stepForward(page).isEnabled() && at < (await last(page)); at++) {
    before.push(await world(page))
    await stepForward(page).click()
    await toStep(page, at + 1)
    const inked = await page.locator('.seq-row:not(.is-future) > .arrow').count()
    while (seen.length < inked) {
      const index = seen.length
      await arrow(page, index).click()
      await expect(inspector(page)).toContainText(`${index + 1} of ${inked}`)
      const [from, to, name, bytes] = PACKETS[index]
      await expect(arrow(page, index)).toHaveAccessibleName(new RegExp(`^${from} to ${to}, ${name}\\b.*, ${bytes.split(' ').length} bytes, at `))
      await expect.poll(() => gridBytes(page), `bytes of packet ${index + 1}`).toBe(bytes)
      // Unfolded, the row shows the same bytes with the names of their fields.
      const detail = page.locator('.seq-expand')
      await expect.poll(async () => (await detail.locator('.byte').allTextContents()).join(' ')).toBe(bytes)
      await expect(detail.locator('.byte-field__name').first()).toHaveText(name)
      await arrow(page, index).click()
      await expect(detail).toHaveCount(0)
      seen.push(name)
    }
  }
  expect(seen).toEqual(PACKETS.map((packet) => packet[2]))
  await expect(page.getByTestId('state-sub1')).toContainText('1 received')
  await expect(page.getByTestId('state-sub1')).toContainText('21.5')
  for (let at = before.length - 1; at >= 0; at--) {
    await stepBack(page).click()
    await toStep(page, at)
    await expect.poll(() => world(page), `the world at step ${at}`).toEqual(before[at])
  }
  await expect(stepBack(page)).toBeDisabled()
})

test('a byte names its field under the pointer, and the same field lights up in the inspector', async ({ page }) => {
  await open(page)
  await slider(page).press('End')
  await arrow(page, 6).click()
  const strip = arrow(page, 6).locator('.byte-strip')
  await strip.locator('.byte').nth(2).hover()
  await expect(page.locator('.byte-readout')).toContainText('topic name')
  await expect(inspector(page).locator('.hex-grid .byte.is-linked')).toHaveCount(22)
  await expect(strip.locator('.byte').nth(2)).toHaveAttribute('title', /topic name/)
  await inspector(page).getByRole('gridcell').nth(24).click()
  await expect(inspector(page).getByRole('treeitem', { selected: true })).toContainText('packet identifier')
  await expect(page.locator('.seq-expand .byte.is-selected')).toHaveText('00')
})

test('the states of QoS 2 at both ends change with the steps', async ({ page }) => {
  await open(page)
  await page.getByRole('tab', { name: 'State' }).click()
  const [broker, pub1, sub1] = ['state-Broker', 'state-pub1', 'state-sub1'].map((id) => page.getByTestId(id))
  const forwardTo = async (index) => {
    while ((await page.locator('.seq-row:not(.is-future) > .arrow').count()) <= index) await stepForward(page).click()
  }
  await expect(broker).toContainText('no sessions')
  await forwardTo(6)
  await expect(pub1).toContainText(/id 7.*PUBREC due/)
  await forwardTo(7)
  await expect(broker).toContainText(/pub1 id 7/)
  await forwardTo(8)
  await expect(pub1).toContainText(/id 7.*PUBCOMP due/)
  await forwardTo(10)
  await expect(broker).toContainText(/sub1 id 1.*PUBREC due/)
  await forwardTo(12)
  await expect(broker).toContainText(/sub1 id 1.*PUBCOMP due/)
  await stepBack(page).click()
  await expect(broker).toContainText(/sub1 id 1.*PUBREC due/)
  await expect(sub1).toContainText('waits for PUBREL')
})

test('play runs to the end, pause stops it, restart goes back @phone', async ({ page }) => {
  await open(page)
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('1')
  await page.getByRole('button', { name: /^Play/ }).click()
  await page.getByRole('button', { name: /^Pause/ }).click()
  await expect(page.getByRole('button', { name: /^Play/ })).toBeVisible()
  await page.waitForTimeout(200)
  const paused = await step(page)
  await page.waitForTimeout(200)
  await toStep(page, paused)
  await page.getByRole('button', { name: /^Play/ }).click()
  await toStep(page, await last(page))
  await expect(page.getByRole('button', { name: /^Play/ })).toBeVisible()
  await expect(page.locator('.seq-row.is-future')).toHaveCount(0)
  await page.keyboard.press('0')
  await toStep(page, 0)
})

test('a packet in flight moves with virtual time', async ({ page }) => {
  await open(page)
  await stepForward(page).click()
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('100')
  const at = () => page.locator('.arrow__pulse').evaluate((it) => parseFloat(it.style.getPropertyValue('--at')))
  expect(await at()).toBe(100)
  await page.getByRole('button', { name: /^Play/ }).click()
  await expect.poll(at).toBeLessThan(90)
  await page.getByRole('button', { name: /^Pause/ }).click()
  const stopped = await at()
  await page.waitForTimeout(200)
  expect(await at()).toBe(stopped)
})

test('the scrubber takes keys and the pointer', async ({ page }) => {
  await open(page)
  const end = await last(page)
  await slider(page).press('End')
  await toStep(page, end)
  await slider(page).press('ArrowLeft')
  await toStep(page, end - 1)
  await slider(page).press('Home')
  await toStep(page, 0)
  const box = await slider(page).boundingBox()
  const y = box.y + box.height / 2
  await page.mouse.click(box.x + box.width / 2, y)
  await toStep(page, Math.round(end / 2))
  await page.mouse.move(box.x + box.width / 2, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width, y, { steps: 4 })
  await page.mouse.up()
  await toStep(page, end)
  await expect(slider(page)).toHaveAttribute('aria-valuetext', /seconds, step \d+ of \d+/)
})

test('a message published by hand is drawn and delivered', async ({ page }) => {
  await open(page)
  await slider(page).press('End')
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('1')
  await page.getByTestId('actor-pub1').getByRole('button', { name: 'Publish' }).click()
  const form = page.getByRole('dialog', { name: 'Publish from pub1' })
  await form.getByLabel('Topic').fill('sensors/hall')
  await form.getByTestId('form-payload').fill('19')
  await form.getByTestId('form-qos-1').click()
  const bytes = `32 12 ${string('sensors/hall')} 00 08 ${text('19')}`
  await expect.poll(async () => (await form.getByTestId('form-bytes').locator('.byte').allTextContents()).join(' ')).toBe(bytes)
  await form.getByTestId('form-send').click()
  await expect(form).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^pub1 to Broker, PUBLISH QoS 1, id 8, sensors\/hall/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Broker to sub1, PUBLISH QoS 1, id 2, sensors\/hall/ })).toBeVisible()
  await page.getByRole('tab', { name: 'State' }).click()
  await expect(page.getByTestId('state-sub1')).toContainText(/2 received.*19/)
  await arrow(page, PACKETS.length).click()
  await expect.poll(() => gridBytes(page)).toBe(bytes)
})

test('what is done in the past starts another timeline, and says so first', async ({ page }) => {
  await open(page)
  const card = page.getByTestId('actor-sub1')
  const connect = card.getByRole('button', { name: 'Connect', exact: true })
  const place = await connect.boundingBox()
  for (let taken = 1; !(await card.getAttribute('aria-label')).endsWith(', connected'); taken++) {
    await stepForward(page).click()
    await toStep(page, taken)
  }
  // Its keep alive counts now, and nothing has moved for that.
  await expect(card.locator('.keep-alive')).toContainText('.')
  expect(await connect.boundingBox()).toEqual(place)
  await expect(page.getByText('starts another timeline').first()).toBeVisible()
  await page.getByTestId('actor-sub1').getByRole('button', { name: 'Subscribe' }).click()
  const form = page.getByRole('dialog', { name: 'Subscribe sub1' })
  await form.getByLabel('Topic filter').fill('sensors/+')
  await expect(form).toContainText('starts another timeline')
  await form.getByLabel('Topic filter').fill('sensors/#/temp')
  await expect(form.getByRole('alert')).not.toBeEmpty()
  await expect(form.getByTestId('form-send')).toBeDisabled()
  await form.getByLabel('Topic filter').fill('hall/+')
  await form.getByTestId('form-send').click()
  await expect(page.getByRole('button', { name: /SUBSCRIBE id \d, hall\/\+/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /^pub1 to Broker, PUBLISH/ })).toBeVisible()
})

test('a cut link loses what is under way; the session goes on after a reconnect', async ({ page }) => {
  await open(page)
  while (!(await arrow(page, 10).evaluate((it) => !it.closest('.is-future')))) await stepForward(page).click()
  await page.getByTestId('actor-sub1').getByRole('button', { name: 'Cut link' }).click()
  await page.getByRole('button', { name: /^Pause|^Play/ }).first().waitFor()
  await expect(page.getByRole('button', { name: /^Broker to sub1, PUBLISH .* lost: link cut$/ })).toBeVisible()
  await expect(page.locator('.cut-marker')).toContainText('cut')
  await expect(page.getByTestId('actor-sub1')).toContainText('not connected')
  await slider(page).press('End')
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('1')
  await page.getByTestId('actor-sub1').getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(page.getByRole('button', { name: /^Broker to sub1, PUBLISH .*DUP.*sensors\/kitchen\/temp/ })).toBeVisible()
  await page.getByRole('tab', { name: 'State' }).click()
  await expect(page.getByTestId('state-sub1')).toContainText('1 received')
})

test('the log tells what the ends decided, newest first, and leads to their packets', async ({ page }) => {
  await open(page)
  await page.keyboard.press('3')
  const log = page.getByRole('group', { name: 'Log, newest first' })
  await expect(log).toContainText('Nothing has happened yet.')
  for (let n = 0; n < 17; n++) await page.keyboard.press('ArrowRight')
  const lines = log.locator('.log__line')
  await expect(lines.first()).toHaveText(/2\.126sub1delivers message 1.*MQTT-4\.3\.3-2/)
  const count = await lines.count()
  await lines.filter({ hasText: 'stores PUBLISH 7' }).getByRole('button').click()
  await expect(inspector(page)).toContainText('PUBLISH')
  // A line stays the same element while others come and go: else a click on it during play would be lost.
  const line = await lines.last().elementHandle()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => lines.count()).toBeLessThan(count)
  expect(await line.evaluate((it) => it.isConnected)).toBe(true)
})

test('a note and a round trip lead to their packet', async ({ page }) => {
  await open(page)
  for (let n = 0; n < 17; n++) await page.keyboard.press('ArrowRight')
  await page.locator('.seq-note', { hasText: 'stores PUBLISH 7' }).click()
  await expect(arrow(page, 6)).toHaveAttribute('aria-expanded', 'true')
  await page.locator('.seq-row[data-frame="9"] .ack-bracket__rtt').click()
  await expect(arrow(page, 9)).toHaveAttribute('aria-expanded', 'true')
  await expect(inspector(page)).toContainText('PUBCOMP')
})

test('statistics follow the steps, forward and back', async ({ page }) => {
  await open(page)
  for (let n = 0; n < 17; n++) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('4')
  const stats = page.getByRole('group', { name: 'Statistics' })
  const bytes = PACKETS.map(([, , , packet]) => packet.split(' ').length).reduce((all, one) => all + one)
  await expect(stats).toContainText(`14 packets`)
  await expect(stats).toContainText(`Bytes by type${bytes} B`)
  await expect(stats).toContainText(`${bytes - 8} B for 8 B of message`)
  await expect(stats.locator('.bars li').first()).toHaveText('PUBLISH60 B in 2')
  await page.getByRole('button', { name: 'Restart (0)' }).click()
  await expect(stats).toContainText('0 packets')
  await expect(stats.locator('.bars li')).toHaveCount(0)
  await page.getByRole('tab', { name: 'Statistics' }).press('ArrowRight')
  await expect(page.getByRole('group', { name: 'Packet table' })).toBeVisible()
})

test('a packet is copied in the form that one chooses', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await open(page)
  for (let n = 0; n < 12; n++) await page.keyboard.press('ArrowRight')
  // The choice follows the steps a picture later.
  await toStep(page, 12)
  await arrow(page, 6).click()
  await expect(inspector(page)).toContainText('PUBLISH7 of')
  await page.keyboard.press('c')
  const dialog = page.getByRole('dialog', { name: 'Copy packet as' })
  await expect(dialog.getByTestId('copy-text')).toHaveText(PACKETS[6][3])
  await dialog.getByRole('option', { name: 'Hex', exact: true }).press('ArrowDown')
  await expect(dialog.getByRole('option', { name: 'Hex dump' })).toBeFocused()
  await expect(dialog.getByTestId('copy-text')).toContainText('00000000  34 1c 00 14')
  await dialog.getByRole('option', { name: 'C array' }).click()
  await dialog.getByTestId('copy-now').click()
  await expect(dialog.getByRole('status')).toHaveText('Copied.')
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied.match(/0x(..)/g).map((it) => it.slice(2)).join(' ')).toBe(PACKETS[6][3])
  expect(copied).toContain('const uint8_t packet[30] = {')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  // Nothing stepped meanwhile.
  await toStep(page, 12)
})

test('the keyboard does it all', async ({ page }) => {
  await open(page)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await toStep(page, 2)
  await page.keyboard.press('ArrowLeft')
  await toStep(page, 1)
  await slider(page).press('End')
  await page.keyboard.press('Escape')
  await expect(page.locator('.seq-row.is-selected')).toHaveCount(0)
  await page.locator('body').press('j')
  await expect(arrow(page, 0)).toHaveAttribute('tabindex', '0')
  await page.keyboard.press('j')
  await expect(inspector(page)).toContainText('2 of 14')
  await page.keyboard.press('k')
  await page.keyboard.press('Shift+ArrowRight')
  await expect(inspector(page)).toContainText('2 of 14')
  await page.locator('body').press('Enter')
  await expect(page.locator('.seq-expand')).toBeVisible()
  await page.keyboard.press('l')
  await expect(inspector(page).getByRole('gridcell', { selected: true })).toHaveText('02')
  await page.keyboard.press(']')
  await expect(page.getByRole('combobox', { name: 'Speed' })).toHaveValue('20')
  await page.keyboard.press('0')
  await toStep(page, 0)
  await page.locator('body').press(' ')
  await expect(page.getByRole('button', { name: /^Pause/ })).toBeVisible()
  await page.locator('body').press(' ')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeHidden()
})

test('the arrows of the diagram are one tab stop', async ({ page }) => {
  await open(page)
  await slider(page).press('End')
  await expect(page.locator('.arrow[tabindex="0"]')).toHaveCount(1)
  await page.locator('.arrow[tabindex="0"]').focus()
  await page.keyboard.press('ArrowUp')
  await expect(arrow(page, PACKETS.length - 2)).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(arrow(page, PACKETS.length - 1)).toBeFocused()
})

test('keys typed into a form step nothing', async ({ page }) => {
  await open(page)
  await slider(page).press('End')
  const end = Number(await slider(page).getAttribute('aria-valuemax'))
  await toStep(page, end)
  await page.getByTestId('actor-pub1').getByRole('button', { name: 'Publish' }).click()
  await page.getByLabel('Topic').fill('')
  await page.keyboard.type('j0x [?')
  await expect(page.getByLabel('Topic')).toHaveValue('j0x [?')
  await toStep(page, end)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  // What was typed is still there.
  await page.getByTestId('actor-pub1').getByRole('button', { name: 'Publish' }).click()
  await expect(page.getByLabel('Topic')).toHaveValue('j0x [?')
})

test('each step is told in one line', async ({ page }) => {
  await open(page)
  await stepForward(page).click()
  await expect(page.getByRole('status').filter({ hasText: 'CONNECT' })).toHaveText(/^0\.000: sub1 sends CONNECT .* to Broker/)
})

test('without motion, playing goes from step to step', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await open(page)
  await page.getByRole('button', { name: /^Play/ }).click()
  await expect.poll(() => step(page)).toBeGreaterThan(1)
})

test('the simulation is still there after a visit to another page', async ({ page }) => {
  await open(page)
  await stepForward(page).click()
  await stepForward(page).click()
  await page.getByRole('link', { name: 'Decode' }).click()
  await expect(stepForward(page)).toHaveCount(0)
  await page.getByRole('link', { name: 'Playground', exact: true }).click()
  await toStep(page, 2)
})

test('the theme that was chosen is there after reloading', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await open(page)
  await page.getByRole('button', { name: 'Switch theme' }).click()
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
})

test('a phone shows one surface at a time @phone-only', async ({ page }) => {
  await open(page)
  const bar = page.getByRole('navigation', { name: 'Views' })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  for (let at = 0; at < 8; at++) await stepForward(page).tap()
  await expect(inspector(page)).toBeVisible()
  await bar.getByRole('button', { name: 'Actors' }).tap()
  await expect(page.getByTestId('actor-sub1')).toBeVisible()
  await expect(page.locator('.sequence')).toBeHidden()
  await page.getByTestId('actor-sub1').getByRole('button', { name: 'Publish' }).tap()
  const form = page.getByRole('dialog', { name: 'Publish from sub1' })
  await expect(form).toBeInViewport({ ratio: 0.99 })
  await form.getByTestId('form-send').tap()
  await bar.getByRole('button', { name: /^Packets/ }).tap()
  await expect(page.getByRole('group', { name: 'Packet table' })).toBeVisible()
  await expect(page.locator('.packet-table tr[aria-selected="true"]')).toBeInViewport({ ratio: 0.99 })
  const sent = page.locator('.packet-table tr').filter({ hasText: 'sub1BrokerPUBLISH' })
  await expect(sent).toHaveCount(1)
  // In two lines of the height that the list counts with; the chosen one is in sight.
  expect((await sent.boundingBox()).height).toBe(54)
  await sent.tap()
  await expect(sent).toHaveAttribute('aria-selected', 'true')
  await expect(sent).toBeInViewport({ ratio: 0.99 })
  await bar.getByRole('button', { name: 'Diagram' }).tap()
  await expect(page.locator('.sequence')).toBeVisible()
})
