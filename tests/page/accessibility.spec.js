// Every page, in both themes, by the rules of WCAG 2.2 AA that a machine can check.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { test, expect } from './fixture.js'

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

for (const [name, address] of [['playground', '#/'], ['decode', '#/decode'], ['connect', '#/connect']]) {
  for (const theme of ['light', 'dark']) {
    test(`${name}, ${theme}: no violation of WCAG 2.2 AA @phone`, async ({ page }) => {
      await page.goto(`./?theme=${theme}${address}`)
      await page.waitForFunction(() => window.wasmBindings !== undefined)
      // Run through the debugger, which the content security policy does not concern.
      await page.evaluate(axe)
      const { violations, passes } = await page.evaluate((values) => axe.run({ runOnly: { type: 'tag', values } }), TAGS)
      const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target).join(' | ')}`)
      expect(found).toEqual([])
      expect(passes.length).toBeGreaterThan(5)
    })
  }
}
