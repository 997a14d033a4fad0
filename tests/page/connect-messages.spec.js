// Topics, messages, payloads and their properties on the Connect page; publishing again and again, saved messages,
// questions and answers; mosquitto's clients on the other side.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startExample } from './example.js'
import { startMosquitto } from './mosquitto.js'
import { test, expect } from './fixture.js'

const run = promisify(execFile)
const status = (page) => page.locator('.sequence__toolbar').getByRole('status')
const topics = (page) => page.getByRole('region', { name: 'Topics' })
const messages = (page) => page.getByRole('region', { name: 'Messages' })
const subscribeForm = (page) => page.getByRole('form', { name: 'Subscribe' })
const publishForm = (page) => page.getByRole('form', { name: 'Publish' })

async function connect(page, broker, version = '3.1.1') {
  await page.goto('./#/connect')
  await page.getByLabel('WebSocket address').fill(broker.wsUrl)
  await page.getByRole('radio', { name: version, exact: true }).click()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(status(page)).toHaveText('live')
}

async function subscribe(page, filter) {
  await subscribeForm(page).getByLabel('Topic filter').fill(filter)
  await subscribeForm(page).getByRole('button', { name: 'Subscribe', exact: true }).click()
  await expect(page.getByRole('button', { name: `Unsubscribe from ${filter}` })).toBeVisible()
}

/** The rows of the tree: [name, value, retained, count]. */
const rows = (page) => page.locator('.topic-tree > li').evaluateAll((all) => all.map((row) => [
  row.querySelector('.topic-tree__name').textContent, row.querySelector('.topic-tree__value').textContent,
  row.querySelector('.topic-tree__mark') !== null, Number([...row.querySelectorAll('.topic-tree__count')].at(-1).textContent),
]))

test('topics stand as a tree with newest values, counts and retained marks; messages have their subscriptions’ colours @phone', async ({ page, mosquitto }) => {
  await mosquitto.publish('house/kitchen/temp', '21', { retain: true })
  await connect(page, mosquitto)
  await subscribe(page, 'house/#')
  await subscribe(page, 'house/+/door')
  await mosquitto.publish('house/hall/door', 'open')
  await mosquitto.publish('house/hall/door', 'shut')
  await mosquitto.publish('house', 'all well')
  await expect.poll(() => rows(page)).toEqual([
    ['house', 'all well', false, 4], ['hall', '', false, 2], ['door', 'shut', false, 2], ['kitchen', '', false, 1], ['temp', '21', true, 1],
  ])
  const listed = subscribeForm(page).getByRole('listitem')
  await expect(listed.nth(0)).toContainText('4 msg')
  await expect(listed.nth(1)).toContainText('2 msg')
  // The newest first: that one matches the first filter only, the next one both.
  await expect(messages(page).getByRole('listitem').nth(0).locator('.tint')).toHaveCount(1)
  await expect(messages(page).getByRole('listitem').nth(1).locator('.tint')).toHaveCount(2)

  await topics(page).getByRole('button', { name: 'Fold hall' }).click()
  await expect.poll(async () => (await rows(page)).map(([name]) => name)).toEqual(['house', 'hall', 'kitchen', 'temp'])
  await topics(page).getByRole('button', { name: 'temp', exact: true }).click()
  const detail = page.getByTestId('topic-detail')
  await expect(detail).toContainText('house/kitchen/temp')
  await expect(detail).toContainText('retainedyes')
  await detail.getByRole('button', { name: 'Show its packet' }).click()
  await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('“21”')
})

test('a payload is shown as text, JSON and hex, with the properties that came with it', async ({ page, mosquitto }) => {
  await connect(page, mosquitto, '5.0')
  await subscribe(page, 'lab/#')
  await run('mosquitto_pub', ['-h', '127.0.0.1', '-p', `${mosquitto.tcpPort}`, '-V', '5', '-t', 'lab/json', '-m', '{"a":[1,true]}',
    '-D', 'publish', 'content-type', 'application/json', '-D', 'publish', 'user-property', 'unit', 'kelvin',
    '-D', 'publish', 'message-expiry-interval', '60', '-D', 'publish', 'correlation-data', 'c1'])
  await topics(page).getByRole('button', { name: 'json', exact: true }).click()
  const detail = page.getByTestId('topic-detail')
  const payload = detail.locator('pre')
  // The likeliest first, as on Decode.
  await expect(payload).toHaveText('{\n  "a": [\n    1,\n    true\n  ]\n}')
  await detail.getByRole('radio', { name: 'Text' }).click()
  await expect(payload).toHaveText('{"a":[1,true]}')
  await detail.getByRole('radio', { name: 'Hex' }).click()
  await expect(payload).toHaveText(/^0000 {2}7B 22 61 22 3A 5B 31 2C {2}74 72 75 65 5D 7D +\{"a":\[1,true\]\}\n$/, { useInnerText: false })
  for (const [name, value] of [['Content Type', 'application/json'], ['User Property', 'unit = kelvin'], ['Correlation Data', 'c1']]) {
    await expect(detail).toContainText(`${name}${value}`)
  }
  // What the next payload cannot be is no choice; the choice stays for the ones after it.
  await mosquitto.publish('lab/text', 'no json')
  await topics(page).getByRole('button', { name: 'text', exact: true }).click()
  await expect(payload).toContainText('0000  6E 6F 20 6A 73 6F 6E')
  await expect(detail.getByRole('radio')).toHaveText(['Text', 'Hex'])
  await detail.getByRole('radio', { name: 'Text' }).click()
  await expect(payload).toHaveText('no json')
  await mosquitto.publish('lab/image', 'GIF89a!!')
  await topics(page).getByRole('button', { name: 'image', exact: true }).click()
  await detail.getByRole('radio', { name: 'Image' }).click()
  await expect(detail.getByRole('img', { name: 'The payload as a picture' })).toHaveAttribute('src', 'data:image/gif;base64,R0lGODlhISE=')
})

test('all properties of a message reach mosquitto_sub, and a will is seen when the socket is dropped', async ({ page, mosquitto }) => {
  const seen = run('mosquitto_sub', ['-h', '127.0.0.1', '-p', `${mosquitto.tcpPort}`, '-V', '5', '-i', 'props', '-t', 'lab/#', '-C', '1', '-F', '%C|%R|%D|%F|%P|%p'])
  await mosquitto.logged(/Sending SUBACK to props/)
  await connect(page, mosquitto, '5.0')
  await publishForm(page).getByRole('button', { name: 'Options…' }).click()
  const form = page.locator('.actor-form')
  await form.getByLabel('Topic', { exact: true }).fill('lab/props')
  await form.getByTestId('form-payload').fill('hello')
  for (const [name, label, value] of [
    ['Content Type', 'Content Type', 'text/plain'], ['Response Topic', 'Response Topic', 'lab/answer'],
    ['Correlation Data', 'Correlation Data', 'abc'], ['Payload Format Indicator', null, null],
  ]) {
    await form.getByRole('button', { name: 'Add property' }).click()
    await page.getByRole('menuitem', { name }).click()
    if (label) await form.getByLabel(label, { exact: true }).fill(value)
  }
  await form.getByTestId('form-send').click()
  const told = (await seen).stdout.trim()
  expect(told).toContain('text/plain|lab/answer|')
  expect(told.endsWith('|hello')).toBe(true)
})

test('a message of 1 MiB goes out whole, and comes in whole from a broker of this project', async ({ page, mosquitto }) => {
  // Cargo may have to build that first.
  test.setTimeout(180_000)
  const witness = await mosquitto.subscribe('lab/#', { qos: 1 })
  const large = 'é0123456789abc\n'.repeat(1 << 16)
  const send = async () => {
    await publishForm(page).getByLabel('Topic').fill('lab/large')
    await publishForm(page).getByLabel('Payload').evaluate((area, text) => {
      area.value = text
      area.dispatchEvent(new Event('input', { bubbles: true }))
    }, large)
    await publishForm(page).getByRole('button', { name: 'Publish' }).click()
  }
  await connect(page, mosquitto)
  await send()
  const [{ payload }] = await witness.received(1)
  expect(payload.equals(Buffer.from(large))).toBe(true)

  // Debian's mosquitto does not send as much over a WebSocket.
  const ours = await startExample()
  await page.getByRole('button', { name: 'Another connection' }).click()
  await page.getByLabel('WebSocket address').fill(ours.wsUrl)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(status(page)).toHaveText('live')
  await subscribe(page, 'lab/#')
  await send()
  await expect(messages(page)).toContainText('1 received')
  await topics(page).getByRole('button', { name: 'large', exact: true }).click()
  await expect(page.getByTestId('topic-detail')).toContainText('payload1048576 B')
  await expect(page.getByTestId('topic-detail').locator('pre')).toContainText('… 967040 more characters')
  await expect(page.locator('.lifeline-head')).toHaveCount(4)
  await ours.stop()
})

test('messages are sent again and again until that is stopped, and kept for another time', async ({ page }) => {
  // With a limit, mosquitto 2.0.11 leaves some of many QoS 2 messages at once unanswered.
  const mosquitto = await startMosquitto(['max_inflight_messages 0'])
  await connect(page, mosquitto)
  await subscribe(page, 'lab/#')
  await publishForm(page).getByLabel('Topic').fill('lab/tick')
  await publishForm(page).getByLabel('Payload').fill('tock')
  await publishForm(page).getByRole('button', { name: 'Save this message' }).click()
  await publishForm(page).getByLabel('Every, ms').fill('20')
  await publishForm(page).getByRole('button', { name: 'Repeat' }).click()
  await expect(messages(page)).toContainText(/[3-9] received/)
  await publishForm(page).getByRole('button', { name: /^Stop, \d+ sent$/ }).click()
  await expect(publishForm(page).getByRole('button', { name: 'Repeat' })).toBeVisible()
  for (const [every, times] of [['1', ''], ['0', ''], ['0', '1000001'], ['x', '2']]) {
    await publishForm(page).getByLabel('Every, ms').fill(every)
    await publishForm(page).getByLabel('Times', { exact: true }).fill(times)
    await expect(publishForm(page).getByRole('button', { name: 'Repeat' }), `${every} ${times}`).toBeDisabled()
  }
  // Three times by the clock, and many as fast as answers come.
  const count = async () => Number(/(\d+) received/.exec(await messages(page).textContent())[1])
  const published = () => [...mosquitto.log().matchAll(/Received PUBLISH/g)].length
  await expect.poll(async () => (await count()) === published()).toBe(true)
  let before = await count()
  await publishForm(page).getByLabel('Every, ms').fill('10')
  await publishForm(page).getByLabel('Times', { exact: true }).fill('3')
  await publishForm(page).getByRole('button', { name: 'Repeat' }).click()
  await expect.poll(count).toBe(before + 3)
  for (const qos of [0, 1, 2]) {
    await publishForm(page).getByRole('radio', { name: `${qos}`, exact: true }).click()
    await publishForm(page).getByLabel('Every, ms').fill('0')
    await publishForm(page).getByLabel('Times', { exact: true }).fill('300')
    before = await count()
    await publishForm(page).getByRole('button', { name: 'Repeat' }).click()
    await expect.poll(count, `QoS ${qos}`).toBe(before + 300)
    await expect(publishForm(page).getByRole('button', { name: 'Repeat' })).toBeEnabled()
  }

  await page.reload()
  const saved = page.getByRole('list', { name: 'Saved messages' })
  await saved.getByRole('button', { name: 'lab/tick tock' }).click()
  await expect(publishForm(page).getByLabel('Topic')).toHaveValue('lab/tick')
  await expect(publishForm(page).getByLabel('Payload')).toHaveValue('tock')
  await saved.getByRole('button', { name: 'Forget lab/tick' }).click()
  await expect(saved.getByRole('listitem')).toHaveCount(0)
  await mosquitto.stop()
})

test('a question gets its answer, by response topic and correlation data', async ({ page, mosquitto }) => {
  await connect(page, mosquitto, '5.0')
  await page.getByText('Request and response').click()
  await page.getByLabel('Request topic').fill('lab/ask')
  await page.getByLabel('Question').fill('how warm?')
  const answer = page.locator('.request__answer')
  const asked = run('mosquitto_sub', ['-h', '127.0.0.1', '-p', `${mosquitto.tcpPort}`, '-V', '5', '-i', 'asked', '-t', 'lab/ask', '-C', '1', '-F', '%R|%p'])
  await mosquitto.logged(/Sending SUBACK to asked/)
  await page.getByRole('button', { name: 'Ask' }).click()
  await expect(answer).toHaveText('waiting for an answer')
  const [reply, question] = (await asked).stdout.trim().split('|')
  expect(question).toBe('how warm?')
  const tell = (data, payload) => run('mosquitto_pub', ['-h', '127.0.0.1', '-p', `${mosquitto.tcpPort}`, '-V', '5', '-t', reply, '-m', payload, '-D', 'publish', 'correlation-data', data])
  // The answer to another question is not this one's.
  await tell('wrong', 'cold')
  await expect(messages(page)).toContainText('cold')
  await expect(answer).toHaveText('waiting for an answer')
  await tell('1', '21 degrees')
  await expect(answer).toHaveText(/^21 degrees after [\d.]+ m?s$/)
})
