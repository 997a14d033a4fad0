// Every page, in both themes, by the rules of WCAG 2.2 AA that a machine can check.
import { test, expect } from './fixture.js'
import { violations } from './axe.js'

for (const [name, address] of [['playground', '#/'], ['decode', '#/decode'], ['connect', '#/connect']]) {
  test(`${name}: no violation of WCAG 2.2 AA @phone`, async ({ page }) => {
    await page.goto(`./${address}`)
    await page.waitForFunction(() => window.wasmBindings !== undefined)
    expect(await violations(page)).toEqual([])
  })
}
