// What the page shows beside its first look, by the rules of WCAG 2.2 AA that a machine can check.
import { test, expect } from './fixture.js'
import { violations } from './axe.js'

const step = async (page, times) => {
  for (let n = 0; n < times; n++) await page.getByTestId('step-forward').click()
}

const STATES = {
  'many actors': async (page) => {
    for (let n = 0; n < 4; n++) await page.getByRole('button', { name: 'Add client' }).click()
  },
  'the menu': async (page) => {
    await page.getByRole('button', { name: 'World' }).click()
    await expect(page.getByRole('menuitem').first()).toBeFocused()
  },
  'the question before erasing': async (page) => {
    await step(page, 1)
    await page.getByRole('button', { name: 'World' }).click()
    await page.getByRole('menuitem', { name: /^Erase/ }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
  },
  'edited bytes': async (page) => {
    await step(page, 12)
    await page.getByTestId('edit-bytes').click()
    await page.getByRole('textbox', { name: 'Byte 0', exact: true }).fill('3F')
  },
  'a presentation': async (page) => {
    await step(page, 12)
    await page.keyboard.press('p')
    await expect(page.getByTestId('caption')).toBeVisible()
  },
  'the state lanes': async (page) => {
    await step(page, 12)
    await page.keyboard.press('e')
    await expect(page.getByRole('table', { name: 'State lanes' })).toBeVisible()
  },
  'sharing': async (page) => {
    await page.keyboard.press('s')
    await expect(page.getByRole('img', { name: 'QR code of the link' })).toBeVisible()
  },
  'a folded drawer': async (page) => {
    await page.getByRole('button', { name: 'Hide details' }).click()
    await expect(page.locator('#drawer-panel')).toHaveCount(0)
  },
  'a notice': async (page) => {
    await page.getByTestId('open-file').setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{') })
    await expect(page.getByRole('alert').filter({ hasText: 'cannot be opened' })).toBeVisible()
  },
}

for (const [name, reach] of Object.entries(STATES)) {
  test(`${name}: no violation of WCAG 2.2 AA`, async ({ page }) => {
    await page.goto('./#/')
    await expect(page.getByTestId('step-forward')).toBeVisible()
    await reach(page)
    expect(await violations(page)).toEqual([])
  })
}

test.describe('on a first visit', () => {
  test.use({ firstVisit: true })
  test('the first hint: no violation of WCAG 2.2 AA', async ({ page }) => {
    await page.goto('./#/')
    await expect(page.getByRole('dialog', { name: 'First steps, 1 of 3' })).toBeVisible()
    expect(await violations(page)).toEqual([])
  })
})
