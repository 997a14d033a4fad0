// node scripts/test.mjs
// Everything that `make test` checks, each step with the time it took. The page is checked and its release built beside
// the native and WebAssembly tests, which use other build directories; the page's tests, which wait for what a user would
// wait for, have the machine to themselves. Stops at the first failure.
import { spawn } from 'node:child_process'

const checks = [
  ['lint', 'make', ['lint-native']],
  ['tests of the scripts', 'make', ['test-scripts']],
  // Six threads: some tests wait for a real mosquitto's timers. The property tests take the same cases every time, so that
  // a change is judged by itself; `make test-core` takes new ones.
  ['native tests', 'cargo', ['test'], { RUST_TEST_THREADS: '6', PROPTEST_RNG_SEED: '1' }],
  ['tests in WebAssembly', 'make', ['test-wasm']],
  // It shares macros with the page, which are there by now, while the page's modules are still made small on one core.
  ['lint of the page', 'make', ['lint-page']],
]
const page = [
  ['release page', 'make', ['build']],
  ['size budget', 'make', ['size']],
]
// On a machine that stands still for seconds a test may fail that waits as it should: it gets a second try, and
// the summary names it as flaky. One that is named again and again is to be mended.
const last = [['tests of the page', 'make', ['test-page', 'RETRIES=1']]]

// What compiling in pieces keeps for the next time costs a tenth of the time; short loops have it (`make test-core`).
process.env.CARGO_INCREMENTAL ??= '0'

const running = new Set()
const times = []
const started = process.hrtime.bigint()
const seconds = (since) => `${(Number(process.hrtime.bigint() - since) / 1e9).toFixed(1)} s`

/** One step after the other; what an aside prints is kept until it has ended, so that two don't mix their lines. */
async function run(steps, aside) {
  for (const [name, program, args, env] of steps) {
    if (!aside) console.log(`\n== ${name}`)
    const since = process.hrtime.bigint()
    // A group of its own, so that all of it can be stopped.
    const stdio = ['ignore', aside ? 'pipe' : 'inherit', aside ? 'pipe' : 'inherit']
    const child = spawn(program, args, { stdio, env: { ...process.env, ...env }, detached: true })
    running.add(child)
    const printed = []
    for (const stream of aside ? [child.stdout, child.stderr] : []) stream.on('data', (data) => printed.push(data))
    const { status, error } = await new Promise((resolve) => {
      child.on('error', (error) => resolve({ error }))
      child.on('close', (status) => resolve({ status }))
    })
    running.delete(child)
    if (aside) process.stdout.write(`\n== ${name}, meanwhile\n${Buffer.concat(printed)}`)
    times.push(`${name} ${seconds(since)}`)
    if (status !== 0) {
      stop()
      console.error(`\ntest: ${name} failed${error ? `: ${error.message}` : ''} (${times.join(', ')})`)
      process.exit(1)
    }
  }
}

/** Ends what still runs, with everything that it started. */
function stop() {
  for (const child of running) {
    try {
      process.kill(-child.pid)
    } catch { /* it has just ended */ }
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stop()
    process.exit(1)
  })
}

await Promise.all([run(checks, false), run(page, true)])
await run(last, false)
console.log(`\ntest: all passed in ${seconds(started)} (${times.join(', ')})`)
