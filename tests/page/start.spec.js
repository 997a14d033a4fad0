// From the address to the page: what loads, what shows meanwhile, and what if it fails.
import { serve } from '../../scripts/serve.mjs'
import { firstPage } from '../../scripts/first-page.mjs'
import { test, expect } from './fixture.js'

const started = (page) => page.waitForFunction(() => window.wasmBindings !== undefined)

test('the page opens and says its name @phone', async ({ page }) => {
  await page.goto('./')
  await started(page)
  await expect(page).toHaveTitle(/MQTT Playground/)
  await expect(page.getByText('MQTT Playground', { exact: true }).first()).toBeVisible()
})

test('the page loads exactly what the size budget counts', async ({ page }) => {
  const loaded = new Set()
  page.on('request', (request) => {
    if (request.url().startsWith('http')) loaded.add(new URL(request.url()).pathname.slice(1) || 'index.html')
  })
  await page.goto('./', { waitUntil: 'networkidle' })
  await started(page)
  const counted = firstPage('dist')
  // A browser asks for the icon only where it shows one; a font only once a letter needs it.
  const optional = counted.filter((file) => /\.(svg|woff2)$/.test(file))
  expect([...loaded].filter((file) => !counted.includes(file))).toEqual([])
  expect(counted.filter((file) => !loaded.has(file) && !optional.includes(file))).toEqual([])
})

test('a sub-path of any server will do', async ({ page }) => {
  const nested = await serve({ dir: 'dist', base: '/some/where/' })
  await page.goto(nested.url)
  await started(page)
  await page.evaluate(() => document.fonts.load('13px "JetBrains Mono Variable"', 'ağ'))
  expect(await page.evaluate(() => [...document.fonts].filter((font) => font.status === 'error').length)).toBe(0)
  await nested.close()
})

test('until the module is there, the page says that it is loading @phone', async ({ page }) => {
  let letGo
  const held = new Promise((resolve) => { letGo = resolve })
  await page.route('**/*.wasm', async (route) => { await held; await route.continue() })
  await page.goto('./', { waitUntil: 'domcontentloaded' })
  await expect(page.getByRole('status')).toHaveText('Loading MQTT Playground…')
  await expect(page.getByRole('alert')).toBeHidden()
  letGo()
  await started(page)
})

test('a module that does not load is told', async ({ page, complaints }) => {
  complaints.expect(/request failed: .*\.wasm net::ERR_FAILED/)
  complaints.expect(/uncaught: .*Failed to fetch/)
  complaints.expect(/Failed to load resource/)
  await page.route('**/*.wasm', (route) => route.abort())
  await page.goto('./', { waitUntil: 'domcontentloaded' })
  await expect(page.getByRole('alert')).toContainText('could not start')
  await expect(page.getByRole('status')).toBeHidden()
})

test('a second module that does not load is told, and loads when tried again', async ({ page, complaints }) => {
  complaints.expect(/request failed: .*tools.*\.wasm net::ERR_FAILED/)
  complaints.expect(/Failed to load resource/)
  await page.route('**/tools_bg*.wasm', (route) => route.abort())
  await page.goto('./')
  await started(page)
  await page.getByRole('link', { name: 'Decode' }).click()
  await expect(page.getByRole('alert')).toContainText('could not be loaded')
  await page.getByRole('link', { name: 'Playground', exact: true }).click()
  await expect(page.getByTestId('step-forward')).toBeVisible()
  await page.getByRole('link', { name: 'Decode' }).click()
  await page.unroute('**/tools_bg*.wasm')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { name: 'Decode' })).toBeAttached()
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })
  test('the page says that it needs it', async ({ page, complaints }) => {
    complaints.expect(/request failed: .*\.js csp/)
    await page.goto('./')
    await expect(page.locator('noscript p')).toBeVisible()
    await expect(page.locator('noscript p')).toContainText('needs JavaScript')
    await expect(page.getByText('Loading MQTT Playground…')).toBeHidden()
  })
})

test('the theme comes from the address, else from the last choice, else from the system', async ({ page }) => {
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme)
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const [light, dark] = ['rgb(243, 244, 247)', 'rgb(14, 16, 19)']

  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto('./')
  expect(await background()).toBe(dark)
  await page.goto('./?theme=light')
  expect([await theme(), await background()]).toEqual(['light', light])
  await page.evaluate(() => localStorage.setItem('mqtt-playground.theme', 'light'))
  await page.goto('./')
  expect([await theme(), await background()]).toEqual(['light', light])
  await page.goto('./?theme=dark')
  expect([await theme(), await background()]).toEqual(['dark', dark])
})

test('the policy of the page refuses inline code and foreign hosts', async ({ page, complaints }) => {
  complaints.expect(/content security policy: script-src-attr/)
  complaints.expect(/content security policy: connect-src/)
  complaints.expect(/error: /)
  await page.goto('./')
  const outcome = await page.evaluate(async () => {
    const button = document.createElement('button')
    button.setAttribute('onclick', 'window.ran = true')
    button.click()
    const fetched = await fetch('https://example.invalid/').then(() => 'fetched', () => 'refused')
    return [window.ran ?? 'refused', fetched]
  })
  expect(outcome).toEqual(['refused', 'refused'])
})
