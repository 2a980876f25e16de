import { expect, test } from 'vitest'
import { proveModel } from '../../prove/model/prove-model.ts'
import { isProved } from '../../prove/proof.ts'

test('Every state of the protocol’s model keeps its promises; without Spin this says that it was skipped', {
  timeout: 180_000,
}, async (context) => {
  const lines: string[] = []
  const proof = await proveModel({ size: 'ci', log: (line) => lines.push(line) })
  if (proof.runs === 0) return context.skip(lines.join('\n'))

  expect(lines.join('\n')).not.toContain('NOT FOUND')
  expect(isProved(proof)).toBe(true)
  expect(proof.states).toBeGreaterThan(100_000)
})
