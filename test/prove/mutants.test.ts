/** Defects on purpose: a list that no longer fits the code is refused, and each has somebody who finds it. */
import { expect, test } from 'vitest'
import { withDefect } from '../../prove/mutants/mutant.ts'
import { mutants } from '../../prove/mutants/mutants.ts'

const defect = { name: 'closes first', file: 'a.ts', find: 'reply(), close()', replace: 'close(), reply()' }

test('the place is changed, and nothing else', () => {
  expect(withDefect('do: [reply(), close()]', defect)).toBe('do: [close(), reply()]')
})

test('what stands for a pattern elsewhere is put in to the letter', () => {
  expect(withDefect('a reply(), close() b', { ...defect, replace: "$& $' $1" })).toBe("a $& $' $1 b")
})

test.each([
  ['is not there', 'do: []', 0],
  ['stands there twice', 'reply(), close() or reply(), close()', 2],
])('a place that %s is refused', (_how, text, times) => {
  expect(() => withDefect(text, defect)).toThrow(
    `“closes first”: what it changes stands ${times} times in src/a.ts, and has to stand there once`,
  )
})

test('each defect has a name of its own, changes something, and has to be found by somebody', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  expect(mutants.filter(({ find, replace, foundBy }) => find === replace || foundBy.length === 0)).toEqual([])
})
