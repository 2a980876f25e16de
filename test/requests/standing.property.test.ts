/** What is kept beside a request is what the next action and the clocks say, for as long as it says it is. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shipped } from '../../src/desks/index.ts'
import { forWhom, isToDo, isUpdateDue, rankInDigest, tallyOf } from '../../src/desks/listed.ts'
import { plus } from '../../src/engine/time.ts'
import { lineStateOf } from '../../src/requests/card-states.ts'
import type { DeskContext } from '../../src/requests/desk-context.ts'
import { listedOf } from '../../src/requests/open-requests.ts'
import { never, readStanding, standingOf } from '../../src/requests/standing.ts'
import { propertyRuns } from '../property-runs.ts'
import { aDesk } from './a-desk.ts'
import { instant, openRows } from './open-rows.ts'

const worlds = fc.record({
  timeZone: fc.constantFrom('UTC', 'America/New_York', 'Pacific/Auckland'),
  requirePrivacyApproval: fc.boolean(),
  isSet: fc.boolean(),
  hours: fc.nat({ max: 50 * 24 }),
})

type World = typeof worlds extends fc.Arbitrary<infer One> ? One : never

function contextIn(
  base: DeskContext,
  { timeZone, requirePrivacyApproval, isSet }: World,
  at: string,
): DeskContext {
  const settings = { 'trust-safety-project': isSet, 'feature-request': isSet, 'admin-token': isSet }
  const judgement = 'one "name"'
  return { ...base, timeZone, requirePrivacyApproval, settings, judgement, now: () => new Date(at) }
}

test('of any open request it stays the same until the instant that it names', async () => {
  const { context: base } = await aDesk()
  const changed = new Set<string>()
  fc.assert(
    fc.property(openRows, worlds, fc.double({ min: 0, max: 1, noNaN: true }), (row, world, part) => {
      const now = instant(world.hours)
      const at = (when: string) => standingOf(contextIn(base, world, when), { ...row, version: 1 })
      const { until, ...kept } = at(now)
      const end = until === never ? plus(now, 200 * 24 * 3_600_000) : plus(until, -1)
      const between = plus(now, Math.floor(part * (Date.parse(end) - Date.parse(now))))

      expect(until > now).toBe(true)
      for (const later of [between, end]) {
        const { until: _until, ...then } = at(later)
        expect(then).toEqual(kept)
      }
      if (until !== never && at(until).standing !== kept.standing) changed.add(row.flow)
    }),
    { numRuns: propertyRuns(5_000) },
  )
  expect(changed.size, 'time has changed something in most flows').toBeGreaterThan(8)
})

test('what is asked of it has the answers that the whole request gives', async () => {
  const { context: base } = await aDesk()
  fc.assert(
    fc.property(openRows, worlds, (row, world) => {
      const context = contextIn(base, world, instant(world.hours))
      const whole = { ...row, version: 1 }
      const parts = { context, taskText: () => '', cardUrl: () => undefined }
      const state = lineStateOf(parts, whole)
      const kept = standingOf(context, whole)
      const standing = readStanding(context, kept.standing)
      if (!standing) throw new Error('it is not read')
      const listed = listedOf(context, shipped.of(row), { standing, count: 1 })

      const answers = (one: typeof listed) => ({
        tally: tallyOf([{ listed: one, count: 1 }]),
        ...{ whose: forWhom(one), rank: rankInDigest(one), isToDo: isToDo(one), isUpdate: isUpdateDue(one) },
        ...{ flow: one.flow, step: one.request.step, assignee: one.request.assignee },
        ...{ turn: one.next?.turn, kind: one.next?.kind, isAhead: one.next?.from !== undefined },
        ...{ dueDay: one.next?.due?.lastDay, urgency: one.next?.urgency },
        clock: one.clocks[0] && [one.clocks[0].lastDay, one.clocks[0].isOver, one.clocks[0].isPaused],
      })
      expect(answers(listed)).toEqual(answers(state))
      expect(standing.isHandled).toBe((row.facts.handlings ?? []).length > 0)
      expect(kept.due).toBe(state.next?.due?.overAt ?? state.clocks[0]?.overAt ?? never)
    }),
    { numRuns: propertyRuns(2_000) },
  )
})

test('nothing is read of what another judgement has kept', async () => {
  const { context: base } = await aDesk()
  const row = { ...fc.sample(openRows, { numRuns: 1, seed: 1 })[0], version: 1 }
  const { standing } = standingOf({ ...base, judgement: 'a' }, row as never)

  expect(readStanding({ ...base, judgement: 'a' }, standing)?.by).toBe('a')
  expect(readStanding({ ...base, judgement: 'ab' }, standing)).toBeUndefined()
  expect(readStanding(base, standing)).toBeUndefined()
  expect(readStanding(base, undefined)).toBeUndefined()
})
