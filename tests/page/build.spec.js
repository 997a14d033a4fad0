// Building a packet: template, form, bytes, both ways; what the rules forbid only on purpose.
import { violations } from './axe.js'
import { open, rows } from './decode.js'
import { test, expect } from './fixture.js'

test('a template is changed field by field, and its bytes follow @phone', async ({ page }) => {
  const area = await open(page)
  await page.getByRole('combobox', { name: 'Template' }).selectOption('PUBLISH')
  await expect(rows(page).locator('.pkt')).toHaveText(['PUBLISH'])
  const topic = page.getByRole('textbox', { name: 'topic name' })
  await expect(topic).toHaveValue('lab/3/temp')
  await topic.fill('lab/3/temperature')
  await topic.press('Enter')
  await expect(area).toHaveValue(/^32 1a 00 11 6c 61 62/)
  await page.locator('.build').getByRole('checkbox', { name: 'RETAIN' }).check()
  await expect(area).toHaveValue(/^33 1a/)
  // A number is taken with each digit that makes a right one.
  const id = page.getByRole('textbox', { name: 'packet identifier' })
  await id.press('End')
  await id.pressSequentially('23')
  await expect(area).toHaveValue(/ 00 7b /)
  await id.fill('1')
  await expect(area).toHaveValue(/ 00 01 /)
  await page.getByRole('combobox', { name: 'Add property' }).selectOption('Content Type')
  await expect(rows(page)).toContainText('content type')
  await expect(rows(page).getByRole('alert')).toHaveCount(0)
  await page.getByRole('button', { name: /^Remove/ }).click()
  await expect(area).toHaveValue(/^33 1a/)

  // And the form follows the bytes.
  await area.fill((await area.inputValue()).replace(/^33/, '30').replace(/ 00 01 00 /, ' 00 '))
  await expect(page.locator('.build').getByRole('checkbox', { name: 'RETAIN' })).not.toBeChecked()
})

test('every packet of every version has a template', async ({ page }) => {
  await open(page)
  for (const version of ['3.1', '3.1.1', '5.0']) {
    await page.getByRole('radiogroup', { name: 'Version of the template' }).getByRole('radio', { name: version, exact: true }).click()
    for (const name of ['CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBSCRIBE', 'SUBACK', 'UNSUBSCRIBE', 'UNSUBACK', 'PINGREQ', 'PINGRESP', 'DISCONNECT', ...(version === '5.0' ? ['AUTH'] : [])]) {
      await page.getByRole('combobox', { name: 'Template' }).selectOption(name)
      await expect(rows(page).locator('.pkt'), `${name} ${version}`).toHaveText([name])
      await expect(rows(page).getByText('valid'), `${name} ${version}`).toBeVisible()
    }
  }
})

test('what the rules forbid is taken on purpose only, with the rule told', async ({ page }) => {
  const area = await open(page)
  await page.getByRole('combobox', { name: 'Template' }).selectOption('PUBLISH')
  const before = await area.inputValue()
  const topic = page.getByRole('textbox', { name: 'topic name' })
  await topic.fill('lab/#')
  await topic.press('Enter')
  // What was typed stays, and what is wrong with it is told beside it.
  const told = (field) => page.locator('.build__row', { has: field }).getByRole('alert')
  await expect(told(topic)).toContainText('Wildcards stand in topic filters only')
  await expect(topic).toHaveAttribute('aria-invalid', 'true')
  await expect(topic).toHaveValue('lab/#')
  await expect(area).not.toHaveValue(/23 00/)
  await topic.fill('lab/3/temp')
  await expect(told(topic)).toHaveCount(0)
  await expect(area).toHaveValue(before)
  await page.getByRole('checkbox', { name: 'Allow what the rules forbid' }).check()
  await topic.fill('lab/+')
  await topic.press('Enter')
  await expect(rows(page).getByRole('alert')).toContainText('wildcard')
  const id = page.getByRole('textbox', { name: 'packet identifier' })
  await id.fill('70000')
  await id.press('Enter')
  await expect(told(id)).toContainText('too large')
})

test('each bit is turned by a click, and the form and the text follow @phone', async ({ page }) => {
  const area = await open(page)
  await page.getByRole('combobox', { name: 'Template' }).selectOption('PUBLISH')
  const bits = page.getByRole('group', { name: 'Bits of the byte' })
  const retain = bits.getByRole('button', { name: 'Bit 0, RETAIN' })
  await expect(retain).toHaveAttribute('aria-pressed', 'false')
  await retain.click()
  await expect(area).toHaveValue(/^33 /)
  await expect(page.locator('.build').getByRole('checkbox', { name: 'RETAIN' })).toBeChecked()
  await page.locator('.build').getByRole('checkbox', { name: 'RETAIN' }).uncheck()
  await expect(retain).toHaveAttribute('aria-pressed', 'false')
  // What the rules forbid is turned on purpose only.
  await bits.getByRole('button', { name: 'Bit 2, QoS' }).click()
  await expect(page.locator('.build__trouble')).toContainText('Not taken')
  await page.getByRole('checkbox', { name: 'Allow what the rules forbid' }).check()
  await bits.getByRole('button', { name: 'Bit 2, QoS' }).click()
  await expect(area).toHaveValue(/^36 /)
  await expect(rows(page).getByRole('alert')).toContainText('QoS')
  // The byte stays the one that is looked at.
  await page.getByRole('button', { name: 'Next byte' }).click()
  await expect(page.locator('.bit-editor')).toContainText('Byte 1 of')
  await bits.getByRole('button', { name: /^Bit 0,/ }).click()
  await expect(page.locator('.bit-editor')).toContainText('Byte 1 of')
})

test('bytes are edited as text, and form, rules and bits follow @phone', async ({ page }) => {
  const area = await open(page)
  const build = page.getByRole('region', { name: 'Build a packet' })
  await page.getByRole('combobox', { name: 'Template' }).selectOption('PUBLISH')
  const hex = build.getByRole('textbox', { name: 'Edit the bytes' })
  await expect(hex).toHaveValue(/^32 13 00 0a/)
  await expect(build.getByText('valid MQTT 5.0')).toBeVisible()
  const rules = build.getByRole('list', { name: 'Rules' }).getByRole('listitem')
  await expect(rules).toContainText(['Every length fits', 'The packet identifier is not 0', 'The topic name has no wildcard', '5.0 costs 1 more'])
  // A byte that ends the packet sooner leaves the rest where it is, and comes back as it was.
  await hex.fill((await hex.inputValue()).replace(/^32 13/, '32 12'))
  await expect(rows(page)).toHaveCount(2)
  await expect(build.getByText('20 bytes')).toBeVisible()
  await hex.fill((await hex.inputValue()).replace(/^32 12/, '32 13'))
  await expect(rows(page)).toHaveCount(1)
  await expect(build.getByText('21 bytes')).toBeVisible()
  await hex.fill((await hex.inputValue()).replace(/^32/, '36'))
  await expect(build.getByText('malformed MQTT 5.0')).toBeVisible()
  await expect(rules.first()).toContainText('MQTT-3.3.1-4')
  await hex.fill('3')
  await expect(hex).toHaveAttribute('aria-invalid', 'true')
  await hex.blur()
  await expect(hex).toHaveValue(/^36 13/)
  await hex.fill((await hex.inputValue()).replace(/^36/, '32'))
  const sound = await hex.inputValue()
  // A broken rest behind the packet shows first; what is typed still is in place of what was.
  await hex.fill('c0 00 0f 00')
  await expect(build.getByText('Packet 2 of the text')).toBeVisible()
  await hex.fill('c0 00 0f 00 01')
  await expect(area).toHaveValue(/^c0 00\s0f 00\s01$/)
  await hex.fill(sound)
  await expect(area).toHaveValue(sound)
  await hex.blur()

  // QoS and packet identifier come and go together; so do a flag of CONNECT and its field.
  await build.getByRole('radiogroup', { name: 'QoS' }).getByRole('radio', { name: '0' }).click()
  await expect(area).toHaveValue('30 11 00 0a 6c 61 62 2f 33 2f 74 65 6d 70 00 32 32 2e 34')
  await expect(build.getByRole('textbox', { name: 'packet identifier' })).toHaveCount(0)
  await page.getByRole('combobox', { name: 'Template' }).selectOption('CONNECT')
  await build.getByRole('checkbox', { name: 'will flag' }).check()
  await expect(build.getByRole('textbox', { name: 'will topic' })).toHaveValue('lab/3/status')
  await build.getByRole('checkbox', { name: 'password flag' }).check()
  await expect(build.getByRole('textbox', { name: 'password' })).toHaveValue('secret')
  await expect(rows(page).getByText('valid')).toBeVisible()
  // Another version writes the same packet without what it lacks, and what was there comes back.
  await page.getByRole('radiogroup', { name: 'Version of the template' }).getByRole('radio', { name: '3.1.1' }).click()
  await expect(build.getByText('valid MQTT 3.1.1')).toBeVisible()
  await expect(build.getByRole('textbox', { name: 'user name' })).toHaveCount(0)
})

test('a template takes the place of what was pasted, which comes back', async ({ page }) => {
  const area = await open(page)
  await area.fill('c0 00 d0 00')
  await page.getByRole('combobox', { name: 'Template' }).selectOption('PUBLISH')
  await page.getByRole('combobox', { name: 'Template' }).selectOption('SUBSCRIBE')
  await expect(rows(page).locator('.pkt')).toHaveText(['SUBSCRIBE'])
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(area).toHaveValue('c0 00 d0 00')
  await expect(rows(page).locator('.pkt')).toHaveText(['PINGREQ', 'PINGRESP'])
})

test('subscriptions take more filters', async ({ page }) => {
  await open(page)
  await page.getByRole('combobox', { name: 'Template' }).selectOption('SUBSCRIBE')
  await page.getByRole('button', { name: 'Add topic filter' }).click()
  await expect(page.getByRole('textbox', { name: 'topic filter' })).toHaveCount(2)
  await expect(rows(page).getByText('valid')).toBeVisible()
  await page.getByRole('button', { name: 'Remove topic filter' }).first().click()
  await expect(page.getByRole('textbox', { name: 'topic filter' })).toHaveValue('#')
  await page.getByRole('combobox', { name: 'Template' }).selectOption('UNSUBSCRIBE')
  await page.getByRole('button', { name: 'Add topic filter' }).click()
  await expect(page.getByRole('textbox', { name: 'topic filter' })).toHaveCount(2)
  await expect(rows(page).getByText('valid')).toBeVisible()
})

test('the form: no violation of WCAG 2.2 AA @phone', async ({ page }) => {
  await page.goto('./#/decode')
  await page.getByRole('combobox', { name: 'Template' }).selectOption('CONNECT')
  await expect(page.getByRole('textbox', { name: 'client identifier' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Build a packet' })).toBeInViewport()
  expect(await violations(page)).toEqual([])
})
