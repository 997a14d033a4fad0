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

test('the commands of Lab 2 print what mosquitto prints @phone', async ({ page, isMobile }) => {
  await open(page, isMobile)
  await enter(page, 1, 'mosquitto_sub -h localhost -t "/living_room/temperature" -v', { runs: true })
  await enter(page, 2, 'mosquitto_pub -h localhost -t "/living_room/temperature" -m "33.3" -d')
  await printed(page).toEqual([
    'Client (null) sending CONNECT',
    'Client (null) received CONNACK (0)',
    "Client (null) sending PUBLISH (d0, q0, r0, m1, '/living_room/temperature', ... (4 bytes))",
    'Client (null) sending DISCONNECT',
  ])
  await tab(page, 1).click()
  await printed(page).toEqual(['/living_room/temperature 33.3'])
  await stop(page, 1)
  await enter(page, 2, "mosquitto_pub -t kept -m old -r; mosquitto_sub -t kept -C 1 -F '%r %p'")
  await printed(page).toEqual(['1 old'])
  for (const [filter, arrive] of [
    ['deib/+/temperature', ['deib/eg1/temperature x', 'deib/L26.1/temperature x']],
    ['deib/eg1/#', ['deib/eg1/temperature x', 'deib/eg1/humidity x']],
  ]) {
    await enter(page, 1, `mosquitto_sub -t '${filter}' -v`, { runs: true })
    await enter(page, 2, 'for t in eg1/temperature L26/room.1/temperature eg1/humidity L26.1/temperature; do mosquitto_pub -t deib/$t -m x; done')
    await tab(page, 1).click()
    await printed(page).toEqual(arrive)
    await stop(page, 1)
  }
})

test('Tab completes, a hint tells what Enter does, and the broker takes the files that are edited', async ({ page }) => {
  await open(page)
  const hint = page.locator('#console-hint')
  await prompt(page).pressSequentially('mosquitto_s')
  await prompt(page).press('Tab')
  await expect(prompt(page)).toHaveValue('mosquitto_sub ')
  await prompt(page).pressSequentially('-i Sub1 -q 3')
  await expect(hint).toHaveText('Invalid QoS given: 3.')
  await prompt(page).fill('mosquitto_pub -i Pub1 -t news/now -m hello -q 1 --no')
  await expect(hint).toHaveText("Unknown option '--no' (word 10).")
  await prompt(page).press('Tab')
  await expect(prompt(page)).toHaveValue(/--nodelay $/)
  await expect(hint).toContainText('Connects Pub1, publishes 5 bytes to news/now at QoS 1.')
  await prompt(page).press('Enter')
  await expect(output(page).locator('.console__note')).toHaveText(/--nodelay would switch off Nagle/)
  await prompt(page).fill('mosquitto_sub -t ne')
  await prompt(page).press('Tab')
  await expect(prompt(page)).toHaveValue('mosquitto_sub -t news/now ')

  await enter(page, 1, 'nano /etc/mosquitto/mosquitto.conf', { runs: true })
  const editor = page.getByRole('dialog', { name: '/etc/mosquitto/mosquitto.conf' })
  const text = editor.getByRole('textbox')
  await text.fill('listener 1883\nallow_anonymus false\n')
  await expect(editor.getByRole('alert')).toContainText('line 2: allow_anonymus: unknown directive')
  await text.fill('listener 1883\nallow_anonymous false\npassword_file /etc/mosquitto/passwd\nacl_file /etc/mosquitto/aclfile\n')
  await expect(editor.getByRole('alert')).toHaveCount(0)
  expect(await violations(page)).toEqual([])
  await editor.getByRole('button', { name: 'Save' }).click()
  await expect(editor).toHaveCount(0)
  await enter(page, 1, "mosquitto_passwd -b /etc/mosquitto/passwd ann secret; echo 'user ann' > /etc/mosquitto/aclfile; echo 'topic read news/#' >> /etc/mosquitto/aclfile")
  await enter(page, 1, 'sudo service mosquitto restart; service mosquitto status')
  await expect(output(page).locator('p').last()).toHaveText('mosquitto is running.')
  await enter(page, 1, 'mosquitto_sub -t news/now')
  await expect(output(page).locator('p').last()).toContainText('Connection Refused: not authorised.')
  await enter(page, 1, 'mosquitto_sub -u ann -P secret -t news/now -E -d')
  await expect(output(page)).toContainText('Subscribed (mid: 1): 0')
  await enter(page, 1, 'mosquitto_sub -h test.mosquitto.org -t a')
  await expect(output(page).getByRole('link', { name: 'Open Connect' })).toHaveAttribute('href', '#/connect')
  await enter(page, 1, 'cat /etc/mosquitto/aclfile')
  await printed(page).toEqual(['user ann', 'topic read news/#'])

  // Nothing is lost on reload: lines, files, and what runs.
  await enter(page, 2, 'mosquitto_sub -u ann -P secret -t news/more', { runs: true })
  await page.reload()
  await expect(tab(page, 2)).toHaveAccessibleName(/sub/)
  await expect(tab(page, 2)).toHaveAttribute('aria-selected', 'true')
  await expect(prompt(page)).not.toBeEditable()
  await tab(page, 1).click()
  await printed(page).toEqual(['user ann', 'topic read news/#'])
  await expect(prompt(page)).toBeEditable()
  await prompt(page).press('ArrowUp')
  await expect(prompt(page)).toHaveValue('cat /etc/mosquitto/aclfile')
  await enter(page, 1, 'sudo pkill mosquitto')
  await expect(page.getByTestId('actor-broker')).toContainText('stopped')
  await tab(page, 2).click()
  await expect(prompt(page)).toBeEditable()

  // With several brokers a terminal is on the machine of one.
  await page.getByRole('button', { name: 'World', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Add a broker' }).click()
  await page.getByRole('combobox', { name: 'Machine' }).selectOption('Broker 2')
  await expect(output(page).locator('p').last()).toContainText('on the machine of Broker 2')
  await enter(page, 2, 'mosquitto_pub -t a -m x -r; service mosquitto status')
  await printed(page).toEqual(['mosquitto is running.'])
})
