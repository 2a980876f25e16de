/** The whole of the bot's judgement: it says what a decision or an observation does to a request. Pure. */

import { withAnswerToAsker } from './asker.ts'
import { stepClock, untilText } from './clocks.ts'
import { decideObservation } from './decide-observation.ts'
import {
  asItStood,
  completionsOf,
  type DecisionContext,
  decidedBy,
  decisionAt,
  decisionsNamed,
  fieldFault,
  fieldsOf,
  isForRequest,
  isSameDecision,
  isSilentClose,
  isToSilence,
  rolesFor,
  shownDecision,
} from './decision-rule.ts'
import { effects, needsOf } from './effect.ts'
import { effectsOf } from './effects-of.ts'
import type { Event, Input } from './event.ts'
import {
  type Decision,
  type DecisionEnvironment,
  type Field,
  type Flow,
  type Flows,
  type GuardContext,
  type GuardRefusal,
  own,
  requestName,
} from './flow.ts'
import { guardRefusal } from './guards.ts'
import { endOf, factsAfter, moveBy, unsent, withSent } from './move-by-decision.ts'
import { isSameNeed, type Lack } from './need.ts'
import { type Move, type Outcome, type Refusal, UnknownStep } from './outcome.ts'
import { capital, type Person, type Request, type Role, readActor } from './request.ts'
import { shortInstantText } from './time.ts'
import { anyOf } from './two-approvals.ts'
import { withWaitingReply } from './waiting-reply.ts'

import { withWayBack } from './way-back.ts'

/**
 * Returns a move (next step, facts, effects), a refusal (a sentence for the person), or that there is nothing to do.
 * Throws `UnknownStep` where the request's flow has no step of its name.
 */
export function decide(
  flows: Flows,
  request: Request,
  event: Event,
  environment: DecisionEnvironment,
): Outcome {
  const flow = flows[request.flow]
  const step = flow?.steps[request.step]
  if (!flow || !step) throw new UnknownStep(`request ${request.id} stands at ${request.flow}/${request.step}`)
  const place = { flows, flow, step, request, environment }
  const outcome =
    event.kind === 'decision' ? decideDecision(place, event) : decideObservation(place, event.observation)
  if (outcome.kind !== 'move') return outcome
  if (flow.isCountedOnly) return withoutThread(outcome)
  const move = withWayBack(place, event, withAnswerToAsker(place, event, outcome))
  return withWaitingReply(place, event, event.kind === 'decision' ? rolesOf(place, event.decision) : [], move)
}

/**
 * Returns the move without messages in a thread: a request that is never open gets no card, and nothing may
 * wait for one.
 */
function withoutThread(move: Move): Move {
  return { ...move, effects: move.effects.filter(({ kind }) => kind !== 'thread') }
}

type DecisionEvent = Event & { kind: 'decision' }

/**
 * Returns the outcome of a person's decision: roles, fields and guards are checked before anything moves, and who
 * comes second is told what has happened.
 */
function decideDecision(place: DecisionContext, event: DecisionEvent): Outcome {
  const refusal = refuseByRole(place, event.decision, event.by)
  if (refusal) return refusal
  const isDrawnHere = event.shownAt === undefined || event.shownAt === place.request.step
  const completion = isDrawnHere ? own(completionsOf(place.flow, place.request), event.decision) : undefined
  if (completion) return complete(place, completion, event)
  const rule = decisionAt(place, event.decision)
  if (!rule) return refuseElsewhere(place, event.decision)
  // Whoever confirmed one thing has not confirmed another that bears the same button at another step.
  const shown = event.shownAt === undefined ? rule : shownDecision(place.flow, event.shownAt, event.decision)
  if (shown !== undefined && !isSameDecision(shown, rule)) return refuseElsewhere(place, event.decision)
  return refusalOf(rule, place, event) ?? unlessNeeding(moveBy(rule, place, event), rule, place, event)
}

/** A request that was closed by hand gets what is missing: the way to close it, less what has been sent already. */
function complete(place: DecisionContext, rule: Decision, event: DecisionEvent): Outcome {
  const { flow, request } = place
  const step = flow.steps[request.facts.closedFrom ?? ''] ?? place.step
  const refusal = refusalOf(rule, { ...place, step, request: asItStood(request) }, event)
  if (refusal) return refusal
  const { isIncomplete: _incomplete, ...facts } = factsAfter(rule, place, event)
  const context = {
    ...place,
    ...{ step, request: { ...request, facts }, input: event.input, by: event.by },
    isToSilence: isToSilence(rule),
  }
  const missing = unsent(effectsOf(rule.do, context), request)
  const { flow: name, step: at } = request
  const outcome: Move = {
    kind: 'move',
    flow: name,
    step: at,
    facts: withSent({ ...facts, endedBy: endOf(rule, event) }, missing, decidedBy(place, event.at)),
    effects: missing,
    what: rule.button,
  }
  return unlessNeeding(outcome, rule, place, event)
}

function refusalOf(rule: Decision, place: DecisionContext, event: DecisionEvent): Refusal | undefined {
  const context: GuardContext = { ...place, person: event.by, input: event.input, button: rule.button }
  return refuseByField(place.flow, fieldsOf(rule, place.request), event.input) ?? refuseByGuard(rule, context)
}

/**
 * Returns the refusal of a person who may not take the decision of this name, wherever the request stands: it comes
 * before all others, since nobody is to wait for what they may never do. Undefined where they may, and where no step
 * has such a decision.
 */
export function refuseByRole(
  place: DecisionContext,
  decision: string,
  { roles: held }: Pick<Person, 'roles'>,
): Refusal | undefined {
  const [first] = rulesOf(place, decision)
  const roles = rolesOf(place, decision)
  if (!first || held.some((role) => roles.includes(role))) return undefined
  return { kind: 'refuse', because: `Only ${anyOf(place.flow.desk, roles)} can use ${first.button}.` }
}

/** Returns the roles that may take the decision of this name, wherever the request stands. */
export function rolesOf(place: DecisionContext, decision: string): readonly Role[] {
  return [...new Set(rulesOf(place, decision).flatMap((rule) => rolesFor(rule, place)))]
}

function rulesOf(place: DecisionContext, decision: string): readonly Decision[] {
  const { flow, request } = place
  const here = own(completionsOf(flow, request), decision) ?? decisionAt(place, decision)
  return here ? [here] : decisionsNamed(flow, decision)
}

function refuseByField({ desk }: Flow, fields: readonly Field[], input: Input): Refusal | undefined {
  for (const field of fields) {
    // A number is judged by the guard of its decision, in its turn among the other guards.
    if (field.kind === 'request-number') continue
    const fault = fieldFault(field, input[field.name] ?? '', desk)
    if (fault) return { kind: 'refuse', because: fault.alone, field: field.name }
  }
  return undefined
}

function refuseByGuard(rule: Decision, context: GuardContext): Refusal | undefined {
  const refusal = [
    forOthers(rule, context),
    keptClosed(rule, context),
    ...(rule.when ?? []).map((one) => guardRefusal(one, context)),
  ].find((one) => one !== undefined)
  return refusal && { kind: 'refuse', ...refusal }
}

/**
 * Returns the move, or its refusal where an effect of it can't be done: nobody is told of what can't be done. What the form says, the request knows; the rest was looked for outside. Where nobody has looked, the effects
 * find out themselves.
 */
function unlessNeeding(
  outcome: Move | Refusal,
  rule: Decision,
  { flow, request }: DecisionContext,
  { needs }: DecisionEvent,
): Move | Refusal {
  if (outcome.kind !== 'move') return outcome
  const name = requestName(flow.desk, request.number)
  const refuse = (lack: Lack): Refusal => ({
    kind: 'refuse',
    because: `${rule.button} wasn’t done on ${name}, and nothing was sent or changed. ${lack.text}. ${lack.mend}, then choose ${rule.button} again.`,
    lack,
  })
  for (const need of needsOf(effects, outcome.effects)) {
    if (need.name === 'requester-email') {
      if (request.facts.hasNoEmail) return refuse(noEmail)
      continue
    }
    const answer = needs?.find((one) => isSameNeed(one.need, need))
    if (answer?.lack) return refuse(answer.lack)
    if (needs && !answer)
      return {
        kind: 'refuse',
        because: `${capital(name)} changed while I was checking it, and nothing was sent or changed. Choose ${rule.button} again.`,
      }
  }
  return outcome
}

const noEmail: Lack = {
  text: 'I can’t read an e-mail address in the form, and the meta issue needs one as its title',
  mend: 'Correct the form in GitLab',
}

/** By what the decision says of requests that do not bear the mark that it is for. */
function forOthers(rule: Decision, context: GuardContext): GuardRefusal | undefined {
  return rule.onlyIf && !isForRequest(rule, context.request)
    ? { because: filled(rule.onlyIf.because, context) }
    : undefined
}

type Barring = Pick<DecisionContext, 'flow' | 'step' | 'request'>

/** By what the flow says of every request so marked. */
function keptClosed(rule: Decision, context: Barring): GuardRefusal | undefined {
  return isSilentClose(context.flow, rule) ? undefined : barred(rule, context)
}

function barred({ button }: Decision, { flow, step, request }: Barring): GuardRefusal | undefined {
  const { unless } = flow
  if (!unless || step.isClosed || !request.facts[unless.fact]) return undefined
  return { because: filled(unless.because, { flow, request, button }) }
}

/** A flow's sentence, with the button and the request that it is about. */
function filled(
  words: string,
  { flow, request, button }: Pick<GuardContext, 'flow' | 'request' | 'button'>,
): string {
  return words.replace('{button}', button).replace('{request}', requestName(flow.desk, request.number))
}

function refuseElsewhere(place: DecisionContext, decision: string): Refusal {
  const { flow, step, request, environment } = place
  const order = Object.keys(flow.steps)
  const where = order.filter((name) => own(flow.steps[name]?.decisions ?? {}, decision))
  const [rule] = decisionsNamed(flow, decision)
  const button = rule?.button ?? 'This decision'
  const now = `${requestName(flow.desk, request.number)} is now at “${step.title}”${lastMoveText(place)}.`
  if (step.isClosed) return { kind: 'refuse', because: `${button} was not done: ${now}` }
  // Nobody is told to wait for what may never be open.
  const bar = rule && barred(rule, place)
  if (bar) return { kind: 'refuse', ...bar }
  const next = where.find((name) => order.indexOf(name) > order.indexOf(request.step))
  const entered = next === undefined ? undefined : flow.steps[next]
  if (!entered) return { kind: 'refuse', because: `Too late: ${button} is no longer open. ${now}` }
  const clock = stepClock(flow, request, environment)
  const isRunning = clock && !clock.isOver && step.clock
  const until = isRunning ? ` ${capital(untilText(isRunning, clock, environment))}.` : ''
  return {
    kind: 'refuse',
    because: `Not yet: ${button} opens ${entered.availableWhen}. ${now}${until}`,
  }
}

/** By whom and when, so that whoever comes second knows. */
function lastMoveText({ flow, request, environment }: DecisionContext): string {
  const { lastMove, takenBack } = request.facts
  const last = takenBack ?? lastMove
  if (!last) return ''
  const when = shortInstantText(last.at, environment.timeZone, environment.now)
  const actor = readActor(last.by)
  if (actor.kind === 'slack')
    return `: <@${actor.userId}> ${takenBack ? 'undid' : 'chose'} ${last.what}, ${when}`
  if (actor.kind === 'requester') return `: ${last.what}, ${when}`
  const by =
    actor.kind === 'bot'
      ? 'the bot'
      : `${actor.kind === 'forgotten' ? 'the bot or ' : ''}somebody in ${flow.desk.service}`
  return `: ${last.what}, by ${by}, ${when}`
}
