// A scenario on stage, and what is asked of its world.
import { expect } from './fixture.js'

export const slider = (page) => page.getByRole('slider', { name: 'Time' })

/** A scenario at its beginning. */
export async function open(page, title) {
  await page.goto('./#/')
  await page.getByLabel('Scenario').selectOption({ label: title })
  await page.locator('body').press('0')
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '0')
}

/** Takes a line of the menu World. */
export async function menu(page, name) {
  await page.getByRole('button', { name: 'World', exact: true }).click()
  await page.getByRole('menuitem', { name }).click()
}
