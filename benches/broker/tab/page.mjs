// Runs in the tab, told what to do by bench.mjs, which also does the timing.
import { aedes, ours, sink } from './brokers.mjs'
import { prepare } from './load.mjs'
import { topics } from './topics.mjs'

const runs = new Map()

async function module() {
  const { instance } = await WebAssembly.instantiateStreaming(fetch('broker.wasm'))
  return instance.exports
}

/** Makes the brokers, and the clients of each load. */
window.prepare = async (loads) => {
  const brokers = {
    ours: ours(await module(), false),
    recorded: ours(await module(), true),
    aedes: await aedes(),
    sink: () => sink(),
  }
  for (const [name, broker] of Object.entries(brokers)) {
    for (const [subscribers, qos] of loads) {
      runs.set(`${name} ${subscribers} ${qos}`, await prepare(name === 'sink' ? broker() : broker, subscribers, qos))
    }
  }
}

window.run = (name, subscribers, qos, publishes) => runs.get(`${name} ${subscribers} ${qos}`)(publishes)

window.prepareTopics = async () => {
  const jobs = topics(await module())
  window.lookUp = (name, times) => {
    let matches = 0
    for (let i = 0; i < times; i++) matches += jobs[name]()
    return matches / times
  }
  return jobs.topics
}
