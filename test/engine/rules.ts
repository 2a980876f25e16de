/** What holds after every turn of an issue, whatever has been played before. */
import { expect } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import type { Effect, EffectRule } from '../../src/engine/effect.ts'
import { holds } from '../../src/engine/effects-of.ts'
import type { Event } from '../../src/engine/event.ts'
import type { Decision } from '../../src/engine/flow.ts'
import type { Move } from '../../src/engine/outcome.ts'
import type { Person, Role } from '../../src/engine/request.ts'
import type { Instant } from '../../src/engine/time.ts'
import type { Turn } from './play.ts'
import { allFlows, isClosed, type State, type World } from './world.ts'

/** What was seen of the whole play so far, kept apart from the engine's own facts. */
export interface Memory {
  /** The handbook's replies that went out since the issue was opened or reopened. */
  readonly sent: ReadonlySet<string>
  readonly lastReplyAt?: Instant
  readonly exceptionAskedBy?: string
  readonly approvers: readonly Person[]
  /** The replies of the last decision, as long as the worker may still stop them. */
  readonly stoppable: readonly string[]
  /** What was known before the last move, as long as that can be taken back. */
  readonly before?: Memory
}

export const blank: Memory = { sent: new Set(), approvers: [], stoppable: [] }

/** The same answer every time; nothing but a move changes anything, and what is no move says why. */
export function checkAnswer({ outcome, before, after, event, environment }: Turn): Move | undefined {
  expect(decide(allFlows, before.request, event, environment), 'the same twice').toEqual(outcome)
  if (outcome.kind === 'move') return outcome
  expect(Object.keys(outcome).filter((key) => !['kind', 'because', 'from', 'field'].includes(key))).toEqual(
    [],
  )
  expect(outcome.because, 'a refusal says why').toMatch(/\S/)
  expect(after.request, 'nothing changes').toEqual(before.request)
  return undefined
}

export function checkTurn(world: World, memory: Memory, played: Turn): Memory {
  const { after, event } = played
  const outcome = checkAnswer(played)
  if (!outcome) return memory
  if (event.kind === 'decision') checkDecision(world, memory, played, outcome, event)
  else expect(outcome.effects.filter(isClose), 'nothing seen closes an issue').toEqual([])
  const next = withBefore(memory, played, remembered(memory, played, outcome))
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
    if ('onlyIfSilentSince' in effect)
      expect(memory.lastReplyAt ?? '', 'only to silence').toSatisfy(
        (at: string) => at < (effect.onlyIfSilentSince ?? ''),
      )
  if (rule.records === 'taken-back') checkTakenBack(before, after, effects)
  else if (isClosed(before.request)) checkOrder(effects)
  else if (isClosed(after.request)) checkClose(rule, effects, event, memory)
  else expect(effects.filter(isClose), 'who does not close closes nothing').toEqual([])
  if (rule.fourEyes && after.request.step !== before.request.step) checkApproval(world, memory, event.by)
}

/** Nothing is sent, and only what was closed before is closed again. */
function checkTakenBack({ request: before }: State, { request: after }: State, effects: readonly Effect[]) {
  const { wayBack } = before.facts
  expect(wayBack, 'there was a way back').toBeDefined()
  expect({ flow: after.flow, step: after.step }, 'where it stood').toEqual({
    flow: wayBack?.flow,
    step: wayBack?.step,
  })
  const kinds = ['internal-note', 'labels', 'thread', ...(isClosed(after) ? ['close'] : [])]
  expect(
    effects.filter(({ kind }) => !kinds.includes(kind)),
    'nothing is sent',
  ).toEqual([])
  checkOrder(effects)
}

/** Everything that the flow's data says, in its order, and the close last. */
function checkClose(
  rule: Decision,
  effects: readonly Effect[],
  { input }: Event & { kind: 'decision' },
  { sent }: Pick<Memory, 'sent'>,
): void {
  const due = rule.do.filter(({ when }) => !when || ('field' in when && holds(when, input, { settings })))
  const labels = (which: 'add' | 'remove') => (all: readonly (Effect | EffectRule)[]) =>
    all.flatMap((one) => (one.kind === 'labels' ? one[which] : []))
  // What went out before, by hand too, does not go out again.
  expect(repliesOf(effects), 'its reply').toEqual(repliesOf(due).filter((snippet) => !sent.has(snippet)))
  expect(labels('add')(effects), 'its labels').toEqual(labels('add')(due))
  expect(labels('remove')(effects), 'labels taken off').toEqual(labels('remove')(due))
  expect(effects.filter(isClose), 'one close').toHaveLength(1)
  checkOrder(effects)
}

const settings = { 'trust-safety-project': true, 'feature-request': true, 'admin-token': true }

/** A message in the thread waits for nothing and nothing waits for it. */
function checkOrder(effects: readonly Effect[]): void {
  const onIssue = effects.filter(({ kind }) => kind !== 'thread')
  const close = onIssue.findIndex(isClose)
  if (close >= 0) expect(close, 'the close comes last').toBe(onIssue.length - 1)
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

/** To take a move back is to remember what was known before it, but for what was seen since. */
function withBefore(memory: Memory, { after, before, rule }: Turn, next: Memory): Memory {
  const { before: _earlier, ...known } = next
  const { wayBack } = after.request.facts
  if (rule?.records === 'taken-back') {
    const back = memory.before ?? blank
    return { ...back, ...(next.lastReplyAt === undefined ? {} : { lastReplyAt: next.lastReplyAt }) }
  }
  if (wayBack === undefined) return known
  return wayBack === before.request.facts.wayBack ? next : { ...known, before: memory }
}

function remembered(memory: Memory, { event, before, after, rule }: Turn, { effects }: Move): Memory {
  const replies = repliesOf(effects)
  if (event.kind === 'decision') {
    const asked = rule?.records === 'exception-requested'
    const approvers = rule?.fourEyes ? [...memory.approvers, event.by] : memory.approvers
    return {
      ...memory,
      sent: new Set([...memory.sent, ...replies]),
      approvers: asked ? [] : approvers,
      ...(asked ? { exceptionAskedBy: event.by.id } : {}),
      stoppable: after.isStoppable ? replies : [],
    }
  }
  const { observation } = event
  const isStopped = observation.name === 'close-stopped'
  const isOpenAgain = isClosed(before.request) && !isClosed(after.request) && !isStopped
  const wasReopened = observation.name === 'issue-reopened' || isOpenAgain
  const kept = isStopped
    ? [...memory.sent].filter((one) => !memory.stoppable.includes(one))
    : [...memory.sent]
  const byHand = observation.name === 'snippet-sent' ? [observation.snippet] : []
  const wrote = isStopped || observation.name === 'requester-replied'
  return {
    ...memory,
    sent: new Set([...(wasReopened ? [] : kept), ...replies, ...byHand]),
    ...(wrote ? { lastReplyAt: observation.at } : {}),
    stoppable: after.isStoppable ? memory.stoppable.filter((one) => !byHand.includes(one)) : [],
  }
}

function isClose({ kind }: Effect): boolean {
  return kind === 'close' || kind === 'mark-duplicate'
}

function repliesOf(all: readonly (Effect | EffectRule)[]): readonly string[] {
  return all.flatMap((one) => (one.kind === 'reply' ? [one.snippet] : []))
}
