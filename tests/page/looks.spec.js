// How the main states look, in both themes, beside pictures kept in looks.spec.js-snapshots/. Everything in them is
// determined: the scenario's seed, virtual time, the project's own fonts. After a change of looks on purpose:
// `npx playwright test looks --update-snapshots`, then look at the pictures before they are committed.
import { chromium } from '../../scripts/chromium.mjs'
import { test, expect } from './fixture.js'

// The whole browser, as people have it: its headless shell smooths glyphs in another way.
test.use({ launchOptions: chromium })

// A few glyphs smoothed in another way are let pass; two entries gone from the legend are not.
const picture = { animations: 'disabled', caret: 'hide', maxDiffPixelRatio: 0.0005 }
const MALFORMED = '30 0B 00 05 61 2F 23 2F 62 68 65 6C 6C\n82 08 00 00 00 03 61 2F 62 01'

for (const theme of ['light', 'dark']) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme, reducedMotion: 'reduce' })

    const looksLike = async (page, name) => {
      await page.evaluate(() => document.fonts.ready)
      await expect(page).toHaveScreenshot(`${name}-${theme}.png`, picture)
    }

    test(`the Playground at its beginning looks as it did, ${theme} @phone`, async ({ page }) => {
      await page.goto('./')
      await expect(page.getByTestId('step-forward')).toBeEnabled()
      await looksLike(page, 'start')
    })

    test(`a stepped handshake with its inspector looks as it did, ${theme}`, async ({ page }) => {
      await page.goto('./')
      const forward = page.getByTestId('step-forward')
      await expect(forward).toBeEnabled()
      const time = page.getByRole('slider', { name: 'Time' })
      const steps = Number(await time.getAttribute('aria-valuemax'))
      for (let taken = 0; taken < steps; taken++) await forward.click()
      await expect(time).toHaveAttribute('aria-valuenow', String(steps))
      await page.locator('.arrow[data-frame="6"]').click()
      await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('PUBLISH')
      await looksLike(page, 'handshake')
    })

    test(`a malformed packet looks as it did, ${theme} @phone`, async ({ page }) => {
      await page.goto('./#/decode')
      await page.getByRole('textbox', { name: 'Bytes to decode' }).fill(MALFORMED)
      await expect(page.getByRole('alert').first()).toBeVisible()
      await page.getByRole('textbox', { name: 'Bytes to decode' }).blur()
      await looksLike(page, 'malformed')
    })
  })
}
