// Gives what a module imports and exports short names. wasm-bindgen names them at length and ends each name in a hash,
// which does not compress and stands in both the module and its script.

import { number, varint } from './leb128.mjs'

const [IMPORTS, EXPORTS] = [2, 7]
/** What wasm-bindgen makes up; names that people have chosen stay. */
const MADE_UP = /^(__wb|wasm_bindgen__)/
/** Streams between Rust and JavaScript, which Leptos brings along for servers, and which nothing here makes. */
const UNUSED = /^(__wbg_)?intounderlying/

/** The module and its script with short names, and without the exports of classes that nothing uses. */
export function shortenNames(module, script) {
  const [imported, exported] = [new Map(), new Map()]
  const short = (names, name) => {
    if (!MADE_UP.test(name)) return name
    if (!names.has(name)) names.set(name, `${names === imported ? 'i' : 'e'}${names.size.toString(36)}`)
    return names.get(name)
  }
  const pieces = [module.subarray(0, 8)]
  let at = 8
  while (at < module.length) {
    const id = module[at]
    const [length, start] = number(module, at + 1)
    const content = module.subarray(start, start + length)
    if (id === IMPORTS) pieces.push(section(id, renamed(content, 2, importEnd, (name) => short(imported, name))))
    else if (id === EXPORTS) {
      pieces.push(section(id, renamed(content, 1, exportEnd, (name) => (UNUSED.test(name) ? null : short(exported, name)))))
    } else pieces.push(module.subarray(at, start + length))
    at = start + length
  }
  const all = new Map([...imported, ...exported])
  const words = script.replace(/\b(?:__wb|wasm_bindgen__)\w+/g, (word) => all.get(word) ?? word)
  return { module: Buffer.concat(pieces), script: words }
}

/** The script as wasm-bindgen wrote it, without the classes of `UNUSED`. */
export function withoutStreams(script) {
  const streams = [
    /^(?:export )?class IntoUnderlying\w+ \{[\s\S]*?^\}\n/gm,
    /^if \(Symbol\.dispose\) IntoUnderlying.*\n/gm,
    /^const IntoUnderlying\w+Finalization =[\s\S]*?;\n/gm,
  ]
  return streams.reduce((rest, pattern) => rest.replace(pattern, ''), script)
}

/** Entries whose last of `count` names is given another one, or that are left out where `rename` gives null. */
function renamed(content, count, entryEnd, rename) {
  const [entries, first] = number(content, 0)
  const kept = []
  let at = first
  for (let left = entries; left > 0; left--) {
    const begin = at
    let name
    for (let n = 0; n < count; n++) {
      const [length, start] = number(content, at)
      name = { at, text: content.toString('utf8', start, start + length) }
      at = start + length
    }
    const end = entryEnd(content, at)
    const text = rename(name.text)
    if (text !== null) {
      kept.push(Buffer.concat([content.subarray(begin, name.at), varint(text.length), Buffer.from(text), content.subarray(at, end)]))
    }
    at = end
  }
  return Buffer.concat([varint(kept.length), ...kept])
}

/** Where an import's description that begins at `at` ends: a function, table, memory, global or tag. */
function importEnd(content, at) {
  const limits = (from) => {
    const [, after] = number(content, from + 1)
    return content[from] & 1 ? number(content, after)[1] : after
  }
  switch (content[at]) {
    case 0: return number(content, at + 1)[1]
    case 1: return limits(at + 2)
    case 2: return limits(at + 1)
    case 3: return at + 3
    default: throw new Error(`import of unknown kind ${content[at]}`)
  }
}

function exportEnd(content, at) {
  return number(content, at + 1)[1]
}

function section(id, content) {
  return Buffer.concat([Buffer.from([id]), varint(content.length), content])
}
