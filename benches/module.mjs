// What the benchmarks in a tab share: a module built with the profile and the wasm-opt flags of the page that ships,
// a stopwatch for a tab's main thread, medians.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')

/** Stops unless a package's release profile is the one that the page is built with, the packages' own levels included. */
function checkProfile(manifest) {
  const name = /data-cargo-profile-release="(\w+)"/.exec(fs.readFileSync(path.join(root, 'index.html'), 'utf8'))?.[1]
  const all = profiles(path.join(root, 'Cargo.toml'))
  const { inherits, ...page } = all[`profile.${name}`] ?? {}
  const ships = { '': { ...all[`profile.${inherits}`], ...page }, ...packages(all, name) }
  const mine = profiles(manifest)
  const here = { '': mine['profile.release'], ...packages(mine, 'release') }
  const [want, have] = [ships, here].map((levels) => JSON.stringify(sorted(levels), null, 1))
  if (want !== have || !ships['']['opt-level']) stop(`${path.relative(root, manifest)} is not built as the page is:\npage ${want}\nhere ${have}`)
  return `${ships['']['opt-level']}, of the codec ${ships['mqtt-playground-wire']?.['opt-level']}`
}

/** What a profile says of single packages. */
function packages(all, profile) {
  const start = `profile.${profile}.package.`
  return Object.fromEntries(Object.entries(all).filter(([section]) => section.startsWith(start))
    .map(([section, keys]) => [section.slice(start.length), keys]))
}

function sorted(value) {
  return Object.entries(value ?? {}).sort().map(([key, of]) => [key, typeof of === 'object' ? sorted(of) : of])
}

/** The profiles of a manifest: their keys by section. */
function profiles(file) {
  const found = {}
  let section = null
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    const title = /^\[(.+)\]$/.exec(line)?.[1]
    if (title !== undefined) section = title.startsWith('profile.') ? (found[title] = {}) : null
    const [, key, value] = /^([\w-]+) = (.+)$/.exec(line) ?? []
    if (section && key) section[key] = value.replaceAll('"', '')
  }
  return found
}

/** How trunk calls wasm-opt for the page. */
function wasmOptFlags() {
  const html = fs.readFileSync(path.join(root, 'index.html'), 'utf8')
  const level = /data-wasm-opt="(\w+)"/.exec(html)?.[1]
  const params = /data-wasm-opt-params="([^"]+)"/.exec(html)?.[1]
  if (!level || !params) stop('index.html does not say how wasm-opt is called')
  return [`-O${level}`, ...params.split(/\s+/)]
}

/**
 * Builds the library of the package in `dir` as the page is built, and writes the module to `out`. Says how it was
 * built: the `opt-level` of the page and of single packages, and wasm-opt's flags.
 */
export function buildModule({ dir, library, out }) {
  const manifest = path.join(dir, 'Cargo.toml')
  const optLevel = checkProfile(manifest)
  const flags = wasmOptFlags()
  const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'benches/target')
  const env = { ...process.env, CARGO_TARGET_DIR: target }
  delete env.RUSTFLAGS
  run('cargo', ['build', '--release', '--locked', '--target', 'wasm32-unknown-unknown', '--manifest-path', manifest], env)
  run('wasm-opt', [...flags, path.join(target, `wasm32-unknown-unknown/release/${library}.wasm`), '-o', out], process.env)
  return `opt-level ${optLevel}, wasm-opt ${flags[0]}`
}

/** Says how many milliseconds of its main thread's CPU time a page has taken so far. */
export async function threadClock(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'ThreadTime').value * 1000
  }
}

/** The version of an npm package that is measured. */
export function version(name) {
  return JSON.parse(fs.readFileSync(path.join(root, 'benches/node_modules', name, 'package.json'), 'utf8')).version
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

function run(program, args, env) {
  try {
    execFileSync(program, args, { env, stdio: 'inherit' })
  } catch (error) {
    stop(`${program}: ${error.message}`)
  }
}

function stop(why) {
  console.error(`bench: ${why}`)
  process.exit(1)
}
