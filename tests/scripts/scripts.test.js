// The scripts that build, serve and weigh the page, on folders made up for it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import zlib from 'node:zlib'
import { nameByPlace } from '../../scripts/order-functions.mjs'
import { serve } from '../../scripts/serve.mjs'
import { shortenNames, withoutStreams } from '../../scripts/short-names.mjs'

const MARKER = '<!-- the content security policy here. -->'

function folder(t, files) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-playground-test-'))
  t.after(() => fs.rmSync(dir, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true })
    fs.writeFileSync(path.join(dir, name), content)
  }
  return dir
}

function run(script, args, env = {}) {
  const { status, stdout, stderr } = spawnSync('node', [`scripts/${script}`, ...args], { encoding: 'utf8', env: { ...process.env, ...env } })
  return { status, stdout, stderr }
}

/** A request as it is written: neither its path nor its body is touched. */
function get(port, address, headers = {}, method = 'GET') {
  return new Promise((resolve, reject) => {
    http.request({ host: '127.0.0.1', port, path: address, headers, method }, (response) => {
      const parts = []
      response.on('data', (part) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }))
    }).on('error', reject).end()
  })
}

async function serving(t, files, options = {}) {
  const site = await serve({ dir: folder(t, files), ...options })
  t.after(() => site.close())
  return site
}

test('serve: types, index, compressed copies', async (t) => {
  const site = await serving(t, {
    'index.html': '<p>hello</p>',
    'a-0123456789abcdef_bg.wasm': 'plain',
    'a-0123456789abcdef_bg.wasm.br': 'brotli',
    'a-0123456789abcdef_bg.wasm.gz': 'gzip',
  })
  const page = await get(site.port, '/?theme=dark')
  assert.equal(page.body.toString(), '<p>hello</p>')
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8')
  assert.equal(page.headers['cache-control'], 'no-cache')

  const module = '/a-0123456789abcdef_bg.wasm'
  for (const [accepted, encoding, body] of [['gzip, deflate, br', 'br', 'brotli'], ['gzip', 'gzip', 'gzip'], ['', undefined, 'plain']]) {
    const reply = await get(site.port, module, { 'accept-encoding': accepted })
    assert.equal(reply.body.toString(), body)
    assert.equal(reply.headers['content-encoding'], encoding)
    assert.equal(reply.headers['content-type'], 'application/wasm')
    assert.match(reply.headers['cache-control'], /immutable/)
    assert.equal((await get(site.port, module, { 'accept-encoding': accepted, 'if-none-match': reply.headers.etag })).status, 304)
  }
  const head = await get(site.port, module, {}, 'HEAD')
  assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, '5', 0])
})

test('serve: nothing outside its folder, nothing but reading', async (t) => {
  const site = await serving(t, { 'site/index.html': 'in', 'secret.txt': 'out' })
  const inner = await serving(t, { 'index.html': 'in' }, { base: '/deep/er' })
  for (const address of ['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/nothing']) {
    assert.equal((await get(inner.port, `/deep/er${address}`)).status, 404, address)
  }
  assert.equal((await get(site.port, '/%zz')).status, 400)
  assert.equal((await get(site.port, '/', {}, 'POST')).status, 405)
  assert.equal((await get(inner.port, '/')).status, 404)
  assert.equal((await get(inner.port, '/deep/er/')).body.toString(), 'in')
  assert.equal((await get(inner.port, '/deep/er')).headers.location, '/deep/er/')
})

test('serve: a taken port, a wrong port and an empty folder are told', async (t) => {
  const dir = folder(t, {})
  const site = await serving(t, { 'index.html': '' })
  const taken = run('serve.mjs', ['--check', '--port', `${site.port}`])
  assert.equal(taken.status, 1)
  assert.match(taken.stderr, new RegExp(`Port ${site.port} .* is taken .*PORT=${site.port + 1} make serve`))
  assert.equal(run('serve.mjs', ['--check', '--port', 'x']).status, 2)
  assert.match(run('serve.mjs', [dir, '--port', '65000']).stderr, /holds no built page/)
})

test('size: counts what the page loads and fails over the budget', (t) => {
  const html = '<link href="./a.css"><script type="module">import init from \'./a.js\'</script>'
  const css = '@font-face{src:url(f.woff2);unicode-range:U+??}@font-face{src:url(later.woff2);unicode-range:U+100-2BA}'
  const files = { 'index.html': html, 'a.css': css, 'a.js': '', 'f.woff2': 'font', 'later.woff2': randomBytes(400_000) }
  const small = run('size.mjs', [folder(t, files)])
  assert.equal(small.status, 0, small.stderr)
  assert.match(small.stdout, /only on demand: later\.woff2/)
  const near = run('size.mjs', [folder(t, { ...files, 'f.woff2': randomBytes(455_000) })])
  assert.equal(near.status, 0, near.stderr)
  const over = run('size.mjs', [folder(t, { ...files, 'f.woff2': randomBytes(465_000) })])
  assert.equal(over.status, 1)
  assert.match(over.stderr, /over the budget/)
})

test('bundle-css: resolves imports in their layers, names what is missing', (t) => {
  const dir = folder(t, {
    'app.css': '@layer a, b;\n@import url("b.css") layer(b);\n',
    'b.css': '.b { color: red; background: url("fonts/x.svg") }\n',
    'bad.css': '@import url("nothing.css");\n',
  })
  const out = path.join(dir, 'out/app.css')
  assert.equal(run('bundle-css.mjs', [path.join(dir, 'app.css'), out]).status, 0)
  const css = fs.readFileSync(out, 'utf8')
  assert.match(css, /@layer a(,\s?b)?;@layer b\{\.b\{/)
  assert.match(css, /url\("?fonts\/x\.svg"?\)/)
  const bad = run('bundle-css.mjs', [path.join(dir, 'bad.css'), out])
  assert.equal(bad.status, 1)
  assert.match(bad.stderr, /bad\.css:1/)
})

test('finish-page: the policy names each inline script, copies are compressed', (t) => {
  const scripts = ['let a = 1', '\nlet b = 2\n']
  const html = `<head>${MARKER}<script>${scripts[0]}</script><script type="module">${scripts[1]}</script></head>`
  const dir = folder(t, { 'index.html': html, 'deep/a.js': 'x'.repeat(1000), 'a.woff2': 'font' })
  assert.equal(run('finish-page.mjs', [], { TRUNK_STAGING_DIR: dir, TRUNK_PROFILE: 'release' }).status, 0)
  const finished = fs.readFileSync(path.join(dir, 'index.html'), 'utf8')
  const inline = [...finished.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, script]) => script)
  assert.deepEqual(inline, ['let a=1;', 'let b=2;'])
  for (const script of inline) assert.ok(finished.includes(`'sha256-${createHash('sha256').update(script).digest('base64')}'`))
  assert.equal(finished.includes(MARKER), false)
  assert.equal(zlib.brotliDecompressSync(fs.readFileSync(path.join(dir, 'index.html.br'))).toString(), finished)
  const script = fs.readFileSync(path.join(dir, 'deep/a.js'))
  assert.match(script.toString(), /^x{1000};?\n?$/)
  assert.deepEqual(zlib.gunzipSync(fs.readFileSync(path.join(dir, 'deep/a.js.gz'))), script)
  assert.equal(fs.existsSync(path.join(dir, 'a.woff2.gz')), false)

  const bare = folder(t, { 'index.html': '<head></head>' })
  assert.notEqual(run('finish-page.mjs', [], { TRUNK_STAGING_DIR: bare, TRUNK_PROFILE: 'release' }).status, 0)
})

test('functions that are alike stand beside each other, and the module does what it did', (t) => {
  // Two kinds of functions by turns: 80 bytes that add 1 or 3 to their argument, then a number of their own. The last
  // function calls them all.
  const kinds = [0, 1, 2, 3, 4, 5].map((at) => {
    const step = [0x41, at % 2 ? 3 : 1, 0x6a]
    return [0, 0x20, 0, ...Array(26).fill(step).flat(), 0x41, at, 0x6a, 0x0b]
  })
  const calls = kinds.flatMap((_, at) => [0x20, 0, 0x10, at + 1, 0x21, 0])
  const bodies = [...kinds, [0, ...calls, 0x20, 0, 0x0b]]
  const section = (id, content) => [id, ...(content.length < 128 ? [content.length] : [content.length & 127 | 128, content.length >> 7]), ...content]
  const text = (words) => [words.length, ...Buffer.from(words)]
  const module = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]),
    ...section(2, [1, ...text('m'), ...text('f'), 0, 0]),
    ...section(3, [bodies.length, ...bodies.map(() => 0)]),
    ...section(7, [1, ...text('all'), 0, bodies.length]),
    ...section(10, [bodies.length, ...bodies.flatMap((body) => [body.length, ...body])])])
  const all = (bytes) => new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { f: () => 0 } }).exports.all
  const dir = folder(t, { 'named.wasm': nameByPlace(module) })
  const file = path.join(dir, 'named.wasm')
  const { status } = spawnSync('node_modules/.bin/wasm-opt', ['--reorder-functions-by-name', '--strip-debug', '-o', file, file])
  assert.equal(status, 0)
  const ordered = fs.readFileSync(file)
  assert.equal(all(ordered)(7), all(module)(7))
  // By turns in the module as it was; one kind after the other now.
  const steps = (bytes) => [...bytes.toString('latin1').matchAll(/(?:\x41([\x01\x03])\x6a){26}/g)].map((found) => found[1].charCodeAt())
  assert.deepEqual(steps(module), [1, 3, 1, 3, 1, 3])
  assert.equal(steps(ordered).filter((step, at, list) => at > 0 && step !== list[at - 1]).length, 1)
})

test('names that wasm-bindgen makes up are shortened in module and script, streams that nothing uses go', async () => {
  const text = (words) => [words.length, ...Buffer.from(words)]
  const section = (id, content) => [id, content.length, ...content]
  const names = ['__wbg_double_0123456789abcdef', '__wbindgen_run', 'intounderlyingsource_pull', 'main']
  const exported = names.slice(1).flatMap((name) => [...text(name), 0, 1])
  const module = Buffer.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]),
    ...section(2, [1, ...text('./x.js'), ...text(names[0]), 0, 0]),
    ...section(3, [1, 0]),
    ...section(7, [3, ...exported]),
    ...section(10, [1, 6, 0, 0x20, 0, 0x10, 0, 0x0b]),
  ])
  const stream = 'export class IntoUnderlyingSource {\n  pull() {}\n}\nif (Symbol.dispose) IntoUnderlyingSource.x = 1\n'
  const script = `${stream}({ imports: { './x.js': { ${names[0]}: (n) => 2 * n } }, run: (w) => w.${names[1]}(21) + w.main(1), kept: '__wbg_ptr' })`
  const short = shortenNames(module, withoutStreams(script))
  for (const name of names.slice(0, 3)) assert.equal(short.module.includes(name) || short.script.includes(name), false, name)
  assert.equal(short.script.includes('IntoUnderlying'), false)
  const { imports, run: call, kept } = (0, eval)(short.script)
  assert.equal(kept, '__wbg_ptr')
  const { instance } = await WebAssembly.instantiate(short.module, imports)
  assert.deepEqual(Object.keys(instance.exports).length, 2)
  assert.equal(call(instance.exports), 44)
})
