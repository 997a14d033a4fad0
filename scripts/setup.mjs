// node scripts/setup.mjs [build|test]
// Installs what building (default) or testing needs and the machine lacks. Says what it does and how long each
// step took; says nothing about what is there already. Tools that Cargo builds go into TOOLS_DIR, a cache that
// every checkout of this user shares.
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { HEADLESS_SHELL } from './chromium.mjs'

const TRUNK = '0.21.14'
const WASM_TARGET = 'wasm32-unknown-unknown'
const tools = process.env.TOOLS_DIR
  ?? path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'mqtt-playground')
process.chdir(path.dirname(import.meta.dirname))
process.env.PATH = [path.join(tools, 'bin'), path.join(process.env.CARGO_HOME || path.join(os.homedir(), '.cargo'), 'bin'), process.env.PATH].join(path.delimiter)

const level = process.argv[2] ?? 'build'
if (!['build', 'test'].includes(level)) stop('usage: node scripts/setup.mjs [build|test]')
wasmTarget()
cargoTool('trunk', TRUNK, 'trunk', ['--locked', '--no-default-features', '--features', 'rustls'])
// Its own lock file names crates that a registry mirror may not have yet, so no --locked.
cargoTool('wasm-bindgen-cli', lockedVersion('wasm-bindgen'), 'wasm-bindgen', [])
npmPackages()
if (level === 'test') {
  debianPackages([
    ['chromium', process.env.CHROMIUM ?? '/usr/bin/chromium'],
    ['chromium-driver', process.env.CHROMEDRIVER ?? '/usr/bin/chromedriver'],
    ['mosquitto', 'mosquitto'],
    ['mosquitto-clients', 'mosquitto_pub'],
    ['tshark', 'tshark'],
  ])
  headlessShell()
}

/** The standard library for WebAssembly. */
function wasmTarget() {
  const sysroot = output('rustc', ['--print', 'sysroot'])
  if (sysroot === null) stop('Rust is missing: install it from https://rustup.rs, then run this again.')
  if (fs.existsSync(path.join(sysroot, 'lib/rustlib', WASM_TARGET, 'lib'))) return
  if (output('rustup', ['--version']) === null) {
    stop(`This Rust has no ${WASM_TARGET} library and no rustup to fetch it.\n`
      + 'Debian\'s Rust has it in a package: apt-get install libstd-rust-dev-wasm32')
  }
  step(`Rust's ${WASM_TARGET} library`, 'rustup', ['target', 'add', WASM_TARGET])
}

/** A tool from crates.io: prebuilt where cargo-binstall works, else built here (debug: fast enough, builds twice as fast). */
function cargoTool(crate, version, program, flags) {
  if (output(program, ['--version'])?.split(/\s+/)[1] === version) return
  const env = { ...process.env }
  for (const name of ['CARGO_BUILD_TARGET', 'CARGO_TARGET_DIR', 'RUSTFLAGS']) delete env[name]
  fs.mkdirSync(tools, { recursive: true })
  const where = { cwd: tools, env }
  if (spawnSync('cargo', ['binstall', '-V'], { stdio: 'ignore' }).status === 0) {
    const flagsOfBinstall = ['--no-confirm', '--disable-strategies', 'compile', '--root', tools, `${crate}@${version}`]
    if (step(`${crate} ${version}, prebuilt`, 'cargo', ['binstall', ...flagsOfBinstall], { ...where, timeout: 180_000, mayFail: true })) return
  }
  const build = path.join(tools, 'build')
  step(`${crate} ${version}, built from source (some minutes, once)`, 'cargo',
    ['install', crate, '--version', version, '--debug', '--root', tools, '--target-dir', build, ...flags], where)
  fs.rmSync(build, { recursive: true, force: true })
}

/** The version of a crate in Cargo.lock. */
function lockedVersion(crate) {
  const found = fs.readFileSync('Cargo.lock', 'utf8').match(new RegExp(`name = "${crate}"\nversion = "([^"]+)"`))
  if (!found) stop(`Cargo.lock does not name ${crate}.`)
  return found[1]
}

/** wasm-opt, the stylesheet bundler and Playwright, as package-lock.json has them. */
function npmPackages() {
  const wanted = fs.readFileSync('package-lock.json')
  const stamp = 'node_modules/.installed-lock.json'
  if (fs.existsSync(stamp) && fs.readFileSync(stamp).equals(wanted)) return
  step('the locked npm packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  fs.writeFileSync(stamp, wanted)
}

/** Debian packages, each known by a program it brings. */
function debianPackages(known) {
  for (const name of ['CHROMIUM', 'CHROMEDRIVER']) {
    if (process.env[name] && !present(process.env[name])) stop(`${name}=${process.env[name]}: there is no such program.`)
  }
  const missing = known.filter(([, program]) => !present(program)).map(([name]) => name)
  if (missing.length === 0) return
  const install = ['install', '-y', '--no-install-recommends', ...missing]
  const by = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const may = by.length === 0 || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
  if (!present('apt-get') || !may) {
    stop(`The tests need what this machine lacks: ${missing.join(', ')}. Run this once:\n`
      + `  sudo apt-get update && sudo apt-get ${install.join(' ')}`)
  }
  const [first, ...rest] = [...by, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get']
  if (!step(`Debian's ${missing.join(', ')}`, first, [...rest, ...install], { mayFail: true })) {
    step('Debian\'s package lists', first, [...rest, 'update'])
    step(`Debian's ${missing.join(', ')}`, first, [...rest, ...install])
  }
}

/** Debian's Chromium without its windows, for the page's tests: they run in the whole one, too, but for longer. */
function headlessShell() {
  const stamp = path.join(tools, 'no-headless-shell')
  const needless = process.env.CHROMIUM || present(HEADLESS_SHELL) || fs.existsSync(stamp)
  if (needless || process.getuid?.() !== 0 || !present('apt-get')) return
  const name = 'chromium-headless-shell'
  const wait = ['-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::https::Timeout=10']
  const run = (what, flags, options) => step(what, 'env',
    ['DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', '--no-install-recommends', ...flags, name], { mayFail: true, ...options })
  // Downloaded first, since that may be stopped at any time.
  if (run(`${name}, which makes the page's tests faster`, ['--download-only', ...wait], { timeout: 120_000 })
    && run(name, ['--no-download'])) return
  console.log(`setup: the tests take the whole Chromium instead; without ${stamp} this is tried again`)
  fs.mkdirSync(tools, { recursive: true })
  fs.writeFileSync(stamp, '')
}

function present(program) {
  if (path.isAbsolute(program)) return fs.existsSync(program)
  const dirs = [...process.env.PATH.split(path.delimiter), '/usr/sbin']
  return dirs.some((dir) => fs.existsSync(path.join(dir, program)))
}

/** What a program prints, or null if it is missing or fails. */
function output(program, args) {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return null
  }
}

/** Runs one visible step and says how long it took. */
function step(what, program, args, { mayFail = false, ...options } = {}) {
  console.log(`setup: ${what}\n  $ ${[program, ...args].join(' ')}`)
  const started = process.hrtime.bigint()
  const { status, error } = spawnSync(program, args, { stdio: 'inherit', ...options })
  const seconds = (Number(process.hrtime.bigint() - started) / 1e9).toFixed(1)
  const done = status === 0
  console.log(`setup: ${what}: ${done ? 'done' : 'failed'} after ${seconds} s`)
  if (!done && !mayFail) stop(error ? `${program}: ${error.message}` : `${program} ended with status ${status}.`)
  return done
}

function stop(why) {
  console.error(why)
  process.exit(1)
}
