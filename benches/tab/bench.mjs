// node benches/tab/bench.mjs [--rounds 9]
// The codec beside npm's mqtt-packet in one tab of a headless Chromium. Ours is built with the profile and the
// wasm-opt flags of the page that ships. Every round runs every job once and a ratio is taken within a round; time is
// the CPU time of the tab's main thread, as Chromium tells it. Other load moves the figures but hardly the ratios.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import zlib from 'node:zlib'
import { chromium as browser } from '@playwright/test'
import { build } from 'esbuild'
import { buildModule, median, threadClock, version } from '../module.mjs'
import { chromium } from '../../scripts/chromium.mjs'
import { serve } from '../../scripts/serve.mjs'

const HERE = import.meta.dirname
const root = path.resolve(HERE, '../..')
const CORPORA = [['v311.bin', 4, '3.1.1'], ['v5.bin', 5, '5.0']]
const PEER = `mqtt-packet ${version('mqtt-packet')}`
const ROWS = {
  plain: ['ours, plain', 60],
  annotated: ['ours, annotated', 30],
  array: ['ours, annotated, into a Uint32Array used again', 10],
  arrays: ['ours, annotated, into a new one for 100 packets'],
  whole: [`${PEER}, all in one chunk`],
  chunks: [`${PEER}, one packet a chunk`],
}

const SAMPLE_MS = 60
const WARM_UP_MS = 600

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } })
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-playground-tab-'))
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }))
const built = buildModule({ dir: HERE, library: 'codec_in_the_tab', out: path.join(dir, 'codec.wasm') })
await bundlePage(path.join(dir, 'page.js'))
fs.writeFileSync(path.join(dir, 'index.html'), '<!doctype html><title>bench</title><script type="module" src="page.js"></script>')
for (const [name] of CORPORA) fs.copyFileSync(path.join(HERE, '../corpus', name), path.join(dir, name))
await measure()
printSizes()

async function measure() {
  const site = await serve({ dir })
  const tab = await browser.launch(chromium)
  try {
    console.log(`in a tab of Chromium ${tab.version()}; built as the page is: ${built}`)
    for (const [corpus, level, name] of CORPORA) {
      const page = await tab.newPage()
      page.on('pageerror', (error) => { throw error })
      page.setDefaultTimeout(0)
      await page.goto(site.url)
      await page.waitForFunction(() => window.prepare)
      const given = await page.evaluate((args) => window.prepare(...args), [corpus, level])
      report(name, given, await rounds(await stopwatch(page), given.jobs))
      await page.close()
    }
  } finally {
    await tab.close()
    await site.close()
  }
}

/** Milliseconds of the page's main thread for a job done so many times. */
async function stopwatch(page) {
  const threadMs = await threadClock(page)
  return async (job, times) => {
    const before = await threadMs()
    await page.evaluate((args) => window.run(...args), [job, times])
    return await threadMs() - before
  }
}

/** Milliseconds for once over the corpus, by job and round. */
async function rounds(measured, jobs) {
  const all = jobs.map((name) => ({ name, times: 1, samples: [] }))
  for (const job of all) {
    // Until the browser has compiled everything at its highest level, which it does beside the work.
    for (let spent = 0; spent < WARM_UP_MS;) {
      const once = await measured(job.name, job.times)
      spent += once
      if (once < SAMPLE_MS) job.times = Math.ceil(job.times * Math.min(8, 1.1 * SAMPLE_MS / Math.max(once, 1)))
    }
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const job of all) job.samples.push(await measured(job.name, job.times) / job.times)
  }
  return all
}

/** The peer that a ratio is taken with is, round by round, mqtt-packet's better way of being fed. */
function report(version, { packets, bytes }, jobs) {
  const [whole, chunks] = ['whole', 'chunks'].map((peer) => jobs.find(({ name }) => name === peer).samples)
  const best = whole.map((ms, round) => Math.min(ms, chunks[round]))
  console.log(`\ndecode, MQTT ${version}: ${packets} packets, ${bytes} bytes`)
  console.log(`  ${''.padEnd(48)}${'packets/s'.padStart(12)}${'ns/packet'.padStart(11)}   times ${PEER}'s`)
  for (const { name, samples } of jobs) {
    const [label, target] = ROWS[name]
    const ms = median(samples)
    const ratio = median(samples.map((sample, round) => best[round] / sample))
    const verdict = target === undefined ? '' : `  (target ${target}${ratio < target ? ', missed' : ''})`
    const speed = Math.round(packets / ms * 1e3).toLocaleString('en-GB')
    const figures = `${speed.padStart(12)}${(ms * 1e6 / packets).toFixed(0).padStart(11)}`
    console.log(`  ${label.padEnd(48)}${figures}   × ${ratio.toFixed(1)}${verdict}`)
  }
}

function printSizes() {
  const dist = path.join(root, 'dist')
  const shipped = fs.existsSync(dist) ? fs.readdirSync(dist).filter((file) => file.endsWith('.wasm')) : []
  console.log(`\n  ${'module'.padEnd(48)}${'raw'.padStart(12)}${'gzip -9'.padStart(11)}`)
  printSize('the codec with the glue of this benchmark', path.join(dir, 'codec.wasm'))
  for (const file of shipped) printSize('the page that ships (dist/)', path.join(dist, file))
  if (shipped.length === 0) console.log('  the page that ships: not built (make build)')
}

function printSize(label, file) {
  const bytes = fs.readFileSync(file)
  const [raw, packed] = [bytes.length, zlib.gzipSync(bytes, { level: 9 }).length].map((n) => n.toLocaleString('en-GB'))
  console.log(`  ${label.padEnd(48)}${raw.padStart(12)}${packed.padStart(11)}`)
}

function bundlePage(outfile) {
  return build({
    entryPoints: [path.join(HERE, 'page.mjs')],
    inject: [path.join(HERE, 'globals.mjs')],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  })
}
