import { describe, expect, it, test } from 'vitest'
import { checkedOf, errorsInModel, seededErrors } from '../../prove/model/prove-model.ts'

test('Each error that the model can be made to hold is looked for, and there are at least twenty', async () => {
  const known = Object.keys(seededErrors).toSorted()

  expect(await errorsInModel()).toEqual(known)
  expect(known.length).toBeGreaterThanOrEqual(20)
})

describe('what the verifier prints', () => {
  const end = (errors: number) =>
    `State-vector 108 byte, depth reached 281, errors: ${errors}\n   449067 states, stored\n`

  it('is the number of states where all is well', () => {
    expect(checkedOf(end(0))).toEqual({ states: 449_067, depth: 281 })
  })

  it('names the assertion that does not hold', () => {
    const printed = `pan:1: assertion violated (entry[0].written==1) (at depth 61)\n${end(1)}`

    expect(checkedOf(printed).error).toContain('entry[0].written==1')
  })

  it('is no result where the search was cut off', () => {
    expect(() => checkedOf(`error: max search depth too small\n${end(0)}`)).toThrow('not visited every state')
    expect(() => checkedOf('pan: out of memory')).toThrow('without a result')
  })
})
