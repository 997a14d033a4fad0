// The rules of WCAG 2.2 AA that a machine can check, on the page as it stands.
import fs from 'node:fs'
import { createRequire } from 'node:module'

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Every violation, a line each. */
export async function violations(page) {
  // Run through the debugger, which the content security policy does not concern.
  await page.evaluate(axe)
  const result = await page.evaluate((values) => axe.run({ runOnly: { type: 'tag', values } }), TAGS)
  return result.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target).join(' | ')}`)
}
