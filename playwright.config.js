// The page's tests run against the release build in dist/, which tests/page/fixture.js serves.
import { defineConfig } from '@playwright/test'
import { forTests } from './scripts/chromium.mjs'

export default defineConfig({
  testDir: 'tests/page',
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: 'list',
  use: {
    launchOptions: forTests(),
    // One context after the other is emptied instead of made anew (storage, permissions, routes, scripts): the module is
    // compiled once, which halves what a short test costs.
    reuseContext: true,
    locale: 'en-GB',
    timezoneId: 'UTC',
    // A trace takes longer than the tests themselves: only for looking into a failure, with TRACE=1.
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
  },
  // Every test runs on the desktop, one tagged @phone also on the phone, one tagged @phone-only just there.
  projects: [
    { name: 'desktop', grepInvert: /@phone-only/, use: { viewport: { width: 1440, height: 900 } } },
    {
      name: 'phone',
      grep: /@phone/,
      use: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
    },
  ],
})
