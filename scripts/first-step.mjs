// node scripts/first-step.mjs [DIR=dist] [--runs 5]
// How long after the address is opened the first step can be taken: median over fresh browser profiles, the page
// served from this machine, compressed. Fails over the budget. Other load on the machine moves the figures.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { chromium as browser } from '@playwright/test'
import { median } from '../benches/module.mjs'
import { chromium } from './chromium.mjs'
import { serve } from './serve.mjs'

const BUDGET_MS = 1000
const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: 'string', default: '5' } } })
const site = await serve({ dir: positionals[0] ?? 'dist' })

const runs = []
for (let run = 1; run <= Number(values.runs); run++) {
  const measured = await measure(site.url)
  runs.push(measured)
  const { step, paint, bytes } = measured
  console.log(`profile ${run}: first step possible after ${step} ms, first paint ${paint} ms, ${bytes.toLocaleString('en-GB')} bytes received`)
}
await site.close()

const middle = median(runs.map((run) => run.step))
const verdict = `first step possible after ${middle} ms (median of ${runs.length} fresh profiles, budget ${BUDGET_MS} ms)`
if (middle > BUDGET_MS) {
  console.error(`bench-page: over the budget: ${verdict}`)
  process.exit(1)
}
console.log(`bench-page: ok: ${verdict}`)

async function measure(url) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-playground-profile-'))
  const context = await browser.launchPersistentContext(profile, { ...chromium, viewport: { width: 1440, height: 900 } })
  try {
    const page = await context.newPage()
    await page.addInitScript(() => {
      // In the page's own time, which starts with the navigation.
      const look = () => {
        if (document.querySelector('[data-testid="step-forward"]:enabled')) window.firstStepMs = performance.now()
        else requestAnimationFrame(look)
      }
      look()
    })
    await page.goto(url)
    await page.waitForFunction(() => window.firstStepMs !== undefined, null, { timeout: 20_000 })
    await page.waitForLoadState('networkidle')
    return await page.evaluate(() => ({
      step: Math.round(window.firstStepMs),
      paint: Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN),
      bytes: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .reduce((all, entry) => all + entry.transferSize, 0),
    }))
  } finally {
    await context.close()
    fs.rmSync(profile, { recursive: true, force: true })
  }
}
