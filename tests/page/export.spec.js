// Exporting the diagram: each form, a range, the picture; nothing in it but words.
import fs from 'node:fs'
import { test, expect } from './fixture.js'

const open = async (page) => {
  await page.goto('./')
  await expect(page.getByTestId('step-forward')).toBeEnabled()
  await page.getByRole('slider', { name: 'Time' }).press('End')
  await page.getByRole('button', { name: 'Export the diagram…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export the diagram' })
  await expect(dialog).toBeVisible()
  return dialog
}
const download = async (page, dialog) => {
  const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByTestId('export-download').click()])
  return { name: file.suggestedFilename(), bytes: fs.readFileSync(await file.path()) }
}

test('the diagram is downloaded as SVG, text and Mermaid, and previewed first @phone', async ({ page }) => {
  const dialog = await open(page)
  const picture = dialog.getByTestId('preview').locator('img')
  await expect.poll(() => picture.evaluate((it) => it.naturalWidth)).toBe(960)
  await expect(dialog.getByRole('status')).toHaveText('14 packets, with all bytes as they are.')
  const svg = await download(page, dialog)
  expect(svg.name).toBe('sequence.svg')
  const text = svg.bytes.toString()
  const drawn = await page.evaluate((text) => {
    const it = new DOMParser().parseFromString(text, 'image/svg+xml')
    return { wrong: it.querySelectorAll('parsererror').length, packets: it.querySelectorAll('g').length, words: it.documentElement.textContent }
  }, text)
  expect(drawn.wrong).toBe(0)
  expect(drawn.packets).toBe(14)
  expect(drawn.words).toContain('pub1 to Broker, PUBLISH QoS 2, id 7, sensors/kitchen/temp, 4 B, 30 bytes, at 2.000 s')
  expect(drawn.words.replace(/\s/g, '')).toContain('32312E35')
  await dialog.getByRole('radio', { name: 'Text' }).click()
  await expect(dialog.getByTestId('preview')).toContainText('|--62 02 00 07--')
  expect((await download(page, dialog)).bytes.toString()).toContain('stores PUBLISH 7')
  await dialog.getByRole('radio', { name: 'Mermaid' }).click()
  const mermaid = await download(page, dialog)
  expect(mermaid.name).toBe('sequence.mmd')
  expect(mermaid.bytes.toString().match(/->>/g)).toHaveLength(14)
})

test('a part of it, without bytes and notes, dark and wide', async ({ page }) => {
  const dialog = await open(page)
  await dialog.getByRole('button', { name: 'The chosen exchange' }).click()
  await expect(dialog.getByLabel('From packet')).toHaveValue('11')
  await expect(dialog.getByLabel('to packet')).toHaveValue('14')
  await dialog.getByLabel('From packet').fill('7')
  await dialog.getByLabel('to packet').fill('99')
  await expect(dialog).toContainText('Packets 1 to 14')
  await expect(dialog.getByTestId('export-download')).toBeDisabled()
  await dialog.getByLabel('to packet').fill('10')
  await dialog.getByLabel('Bytes').uncheck()
  await dialog.getByLabel('Notes').uncheck()
  await dialog.getByLabel('Dark').check()
  await dialog.getByLabel('Width').selectOption('1280')
  const svg = (await download(page, dialog)).bytes.toString()
  expect(svg).toContain('width="1280"')
  expect(svg).toContain('#15171b')
  expect(svg.match(/<g>/g)).toHaveLength(4)
  expect(svg).not.toContain('stores PUBLISH')
  expect(svg).not.toContain('>34')
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
})

test('lifelines that were moved are exported in their new places', async ({ page }) => {
  await page.goto('./')
  await page.getByRole('slider', { name: 'Time' }).press('End')
  await page.locator('.lifeline-head', { hasText: 'sub1' }).press('ArrowLeft')
  await page.getByRole('button', { name: 'Export the diagram…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export the diagram' })
  await dialog.getByRole('radio', { name: 'Mermaid' }).click()
  await expect(dialog.getByTestId('preview')).toContainText(/participant e0 as pub1\s+participant e1 as sub1\s+participant e2 as Broker/)
  await expect(dialog.getByTestId('preview')).toContainText('e0->>e2: PUBLISH QoS 2, id 7')
  await expect(dialog.getByTestId('preview')).toContainText('Note over e2: Broker waits for PUBCOMP 1')
})

test('a picture of it holds the colours of the bytes', async ({ page }) => {
  const dialog = await open(page)
  await dialog.getByRole('radio', { name: 'PNG' }).click()
  const png = await download(page, dialog)
  expect(png.name).toBe('sequence.png')
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG')
  expect(png.bytes.readUInt32BE(16)).toBe(1920)
  const colours = await page.evaluate(async (base64) => {
    const image = new Image()
    image.src = `data:image/png;base64,${base64}`
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    const seen = new Set()
    for (let at = 0; at < data.length; at += 4) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2])
    return [0xabc5fe, 0xffe8fc, 0xade8f4, 0xa4e4ac].map((colour) => seen.has(colour))
  }, png.bytes.toString('base64'))
  expect(colours).toEqual([true, true, true, true])
})

test('what cannot be loaded is told, and asked for again', async ({ page, complaints }) => {
  complaints.expect(/request failed|ERR_FAILED/)
  await page.route('**/tools-*.js*', (route) => route.abort())
  await page.goto('./')
  await page.getByRole('button', { name: 'Export the diagram…' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'This could not be loaded' })).toBeVisible()
  await page.unroute('**/tools-*.js*')
  await page.getByRole('button', { name: 'Export the diagram…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export the diagram' })
  await expect(dialog).toContainText('No packet has been sent yet.')
  await expect(dialog.getByTestId('export-download')).toBeDisabled()
})
