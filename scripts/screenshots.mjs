// node scripts/screenshots.mjs
// The pictures in README.md, from dist/ into docs/screenshots/. The simulation is deterministic, so are they.
import fs from 'node:fs'
import { shoot, withPage } from './shot.mjs'

const OUT = 'docs/screenshots'
// A PUBLISH at QoS 2 with the broker, its PUBREC on the way back: both ends hold state.
const STEPS = 16

fs.mkdirSync(OUT, { recursive: true })

await withPage({ theme: 'light' }, async (page, open) => {
  await open('#/')
  const forward = page.getByTestId('step-forward')
  for (let step = 0; step < STEPS && (await forward.isEnabled()); step++) await forward.click()
  await shoot(page, `${OUT}/playground.png`)
})

await withPage({ theme: 'light' }, async (page, open) => {
  await open('#/decode')
  await shoot(page, `${OUT}/decode.png`)
})
