// node scripts/shot.mjs ADDRESS OUT.png [--theme dark] [--size 390x844] [--do STEP]…
// A picture of the built page. ADDRESS is relative to it: '' or '#/decode'. Steps, in order:
//   --do 'click SELECTOR'   --do 'press KEY'   --do 'press KEY * 9'   --do 'fill SELECTOR = TEXT'   --do 'wait MS'
//   --do 'hover SELECTOR'   --do 'js EXPRESSION' (its value is printed)
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { chromium as browser } from '@playwright/test'
import { chromium } from './chromium.mjs'
import { serve } from './serve.mjs'

/** Opens one page of dist/ for pictures: no motion, fonts loaded, what it says on the console printed. */
export async function withPage({ theme = 'light', size = '1440x900' }, use) {
  const [width, height] = size.split('x').map(Number)
  const site = await serve({ dir: 'dist' })
  const chrome = await browser.launch(chromium)
  try {
    const context = await chrome.newContext({
      viewport: { width, height },
      reducedMotion: 'reduce',
      colorScheme: theme,
      locale: 'en-GB',
      timezoneId: 'UTC',
      hasTouch: width < 761,
    })
    // As on a second visit: without the first steps.
    await context.addInitScript(() => localStorage.setItem('mqtt-playground.hints', 'done'))
    const page = await context.newPage()
    page.on('console', (message) => console.error(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => console.error(`uncaught: ${error}`))
    const open = async (address) => {
      await page.goto(`${site.url}?theme=${theme}${address}`)
      await page.waitForFunction(() => window.wasmBindings !== undefined)
    }
    return await use(page, open)
  } finally {
    await chrome.close()
    await site.close()
  }
}

/** Writes a picture of what the window shows. */
export async function shoot(page, file) {
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' })
  console.log(file)
}

async function act(page, step) {
  const [, verb, rest] = /^(\w+)\s+(.*)$/s.exec(step) ?? []
  if (verb === 'click') return page.click(rest)
  if (verb === 'hover') return page.hover(rest)
  if (verb === 'wait') return page.waitForTimeout(Number(rest))
  if (verb === 'js') return console.log(await page.evaluate(rest))
  if (verb === 'fill') {
    const [selector, text] = rest.split(/ = (.*)/s)
    return page.fill(selector, text)
  }
  if (verb === 'press') {
    const [key, times = '1'] = rest.split(' * ')
    for (let n = 0; n < Number(times); n++) await page.keyboard.press(key)
    return
  }
  throw new Error(`no such step: ${step}`)
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { theme: { type: 'string' }, size: { type: 'string' }, do: { type: 'string', multiple: true, default: [] } },
  })
  const [address, out] = positionals
  if (out === undefined) {
    console.error('usage: node scripts/shot.mjs ADDRESS OUT.png [--theme dark] [--size 390x844] [--do STEP]…')
    process.exit(2)
  }
  await withPage(values, async (page, open) => {
    await open(address)
    for (const step of values.do) await act(page, step)
    await shoot(page, out)
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
