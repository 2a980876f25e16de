/** Some of the defects, so that in time each has its turn. */
import type { Mutant } from './mutant.ts'

/** Every so-manieth, from a place that the seed gives: the same seed gives the same, the next one those beside them. */
export function sampleOf(all: readonly Mutant[], size: number, seed: number): readonly Mutant[] {
  const count = Math.min(size, all.length)
  const step = all.length / count
  const first = seed % Math.max(1, Math.floor(step))
  return Array.from({ length: count }, (_, index) => all[Math.floor(index * step) + first]).filter(
    (one) => one !== undefined,
  )
}

/** Those that tests of single parts have to find, and can: no whole bot is started for them. */
export function foundByParts({ foundBy, survives }: Mutant): boolean {
  const isOfParts = foundBy.every(
    (suite) =>
      'tests' in suite && suite.tests.every((file) => !/^test\/(?:app|prove|resilience)\//.test(file)),
  )
  return isOfParts && survives === undefined
}
