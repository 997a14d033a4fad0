// Trunk's post_build hook: sees the finished page in TRUNK_STAGING_DIR.
// Adds what loads on demand; in release builds also shortens the module's names and orders its functions, minifies scripts, writes the content security policy into index.html
// and compressed copies beside each file.
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { createHash } from 'node:crypto'
import { transformSync } from 'esbuild'
import { buildTexts, buildTools, dropUnused, orderFunctions } from './on-demand.mjs'
import { shortenNames, withoutStreams } from './short-names.mjs'

const staging = process.env.TRUNK_STAGING_DIR
if (!staging) {
  console.error('finish-page.mjs is run by trunk, which sets TRUNK_STAGING_DIR')
  process.exit(2)
}
const release = process.env.TRUNK_PROFILE === 'release'
const index = path.join(staging, 'index.html')

addOnDemand(index)

// trunk's live reload needs the page as it is, so only the page that ships carries the policy.
if (release) {
  const [script, module] = ['js', 'wasm'].map((ending) => {
    const name = fs.readdirSync(staging).find((name) => name.startsWith('mqtt-playground-') && name.endsWith(`.${ending}`))
    return name && path.join(staging, name)
  })
  if (script && module) fs.writeFileSync(script, withoutStreams(fs.readFileSync(script, 'utf8')))
  minify(staging)
  minifyInline(index)
  if (script && module) slim(script, module)
  writePolicy(index)
  compress(staging)
}

/** Replaces the marker comment by the addresses of the second module and the rules' texts, for what loads them. */
function addOnDemand(file) {
  const html = fs.readFileSync(file, 'utf8')
  const marker = /<!--[^>]*addresses of what loads on demand here\. -->/
  if (!marker.test(html)) return
  const { script, style } = buildTools(staging, release)
  const tools = `<meta name="tools" content="./${script}" data-style="./${style}">`
  const texts = `<meta name="texts" content="./${buildTexts(staging, release)}">`
  fs.writeFileSync(file, html.replace(marker, `${tools}\n${texts}`))
}

function minify(dir) {
  for (const name of fs.readdirSync(dir, { recursive: true }).filter((name) => name.endsWith('.js'))) {
    const file = path.join(dir, name)
    fs.writeFileSync(file, transformSync(fs.readFileSync(file, 'utf8'), { format: 'esm', minify: true, target: 'es2022' }).code)
  }
}

/** Shortens the names that both share, and puts the module's functions in order. */
function slim(script, module) {
  const short = shortenNames(fs.readFileSync(module), fs.readFileSync(script, 'utf8'))
  fs.writeFileSync(script, short.script)
  fs.writeFileSync(module, short.module)
  dropUnused(module)
  orderFunctions(module)
}

/** Scripts that stand in the page itself. */
function minifyInline(file) {
  const html = fs.readFileSync(file, 'utf8')
  fs.writeFileSync(file, html.replace(/(<script\b[^>]*>)([\s\S]+?)(<\/script>)/g, (_, open, text, close) => {
    return open + transformSync(text, { minify: true, target: 'es2022' }).code.trim() + close
  }))
}

/** Replaces the marker comment by a policy that names every inline script by its hash. */
function writePolicy(file) {
  const html = fs.readFileSync(file, 'utf8')
  const marker = /<!--[^>]*content security policy here\. -->\n?/
  if (!marker.test(html)) throw new Error('index.html has no place for the content security policy')
  const hashes = [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)]
    .filter(([, attributes, text]) => !/\bsrc=/.test(attributes) && text.length > 0)
    .map(([, , text]) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${hashes.join(' ')}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self' ws: wss:",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  fs.writeFileSync(file, html.replace(marker, `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`))
}

/** `x.br` and `x.gz` beside every `x` that gains from it. */
function compress(dir) {
  for (const entry of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name)
    if (!entry.isFile() || !/\.(css|html|js|json|mjs|svg|txt|wasm)$/.test(entry.name)) continue
    const bytes = fs.readFileSync(file)
    const brotli = zlib.brotliCompressSync(bytes, {
      params: {
        [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY,
        [zlib.constants.BROTLI_PARAM_LGWIN]: zlib.constants.BROTLI_MAX_WINDOW_BITS,
        [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    })
    fs.writeFileSync(`${file}.br`, brotli)
    fs.writeFileSync(`${file}.gz`, zlib.gzipSync(bytes, { level: 9 }))
  }
}
