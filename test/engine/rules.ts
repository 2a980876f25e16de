/** What holds after every turn of a request, whatever has been played before. */
import { expect } from 'vitest'
import { fulfilmentClock, stepClock } from '../../src/engine/clocks.ts'
import { decide } from '../../src/engine/decide.ts'
import type { Effect } from '../../src/engine/effect.ts'
import { holds } from '../../src/engine/effects-of.ts'
import type { Event } from '../../src/engine/event.ts'
import type { Decision, EffectRule } from '../../src/engine/flow.ts'
import type { Move } from '../../src/engine/outcome.ts'
import type { Person, Role } from '../../src/engine/request.ts'
import type { Instant } from '../../src/engine/time.ts'
import { people } from './a-request.ts'
import {
  allFlows,
  circumstancesOf,
  filledWell,
  isClosed,
  later,
  linkOfAnIssue,
  ruleOf,
  type State,
  type Turn,
  turn,
  type World,
} from './play.ts'

/** What was seen of the whole play so far, kept apart from the engine's own facts. */
export interface Memory {
  /** The handbook's replies that went out since the issue was opened or reopened. */
  readonly sent: ReadonlySet<string>
  readonly lastReplyAt?: Instant
  readonly exceptionAskedBy?: string
  readonly approvers: readonly Person[]
  /** The replies of the last decision, as long as the worker may still stop them. */
  readonly stoppable: readonly string[]
  /** A colleague has posted a reply of the handbook, so what goes with it is theirs to do as well. */
  readonly isSaidByHand: boolean
}

export const blank: Memory = { sent: new Set(), approvers: [], stoppable: [], isSaidByHand: false }

export function checkTurn(world: World, memory: Memory, played: Turn): Memory {
  const { outcome, before, after, event, circumstances } = played
  expect(decide(allFlows, before.request, event, circumstances), 'the same twice').toEqual(outcome)
  if (outcome.kind !== 'move') {
    expect(Object.keys(outcome).filter((key) => !['kind', 'because', 'from', 'field'].includes(key))).toEqual(
      [],
    )
    expect(outcome.because, 'a refusal says why').toMatch(/\S/)
    expect(after.request, 'nothing changes').toEqual(before.request)
    return { ...memory, stoppable: [] }
  }
  if (event.kind === 'decision') checkDecision(world, memory, played, outcome, event)
  else expect(outcome.effects.filter(isClose), 'nothing seen closes an issue').toEqual([])
  const next = remembered(memory, played, outcome)
  const { sentSnippets = {} } = after.request.facts
  expect(new Set(Object.keys(sentSnippets)), 'the engine knows what was sent').toEqual(next.sent)
  return next
}

function checkDecision(
  world: World,
  memory: Memory,
  { rule, before, after }: Turn,
  { effects }: Move,
  event: Event & { kind: 'decision' },
): void {
  if (!rule) throw new Error(`${event.decision} is no decision here, and yet it moved`)
  expect(
    event.by.roles.some((role) => whoMay(world, before, rule).includes(role)),
    'who may',
  ).toBe(true)
  const repeated = repliesOf(effects).filter((snippet) => memory.sent.has(snippet))
  expect(repeated, 'no reply twice').toEqual([])
  for (const effect of effects)
    if (effect.kind === 'reply' && effect.onlyIfSilentSince !== undefined)
      expect(memory.lastReplyAt ?? '', 'only to silence').toSatisfy(
        (at: string) => at < (effect.onlyIfSilentSince ?? ''),
      )
  if (isClosed(before.request)) checkOrder(effects)
  else if (isClosed(after.request)) checkClose(rule, effects, event)
  else expect(effects.filter(isClose), 'who does not close closes nothing').toEqual([])
  if (rule.fourEyes && after.request.step !== before.request.step) checkApproval(world, memory, event.by)
}

/** Everything that the flow's data says, in its order, and the close last. */
function checkClose(
  rule: Decision,
  effects: readonly Effect[],
  { input }: Event & { kind: 'decision' },
): void {
  const due = rule.do.filter(({ when }) => !when || ('field' in when && holds(when, input, { settings })))
  const labels = (which: 'add' | 'remove') => (all: readonly (Effect | EffectRule)[]) =>
    all.flatMap((one) => (one.kind === 'labels' ? one[which] : []))
  expect(repliesOf(effects), 'its reply').toEqual(repliesOf(due))
  expect(labels('add')(effects), 'its labels').toEqual(labels('add')(due))
  expect(labels('remove')(effects), 'labels taken off').toEqual(labels('remove')(due))
  expect(effects.filter(isClose), 'one close').toHaveLength(1)
  checkOrder(effects)
}

const settings = { 'trust-safety-project': true, 'feature-request': true, 'admin-token': true }

function checkOrder(effects: readonly Effect[]): void {
  const close = effects.findIndex(isClose)
  if (close >= 0) expect(close, 'the close comes last').toBe(effects.length - 1)
}

function checkApproval(world: World, { approvers, exceptionAskedBy }: Memory, last: Person): void {
  const all = [...approvers, last]
  expect(
    all.map(({ id }) => id),
    'never who asked',
  ).not.toContain(exceptionAskedBy)
  const managers = all.filter(({ roles }) => roles.includes('support-manager'))
  const second = all.filter(({ roles }) => roles.includes('privacy'))
  expect(managers).not.toEqual([])
  if (!world.requirePrivacyApproval) return
  expect(
    managers.some((one) => second.some((other) => other.id !== one.id)),
    'a support manager and a privacy person, two different people',
  ).toBe(true)
}

function whoMay(world: World, { request }: State, rule: Decision): readonly Role[] {
  const also = rule.alsoBy && request.facts[rule.alsoBy.onlyIf] ? rule.alsoBy.roles : []
  return [...rule.by, ...also, ...(rule.fourEyes && world.requirePrivacyApproval ? ['privacy' as const] : [])]
}

function remembered(memory: Memory, { event, before, after, rule }: Turn, { effects }: Move): Memory {
  const replies = repliesOf(effects)
  if (event.kind === 'decision') {
    const asked = rule?.notes === 'exception-requested'
    const approvers = rule?.fourEyes ? [...memory.approvers, event.by] : memory.approvers
    return {
      ...memory,
      sent: new Set([...memory.sent, ...replies]),
      approvers: asked ? [] : approvers,
      ...(asked ? { exceptionAskedBy: event.by.id } : {}),
      stoppable: after.isStoppable ? replies : [],
    }
  }
  const { happening } = event
  const isStopped = happening.name === 'close-stopped'
  const isOpenAgain = isClosed(before.request) && !isClosed(after.request) && !isStopped
  const wasReopened = happening.name === 'issue-reopened' || isOpenAgain
  const kept = isStopped
    ? [...memory.sent].filter((one) => !memory.stoppable.includes(one))
    : [...memory.sent]
  const byHand = happening.name === 'snippet-sent' ? [happening.snippet] : []
  const wrote = isStopped || happening.name === 'requester-replied'
  return {
    ...memory,
    sent: new Set([...(wasReopened ? [] : kept), ...replies, ...byHand]),
    isSaidByHand: byHand.length > 0 || (memory.isSaidByHand && !wasReopened),
    ...(wrote ? { lastReplyAt: happening.at } : {}),
    stoppable: [],
  }
}

/** An open request can be led on by somebody, now or when its clock is over; and its 30 days come to an end. */
export function checkWayOut(world: World, state: State, { isSaidByHand }: Memory): void {
  if (isClosed(state.request)) return
  const running = withoutHold(world, state)
  const place = circumstancesOf(world, state.now, { kind: 'happening', happening: hold(state.now) })
  const fulfilment = fulfilmentClock(running.request, place)
  expect(fulfilmentClock(running.request, { ...place, now: fulfilment.overAt }).isOver).toBe(true)
  expect(fulfilment.overAt >= later(running.request.createdAt, 30 * 24), 'not before 30 days').toBe(true)
  const flow = allFlows[state.request.flow]
  const clock = flow && stepClock(flow, running.request, place)
  const ready = withAnswers(world, running)
  const times = [state.now, ...(clock && !clock.isOver ? [clock.overAt] : [])]
  const out = isSaidByHand || goesOnWithReply(state) || times.some((now) => leads(world, { ...ready, now }))
  expect(out, `a way out of ${state.request.flow}/${state.request.step}`).toBe(true)
}

/** The requester wrote before somebody set the type: silence is no way out any more, their next words are. */
function goesOnWithReply({ request: { flow, step, facts } }: State): boolean {
  const onReply = allFlows[flow]?.steps[step]?.happenings?.['requester-replied']
  return facts.lastReplyAt !== undefined && onReply !== undefined
}

const hold = (at: Instant) => ({ name: 'requester-replied', at }) as const

/** Somebody resumes the clocks. */
function withoutHold(world: World, state: State): State {
  const [manager] = people.filter(({ roles }) => roles.includes('support-manager'))
  const resume = ruleOf(state.request, 'resume-clocks')
  if (!manager || !resume) return state
  const input = filledWell(resume)
  return turn(world, state, {
    kind: 'decision',
    decision: 'resume-clocks',
    by: manager,
    input,
    at: state.now,
  }).after
}

/** The issue that the bot has opened with Trust and Safety has its answer. */
function withAnswers(world: World, state: State): State {
  const happening = { name: 'reinstatement-issue-opened', url: linkOfAnIssue, at: state.now } as const
  return turn(world, state, { kind: 'happening', happening }).after
}

/** By a decision of its own step, which may take two people: to close it as spam is no way out in earnest. */
function leads(world: World, state: State): boolean {
  return after(world, state).some(
    (one) => isElsewhere(one, state) || (isApprovedOnce(one) && led(world, one)),
  )
}

function led(world: World, state: State): boolean {
  return after(world, state).some((one) => isElsewhere(one, state))
}

function isElsewhere({ request }: State, before: State): boolean {
  return request.flow !== before.request.flow || request.step !== before.request.step
}

function isApprovedOnce({ request }: State): boolean {
  return request.facts.approvals?.length === 1
}

/** What comes of each decision of the step when anybody takes it. */
function after(world: World, state: State): readonly State[] {
  const step = allFlows[state.request.flow]?.steps[state.request.step]
  return Object.entries(step?.decisions ?? {}).flatMap(([decision, rule]) =>
    people.flatMap((by) =>
      [0, 1].flatMap((option) => {
        const input = filledWell(rule, option)
        const taken = turn(world, state, { kind: 'decision', decision, by, input, at: state.now })
        return taken.outcome.kind === 'move' ? [taken.after] : []
      }),
    ),
  )
}

function isClose({ kind }: Effect): boolean {
  return kind === 'close' || kind === 'mark-duplicate'
}

function repliesOf(all: readonly (Effect | EffectRule)[]): readonly string[] {
  return all.flatMap((one) => (one.kind === 'reply' ? [one.snippet] : []))
}
