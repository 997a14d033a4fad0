import { expect, test } from './fixture.js'

const slider = (page) => page.getByRole('slider', { name: 'Time' })

async function open(page, name) {
  await page.goto('./#/')
  await page.getByLabel('Scenario').selectOption({ label: name })
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '0')
}

async function menu(page, name) {
  await page.getByRole('button', { name: 'World', exact: true }).click()
  await page.getByRole('menuitem', { name }).click()
}

test('the world is shared as a link with its size and a code, as a file, inside a page @phone', async ({ page, context, isMobile }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await open(page, 'QoS 1, at least once')
  await (isMobile ? menu(page, /Share/) : page.keyboard.press('s'))
  const panel = page.getByRole('dialog', { name: 'Share' })
  const link = panel.getByTestId('share-link')
  await expect(link).toHaveValue(/\/#world=1\.[\w-]+$/)
  const address = await link.inputValue()
  await expect(panel.getByTestId('share-size')).toContainText(`${address.length} characters, of 2,000 that every chat keeps whole`)
  await expect(panel.getByText('Opens at the beginning.')).toBeVisible()
  await expect(panel.getByRole('img', { name: 'QR code of the link' })).toBeVisible()
  await panel.getByTestId('share-copy').click()
  await expect(panel.getByRole('status')).toHaveText('Copied.')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(address)
  await panel.getByRole('radio', { name: 'Embed' }).click()
  await expect(panel.getByTestId('share-embed')).toContainText('/?embed#world=1.')
  await panel.getByRole('radio', { name: 'File' }).click()
  const download = page.waitForEvent('download')
  await panel.getByTestId('share-file').click()
  expect((await download).suggestedFilename()).toMatch(/\.mqttpg\.json$/)
  await panel.getByRole('button', { name: 'Close (Esc)' }).click()
  await expect(panel).toHaveCount(0)
  // What the embed code points at is that world.
  await page.goto(address.replace('#', '?embed#'))
  await expect(page.getByText('The world of the link is on stage')).toBeVisible()
})

test('a mistake in the text is marked at its line and column @phone', async ({ page }) => {
  await open(page, 'QoS 1, at least once')
  await menu(page, /World as text/)
  const panel = page.getByRole('dialog', { name: 'World as text' })
  const text = panel.getByTestId('lines')
  await expect(text).toHaveValue(/"21\.5" qos=1/)
  const lines = (await text.inputValue()).split('\n').length
  await expect(panel.locator('.code-editor__numbers')).toHaveText(new RegExp(`^1\\n[^]*\\n${lines}$`))
  await text.fill((await text.inputValue()).replace('"21.5" qos=1', '"21.5" qos=3'))
  const mark = panel.getByTestId('lines-mark').locator('u')
  await expect(mark).toHaveText('qos=3')
  await expect(panel.locator('.code-editor__bar')).toContainText(`${lines} lines, 1 error`)
  // Over the text itself: in its line, at its column.
  await expect.poll(() => mark.evaluate((it) => {
    const area = it.closest('.code-editor__page').querySelector('textarea').getBoundingClientRect()
    const box = it.getBoundingClientRect()
    return [Math.round((box.top - area.top - 8) / 20), box.left > area.left + 200]
  })).toEqual([10, true])
  await text.fill((await text.inputValue()).replace('qos=3', 'qos=2'))
  await expect(mark).toHaveCount(0)
})

test('the two ends of each link stand side by side, with what a step changed and by which packet @phone', async ({ page, isMobile }) => {
  await open(page, 'QoS 2, exactly once')
  await (isMobile ? menu(page, /State of both ends/) : page.keyboard.press('e'))
  const sheet = page.getByRole('region', { name: 'State of both ends' })
  const lanes = sheet.getByRole('table', { name: 'State lanes' })
  await expect(lanes.getByRole('columnheader')).toHaveText(['pub1client', 'Brokerits side of pub1', 'Brokerits side of sub1', 'sub1client'])
  await expect(sheet.getByTestId('lanes-told')).toHaveText(/Nothing has happened yet|0\.000/)
  const row = lanes.getByRole('row').filter({ hasText: 'client to broker' })
  const own = row.getByRole('cell').nth(0)
  const next = sheet.getByTestId('lanes-next')
  // To the PUBLISH, then to its PUBREC.
  await expect(async () => {
    if (!(await own.innerText()).includes('PUBREC due')) await next.click()
    await expect(own).toContainText('PUBLISH sent, PUBREC due', { timeout: 200 })
  }).toPass()
  await expect(own).toHaveClass(/is-changed/)
  await expect(own.getByRole('button', { name: /Show PUBLISH, packet/ })).toBeVisible()
  await expect(own.locator('.flight__id')).toHaveText('7')
  await expect(async () => {
    if (!(await own.innerText()).includes('PUBCOMP due')) await next.click()
    await expect(own).toContainText('PUBREL sent, PUBCOMP due', { timeout: 200 })
  }).toPass()
  await expect(own.locator('del')).toHaveText('PUBLISH sent, PUBREC due')
  await expect(row.getByRole('cell').nth(1)).toContainText('held until PUBREL')
  await sheet.getByLabel('Only what changed').check()
  await expect(lanes.getByRole('row').filter({ hasText: 'Subscriptions' })).toHaveCount(0)
  await sheet.getByLabel('Only what changed').uncheck()
  await sheet.getByTestId('lanes-back').click()
  await expect(own.locator('del')).toHaveCount(0)
  await sheet.getByTestId('lanes-next').click()
  // The packet that did it is shown in the diagram.
  await own.getByRole('button', { name: /Show PUBREC/ }).click()
  await expect(sheet).toHaveCount(0)
  await expect(page.locator('.seq-row.is-selected')).toContainText('PUBREC')
})
