/** Whether a part of a proof found what breaks a promise. */
import { expect } from 'vitest'
import { proofOf, type Tally } from '../../prove/crash/tally.ts'
import { isProved } from '../../prove/proof.ts'

export function expectProved(tally: Tally): void {
  expect(tally).toMatchObject({ missing: [], duplicated: [], letIn: [], broken: [] })
  expect(isProved(proofOf('a part', tally))).toBe(true)
}
