// The clients' forms: every property wherever it may stand, what is typed shown as bytes, rules broken on purpose.
import { violations } from './axe.js'
import { test, expect } from './fixture.js'

const hex = (byte) => byte.toString(16).padStart(2, '0').toUpperCase()
const bytes = (...all) => all.flat().map(hex).join(' ')
const utf8 = (words) => [...Buffer.from(words)]
const string = (words) => [words.length >> 8, words.length & 255, ...utf8(words)]
const number = (value, width) => Array.from({ length: width }, (_, at) => Math.floor(value / 256 ** (width - 1 - at)) % 256)

// From 5.0 section 2.2.2.2, not from the page: identifier, name, what is typed, the value's bytes, where it may stand.
const one = (value) => [[String(value)], [value]]
const wide = (value, width) => [[String(value)], number(value, width)]
const text = (words) => [[words], string(words)]
const ACKS = ['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBACK', 'UNSUBACK']
const ALL = ['CONNECT', 'will', 'CONNACK', 'PUBLISH', 'SUBSCRIBE', 'UNSUBSCRIBE', 'DISCONNECT', 'AUTH', ...ACKS]
const PROPERTIES = [
  [0x01, 'Payload Format Indicator', ...one(1), ['PUBLISH', 'will']],
  [0x02, 'Message Expiry Interval', ...wide(70_000, 4), ['PUBLISH', 'will']],
  [0x03, 'Content Type', ...text('text/plain'), ['PUBLISH', 'will']],
  [0x08, 'Response Topic', ...text('r/1'), ['PUBLISH', 'will']],
  [0x09, 'Correlation Data', ['0x00FF'], [0, 2, 0, 255], ['PUBLISH', 'will']],
  [0x0b, 'Subscription Identifier', ['200'], [0xc8, 0x01], ['PUBLISH', 'SUBSCRIBE']],
  [0x11, 'Session Expiry Interval', ...wide(3_601, 4), ['CONNECT', 'CONNACK', 'DISCONNECT']],
  [0x12, 'Assigned Client Identifier', ...text('a-1'), ['CONNACK']],
  [0x13, 'Server Keep Alive', ...wide(61, 2), ['CONNACK']],
  [0x15, 'Authentication Method', ...text('M'), ['CONNECT', 'CONNACK', 'AUTH']],
  [0x16, 'Authentication Data', ['0x0102'], [0, 2, 1, 2], ['CONNECT', 'CONNACK', 'AUTH']],
  [0x17, 'Request Problem Information', ...one(0), ['CONNECT']],
  [0x18, 'Will Delay Interval', ...wide(31, 4), ['will']],
  [0x19, 'Request Response Information', ...one(1), ['CONNECT']],
  [0x1a, 'Response Information', ...text('r/'), ['CONNACK']],
  [0x1c, 'Server Reference', ...text('b:1'), ['CONNACK', 'DISCONNECT']],
  [0x1f, 'Reason String', ...text('so'), ['CONNACK', 'DISCONNECT', 'AUTH', ...ACKS]],
  [0x21, 'Receive Maximum', ...wide(9, 2), ['CONNECT', 'CONNACK']],
  [0x22, 'Topic Alias Maximum', ...wide(8, 2), ['CONNECT', 'CONNACK']],
  [0x23, 'Topic Alias', ...wide(7, 2), ['PUBLISH']],
  [0x24, 'Maximum QoS', ...one(1), ['CONNACK']],
  [0x25, 'Retain Available', ...one(1), ['CONNACK']],
  [0x26, 'User Property', ['k', 'v'], [...string('k'), ...string('v')], ALL],
  [0x27, 'Maximum Packet Size', ...wide(70_001, 4), ['CONNECT', 'CONNACK']],
  [0x28, 'Wildcard Subscription Available', ...one(1), ['CONNACK']],
  [0x29, 'Subscription Identifier Available', ...one(1), ['CONNACK']],
  [0x2a, 'Shared Subscription Available', ...one(1), ['CONNACK']],
]
const inHost = (host) => PROPERTIES.filter(([, , , , hosts]) => hosts.includes(host))
const PINNED = { CONNECT: 'Session expiry', DISCONNECT: 'Session expiry', SUBSCRIBE: 'Subscription id', will: 'Delay' }

const slider = (page) => page.getByRole('slider', { name: 'Time' })
const card = (page, name) => page.getByTestId(`actor-${name}`)
const form = (page) => page.locator('.actor-form')
const preview = async (page) => {
  const shown = form(page).getByTestId('form-bytes').locator('.byte-detail .byte')
  await shown.first().waitFor()
  return (await shown.allTextContents()).join(' ')
}

const open = async (page) => {
  await page.goto('./')
  await expect(page.getByTestId('step-forward')).toBeEnabled()
}

/** Opens a form by the card's own button or by its menu. */
const openForm = async (page, client, what) => {
  const button = card(page, client).getByRole('button', { name: what, exact: true })
  await expect(card(page, client)).toBeVisible()
  if (await button.count()) return button.click()
  await card(page, client).getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: new RegExp(`^${what}`) }).and(page.locator(':visible')).click()
}

const send = async (page) => {
  await form(page).getByTestId('form-send').click()
  await expect(form(page)).toHaveCount(0)
  await slider(page).press('End')
  await drawn(page)
}

/** Three pictures later: what stands around the diagram follows it a picture behind. */
const drawn = (page) => page.evaluate(() => new Promise((done) => {
  const wait = (left) => (left ? requestAnimationFrame(() => wait(left - 1)) : done())
  wait(3)
}))

/** The bytes of the last packet of a type that a client sent. */
const sent = async (page, client, type) => {
  const arrow = page.getByRole('button', { name: new RegExp(`^${client} to Broker, ${type}\\b`) }).last()
  await arrow.click()
  const grid = page.getByRole('region', { name: 'Inspector' }).getByRole('gridcell')
  return (await grid.allTextContents()).map((cell) => cell.trim()).join(' ')
}

/** pub1 on a 5.0 connection, with a session that it keeps. */
const connected = async (page) => {
  await open(page)
  await openForm(page, 'pub1', 'Connect with…')
  await form(page).getByTestId('form-version-5.0').click()
  await form(page).getByLabel('Session expiry').fill('60')
  await send(page)
  await expect(card(page, 'pub1')).toContainText('MQTT 5.0')
  await expect(card(page, 'pub1')).toHaveAttribute('aria-label', 'Client pub1, connected')
}

/** Adds a property by the menu (or its own field) and types its value. */
const add = async (page, host, id, name, typed) => {
  const own = id === 0x26 ? undefined : { 0x11: PINNED.CONNECT, 0x18: PINNED.will, 0x0b: PINNED.SUBSCRIBE }[id]
  if (own && PINNED[host] === own) return form(page).getByLabel(own).fill(typed[0])
  const list = form(page).getByTestId(host === 'will' ? 'form-will-properties' : 'form-properties')
  const choose = async (entry) => {
    await list.getByRole('button', { name: /^Add/ }).click()
    await page.getByRole('menuitem', { name: new RegExp(`^.. ?${entry}`) }).click()
  }
  if (id === 0x16 && !(await list.getByLabel('Authentication Method', { exact: true }).count())) await choose('Authentication Method')
  await choose(name)
  if (typed.length === 2) {
    await list.getByLabel(`${name}, name`).fill(typed[0])
    return list.getByLabel(`${name}, value`).fill(typed[1])
  }
  const field = list.getByLabel(name, { exact: true })
  return (await field.evaluate((it) => it.tagName)) === 'SELECT' ? field.selectOption(typed[0]) : field.fill(typed[0])
}

const FORMS = {
  CONNECT: 'Connect with…',
  will: 'Connect with…',
  PUBLISH: 'Publish',
  SUBSCRIBE: 'Subscribe',
  UNSUBSCRIBE: 'Unsubscribe…',
  DISCONNECT: 'Disconnect with…',
}

for (const [host, what] of Object.entries(FORMS)) {
  test(`every property of ${host} is set by the form and sent`, async ({ page }) => {
    test.setTimeout(60_000)
    const connects = what === FORMS.CONNECT
    await (connects ? open(page) : connected(page))
    await openForm(page, 'pub1', what)
    if (connects) await form(page).getByTestId('form-version-5.0').click()
    if (host === 'will') await form(page).getByTestId('form-will').check()
    if (host === 'PUBLISH') await form(page).getByTestId('form-qos-0').click()
    for (const [id, name, typed, value] of inHost(host)) {
      await add(page, host, id, name, typed)
      await expect.poll(() => preview(page), { message: name }).toContain(bytes(id, value))
    }
    // One that is taken away again leaves no byte behind.
    const [id, name, typed, value] = inHost(host).find(([, name]) => name !== PINNED[host] && name !== 'Authentication Method')
    const before = await preview(page)
    const remove = form(page).getByRole('button', { name: `Remove ${name}` })
    if (await remove.count()) await remove.click()
    else await form(page).getByLabel(PINNED[host]).fill('')
    await expect.poll(() => preview(page)).not.toContain(bytes(id, value))
    await add(page, host, id, name, typed)
    await expect.poll(async () => (await preview(page)).length).toBe(before.length)
    const shown = await preview(page)
    await send(page)
    await expect.poll(() => sent(page, 'pub1', host === 'will' ? 'CONNECT' : host)).toBe(shown)
    for (const [id, name, , value] of inHost(host)) expect(shown, name).toContain(bytes(id, value))
    // A Subscription Identifier from a client closes its connection (5.0 MQTT-3.3.4-6).
    if (host === 'PUBLISH') await expect(card(page, 'pub1')).toContainText('not connected')
  })
}

for (const hosts of [['CONNACK'], ['AUTH', ...ACKS]]) {
  test(`every property of ${hosts.join(', ')} is put into raw bytes and sent`, async ({ page }) => {
    test.setTimeout(60_000)
    await connected(page)
    for (const host of hosts) {
      const coded = host.startsWith('SUB') || host.startsWith('UNSUB')
      await openForm(page, 'pub1', 'Misbehave…')
      let packet
      for (const [id, name, , value] of inHost(host)) {
        await form(page).getByTestId('form-raw-packet').selectOption('PINGREQ')
        await form(page).getByTestId('form-raw-packet').selectOption(host)
        await form(page).getByRole('button', { name: 'Add property' }).click()
        await page.getByRole('menuitem', { name: new RegExp(`^.. ?${name}`) }).click()
        // The menu brings a value of its own; the right one is typed over it.
        const raw = form(page).getByTestId('form-raw')
        const head = (await raw.inputValue()).split(` ${hex(id)} `)[0].split(' ').map((byte) => parseInt(byte, 16))
        const list = [id, ...value]
        head[head.length - 1] = list.length
        head[1] = head.length - 2 + list.length + (coded ? 1 : 0)
        packet = bytes(head, list, coded ? [0] : [])
        await raw.fill(packet)
        await expect.poll(() => preview(page), { message: name }).toBe(packet)
      }
      await send(page)
      await expect.poll(() => sent(page, 'pub1', host)).toBe(packet)
      // Most of them are a server's to send: the broker ends the connection.
      if (!(await card(page, 'pub1').textContent()).includes('not connected')) continue
      await card(page, 'pub1').getByRole('button', { name: 'Connect', exact: true }).click()
      await slider(page).press('End')
    }
  })
}

test('what a version lacks stays in the draft, unsent', async ({ page }) => {
  await open(page)
  await openForm(page, 'pub1', 'Connect with…')
  const old = await preview(page)
  await form(page).getByTestId('form-version-5.0').click()
  await add(page, 'CONNECT', 0x21, 'Receive Maximum', ['9'])
  await expect.poll(() => preview(page)).toContain('21 00 09')
  await form(page).getByTestId('form-version-3.1.1').click()
  await expect.poll(() => preview(page)).toBe(old)
  await expect(form(page)).toContainText('not sent in 3.1.1')
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await form(page).getByTestId('form-version-5.0').click()
  await expect.poll(() => preview(page)).toContain('21 00 09')
})

test('a password is dots, in the form and in the preview', async ({ page }) => {
  await open(page)
  await openForm(page, 'pub1', 'Connect with…')
  await form(page).getByLabel('Password').fill('secret')
  await expect(form(page).getByRole('alert')).toContainText('a password needs a user name')
  await expect(form(page).getByTestId('form-send')).toBeDisabled()
  await form(page).getByLabel('User name').fill('lab')
  await expect(form(page).getByLabel('Password')).toHaveAttribute('type', 'password')
  await expect.poll(() => preview(page)).toContain(`${bytes(string('lab'))} 00 06 ·· ·· ·· ·· ·· ··`)
})

test('an identifier that does not exist is sent on purpose, and the broker closes', async ({ page }) => {
  await connected(page)
  await openForm(page, 'pub1', 'Publish')
  await form(page).getByTestId('form-qos-0').click()
  await form(page).getByRole('button', { name: 'Add property' }).click()
  await page.getByRole('menuitem', { name: /Other id/ }).click()
  await expect(form(page)).toContainText('breaks a rule')
  await expect(form(page).getByTestId('form-outcome')).toContainText('malformed')
  const shown = await preview(page)
  expect(shown).toContain('02 7F 00')
  await send(page)
  await expect.poll(() => sent(page, 'pub1', 'PUBLISH')).toBe(shown)
  await expect(page.getByRole('button', { name: /^Broker to pub1, DISCONNECT/ })).toBeVisible()
})

test('a payload is text, JSON, hex or a file', async ({ page }) => {
  await connected(page)
  await openForm(page, 'pub1', 'Publish')
  const payload = form(page).getByTestId('form-payload')
  await form(page).getByTestId('form-payload-as-JSON').click()
  await payload.fill('{"t":1')
  await expect(form(page)).toContainText('not JSON')
  await payload.fill('{"t":1}')
  await expect(form(page)).toContainText('valid JSON')
  await expect.poll(() => preview(page)).toContain(bytes(utf8('{"t":1}')))
  await form(page).getByTestId('form-payload-as-Hex').click()
  await expect(form(page).getByRole('alert')).toContainText('not a hex digit')
  await payload.fill('00 ff')
  await expect.poll(() => preview(page)).toMatch(/00 FF$/)
  await form(page).getByTestId('form-payload-as-File').click()
  await expect(form(page).getByRole('alert')).toContainText('Choose a file')
  await form(page).getByTestId('form-file').setInputFiles({ name: 'x.bin', mimeType: 'x/y', buffer: Buffer.from([1, 2, 3]) })
  await expect(form(page)).toContainText('x.bin')
  await expect.poll(() => preview(page)).toMatch(/01 02 03$/)
})

test('a message repeats in virtual time, numbered', async ({ page }) => {
  await connected(page)
  await openForm(page, 'pub1', 'Publish')
  await form(page).getByLabel('Topic').fill('numbers')
  await form(page).getByTestId('form-qos-0').click()
  await form(page).getByTestId('form-payload').fill('no {{n}}')
  await form(page).getByTestId('form-repeat').check()
  await form(page).getByLabel('Times').fill('3')
  await expect(form(page).getByTestId('form-send')).toHaveText('Publish 3')
  await send(page)
  await expect(page.getByRole('button', { name: /^pub1 to Broker, PUBLISH .*numbers/ })).toHaveCount(3)
  await expect.poll(() => sent(page, 'pub1', 'PUBLISH')).toMatch(new RegExp(`${bytes(utf8('no 3'))}$`))
})

test('several filters with options; what they would match; shared ones have no No Local @phone', async ({ page, isMobile }) => {
  await open(page)
  await slider(page).press('End')
  if (isMobile) await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Actors' }).click()
  await card(page, 'pub1').getByRole('button', { name: 'Disconnect', exact: true }).click()
  await slider(page).press('End')
  await openForm(page, 'pub1', 'Connect with…')
  await form(page).getByTestId('form-version-5.0').click()
  await send(page)
  await openForm(page, 'pub1', 'Subscribe')
  await form(page).getByLabel('Topic filter 1').fill('sensors/+/temp')
  await form(page).getByRole('button', { name: 'Add filter' }).click()
  await form(page).getByLabel('Topic filter 2').fill('#')
  const first = form(page).locator('.filter-row').first()
  await first.getByLabel('No Local').check()
  await first.getByLabel('Retain As Published').check()
  await first.getByRole('combobox').selectOption('1')
  const matches = form(page).getByTestId('form-matches')
  await expect(matches).toContainText('sensors/kitchen/tempfilters 1, 2')
  await expect(matches).toContainText('There is overlap with')
  await expect(matches).toContainText('No $SYS.')
  await expect.poll(() => preview(page)).toContain(bytes(string('sensors/+/temp'), 0x1e, string('#'), 0))
  await form(page).getByRole('button', { name: 'Make it shared' }).click()
  const second = form(page).locator('.filter-row').nth(1)
  await expect(second.getByLabel('Topic filter 2')).toHaveValue('$share/group/#')
  await expect(second.getByLabel('No Local')).toBeDisabled()
  const shown = await preview(page)
  await send(page)
  if (isMobile) await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Diagram' }).click()
  await expect.poll(() => sent(page, 'pub1', 'SUBSCRIBE')).toBe(shown)
  await expect(page.getByRole('button', { name: /^Broker to pub1, SUBACK/ }).last()).toBeVisible()
})

test('an acknowledgement is withheld, mistaken or sent twice', async ({ page }) => {
  await open(page)
  await slider(page).press('Home')
  while (!(await page.getByRole('button', { name: /^Broker to sub1, PUBLISH/ }).first().evaluate((it) => !it.closest('.is-future')))) {
    await page.getByTestId('step-forward').click()
  }
  await card(page, 'sub1').click({ position: { x: 4, y: 4 } })
  await page.keyboard.press('g')
  await page.keyboard.press('m')
  await expect(form(page)).toContainText('PUBREC 1 is due next')
  await expect(form(page).getByTestId('form-slip-packet')).toHaveValue('PUBREC')
  await expect(form(page).getByTestId('form-arm')).toBeDisabled()
  await form(page).getByTestId('form-slip-2').check()
  await form(page).getByTestId('form-wrong-id').fill('9')
  await expect(form(page).locator('.instead')).toHaveText('instead of 50020001 sends 50020009')
  await form(page).getByTestId('form-arm').click()
  await expect(form(page)).toHaveCount(0)
  await expect(card(page, 'sub1')).toContainText('armed1')
  await slider(page).press('End')
  await expect(card(page, 'sub1')).not.toContainText('armed')
  await page.keyboard.press('3')
  await expect(page.getByRole('group', { name: 'Log, newest first' })).toContainText('sends PUBREC 9, not 1, on purpose')
})

test('broken bytes show their rule while one types, and nothing stops them', async ({ page }) => {
  await open(page)
  await slider(page).press('End')
  await openForm(page, 'sub1', 'Misbehave…')
  await form(page).getByRole('button', { name: 'QoS 3' }).click()
  await expect(form(page)).toContainText('MQTT-3.3.1-4')
  await form(page).getByTestId('form-raw').fill('C0 0')
  await expect(form(page).getByRole('alert')).toContainText('a hex digit is missing')
  await form(page).getByTestId('form-raw').fill('C0 00')
  await expect(form(page).getByTestId('form-outcome')).toContainText('sends PINGRESP')
  await form(page).getByTestId('form-raw').fill('C1 00')
  await expect(form(page)).toContainText('breaks a rule')
  await send(page)
  await expect.poll(() => sent(page, 'sub1', 'PINGREQ')).toBe('C1 00')
  await expect(card(page, 'sub1')).toContainText('not connected')
})

test('forms open with keys, close with Escape, and name the field under the pointer', async ({ page }) => {
  await open(page)
  await slider(page).press('End')
  for (const [key, title] of [['p', 'Publish from pub1'], ['s', 'Subscribe pub1'], ['m', 'Misbehave as pub1'], ['c', 'Connect pub1']]) {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await expect(page.getByRole('dialog', { name: title })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(form(page)).toHaveCount(0)
  }
  // Closed, the form gives the focus back.
  await card(page, 'pub1').getByRole('button', { name: 'Publish' }).click()
  await expect(form(page).getByLabel('Topic')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(card(page, 'pub1').getByRole('button', { name: 'Publish' })).toBeFocused()
  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await form(page).getByTestId('form-bytes').locator('.byte-field').nth(2).locator('.byte').first().hover()
  await expect(form(page).locator('.byte.is-linked')).toHaveCount(22)
  await expect(form(page)).toContainText('sub1 gets it through sensors/#')
})

test('the broker is set by a form and by a mosquitto.conf, both ways @phone', async ({ page, isMobile }) => {
  await open(page)
  if (isMobile) await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Actors' }).click()
  await slider(page).press('End')
  // Drawn, so that no click falls on a card that is about to be replaced.
  await expect(page.getByTestId('actor-broker')).toContainText('sessions2')
  const settings = page.getByRole('dialog', { name: 'Broker settings' })
  const show = () => page.getByTestId('actor-broker').getByRole('button', { name: 'Settings…' }).click()
  await show()
  const conf = settings.getByTestId('settings-conf')
  await expect(conf).toHaveValue('')
  expect(await violations(page)).toEqual([])
  await settings.getByTestId('setting-retain_available').uncheck()
  await settings.getByTestId('setting-max_qos').selectOption('1')
  await expect(conf).toHaveValue('retain_available false\nmax_qos 1\n')
  await conf.fill('# ours\nmax_qos 7\nmax_keepalive 60\n')
  await expect(settings.getByRole('alert')).toHaveText('Line 2, max_qos: expects 0, 1 or 2.')
  await expect(settings.getByTestId('settings-apply')).toBeDisabled()
  await conf.fill('# ours\nlistener 1883\nmax_keepalive 60\n')
  await expect(settings.getByTestId('settings-verdict')).toContainText('listener (line 2)')
  await expect(settings.getByTestId('setting-max_keepalive')).toHaveValue('60')
  await settings.getByTestId('settings-users').fill('pub1:secret\n')
  await settings.getByTestId('settings-rules').fill('topic a/#/b')
  await expect(settings.getByRole('alert')).toContainText('Access rules: line 1')
  await settings.getByTestId('settings-rules').fill('')
  await settings.getByTestId('setting-allow_anonymous').uncheck()
  await settings.getByTestId('settings-apply').click()
  await expect(settings).toHaveCount(0)
  await expect(page.getByTestId('actor-broker')).toContainText('sessions2')
  await show()
  await expect(conf).toHaveValue('allow_anonymous false\nmax_keepalive 60\npassword_file passwords\n')
  await settings.getByTestId('settings-restart').click()
  await slider(page).press('End')
  await expect(page.getByTestId('actor-broker')).toContainText('sessions0')
  await card(page, 'pub1').getByRole('button', { name: 'Connect', exact: true }).click()
  await slider(page).press('End')
  if (isMobile) await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Diagram' }).click()
  await expect(page.getByRole('button', { name: /^Broker to pub1, CONNACK.*not authorized/i })).toBeVisible()
})

test('open forms: no violation of WCAG 2.2 AA @phone', async ({ page }) => {
  test.setTimeout(120_000)
  await page.goto('./')
  await expect(page.getByTestId('step-forward')).toBeEnabled()
  for (const key of ['c', 'p', 's', 'm']) {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await expect(form(page)).toBeVisible()
    if (key === 'c') {
      await form(page).getByTestId('form-version-5.0').click()
      await form(page).getByTestId('form-will').check()
      await add(page, 'CONNECT', 0x26, 'User Property', ['k', 'v'])
      await form(page).getByTestId('form-properties').getByRole('button', { name: /^Add/ }).click()
      await expect(page.getByRole('menuitem', { name: 'Receive Maximum' })).toBeVisible()
      // Escape closes the menu alone.
      await page.keyboard.press('Escape')
      await expect(page.getByRole('menuitem', { name: 'Receive Maximum' })).toHaveCount(0)
    }
    // What is cut by the edge of the scrolled part counts as too small.
    await form(page).locator('.popover__body').evaluate((it) => it.scrollTo(0, 0))
    expect(await violations(page)).toEqual([])
    if (key === 'c') {
      await send(page)
      continue
    }
    await page.keyboard.press('Escape')
    await expect(form(page)).toHaveCount(0)
  }
})
