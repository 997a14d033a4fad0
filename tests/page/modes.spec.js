// How the page shows: for a projector, inside another page, on paper, on a first visit.
import http from 'node:http'
import { test, expect } from './fixture.js'

const slider = (page) => page.getByRole('slider', { name: 'Time' })

async function open(page, address = './#/') {
  await page.goto(address)
  await expect(page.getByTestId('step-forward')).toBeVisible()
}

test('a presentation shows the diagram large, a caption and few controls @phone', async ({ page, isMobile }) => {
  await open(page)
  for (let n = 0; n < 9; n++) await page.getByTestId('step-forward').click()
  const before = (await page.locator('.arrow .byte').first().boundingBox())?.width
  await page.keyboard.press('p')
  await expect(page.getByTestId('caption')).toContainText('Broker accepts the connection of pub1')
  await expect(page.getByTestId('caption').locator('.bit-view__bit')).toHaveCount(8)
  await expect(page.locator('.topbar')).toBeHidden()
  await expect(page.locator('.drawer')).toBeHidden()
  if (!isMobile) {
    await expect.poll(async () => (await page.locator('.arrow .byte').first().boundingBox())?.width).toBeGreaterThan(1.8 * before)
    const rows = await page.locator('.seq-row[data-frame]').evaluateAll((all) => all.slice(0, 4).map((it) => it.getBoundingClientRect().height))
    expect(rows).toEqual([76, 76, 76, 76])
  }
  await page.keyboard.press('ArrowRight')
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '10')
  await page.getByRole('button', { name: 'Cut link' }).click()
  await expect(page.locator('.cut-marker')).toBeVisible()
  await page.getByRole('button', { name: 'End' }).click()
  await expect(page.locator('.topbar')).toBeVisible()
  await expect(page.getByTestId('caption')).toHaveCount(0)
  await page.keyboard.press('p')
  await page.keyboard.press('Escape')
  await expect(page.locator('.topbar')).toBeVisible()
})

test('another page frames the diagram and the transport', async ({ page, site }) => {
  const html = `<!doctype html><iframe title="MQTT" width="820" height="560" src="${site.url}?embed&scenario=lab-1-3"></iframe>`
  const host = http.createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(html))
  await new Promise((done) => host.listen(0, '127.0.0.1', done))
  try {
    await page.goto(`http://127.0.0.1:${host.address().port}/`)
    const frame = page.frameLocator('iframe')
    await frame.getByTestId('step-forward').click()
    await expect(frame.locator('.seq-row:not(.is-future) .arrow').first()).toBeVisible()
    await expect(frame.getByRole('combobox', { name: 'Scenario' }).locator('option:checked')).toHaveText(/test 3/)
    for (const part of ['.topbar', '.drawer', '.workbench__left', '.workbench__right']) await expect(frame.locator(part)).toBeHidden()
    const link = frame.getByRole('link', { name: 'Open in Playground' })
    await link.focus()
    await expect(link).toHaveCSS('opacity', '1')
    const kept = await page.frames()[1].evaluate(() => Object.keys(localStorage).filter((name) => name.endsWith('world')))
    expect(kept, 'an embedded page keeps nothing').toEqual([])
  } finally {
    host.closeAllConnections()
    await new Promise((done) => host.close(done))
  }
})

test('paper gets all rows, and the inspector on a page of its own', async ({ page }) => {
  await open(page)
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption({ label: 'LAB 1, test 3: session kept, QoS 1' })
  await slider(page).press('End')
  const all = Number((await page.locator('#tab-packets .tabs__count').textContent()))
  await page.setViewportSize({ width: 1440, height: 400 })
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await expect(page.locator('.arrow')).toHaveCount(all)
  for (const part of ['.transport', '.drawer', '.workbench__left', '.inspector__foot']) await expect(page.locator(part)).toBeHidden()
  expect(await page.locator('.workbench__right').evaluate((it) => getComputedStyle(it).breakBefore)).toBe('page')
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light')
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeGreaterThan(600)
  const paper = await page.pdf()
  expect(paper.length).toBeGreaterThan(10_000)
  await page.evaluate(() => dispatchEvent(new Event('afterprint')))
})

test('at twice its size the whole inspector can be read', async ({ page }) => {
  await page.setViewportSize({ width: 720, height: 450 })
  await open(page)
  for (let n = 0; n < 9; n++) await page.getByTestId('step-forward').click()
  await page.locator('.arrow[data-frame="4"]').click()
  const field = page.getByRole('treeitem').last()
  // The inspector follows the choice: until then this is another packet's field.
  await expect(async () => {
    await field.scrollIntoViewIfNeeded({ timeout: 1000 })
    await expect(field).toBeInViewport({ ratio: 0.9, timeout: 1000 })
  }).toPass()
  await page.getByRole('button', { name: /^Raise the inspector/ }).click()
  await expect(page.locator('.workbench')).toHaveClass(/is-tall/)
})

test.describe('on a first visit', () => {
  test.use({ firstVisit: true })
  const hint = (page, step) => page.getByRole('dialog', { name: `First steps, ${step} of 3` })

  test('three hints lead through what matters, and never come back @phone', async ({ page }) => {
    await open(page)
    await expect(hint(page, 1)).toBeInViewport({ ratio: 1 })
    await page.getByTestId('step-forward').click()
    await expect(hint(page, 2)).toBeVisible()
    await hint(page, 2).getByRole('button', { name: 'Next' }).click()
    await expect(hint(page, 3)).toBeInViewport({ ratio: 1 })
    await hint(page, 3).getByRole('button', { name: 'Done' }).click()
    await expect(page.locator('.hint')).toHaveCount(0)
    await page.reload()
    await expect(page.getByTestId('step-forward')).toBeVisible()
    await expect(page.locator('.hint')).toHaveCount(0)
  })

  test('doing it moves on, and Esc ends it', async ({ page }) => {
    await open(page)
    await page.keyboard.press('ArrowRight')
    await expect(hint(page, 2)).toBeVisible()
    await page.locator('.arrow').first().click()
    await expect(hint(page, 3)).toBeVisible()
    await hint(page, 3).getByRole('button', { name: 'Done' }).press('Escape')
    await expect(page.locator('.hint')).toHaveCount(0)
    await page.reload()
    await expect(page.getByTestId('step-forward')).toBeVisible()
    await expect(page.locator('.hint')).toHaveCount(0)
  })
})
