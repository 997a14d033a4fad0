// Modules of Node's that aedes and what it stands on import, as far as they are used. All in one: `assert` is called.
function assert(truth, message) {
  if (!truth) throw new Error(message ?? 'assertion failed')
}
assert.ok = assert

module.exports = Object.assign(assert, {
  randomUUID: () => crypto.randomUUID(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  inherits(child, parent) {
    Object.setPrototypeOf(child.prototype, parent.prototype)
    Object.setPrototypeOf(child, parent)
  },
  promisify: (call) => (...args) => new Promise((resolve, reject) => {
    call(...args, (error, value) => { if (error) reject(error); else resolve(value) })
  }),
  deprecate: (call) => call,
  inspect: String,
})
