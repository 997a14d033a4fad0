// The world as a whole: undo, what is kept, files, clients that come and go.
import fs from 'node:fs'
import { test, expect } from './fixture.js'

const slider = (page) => page.getByRole('slider', { name: 'Time' })
const actor = (page, name) => page.getByTestId(`actor-${name}`)
const undo = (page) => page.getByRole('button', { name: /^Undo/ }).first()
const redo = (page) => page.getByRole('button', { name: /^Redo/ })
const scenario = (page) => page.getByRole('combobox', { name: 'Scenario' })
const kept = (page, name) => page.evaluate((name) => localStorage.getItem(`mqtt-playground.${name}`), name)

async function open(page, address = './#/') {
  await page.goto(address)
  await expect(page.getByTestId('step-forward')).toBeVisible()
}

/** What the packets say, in order. */
async function arrows(page) {
  return page.locator('.arrow').evaluateAll((all) => all.map((it) => it.getAttribute('aria-label')))
}

async function fromMenu(page, entry) {
  await page.getByRole('button', { name: 'World' }).click()
  await page.getByRole('menuitem', { name: entry }).click()
}

async function showActors(page, isMobile) {
  if (isMobile) await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Actors' }).click()
}

test('what the user did is undone and done again', async ({ page }) => {
  await open(page)
  await slider(page).press('End')
  const before = await arrows(page)
  const at = await slider(page).getAttribute('aria-valuemax')
  await expect(slider(page)).toHaveAttribute('aria-valuenow', at)
  await expect(undo(page)).toBeDisabled()
  await actor(page, 'sub1').getByRole('button', { name: 'Cut link' }).click()
  await expect(actor(page, 'sub1')).toContainText('not connected')
  await expect(page.locator('.cut-marker')).toBeVisible()
  await page.locator('body').press('Control+z')
  await expect(page.locator('.cut-marker')).toHaveCount(0)
  await expect(actor(page, 'sub1')).not.toContainText('not connected')
  await expect(slider(page)).toHaveAttribute('aria-valuenow', at)
  await expect.poll(() => arrows(page)).toEqual(before)
  await page.locator('body').press('Control+Shift+z')
  await expect(page.locator('.cut-marker')).toBeVisible()
  await expect(redo(page)).toBeDisabled()
  await undo(page).click()
  await expect(page.locator('.cut-marker')).toHaveCount(0)
})

test('what acting in the past has replaced comes back with undo', async ({ page }) => {
  await open(page)
  await slider(page).press('End')
  await actor(page, 'pub1').getByRole('button', { name: 'Disconnect' }).click()
  await expect(actor(page, 'pub1')).toContainText('not connected')
  await page.getByRole('button', { name: /^Pause/ }).waitFor({ state: 'detached' })
  await slider(page).press('Home')
  for (let at = 0; at < 3; at++) await page.keyboard.press('ArrowRight')
  await actor(page, 'sub1').getByRole('button', { name: 'Cut link' }).click()
  await expect(page.locator('.cut-marker')).toBeVisible()
  await undo(page).click()
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '3')
  await slider(page).press('End')
  await expect(actor(page, 'pub1')).toContainText('not connected')
})

test('a world from nothing takes two clicks, and is kept over a reload @phone', async ({ page, isMobile }) => {
  await open(page)
  await page.getByRole('button', { name: 'World' }).click()
  await page.getByRole('menuitem', { name: 'New world' }).click()
  await expect(page.locator('.lifeline-head')).toHaveText(/Broker/)
  await expect(scenario(page)).toHaveValue('-1')
  await showActors(page, isMobile)
  await page.getByRole('button', { name: 'Add client' }).click()
  await actor(page, 'client1').getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(actor(page, 'client1')).toContainText(/connecting|connected/)
  await page.getByRole('button', { name: 'Add client' }).click()
  await expect(actor(page, 'client2')).toContainText('not connected')
  await expect.poll(() => kept(page, 'world')).toContain('client2')
  await page.reload()
  await showActors(page, isMobile)
  await expect(actor(page, 'client2')).toContainText('not connected')
  await expect(actor(page, 'client1')).toContainText(/connecting|connected/)
})

test('a client gets another name, and leaves', async ({ page }) => {
  await open(page)
  await slider(page).press('End')
  await actor(page, 'sub1').getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Rename…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Rename client' })
  await dialog.getByLabel('Name').fill('pub1')
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await expect(dialog.getByRole('alert')).toHaveText('Another lifeline has this name.')
  await dialog.getByLabel('Name').fill('display')
  await dialog.getByLabel('Name').press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page.locator('.lifeline-head').last()).toContainText('display')
  await actor(page, 'display').getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await expect(actor(page, 'display')).toBeHidden()
  const toast = page.getByRole('status').filter({ hasText: 'display has left.' })
  await toast.getByRole('button', { name: 'Undo' }).click()
  await expect(actor(page, 'display')).toBeVisible()
  await undo(page).click()
  await expect(actor(page, 'sub1')).toBeVisible()
})

test('many actors are a list with the card of the selected one below', async ({ page }) => {
  await open(page)
  const add = page.getByRole('button', { name: 'Add client' })
  for (let n = 0; n < 22; n++) await add.click()
  await expect(page.getByRole('heading', { name: '25 actors' })).toBeVisible()
  const list = page.getByRole('list', { name: 'Actors' })
  await expect(list.getByRole('listitem')).toHaveCount(25)
  await expect(page.locator('.actor-card')).toHaveCount(1)
  await expect(actor(page, 'client22')).toBeVisible()
  await list.getByRole('button', { name: /^client7/ }).click()
  await expect(actor(page, 'client7')).toBeVisible()
  await actor(page, 'client7').getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(list.getByRole('button', { name: /^client7/ })).not.toContainText('not connected')
  await list.getByRole('button', { name: /^Broker/ }).click()
  await expect(actor(page, 'broker')).toBeVisible()
  // A line stays the same while what it tells changes: a click that takes longer than a step is a click.
  await page.keyboard.press('0')
  const sub1 = list.getByRole('button', { name: /^sub1/ })
  await expect(sub1).toContainText('not connected')
  await sub1.locator('b').hover()
  await page.mouse.down()
  for (let n = 0; n < 8; n++) await page.keyboard.press('ArrowRight')
  await expect(sub1).not.toContainText('not connected')
  await page.mouse.up()
  await expect(actor(page, 'sub1')).toBeVisible()
  for (let n = 0; n < 23; n++) await undo(page).click()
  await expect(page.getByRole('heading', { name: 'Actors', exact: true })).toBeVisible()
  await expect(undo(page)).toBeDisabled()
})

test('a card keeps its buttons while time goes on', async ({ page }) => {
  await open(page)
  const card = actor(page, 'pub1')
  const parts = await card.locator('h3, .actor-card__state, button').elementHandles()
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('10')
  await page.getByRole('button', { name: /^Play/ }).click()
  await expect(card.locator('.actor-card__state')).toHaveText('connected')
  // Pressed at one step, let go some steps later.
  await card.getByRole('button', { name: 'Subscribe' }).hover()
  await page.mouse.down()
  const at = async () => Number(await slider(page).getAttribute('aria-valuenow'))
  const pressed = await at()
  await expect.poll(at).toBeGreaterThan(pressed + 1)
  await page.mouse.up()
  await expect(page.getByRole('dialog', { name: /Subscribe/ })).toBeVisible()
  for (const it of parts) expect(await it.evaluate((it) => it.isConnected)).toBe(true)
})

test('what was done is there after a reload, at its step @phone', async ({ page, isMobile }) => {
  await open(page)
  await scenario(page).selectOption({ label: 'LAB 1, test 3: session kept, QoS 1' })
  await expect(scenario(page).locator('option:checked')).toHaveText('LAB 1, test 3: session kept, QoS 1')
  await slider(page).press('End')
  const end = await slider(page).getAttribute('aria-valuemax')
  await expect(slider(page)).toHaveAttribute('aria-valuenow', end)
  await expect.poll(() => kept(page, 'world')).toContain(`"step": ${end}`)
  await page.reload()
  await expect(slider(page)).toHaveAttribute('aria-valuenow', end)
  await expect(scenario(page).locator('option:checked')).toHaveText('LAB 1, test 3: session kept, QoS 1')
  if (isMobile) return
  await actor(page, 'Sub1').getByRole('button', { name: 'Cut link' }).click()
  await expect.poll(() => kept(page, 'world')).toContain('"cut"')
  await page.reload()
  await slider(page).press('End')
  await expect(actor(page, 'Sub1')).toContainText('not connected')
})

test('a change made just before the page goes away is kept, too', async ({ page }) => {
  await open(page)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.reload()
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '2')
})

test('what was kept and cannot be read is told, and nothing breaks', async ({ page }) => {
  await open(page)
  await page.evaluate(() => localStorage.setItem('mqtt-playground.world', '{"mqtt_playground": 1, "sed": 1}'))
  await page.reload()
  await expect(page.getByRole('alert').filter({ hasText: 'sed: unknown name' })).toBeVisible()
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await expect(page.getByText('sed: unknown name')).toHaveCount(0)
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '0')
})

test('a full storage is told, not hidden', async ({ page }) => {
  await open(page)
  await page.evaluate(() => {
    const text = 'x'.repeat(1 << 19)
    try {
      for (let n = 0; ; n++) localStorage.setItem(`filler${n}`, text)
    } catch { /* full */ }
    try {
      for (let n = 0; ; n++) localStorage.setItem(`small${n}`, 'x'.repeat(50))
    } catch { /* full to the brim */ }
  })
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('alert').filter({ hasText: 'no room left' })).toBeVisible()
})

test('a world goes to a file and comes back from it', async ({ page }) => {
  await open(page)
  await slider(page).press('End')
  await actor(page, 'sub1').getByRole('button', { name: 'Cut link' }).click()
  await expect(page.locator('.cut-marker')).toBeVisible()
  const before = await arrows(page)
  const saved = page.waitForEvent('download')
  await fromMenu(page, 'Save to a file')
  const download = await saved
  expect(download.suggestedFilename()).toBe('qos-2.mqttpg.json')
  const file = await download.path()
  expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toMatchObject({ mqtt_playground: 3, actions: [{ client: 1, do: 'cut' }] })
  await fromMenu(page, 'New world')
  await expect(page.locator('.arrow')).toHaveCount(0)
  await page.getByTestId('open-file').setInputFiles(file)
  await expect(page.getByRole('status').filter({ hasText: 'is open.' })).toBeVisible()
  await expect(page.locator('.cut-marker')).toBeVisible()
  await expect.poll(() => arrows(page)).toEqual(before)
  const damaged = { name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{"mqtt_playground": 1, "clients": [{"name": 1}]}') }
  await page.getByTestId('open-file').setInputFiles(damaged)
  await expect(page.getByRole('alert').filter({ hasText: 'bad.json cannot be opened: clients 1, name: expected a text, found a number.' })).toBeVisible()
  await expect.poll(() => arrows(page)).toEqual(before)
})

test('erasing asks first, keeps by default, and leaves nothing @phone', async ({ page }) => {
  await open(page)
  await page.getByRole('button', { name: 'Switch theme' }).click()
  await page.getByTestId('step-forward').click()
  await expect.poll(() => kept(page, 'world')).not.toBeNull()
  await fromMenu(page, /^Erase/)
  const dialog = page.getByRole('dialog', { name: 'Erase everything on this device?' })
  await expect(dialog.getByRole('button', { name: 'Keep' })).toBeFocused()
  await expect(dialog.getByRole('listitem')).toHaveText([/^First steps/, /^Light or dark/, /^The world/])
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect.poll(() => kept(page, 'world')).not.toBeNull()
  await fromMenu(page, /^Erase/)
  await dialog.getByRole('button', { name: 'Erase all' }).click()
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '0')
  await page.reload()
  await expect(page.getByTestId('step-forward')).toBeVisible()
  // The fixture writes it again at each start.
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual(['mqtt-playground.hints'])
})

test('the menu is a menu for the keyboard, too', async ({ page }) => {
  await open(page)
  await page.keyboard.press('ArrowRight')
  await page.getByRole('button', { name: 'World' }).press('Enter')
  await expect(page.getByRole('menuitem').first()).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(page.getByRole('menuitem', { name: /^Erase/ })).toBeFocused()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('menuitem', { name: /^New world/ })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toBeHidden()
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '1')
})

test('passwords typed on the Connect page are in no storage and no file', async ({ page }) => {
  await open(page)
  await page.getByRole('link', { name: 'Connect' }).click()
  await page.getByLabel('Password').first().fill('hunter2-secret')
  await page.getByRole('link', { name: 'Playground', exact: true }).click()
  await expect(page.getByTestId('step-forward')).toBeVisible()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => kept(page, 'world')).not.toBeNull()
  const saved = page.waitForEvent('download')
  await fromMenu(page, 'Save to a file')
  expect(fs.readFileSync(await (await saved).path(), 'utf8')).not.toContain('hunter2')
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('hunter2')
})
