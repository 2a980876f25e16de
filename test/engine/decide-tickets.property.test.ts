/** Whatever happens to a ticket, in whatever order. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flows } from '../../src/flows/index.ts'
import { propertyRuns } from '../property-runs.ts'
import { playThrough } from './play-through.ts'
import { milestonesOf } from './ticket-milestones.ts'
import { checkTicketTurn, unopened } from './ticket-rules.ts'
import { waysToSolve } from './ticket-sightings.ts'
import { checkTicketStands } from './ticket-stands.ts'
import { checkWayOutOfTicket } from './way-out.ts'
import type { Attempt, World } from './world.ts'

const flow = flows['security-ticket']

const number = fc.nat({ max: 60 })
const mostly = <Value>(usual: Value, seldom: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, seldom)

const worlds: fc.Arbitrary<World> = fc
  .record({
    timeZone: fc.constantFrom('UTC', 'America/Los_Angeles', 'America/New_York', 'Pacific/Auckland'),
    startsAt: fc.constantFrom(
      '2026-03-02T10:30:00.000Z', // a Monday
      '2026-03-06T20:00:00.000Z', // a Friday before the clocks change in America
      '2026-05-23T11:00:00.000Z', // the Saturday before Memorial Day
      '2026-11-25T22:00:00.000Z', // the day before Thanksgiving
      '2026-12-24T09:00:00.000Z', // before Christmas and New Year
    ),
  })
  .map((given) => ({
    ...given,
    flow: flow.name,
    step: flow.first,
    requirePrivacyApproval: false,
    settings: { 'trust-safety-project': true, 'feature-request': true, 'admin-token': true },
    isEmbargoed: false,
    hasOtherAddress: false,
  }))

const decisions = fc.record(
  {
    kind: fc.constant('decide' as const),
    which: number,
    from: fc.constantFrom('step' as const, 'step' as const, 'card' as const, 'flow' as const),
    who: number,
    anybody: mostly(false, fc.constant(true)),
    filledWith: fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, number), {
      minLength: 5,
      maxLength: 5,
    }),
    shownAt: fc.option(number, { freq: 9, nil: undefined }),
    readAfterHours: fc.option(fc.nat({ max: 48 }), { freq: 2, nil: undefined }),
  },
  { noNullPrototype: true },
)
const sightings = fc.record({ kind: fc.constant('see' as const), what: number, which: number })
const hours = fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 10 * 24 }))
const waits = fc.record({ kind: fc.constant('wait' as const), hours })
const attempts: fc.Arbitrary<Attempt> = fc.oneof(
  { weight: 4, arbitrary: decisions },
  { weight: 4, arbitrary: sightings },
  { weight: 2, arbitrary: waits },
)

/** What the play has to come to, or else it shows nothing. */
const reached = [
  ...Object.entries(flow.steps).flatMap(([step, { decisions }]) => [
    `at ${step}`,
    ...Object.keys(decisions).map((decision) => `${decision} at ${step}`),
  ]),
  ...waysToSolve.map((how) => `${how} outside of the bot`),
  'reopened after solved',
  'reopened after redirected',
  'handled on time',
  'handled late',
  'promised for another day than Monday and Thursday',
  'refused by Zendesk: back to new',
  'refused by Zendesk: back to waiting-on-expert',
  'refused by Zendesk: back to queued',
  'refused by Zendesk: the expert team has been asked',
  'refused by Zendesk late: stays solved',
  'refused by Zendesk late: the promise was another’s',
  'refused by Zendesk late: no promise to wait for',
  'refused by Zendesk: an earlier answer counts again',
  'the requester wrote',
  'the requester wrote after it was solved',
  'an agent answered',
  'Zendesk kept a reply internal',
  'Zendesk kept a reply internal after it was solved',
  'an agent’s answer is read late',
  'the expert team wrote',
  'the expert team wrote after it was solved',
  'not readable',
  'readable again',
  'decided as read',
  'refused by role',
  'refused a field',
  'refused a confirmation that names another day',
  'refused to an employee who names no customer',
  'refused before the distribution day',
  'refused at a button of another step',
  'something ignored',
]

test('Whatever happens: nothing public but what Field Security typed, no solve without its answer, nothing left of what was refused, and always a clock and a way out', () => {
  const seen = new Set<string>()
  const numRuns = propertyRuns(300)

  fc.assert(
    fc.property(worlds, fc.array(attempts, { minLength: 1, maxLength: 60, size: 'max' }), (world, all) => {
      let memory = unopened(world)
      playThrough(world, all, (next) => {
        const before = memory
        memory = checkTicketTurn(world, memory, next)
        if (next.outcome.kind === 'move') {
          checkTicketStands(world, memory, next.after)
          checkWayOutOfTicket(world, next.after)
        }
        for (const what of milestonesOf(before, next)) seen.add(what)
      })
    }),
    { seed: 20261128, numRuns },
  )

  // Fewer runs do not come everywhere.
  if (numRuns === 300) expect(reached.filter((what) => !seen.has(what))).toEqual([])
}, 60_000)
