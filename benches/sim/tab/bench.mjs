// node benches/sim/tab/bench.mjs [--rounds 7] [--messages 10000]
// The virtual network in a tab of a headless Chromium, built as the page is, beside the native program of the same
// package; rounds of both take turns. Time is the CPU time of the tab's main thread, as Chromium tells it.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { chromium as browser } from '@playwright/test'
import { buildModule, median, threadClock } from '../../module.mjs'
import { chromium } from '../../../scripts/chromium.mjs'
import { serve } from '../../../scripts/serve.mjs'

const HERE = import.meta.dirname
/** Of native packets a second. */
const TARGET = 1 / 3
/** Milliseconds that a step back takes at most, in a history of a million steps. */
const TARGET_BACK_MS = 50
const LONG = 200_001

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, messages: { type: 'string', default: '10000' } } })
const messages = Number(values.messages)
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-playground-sim-'))
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }))
const built = buildModule({ dir: HERE, library: 'sim_in_the_tab', out: path.join(dir, 'sim.wasm') })
const target = process.env.CARGO_TARGET_DIR ?? path.resolve(HERE, '../../target')
const native = () => Number(execFileSync(path.join(target, 'release/sim-natively'), ['1', values.messages, '--packets-only']))
fs.writeFileSync(path.join(dir, 'page.js'), `
  const { instance } = await WebAssembly.instantiateStreaming(fetch('sim.wasm'))
  window.sim = instance.exports`)
fs.writeFileSync(path.join(dir, 'index.html'), '<!doctype html><title>bench</title><script type="module" src="page.js"></script>')

const site = await serve({ dir })
const tab = await browser.launch(chromium)
try {
  console.log(`in a tab of Chromium ${tab.version()}; built as the page is: ${built}`)
  const page = await tab.newPage()
  page.on('pageerror', (error) => { throw error })
  page.setDefaultTimeout(0)
  await page.goto(site.url)
  await page.waitForFunction(() => window.sim)
  const threadMs = await threadClock(page)
  const timed = async (work, argument) => {
    const before = await threadMs()
    const result = await page.evaluate(work, argument)
    return [await threadMs() - before, result]
  }
  await packets(page, timed)
  await stepsBack(page, timed)
} finally {
  await tab.close()
  await site.close()
}

async function packets(page, timed) {
  const [speeds, ratios] = [[], []]
  for (let round = -3; round < Number(values.rounds); round++) {
    await page.evaluate((messages) => window.sim.prepare(messages), messages)
    const [ms, sent] = await timed((messages) => window.sim.run(messages), messages)
    if (round < 0) continue // until the browser has compiled everything at its highest level
    speeds.push(sent * 1000 / ms)
    ratios.push(speeds.at(-1) / native())
  }
  const ratio = median(ratios)
  const verdict = ratio < TARGET ? ', missed' : ''
  console.log(`simulated packets a second, everything captured: ${Math.round(median(speeds)).toLocaleString('en-GB')}, `
    + `× ${ratio.toFixed(2)} of native (target ${TARGET.toFixed(2)}${verdict})`)
}

async function stepsBack(page, timed) {
  await page.evaluate((messages) => { window.sim.prepare(messages); window.sim.run(messages) }, LONG)
  let slowest = 0
  for (let place = 1; place <= 50; place++) {
    await page.evaluate((thousandths) => window.sim.seek(thousandths), place * 173 % 1000)
    const [ms] = await timed(() => window.sim.back())
    slowest = Math.max(slowest, ms)
  }
  const verdict = slowest > TARGET_BACK_MS ? ', missed' : ''
  console.log(`a step back in a million steps: ${slowest.toFixed(1)} ms at the slowest of 50 places (target ${TARGET_BACK_MS}${verdict})`)
}
