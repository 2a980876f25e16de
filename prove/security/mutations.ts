/** Every small change of a signed thing: a bit, a byte more, a byte less. */

/** `bits`: how many of the eight bits of a byte are flipped, one at a time. `step`: 1 is every byte, 2 every other. */
export function* mutations(text: string, bits = 8, step = 1): Generator<string> {
  const bytes = Buffer.from(text, 'latin1')
  for (let index = 0; index < bytes.length; index += step) {
    for (let bit = 0; bit < bits; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[index] = (bytes[index] ?? 0) ^ (1 << ((bit + index) % 8))
      yield changed.toString('latin1')
    }
    yield text.slice(0, index) + text.slice(index + 1)
    yield `${text.slice(0, index)}0${text.slice(index)}`
  }
  yield `${text}0`
  yield ''
}

/** White space around a header's value is no part of it; what is no header can't be sent. */
export function asHeader(value: string): string | undefined {
  return /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/.test(value)
    ? value
    : undefined
}
