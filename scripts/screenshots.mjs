// node scripts/screenshots.mjs
// The pictures in README.md, from dist/ into docs/screenshots/. The simulation is deterministic, so are they.
import fs from 'node:fs'
import { shoot, withPage } from './shot.mjs'

const OUT = 'docs/screenshots'
// The message has reached its subscriber, whose PUBREC is on its way: all ends hold state.
const STEPS = 14

fs.mkdirSync(OUT, { recursive: true })

await withPage({ theme: 'light' }, async (page, open) => {
  await open('#/')
  const forward = page.getByTestId('step-forward')
  for (let step = 0; step < STEPS && (await forward.isEnabled()); step++) await forward.click()
  await shoot(page, `${OUT}/playground.png`)
})

await withPage({ theme: 'light' }, async (page, open) => {
  await open('#/decode')
  await page.getByRole('button', { name: 'A wrong flag among good packets' }).click()
  await page.getByText('malformed').first().waitFor()
  await shoot(page, `${OUT}/decode.png`)
})
