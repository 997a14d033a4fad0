// node scripts/test.mjs
// Everything that `make test` checks, one step after the other, each with the time it took. Stops at the first failure.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'

const steps = [
  ['lint', 'make', ['lint']],
  ['tests of the scripts', 'make', ['test-scripts']],
  ['native tests', 'cargo', ['test']],
  ...(fs.existsSync('tests/wasm.rs') ? [['tests in WebAssembly', 'make', ['test-wasm']]] : []),
  ['release page', 'make', ['build']],
  ['size budget', 'make', ['size']],
  ['tests of the page', 'make', ['test-page']],
]

const times = []
for (const [name, program, args] of steps) {
  console.log(`\n== ${name}`)
  const started = process.hrtime.bigint()
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' })
  times.push(`${name} ${(Number(process.hrtime.bigint() - started) / 1e9).toFixed(1)} s`)
  if (status !== 0) {
    console.error(`\ntest: ${name} failed${error ? `: ${error.message}` : ''} (${times.join(', ')})`)
    process.exit(1)
  }
}
console.log(`\ntest: all passed (${times.join(', ')})`)
