// What a client does wrong for a while: it does not read, holds its acknowledgements; and packet ids that are chosen.
import { test, expect } from './fixture.js'

const slider = (page) => page.getByRole('slider', { name: 'Time' })
const card = (page, name) => page.getByTestId(`actor-${name}`)
const form = (page) => page.locator('.actor-form')
const end = (page) => slider(page).press('End')
const sent = (page, from, to, type) => page.getByRole('button', { name: new RegExp(`^${from} to ${to}, ${type}\\b`) })

const open = async (page, scenario) => {
  await page.goto('./')
  await expect(page.getByTestId('step-forward')).toBeEnabled()
  if (scenario) await page.getByRole('combobox', { name: 'Scenario' }).selectOption({ label: scenario })
  await end(page)
}

const openForm = async (page, client, what) => {
  const button = card(page, client).getByRole('button', { name: what, exact: true })
  if (await button.count()) return button.click()
  await card(page, client).getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: new RegExp(`^${what}`) }).and(page.locator(':visible')).click()
}

/** Publishes 21.7 from pub1 at this QoS, and lets happen what follows. */
const publish = async (page, qos) => {
  await openForm(page, 'pub1', 'Publish')
  await form(page).getByTestId(`form-qos-${qos}`).click()
  await form(page).getByTestId('form-send').click()
  await expect(form(page)).toHaveCount(0)
  await end(page)
}

test('acknowledgements are held until they are released', async ({ page }) => {
  await open(page)
  await openForm(page, 'sub1', 'Misbehave…')
  // Nothing has been typed: nothing is wrong.
  await expect(form(page).getByTestId('form-verdict')).toHaveText('Choose what goes wrong, or type bytes.')
  await expect(form(page).getByTestId('form-verdict')).not.toHaveClass(/is-bad/)
  await expect(form(page).getByTestId('form-release')).toHaveCount(0)
  await form(page).getByTestId('form-slip-packet').selectOption('PUBREC')
  await form(page).getByTestId('form-slip-4').check()
  await form(page).getByTestId('form-arm').click()
  await expect(form(page)).toHaveCount(0)
  const before = await sent(page, 'sub1', 'Broker', 'PUBREC').count()
  for (let at = 0; at < 2; at++) await publish(page, 2)
  await expect(page.getByText('holds PUBREC').first()).toBeVisible()
  await expect(sent(page, 'sub1', 'Broker', 'PUBREC')).toHaveCount(before)
  await openForm(page, 'sub1', 'Misbehave…')
  await expect(form(page).getByTestId('form-release')).toHaveText('Release 2 held')
  await form(page).getByTestId('form-release').click()
  await expect(form(page)).toHaveCount(0)
  await end(page)
  await expect(sent(page, 'sub1', 'Broker', 'PUBREC')).toHaveCount(before + 2)
})

test('a client that does not read lets packets pile up in its link', async ({ page }) => {
  await open(page)
  await openForm(page, 'sub1', 'Misbehave…')
  await form(page).getByRole('button', { name: 'Stop reading' }).click()
  await expect(form(page)).toHaveCount(0)
  for (let at = 0; at < 2; at++) await publish(page, 0)
  await expect(page.getByText('stops reading: packets pile up in the link')).toBeVisible()
  await openForm(page, 'sub1', 'Misbehave…')
  await expect(form(page)).toContainText(/2 packets, \d+ bytes wait in the link/)
  await form(page).getByRole('button', { name: 'Read again' }).click()
  await end(page)
  await expect(page.getByText('reads again: 2 packets were waiting').first()).toBeVisible()
})

test('a packet id can be chosen, and one in use is refused', async ({ page }) => {
  await open(page)
  await openForm(page, 'pub1', 'Misbehave…')
  await form(page).getByTestId('form-slip-packet').selectOption('PUBREL')
  await form(page).getByTestId('form-slip-1').check()
  await form(page).getByTestId('form-arm').click()
  await openForm(page, 'pub1', 'Publish')
  const id = form(page).getByLabel('Packet id')
  await expect(form(page)).toContainText('next free: 8')
  await id.fill('300')
  await expect(form(page).locator('.byte-field', { hasText: 'packet id' })).toContainText('300')
  await form(page).getByTestId('form-send').click()
  await end(page)
  await expect(page.getByRole('button', { name: /^pub1 to Broker, PUBLISH.*\b300\b/ })).toHaveCount(1)
  await openForm(page, 'pub1', 'Publish')
  await expect(form(page).getByRole('alert')).toHaveText(/Packet id 300 is in use\./)
  await expect(form(page).getByTestId('form-send')).toBeDisabled()
  await form(page).getByTestId('form-qos-0').click()
  await expect(form(page)).toContainText('QoS 0 has none')
  await expect(form(page).getByTestId('form-send')).toBeEnabled()
})

test('a client authenticates again', async ({ page }) => {
  await open(page, 'AUTH: SCRAM-SHA-256, and again')
  const name = 'ann'
  await card(page, name).getByRole('button', { name: 'Connect', exact: true }).click()
  await end(page)
  await openForm(page, name, 'Authenticate again…')
  await expect(form(page).getByTestId('form-bytes')).toContainText('AUTH')
  const before = await sent(page, name, 'Broker', 'AUTH').count()
  await form(page).getByTestId('form-send').click()
  await expect(form(page)).toHaveCount(0)
  await end(page)
  await expect.poll(() => sent(page, name, 'Broker', 'AUTH').count()).toBeGreaterThan(before)
  await expect(page.getByText('has authenticated again').last()).toBeVisible()
})

test('the state of a client tells the identifiers of its subscriptions', async ({ page }) => {
  await open(page, 'Subscription identifiers')
  await page.getByRole('tab', { name: 'State' }).click()
  await expect(page.getByText('granted QoS 1, identifier 200').first()).toBeVisible()
})
