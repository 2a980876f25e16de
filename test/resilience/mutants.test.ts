/** A sample of the defects on purpose: tests that find none of them prove nothing. All of them: `npm run mutants`. */
import { expect, onTestFinished, test } from 'vitest'
import { mutants } from '../../prove/mutants/mutants.ts'
import { foundByParts, sampleOf } from '../../prove/mutants/sample.ts'
import { WorkCopy } from '../../prove/mutants/work-copy.ts'

test('20 defects made on purpose are found by the tests that are about them', {
  timeout: 180_000,
}, async () => {
  const sample = sampleOf(mutants.filter(foundByParts), 20, seed)
  const copy = new WorkCopy()
  onTestFinished(() => copy.end())

  const missed: string[] = []
  for (const mutant of sample) {
    const { verdict, because } = await copy.tryOut(mutant, { isTrusted: true })
    if (verdict !== 'found') missed.push(`${mutant.name}: ${verdict}: ${because ?? ''}`)
  }

  expect(sample).toHaveLength(20)
  expect(missed).toEqual([])
})

/** The same twenty each time, so that a change that lets one pass is the change that did it; `MUTANTS_SEED=7` takes others. */
const seed = Number(process.env.MUTANTS_SEED ?? 3)
