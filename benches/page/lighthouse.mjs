// node benches/page/lighthouse.mjs [DIR=dist] [--runs 5]
// Lighthouse's marks for the built page, desktop preset: medians over fresh profiles, served from this machine,
// compressed. Fails below the budget and names the audits that cost marks. Other load on the machine lowers the first.
import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { chromium } from '../../scripts/chromium.mjs'
import { serve } from '../../scripts/serve.mjs'
import { median } from '../module.mjs'

const BUDGET = { performance: 95, accessibility: 100, 'best-practices': 100 }
const PAGES = ['', '#/decode', '#/connect']
const cli = path.join(path.dirname(fileURLToPath(import.meta.url)), 'node_modules/lighthouse/cli/index.js')

const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: 'string', default: '5' } } })
const site = await serve({ dir: positionals[0] ?? 'dist' })
let missed = 0
try {
  for (const page of PAGES) missed += await measure(page)
} finally {
  await site.close()
}
if (missed) {
  console.error('bench-page: Lighthouse is below the budget')
  process.exit(1)
}

async function measure(page) {
  const reports = []
  for (let run = 0; run < Number(values.runs); run++) reports.push(await lighthouse(site.url + page))
  let below = 0
  for (const [category, budget] of Object.entries(BUDGET)) {
    const marks = reports.map((report) => Math.round(report.categories[category].score * 100))
    const mark = median(marks)
    if (mark < budget) below++
    const verdict = mark < budget ? 'BELOW the budget' : 'budget'
    console.log(`Lighthouse /${page}: ${category} ${mark} (median of ${marks.join(', ')}; ${verdict} ${budget})`)
    for (const audit of costly(reports.at(-1), category)) console.log(`  ${audit}`)
  }
  return below
}

async function lighthouse(url) {
  const flags = [...chromium.args, '--headless=new'].join(' ')
  const args = [cli, url, '--preset=desktop', '--output=json', '--quiet', '--no-enable-error-reporting', `--chrome-flags=${flags}`,
    `--only-categories=${Object.keys(BUDGET).join(',')}`]
  const env = { ...process.env, CHROME_PATH: chromium.executablePath }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 64 << 20 })
  const report = JSON.parse(stdout)
  if (report.runtimeError) throw new Error(`Lighthouse: ${report.runtimeError.message}`)
  return report
}

/** The audits with weight that a page did not pass whole. */
function costly(report, category) {
  return report.categories[category].auditRefs
    .map(({ id, weight }) => ({ weight, audit: report.audits[id] }))
    .filter(({ weight, audit }) => weight > 0 && audit.score !== null && audit.score < 0.995)
    .map(({ audit }) => `${audit.id}: ${audit.displayValue ?? audit.title} (${Math.round(audit.score * 100)})`)
}
