/**
 * The next action of a request: what comes next, whose turn it is, and until when. The card, the digest, the lists and
 * the reminders all speak from it. Pure.
 */
import { deadlineOf, isPaused, nextClockEnd, type RunningClock, stepClock } from './clocks.ts'
import { asItStood, completionsOf, decisionAt, rolesFor } from './decision-rule.ts'
import { type Decision, type DecisionEnvironment, type Flow, own, type Step } from './flow.ts'
import type { Awaited, DeclaredKind, NextCondition, NextRule } from './next-rule.ts'
import { hasWritten, wroteSince } from './replies.ts'
import type { Request, Role } from './request.ts'
import { dayIn, type Instant, plus, startOf } from './time.ts'
import { stillNeeded } from './two-approvals.ts'

/** The kinds of what comes next: those of the flows, and those that any request may come to. */
export type NextKind =
  | DeclaredKind
  /** A step of a decision has failed: the cause is mended, then it is tried again. */
  | 'mend'
  /** The outcome of an effect is unknown: the bot looks. */
  | 'look-up'
  /** Closed, and something of the decision is still to be done. */
  | 'carry-out'
  /** Closed by hand without the reply and the labels of the handbook. */
  | 'finish'
  /** The issue or ticket can't be read. */
  | 'make-readable'
  /** The clocks are on hold. */
  | 'paused'

/** How many effects of a request are not done, by why. */
export interface OpenWork {
  readonly failed: number
  /** Their outcome has been unknown for so long that people were called. */
  readonly unclear: number
  /** Their outcome is unknown. */
  readonly unknown: number
  /** To be done, or being done. */
  readonly pending: number
}

/** Whose turn it is: people who hold one of these roles, or somebody outside the desk. */
export type Turn = { readonly roles: readonly Role[] } | { readonly awaits: Awaited }

/** What comes next of a request. */
export interface NextAction {
  readonly kind: NextKind
  /** For people: `Answers are in: check them`. */
  readonly words: string
  readonly turn: Turn
  /** Slack user id of the person who claimed it. */
  readonly assignee?: string
  /** The decision by its name: one that is open now, or from `from`. Left out: it is done elsewhere. */
  readonly decision?: string
  /** The instant from which the decision is open, where that lies ahead. */
  readonly from?: Instant
  /** The clock by whose end it has to be done; of a wait the clock of its step. Left out: none runs. */
  readonly due?: RunningClock
  /** For sorting, the most urgent first: 0 failed or unreadable, 1 closed by hand, 2 overdue, 3 stuck, 4 to do, 5 a wait. */
  readonly urgency: 0 | 1 | 2 | 3 | 4 | 5
}

/** Everything that the next action takes from outside the request. */
export interface NextEnvironment extends DecisionEnvironment {
  /** Days without progress on the meta issue after which a request counts as stuck. */
  readonly stuckAfterDays: number
  /** Left out: nothing is open. */
  readonly work?: OpenWork
}

/** A request with its flow. */
export interface NextPlace {
  readonly flow: Flow
  readonly request: Request
}

interface Place extends NextPlace {
  readonly step: Step
  readonly environment: NextEnvironment
}

const dayMs = 24 * 3_600_000

/**
 * Returns what comes next of a request. Undefined for one that is closed with all done, and where its flow has no such
 * step.
 */
export function nextAction(at: NextPlace, environment: NextEnvironment): NextAction | undefined {
  const step = own(at.flow.steps, at.request.step)
  if (!step) return undefined
  const place: Place = { ...at, step, environment }
  const found = ofWork(place) ?? (step.isClosed ? ofClosed(place) : (ofMarks(place) ?? ofStep(place)))
  if (!found) return undefined
  const { assignee } = at.request
  const due = step.isClosed ? undefined : dueOf(place, found)
  return {
    ...found,
    ...(assignee !== undefined && { assignee }),
    ...(due && { due }),
    urgency: urgencyOf(found, due),
  }
}

/**
 * Returns the next instant at which, without an event, something else comes next or a clock is over; undefined where
 * none lies ahead.
 */
export function nextChangeAt(
  { flow, request }: NextPlace,
  environment: Pick<NextEnvironment, 'now' | 'timeZone' | 'calendar' | 'stuckAfterDays'>,
): Instant | undefined {
  const step = own(flow.steps, request.step)
  if (!step || step.isClosed) return undefined
  const { sendOn } = request.facts.promisedReport ?? {}
  const asks = (condition: NextCondition) => step.next?.some(({ if: one }) => one === condition) === true
  const instants = [
    nextClockEnd(flow, request, environment),
    ...(sendOn !== undefined && asks('promised-day-has-come') ? [startOf(sendOn, environment.timeZone)] : []),
    ...(asks('has-no-progress') ? [stuckAt(request, environment)] : []),
  ]
  return instants.filter((at) => at !== undefined && at > environment.now).sort()[0]
}

function stuckAt({ facts, stepSince }: Request, { stuckAfterDays }: Pick<NextEnvironment, 'stuckAfterDays'>) {
  return plus(facts.progressAt ?? stepSince, stuckAfterDays * dayMs)
}

type Found = Omit<NextAction, 'urgency' | 'due' | 'assignee'>

/** Nobody is told to go on as long as what was decided is not done. */
function ofWork({ flow, step, environment: { work } }: Place): Found | undefined {
  if (!work) return undefined
  if (work.failed > 0)
    return {
      kind: 'mend',
      words: 'A step failed: fix the cause, then Try Again',
      turn: { roles: everybodyAt(flow) },
    }
  if (work.unclear > 0)
    return {
      kind: 'mend',
      words: 'No clear answer for an hour: check it, then Try Again',
      turn: { roles: everybodyAt(flow) },
    }
  if (work.unknown > 0)
    return {
      kind: 'look-up',
      words: 'No response yet: checking whether it went through',
      turn: { awaits: 'bot' },
    }
  if (work.pending > 0 && step.isClosed)
    return { kind: 'carry-out', words: 'Closing', turn: { awaits: 'bot' } }
  return undefined
}

/**
 * What was closed by hand is completed by the close that came next where it stood, if one did. Else which one was meant
 * is for a person to say: it can be left so.
 */
function ofClosed(place: Place): Found | undefined {
  const { flow, step, request, environment } = place
  if (!request.facts.isIncomplete) return undefined
  const { closedFrom = '' } = request.facts
  const stood = own(flow.steps, closedFrom)
  const before = stood && ofStep({ ...place, step: stood, request: asItStood(request) })
  const isOpen = before?.decision !== undefined && before.from === undefined && 'roles' in before.turn
  const complete = isOpen ? own(completionsOf(flow, request), before.decision ?? '') : undefined
  const leave = Object.entries(step.decisions).find(([, { records }]) => records === 'left-closed')
  const decision = complete ? before?.decision : leave?.[0]
  const rule = complete ?? leave?.[1]
  if (decision === undefined || !rule) return undefined
  const words = `Closed in ${flow.desk.service} without the handbook’s reply: finish it`
  return { kind: 'finish', words, decision, turn: { roles: rolesFor(rule, { request, environment }) } }
}

/** What is known of the request comes before what its step says. */
function ofMarks(place: Place): Found | undefined {
  const { flow, request } = place
  const { facts } = request
  const roles = everybodyAt(flow)
  if (facts.unreadable)
    return {
      kind: 'make-readable',
      words: `Can’t be read in ${flow.desk.service}: check it and the bot’s access`,
      turn: { roles },
    }
  if (flow.unless && facts[flow.unless.fact]) return fromRule(place, flow.unless.next)
  if (!isPaused(request)) return undefined
  const [resume] = Object.entries(flow.anytime).filter(([, { records }]) => records === 'resumed')
  if (!resume) return undefined
  const [decision, rule] = resume
  const words = 'Paused until it is resumed or the requester replies'
  return { kind: 'paused', words, decision, turn: { roles: rule.by } }
}

function ofStep(place: Place): Found | undefined {
  for (const rule of place.step.next ?? []) {
    const found = fromRule(place, rule)
    if (found) return found
  }
  return undefined
}

function fromRule(place: Place, rule: NextRule): Found | undefined {
  if (rule.if !== undefined && !conditions[rule.if](place)) return undefined
  const decision = rule.decision === undefined ? undefined : offered(place, rule.decision)
  // What the team's configuration does not offer is nothing to come next.
  if (rule.decision !== undefined && !decision && rule.awaits === undefined) return undefined
  const from = decision && openFrom(place, decision)
  return {
    kind: rule.kind,
    words: filledIn(rule.words, place),
    turn:
      rule.awaits === undefined ? { roles: rule.by ?? rolesOf(place, decision) } : { awaits: rule.awaits },
    ...(rule.decision !== undefined && decision && { decision: rule.decision }),
    ...(from !== undefined && { from }),
  }
}

function offered({ flow, step, request, environment }: Place, name: string): Decision | undefined {
  return decisionAt({ flows: { [flow.name]: flow }, flow, step, request, environment }, name)
}

/** Of two approvals the second is that of the other role. */
function rolesOf({ flow, request, environment }: Place, decision: Decision | undefined): readonly Role[] {
  if (!decision) return everybodyAt(flow)
  if (decision.fourEyes && environment.requirePrivacyApproval)
    return stillNeeded(request.facts.approvals ?? [])
  return rolesFor(decision, { request, environment })
}

/** Returns the instant from which the decision is open, where a clock or a promised day still keeps it closed. */
export function openFrom(
  { flow, request, environment }: NextPlace & { readonly environment: DecisionEnvironment },
  { when = [] }: Decision,
): Instant | undefined {
  const names = when.map((rule) => (typeof rule === 'string' ? rule : rule.guard))
  if (names.includes('clock-is-over')) {
    const clock = stepClock(flow, request, environment)
    if (clock && !clock.isOver) return clock.overAt
  }
  const { sendOn } = request.facts.promisedReport ?? {}
  if (names.includes('promised-day-has-come') && sendOn !== undefined) {
    const opens = startOf(sendOn, environment.timeZone)
    if (opens > environment.now) return opens
  }
  return undefined
}

function everybodyAt({ desk }: Flow): readonly Role[] {
  return Object.keys(desk.roles)
}

const conditions: { readonly [Name in NextCondition]: (place: Place) => boolean } = {
  'clock-is-over': ({ flow, request, environment }) => stepClock(flow, request, environment)?.isOver === true,

  'promised-day-has-come': ({ request, environment: { now, timeZone } }) =>
    (request.facts.promisedReport?.sendOn ?? '') <= dayIn(timeZone, now),

  'is-not-started': ({ request }) => request.facts.started === undefined,

  'requester-has-written': hasWritten,

  'requester-wrote-since': ({ request }) => {
    const { lastPublicReplyAt = '' } = request.facts
    return wroteSince(request, request.stepSince) && wroteSince(request, lastPublicReplyAt)
  },

  'is-answered': ({ request: { createdAt, facts } }) =>
    (facts.lastPublicReplyAt ?? '') > (facts.lastReplyAt ?? createdAt),

  'is-reopened': ({ request }) => request.facts.reopenedAt !== undefined,

  'steps-are-done': ({ request: { facts } }) =>
    facts.metaIssue !== undefined &&
    (facts.metaIssue.closed || (facts.metaIssue.total > 0 && facts.metaIssue.done === facts.metaIssue.total)),

  'has-no-progress': ({ request, environment }) => environment.now >= stuckAt(request, environment),

  'meta-issue-is-missing': ({ request }) => request.facts.metaIssue === undefined,

  'reinstatement-is-missing': ({ request }) => request.facts.reinstatementIssue === undefined,

  'exports-are-done': ({ request: { facts } }) =>
    facts.exports !== undefined && facts.exports.total > 0 && facts.exports.done === facts.exports.total,

  'expert-has-answered': ({ request: { facts } }) =>
    facts.expertIssue?.closed === true ||
    (facts.expertIssue?.answeredAt ?? '') > (facts.lastPublicReplyAt ?? ''),
}

function filledIn(words: string, { request, environment }: Place): string {
  const { metaIssue, expertIssue } = request.facts
  const values: Readonly<Record<string, string>> = {
    done: String(metaIssue?.done ?? 0),
    total: String(metaIssue?.total ?? 0),
    days: String(environment.stuckAfterDays),
    team: expertIssue?.team ?? 'the expert team',
  }
  return words.replace(/\{(\w+)\}/g, (all, key: string) => own(values, key) ?? all)
}

/** People work against the deadline of the whole; a wait ends with the clock of its step. Held clocks end never. */
function dueOf({ flow, request, environment }: Place, { turn }: Found): RunningClock | undefined {
  const ofStep = stepClock(flow, request, environment)
  const deadline = deadlineOf(flow, request, environment)
  const due = 'awaits' in turn && ofStep && !ofStep.isOver ? ofStep : deadline
  return due?.isPaused ? undefined : due
}

function urgencyOf({ kind, turn }: Found, due: RunningClock | undefined): NextAction['urgency'] {
  if (kind === 'mend' || kind === 'make-readable') return 0
  if (kind === 'finish') return 1
  if (due?.isOver) return 2
  if (kind === 'stuck') return 3
  return 'awaits' in turn || kind === 'paused' ? 5 : 4
}
