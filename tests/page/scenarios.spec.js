// The scenarios that come with the page, from the menu.
import { test, expect } from './fixture.js'

test('every scenario is in a group of the menu, and runs', { tag: '@phone' }, async ({ page, isMobile }) => {
  test.slow(!isMobile, 'it runs all of them')
  await page.goto('./')
  await page.waitForFunction(() => window.wasmBindings !== undefined)
  const menu = page.getByRole('combobox', { name: 'Scenario' })
  const read = () => menu.locator('optgroup').evaluateAll((all) => all.map((group) => [group.label, group.children.length]))
  // They come once the first picture has been drawn.
  await expect.poll(async () => (await read()).map(([label]) => label)).toEqual([
    'Delivery and topics', 'Sessions, wills, the broker', 'LAB 1', '5.0: messages', '5.0: subscriptions', '5.0: connections and sessions',
  ])
  const groups = await read()
  const titles = await menu.locator('option').allTextContents()
  expect(titles.length).toBe(groups.reduce((sum, [, count]) => sum + count, 0))
  expect(titles.length).toBeGreaterThan(36)
  const chosen = isMobile ? ['AUTH: SCRAM-SHA-256, and again', 'Subscription identifiers'] : titles
  for (const title of chosen) {
    await menu.selectOption({ label: title })
    await expect(menu.locator('option:checked')).toHaveText(title)
    await page.keyboard.press('End')
    await expect(page.locator('.seq-row, .seq [data-frame]').first(), title).toBeVisible()
  }
})
