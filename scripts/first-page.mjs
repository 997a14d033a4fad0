// What opening the built page loads, read out of dist/: index.html, what it names, and the fonts for Latin text.
import fs from 'node:fs'
import path from 'node:path'

/** File names relative to `dist`, index.html first. */
export function firstPage(dist) {
  const read = (file) => fs.readFileSync(path.join(dist, file), 'utf8')
  const files = new Set(['index.html'])
  const html = read('index.html')
  for (const [, address] of html.matchAll(/(?:href|src)="([^"#:]+)"/g)) files.add(path.normalize(address))
  for (const [, address] of html.matchAll(/(?:from|module_or_path:) '(\.\/[^']+)'/g)) files.add(path.normalize(address))
  for (const sheet of [...files].filter((file) => file.endsWith('.css'))) {
    for (const [face] of read(sheet).matchAll(/@font-face\s*\{[^}]*\}/g)) {
      const ranges = /unicode-range:([^;}]*)/i.exec(face)?.[1] ?? 'U+0-10FFFF'
      if (!ranges.split(',').some((range) => holds(range.trim(), 'a'.codePointAt(0)))) continue
      for (const [, address] of face.matchAll(/url\("?([^")]+)"?\)/g)) files.add(path.normalize(path.join(path.dirname(sheet), address)))
    }
  }
  return [...files]
}

/** Whether a range of CSS (`U+41`, `U+0-FF`, `U+4??`) holds a code point. */
function holds(range, point) {
  const [first, last = first] = range.slice(2).split('-')
  const [from, to] = [first.replaceAll('?', '0'), last.replaceAll('?', 'F')].map((hex) => parseInt(hex, 16))
  return from <= point && point <= to
}
