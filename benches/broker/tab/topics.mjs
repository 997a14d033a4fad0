// 10,000 subscriptions, 30 % of them with wildcards, and 100,000 topics: those of ../src/topics.rs.
import { Qlobber } from 'qlobber'

function generate(subscriptions, topics) {
  let state = 12_345
  const below = (n) => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223 >>> 0
    return Math.floor(state / 2 ** 32 * n)
  }
  const topic = () => [['site', 8], ['dev', 200], ['sensor', 40], ['metric', 12]].map(([word, most]) => word + below(most))
  const filter = () => {
    const levels = topic()
    if (below(100) >= 30) return levels
    switch (below(4)) {
      case 0:
        levels.length = 1 + below(3)
        if (levels.length === 1) levels.push(`dev${below(200)}`)
        levels.push('#')
        break
      case 1: levels[1] = '+'; break
      case 2: levels[3] = '+'; break
      default: levels[1] = levels[2] = '+'
    }
    return levels
  }
  const many = (count, make) => Array.from({ length: count }, () => make().join('/'))
  return { filters: many(subscriptions, filter), names: many(topics, topic) }
}

/** Jobs that look up all topics once and give the number of matches. */
export function topics(wasm) {
  const { filters, names } = generate(10_000, 100_000)
  const give = (lines, take) => {
    const bytes = new TextEncoder().encode(lines.join('\n'))
    const at = wasm.input(bytes.length)
    new Uint8Array(wasm.memory.buffer).set(bytes, at)
    take(bytes.length)
  }
  give(filters, wasm.subscribe)
  give(names, wasm.name)
  const qlobber = new Qlobber({ wildcard_one: '+', wildcard_some: '#', separator: '/', cache_adds: false })
  filters.forEach((filter, subscriber) => qlobber.add(filter, subscriber))
  const theirs = () => names.reduce((matches, name) => matches + qlobber.match(name).length, 0)
  return { topics: names.length, ours: wasm.look_up, qlobber: theirs }
}
