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

const find = (page) => page.getByRole('searchbox', { name: 'Find packets' })
const matches = (page) => page.locator('.seq-row.is-match').evaluateAll((rows) => rows.map((row) => Number(row.dataset.frame)))

test('packets are found by type, topic, identifier, text and bytes, and gone to in turn', async ({ page }) => {
  await open(page)
  await page.keyboard.press('/')
  await expect(find(page)).toBeFocused()
  await find(page).fill('publish')
  await expect(page.locator('.find__count')).toHaveText('2 packets')
  expect(await matches(page)).toEqual([6, 10])
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
  expect(await matches(page)).toEqual([])
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
