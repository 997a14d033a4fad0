// Changing the bytes of a packet, and what the broker says to them.
import { test, expect } from './fixture.js'

const slider = (page) => page.getByRole('slider', { name: 'Time' })
const inspector = (page) => page.getByRole('region', { name: 'Inspector' })
const byte = (page, offset) => inspector(page).getByRole('textbox', { name: `Byte ${offset}`, exact: true })

async function edit(page, frame) {
  await page.goto('./#/')
  await slider(page).press('End')
  await page.locator(`.arrow[data-frame="${frame}"]`).click()
  await inspector(page).getByRole('button', { name: 'Edit bytes' }).click()
}

test('a broken byte shows its rule at once, and the broker ends the connection', async ({ page }) => {
  await edit(page, 6)
  await expect(inspector(page).getByText('No rule is broken')).toBeVisible()
  await expect(byte(page, 0)).toHaveValue('34')
  await byte(page, 0).fill('3E')
  await expect(byte(page, 1)).toBeFocused()
  await expect(inspector(page).locator('.explain__fault')).toContainText(/QoS.*MQTT-3\.3\.1-4/)
  await expect(byte(page, 0)).toHaveClass(/byte--error/)
  await expect(inspector(page).getByText('1 byte changed')).toBeVisible()
  await inspector(page).getByRole('button', { name: 'Send it instead, from pub1' }).click()
  await expect(page.getByRole('button', { name: /^pub1 to Broker, PUBLISH/ })).toHaveCount(1)
  await expect(page.getByTestId('actor-pub1')).toContainText('not connected')
  await page.getByRole('button', { name: /^Undo/ }).first().click()
  await slider(page).press('End')
  await expect(page.getByTestId('actor-pub1')).not.toContainText('not connected')
})

test('an acknowledgement is sent otherwise, and the one it stands for is not', async ({ page }) => {
  await edit(page, 11)
  await byte(page, 3).fill('09')
  await inspector(page).getByTestId('edit-send').click()
  await expect(page.getByRole('button', { name: /^sub1 to Broker, PUBREC id 9/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /^sub1 to Broker, PUBREC id 1/ })).toHaveCount(0)
})

test('a CONNECT is sent otherwise: the broker refuses an unknown version', async ({ page }) => {
  await edit(page, 4)
  await byte(page, 8).fill('09')
  await inspector(page).getByTestId('edit-send').click()
  await expect(page.getByRole('button', { name: /^Broker to pub1, CONNACK/ })).toBeVisible()
  await expect(page.getByTestId('actor-pub1')).toContainText('not connected')
})

test('editing can be left, and bytes restored @phone', async ({ page }) => {
  await edit(page, 6)
  await byte(page, 25).fill('0')
  await byte(page, 25).fill('00')
  await expect(inspector(page).getByText('1 byte changed')).toBeVisible()
  await byte(page, 26).press('ArrowLeft')
  await expect(byte(page, 25)).toBeFocused()
  await inspector(page).getByRole('button', { name: 'Restore' }).click()
  await expect(inspector(page).getByText('0 bytes changed')).toBeVisible()
  await inspector(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(inspector(page).getByRole('grid', { name: 'Packet bytes' })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Undo/ }).first()).toBeDisabled()
})

test('what the broker sent is sent to it by the client that got it', async ({ page }) => {
  await edit(page, 3)
  await inspector(page).getByRole('button', { name: 'Send it from sub1' }).click()
  await expect(page.getByRole('button', { name: /^sub1 to Broker, SUBACK/ })).toBeVisible()
  await expect(page.getByTestId('actor-sub1')).toContainText('not connected')
})

test('bytes are put in and taken out, and the length is made to fit @phone', async ({ page, isMobile }) => {
  await edit(page, 7)
  const told = inspector(page).locator('.inspector__title span').first()
  await byte(page, 3).click()
  if (isMobile) await inspector(page).getByRole('button', { name: 'Insert byte' }).click()
  else await byte(page, 3).press('Insert')
  await expect(told).toHaveText('1 byte added')
  await expect(byte(page, 3)).toBeFocused()
  await expect(byte(page, 3)).toHaveValue('00')
  await expect(byte(page, 4)).toHaveValue('07')
  await expect(inspector(page).locator('.explain__fault').first()).toBeVisible()
  await inspector(page).getByRole('button', { name: 'Fit the length' }).click()
  await expect(byte(page, 1)).toHaveValue('03')
  await expect(told).toHaveText('1 byte changed, 1 added')
  await expect(inspector(page).getByRole('button', { name: 'Fit the length' })).toBeDisabled()
  await byte(page, 4).click()
  if (isMobile) await inspector(page).getByRole('button', { name: 'Delete byte' }).click()
  else await byte(page, 4).press('Delete')
  await expect(byte(page, 4)).toHaveCount(0)
  await expect(byte(page, 3)).toBeFocused()
  await inspector(page).getByRole('button', { name: 'Add at the end' }).click()
  await expect(byte(page, 4)).toBeFocused()
  await inspector(page).getByRole('button', { name: 'Restore' }).click()
  await expect(told).toHaveText('0 bytes changed')
  await expect(byte(page, 3)).toHaveValue('07')
})

test('a packet with a byte more reaches the broker so', async ({ page }) => {
  await edit(page, 11)
  await inspector(page).getByRole('button', { name: 'Add at the end' }).click()
  await inspector(page).getByRole('button', { name: 'Fit the length' }).click()
  await inspector(page).getByTestId('edit-send').click()
  await expect(page.getByRole('button', { name: /^sub1 to Broker, PUBREC/ })).toHaveAccessibleName(/5 bytes/)
  await expect(page.getByTestId('actor-sub1')).toContainText('not connected')
})
