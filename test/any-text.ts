import fc from 'fast-check'

const surrogates = { first: 0xd800, count: 0x800 }

/**
 * Any text of any characters. As `anyText()`, whose table of all characters takes a second to make
 * in each worker.
 */
export const anyText = (constraints: Omit<fc.StringConstraints, 'unit'> = {}) =>
  fc.string({
    ...constraints,
    unit: fc
      .integer({ min: 0, max: 0x10ffff - surrogates.count })
      .map((point) => String.fromCodePoint(point < surrogates.first ? point : point + surrogates.count)),
  })
