/** A decision that is allowed becomes a move: its facts, its effects, and where it leads. */

import { clockOf, promisedDay } from './clocks.ts'
import { type DecisionContext, decidedBy, isToSilence } from './decision-rule.ts'
import { type Effect, isPublicReply } from './effect.ts'
import { effectsOf } from './effects-of.ts'
import type { Event, Input } from './event.ts'
import { type Decision, type Flow, stepAfterReply } from './flow.ts'
import type { Move, Refusal } from './outcome.ts'
import { isNoAnswer, isOnReply } from './replies.ts'
import { type Decided, type Facts, type Request, type Role, slackActor } from './request.ts'
import { withPublicReply } from './ticket-observations.ts'
import { type Instant, shortInstantText } from './time.ts'
import { firstApproval, isApproved } from './two-approvals.ts'
import { asBefore, saidBack, stepBack } from './way-back.ts'

type DecisionEvent = Event & { kind: 'decision' }

/** The flow and the step to which a decision leads. */
type Target = Pick<Request, 'flow' | 'step'>

/**
 * Returns the move of a decision that is allowed, or the refusal where nothing of it is left to be done. The first of
 * two approvals moves nothing.
 */
export function moveBy(rule: Decision, place: DecisionContext, event: DecisionEvent): Move | Refusal {
  if (rule.records === 'taken-back') return stepBack(rule, place, event)
  const { request, environment } = place
  const facts = factsAfter(rule, place, event)
  const { approvals = [], lastMove } = facts
  if (rule.fourEyes && environment.requirePrivacyApproval && !isApproved(approvals)) {
    const what = `${rule.button} (first of two approvals)`
    return {
      kind: 'move',
      flow: request.flow,
      step: request.step,
      facts: { ...facts, ...(lastMove && { lastMove: { ...lastMove, what } }) },
      effects: firstApproval(place.flow.desk, event.by, approvals, event.input),
      what,
    }
  }
  const target = targetOf(rule, place, event.input)
  const entered = place.flows[target.flow]?.steps[target.step]
  const isElsewhere = target.flow !== request.flow || target.step !== request.step
  const rules = isElsewhere ? [...rule.do, ...(entered?.onEntry ?? [])] : rule.do
  const all = effectsOf(rules, {
    ...{ ...place, ...event, request: { ...request, facts } },
    isToSilence: isToSilence(rule),
  })
  const effects = unsent(all, request)
  const again = all.filter((effect) => !effects.includes(effect))
  if (!isElsewhere && again.length > 0 && effects.length === 0 && !isNews(facts, request))
    return refuseTwice(place, again)
  const since = isToSilence(rule)
    ? { closedFromSince: request.stepSince, ...closedReadUpTo(place.environment) }
    : {}
  const from = {
    closedFrom: request.step,
    ...since,
    closedOutside: false,
    endedBy: endOf(rule, event),
  }
  const closed = isElsewhere && entered?.isClosed ? from : {}
  const begun = target.flow === request.flow ? {} : begunOn(place.flows[target.flow], target.step)
  const { ledOn, wayBack } = request.facts
  const isNoAnswer = rule.records === 'no-answer'
  const stepSince = isNoAnswer && isElsewhere ? (ledOn ?? wayBack)?.since : undefined
  const asked = isNoAnswer && isElsewhere ? askedOnEntry(place) : []
  return {
    kind: 'move',
    ...target,
    ...(stepSince !== undefined && { stepSince }),
    facts: withSent(
      withAnswer(
        untilTold({ ...facts, ...closed, ...begun }, effects, entered?.isClosed === true),
        effects,
        event.at,
      ),
      effects,
      decidedBy(place, event.at),
    ),
    effects: [
      ...again.flatMap((effect) => notAgain(request, effect)),
      ...effects,
      ...(asked.length > 0
        ? [saidBack(place, { what: 'The requester wrote', ...target, asked }, event.by.id)]
        : []),
    ],
    what: rule.button,
  }
}

/** Returns the step that the message has led the request on from; undefined where that was stored before it was noted. */
function stoodAt({ facts: { ledOn, wayBack } }: Request): string | undefined {
  return ledOn ? ledOn.from : wayBack?.isReply && wayBack.step
}

/** What the requester was told, or how it ended, rests on the answer: from then on it stands. */
function untilTold({ ledOn, ...facts }: Facts, effects: readonly Effect[], isClosed: boolean): Facts {
  return ledOn && !isClosed && !effects.some(isPublicReply) ? { ...facts, ledOn } : facts
}

/** Returns who was asked for something in the thread when the request came to its step. */
function askedOnEntry(place: DecisionContext): readonly Role[] {
  const asked = effectsOf(place.step.onEntry ?? [], { ...place, input: {} })
  return asked.flatMap((effect) => (effect.kind === 'thread' ? effect.mention : []))
}

function closedReadUpTo({ readUpTo }: DecisionContext['environment']): Pick<Facts, 'closedReadUpTo'> {
  if (!readUpTo) return {}
  const { noteId: _noteId, ...readOf } = readUpTo
  return { closedReadUpTo: readOf }
}

/** It stays as it was closed by hand: nothing of it is to be completed any more. */
function finished({ isIncomplete: _incomplete, ...kept }: Facts): Facts {
  return kept
}

/** A hold that one of the messages has ended goes on, until somebody began another. */
function heldAgain({ pauses, ...facts }: Facts): Facts {
  if (!pauses) return facts
  const replies = [facts.lastReplyAt, facts.repliedSince]
  return {
    ...facts,
    pauses: pauses.map(({ to, ...pause }, index) => {
      const end = replies.includes(to) ? pauses[index + 1]?.from : to
      return { ...pause, ...(end !== undefined && { to: end }) }
    }),
  }
}

/** As if the last reply had not come: the clocks, a hold of theirs too, are as they were. */
function withoutAnswer(facts: Facts, isLedBack: boolean): Facts {
  const { lastReplyAt } = facts
  const before = isLedBack && facts.wayBack?.isReply ? asBefore(facts) : heldAgain(facts)
  const {
    lastReplyLooksAutomatic: _automatic,
    repliedMoreThanOnce: _several,
    repliedSince: _since,
    ledOn: _ledOn,
    ...kept
  } = before
  return { ...kept, ...(lastReplyAt === undefined ? {} : { noAnswerAt: lastReplyAt }) }
}

/**
 * Returns the effects without the handbook's replies that went out since the issue was opened or reopened: "nothing
 * twice".
 */
export function unsent(effects: readonly Effect[], { facts }: Pick<Request, 'facts'>): readonly Effect[] {
  return effects.filter((effect) => effect.kind !== 'reply' || !isSent(effect, facts))
}

/** A reply that refers the requester to another issue than one that was sent by hand says something else, and so do further words. */
function isSent(
  { snippet, replacements, addition }: Extract<Effect, { kind: 'reply' }>,
  { sentSnippets, sentNaming }: Facts,
): boolean {
  if (sentSnippets?.[snippet] === undefined || addition !== undefined) return false
  const named = sentNaming?.[snippet]
  return named === undefined || Object.values(replacements).includes(`#${named}`)
}

/** What a decision tells the bot is taken, though the reply with it went out by hand: what comes next may rest on it. */
function isNews(facts: Facts, { facts: known }: Request): boolean {
  return Object.keys(facts).some((fact) => fact !== 'lastMove' && !(fact in known))
}

/** The requester has got it, by the bot or by a colleague's hand. */
function refuseTwice({ request, environment }: DecisionContext, again: readonly Effect[]): Refusal {
  const sent = request.facts.sentSnippets ?? {}
  const [sentAt = environment.now] = again.flatMap((effect) =>
    effect.kind === 'reply' ? (sent[effect.snippet] ?? []) : [],
  )
  const when = shortInstantText(sentAt, environment.timeZone, environment.now)
  return {
    kind: 'refuse',
    because: `The requester of #${request.number} already got this reply, ${when}. Nothing was sent.`,
  }
}

function notAgain({ number }: Request, effect: Effect): readonly Effect[] {
  if (effect.kind !== 'reply') return []
  const text = `The reply “${effect.snippet}” was not sent again on #${number}: the requester already got it.`
  return [{ kind: 'thread', text, mention: [] }]
}

/** What a duplicate is continued on stands in its field. */
export function endOf(rule: Decision, { decision, input }: DecisionEvent): NonNullable<Facts['endedBy']> {
  const field = rule.fields?.find(({ kind }) => kind === 'request-number')
  const of = Number(field && input[field.name])
  return { decision, ...(Number.isSafeInteger(of) && of > 0 && { of }) }
}

function targetOf(rule: Decision, { flows, request }: DecisionContext, input: Input): Target {
  const { goto, records } = rule
  // A reply that came after what somebody decided led nowhere, and nothing of that is taken back with it.
  const ledNowhere = records === 'no-answer' && (!isOnReply(request) || (stoodAt(request) ?? goto) !== goto)
  if (goto === undefined || ledNowhere) return { flow: request.flow, step: request.step }
  if (typeof goto === 'string') return { flow: request.flow, step: goto }
  if ('flowFrom' in goto) {
    const flow = input[goto.flowFrom] ?? request.flow
    return { flow, step: firstStepOf(flows[flow], request) }
  }
  return { flow: request.flow, step: goto.to[input[goto.field] ?? ''] ?? request.step }
}

/**
 * Returns the step at which a request begins in the flow that it is found to be of. A reply of the requester counts,
 * unless a person has found it to be no answer.
 */
export function firstStepOf(flow: Flow | undefined, request: Request): string {
  if (!flow) return request.step
  const isAnswered = request.facts.lastReplyAt !== undefined && !isNoAnswer(request.facts)
  return (isAnswered ? stepAfterReply(flow.steps[flow.first]) : undefined) ?? flow.first
}

/** Returns what is noted of a request that begins at this step: it is not the flow's first where a reply has counted. */
export function begunOn(flow: Flow | undefined, step: string): Pick<Facts, 'ledOn'> {
  return flow === undefined || step === flow.first ? {} : { ledOn: { to: step, from: flow.first } }
}

/** Returns the facts after a decision: who decided it and when, and what its rule records. */
export function factsAfter(
  rule: Decision,
  place: DecisionContext,
  { decision, by, at, input }: DecisionEvent,
): Facts {
  const { facts, step } = place.request
  const lastMove = { what: rule.button, by: slackActor(by.id), ...decidedBy(place, at) }
  const after = { ...facts, lastMove }
  if (rule.fourEyes)
    return { ...after, approvals: [...(facts.approvals ?? []), { by: by.id, roles: by.roles, at }] }
  switch (rule.records) {
    case 'started':
      return { ...after, started: facts.started ?? at }
    case 'self-initiated':
      return { ...after, selfInitiatedAt: at }
    case 'exception-requested':
      return { ...after, exception: { requestedBy: by.id, at }, approvals: [] }
    case 'no-answer':
      return { ...withoutAnswer(facts, targetOf(rule, place, input).step !== step), lastMove }
    case 'paused':
      return { ...after, pauses: [...(facts.pauses ?? []), { from: at, by: by.id }] }
    case 'resumed':
      return { ...after, pauses: (facts.pauses ?? []).map((pause) => ({ to: at, ...pause })) }
    case 'extended':
      return {
        ...after,
        extensions: [
          ...(facts.extensions ?? []),
          {
            clock: input.clock === 'step' ? 'step' : 'fulfilment',
            step,
            days: Number(input.days),
            by: by.id,
            at,
          },
        ],
      }
    case 'answered':
      return { ...after, lastPublicReplyAt: at }
    case 'handled':
      return { ...after, ...handled(place, decision, at) }
    case 'report-promised':
      return {
        ...after,
        ...handled(place, decision, at),
        promisedReport: {
          // One of the field's options, or it would have been refused.
          report: input.report ?? '',
          sendOn: promisedDay(place.environment),
        },
      }
    case 'report-delivered':
      return { ...after, reportSentAt: at }
    case 'left-closed':
      return finished(after)
    case 'reinstatement-link':
      return { ...after, reinstatementIssue: { url: (input.link ?? '').trim() } }
    default:
      return after
  }
}

/**
 * "Field Security has a 1 business-day SLA to handle the ticket": what is done after it was handled, such as the answer
 * once the expert has given theirs, is no further handling.
 */
function handled(
  { step: { clock }, request, environment }: DecisionContext,
  decision: string,
  at: Instant,
): Facts {
  if (clock?.since !== 'opened') return {}
  const isOnTime = !clockOf(clock, request, environment).isOver
  return {
    handlings: [
      ...(request.facts.handlings ?? []),
      { as: decision, ...decidedBy({ environment }, at), isOnTime },
    ],
  }
}

/** The periodic update is due again only after this. */
function withAnswer(facts: Facts, effects: readonly Effect[], at: Instant): Facts {
  return effects.some(({ kind }) => kind === 'ticket-reply') ? withPublicReply(facts, at) : facts
}

/** Returns the facts with the replies among these effects noted as sent. */
export function withSent(facts: Facts, effects: readonly Effect[], { at, decisionId }: Decided): Facts {
  const sent = effects.flatMap((effect) => (effect.kind === 'reply' ? [effect.snippet] : []))
  if (sent.length === 0) return facts
  const { snippetsSentBy: before, sentNaming, ...kept } = facts
  const by = { ...before, ...(decisionId && Object.fromEntries(sent.map((one) => [one, decisionId]))) }
  const naming = Object.entries(sentNaming ?? {}).filter(([snippet]) => !sent.includes(snippet))
  return {
    ...kept,
    ...(naming.length > 0 && { sentNaming: Object.fromEntries(naming) }),
    sentSnippets: { ...facts.sentSnippets, ...Object.fromEntries(sent.map((one) => [one, at])) },
    ...(Object.keys(by).length > 0 && { snippetsSentBy: by }),
  }
}
