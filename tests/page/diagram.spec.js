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
  expect(await lit()).toEqual([6, 7, 8, 9])
  await arrow(page, 12).hover()
  expect(await lit()).toEqual([10, 11, 12, 13])
  await page.mouse.move(5, 5)
  await expect(page.locator('.seq-row.is-family')).toHaveCount(0)
  await arrow(page, 7).focus()
  expect(await lit()).toEqual([6, 7, 8, 9])
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
