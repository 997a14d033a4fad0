// Time that goes on at once to the next packet, answer, delivery, fault or timer.
import { test, expect } from './fixture.js'
import { open, slider } from './stage.js'

const at = (page, step) => expect(slider(page)).toHaveAttribute('aria-valuenow', String(step))
const live = (page, words) => expect(page.locator('[aria-live=polite]').filter({ hasText: words })).not.toHaveCount(0)

async function runTo(page, name) {
  await page.getByRole('button', { name: 'Run to…' }).click()
  const item = page.getByRole('menuitem', { name })
  await expect(item).toBeInViewport({ ratio: 1 })
  await item.click()
  await expect(item).toBeHidden()
}

test('the menu beside Step forward leads to packets, answers, deliveries, faults and timers @phone', async ({ page }) => {
  await open(page, 'QoS 1, lost PUBACK')
  const time = () => slider(page).getAttribute('aria-valuetext')
  await runTo(page, 'To the next packet')
  await at(page, 1)
  await runTo(page, 'To the next answer')
  await expect.poll(time).toMatch(/^0\.084 seconds/)
  await runTo(page, 'To the next fault')
  await expect.poll(time).toMatch(/^2\.030 seconds/)
  await live(page, /link cut/)
  await runTo(page, 'To the next delivery')
  await live(page, /delivers message/)
  const last = Number(await slider(page).getAttribute('aria-valuemax'))
  await slider(page).press('End')
  await at(page, last)
  // Beyond what was known: keep alive.
  await runTo(page, 'To the next timer')
  await at(page, last + 1)
  await live(page, /PINGREQ/)
  await expect(page.getByRole('button', { name: 'Play (Space)' })).toBeVisible()
})

test('two keys do the same; what does not come leaves time where it stands, and Space ends the search', async ({ page }) => {
  await open(page, 'QoS 1, at least once')
  const body = page.locator('body')
  for (const [key, text] of [['p', '0.000'], ['r', '0.084'], ['d', '2.042']]) {
    await body.press('n')
    await body.press(key)
    await expect.poll(() => slider(page).getAttribute('aria-valuetext')).toMatch(new RegExp(`^${text.replace('.', '\\.')} seconds`))
  }
  await slider(page).press('End')
  const last = Number(await slider(page).getAttribute('aria-valuemax'))
  await at(page, last)
  // The first part of the search runs at once; then the key is heard.
  await page.evaluate(() => {
    for (const key of ['n', 'd', ' ']) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  })
  await expect(page.getByRole('button', { name: 'Play (Space)' })).toBeVisible()
  await at(page, last + 2_000)
  await body.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('To the next delivery')
})
