// Builds what the page loads on demand: its second module, src/tools.rs with its stylesheet, and the rules' texts.
// Trunk builds one module a page; this does for the second what trunk does for the first.
import fs from 'node:fs'
import path from 'node:path'
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { nameByPlace } from './order-functions.mjs'

const TARGET = 'wasm32-unknown-unknown'
const NAME = 'mqtt-tools'

/** Puts the module's files into `staging`; gives back the names of its script and stylesheet. */
export function buildTools(staging, release) {
  const profile = release ? 'page' : 'dev'
  run('cargo', ['build', '--quiet', '--locked', '--bin', NAME, '--features', 'ui', '--target', TARGET, '--profile', profile])
  const { target_directory: target } = JSON.parse(run('cargo', ['metadata', '--format-version', '1', '--no-deps', '--locked']))
  const made = path.join(target, TARGET, release ? profile : 'debug')
  const bound = path.join(made, 'tools-bound')
  fs.rmSync(bound, { recursive: true, force: true })
  run('wasm-bindgen', ['--target', 'web', '--out-name', 'tools', '--out-dir', bound, path.join(made, `${NAME}.wasm`)])
  const module = path.join(bound, 'tools_bg.wasm')
  if (release) {
    run('wasm-opt', ['-Oz', ...optimiserParams(), '-o', module, module])
    orderFunctions(module)
  }

  const wasm = keep(staging, 'tools_bg', '.wasm', fs.readFileSync(module))
  const script = fs.readFileSync(path.join(bound, 'tools.js'), 'utf8').replaceAll('tools_bg.wasm', wasm)
  // Named plainly: it is for people, and their editors.
  fs.copyFileSync(path.join(bound, 'tools.d.ts'), path.join(staging, 'tools.d.ts'))
  const css = path.join(bound, 'tools.css')
  run(process.execPath, ['scripts/bundle-css.mjs', 'style/tools.css', css])
  return { script: keep(staging, 'tools', '.js', script), style: keep(staging, 'tools', '.css', fs.readFileSync(css)) }
}

/**
 * Puts the file of what all statements demand into `staging`; gives back its name. The profile is the page's, too: the
 * other build directory may be locked by tests being built.
 */
export function buildTexts(staging, release) {
  const profile = release ? 'page' : 'dev'
  return keep(staging, 'texts', '.txt', run('cargo', ['run', '--quiet', '--locked', '--package', 'mqtt-playground-texts', '--profile', profile]))
}

/** Takes out what nothing leads to any more. */
export function dropUnused(module) {
  run('wasm-opt', [...optimiserParams(), '--remove-unused-module-elements', '-o', module, module])
}

/** Moves the functions of a module so that it compresses better. */
export function orderFunctions(module) {
  fs.writeFileSync(module, nameByPlace(fs.readFileSync(module)))
  run('wasm-opt', [...optimiserParams(), '--reorder-functions-by-name', '--strip-debug', '--strip-producers', '--strip-target-features', '-o', module, module])
}

/** What the first module is optimised with, which stands in index.html, without the passes that only it is worth. */
function optimiserParams() {
  const [, params] = /data-wasm-opt-params="([^"]*)"/.exec(fs.readFileSync('index.html', 'utf8'))
  return params.split(/\s+/).filter((param) => /^(-ocimfs|--(enable|low|zero|skip)-)/.test(param))
}

/** Files are named by their content, so that they may be kept for good. */
function keep(staging, name, ending, content) {
  const file = `${name}-${createHash('sha256').update(content).digest('hex').slice(0, 16)}${ending}`
  fs.writeFileSync(path.join(staging, file), content)
  return file
}

function run(program, args) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 })
}
