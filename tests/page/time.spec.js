import { expect, test } from './fixture.js'

const slider = (page) => page.getByRole('slider', { name: 'Time' })

async function open(page, name) {
  await page.goto('./#/')
  await page.getByLabel('Scenario').selectOption({ label: name })
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '0')
}

/** From the beginning to a step. */
async function go(page, step) {
  for (let to = 1; to <= step; to++) {
    await page.keyboard.press('ArrowRight')
    await expect(slider(page)).toHaveAttribute('aria-valuenow', String(to))
  }
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
  // To the PUBLISH, then by what changes to its PUBREC.
  await go(page, 10)
  await expect(own).toContainText('PUBLISH sent, PUBREC due')
  await expect(own).toHaveClass(/is-changed/)
  await expect(own.getByRole('button', { name: /Show PUBLISH\W+packet/ })).toBeVisible()
  await expect(own.locator('.flight__id')).toHaveText('7')
  await next.click()
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '11')
  await next.click()
  await expect(own).toContainText('PUBREL sent, PUBCOMP due')
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

test('two timelines stand beside each other in common lines, and are kept over a reload and in files @phone', async ({ page, isMobile }) => {
  await open(page, 'QoS 1, at least once')
  await slider(page).press('End')
  await slider(page).press('Home')
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '0')
  // To where PUBACK is on its way to the publisher.
  await go(page, 11)
  await expect(page.getByRole('button', { name: /^Broker to pub1, PUBACK/ })).toHaveAccessibleName(/on its way/)
  if (isMobile) await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Actors' }).click()
  await page.getByTestId('actor-pub1').getByRole('button', { name: 'Cut link' }).click()
  const letters = page.getByRole('group', { name: 'Timelines' })
  if (isMobile) await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Diagram' }).click()
  await expect(letters.getByRole('button')).toHaveCount(2)
  await menu(page, /Timelines/)
  const panel = page.getByRole('dialog', { name: 'Timelines' })
  await expect(panel.getByTestId('first-difference')).toContainText('PUBACK arrives in A, lost in B')
  await expect(panel.locator('.compare__same')).toContainText(/packets the same, until/)
  const lines = panel.locator('.compare__line')
  // The same packet on both sides, then what one side alone has.
  await expect(lines.nth(0).locator('.arrow')).toHaveCount(2)
  await expect(panel.locator('.compare__line.is-at')).toContainText('PUBACK')
  await expect(panel.getByTestId('difference-back')).toBeDisabled()
  const next = panel.getByTestId('difference-next')
  if (isMobile) await next.click()
  else await page.keyboard.press('.')
  await expect(panel.getByTestId('first-difference')).toContainText(/^Difference 2 of \d+/)
  await expect(panel.locator('.compare__line.is-at .is-absent')).toHaveCount(1)
  await panel.getByTestId('difference-back').click()
  await expect(panel.getByTestId('first-difference')).toContainText('First difference')
  await panel.locator('.compare__same button').click()
  await expect(lines.first()).toContainText('CONNECT')
  // A click on a packet puts the common playhead there.
  await lines.first().locator('.arrow').first().click()
  await expect(panel.locator('.state-diff caption')).toContainText('States at 0.')
  await expect(panel.locator('.fork-scrubber__branch')).toHaveCount(1)
  await panel.getByRole('button', { name: 'Close (Esc)' }).click()
  const saved = page.waitForEvent('download')
  await menu(page, /Save to a file/)
  const file = await (await saved).path()
  await expect.poll(() => page.evaluate(() => localStorage.getItem('mqtt-playground.world') ?? '')).toContain('"timelines"')
  await page.reload()
  await expect(letters.getByRole('button')).toHaveCount(2)
  await expect(letters.getByRole('button', { name: 'Timeline B' })).toHaveAttribute('aria-pressed', 'true')
  await page.getByLabel('Scenario').selectOption({ label: 'QoS 2, exactly once' })
  await expect(letters).toHaveCount(0)
  await page.getByTestId('open-file').setInputFiles(file)
  await expect(letters.getByRole('button')).toHaveCount(2)
  await letters.getByRole('button', { name: 'Timeline A' }).click()
  await expect(letters.getByRole('button', { name: 'Timeline A' })).toHaveAttribute('aria-pressed', 'true')
  await slider(page).press('End')
  await expect(page.getByRole('button', { name: /^Broker to pub1, PUBACK/ })).not.toHaveAccessibleName(/lost/)
})
