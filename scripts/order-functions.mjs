// Puts functions of a module that are alike beside each other, so that it compresses better: gzip finds again only what
// stands within the last 32 KB. Nothing else about the module changes. It names the functions by their new places;
// `wasm-opt --reorder-functions-by-name` then does the moving and renumbering.

import { number as numberAt, varint } from './leb128.mjs'

const [IMPORTS, CODE] = [2, 10]
/** Functions are alike in as far as they share runs of this many bytes. */
const RUN = 6
/** What gzip still sees, less the next function. */
const WINDOW = 30_000
/** Runs in more functions than this say nothing about what is alike. */
const COMMON = 400

/** The module with a name section by which its functions are to be sorted. */
export function nameByPlace(module) {
  const { imported, bodies } = functions(module)
  const place = new Array(bodies.length)
  order(bodies).forEach((body, at) => { place[body] = at })
  const names = [...varint(imported + bodies.length)]
  for (let index = 0; index < imported + bodies.length; index++) {
    const name = Buffer.from(index < imported ? `a${index}` : `f${String(place[index - imported]).padStart(8, '0')}`)
    names.push(...varint(index), name.length, ...name)
  }
  const content = Buffer.from([4, ...Buffer.from('name'), 1, ...varint(names.length), ...names])
  return Buffer.concat([module, Buffer.from([0, ...varint(content.length)]), content])
}

/** The number of imported functions and the bodies of the module's own. */
function functions(module) {
  let [at, imported] = [8, 0]
  const number = () => {
    const [value, end] = numberAt(module, at)
    at = end
    return value
  }
  const skip = () => {
    const length = number()
    at += length
  }
  const limits = () => {
    const flags = module[at++]
    number()
    if (flags & 1) number()
  }
  const bodies = []
  while (at < module.length) {
    const section = module[at++]
    const end = number() + at
    if (section === IMPORTS) {
      for (let left = number(); left > 0; left--) {
        skip()
        skip()
        const kind = module[at++]
        if (kind === 0) {
          number()
          imported++
        } else if (kind === 1) {
          at++
          limits()
        } else if (kind === 2) limits()
        else if (kind === 3) at += 2
        else throw new Error(`import of unknown kind ${kind}`)
      }
    } else if (section === CODE) {
      for (let left = number(); left > 0; left--) {
        const length = number()
        bodies.push(module.subarray(at, at + length))
        at += length
      }
    }
    at = end
  }
  return { imported, bodies }
}

/** Begins with the longest; next comes always the one that has the most in common with what gzip still sees. */
function order(bodies) {
  const runs = bodies.map(runsOf)
  const holders = new Map()
  runs.forEach((set, body) => set.forEach((run) => holders.set(run, [...(holders.get(run) ?? []), body].slice(0, COMMON + 1))))
  const [seen, recent, order] = [new Map(), [], []]
  const [shared, taken] = [new Int32Array(bodies.length), new Uint8Array(bodies.length)]
  const count = (run, by) => {
    const all = holders.get(run)
    if (all.length <= COMMON) for (const body of all) shared[body] += by
  }
  let size = 0
  const take = (body) => {
    taken[body] = 1
    order.push(body)
    recent.push(body)
    size += bodies[body].length
    for (const run of runs[body]) {
      const times = seen.get(run) ?? 0
      seen.set(run, times + 1)
      if (times === 0) count(run, 1)
    }
    while (size > WINDOW && recent.length > 1) {
      const old = recent.shift()
      size -= bodies[old].length
      for (const run of runs[old]) {
        const times = seen.get(run) - 1
        seen.set(run, times)
        if (times === 0) count(run, -1)
      }
    }
  }
  take(bodies.reduce((longest, body, at) => (body.length > bodies[longest].length ? at : longest), 0))
  while (order.length < bodies.length) {
    let [best, most] = [-1, -1]
    for (let body = 0; body < bodies.length; body++) {
      if (taken[body]) continue
      const likeness = shared[body] / (runs[body].size + 8)
      if (likeness > most) [best, most] = [body, likeness]
    }
    take(best)
  }
  return order
}

function runsOf(body) {
  const runs = new Set()
  for (let at = 0; at + RUN <= body.length; at++) {
    let hash = 0
    for (let i = 0; i < RUN; i++) hash = (Math.imul(hash, 31) + body[at + i] * 0x9e3779b1) | 0
    runs.add(hash)
  }
  return runs
}
