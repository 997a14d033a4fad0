// Several connections at once, the broker in this tab, brokers that are kept, and links to this page.
import { test, expect } from './fixture.js'

const status = (page) => page.locator('.sequence__toolbar').getByRole('status')
const arrows = (page) => page.locator('.arrow')
const brokers = (page) => page.getByRole('list', { name: 'Brokers' })
const messages = (page) => page.getByRole('region', { name: 'Messages' })

async function connect(page) {
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(status(page)).toHaveText('live')
}

async function subscribe(page, filter) {
  const form = page.getByRole('form', { name: 'Subscribe' })
  await form.getByLabel('Topic filter').fill(filter)
  await form.getByRole('button', { name: 'Subscribe', exact: true }).click()
  await expect(page.getByRole('button', { name: `Unsubscribe from ${filter}` })).toBeVisible()
}

async function publish(page, topic, payload) {
  const form = page.getByRole('form', { name: 'Publish' })
  await form.getByLabel('Topic').fill(topic)
  await form.getByLabel('Payload').fill(payload)
  await form.getByRole('button', { name: 'Publish' }).click()
}

test('the broker in this tab takes several connections, beside a real one @phone', async ({ page, mosquitto }) => {
  await page.goto('./#/connect')
  await brokers(page).getByRole('button', { name: 'Broker in this tab' }).click()
  await connect(page)
  await subscribe(page, 'lab/#')
  await page.getByRole('button', { name: 'Another connection' }).click()
  const list = page.getByRole('list', { name: 'Connections' }).getByRole('button')
  await expect(list).toHaveCount(2)
  await connect(page)
  await publish(page, 'lab/tab', 'hello')
  // The first one gets it; the second has subscribed to nothing.
  await expect(messages(page)).not.toContainText('hello')
  await list.first().click()
  await expect(messages(page)).toContainText('hello')
  // CONNECT and CONNACK twice, SUBSCRIBE, SUBACK, PUBLISH, PUBACK, PUBLISH, PUBACK.
  await expect(arrows(page)).toHaveCount(10)

  await page.getByRole('button', { name: 'Another connection' }).click()
  await page.getByLabel('WebSocket address').fill(mosquitto.wsUrl)
  await connect(page)
  await subscribe(page, 'lab/#')
  await mosquitto.publish('lab/real', 'from outside')
  await expect(messages(page)).toContainText('from outside')
  await expect(page.locator('.lifeline-head')).toHaveCount(5)
})

test('a broker is saved with its credentials only if that is asked for', async ({ page }) => {
  const kept = () => page.evaluate(() => JSON.stringify({ ...localStorage }))
  await page.goto('./#/connect')
  await page.getByLabel('WebSocket address').fill('wss://broker.example:8084/mqtt')
  await page.getByLabel('User name', { exact: true }).fill('ada')
  await page.getByLabel('Password', { exact: true }).fill('lovelace')
  const save = async (name, withCredentials) => {
    await page.getByRole('button', { name: 'Save this broker…' }).click()
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel('With user name and password').setChecked(withCredentials)
    if (withCredentials) await expect(page.getByText('Kept in this browser’s local storage')).toBeVisible()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
  }
  await save('plain', false)
  expect(await kept()).toContain('broker.example')
  expect(await kept()).not.toMatch(/ada|lovelace/)
  await save('whole', true)
  expect(await kept()).toContain('lovelace')

  await page.reload()
  await brokers(page).getByRole('button', { name: 'whole', exact: false }).first().click()
  await expect(page.getByLabel('WebSocket address')).toHaveValue('wss://broker.example:8084/mqtt')
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('lovelace')
  await brokers(page).getByRole('button', { name: /^plain/ }).click()
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('')
  await page.getByRole('button', { name: 'Forget whole' }).click()
  expect(await kept()).not.toContain('lovelace')
  await page.getByRole('button', { name: 'Forget plain' }).click()
  expect(await kept()).not.toContain('broker.example')
})

test('public brokers are offered with a warning, and nothing is opened by choosing one', async ({ page }) => {
  await page.goto('./#/connect')
  for (const [name, url] of [
    ['test.mosquitto.org', 'wss://test.mosquitto.org:8081'],
    ['broker.hivemq.com', 'wss://broker.hivemq.com:8884/mqtt'],
    ['broker.emqx.io', 'wss://broker.emqx.io:8084/mqtt'],
    ['mqtt.eclipseprojects.io', 'wss://mqtt.eclipseprojects.io:443/mqtt'],
    ['mqtt.flespi.io', 'wss://mqtt.flespi.io:443'],
  ]) {
    await brokers(page).getByRole('button', { name }).click()
    await expect(page.getByLabel('WebSocket address')).toHaveValue(url)
    await expect(page.getByText('This is a public test broker')).toBeVisible()
  }
  await expect(page.getByText('a flespi token as user name')).toBeVisible()
  await brokers(page).getByRole('button', { name: 'Mosquitto on this computer' }).click()
  await expect(page.getByText('This is a public test broker')).toHaveCount(0)
})

test('a link fills in the forms, carries no credentials, and connects by itself to nothing', async ({ page, mosquitto, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const url = encodeURIComponent(mosquitto.wsUrl)
  await page.goto(`./#/connect?url=${url}&version=5.0&filter=a%2F%23&topic=a%2Fb&payload=x%20y&user=eve&password=hidden`)
  await expect(page.getByLabel('WebSocket address')).toHaveValue(mosquitto.wsUrl)
  await expect(page.getByRole('radio', { name: '5.0', exact: true })).toBeChecked()
  await expect(page.getByLabel('Topic filter')).toHaveValue('a/#')
  await expect(page.getByRole('form', { name: 'Publish' }).getByLabel('Payload', { exact: true })).toHaveValue('x y')
  await expect(page.getByLabel('User name')).toHaveValue('')
  await expect(page.getByLabel('Password')).toHaveValue('')
  await page.getByLabel('User name').fill('ada')
  await page.getByLabel('Password').fill('lovelace')
  await page.getByRole('button', { name: 'Copy link' }).click()
  await expect(page.getByText('Copied.')).toBeVisible()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  expect(new URL(link).hash).toBe(`#/connect?url=${url}&version=5.0&filter=a%2F%23&topic=a%2Fb`)
  expect(mosquitto.log()).not.toContain('New connection')
})

test('the view can stand still while packets go on, and the record be begun anew', async ({ page, mosquitto }) => {
  await page.goto('./#/connect')
  await page.getByLabel('WebSocket address').fill(mosquitto.wsUrl)
  await connect(page)
  await subscribe(page, 'lab/#')
  await expect(arrows(page)).toHaveCount(4)
  await page.getByRole('button', { name: 'Hold' }).click()
  for (let n = 0; n < 3; n++) await mosquitto.publish('lab/x', `${n}`)
  await expect(messages(page)).toContainText('3 received')
  await expect(page.getByRole('button', { name: 'Follow, 3 more' })).toBeVisible()
  await expect(arrows(page)).toHaveCount(4)
  await page.getByRole('button', { name: 'Follow, 3 more' }).click()
  await expect(arrows(page)).toHaveCount(7)
  await page.getByRole('button', { name: 'Clear the record' }).click()
  await expect(arrows(page)).toHaveCount(0)
  await mosquitto.publish('lab/x', 'after')
  await expect(arrows(page)).toHaveCount(1)
  await expect(status(page)).toHaveText('live')
})
