/** Observations of a ticket in Zendesk, and of the issue in which an expert team answers it. */

import type { DecisionContext } from './decision-rule.ts'
import type { Observation, ObservationOf } from './event.ts'
import { type Flow, requestName, type Transition } from './flow.ts'
import { ignored, type Outcome, stay, toActor, toAssignee, toAssigneeAndChannel } from './outcome.ts'
import {
  botOrSomebodyIn,
  capital,
  type Decided,
  type ExpertIssue,
  type Facts,
  isOf,
  senderWords,
  somebodyIn,
} from './request.ts'
import type { Instant } from './time.ts'
import type { WaitingReply } from './waiting-reply.ts'

type LastMove = NonNullable<Facts['lastMove']>

type TicketObservation = ObservationOf<
  | 'ticket-solved'
  | 'ticket-reopened'
  | 'public-reply-seen'
  | 'ticket-reply-kept-internal'
  | 'expert-issue-opened'
  | 'expert-issue-seen'
  | 'ticket-update-refused'
>

/** True when the observation is one of a ticket. */
export function isOfTicket(observation: Observation): observation is TicketObservation {
  return /^(?:ticket-|public-reply-|expert-)/.test(observation.name)
}

/** Returns the outcome of an observation of a ticket. */
export function decideTicketObservation(
  place: DecisionContext,
  observation: TicketObservation,
  transition: Transition | undefined,
): Outcome {
  const { facts } = place.request
  switch (observation.name) {
    case 'ticket-solved':
      return transition ? ticketSolved(place, observation) : ignored('it is closed already')
    case 'ticket-reopened':
      return transition ? ticketReopened(place, observation) : ignored('it is open already')
    case 'public-reply-seen':
      return stay(place, withPublicReply(facts, observation.at), 'An agent answered in Zendesk')
    case 'ticket-reply-kept-internal':
      return keptInternal(place, observation)
    case 'expert-issue-opened':
      return stay(place, { ...facts, expertIssue: observation.issue }, 'Issue opened with the expert team')
    case 'expert-issue-seen':
      return expertIssueSeen(place, observation.issue)
    case 'ticket-update-refused':
      return updateRefused(place, observation)
  }
}

const solvedTexts = {
  solved: 'Solved in Zendesk',
  closed: 'Closed in Zendesk',
  merged: 'Merged into another ticket in Zendesk',
  deleted: 'Deleted in Zendesk',
  forwarded: 'Given to support in Zendesk',
} as const

function solvedText({
  how,
  isForgotten,
}: Pick<ObservationOf<'ticket-solved'>, 'how' | 'isForgotten'>): string {
  // Nobody takes those two for work of the bot.
  const saysEnough = how === 'merged' || how === 'deleted' || isForgotten
  return saysEnough ? solvedTexts[how] : `${solvedTexts[how]}, not by the bot`
}

function ticketSolved(place: DecisionContext, solved: ObservationOf<'ticket-solved'>): Outcome {
  const { flow, request } = place
  const { how, isForgotten, at } = solved
  const what = solvedText(solved)
  const isIncomplete = (how === 'solved' || how === 'closed') && !isAnswered(place)
  const { isIncomplete: _before, ...kept } = request.facts
  const facts: Facts = {
    ...kept,
    closedFrom: request.step,
    ticketEnd: how,
    ...(isIncomplete && { isIncomplete }),
    lastMove: { what, by: isForgotten ? botOrSomebodyIn(request.source) : somebodyIn(request.source), at },
  }
  const missing = isIncomplete
    ? ' The bot has seen no answer to the requester: answer in Zendesk, or choose Leave as Closed on the card.'
    : ''
  const name = capital(requestName(flow.desk, request.number))
  const said = toAssignee(`${name}: ${what.charAt(0).toLowerCase()}${what.slice(1)}.${missing}`)
  // By the bot itself, and with an answer: nobody need be told of what was done as it should be.
  return stay(place, facts, what, isForgotten && !isIncomplete ? [] : [said])
}

/**
 * True when the requester has had an answer since the ticket came in or came back; where they wait for a report or an
 * expert team's answer, since that was promised.
 */
function isAnswered({ step, request }: DecisionContext): boolean {
  const { lastPublicReplyAt, reopenedAt } = request.facts
  if (lastPublicReplyAt === undefined) return false
  const isWaiting = step.clock !== undefined && step.clock.since !== 'opened'
  return isWaiting
    ? lastPublicReplyAt > request.stepSince
    : lastPublicReplyAt >= (reopenedAt ?? request.createdAt)
}

/** "The ticket requestor may reopen the ticket at any time should they require further assistance." */
function ticketReopened(
  place: DecisionContext,
  { at, isByReply }: ObservationOf<'ticket-reopened'>,
): Outcome {
  const { request } = place
  const { promisedReport: _report, ...kept } = opened(request.facts)
  const what = isByReply ? 'Reopened by the requester' : 'Reopened in Zendesk'
  const facts: Facts = {
    ...kept,
    reopenedAt: at,
    ...(isByReply && { lastReplyAt: at }),
    lastMove: { what, by: isByReply ? 'requester' : somebodyIn(request.source), at },
  }
  const name = requestName(place.flow.desk, request.number)
  const opens = isByReply ? `The requester replied on ${name}, so it` : capital(name)
  const said = toAssigneeAndChannel(`${opens} is open again: its business day starts anew.`)
  return stay(place, facts, what, [said])
}

/** It may be the requester's colleague, or anybody who got hold of the e-mail: a person looks, and nothing moves. */
function keptInternal(
  place: DecisionContext,
  { from, at }: ObservationOf<'ticket-reply-kept-internal'>,
): Outcome {
  const { flow, request, step } = place
  if (step.outcome === 'redirected') return ignored('it is with support')
  const { facts } = request
  const isLatest = at >= (facts.keptInternal?.at ?? '')
  const what = `${capital(senderWords[from])} wrote, and Zendesk kept it internal`
  const rest = step.isClosed
    ? 'The ticket stays as it is: if it needs an answer, open it again there.'
    : 'It counts as no reply of the requester: the clock goes on as before.'
  const said = toAssignee(
    `${capital(senderWords[from])} wrote on ${requestName(flow.desk, request.number)}. Zendesk kept it as an internal comment: read it there. ${rest}`,
  )
  return stay(place, isLatest ? { ...facts, keptInternal: { from, at } } : facts, what, [said])
}

function expertIssueSeen(place: DecisionContext, seen: ExpertIssue): Outcome {
  const { request } = place
  const before = request.facts.expertIssue
  if (before && (before.iid !== seen.iid || before.project !== seen.project))
    return ignored('another issue has been opened since')
  const hasAnswered = seen.answeredAt !== undefined && seen.answeredAt > (before?.answeredAt ?? '')
  const hasClosed = seen.closed && !before?.closed
  const what = hasClosed ? `${seen.team} closed the issue` : `${seen.team} wrote on the issue`
  const offer =
    seen.answeredAt === undefined ? 'They wrote nothing on it.' : 'Reply offers what they wrote as a draft.'
  const facts = { ...request.facts, expertIssue: seen }
  if (place.step.isClosed || !(hasAnswered || hasClosed)) return stay(place, facts, 'Expert issue seen')
  const said = toAssignee(`${what} of ${requestName(place.flow.desk, request.number)}. ${offer}`)
  return stay(place, facts, what, [said])
}

/**
 * Takes a decision back whose update Zendesk refused: nothing was sent, and the person who decided has to see why.
 */
function updateRefused(place: DecisionContext, observation: ObservationOf<'ticket-update-refused'>): Outcome {
  const { flow, request, environment } = place
  const { changes, backTo, decidedAt } = observation
  const decision = { at: decidedAt, ...(observation.decisionId && { decisionId: observation.decisionId }) }
  const what = 'Not sent: the ticket had changed'
  const { lastMove: last } = request.facts
  const lastMove: LastMove = { ...decision, what, by: 'bot', at: environment.now }
  const said = toActor(
    last && isOf(last, decision) ? last.by : undefined,
    `Nothing was sent on ${requestName(flow.desk, request.number)}, because it had changed meanwhile: ${changes.join('; ')}. Read it, and decide again.`,
  )
  const unsent = withoutPublicReply(request.facts, decidedAt)
  const facts = backTo === undefined ? unsent : takenBack(unsent, decision)
  // What happened after it stands: only what is still the latest can be undone.
  if (!request.facts.lastMove || !isOf(request.facts.lastMove, decision)) {
    const step = stepBack(flow, request.step, facts)
    const { waitingReply: waiting, ...kept } = facts
    const later = waiting && { waitingReply: withoutRefused(place, waiting, observation, lastMove) }
    return { kind: 'move', flow: request.flow, step, facts: { ...kept, ...later }, effects: [said], what }
  }
  if (backTo === undefined) return stay(place, { ...facts, lastMove }, what, [said])
  const open = opened(facts)
  const step = stepBack(flow, backTo, open)
  return { kind: 'move', flow: request.flow, step, facts: { ...open, lastMove }, effects: [said], what }
}

/**
 * Returns what leads back from a later decision, whose reply waits: to before it the request stood where the refused one
 * had led it, with what that had recorded.
 */
function withoutRefused(
  { flow, request }: DecisionContext,
  waiting: WaitingReply,
  { backTo, decidedAt, decisionId }: ObservationOf<'ticket-update-refused'>,
  refused: LastMove,
): WaitingReply {
  const decision = { at: decidedAt, ...(decisionId && { decisionId }) }
  const { waitingReply: _waiting, takenBack: _back, ...now } = request.facts
  const isKept = ([name]: readonly [string, unknown]) => !waiting.without.includes(name)
  const then: Facts = { ...Object.fromEntries(Object.entries(now).filter(isKept)), ...waiting.facts }
  const isWhatLedThere = then.lastMove !== undefined && isOf(then.lastMove, decision)
  const unsent = withoutPublicReply(then, decidedAt)
  const before: Facts = {
    ...(backTo === undefined ? unsent : takenBack(unsent, decision)),
    ...(isWhatLedThere && { lastMove: refused }),
  }
  const was: Readonly<Record<string, unknown>> = { ...then }
  const is: Readonly<Record<string, unknown>> = { ...before }
  const changed = Object.keys({ ...was, ...is }).filter((name) => was[name] !== is[name])
  const names = new Set([...Object.keys(waiting.facts), ...waiting.without, ...changed])
  const back = isWhatLedThere && backTo !== undefined ? backTo : waiting.step
  return {
    ...waiting,
    step: stepBack(flow, back, before),
    facts: Object.fromEntries([...names].flatMap((name) => (name in is ? [[name, is[name]]] : []))),
    without: [...names].filter((name) => !(name in is)),
  }
}

/** Returns the facts without those that held only because the request was closed. */
function opened(facts: Facts): Facts {
  const {
    closedFrom: _from,
    closedFromSince: _since,
    closedOutside: _outside,
    isIncomplete: _incomplete,
    ticketEnd: _end,
    reportSentAt: _sent,
    ...kept
  } = facts
  return kept
}

/**
 * Returns the step where the request stands or stood; a promise that was itself taken back is nothing to wait for.
 */
function stepBack({ steps, first }: Flow, backTo: string, { promisedReport }: Facts): string {
  const clock = steps[backTo]?.clock
  const waitsForPromise = clock !== undefined && 'until' in clock
  return steps[backTo] && (promisedReport || !waitsForPromise) ? backTo : first
}

/** Returns the facts without those that the refused decision had recorded: it counts as never taken. */
function takenBack(facts: Facts, decision: Decided): Facts {
  const { handlings = [], promisedReport, ...kept } = facts
  const earlier = handlings.filter((one) => !isOf(one, decision))
  const last = handlings.at(-1)
  return {
    ...kept,
    ...(earlier.length > 0 ? { handlings: earlier } : {}),
    // A promise is of the last handling: what was refused before it promised nothing that still holds.
    ...(promisedReport && !(last && isOf(last, decision)) ? { promisedReport } : {}),
  }
}

/** Returns the facts with one more answer to the writer. An answer that is read late takes no later one back. */
export function withPublicReply(facts: Facts, at: Instant): Facts {
  return withReplies(facts, [...repliesOf(facts), at].sort())
}

/** Returns the facts without an answer that was refused: the one before it counts again. */
function withoutPublicReply(facts: Facts, at: Instant): Facts {
  const replies = repliesOf(facts)
  const taken = replies.lastIndexOf(at)
  return withReplies(
    facts,
    replies.filter((_one, index) => index !== taken),
  )
}

function repliesOf({ earlierReplies = [], lastPublicReplyAt }: Facts): readonly Instant[] {
  return lastPublicReplyAt === undefined ? earlierReplies : [...earlierReplies, lastPublicReplyAt]
}

/** Oldest first. */
function withReplies(facts: Facts, replies: readonly Instant[]): Facts {
  const { earlierReplies: _earlier, lastPublicReplyAt: _last, ...kept } = facts
  const last = replies.at(-1)
  const earlier = replies.slice(0, -1)
  return {
    ...kept,
    ...(last === undefined ? {} : { lastPublicReplyAt: last }),
    ...(earlier.length > 0 ? { earlierReplies: earlier } : {}),
  }
}
