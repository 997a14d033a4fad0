// What bytes say is data wherever it shows: no payload becomes markup, runs, or reaches another host. The fixture fails
// on any report of the content security policy, any dialog or message, and any request elsewhere.
import { test, expect } from './fixture.js'

const PAYLOADS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '"><script>alert(1)</script>',
  "'><img src=x onerror=alert(1)>",
  '</textarea><script>alert(1)</script>',
  '</style><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<body onload=alert(1)>',
  '<input autofocus onfocus=alert(1)>',
  '<video><source onerror=alert(1)>',
  '<object data="javascript:alert(1)">',
  '<embed src="javascript:alert(1)">',
  '<link rel=stylesheet href="//example.invalid/x.css">',
  '<meta http-equiv=refresh content="0;url=//example.invalid">',
  '<form action="//example.invalid"><button>x</button></form>',
  '<base href="//example.invalid/">',
  '<style>@import "//example.invalid/x.css";</style>',
  '<div style="background:url(//example.invalid/x)">',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '`-alert(1)-`',
  '\u202e<script>alert(1)</script>',
  '<scr\u0000ipt>alert(1)</script>',
  '<![CDATA[<script>alert(1)</script>]]>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
]

const string = (text) => {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
}

function packet(first, ...parts) {
  const body = Buffer.concat(parts)
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7]
  return Buffer.concat([Buffer.from([first, ...length]), body])
}

/** A session in which the text stands in every place that takes one. */
function session(text) {
  const clean = text.replaceAll('\u0000', '')
  const property = Buffer.concat([Buffer.from([0x26]), string(clean), string(clean), Buffer.from([3]), string(clean)])
  const section = property.length < 128 ? [property.length] : [(property.length & 127) | 128, property.length >> 7]
  return Buffer.concat([
    packet(0x10, string('MQTT'), Buffer.from([5, 0xc2, 0, 60, 0]), string(clean), string(clean), string(text)),
    packet(0x82, Buffer.from([0, 1, 0]), string(clean), Buffer.from([1])),
    packet(0x30, string(clean.replace(/[+#]/g, '_')), Buffer.from(section), property, Buffer.from(text)),
    packet(0xe0, Buffer.from([0x81, 3 + Buffer.byteLength(clean), 0x1f]), string(clean)),
  ])
}

const untouched = async (page) => {
  expect(await page.evaluate(() => document.querySelectorAll(
    'main script, main iframe, main svg[onload], main [onerror], main object, main embed, main base, main meta, main style, main video, main math',
  ).length)).toBe(0)
  expect(await page.evaluate(() => location.pathname.endsWith('/'))).toBe(true)
}

test('nothing in topics, payloads, properties, links and files becomes markup', async ({ page }) => {
  test.setTimeout(180_000)
  expect(PAYLOADS.length).toBeGreaterThanOrEqual(30)
  page.on('dialog', () => { throw new Error('a dialog has opened') })
  await page.goto('./#/decode')
  const area = page.getByRole('textbox', { name: 'Bytes to decode' })
  await expect(area).toBeVisible()
  const file = page.getByTestId('decode-file').first()
  for (const [at, text] of PAYLOADS.entries()) {
    await area.fill(session(text).toString('hex'))
    await expect(page.locator('.decoded-packet .pkt').first(), text).toHaveText('CONNECT')
    await untouched(page)
    // As text that is no bytes, as a link, and as a file under such a name.
    if (at % 4 === 0) {
      await area.fill(text)
      await untouched(page)
      await page.goto(`./#decode=${encodeURIComponent(text)}`)
      await untouched(page)
      await file.setInputFiles({ name: `${text.replace(/[\u0000/]/g, '')}.bin`, mimeType: 'text/html', buffer: session(text) })
      await expect(page.locator('.decoded-packet .pkt').first()).toHaveText('CONNECT')
      await untouched(page)
      await page.getByRole('button', { name: 'Clear' }).click()
    }
  }
})

test('copied HTML and SVG of hostile packets hold no markup of theirs', async ({ page }) => {
  await page.goto('./#/decode')
  const area = page.getByRole('textbox', { name: 'Bytes to decode' })
  await area.fill(Buffer.concat(PAYLOADS.slice(0, 12).map((text) => packet(0x30, string(text.replace(/[+#]/g, '_')), Buffer.from(text)))).toString('hex'))
  await page.locator('.decode__actions').getByRole('button', { name: 'Copy as…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Copy packets as' })
  for (const [form, kind] of [['HTML', 'text/html'], ['SVG', 'image/svg+xml']]) {
    await dialog.getByRole('radio', { name: form, exact: true }).click()
    const text = await dialog.getByTestId('report-text').evaluate((it) => it.firstChild.textContent)
    expect(text).toContain('&lt;script&gt;')
    const found = await page.evaluate(([text, kind]) => {
      const parsed = new DOMParser().parseFromString(text, kind === 'text/html' ? kind : 'text/html')
      return parsed.querySelectorAll('script, iframe, img, [onload], [onerror]').length
    }, [text, kind])
    expect(found, form).toBe(0)
  }
})
