// node benches/broker/tab/bench.mjs [--rounds 7] [--ms 60]
// The broker core beside aedes, and its subscription tree beside qlobber, in a tab of a headless Chromium. Ours is built
// with the profile and the wasm-opt flags of the page that ships; aedes gets what it takes from Node in its fastest
// form. Every round runs every job once and a ratio is taken within a round; time is the CPU time of the tab's main
// thread, as Chromium tells it. Other load moves the figures but hardly the ratios.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { chromium as browser } from '@playwright/test'
import { build } from 'esbuild'
import { buildModule, median, threadClock, version } from '../../module.mjs'
import { chromium } from '../../../scripts/chromium.mjs'
import { serve } from '../../../scripts/serve.mjs'

const HERE = import.meta.dirname
/** Subscribers, QoS, and how many times aedes' deliveries a second are wanted. */
const LOADS = [[1, 0, 8], [1, 1, 8], [1, 2, 8], [100, 0, 10], [100, 1, 7], [100, 2, 6]]
/** The same with everything recorded. */
const RECORDED = 3
/** The generator alone has to be so many times as fast for a figure to count. */
const CEILING = 2
/** Times qlobber's topics a second. */
const TOPICS = 4
const BROKERS = ['ours', 'recorded', 'aedes', 'sink']
const PEERS = { aedes: `aedes ${version('aedes')}`, qlobber: `qlobber ${version('qlobber')}` }

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, ms: { type: 'string', default: '60' } } })
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-playground-broker-'))
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }))
const built = buildModule({ dir: HERE, library: 'broker_in_the_tab', out: path.join(dir, 'broker.wasm') })
await bundlePage(path.join(dir, 'page.js'))
fs.writeFileSync(path.join(dir, 'index.html'), '<!doctype html><title>bench</title><script type="module" src="page.js"></script>')

const site = await serve({ dir })
const tab = await browser.launch(chromium)
try {
  console.log(`in a tab of Chromium ${tab.version()}; built as the page is: ${built}`)
  await brokers(await open())
  await topics(await open())
} finally {
  await tab.close()
  await site.close()
}

async function open() {
  const page = await tab.newPage()
  page.on('pageerror', (error) => { throw error })
  page.setDefaultTimeout(0)
  await page.goto(site.url)
  await page.waitForFunction(() => window.prepare)
  return page
}

async function brokers(page) {
  await page.evaluate((loads) => window.prepare(loads), LOADS)
  const threadMs = await threadClock(page)
  console.log('\npublisher to subscribers, 3.1.1, 16-byte payloads: thousand deliveries a second')
  console.log(`  ${['', 'ours', 'recorded', PEERS.aedes, 'generator'].map((head, i) => i ? head.padStart(12) : head.padEnd(16)).join('')}`
    + `   ours to ${PEERS.aedes}, recorded, generator to ours`)
  for (const [subscribers, qos, target] of LOADS) {
    const measured = async (name, publishes) => {
      const before = await threadMs()
      await page.evaluate((args) => window.run(...args), [name, subscribers, qos, publishes])
      return await threadMs() - before
    }
    const all = await rounds(BROKERS, measured)
    const speeds = BROKERS.map((name) => all[name].map((ms) => subscribers / ms))
    const [ours, recorded, peer, generator] = speeds
    const figures = speeds.map((speed) => median(speed).toFixed(0).padStart(12)).join('')
    const ratios = [verdict(ratio(ours, peer), target), verdict(ratio(recorded, peer), RECORDED), ceiling(ratio(generator, ours))]
    console.log(`  ${`1 to ${subscribers}, QoS ${qos}`.padEnd(16)}${figures}   ${ratios.join(', ')}`)
  }
  await page.close()
}

async function topics(page) {
  const count = await page.evaluate(() => window.prepareTopics())
  const threadMs = await threadClock(page)
  const matches = {}
  const measured = async (name, times) => {
    const before = await threadMs()
    matches[name] = await page.evaluate((args) => window.lookUp(...args), [name, times])
    return await threadMs() - before
  }
  const { ours, qlobber } = await rounds(['ours', 'qlobber'], measured)
  if (matches.ours !== matches.qlobber) throw new Error(`${matches.ours} matches, of qlobber ${matches.qlobber}`)
  const million = (ms) => (count / median(ms) / 1000).toFixed(2)
  console.log(`\nsubscription tree: 10,000 subscriptions, ${count} topics, ${(matches.ours / count).toFixed(2)} matches each: `
    + `${million(ours)} million topics a second, ${PEERS.qlobber} ${million(qlobber)}: ${verdict(ratio(qlobber, ours), TOPICS)}`)
  await page.close()
}

/** Milliseconds of each job for one publish or look-up of all, by round. */
async function rounds(names, measured) {
  const jobs = names.map((name) => ({ name, times: 1, samples: [] }))
  for (const job of jobs) {
    // Until the browser has compiled everything at its highest level, which it does beside the work.
    for (let spent = 0; spent < 10 * values.ms;) {
      const once = await measured(job.name, job.times)
      spent += Math.max(once, 1)
      if (once < values.ms) job.times = Math.ceil(job.times * Math.min(8, 1.1 * values.ms / Math.max(once, 1)))
    }
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const job of jobs) job.samples.push(await measured(job.name, job.times) / job.times)
  }
  return Object.fromEntries(jobs.map(({ name, samples }) => [name, samples]))
}

/** The median of the rounds' ratios. */
function ratio(a, b) {
  return median(a.map((value, round) => value / b[round]))
}

function verdict(times, target) {
  return `× ${times.toFixed(1)} (target ${target}${times < target ? ', missed' : ''})`
}

function ceiling(times) {
  return `× ${times.toFixed(1)}${times < CEILING ? ': does not count' : ''}`
}

function bundlePage(outfile) {
  const node = path.join(HERE, 'node.cjs')
  const alias = { stream: 'readable-stream', events: 'events', buffer: 'buffer', crypto: node, util: node, assert: node }
  return build({
    absWorkingDir: path.resolve(HERE, '../..'),
    entryPoints: [path.join(HERE, 'page.mjs')],
    inject: [path.join(HERE, 'globals.mjs')],
    alias: Object.fromEntries(Object.entries(alias).flatMap(([name, to]) => [[name, to], [`node:${name}`, to]])),
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
