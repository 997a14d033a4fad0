// The witness that the Connect page's tests rely on.
import { freePort, startMosquitto } from './mosquitto.js'
import { test, expect } from './fixture.js'

test('mosquitto_sub hears what mosquitto_pub says', async ({ mosquitto }) => {
  await mosquitto.publish('sensors/kitchen/temp', '20.9', { retain: true })
  const witness = await mosquitto.subscribe('sensors/#', { qos: 2 })
  await mosquitto.publish('sensors/kitchen/temp', '21.5', { qos: 2 })
  expect(await witness.received(2)).toEqual([
    { topic: 'sensors/kitchen/temp', qos: 0, retain: true, payload: Buffer.from('20.9') },
    { topic: 'sensors/kitchen/temp', qos: 2, retain: false, payload: Buffer.from('21.5') },
  ])
})

test('its WebSocket listener speaks MQTT to the page', async ({ page, mosquitto }) => {
  await page.goto('./')
  const protocol = await page.evaluate((url) => new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'mqtt')
    socket.onopen = () => { resolve(socket.protocol); socket.close() }
    socket.onerror = () => reject(new Error('no connection'))
  }), mosquitto.wsUrl)
  expect(protocol).toBe('mqtt')
})

test('a broker that cannot start says why', async () => {
  await expect(startMosquitto(['no_such_option true'])).rejects.toThrow(/no_such_option/)
  expect(await freePort()).toBeGreaterThan(1023)
})
