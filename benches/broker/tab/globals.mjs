// What aedes takes from Node, in the form that costs it least: put into the bundle.
export { Buffer } from 'buffer'
export const process = {
  env: {},
  version: 'v20.0.0',
  nextTick: (call, ...args) => queueMicrotask(() => call(...args)),
  emitWarning() {},
  on() {},
}
export const global = globalThis

// One message for all calls of a turn, as Node's event loop does it: one message a call would be four times slower.
const channel = new MessageChannel()
let waiting = []
channel.port1.onmessage = () => {
  const calls = waiting
  waiting = []
  for (const call of calls) call()
}
export function setImmediate(call, ...args) {
  if (waiting.push(args.length === 0 ? call : () => call(...args)) === 1) channel.port2.postMessage(null)
}
