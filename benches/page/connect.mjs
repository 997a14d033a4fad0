// node benches/page/connect.mjs [DIR=dist] [--seconds 30] [--messages 200000] [--only beside|trips|steady|many] [--qos 0] [--size 16]
// The Connect page against a real mosquitto: 2,000 messages a second for half a minute, how it scrolls after 200,000
// messages beside an empty list, and its client's throughput and round trips beside npm's MQTT.js in the same Chromium,
// over the same broker, each with the page's whole byte record on. Fails over a budget; other load moves the figures.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { chromium as browser } from '@playwright/test'
import { chromium } from '../../scripts/chromium.mjs'
import { serve } from '../../scripts/serve.mjs'
import { startMosquitto } from '../../tests/page/mosquitto.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '30' }, messages: { type: 'string', default: '200000' }, only: { type: 'string' }, qos: { type: 'string' }, size: { type: 'string' } },
})
const BUDGET = { longTask: 100, memory: 400, frame: 20, ratio: 1.3, trip: 1.25, clock: 0.1 }
const RATE = 2000
const ROUND_TRIPS = 30
/** Runs of each client that count. */
const ROUNDS = 5
/** What is measured beside MQTT.js, unless one of it is asked for. */
const CASES = [16, 1024].flatMap((size) => [0, 1, 2].map((qos) => ({ size, qos })))
  .filter(({ size, qos }) => Number(values.size ?? size) === size && Number(values.qos ?? qos) === qos)

const mqttjs = fs.readFileSync(path.join(import.meta.dirname, '../../node_modules/mqtt/dist/mqtt.min.js'), 'utf8')
const site = await serve({ dir: positionals[0] ?? 'dist' })
const chrome = await browser.launch(chromium)
// Nothing is dropped for want of room: both clients would lose. Nor does it write of each packet.
const mosquitto = await startMosquitto(['max_queued_messages 0', 'max_inflight_messages 0'], { log: 'information' })
const missed = []
const parts = {
  beside: besideMqttJs,
  trips: roundTrips,
  steady: () => steady(Number(values.seconds)),
  many: () => many(Number(values.messages)),
}
try {
  for (const [name, part] of Object.entries(parts)) if (!values.only || values.only === name) await part()
} finally {
  await mosquitto.stop()
  await chrome.close()
  await site.close()
}
if (missed.length) {
  console.error(`bench-page: over the budget: ${missed.join('; ')}`)
  process.exit(1)
}

function tell(what, found, fine, budget) {
  console.log(`connect: ${what}: ${found} (${fine ? 'budget' : 'OVER the budget of'} ${budget})`)
  if (!fine) missed.push(what)
}

/** The Connect page, connected and subscribed; `before` runs in it before anything of its own. */
async function connected(filter, before) {
  const context = await chrome.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  if (before) await page.addInitScript(before)
  await connectHere(page, filter)
  return page
}

async function connectHere(page, filter) {
  page.on('pageerror', (error) => missed.push(`uncaught: ${error}`))
  await page.goto(`${site.url}#/connect`)
  await page.getByLabel('WebSocket address').fill(mosquitto.wsUrl)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.locator('.sequence__toolbar').getByRole('status').filter({ hasText: 'live' }).waitFor()
  const form = page.getByRole('form', { name: 'Subscribe' })
  await form.getByLabel('Topic filter').fill(filter)
  await form.getByRole('radio', { name: '2', exact: true }).click()
  await form.getByRole('button', { name: 'Subscribe', exact: true }).click()
  await page.getByText('QoS 2 granted').waitFor()
}

/** How many messages the page says to have received. */
function received(page) {
  const count = () => Number(/^(\d+) received/.exec(document.querySelector('.connect__messages .connect__count').textContent)?.[1] ?? 0)
  return page.evaluate(count)
}

async function until(condition, what, patience = 120_000) {
  for (const end = Date.now() + patience; !(await condition());) {
    if (Date.now() > end) throw new Error(`bench-page: still waiting for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** A publisher that reads lines. */
function publisher(topic) {
  const child = spawn('mosquitto_pub', ['-h', '127.0.0.1', '-p', `${mosquitto.tcpPort}`, '-t', topic, '-l'], { stdio: ['pipe', 'ignore', 'inherit'] })
  child.done = once(child, 'exit')
  return child
}

async function steady(seconds) {
  const page = await connected('load/#')
  await page.evaluate(() => {
    window.longest = 0
    new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration) })
      .observe({ type: 'longtask' })
  })
  const source = publisher('load/steady')
  let sent = 0
  const began = Date.now()
  while (Date.now() - began < seconds * 1000) {
    const due = Math.floor((Date.now() - began) * RATE / 1000)
    let lines = ''
    for (; sent < due; sent++) lines += `reading ${sent}\n`
    if (lines) source.stdin.write(lines)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  source.stdin.end()
  await source.done
  await until(async () => (await received(page)) >= sent, `${sent} messages`)
  const longest = Math.round(await page.evaluate(() => window.longest))
  const lost = sent - (await received(page))
  tell(`${RATE.toLocaleString('en-GB')} messages a second for ${seconds} s`, `${sent.toLocaleString('en-GB')} sent, ${lost} lost`, lost === 0, 'none lost')
  tell('the longest task meanwhile', longest ? `${longest} ms` : 'under 50 ms', longest <= BUDGET.longTask, `${BUDGET.longTask} ms`)
  await page.context().close()
}

async function many(messages) {
  const page = await connected('load/#')
  const source = publisher('load/many')
  for (let n = 0; n < messages; n += 1000) {
    let lines = ''
    for (let at = n; at < n + 1000; at++) lines += `reading ${at}\n`
    if (!source.stdin.write(lines)) await once(source.stdin, 'drain')
  }
  source.stdin.end()
  await source.done
  await until(async () => (await received(page)) >= messages, `${messages} messages`)
  const dropped = await page.locator('.sequence__toolbar .connect__how').textContent()
  const [ours, empty] = [await scroll(page, '.sequence__scroll'), await emptyList()]
  const fine = ours.p95 < BUDGET.frame || ours.p95 <= empty.p95 * BUDGET.ratio
  tell(`frames while scrolling after ${messages.toLocaleString('en-GB')} messages, 95th percentile`, `${ours.p95} ms, ${empty.p95} ms for an empty list; ${dropped || 'nothing dropped'}`, fine, `${BUDGET.frame} ms or ${BUDGET.ratio} times that`)
  const memory = await page.evaluate(() => Math.round((performance.memory?.usedJSHeapSize ?? 0) / 1e6))
  const nodes = await page.evaluate(() => document.querySelectorAll('.connect *').length)
  tell('memory of JavaScript, nodes of the page', `${memory} MB, ${nodes}`, memory <= BUDGET.memory && nodes < 5000, `${BUDGET.memory} MB, 5000`)
  await page.context().close()
}

/** Scrolls to the top and to the end for two seconds; how long frames took. */
function scroll(page, selector) {
  return page.evaluate((selector) => new Promise((resolve) => {
    const list = document.querySelector(selector)
    const frames = []
    let last = performance.now()
    const end = last + 2000
    let at = 0
    const step = (now) => {
      frames.push(now - last)
      last = now
      at = (at + 700) % Math.max(1, list.scrollHeight - list.clientHeight)
      list.scrollTop = at
      if (now < end) return requestAnimationFrame(step)
      frames.sort((a, b) => a - b)
      resolve({ p95: Math.round(frames[Math.floor(frames.length * 0.95)] * 10) / 10 })
    }
    requestAnimationFrame(step)
  }), selector)
}

async function emptyList() {
  const page = await (await chrome.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.setContent('<!doctype html><div id="list" style="height:800px;overflow:auto"><div style="height:5000000px"></div></div>')
  const result = await scroll(page, '#list')
  await page.context().close()
  return result
}

/** A page with MQTT.js, connected and subscribed. */
async function theirs(filter) {
  const blank = await (await chrome.newContext()).newPage()
  await blank.goto(`${site.url}no-page`)
  await theirsHere(blank, filter)
  return blank
}

async function theirsHere(blank, filter) {
  await blank.setContent('<!doctype html>')
  await blank.addScriptTag({ content: mqttjs })
  await blank.evaluate(async ({ url, filter }) => {
    window.client = mqtt.connect(url, { protocolVersion: 4, reconnectPeriod: 0 })
    await new Promise((resolve, reject) => { client.once('connect', resolve); client.once('error', reject) })
    await client.subscribeAsync(filter, { qos: 2 })
  }, { url: mosquitto.wsUrl, filter })
}

/** A form for publishing that says so. */
async function publishing(page, { topic, size, qos }) {
  const form = page.getByRole('form', { name: 'Publish' })
  await form.getByLabel('Topic').fill(topic)
  await form.getByLabel('Payload').fill('x'.repeat(size))
  await form.getByRole('radio', { name: `${qos}`, exact: true }).click()
  return form
}

/**
 * A Chromium that is not looked at while it measures: tools that are attached are told of every frame of a WebSocket, and
 * so much is said then that little else gets done. Pages show in windows of their own and agree on turns among
 * themselves; the last word of a run is a title, which can be read from outside.
 */
async function unwatched() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-playground-bench-'))
  const args = ['--headless', ...chromium.args, '--remote-debugging-port=0', `--user-data-dir=${dir}`, 'about:blank']
  const child = spawn(chromium.executablePath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'exit')
  const address = await new Promise((resolve, reject) => {
    let text = ''
    child.stderr.setEncoding('utf8').on('data', (more) => {
      text += more
      const [, found] = /DevTools listening on (ws:\S+)/.exec(text) ?? []
      if (found) resolve(new URL(found))
    })
    child.once('exit', () => reject(new Error(`bench-page: Chromium ended:\n${text}`)))
  })
  return {
    /** Looks at it while `work` goes on. */
    async watch(work) {
      const tool = await browser.connectOverCDP(`http://${address.host}`)
      try {
        return await work(tool)
      } finally {
        await tool.close()
      }
    },
    /** The pages' titles. */
    async titles() {
      const pages = await (await fetch(`http://${address.host}/json/list`)).json()
      return pages.map((it) => it.title)
    },
    async close() {
      child.kill()
      await ended
      // Its helpers end a little after it, and write until then.
      await fs.promises.rm(dir, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

async function besideMqttJs() {
  const chrome = await unwatched()
  try {
    await chrome.watch(async (tool) => {
      const [context] = tool.contexts()
      const page = await context.newPage()
      await page.setViewportSize({ width: 1440, height: 900 })
      await connectHere(page, 'bench/#')
      await page.evaluate(turnsOfOurs)
      const session = await tool.newBrowserCDPSession()
      const opened = context.waitForEvent('page')
      await session.send('Target.createTarget', { url: `${site.url}no-page`, newWindow: true })
      await theirsHere(await opened, 'bench2/#')
    })
    for (const one of CASES) await besideAt(chrome, one)
  } finally {
    await chrome.close()
  }
}

async function besideAt(chrome, { size, qos }) {
  const messages = (qos === 0 ? 20_000 : 10_000) / (size > 16 ? 2 : 1)
  const done = `done ${qos} ${size}`
  const blank = (tool) => tool.contexts()[0].pages().find((it) => it.url().endsWith('no-page'))
  await chrome.watch(async (tool) => {
    const page = tool.contexts()[0].pages().find((it) => it.url().endsWith('#/connect'))
    const form = await publishing(page, { topic: 'bench/a', size, qos })
    await form.getByLabel('Every, ms').fill('0')
    await form.getByLabel('Times', { exact: true }).fill(`${messages}`)
    await blank(tool).evaluate(takeTurns, { qos, size, messages, rounds: ROUNDS, done })
  })
  await until(async () => (await chrome.titles()).includes(done), `the runs at QoS ${qos} with ${size} B`, 600_000)
  const runs = await chrome.watch((tool) => blank(tool).evaluate(() => window.runs))
  const rates = { ours: messages / median(runs.ours), theirs: messages / median(runs.theirs) }
  const told = (rate) => Math.round(rate * 1000).toLocaleString('en-GB')
  const factor = rates.ours / rates.theirs
  const said = `${told(rates.ours)} messages a second, MQTT.js ${told(rates.theirs)}: ${factor.toFixed(2)} times that`
  tell(`there and back, QoS ${qos}, ${size} B`, said, factor >= 1, "MQTT.js's")
}

/** In the page: sends as its form says when it is asked to, and answers with the milliseconds from the click to the
 * moment the page's count tells of the last one's return: the painting comes behind it. */
function turnsOfOurs() {
  const channel = new BroadcastChannel('bench')
  const count = document.querySelector('.connect__messages .connect__count')
  const button = (text) => [...document.querySelectorAll('.publish-more button')].find((it) => it.textContent === text)
  const when = (condition) => new Promise((resolve) => {
    const look = () => (condition() ? resolve() : setTimeout(look, 20))
    look()
  })
  channel.onmessage = async ({ data: messages }) => {
    document.querySelector('[aria-label="Clear the record"]').click()
    await when(() => !count.textContent && button('Repeat'))
    const began = performance.now()
    new MutationObserver((_, observer) => {
      if (parseInt(count.textContent) < messages) return
      observer.disconnect()
      channel.postMessage(performance.now() - began)
    }).observe(count, { childList: true, characterData: true, subtree: true })
    button('Repeat').click()
  }
}

/** In MQTT.js's page: it and the other take turns, now this one first and now that one, so that what else the machine
 * does meets both. The first round warms up. */
function takeTurns({ qos, size, messages, rounds, done }) {
  const channel = new BroadcastChannel('bench')
  const ours = () => new Promise((resolve) => {
    channel.onmessage = ({ data }) => resolve(data)
    channel.postMessage(messages)
  })
  const theirs = () => new Promise((resolve) => {
    let back = 0
    const began = performance.now()
    const count = () => {
      if (++back < messages) return
      client.off('message', count)
      resolve(performance.now() - began)
    }
    client.on('message', count)
    const payload = 'x'.repeat(size)
    for (let n = 0; n < messages; n++) client.publish('bench2/a', payload, { qos })
  })
  const all = async () => {
    // By then nobody looks.
    await new Promise((resolve) => setTimeout(resolve, 500))
    const runs = { ours: [], theirs: [] }
    for (let round = 0; round <= rounds; round++) {
      const turns = [async () => runs.ours.push(await ours()), async () => runs.theirs.push(await theirs())]
      for (const turn of round % 2 ? turns.reverse() : turns) await turn()
    }
    channel.close()
    window.runs = { ours: runs.ours.slice(1), theirs: runs.theirs.slice(1) }
    document.title = done
  }
  all()
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
}

/** One message after the other: from the call that publishes it to the moment the client has dealt with its answer. */
async function roundTrips() {
  // Both in the Chromium that is looked at, unlike the runs above: it tells of each frame of both.
  const page = await connected('trips/#', hookWebSocket)
  const blank = await theirs('trips2/#')
  for (const { size, qos } of CASES) {
    // In turns, for what else the machine does.
    const [ours, theirs] = [[], []]
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(...await oursAndBack(page, { size, qos }))
      theirs.push(...await theirsAndBack(blank, { size, qos }))
    }
    for (const [name, what] of [['ack', 'to its acknowledgement'], ['back', 'to its own delivery']]) {
      if (name === 'ack' && qos === 0) continue
      const [a, b] = [middle(ours.map((it) => it[name])), middle(theirs.map((it) => it[name]))]
      const said = `median ${a.p50} ms, 95 of 100 under ${a.p95} ms, MQTT.js ${b.p50} and ${b.p95} ms`
      tell(`a message ${what}, QoS ${qos}, ${size} B, in a Chromium that is looked at`, said, a.p50 <= b.p50 * BUDGET.trip + BUDGET.clock, `${BUDGET.trip} times MQTT.js's median and ${BUDGET.clock} ms`)
    }
  }
  await page.context().close()
  await blank.context().close()
}

function middle(times) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (percent) => Math.round(sorted[Math.ceil((sorted.length * percent) / 100) - 1] * 100) / 100
  return { p50: at(50), p95: at(95) }
}

/** Tells when the page has dealt with a packet of a type. */
function hookWebSocket() {
  window.dealt = () => {}
  const types = (data) => {
    const [bytes, found] = [new Uint8Array(data), []]
    for (let at = 0; at < bytes.length;) {
      found.push(bytes[at] >> 4)
      let [length, shift, next] = [0, 0, at + 1]
      do {
        length |= (bytes[next] & 0x7f) << shift
        shift += 7
      } while (bytes[next++] & 0x80)
      at = next + length
    }
    return found
  }
  // What the page puts off to the end of its turn is dealt with before this is told: such tasks keep their order.
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = ({ data }) => {
    const now = performance.now()
    for (const type of data) window.dealt(type, now)
  }
  const of = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage')
  Object.defineProperty(WebSocket.prototype, 'onmessage', {
    ...of,
    set(handler) {
      of.set.call(this, handler && ((event) => {
        handler.call(this, event)
        port2.postMessage(types(event.data))
      }))
    },
  })
}

/** Times of messages that the page's form publishes. */
async function oursAndBack(page, { size, qos }) {
  await publishing(page, { topic: 'trips/a', size, qos })
  return page.evaluate(async ({ qos, rounds, type }) => {
    const button = [...document.querySelectorAll('form button[type=submit]')].find((it) => it.textContent === 'Publish')
    const times = []
    for (let n = 0; n < rounds; n++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      times.push(await new Promise((resolve) => {
        const time = qos ? {} : { ack: 0 }
        const began = performance.now()
        window.dealt = (found, now) => {
          if (found === type.ack) time.ack = now - began
          if (found === type.back) time.back = now - began
          if ('ack' in time && 'back' in time) resolve(time)
        }
        button.click()
      }))
    }
    window.dealt = () => {}
    return times
  }, { qos, rounds: ROUND_TRIPS, type: [{ back: 3 }, { ack: 4, back: 3 }, { ack: 7, back: 6 }][qos] })
}

/** The same with MQTT.js: as with the page, the time ends with a task of its own behind what has been done. */
function theirsAndBack(blank, { size, qos }) {
  return blank.evaluate(async ({ qos, size, rounds }) => {
    const payload = 'x'.repeat(size)
    const { port1, port2 } = new MessageChannel()
    const times = []
    for (let n = 0; n < rounds; n++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      times.push(await new Promise((resolve) => {
        const time = {}
        const began = performance.now()
        port1.onmessage = ({ data }) => {
          time[data] = performance.now() - began
          if ('ack' in time && 'back' in time) resolve(time)
        }
        client.once('message', () => port2.postMessage('back'))
        client.publish('trips2/a', payload, { qos }, () => port2.postMessage('ack'))
      }))
    }
    return times
  }, { qos, size, rounds: ROUND_TRIPS })
}
