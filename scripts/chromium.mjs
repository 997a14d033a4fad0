// How every script and test starts the browser: the system's Chromium, offline. CHROMIUM= names another binary.
import fs from 'node:fs'

/** Debian's Chromium without windows, tabs and menus: the same pages for a sixth less of the processor's time. */
export const HEADLESS_SHELL = '/usr/lib/chromium/chromium-headless-shell'

/** For tests, which may take either. */
export const forTests = () => (process.env.CHROMIUM || !fs.existsSync(HEADLESS_SHELL)
  ? chromium : { ...chromium, executablePath: HEADLESS_SHELL })

export const chromium = {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}
