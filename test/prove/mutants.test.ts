/** Defects on purpose: a list that no longer fits the code is refused, and each has somebody who finds it. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withDefect } from '../../prove/mutants/mutant.ts'
import { mutants } from '../../prove/mutants/mutants.ts'
import { sampleOf } from '../../prove/mutants/sample.ts'

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

test('what each defect changes stands in the source exactly once', () => {
  const wrong = mutants.flatMap((mutant) => {
    try {
      withDefect(readFileSync(new URL(`../../src/${mutant.file}`, import.meta.url), 'utf8'), mutant)
      return []
    } catch (error) {
      return [error instanceof Error ? error.message : error]
    }
  })

  expect(wrong).toEqual([])
})

test('each test that has to find a defect is there', () => {
  const named = mutants.flatMap(({ foundBy }) =>
    foundBy.flatMap((suite) => ('tests' in suite ? suite.tests : [])),
  )

  expect(named.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([])
})

test('there are at least 200, of which nobody finds at most 2 in 100', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(200)
  expect(mutants.filter(({ survives }) => survives !== undefined).length).toBeLessThanOrEqual(
    mutants.length / 50,
  )
})

test('a sample is the same for the same seed, and each defect has its turn with some seed', () => {
  const [first, again, next] = [0, 0, 1].map((seed) => sampleOf(mutants, 20, seed))
  const seeds = Array.from({ length: Math.floor(mutants.length / 20) }, (_, seed) => seed)
  const tried = new Set(seeds.flatMap((seed) => sampleOf(mutants, 20, seed)))

  expect(first).toHaveLength(20)
  expect(again).toEqual(first)
  expect(next?.filter((one) => first?.includes(one))).toEqual([])
  expect(tried.size).toBeGreaterThan(mutants.length - 20)
})

test('each defect has a name of its own, changes something, and has to be found by somebody', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  expect(mutants.filter(({ find, replace, foundBy }) => find === replace || foundBy.length === 0)).toEqual([])
})
