// node scripts/mutants-spec.mjs
// For every statement that tests/spec/*.tsv puts into class `codec`, `conversation`, `broker` or `client`: its test passes,
// and fails once the check is off. `node scripts/mutants-spec.mjs client` looks at that class alone.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'

const build = spawnSync('cargo', ['test', '--features', 'switches', '--test', 'codec_statements',
  '--test', 'conversation_statements', '--test', 'broker', '--test', 'client', '--no-run', '--message-format=json'],
  { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] })
if (build.status !== 0) process.exit(build.status ?? 1)
const built = build.stdout.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line))
const binaries = Object.fromEntries(built.filter(it => it.executable && it.target.kind.includes('test')).map(it => [it.target.name, it.executable]))

const run = (target, test, off) => {
  const env = { ...process.env }
  delete env.MQTT_SWITCH_OFF
  if (off) env.MQTT_SWITCH_OFF = off
  return spawnSync(binaries[target], [test, '--exact'], { env, encoding: 'utf8', timeout: 60_000 })
}

const classes = process.argv[2] ? [process.argv[2]] : ['codec', 'conversation', 'broker', 'client']
let passed = 0, failed = 0
for (const name of ['v311', 'v5']) {
  for (const line of fs.readFileSync(`tests/spec/${name}.tsv`, 'utf8').split('\n')) {
    const [id, kind, target, test, check] = line.split('\t')
    if (!classes.includes(kind)) continue
    const on = run(target, test), off = run(target, test, check)
    const ran = on.stdout.includes('1 passed')
    if (ran && on.status === 0 && off.status === 101) { passed += 1; continue }
    failed += 1
    const why = !ran ? 'does not exist' : on.status !== 0 ? 'fails with its check on' : `passes with ${check} off`
    console.error(`${name} ${id}: ${test} ${why}`)
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
