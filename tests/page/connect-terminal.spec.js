// The terminal on Connect: mosquitto's clients over the open connection, with the real ones at the other side.
import { test, expect } from './fixture.js'

test('mosquitto_sub and mosquitto_pub run over the open connection, and leave it as it was @phone', async ({ page, mosquitto }) => {
  await page.goto('./#/connect')
  await page.getByLabel('WebSocket address').fill(mosquitto.wsUrl)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(page.locator('.sequence__toolbar').getByRole('status').filter({ hasText: 'live' })).toBeVisible()
  await page.getByText('Terminal', { exact: true }).click()
  const prompt = page.getByLabel('Command')
  const out = page.getByRole('log', { name: 'Output of the terminal' })
  const run = async (line) => {
    await prompt.fill(line)
    await prompt.press('Enter')
  }
  // It listens until it has had enough; what only it had subscribed to ends with it.
  await run("mosquitto_sub -h 127.0.0.1 -t 'term/#' -q 1 -v -C 2")
  await expect(prompt).toHaveAttribute('readonly')
  await mosquitto.logged(/term\/# \(QoS 1\)/)
  await mosquitto.publish('other', 'x')
  await mosquitto.publish('term/a', '22.5', { qos: 1 })
  await mosquitto.publish('term/b', 'two words')
  await expect(out.locator('p')).toHaveText([/^mosquitto_sub/, 'term/a 22.5', 'term/b two words'])
  await expect(prompt).not.toHaveAttribute('readonly')
  await mosquitto.logged(/Received UNSUBSCRIBE from/)
  // A message goes out with its QoS and its flag.
  const witness = await mosquitto.subscribe('term/#', { qos: 2 })
  await run("mosquitto_pub -t term/c -m 'it''s on' -q 2 -r -i someone")
  const [message] = await witness.received(1)
  expect([message.topic, message.qos, message.payload.toString()]).toEqual(['term/c', 2, 'its on'])
  await expect(out).toContainText('# -i: the connection is open already')
  // What comes by a pipe is its standard input.
  await run('seq 7 8 | mosquitto_pub -t term/p -q 1 -l')
  expect((await witness.received(3)).slice(1).map((it) => it.payload.toString())).toEqual(['7', '8'])
  // Retained, it is there for who comes later; Ctrl-C ends a program, and ↑ brings its line back.
  await run('mosquitto_sub -t term/c')
  await expect(out).toContainText('its on')
  await prompt.press('Control+c')
  await expect(out.locator('p').last()).toHaveText('^C')
  await prompt.fill('half a line')
  await prompt.press('ArrowUp')
  await expect(prompt).toHaveValue('mosquitto_sub -t term/c')
  await prompt.press('ArrowDown')
  await expect(prompt).toHaveValue('half a line')
  // A record that begins anew takes nothing from a program that runs; its button keeps the focus.
  await run('mosquitto_sub -t term/# -v')
  await expect(out).toContainText('term/c its on')
  await page.getByRole('button', { name: 'Clear the record' }).click()
  await mosquitto.publish('term/d', 'anew')
  await expect(out).toContainText('term/d anew')
  await page.getByRole('button', { name: 'Ctrl-C' }).click()
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeFocused()
  // A subscription of the page's own is afterwards as it was.
  const form = page.getByRole('form', { name: 'Subscribe' })
  await form.getByLabel('Topic filter').fill('own/#')
  await form.getByRole('button', { name: 'Subscribe', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Unsubscribe from own/#' })).toBeVisible()
  await run('mosquitto_sub -t own/# -E')
  await mosquitto.logged(/own\/# \(QoS 1\)[^]*own\/# \(QoS 0\)[^]*own\/# \(QoS 1\)/)
  // What leads nowhere, and what breaks a rule, says so.
  await run('mosquitto_sub -h broker.example -t a')
  await expect(out).toContainText(`No open connection leads there; open are: ${mosquitto.wsUrl.slice(5)}.`)
  await run('mosquitto_sub -t a -q 3')
  await expect(out.locator('p').last()).toHaveText(/Invalid QoS given: 3/)
})
