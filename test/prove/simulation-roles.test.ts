/** By what the simulation judges who held a role: when it was on the clocks, and who was in the group then. */
import { describe, expect, test } from 'vitest'
import { FieldSecurity, fieldSecurityTeam } from '../../prove/simulation/field-security.ts'
import { History } from '../../prove/simulation/history.ts'
import { VirtualTime } from '../../prove/simulation/virtual-time.ts'

const startsAt = '2026-03-02T10:00:00.000Z'
const day = 24 * 3_600_000
const [first = '', second = ''] = fieldSecurityTeam

describe('the time that has passed', () => {
  test('is told by the clocks, however they were set forward', async () => {
    const time = new VirtualTime(startsAt)
    await time.run(1_000)
    const before = time.ms
    time.jump(day)
    await time.run(500)
    time.jump(7 * day)
    await time.run(250)

    const elapsed = [Date.parse(startsAt), before, time.ms].map((ms) => time.elapsedAt(ms))

    expect(elapsed).toEqual([0, 1_000, 1_750])
  })
})

describe('whoever is taken out of the group', () => {
  test('held the role until then, and again once they are put back', async () => {
    const time = new VirtualTime(startsAt)
    const group: (readonly string[])[] = []
    const slack = { setGroupMembers: (_handle: string, members: readonly string[]) => group.push(members) }
    const field = new FieldSecurity(slack, time, new History(time.now))
    await time.run(1_000)
    field.set([first])
    await time.run(1_000)
    field.set(fieldSecurityTeam)

    const held = [
      field.held(second, 0, 500),
      field.held(second, 900, 1_900),
      field.held(second, 1_100, 1_900),
      field.held(second, 1_100, 2_000),
      field.held(first, 1_100, 1_900),
    ]

    expect(held).toEqual([true, true, false, true, true])
    expect(group).toEqual([fieldSecurityTeam, [first], fieldSecurityTeam])
  })
})
