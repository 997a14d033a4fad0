// What every page test starts from: the built site on a free loopback port, and a page that may not complain.
//
//   import { test, expect } from './fixture.js'
//
// A test fails on any console warning or error, uncaught exception, breach of the content security policy, failed
// request, or request to another host. One that provokes such a message names it: `complaints.expect(/…/)`; it then
// has to occur. `mosquitto` is a real broker of the test's own: see mosquitto.js.
import fs from 'node:fs'
import { test as base, expect } from '@playwright/test'
import { serve } from '../../scripts/serve.mjs'
import { startMosquitto } from './mosquitto.js'

export { expect }

export const test = base.extend({
  site: [
    async ({}, use) => {
      if (!fs.existsSync('dist/index.html')) throw new Error('dist/ holds no built page: run `make build` first')
      const site = await serve({ dir: 'dist' })
      await use(site)
      await site.close()
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ site }, use) => use(site.url),

  complaints: async ({}, use) => {
    const heard = []
    const expected = []
    const missed = () => expected.filter((pattern) => !heard.some((message) => pattern.test(message))).map(String)
    await use({
      add: (message) => heard.push(message),
      expect: (pattern) => expected.push(pattern),
      // What the page says last reaches us after the test's last line, but not after its context is closed.
      settled: () => expect.poll(missed, { message: 'expected complaints that did not come' }).toEqual([]),
    })
    const unexpected = heard.filter((message) => !expected.some((pattern) => pattern.test(message)))
    expect(unexpected, 'the page complained').toEqual([])
  },

  /** Whether the page shows what it shows on a first visit only. */
  firstVisit: [false, { option: true }],

  context: async ({ context, complaints, firstVisit }, use) => {
    const stop = await listen(context, complaints)
    if (!firstVisit) await context.addInitScript(seen)
    await use(context)
    stop()
    // What is left of a context that is used again.
    await context.clearPermissions()
    await context.setOffline(false)
  },

  mosquitto: async ({}, use, info) => {
    const broker = await startMosquitto()
    await use(broker)
    await broker.stop()
    if (info.status !== info.expectedStatus) await info.attach('mosquitto.log', { body: broker.log() })
  },
})

/** Runs in the page: the first steps have been seen. */
function seen() {
  try {
    localStorage.setItem('mqtt-playground.hints', 'done')
  } catch { /* pages without storage */ }
}

/** Reports everything that a page of this context complains about, until what it gives is called. */
async function listen(context, complaints) {
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`content security policy: ${event.violatedDirective} refused ${event.blockedURI}`)
    })
  })
  const heard = {
    console: (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.add(`${message.type()}: ${message.text()}`)
    },
    weberror: (error) => complaints.add(`uncaught: ${error.error()}`),
    requestfailed: (request) => {
      // Given up by the browser when the page is left before its icon, module or font is there. A page that lost one of
      // them while it was wanted shows nothing or falls back, which other tests look for.
      if (request.failure()?.errorText === 'net::ERR_ABORTED' && /\.(svg|wasm|woff2)$/.test(request.url())) return
      complaints.add(`request failed: ${request.url()} ${request.failure()?.errorText}`)
    },
    request: (request) => {
      const { protocol, hostname } = new URL(request.url())
      if (/^https?:$/.test(protocol) && hostname !== '127.0.0.1') {
        complaints.add(`request to another host: ${request.url()}`)
      }
    },
  }
  for (const [event, told] of Object.entries(heard)) context.on(event, told)
  // The next test gets the same context.
  return () => {
    for (const [event, told] of Object.entries(heard)) context.off(event, told)
  }
}
