// What the rules demand, in words: a file of its own, loaded when a rule is first shown.
import fs from 'node:fs'
import { test, expect } from './fixture.js'

const FILE = fs.existsSync('dist') ? fs.readdirSync('dist').find((name) => /^texts-[0-9a-f]{16}\.txt$/.test(name)) : undefined
const inspector = (page) => page.getByRole('region', { name: 'Inspector' })
const DUP = 'A PUBLISH sent again carries DUP 1.'
const FLAGS = 'SUBSCRIBE has the flags 0010. Others are malformed, and the Server closes the connection.'

/** Chooses DUP in the scenario's PUBLISH. */
async function showRule(page) {
  await expect(page.getByTestId('step-forward')).toBeEnabled()
  await page.getByRole('slider', { name: 'Time' }).press('End')
  await page.locator('.arrow[data-frame="6"]').click()
  await inspector(page).getByRole('treeitem', { name: 'DUP' }).click()
  await expect(inspector(page).getByRole('link', { name: 'MQTT-3.3.1-1', exact: true })).toBeVisible()
}

test('the file holds every statement, the modules hold no text', () => {
  const lines = fs.readFileSync(`dist/${FILE}`, 'utf8').trimEnd().split('\n').map((line) => line.split('\t'))
  expect(lines).toHaveLength(392)
  expect(lines.filter(([reference]) => !/^(3\.1\.1|5\.0) MQTT-[\d.]+-\d+$/.test(reference))).toEqual([])
  expect(lines).toContainEqual(['3.1.1 MQTT-3.3.1-1', DUP])
  const modules = fs.readdirSync('dist').filter((name) => name.endsWith('.wasm'))
  expect(modules).toHaveLength(2)
  for (const name of modules) {
    const module = fs.readFileSync(`dist/${name}`)
    expect(lines.filter(([, text]) => module.includes(text)), name).toEqual([])
  }
})

test('the texts load once, when a rule is first shown on any page', async ({ page }) => {
  const asked = []
  page.on('request', (request) => { if (request.url().endsWith('.txt')) asked.push(new URL(request.url()).pathname) })
  await page.goto('./', { waitUntil: 'networkidle' })
  expect(asked).toEqual([])
  await showRule(page)
  await expect(inspector(page).locator('.explain__rule').first()).toHaveText(`${DUP} MQTT-3.3.1-1`)
  expect(asked).toEqual([`/${FILE}`])

  await page.getByRole('link', { name: 'Decode' }).click()
  await page.getByRole('textbox', { name: 'Bytes to decode' }).fill('80 06 00 01 00 01 61 02')
  await expect(page.locator('.decoded-packet').getByRole('alert')).toContainText(`${FLAGS} MQTT-3.8.1-1`)
  expect(asked).toHaveLength(1)
})

test('texts that do not load are told beside the rule, and load when tried again', async ({ page, complaints }) => {
  complaints.expect(/request failed: .*\.txt net::ERR_FAILED/)
  complaints.expect(/Failed to load resource/)
  await page.route('**/texts-*.txt', (route) => route.abort())
  await page.goto('./')
  await showRule(page)
  const failure = inspector(page).getByText('The rule’s text could not be loaded.')
  await expect(failure).toBeVisible()
  await expect(inspector(page).getByRole('alert')).toHaveCount(0)

  // Everything else goes on.
  await inspector(page).getByRole('treeitem', { name: 'topic name' }).click()
  await expect(inspector(page).getByRole('heading', { name: /^Topic name/ })).toBeVisible()
  await inspector(page).getByRole('treeitem', { name: 'DUP' }).click()
  await expect(failure).toHaveCount(1)

  await page.unroute('**/texts-*.txt')
  await inspector(page).getByRole('button', { name: 'Try again' }).click()
  await expect(inspector(page).locator('.explain__rule').first()).toHaveText(`${DUP} MQTT-3.3.1-1`)
  await expect(failure).toHaveCount(0)
})

test('an answer that is no success is a failure too, on Decode as well', async ({ page, complaints }) => {
  complaints.expect(/Failed to load resource.*404/)
  await page.route('**/texts-*.txt', (route) => route.fulfill({ status: 404, body: 'not found' }))
  await page.goto('./#/decode')
  await page.getByRole('textbox', { name: 'Bytes to decode' }).fill('80 06 00 01 00 01 61 02')
  const row = page.locator('.decoded-packet')
  await expect(row.getByText('The rule’s text could not be loaded.')).toBeVisible()
  await expect(row.getByRole('link', { name: 'MQTT-3.8.1-1' })).toBeVisible()
  await page.unroute('**/texts-*.txt')
  await row.getByRole('button', { name: 'Try again' }).click()
  await expect(row.getByRole('alert')).toContainText(`${FLAGS} MQTT-3.8.1-1`)
  await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0)
})
