// Comparing two packets byte by byte: by click, by keys, by touch.
import { violations } from './axe.js'
import { test, expect } from './fixture.js'

const arrow = (page, frame) => page.locator(`.arrow[data-frame="${frame}"]`)
const dialog = (page) => page.getByRole('dialog', { name: 'Compare two packets' })
const line = (page, name) => dialog(page).locator('.compare__line', { hasText: name })

async function open(page) {
  await page.goto('./#/')
  await expect(page.getByTestId('step-forward')).toBeEnabled()
  await page.getByRole('slider', { name: 'Time' }).press('End')
}

test('two packets are put side by side; what differs is marked without colour', async ({ page }) => {
  await open(page)
  await arrow(page, 6).click()
  await arrow(page, 10).click({ modifiers: ['Control'] })
  await expect(dialog(page).locator('.compare__side').first()).toContainText('PUBLISHpacket 7, pub1 to Broker')
  await expect(dialog(page).locator('.compare__side').last()).toContainText('PUBLISHpacket 11, Broker to sub1')
  await expect(dialog(page).getByRole('status')).toHaveText('1 byte changed, in packet id.')
  await expect(line(page, 'packet id').getByRole('img', { name: 'differs' })).toHaveText('≠')
  await expect(line(page, 'packet id').locator('.compare__value')).toHaveText(['A7', 'B1'])
  await expect(line(page, 'packet id').locator('.compare__pair.is-diff')).toHaveText(['0701'])
  await expect(line(page, 'topic name').getByRole('img', { name: 'the same' })).toHaveText('=')
  await expect(line(page, 'topic name').locator('.byte-strip__elision')).toHaveText('+18 B the same')
  await dialog(page).getByLabel('Only differences').check()
  await expect(dialog(page).locator('.compare__line')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toHaveCount(0)
  await expect(arrow(page, 6)).toHaveAttribute('aria-expanded', 'true')
})

test('the key = keeps a packet and compares it with the next; fields that one lacks are told @phone', async ({ page, isMobile }) => {
  await open(page)
  const press = async () => {
    if (!isMobile) return page.keyboard.press('=')
    await page.getByTestId('compare').click()
  }
  await arrow(page, 6).click()
  await press()
  await expect(page.locator('.seq-row.is-marked')).toHaveAttribute('data-frame', '6')
  await expect(page.getByTestId('compare')).toHaveText('Don’t compare')
  await arrow(page, 7).click()
  await expect(page.getByTestId('compare')).toHaveText('Compare with 7')
  await press()
  await expect(line(page, 'PUBLISH / PUBREC').getByRole('img', { name: 'differs' })).toBeVisible()
  await expect(line(page, 'payload').locator('.compare__value').last()).toHaveText('Bnot there')
  await expect(line(page, 'payload').locator('.byte--gap')).toHaveCount(4)
  await expect(page.locator('.seq-row.is-marked')).toHaveCount(0)
  expect(await violations(page)).toEqual([])
  await dialog(page).getByRole('button', { name: 'Close (Esc)' }).click()
  await expect(page.getByTestId('compare')).toHaveText('Compare…')
})

test('rows of the table are compared, too; a packet with itself is not', async ({ page }) => {
  await open(page)
  const row = (frame) => page.locator(`tr[data-frame="${frame}"]`)
  await row(12).click()
  await row(12).click({ modifiers: ['Shift'] })
  await expect(dialog(page)).toHaveCount(0)
  await row(8).click({ modifiers: ['Shift'] })
  await expect(dialog(page)).toContainText('packet 13,')
  await expect(dialog(page)).toContainText('packet 9,')
  await expect(dialog(page).getByRole('status')).toHaveText('1 byte changed, in packet id.')
})
