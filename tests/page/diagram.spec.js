// The diagram itself: what belongs together, what got lost, lifelines, density.
import { test, expect } from './fixture.js'

const slider = (page) => page.getByRole('slider', { name: 'Time' })
const arrow = (page, index) => page.locator(`.arrow[data-frame="${index}"]`)

const open = async (page, scenario) => {
  await page.goto('./')
  await expect(page.getByTestId('step-forward')).toBeEnabled()
  if (scenario !== undefined) await page.getByRole('combobox', { name: 'Scenario' }).selectOption({ label: scenario })
  await slider(page).press('End')
}

test('the pointer and the focus light all packets of an exchange', async ({ page }) => {
  await open(page)
  const lit = () => page.locator('.seq-row.is-family').evaluateAll((rows) => rows.map((row) => Number(row.dataset.frame)))
  await arrow(page, 8).hover()
  await expect.poll(lit).toEqual([6, 7, 8, 9])
  await arrow(page, 12).hover()
  await expect.poll(lit).toEqual([10, 11, 12, 13])
  await page.mouse.move(5, 5)
  await expect(page.locator('.seq-row.is-family')).toHaveCount(0)
  await arrow(page, 7).focus()
  await expect.poll(lit).toEqual([6, 7, 8, 9])
})

test('the brackets of a QoS 2 exchange are joined to one', async ({ page }) => {
  await open(page)
  const bracket = (frame) => page.locator(`.seq-row[data-frame="${frame}"] .ack-bracket`)
  await expect(bracket(7)).toHaveText('41 ms')
  await expect(bracket(8)).toHaveClass(/ack-bracket--joins/)
  await expect(bracket(9).locator('.ack-bracket__rtt')).toHaveAttribute('title', 'round trip 41 ms; the whole exchange 83 ms')
  const box = async (frame) => bracket(frame).evaluate((it) => {
    const line = getComputedStyle(it, '::before')
    return { right: parseFloat(line.right), height: parseFloat(line.height) }
  })
  expect((await box(8)).right).toBe((await box(7)).right)
  expect((await box(8)).height).toBeGreaterThan(30)
})

test('a lost packet says why, its second copy that it is one, a client that it comes back @phone', async ({ page }) => {
  await open(page, 'QoS 2, lost PUBREC')
  const lost = page.locator('.arrow--lost').first()
  await expect(lost.locator('.chip--bad')).toHaveText('lost: link cut')
  await expect(lost.locator('.arrow__cross')).toBeVisible()
  await expect(page.getByRole('button', { name: /PUBLISH DUP/ }).locator('.chip--warn').first()).toHaveText('DUP')
  await expect(page.locator('.arrow .chip', { hasText: 'reconnects' }).first()).toBeVisible()
})

const find = (page) => page.getByRole('searchbox', { name: 'Find packets' })
const matches = (page) => page.locator('.seq-row.is-match').evaluateAll((rows) => rows.map((row) => Number(row.dataset.frame)))

test('packets are found by type, topic, identifier, text and bytes, and gone to in turn', async ({ page }) => {
  await open(page)
  await page.keyboard.press('/')
  await expect(find(page)).toBeFocused()
  await find(page).fill('publish')
  await expect(page.locator('.find__count')).toHaveText('2 packets')
  await expect.poll(() => matches(page)).toEqual([6, 10])
  for (const [words, frames] of [['id 7', [6, 7, 8, 9]], ['ID 7 pubrel', [8]], ['SENSORS/kitchen', [6, 10]], ['0x32312E35', [6, 10]], ['nothing', []]]) {
    await find(page).fill(words)
    await expect.poll(() => matches(page), words).toEqual(frames)
  }
  await expect(page.locator('.find__count')).toHaveText('no packets')
  await expect(page.getByRole('button', { name: /^Next match/ })).toBeDisabled()
  await find(page).fill('id 7')
  await page.getByRole('button', { name: /^Next match/ }).click()
  await expect(page.locator('.find__count')).toHaveText('1 of 4')
  await find(page).press('Enter')
  await expect(page.locator('.find__count')).toHaveText('2 of 4')
  await expect(page.locator('.seq-row.is-at')).toHaveAttribute('data-frame', '7')
  await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('PUBREC')
  await find(page).press('Shift+Enter')
  await find(page).press('Shift+Enter')
  await expect(page.locator('.find__count')).toHaveText('4 of 4')
  await find(page).press('Escape')
  await expect(find(page)).toHaveCount(0)
  await expect.poll(() => matches(page)).toEqual([])
})

test('what is still to come is found too; another scenario is searched anew @phone', async ({ page }) => {
  await open(page)
  await slider(page).press('Home')
  await page.getByRole('button', { name: 'Find packets (/)' }).click()
  await find(page).fill('pubcomp')
  await expect(page.locator('.find__count')).toHaveText('2 packets')
  await find(page).press('Enter')
  await expect(page.locator('.seq-row.is-at')).toHaveClass(/is-future/)
  await expect(page.locator('.seq-row.is-selected')).toHaveCount(0)
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption({ label: 'QoS 1, at least once' })
  await expect(page.locator('.find__count')).toHaveText('no packets')
  await find(page).fill('puback')
  await expect(page.locator('.find__count')).toHaveText('2 packets')
})

const heads = (page) => page.locator('.lifeline-head > span:not([role])').allTextContents()
const MANY = 'QoS table, 3 × 3'

test('lanes move by drag and by keys, and their packets with them', async ({ page }) => {
  await open(page)
  await expect.poll(() => heads(page)).toEqual(['pub1', 'Broker', 'sub1'])
  const head = (name) => page.locator('.lifeline-head', { hasText: name })
  const centre = async (it) => { const box = await it.boundingBox(); return [box.x + box.width / 2, box.y + box.height / 2] }
  await page.mouse.move(...(await centre(head('sub1'))))
  await page.mouse.down()
  const [x, y] = await centre(head('pub1'))
  await page.mouse.move(x - 30, y, { steps: 8 })
  await page.mouse.up()
  await expect.poll(() => heads(page)).toEqual(['sub1', 'pub1', 'Broker'])
  await expect(arrow(page, 6)).toHaveClass(/arrow--ltr/)
  await expect(arrow(page, 10)).toHaveClass(/arrow--rtl/)
  await expect(head('sub1')).not.toHaveClass(/slim/)
  await head('sub1').press('ArrowRight')
  await expect.poll(() => heads(page)).toEqual(['pub1', 'sub1', 'Broker'])
  await expect(head('sub1')).toBeFocused()
  await head('Broker').press('ArrowLeft')
  await expect.poll(() => heads(page)).toEqual(['pub1', 'Broker', 'sub1'])
  // Another scenario begins with lanes of its own.
  await head('Broker').press('ArrowLeft')
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption({ label: MANY })
  await expect.poll(() => heads(page)).toEqual(['pub1', 'Broker', 'sub0', 'sub1', 'sub2'])
})

test('a lane is made slim and wide again @phone', async ({ page }) => {
  await open(page)
  const head = page.locator('.lifeline-head', { hasText: 'sub1' })
  const wide = (await arrow(page, 10).boundingBox()).width
  await head.click()
  await expect(head).toHaveAttribute('aria-expanded', 'false')
  await expect(page.locator('.seq-row__lives i.is-slim').first()).toBeAttached()
  await expect.poll(async () => (await arrow(page, 10).boundingBox()).width).toBeLessThan(wide)
  await expect(arrow(page, 10)).toHaveAccessibleName(/^Broker to sub1, PUBLISH/)
  await head.focus()
  await page.keyboard.press('Enter')
  await expect(head).toHaveAttribute('aria-expanded', 'true')
})

test('with many actors acknowledgements fold into their packets, and unfold', async ({ page }) => {
  await open(page, MANY)
  const acks = page.getByRole('button', { name: /PUBACK id/ })
  await expect(acks).toHaveCount(0)
  await expect(page.locator('.acked', { hasText: '41 ms' }).first()).toBeVisible()
  await expect(page.locator('.acked', { hasText: '83 ms' }).first()).toBeVisible()
  // The diagram has the room of the inspector and of the drawer until they are asked for.
  const inspector = page.getByRole('region', { name: 'Inspector' })
  await expect(inspector).toBeHidden()
  await expect(page.getByRole('group', { name: 'Packet table' })).toBeHidden()
  await page.getByRole('button', { name: 'Inspector', exact: true }).click()
  await expect(inspector).toBeVisible()
  await page.getByRole('tab', { name: /^Packets/ }).click()
  // The table still leads to what is folded: its packet's row is the chosen one.
  await page.getByRole('group', { name: 'Packet table' }).getByText('PUBACK').first().click()
  await expect(page.locator('.seq-row.is-selected')).toHaveCount(1)
  await expect(page.locator('.seq-row.is-selected')).toContainText('PUBLISH')
  await expect(page.getByRole('radio', { name: 'Only talking to selected' })).toBeHidden()
  await page.getByRole('button', { name: 'Inspector', exact: true }).click()
  await expect(page.getByRole('radio', { name: 'Only talking to selected' })).toBeVisible()
  await page.getByRole('button', { name: /^Acks folded, \d+$/ }).click()
  await expect(acks.first()).toBeVisible()
  await expect(page.locator('.acked')).toHaveCount(0)
})

test('bytes are written in decimal and binary too, wherever they stand', async ({ page }) => {
  await open(page)
  await arrow(page, 6).click()
  const grid = page.getByRole('grid', { name: 'Packet bytes' })
  const first = () => Promise.all([arrow(page, 6).locator('.byte'), page.locator('.seq-expand .byte'), grid.getByRole('gridcell')].map((it) => it.first().textContent()))
  await expect.poll(first).toEqual(['34', '34', '34'])
  await expect(grid.getByRole('row')).toHaveCount(2)
  await page.keyboard.press('v')
  await expect.poll(first).toEqual(['52', '52', '52'])
  await expect(page.getByText('Bytes in decimal', { exact: true })).toBeAttached()
  await page.keyboard.press('v')
  // An arrow that is too short for them carries its name alone.
  await expect(arrow(page, 6).locator('.byte')).toHaveCount(0)
  await expect(arrow(page, 7).locator('.byte').first()).toHaveText('01010000')
  await expect.poll(() => Promise.all([page.locator('.seq-expand .byte'), grid.getByRole('gridcell')].map((it) => it.first().textContent()))).toEqual(['00110100', '00110100'])
  // Fewer in a row; the keys know.
  await expect(grid.getByRole('row')).toHaveCount(8)
  await grid.getByRole('gridcell').first().click()
  await grid.getByRole('gridcell').first().press('ArrowDown')
  await expect(grid.getByRole('gridcell', { selected: true })).toHaveAttribute('data-o', '4')
  // No byte is cut off.
  const wide = (it) => it.scrollWidth <= it.clientWidth
  for (const byte of [grid.getByRole('gridcell').first(), arrow(page, 7).locator('.byte').first()]) expect(await byte.evaluate(wide)).toBe(true)
  await page.locator('body').press('v')
  await expect.poll(first).toEqual(['34', '34', '34'])
})

test('a packet that is sent again says what it has in common with the lost one', async ({ page }) => {
  await open(page, 'QoS 1, lost PUBACK')
  const again = page.locator('.arrow', { hasText: 'DUP' }).first()
  await again.click()
  await expect(page.locator('.seq-expand')).toContainText(/Same bytes as packet \d+, except byte 0: 32 became 3A because DUP is set\./)
})

test('notes can be left out, rows made lower', async ({ page }) => {
  await open(page)
  await page.getByRole('button', { name: 'View options' }).click()
  await expect(page.locator('.seq-note').first()).toBeVisible()
  await page.getByRole('radio', { name: 'None' }).click()
  await expect(page.locator('.seq-note')).toHaveCount(0)
  await page.getByRole('radio', { name: 'All', exact: true }).click()
  await expect(page.locator('.seq-note').first()).toBeVisible()
  const height = async () => (await arrow(page, 6).boundingBox()).height
  const tall = await height()
  await page.getByRole('button', { name: 'Low rows' }).click()
  await expect.poll(height).toBeLessThan(tall - 8)
  await expect(page.locator('.arrow .byte')).toHaveCount(0)
  // Rows stand where they are counted to stand.
  const tops = await page.locator('.seq-row').evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect()).map((it) => [it.top, it.height]))
  for (let at = 1; at < tops.length; at++) expect(tops[at][0]).toBeCloseTo(tops[at - 1][0] + tops[at - 1][1], 0)
})

test('where lanes need more room than there is, the broker and the times stay in sight @phone-only', async ({ page }) => {
  await open(page, MANY)
  const scroll = page.locator('.sequence__scroll')
  expect(await scroll.evaluate((it) => it.scrollWidth - it.clientWidth)).toBeGreaterThan(100)
  await scroll.evaluate((it) => { it.scrollLeft = it.scrollWidth })
  await expect(page.locator('.lifeline-head', { hasText: 'Broker' })).toBeInViewport()
  await expect(page.locator('.lifeline-head', { hasText: 'sub2' })).toBeInViewport()
  await expect(page.locator('.seq-row:not(.seq-row--idle) .seq-row__time:not(:empty)').last()).toBeInViewport()
  expect((await page.locator('.seq-row__time').last().boundingBox()).x).toBeLessThan(4)
})

test('keys lead from a delivery to the message that brought it, and back', async ({ page }) => {
  await open(page)
  const inspector = page.getByRole('region', { name: 'Inspector' })
  await arrow(page, 10).click()
  await expect(inspector).toContainText('comes from packet 7')
  await page.keyboard.press('Shift+ArrowUp')
  await expect(inspector).toContainText('7 of 14')
  await expect(inspector).toContainText('led to packet 11')
  await page.keyboard.press('Shift+ArrowDown')
  await expect(inspector).toContainText('11 of 14')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await expect(inspector).toContainText('13 of 14')
  await page.keyboard.press('Shift+ArrowUp')
  await expect(inspector).toContainText('12 of 14')
})

const world = (page, it) => page.getByTestId('open-file').setInputFiles({ name: 'world.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ mqtt_playground: 1, ...it })) })

test('the bytes of a large packet are leafed through where it is unfolded @phone', async ({ page }) => {
  await open(page)
  await world(page, {
    title: 'large', clients: [{ name: 'pub', client_id: 'p' }], script: [{ client: 0, do: 'connect' }],
    actions: [{ client: 0, at_micros: 900000, do: 'publish', topic: 'large', payload: 'x'.repeat(1000) }], step: 4,
  })
  await arrow(page, 2).click()
  const part = page.locator('.seq-expand')
  await expect(part.locator('.byte')).toHaveCount(480)
  await expect(part.getByRole('status')).toHaveText('bytes 0 to 479 of 1010')
  await expect(part.getByRole('button', { name: 'Bytes before' })).toBeDisabled()
  await part.getByRole('button', { name: 'Bytes behind' }).click()
  await part.getByRole('button', { name: 'Bytes behind' }).click()
  await expect(part.getByRole('status')).toHaveText('bytes 960 to 1009 of 1010')
  await expect(part.locator('.byte')).toHaveCount(50)
  await expect(part.locator('.byte-strip__elision')).toHaveText('+950 B')
  await expect(part.getByRole('button', { name: 'Bytes behind' })).toBeDisabled()
  // A byte chosen elsewhere turns to its part.
  await page.getByRole('grid', { name: 'Packet bytes' }).getByRole('gridcell', { name: /offset 3,/ }).click()
  await expect(part.getByRole('status')).toHaveText('bytes 0 to 479 of 1010')
  await expect(part.locator('.byte.is-selected')).toHaveAttribute('data-o', '3')
})

test('members of a shared subscription stand in a frame; lanes can be those that talk to one client', async ({ page }) => {
  await open(page)
  const names = ['pump', 'w1', 'valve', 'w2', 'dash']
  const subscribe = (client, filter) => ({ client, at_micros: 200000, do: 'subscribe', filters: [{ filter, options: 1 }] })
  await world(page, {
    title: 'many', clients: names.map((name) => ({ name, client_id: name, version: '5.0' })),
    script: names.map((_, client) => ({ client, do: 'connect' })),
    actions: [
      subscribe(1, '$share/work/jobs/#'), subscribe(3, '$share/work/jobs/#'), subscribe(4, 'other'),
      { client: 0, at_micros: 900000, do: 'publish', topic: 'jobs/1', payload: 'a', qos: 1 },
      { client: 0, at_micros: 950000, do: 'publish', topic: 'jobs/2', payload: 'b', qos: 1 },
      { client: 2, at_micros: 990000, do: 'publish', topic: 'other', payload: 'c', qos: 1 },
    ], step: 60,
  })
  await slider(page).press('End')
  await expect.poll(async () => (await heads(page)).filter((name) => name !== 'Broker')).toEqual(['pump', 'w1', 'w2', 'valve', 'dash'])
  const frame = page.locator('.lifeline-group')
  await expect(frame).toHaveText('share work, jobs/#')
  const box = await frame.boundingBox()
  for (const name of ['w1', 'w2']) {
    const head = await page.locator('.lifeline-head--member', { hasText: name }).boundingBox()
    expect(head.x).toBeGreaterThanOrEqual(box.x)
    expect(head.x + head.width).toBeLessThanOrEqual(box.x + box.width)
  }
  await expect(page.locator('.lifeline-head--member')).toHaveCount(2)
  await slider(page).press('Home')
  await expect(frame).toHaveCount(0)
  await slider(page).press('End')
  await page.getByRole('button', { name: 'View options' }).click()
  await page.getByRole('radio', { name: 'Only talking to selected' }).click()
  const slim = () => page.locator('.lifeline-head--slim').allTextContents()
  const actor = (name) => page.getByRole('list', { name: 'Actors' }).getByRole('button', { name: name })
  await actor('valve').click()
  await expect.poll(slim).toEqual(['pump', 'w1', 'w2'])
  await actor('pump').click()
  await expect.poll(slim).toEqual(['valve', 'dash'])
  // It is kept, as the rest of the view is.
  await page.reload()
  await page.getByRole('button', { name: 'View options' }).click()
  await expect(page.getByRole('radio', { name: 'Only talking to selected' })).toBeChecked()
})
