/** A small part of the security proof; all of it runs apart from the tests. */
import { expect, test } from 'vitest'
import { isProved } from '../../prove/proof.ts'
import { proveSecurityBy } from '../../prove/security/prove-security.ts'

test('Nothing forged, hostile, foreign or too much gets through, and nothing personal or secret gets out', async () => {
  const proof = await proveSecurityBy({ strings: 25, bits: 1, isPatient: false }, () => {})

  expect({ letIn: proof.letIn, broken: proof.broken }).toEqual({ letIn: [], broken: [] })
  expect(isProved(proof)).toBe(true)
}, 240_000)
