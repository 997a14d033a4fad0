// Timelines as tracks in the transport bar, in links and files, and held against each other in the state lanes.
import { test, expect } from './fixture.js'

const slider = (page) => page.getByRole('slider', { name: 'Time' })
const dialog = (page, name) => page.getByRole('dialog', { name })
const letters = (page) => page.getByRole('group', { name: 'Timelines' })
const letter = (page, which) => letters(page).getByRole('button', { name: `Timeline ${which}` })

/** Two timelines, the second one on stage: pub1's link is cut while its PUBLISH is under way. */
async function fork(page) {
  await page.goto('./#/')
  await page.getByLabel('Scenario').selectOption({ label: 'QoS 2, exactly once' })
  await slider(page).press('End')
  await slider(page).press('Home')
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '0')
  for (let step = 1; step <= 10; step++) {
    await page.locator('body').press('ArrowRight')
    await expect(slider(page)).toHaveAttribute('aria-valuenow', String(step))
  }
  await page.getByTestId('actor-pub1').getByRole('button', { name: 'Cut link' }).click()
  await expect(letter(page, 'B')).toHaveAttribute('aria-pressed', 'true')
}

test('tracks in the transport bar put timelines on stage, go to packets, fork and compare', async ({ page }) => {
  await fork(page)
  const tracks = page.getByRole('contentinfo', { name: 'Playback' }).getByRole('group', { name: 'Tracks' })
  const a = tracks.getByRole('button', { name: /^A/ })
  await expect(tracks.getByRole('button', { name: /^B cut the link/ })).toHaveAttribute('aria-pressed', 'true')
  await a.click()
  await expect(a).toHaveAttribute('aria-pressed', 'true')
  await expect(letter(page, 'A')).toHaveAttribute('aria-pressed', 'true')
  // A packet of the other one: it is put on stage there.
  const lanes = tracks.locator('.fork-scrubber__lane')
  const ticks = lanes.nth(0).locator('.scrubber__tick')
  await letter(page, 'B').click()
  await expect(letter(page, 'B')).toHaveAttribute('aria-pressed', 'true')
  await ticks.nth(4).click()
  await expect(letter(page, 'A')).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByRole('status', { name: 'Virtual time' })).toContainText('0.500')
  await page.getByRole('button', { name: 'Fork here' }).click()
  await expect(letter(page, 'C')).toHaveAttribute('aria-pressed', 'true')
  await expect(lanes).toHaveCount(3)
  // What compares them opens here too; a name that is half typed outlives a change of the list.
  await page.getByRole('button', { name: 'Compare timelines' }).click()
  const panel = dialog(page, 'Timelines')
  await panel.getByRole('button', { name: 'Rename timeline B' }).click()
  const name = panel.getByRole('textbox', { name: 'Name of the timeline' })
  await expect(name).toBeFocused()
  await name.pressSequentially('what a')
  await page.evaluate(() => window.stage('1\n{"do": "connect"}'))
  await page.evaluate(() => window.stage('1\n{"do": "cut"}'))
  await expect(name).toHaveValue('what a')
  await expect(name).toBeFocused()
  await name.press('Enter')
  await expect(panel.getByRole('list', { name: 'Timelines' })).toContainText('what a, from A at 2.0')
  // The states that are the same can be left out.
  const equal = panel.locator('.state-diff tbody tr:not(.is-diff)')
  await expect(equal.first()).toBeVisible()
  await panel.getByTestId('only-differences').check()
  await expect(equal).toHaveCount(0)
  await panel.getByRole('button', { name: 'Close (Esc)' }).click()
  await expect(panel).toHaveCount(0)
  await expect(a).toBeVisible()
})

test('a link and a file hold all timelines, or the one on stage and say so', async ({ page }) => {
  await fork(page)
  await page.locator('body').press('s')
  const panel = dialog(page, 'Share')
  const link = panel.getByTestId('share-link')
  await expect(link).toHaveValue(/\/#world=2\.[\w-]+$/)
  await expect(panel.getByText('The scenario, and its 2 timelines')).toBeVisible()
  const all = await link.inputValue()
  expect(all.length).toBeLessThan(1_500)
  await panel.getByRole('radio', { name: 'The one on stage' }).click()
  await expect(link).toHaveValue(/\/#world=1\.[\w-]+$/)
  await expect(panel.getByText('The others are not in it.')).toBeVisible()
  await panel.getByRole('button', { name: 'Close (Esc)' }).click()
  // What was on stage is kept, and the link's stand beside it.
  await page.goto(all)
  await expect(page.getByText('The world of the link is on stage')).toBeVisible()
  await expect(letters(page).getByRole('button')).toHaveCount(4)
  await expect(letter(page, 'D')).toHaveAttribute('aria-pressed', 'true')
  await page.locator('body').press('t')
  await expect(dialog(page, 'Timelines').getByRole('list', { name: 'Timelines' })).toContainText(/cut the link, from C at 2\.0/)
})

test('the lanes show what is otherwise on another timeline', async ({ page }) => {
  await fork(page)
  await page.locator('body').press('e')
  const sheet = page.getByRole('region', { name: 'State of both ends' })
  await expect(sheet.getByTestId('lanes-count')).toContainText(/changed/)
  await sheet.getByRole('radio', { name: 'differences from A' }).click()
  await slider(page).press('End')
  await expect(sheet.getByTestId('lanes-count')).toHaveText(/^\d+ cells are otherwise on A$/)
  await expect(sheet.getByRole('row', { name: /^Connection/ }).getByRole('cell').first()).toContainText('; on A ')
  // Up to the fork nothing is.
  await slider(page).press('Home')
  await expect(sheet.getByTestId('lanes-count')).toHaveText('nothing is otherwise on A at this time')
  await expect(sheet.getByRole('cell')).toHaveCount(0)
  await sheet.getByRole('radio', { name: 'both ends' }).click()
  await expect(sheet.getByRole('cell').first()).toBeVisible()
})
