// Panels that change their size, the table's order, keys that can be switched off, text that others wrote.
import { test, expect } from './fixture.js'

const slider = (page) => page.getByRole('slider', { name: 'Time' })
const line = (page, name) => page.getByRole('separator', { name })
const width = async (page, selector) => Math.round((await page.locator(selector).boundingBox()).width)
const height = async (page, selector) => Math.round((await page.locator(selector).boundingBox()).height)

async function open(page) {
  await page.goto('./#/')
  await expect(page.getByTestId('step-forward')).toBeVisible()
}

test('panels change their size by keys, and keep it', async ({ page }) => {
  await open(page)
  await line(page, 'Width of the actors panel').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => width(page, '.workbench__left')).toBe(288)
  await expect(line(page, 'Width of the actors panel')).toHaveAttribute('aria-valuenow', '288')
  await line(page, 'Width of the inspector').press('ArrowRight')
  await expect.poll(() => width(page, '.workbench__right')).toBe(392)
  await line(page, 'Height of the details').press('ArrowUp')
  await expect.poll(() => height(page, '.drawer')).toBe(187)
  await page.reload()
  await expect.poll(() => width(page, '.workbench__left')).toBe(288)
  await expect.poll(() => height(page, '.drawer')).toBe(187)
  await line(page, 'Width of the actors panel').press('Enter')
  await expect.poll(() => width(page, '.workbench__left')).toBe(256)
  await line(page, 'Width of the inspector').press('Home')
  await expect.poll(() => width(page, '.workbench__right')).toBe(300)
  await line(page, 'Width of the inspector').press('End')
  await expect.poll(() => width(page, '.workbench__right')).toBe(691)
  // Nothing stepped meanwhile.
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '0')
})

test('panels change their size by dragging; a double click closes the drawer', async ({ page }) => {
  await open(page)
  const edge = await line(page, 'Width of the inspector').boundingBox()
  await page.mouse.move(edge.x + 4, 400)
  await page.mouse.down()
  await page.mouse.move(edge.x - 96, 420, { steps: 4 })
  await page.mouse.up()
  await expect.poll(() => width(page, '.workbench__right')).toBe(508)
  await page.mouse.move(400, 300)
  await expect.poll(() => width(page, '.workbench__right')).toBe(508)
  await line(page, 'Width of the inspector').dblclick()
  await expect.poll(() => width(page, '.workbench__right')).toBe(408)
  await page.locator('.drawer__head').dblclick({ position: { x: 500, y: 16 } })
  await expect.poll(() => height(page, '.drawer')).toBe(34)
  await page.locator('.drawer__head').dblclick({ position: { x: 500, y: 16 } })
  await expect.poll(() => height(page, '.drawer')).toBe(171)
})

test('each column sorts, both ways, and the choice stays linked @phone', async ({ page, isMobile }) => {
  await open(page)
  await slider(page).press('End')
  if (isMobile) await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: /^Packets/ }).click()
  const table = page.getByRole('group', { name: 'Packet table' })
  const column = (at) => table.locator(`tbody tr[data-frame] td:nth-child(${at})`).allTextContents()
  const head = (name) => table.getByRole('columnheader', { name })
  await head('Type').getByRole('button').click()
  await expect(head('Type')).toHaveAttribute('aria-sort', 'ascending')
  const types = await column(5)
  expect([types[0], types[1], types.at(-1)]).toEqual(['CONNECT', 'CONNECT', 'SUBACK'])
  await head('Info').getByRole('button').click()
  const infos = await column(6)
  expect(infos).toEqual([...infos].sort())
  await head('Info').getByRole('button').click()
  await expect(head('Info')).toHaveAttribute('aria-sort', 'descending')
  expect(await column(6)).toEqual([...infos].sort().reverse())
  await table.locator('tbody tr[data-frame="6"]').click()
  await table.press('Home')
  await expect(table.locator('tbody tr[data-frame]').first()).toHaveAttribute('aria-selected', 'true')
  await table.press('ArrowDown')
  await expect(table.locator('tbody tr[data-frame]').nth(1)).toHaveAttribute('aria-selected', 'true')
  await head('Info').getByRole('button').click()
  expect((await column(1)).slice(0, 3)).toEqual(['1', '2', '3'])
  if (isMobile) return
  await head('Bytes').getByRole('button').click()
  await page.getByRole('button', { name: 'Step back (Left arrow)' }).click()
  const bytes = (await column(7)).map(Number)
  expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
})

test('single keys can be switched off and on again', async ({ page }) => {
  await open(page)
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keyboard' })
  await help.getByLabel('Single keys').uncheck()
  await page.keyboard.press('Escape')
  await expect(help).toBeHidden()
  for (const key of ['p', '?', '2', '/']) await page.keyboard.press(key)
  await expect(page.locator('.topbar')).toBeVisible()
  await expect(help).toBeHidden()
  await expect(page.getByRole('tab', { name: /^Packets/ })).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('ArrowRight')
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '1')
  await page.reload()
  await page.getByRole('button', { name: /^Keyboard/ }).click()
  await expect(help.getByLabel('Single keys')).not.toBeChecked()
  await help.getByLabel('Single keys').check()
  await page.keyboard.press('Escape')
  await page.keyboard.press('2')
  await expect(page.getByRole('tab', { name: 'State' })).toHaveAttribute('aria-selected', 'true')
})

test('forced colours keep the bytes, twice the zoom keeps the page', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await open(page)
  await slider(page).press('End')
  const adjust = await page.locator('.arrow .byte').first().evaluate((it) => getComputedStyle(it).forcedColorAdjust)
  expect(adjust).toBe('none')
  // 1440 × 900 at 200 %.
  await page.setViewportSize({ width: 720, height: 450 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(720)
  await expect(page.getByTestId('step-forward')).toBeInViewport({ ratio: 1 })
  await expect(page.getByRole('navigation', { name: 'Views' })).toBeInViewport({ ratio: 1 })
})

for (const [size, actors, inspector] of [[1280, false, true], [900, false, false]]) {
  test(`at ${size} pixels, panels without room are overlays`, async ({ page }) => {
    await page.setViewportSize({ width: size, height: 800 })
    await open(page)
    const [left, right] = [page.locator('.workbench__left'), page.locator('.workbench__right')]
    await expect(left).toBeVisible({ visible: actors })
    await expect(right).toBeVisible({ visible: inspector })
    await page.getByRole('button', { name: 'Actors', exact: true }).click()
    await expect(left).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(left).toBeHidden()
    if (inspector) return
    await page.getByRole('button', { name: 'Inspector', exact: true }).click()
    await expect(right).toBeVisible()
    await expect(page.locator('.next-event')).toBeHidden()
  })
}

test('topics that run from right to left turn nothing around them, and controls show', async ({ page }) => {
  await open(page)
  const topic = 'חדשות/\u202eevil'
  const world = {
    mqtt_playground: 1, title: 'rtl', clients: [{ name: 'אבג', client_id: 'a' }],
    script: [{ client: 0, do: 'connect' }], actions: [{ client: 0, at_micros: 900000, do: 'publish', topic, payload: 'x' }], step: 4,
  }
  await page.getByTestId('open-file').setInputFiles({ name: 'rtl.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(world)) })
  const label = page.locator('.arrow__topic').first()
  await expect(label).toContainText('חדשות/\\u{202e}evil')
  await expect(label).toHaveCSS('unicode-bidi', 'isolate')
  await expect(page.locator('.actor-card__name').last()).toHaveCSS('unicode-bidi', 'isolate')
  await label.click()
  const told = await page.getByRole('region', { name: 'Inspector' }).textContent()
  expect(told).toContain('\\u{202e}')
})
