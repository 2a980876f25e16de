/** Long proofs are parted among processes: every part counts, and one that dies is told of. */
import { expect, test } from 'vitest'
import type { Tally } from '../../prove/crash/tally.ts'
import { chunksOf, inProcesses } from '../../prove/in-processes.ts'

const script = new URL('../../prove/fault-injection/try-faults.ts', import.meta.url)

test('each part gives its result in the order of the parts, and one that dies takes no other with it', {
  timeout: 60_000,
}, async () => {
  const parts = [
    { scenario: 'no such scenario', faults: [] },
    { scenario: '/privacy claim', faults: [{ call: 1, fault: '500' }] },
  ]
  const logged: string[] = []

  const [first, second] = await inProcesses<object, Tally>(script, parts, (line) => logged.push(line))

  expect(first).toEqual({ died: 'it ended with 1' })
  expect(second).toMatchObject({
    result: { runs: 1, faults: { 500: 1 }, missing: [], duplicated: [], broken: [] },
  })
  expect(logged).toEqual(['2 of 2 parts'])
})

test('a list is cut into parts, the last one of what is left', () => {
  expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(chunksOf([], 2)).toEqual([])
})
