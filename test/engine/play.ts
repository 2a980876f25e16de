/** Plays anything that may happen to a request through `decide`, and applies what comes of it as the desk does. */
import { decide } from '../../src/engine/decide.ts'
import type { Effect } from '../../src/engine/effect.ts'
import type { Event, Happening, Input } from '../../src/engine/event.ts'
import type { Circumstances, Decision, Field, Flow } from '../../src/engine/flow.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import type { Person, Request } from '../../src/engine/request.ts'
import type { Instant } from '../../src/engine/time.ts'
import { flows } from '../../src/flows/index.ts'
import { aRequest, circumstances, people } from './a-request.ts'

export const allFlows: Readonly<Record<string, Flow>> = flows

export interface World {
  readonly flow: string
  readonly step: string
  readonly timeZone: string
  readonly requirePrivacyApproval: boolean
  readonly settings: Circumstances['settings']
  readonly isEmbargoed: boolean
  readonly hasOtherAddress: boolean
}

/** Numbers choose among what there is at that moment, so that a list from which others were taken still makes sense. */
export type Attempt =
  | {
      readonly kind: 'decide'
      readonly which: number
      /** Where the decision is taken from: the step's own, all that the card offers, or any of the flow. */
      readonly from: 'step' | 'card' | 'flow'
      readonly who: number
      /** Anybody, instead of somebody who may. */
      readonly anybody: boolean
      readonly filledWith: readonly number[]
      readonly shownAt?: number | undefined
    }
  | { readonly kind: 'see'; readonly what: number; readonly which: number }
  | { readonly kind: 'wait'; readonly hours: number }

export interface State {
  readonly request: Request
  readonly now: Instant
  /** A reply to silence has been decided and nothing has been sent yet: the worker may still stop it. */
  readonly isStoppable: boolean
}

export interface Turn {
  readonly before: State
  readonly event: Event
  readonly circumstances: Circumstances
  readonly outcome: Outcome
  readonly after: State
  /** The rule of a decision, as the flow's data has it. */
  readonly rule: Decision | undefined
}

export function beginning(world: World): State {
  const facts = { isEmbargoed: world.isEmbargoed, hasOtherAddress: world.hasOtherAddress }
  const request = aRequest({ flow: world.flow, step: world.step, facts })
  return { request: frozen(request), now: '2026-03-01T10:31:00.000Z', isStoppable: false }
}

/** The state after a wait, or what came of an event. */
export function play(world: World, before: State, attempt: Attempt): State | Turn {
  if (attempt.kind === 'wait')
    return { ...before, now: later(before.now, attempt.hours), isStoppable: before.isStoppable }
  const at = later(before.now, 0.01)
  const event = attempt.kind === 'see' ? seenEvent(before, attempt, at) : decisionOf(before, attempt, at)
  return turn(world, { ...before, now: at }, event)
}

export function turn(world: World, before: State, event: Event): Turn {
  const around = circumstancesOf(world, before.now, event)
  const outcome = decide(allFlows, before.request, event, around)
  const rule = event.kind === 'decision' ? ruleOf(before.request, event.decision) : undefined
  return { before, event, circumstances: around, outcome, after: applied(before, outcome, event), rule }
}

/** The way of src/requests/handle-event.ts. */
function applied(before: State, outcome: Outcome, event: Event): State {
  const { request, now } = before
  if (outcome.kind !== 'move') return before
  const isElsewhere = outcome.flow !== request.flow || outcome.step !== request.step
  const { closedAt, ...kept } = request
  const moved: Request = {
    ...kept,
    flow: outcome.flow,
    step: outcome.step,
    stepSince: isElsewhere ? now : request.stepSince,
    facts: outcome.facts,
    ...(isClosed(outcome) ? { closedAt: closedAt ?? now } : {}),
  }
  const isStoppable =
    event.kind === 'decision'
      ? outcome.effects.some(isToSilence)
      : before.isStoppable && !['close-stopped', 'issue-reopened'].includes(event.happening.name)
  return { request: frozen(moved), now, isStoppable }
}

function isToSilence(effect: Effect): boolean {
  return effect.kind === 'reply' && effect.onlyIfSilentSince !== undefined
}

export function circumstancesOf(world: World, now: Instant, event: Event): Circumstances {
  const { timeZone, requirePrivacyApproval, settings } = world
  const stays = event.kind === 'decision' ? event.input.stays : undefined
  const named =
    stays === '124' || stays === '125' ? { iid: Number(stays), isOpen: stays === '124' } : undefined
  return circumstances({ now, timeZone, requirePrivacyApproval, settings, ...(named ? { named } : {}) })
}

/** Also the ways to close it from where it stood when it was closed by hand. */
export function ruleOf(request: Request, decision: string): Decision | undefined {
  const flow = allFlows[request.flow]
  const closed = isClosed(request)
  const at = closed ? (request.facts.closedFrom ?? request.step) : request.step
  const rule = flow?.steps[at]?.decisions[decision] ?? flow?.anytime[decision]
  return closed && rule?.goto !== flow?.closed ? undefined : rule
}

export function isClosed({ flow, step }: Pick<Request, 'flow' | 'step'>): boolean {
  return allFlows[flow]?.steps[step]?.isClosed === true
}

function decisionOf({ request }: State, attempt: Attempt & { kind: 'decide' }, at: Instant): Event {
  const flow = allFlows[request.flow]
  const place = isClosed(request) ? (request.facts.closedFrom ?? request.step) : request.step
  const own = Object.keys(flow?.steps[place]?.decisions ?? {})
  const names = {
    step: own,
    card: [...own, ...Object.keys(flow?.anytime ?? {})],
    flow: Object.values(flow?.steps ?? {}).flatMap(({ decisions }) => Object.keys(decisions)),
  }
  const decision = chosen(names[attempt.from], attempt.which) ?? 'no-such-decision'
  const rule = ruleOf(request, decision)
  const may = people.filter(({ roles }) => roles.some((role) => rule?.by.includes(role)))
  const by = chosen(attempt.anybody || may.length === 0 ? people : may, attempt.who) ?? someone
  const fields = rule?.fields ?? []
  const input = Object.fromEntries(
    fields.map((field, index) => [field.name, filled(field, attempt.filledWith[index] ?? 0)]),
  )
  const steps = Object.keys(flow?.steps ?? {})
  const shownAt = attempt.shownAt === undefined ? undefined : chosen(steps, attempt.shownAt)
  return { kind: 'decision', decision, by, input, at, ...(shownAt === undefined ? {} : { shownAt }) }
}

const someone: Person = { id: 'USOM', roles: [] }

export const linkOfAnIssue = 'https://gitlab.example/trust/safety/-/issues/7'

function filled(field: Field, number: number): string {
  if (field.kind === 'choice')
    return chosen([...field.options.map(({ value }) => value), 'none such'], number) ?? ''
  if (field.kind === 'request-number') return chosen(['124', '125', '123', '999', 'x'], number) ?? ''
  return chosen([linkOfAnIssue, 'It is so', '', 'Well,\n/close'], number) ?? ''
}

/** Everything in as a person would fill it in who wants the decision to be taken. */
export function filledWell(rule: Decision, option = 0): Input {
  const fields = rule.fields ?? []
  return Object.fromEntries(
    fields.map((field) => [field.name, filled(field, field.kind === 'choice' ? option : 0)]),
  )
}

function seenEvent(state: State, { what, which }: Attempt & { kind: 'see' }, at: Instant): Event {
  // What the play would come to seldom, and is worth more.
  const rare: Happening | undefined = state.isStoppable
    ? { name: 'close-stopped', at }
    : isClosed(state.request)
      ? { name: 'issue-reopened', by: 'gitlab:42', at }
      : undefined
  const happening = what % 2 === 0 && rare ? rare : chosen(happenings(state, which, at), what)
  return { kind: 'happening', happening: happening ?? { name: 'requester-replied', at } }
}

function happenings({ request }: State, which: number, at: Instant): readonly Happening[] {
  const by = 'gitlab:42'
  const flow = allFlows[request.flow]
  const steps = Object.values(flow?.steps ?? {})
  const labels = steps.flatMap(({ happenings }) => Object.keys(happenings?.['label-added'] ?? {}))
  const rules = steps.flatMap(({ decisions }) => Object.values(decisions).flatMap((one) => one.do))
  const snippets = rules.flatMap((rule) => (rule.kind === 'reply' ? [rule.snippet] : []))
  const link = { iid: 77, url: linkOfAnIssue }
  const done = which % 4
  const results = ['met', 'contradicted', 'unknown'] as const
  const criterion = { name: 'only owner', result: chosen(results, which) ?? 'unknown', value: '1 of 1' }
  return [
    { name: 'requester-replied', at },
    { name: 'label-added', label: chosen([...labels, 'priority::high'], which) ?? '', by, at },
    { name: 'label-removed', label: 'Awaiting::Challenge Answers', by, at },
    { name: 'issue-closed', labels: which % 2 === 0 ? [] : ['Account Verification Failed'], by, at },
    { name: 'issue-reopened', by, at },
    { name: 'snippet-sent', snippet: chosen([...snippets, 'closed-duplicate'], which) ?? '', by, at },
    { name: 'meta-issue-seen', issue: { ...link, done, total: 3, closed: which % 5 === 0 }, at },
    { name: 'meta-issue-made', issue: { ...link, done: 0, total: 3, closed: false }, by, at },
    { name: 'reinstatement-issue-opened', url: linkOfAnIssue, at },
    { name: 'escalation-issue-opened', url: linkOfAnIssue, at },
    { name: 'evidence-gathered', evidence: { readAt: at, criteria: [{ ...criterion, source: 'x' }] }, at },
    { name: 'exports-seen', exports: { done, total: 3, failed: 0 }, at },
    { name: 'issue-unreadable', status: 404, at },
    { name: 'issue-readable', at },
    { name: 'duplicates-suggested', iids: [124], at },
  ]
}

function chosen<Value>(values: readonly Value[], number: number): Value | undefined {
  return values[number % Math.max(values.length, 1)]
}

export function later(at: Instant, hours: number): Instant {
  return new Date(Date.parse(at) + hours * 3_600_000).toISOString()
}

/** A decision that changed what it was given would throw. */
function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) frozen(inner)
  }
  return value
}
