/** Open requests of all flows with anything that their next action and their clocks may hang on. */
import fc from 'fast-check'
import type { Facts, Request } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import type { RequestRow } from '../../src/store/store.ts'
import { aRow } from '../store/a-row.ts'

const hourMs = 3_600_000
const beginning = Date.parse('2026-03-01T00:00:00.000Z')

export function instant(hours: number): string {
  return new Date(beginning + Math.round(hours * hourMs)).toISOString()
}

/** In the first forty days, to the minute. */
const instants = fc.nat({ max: 40 * 24 * 60 }).map((minutes) => instant(minutes / 60))
const days = instants.map((at) => at.slice(0, 10))
const assignees = fc.constantFrom('U1ENGINEER', 'U2ENGINEER', 'U1SECURITY')
const issue = fc.record({ iid: fc.nat(), url: fc.constant('https://gitlab.example/9') })

const pauses = fc
  .uniqueArray(instants, { maxLength: 5 })
  .map((all) => all.sort())
  .map((all) =>
    all.flatMap((from, index) => {
      if (index % 2 === 1) return []
      const to = all[index + 1]
      return [{ from, by: 'U1ENGINEER', ...(to !== undefined && { to }) }]
    }),
  )

const facts: fc.Arbitrary<Facts> = fc.record(
  {
    started: instants,
    lastReplyAt: instants,
    noAnswerAt: instants,
    reopenedAt: instants,
    progressAt: instants,
    lastPublicReplyAt: instants,
    isEmbargoed: fc.boolean(),
    hasOtherAddress: fc.boolean(),
    hasLaterIssue: fc.constant(true as const),
    exports: fc.record({ done: fc.nat({ max: 2 }), total: fc.nat({ max: 2 }), failed: fc.constant(0) }),
    metaIssue: fc
      .tuple(issue, fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.boolean())
      .map(([one, done, total, closed]) => ({ ...one, done, total, closed })),
    expertIssue: fc
      .tuple(issue, fc.boolean(), instants)
      .map(([one, closed, answeredAt]) => ({ ...one, team: 'legal', project: 'a/b', closed, answeredAt })),
    reinstatementIssue: fc.record({ url: fc.constant('https://gitlab.example/8') }),
    promisedReport: fc.record({ report: fc.constant('pen test'), sendOn: days }),
    pauses,
    extensions: fc.array(
      fc.record({
        clock: fc.constantFrom('fulfilment' as const, 'step' as const),
        step: fc.constant('awaiting-answers'),
        days: fc.integer({ min: 1, max: 20 }),
        by: fc.constant('U1ENGINEER'),
        at: instants,
      }),
      { maxLength: 2 },
    ),
    approvals: fc.array(
      fc.record({
        by: assignees,
        roles: fc.constantFrom(['support-manager'], ['privacy']),
        at: instants,
      }),
      { maxLength: 1 },
    ),
    handlings: fc.array(fc.record({ as: fc.constant('reply'), isOnTime: fc.boolean(), at: instants }), {
      maxLength: 2,
    }),
    unreadable: fc.record({ status: fc.constant(404), since: instants }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Facts>

const places = Object.values(flows).flatMap(({ name, desk, steps }) =>
  Object.entries(steps).flatMap(([step, { isClosed }]) =>
    isClosed ? [] : [{ flow: name, step, source: desk.source }],
  ),
)

export const openRows: fc.Arbitrary<Omit<RequestRow, 'version'>> = fc
  .record({
    place: fc.constantFrom(...places),
    createdAt: instants,
    stepSince: instants,
    assignee: fc.option(assignees, { nil: undefined }),
    // Each alone as often as all together.
    facts: fc.oneof(
      facts,
      fc.constant<Facts>({}),
      fc.record({ pauses }),
      fc.record({ lastReplyAt: instants }),
    ),
  })
  .map(({ place, assignee, ...rest }) =>
    aRow({ ...place, ...rest, ...(assignee !== undefined && { assignee }) } satisfies Partial<Request>),
  )
