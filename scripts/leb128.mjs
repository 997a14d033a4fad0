// Numbers as WebAssembly writes them: seven bits a byte, the lowest first.

/** The number at `at`, and where it ends. */
export function number(bytes, at) {
  let [value, shift, byte] = [0, 0, 0]
  do {
    byte = bytes[at++]
    value += (byte & 0x7f) * 2 ** shift
    shift += 7
  } while (byte & 0x80)
  return [value, at]
}

/** The bytes of a number. */
export function varint(value) {
  const bytes = []
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0))
    value >>>= 7
  } while (value > 0)
  return Buffer.from(bytes)
}
