// Terminals beside the diagram: mosquitto's commands typed as in a lab, with the page's own time around them.
import { violations } from './axe.js'
import { test, expect } from './fixture.js'

const prompt = (page) => page.getByRole('textbox', { name: /^Command of terminal/ })
const output = (page) => page.getByTestId('terminal-output')
const tab = (page, number) => page.getByRole('tablist', { name: 'Terminals' }).getByRole('tab').nth(number - 1)
const views = (page) => page.getByRole('navigation', { name: 'Views' })
const slider = (page) => page.getByRole('slider', { name: 'Time' })

const open = async (page, isMobile) => {
  await page.goto('./')
  await expect(page.getByTestId('step-forward')).toBeEnabled()
  if (isMobile) await views(page).getByRole('button', { name: 'Console' }).tap()
  else await page.keyboard.press('`')
  await expect(prompt(page)).toBeVisible()
}

/** Types a line in a terminal; then `ends` says whether its prompt is back or something runs there. */
const enter = async (page, number, line, { runs = false } = {}) => {
  await tab(page, number).click()
  await expect(tab(page, number)).toHaveAttribute('aria-selected', 'true')
  await expect(prompt(page)).toBeEditable()
  await prompt(page).fill(line)
  await prompt(page).press('Enter')
  if (runs) await expect(prompt(page)).not.toBeEditable()
  else await expect(prompt(page)).toHaveValue('')
}

/** Ctrl-C in a terminal. */
const stop = async (page, number) => {
  await tab(page, number).click()
  await expect(tab(page, number)).toHaveAttribute('aria-selected', 'true')
  await page.getByRole('button', { name: 'Ctrl-C' }).click()
  await expect(prompt(page)).toBeEditable()
}

/** What the newest command has printed, line by line. */
const printed = (page) =>
  expect.poll(() => output(page).evaluate((out) => {
    const lines = [...out.querySelectorAll('p')]
    return lines.slice(lines.findLastIndex((line) => line.matches('.console__cmd')) + 1).map((line) => line.textContent)
  }))

test("LAB 1's five tests run as they are written @phone", async ({ page, isMobile }) => {
  await open(page, isMobile)
  const id = (flags) => `mosquitto_sub -h localhost -i Sub1 -t "test/message" ${flags}`
  for (const [number, subscribe, publish, arrives] of [
    [1, '-q 0', '-q 0', []],
    [2, '-q 0 -c', '-q 0', []],
    [3, '-q 1 -c', '-q 1', ['MESSAGE 3']],
    [4, '-q 0 -c', '-q 1', []],
    [5, '-q 1 -c', '-q 0', []],
  ]) {
    await enter(page, 1, id(subscribe), { runs: true })
    await stop(page, 1)
    await enter(page, 2, `mosquitto_pub -h localhost -t "test/message" -m "MESSAGE ${number}" ${publish}`)
    await printed(page).toEqual([])
    await enter(page, 1, id(subscribe), { runs: true })
    await printed(page).toEqual(arrives)
    await stop(page, 1)
  }
  // What they did stands in the diagram.
  if (isMobile) await views(page).getByRole('button', { name: 'Diagram' }).tap()
  await expect(page.getByRole('button', { name: /^Sub1 to Broker, CONNECT\b/ }).first()).toBeAttached()
})

test('time takes the terminals along, a line in the past forks, and undo takes it back', async ({ page }) => {
  await open(page)
  await expect(prompt(page)).toBeFocused()
  await page.keyboard.type('mosquitto_sub -i Sub1 -t news -C 2 -v')
  await page.keyboard.press('Enter')
  await expect(tab(page, 1)).toHaveText('1 Sub1')
  await expect(page.getByTestId('actor-Sub1').or(page.getByRole('button', { name: 'Sub1' })).first()).toBeVisible()
  const waiting = await slider(page).getAttribute('aria-valuenow')
  await enter(page, 2, 'mosquitto_pub -t news -m one -q 1; mosquitto_pub -t news -m two --nonsense; cat /none')
  await expect(output(page).locator('.console__err').last()).toHaveText('standard error: cat: /none: No such file or directory')
  await expect(output(page).locator('.console__err').first()).toContainText("Unknown option '--nonsense'")
  await tab(page, 1).click()
  await printed(page).toEqual(['news one'])

  expect(await violations(page)).toEqual([])

  // Back to where it waited, then on again.
  const back = async () => {
    await slider(page).press('Home')
    for (let at = 0; at < Number(waiting); at++) await slider(page).press('ArrowRight')
    await expect(slider(page)).toHaveAttribute('aria-valuenow', waiting)
  }
  await back()
  await printed(page).toEqual([])
  await slider(page).press('End')
  await printed(page).toEqual(['news one'])
  await expect(tab(page, 1)).toHaveText('1 Sub1')

  // A packet of the page's own ends the program: two messages were asked for.
  await back()
  await enter(page, 2, 'mosquitto_pub -t news -m other')
  await expect(page.getByRole('group', { name: 'Timelines' }).getByRole('button')).toHaveCount(2)
  await enter(page, 2, 'mosquitto_pub -t news -m more')
  await tab(page, 1).click()
  await printed(page).toEqual(['news other', 'news more'])
  await expect(tab(page, 1)).toHaveText('1 sh')
  await page.getByRole('group', { name: 'Timelines' }).getByRole('button', { name: 'Timeline A' }).click()
  await expect(slider(page)).toHaveAttribute('aria-valuenow', waiting)
  await slider(page).press('End')
  await printed(page).toEqual(['news one'])
  await page.getByRole('group', { name: 'Timelines' }).getByRole('button', { name: 'Timeline B' }).click()
  await printed(page).toEqual(['news other', 'news more'])
  await page.getByRole('button', { name: 'Undo' }).first().click()
  await printed(page).toEqual(['news other'])

  // The keys of a shell.
  await tab(page, 2).click()
  await prompt(page).fill('draft')
  await prompt(page).press('ArrowUp')
  await expect(prompt(page)).toHaveValue('mosquitto_pub -t news -m more')
  await prompt(page).press('ArrowUp')
  await expect(prompt(page)).toHaveValue('mosquitto_pub -t news -m other')
  await prompt(page).press('ArrowDown')
  await prompt(page).press('ArrowDown')
  await expect(prompt(page)).toHaveValue('draft')
  await prompt(page).press('Control+l')
  await expect(output(page).locator('p')).toHaveCount(0)
  await enter(page, 2, 'mosquitto_sub -t a', { runs: true })
  await prompt(page).press('Control+c')
  await expect(prompt(page)).toBeEditable()
  await expect(output(page).locator('.console__key')).toHaveText('^C')

  // Another page and back: all is as it was.
  await page.getByRole('link', { name: 'Decode' }).click()
  await page.getByRole('link', { name: 'Playground', exact: true }).click()
  await expect(tab(page, 2)).toHaveAttribute('aria-selected', 'true')
  await expect(output(page).locator('.console__key')).toHaveText('^C')
})
