// node scripts/bundle-css.mjs ENTRY OUT
// One stylesheet out of ENTRY and what it imports, layers kept, minified.
// Addresses in url() stay as written: they are relative to the built page.
import fs from 'node:fs'
import path from 'node:path'
import { bundle } from 'lightningcss'

const [, , entry, out] = process.argv
if (!entry || !out) {
  console.error('usage: node scripts/bundle-css.mjs ENTRY OUT')
  process.exit(2)
}

let result
try {
  result = bundle({ filename: entry, minify: true })
} catch (error) {
  const at = error.fileName ? `${error.fileName}:${error.loc?.line}:${error.loc?.column}: ` : ''
  console.error(`${at}${error.message}`)
  process.exit(1)
}
for (const warning of result.warnings) {
  console.error(`${warning.loc.filename}:${warning.loc.line}: ${warning.message}`)
}
if (result.warnings.length > 0) process.exit(1)

fs.mkdirSync(path.dirname(out), { recursive: true })
// Written only when it changed, so that a watching trunk does not build again for nothing.
if (!fs.existsSync(out) || !fs.readFileSync(out).equals(result.code)) fs.writeFileSync(out, result.code)
