// Several brokers in a world, actions that wait for something, links set beside each other.
import { test, expect } from './fixture.js'

const slider = (page) => page.getByRole('slider', { name: 'Time' })
const dialog = (page, name) => page.getByRole('dialog', { name })
const actors = async (page) => {
  const tab = page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Actors' })
  if (await tab.isVisible()) await tab.click()
}

async function open(page, title) {
  await page.goto('./#/')
  await page.getByLabel('Scenario').selectOption({ label: title })
  await page.locator('body').press('0')
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '0')
}

async function menu(page, name) {
  await page.getByRole('button', { name: 'World', exact: true }).click()
  await page.getByRole('menuitem', { name }).click()
}

test('a broker is added, a client moves to it, and it has settings of its own @phone', async ({ page }) => {
  await open(page, 'QoS 0, at most once')
  await menu(page, 'Add a broker')
  await expect(page.locator('.lifeline-head')).toHaveText([/pub1/, 'Broker', 'Broker 2', /sub1/])
  await actors(page)
  const pub1 = page.getByTestId('actor-pub1')
  await expect(page.getByTestId('actor-Broker 2')).toContainText(/sessions\s*0/)
  const home = pub1.getByRole('combobox', { name: 'Broker' })
  await expect(home).toHaveValue('0')
  await home.selectOption('Broker 2')
  await expect(home).toHaveValue('1')
  await page.getByTestId('actor-Broker 2').getByRole('button', { name: 'Settings…' }).click()
  const settings = dialog(page, 'Settings of Broker 2')
  await expect(settings).toBeVisible()
  await settings.getByRole('button', { name: /^Close/ }).click()
  await expect(settings).toHaveCount(0)
  await slider(page).press('End')
  await expect(page.getByTestId('actor-Broker 2')).toContainText(/sessions\s*1/)
  await expect(home).toBeDisabled()
  await expect(page.getByTestId('actor-broker')).toContainText(/sessions\s*1/)
  await expect(page.getByTestId('actor-sub1')).toContainText(/received\s*0/)
  // What it is can be read and taken back.
  await page.locator('body').press('Control+z')
  await expect(home).toHaveValue('0')
  await page.locator('body').press('Control+z')
  await expect(page.getByTestId('actor-Broker 2')).toHaveCount(0)
})

test('actions wait for something in the world as text; what is wrong is told with its place', async ({ page }) => {
  await open(page, 'QoS 1, at least once')
  await menu(page, /World as text/)
  const panel = dialog(page, 'World as text')
  const area = panel.getByTestId('lines')
  const before = await area.inputValue()
  await area.fill(`${before}\nwhen sub1 receives PUBLISHED do sub1 cut\n`)
  const line = before.split('\n').length + 1
  await expect(panel.getByTestId('lines-error')).toContainText(`line ${line}, column 20: conditions 1, when, packet: expected the name of a packet`)
  await area.fill(`another-broker edge\n${before}\nwhen sub1 receives PUBLISH do sub1 cut\nwhen sub1 disconnects after=1s do sub1 use-broker broker=edge\nwhen sub1 disconnects after=1500ms do sub1 connect\n`)
  await expect(panel.getByTestId('lines-error')).toHaveCount(0)
  await panel.getByTestId('lines-run').click()
  await expect(panel).toHaveCount(0)
  await slider(page).press('End')
  await expect(page.getByTestId('actor-edge')).toContainText(/sessions\s*1/)
  await expect(page.getByTestId('actor-sub1').getByRole('combobox', { name: 'Broker' })).toHaveValue('1')
  await expect(page.getByRole('button', { name: /^sub1 to edge, CONNECT/ })).toBeVisible()
  await page.getByRole('tab', { name: 'State' }).click()
  await expect(page.getByTestId('state-edge')).toContainText('sub1')
  // Kept over a reload, with all of it.
  await page.reload()
  await expect(page.locator('.lifeline-head')).toHaveText([/pub1/, 'Broker', 'edge', /sub1/])
})

test('links of several clients are set beside each other, and each by itself @phone', async ({ page }) => {
  await open(page, 'QoS 0, at most once')
  await page.locator('body').press('d')
  await expect(dialog(page, 'Link of pub1')).toBeVisible()
  await page.getByTestId('link-client').selectOption('sub1')
  const link = dialog(page, 'Link of sub1')
  await expect(link).toBeVisible()
  await expect(link.getByTestId('links-set')).toBeDisabled()
  await link.getByTestId('link-kind-pub1').selectOption('Satellite')
  await expect(link.getByTestId('link-0-0')).toHaveValue('300')
  await link.getByTestId('link-1-1').fill('2.x')
  await expect(link.getByTestId('link-1-1')).toHaveAttribute('aria-invalid', 'true')
  await expect(link.getByTestId('links-set')).toBeDisabled()
  await link.getByTestId('link-1-1').fill('140')
  await link.getByTestId('links-set').click()
  await expect(link).toHaveCount(0)
  await page.locator('body').press('d')
  await expect(page.getByTestId('link-1-1')).toHaveValue('140')
  await expect(page.getByTestId('link-kind-pub1')).toHaveValue('3')
  await expect(page.getByTestId('link-kind-sub1')).toHaveValue('')
})
