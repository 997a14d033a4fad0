// What the tests of the Decode page look at.
import { expect } from './fixture.js'

/** The field for the bytes, on a page that stands. */
export async function open(page, address = './#/decode') {
  await page.goto(address)
  const area = page.getByRole('textbox', { name: 'Bytes to decode' })
  await expect(area).toBeVisible()
  return area
}

export const version = (page, name) => page.getByRole('radiogroup', { name: 'Version', exact: true }).getByRole('radio', { name, exact: true })
export const rows = (page) => page.locator('.decoded-packet')
export const repairs = (page) => page.getByRole('list', { name: 'Repairs' })
