/** Whatever happens to an issue, in whatever order. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Flow } from '../../src/engine/flow.ts'
import type { Refusal } from '../../src/engine/outcome.ts'
import { propertyRuns } from '../property-runs.ts'
import type { Turn } from './play.ts'
import { playThrough } from './play-through.ts'
import { blank, checkTurn } from './rules.ts'
import { checkWayOut } from './way-out.ts'
import { type Attempt, allFlows, isClosed, type World } from './world.ts'

const flows = Object.values(allFlows).filter(({ desk }) => desk.name === 'privacy')

const entrances = flows.flatMap((flow: Flow) =>
  Object.entries(flow.steps)
    .filter(([name, step]) => name === flow.first || step.availableWhen === 'on arrival')
    // The longer a flow, the more plays it gets.
    .flatMap(([step]) =>
      Array.from({ length: Object.keys(flow.steps).length ** 2 + 4 }, () => ({ flow: flow.name, step })),
    ),
)

const number = fc.nat({ max: 60 })
const often = <Value>(usual: Value, seldom: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, seldom)

const worlds: fc.Arbitrary<World> = fc
  .record({
    entrance: fc.constantFrom(...entrances),
    timeZone: fc.constantFrom('UTC', 'America/New_York', 'Pacific/Auckland'),
    requirePrivacyApproval: fc.boolean(),
    trustSafety: fc.boolean(),
    others: fc.boolean(),
    isEmbargoed: often(false, fc.constant(true)),
    hasOtherAddress: fc.boolean(),
  })
  .map(({ entrance, trustSafety, others, ...world }) => ({
    startsAt: '2026-03-01T10:30:00.000Z',
    ...world,
    ...entrance,
    settings: { 'trust-safety-project': trustSafety, 'feature-request': others, 'admin-token': others },
  }))

const decisions = fc.record(
  {
    kind: fc.constant('decide' as const),
    which: number,
    from: fc.constantFrom(
      'step' as const,
      'step' as const,
      'step' as const,
      'card' as const,
      'flow' as const,
    ),
    who: number,
    anybody: often(false, fc.constant(true)),
    filledWith: fc.array(fc.oneof(fc.constant(0), number), { minLength: 3, maxLength: 3 }),
    shownAt: fc.option(number, { freq: 9, nil: undefined }),
  },
  { noNullPrototype: true },
)
const sightings = fc.record({ kind: fc.constant('see' as const), what: number, which: number })
const waits = fc.record({ kind: fc.constant('wait' as const), hours: fc.nat({ max: 40 * 24 }) })
const attempts: fc.Arbitrary<Attempt> = fc.oneof(
  { weight: 7, arbitrary: decisions },
  { weight: 2, arbitrary: sightings },
  { weight: 2, arbitrary: waits },
)

/** What the play has to come to, or else it shows nothing. */
const reached = [
  ...flows.flatMap(({ name, steps }) => Object.keys(steps).map((step) => `at ${name}/${step}`)),
  'closed by a decision',
  'closed by hand',
  'completed after a close by hand',
  'reopened',
  'approved by one',
  'approved by two',
  'a close stopped',
  'a reply after the close',
  'an export reopened by a reply',
  'held',
  'held no longer',
  'extended',
  'closed after an extension',
  'the label of the exception set by hand',
  'a deletion begun by hand',
  'refused by role',
  'refused a field',
  'refused before a clock is over',
  'refused to send a reply twice',
  'refused to who asked for the exception',
  'refused for an embargoed country',
  'refused at a button of another step',
  'something ignored',
]

test('Whatever happens: no reply twice, no close without its reply and labels, nobody without the role, and always a way out', () => {
  const seen = new Set<string>()
  const numRuns = propertyRuns(400)

  fc.assert(
    fc.property(worlds, fc.array(attempts, { minLength: 1, maxLength: 80, size: 'max' }), (world, all) => {
      let memory = blank
      playThrough(world, all, (next) => {
        memory = checkTurn(world, memory, next)
        if (next.outcome.kind === 'move') checkWayOut(world, next.after)
        for (const what of milestones(next)) seen.add(what)
      })
    }),
    { seed: 20261128, numRuns },
  )

  // Fewer runs do not come everywhere.
  if (numRuns === 400) expect(reached.filter((what) => !seen.has(what))).toEqual([])
}, 60_000)

function milestones(turn: Turn): readonly string[] {
  const { outcome } = turn
  if (outcome.kind === 'ignore') return ['something ignored']
  if (outcome.kind === 'refuse') return refusals(outcome)
  const { before, event, after, rule } = turn
  const [was, is] = [isClosed(before.request), isClosed(after.request)]
  const { approvals = [], extensions } = after.request.facts
  const name = event.kind === 'decision' ? event.decision : event.observation.name
  const happened: readonly (readonly [string, boolean])[] = [
    [`at ${after.request.flow}/${after.request.step}`, true],
    ['closed by a decision', !was && is && rule !== undefined],
    ['closed by hand', !was && is && rule === undefined],
    ['completed after a close by hand', was && is && rule !== undefined],
    ['reopened', name === 'issue-reopened'],
    ['approved by one', rule?.fourEyes === true && approvals.length === 1],
    ['approved by two', rule?.fourEyes === true && after.request.step === 'ready' && approvals.length > 1],
    ['a close stopped', name === 'close-stopped' && !is],
    ['a reply after the close', was && is && name === 'requester-replied'],
    ['an export reopened by a reply', was && !is && name === 'requester-replied'],
    ['held', name === 'pause-clocks'],
    ['held no longer', name === 'resume-clocks'],
    ['extended', name === 'extend-deadline'],
    ['closed after an extension', !was && is && extensions !== undefined],
    ['the label of the exception set by hand', name === 'label-added' && after.request.step === 'ready'],
    ['a deletion begun by hand', name === 'meta-issue-made'],
  ]
  return happened.flatMap(([what, isSo]) => (isSo ? [what] : []))
}

function refusals({ because, field, from }: Refusal): readonly string[] {
  const refused: readonly (readonly [string, boolean])[] = [
    ['refused by role', /^Only .+ can /.test(because)],
    ['refused a field', field !== undefined],
    ['refused before a clock is over', from !== undefined],
    ['refused to send a reply twice', because.includes('already got this reply')],
    ['refused to who asked for the exception', because.includes('You asked for the exception')],
    ['refused for an embargoed country', because.includes('an embargoed country')],
    ['refused at a button of another step', / is now at /.test(because)],
  ]
  return refused.flatMap(([what, isSo]) => (isSo ? [what] : []))
}
