// What mqtt-packet takes from Node, in the form that costs it least: put into the bundle.
export { Buffer } from 'buffer'
export const process = {
  env: {},
  version: 'v20.0.0',
  nextTick: (call, ...args) => queueMicrotask(() => call(...args)),
}
export const global = globalThis
