// What the page's module offers to JavaScript.
import fs from 'node:fs'
import { capturedBytes, cut, TYPES } from './captures.js'
import { test, expect } from './fixture.js'

const start = async (page) => {
  await page.goto('./')
  await page.waitForFunction(() => window.wasmBindings !== undefined)
  await page.evaluate(async () => { window.tools = await window.loadTools() })
}

for (const [file, version] of [['lab1-311.hex', '3.1.1'], ['qos2-311.hex', '3.1.1'], ['session-v5.hex', '5.0']]) {
  test(`decode explains every packet of ${file}`, async ({ page }) => {
    await start(page)
    const bytes = capturedBytes(file)
    const packets = await page.evaluate((all) => window.tools.decode(new Uint8Array(all)), [...bytes])
    const expected = cut(bytes)
    expect(packets.map((packet) => packet.packet)).toEqual(expected.map((packet) => TYPES[packet[0] >> 4]))
    expect(packets.map((packet) => packet.length)).toEqual(expected.map((packet) => packet.length))
    expect(packets.flatMap((packet) => packet.errors)).toEqual([])
    expect(new Set(packets.map((packet) => packet.version))).toEqual(new Set([version]))
    for (const packet of packets) {
      // The leaves tile the packet.
      const leaves = (fields) => fields.flatMap((field) => (field.children ? leaves(field.children) : [field]))
      const covered = new Set()
      for (const { offset, length } of leaves(packet.fields)) {
        for (let at = offset; at < offset + length; at++) covered.add(at)
      }
      expect(covered.size).toBe(packet.length)
    }
  })
}

test('decode tells the exact place of a broken rule', async ({ page }) => {
  await start(page)
  const [subscribe] = await page.evaluate(() => window.tools.decode(
    new Uint8Array([0x80, 8, 0, 1, 0, 3, 0x61, 0x2f, 0x23, 1]), { version: '3.1.1' }))
  expect(subscribe.errors).toEqual([{
    offset: 0, bit_offset: 4, statement: '3.1.1 MQTT-3.8.1-1', expected: '0010', found: '0000',
    message: expect.stringContaining('it must be 82'),
  }])
})

test('options of another form throw an Error that says why', async ({ page }) => {
  await start(page)
  const why = await page.evaluate(() => {
    try { window.tools.decode(new Uint8Array(), { version: '6.0' }) } catch (error) { return [error.name, error.message] }
    return 'nothing was thrown'
  })
  expect(why).toEqual(['Error', expect.stringContaining('6.0')])
})

test('version is the version of the package', async ({ page }) => {
  await start(page)
  const [, version] = fs.readFileSync('Cargo.toml', 'utf8').match(/^version = "(.*)"/m)
  expect(await page.evaluate(() => window.tools.version())).toBe(version)
})
