// node scripts/serve.mjs [DIR=dist] [--port 8080] [--base /] [--check]
// A static server for the built page on 127.0.0.1. Prefers the .br and .gz copies beside a file.
// --base serves under a sub-path; --check only says whether the port is free.
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}
const HOST = '127.0.0.1'

/** Serves `dir` under `base`; `port` 0 takes a free one. Resolves to { url, port, close }. */
export function serve({ dir = 'dist', port = 0, base = '/' } = {}) {
  const root = path.resolve(dir)
  const prefix = `/${base.replace(/^\/+|\/+$/g, '')}/`.replace('//', '/')
  const server = http.createServer((request, response) => answer(root, prefix, request, response))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      const taken = server.address().port
      const close = () => new Promise((done) => { server.close(done); server.closeAllConnections() })
      resolve({ url: `http://${HOST}:${taken}${prefix}`, port: taken, close })
    })
  })
}

function answer(root, prefix, request, response) {
  const refuse = (status, text, headers = {}) => {
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers })
    response.end(`${text}\n`)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'GET or HEAD only', { Allow: 'GET, HEAD' })

  let wanted
  try {
    wanted = decodeURIComponent(request.url.split(/[?#]/)[0])
  } catch {
    return refuse(400, 'not an address')
  }
  if (wanted + '/' === prefix) return refuse(308, prefix, { Location: prefix })
  if (!wanted.startsWith(prefix)) return refuse(404, 'not found')
  let file = path.join(root, wanted.slice(prefix.length))
  if (file !== root && !file.startsWith(root + path.sep)) return refuse(404, 'not found')
  if (statOf(file)?.isDirectory()) file = path.join(file, 'index.html')
  if (!statOf(file)?.isFile()) return refuse(404, 'not found')
  send(file, request, response)
}

function send(file, request, response) {
  const accepted = String(request.headers['accept-encoding'] ?? '').split(',').map((one) => one.trim().split(';')[0])
  const [encoding, suffix] = [['br', '.br'], ['gzip', '.gz']]
    .find(([name, end]) => accepted.includes(name) && statOf(file + end)?.isFile()) ?? [null, '']
  const { size, mtimeMs } = fs.statSync(file + suffix)
  const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}${suffix}"`
  const headers = {
    'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream',
    // Trunk puts a hash into the names of what it builds; everything else is asked for again.
    'Cache-Control': /-[0-9a-f]{12,16}(_bg)?\.\w+$/.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Accept-Encoding',
    ETag: etag,
  }
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers)
    return response.end()
  }
  if (encoding) headers['Content-Encoding'] = encoding
  response.writeHead(200, { ...headers, 'Content-Length': size })
  if (request.method === 'HEAD') return response.end()
  fs.createReadStream(file + suffix).on('error', () => response.destroy()).pipe(response)
}

function statOf(file) {
  return fs.statSync(file, { throwIfNoEntry: false })
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '8080' },
      base: { type: 'string', default: '/' },
      check: { type: 'boolean', default: false },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    console.error(`${values.port} is not a port: choose one between 1 and 65535.`)
    process.exit(2)
  }
  const dir = positionals[0] ?? 'dist'
  if (!values.check && !statOf(path.join(dir, 'index.html'))) {
    console.error(`${dir}/ holds no built page: run \`make build\` first.`)
    process.exit(1)
  }
  let server
  try {
    server = await serve({ dir, port, base: values.base })
  } catch (error) {
    const why = { EADDRINUSE: 'is taken by another program', EACCES: 'needs more rights than this user has' }[error.code]
    console.error(`Port ${port} on ${HOST} ${why ?? `cannot be opened (${error.code})`}. Choose another one: PORT=${port === 65535 ? 8081 : port + 1} make serve`)
    process.exit(1)
  }
  if (values.check) return server.close()
  console.log(`MQTT Playground is at ${server.url} (Ctrl+C stops it)`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close().then(() => process.exit(0)))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
