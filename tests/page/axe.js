// The rules of WCAG 2.2 AA that a machine can check, on the page as it stands, in both themes.
import fs from 'node:fs'
import { createRequire } from 'node:module'

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const ALL = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }
/** What a theme changes. */
const COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }

/** Every violation, a line each: by all rules in the light theme, by those about colours in the dark one. */
export async function violations(page) {
  // Run through the debugger, which the content security policy does not concern.
  await page.evaluate(axe)
  const found = []
  for (const [colorScheme, runOnly] of [['dark', COLOURS], ['light', ALL]]) {
    await page.emulateMedia({ colorScheme })
    const { violations, passes, incomplete } = await page.evaluate(async (runOnly) => {
      const transitions = document.getAnimations().filter((it) => it instanceof CSSTransition)
      await Promise.allSettled(transitions.map((it) => it.finished))
      return axe.run({ runOnly })
    }, runOnly)
    if (![...violations, ...passes, ...incomplete].some(({ id }) => id === 'color-contrast')) found.push(`${colorScheme}: no colour was looked at`)
    found.push(...violations.map(({ id, help, nodes }) => `${colorScheme}: ${id}: ${help}: ${nodes.map((node) => node.target).join(' | ')}`))
  }
  return found
}
