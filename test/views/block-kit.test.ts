/** Texts that are too long for one block are parted, never cut. */
import { expect, test } from 'vitest'
import { limits, sections } from '../../src/views/block-kit.ts'

test('lines share a section as long as it holds them, and begin another one where it does not', () => {
  const line = 'x'.repeat(limits.text / 2 - 1)

  const lengths = (lines: readonly string[]) => sections(lines).map(({ text }) => text?.text.length)

  expect(lengths([line, line])).toEqual([limits.text - 1])
  expect(lengths([line, `${line}xx`])).toEqual([limits.text / 2 - 1, limits.text / 2 + 1])
})
