/** The answers of a decision's rule about one request: whether it is offered, to whom, and with which fields. */

import { isPublicReply } from './effect.ts'
import { beginsWithCommand } from './effects/notes.ts'
import { holds } from './effects-of.ts'
import {
  type Decision,
  type DecisionEnvironment,
  type DeskRules,
  type Field,
  type Flag,
  type Flow,
  type Flows,
  own,
  type Step,
  stepAfterReply,
} from './flow.ts'
import type { Decided, Request, Role } from './request.ts'
import type { Instant } from './time.ts'

/** A request where it stands: its flow, its step, and what surrounds it. */
export interface DecisionContext {
  readonly flows: Flows
  readonly flow: Flow
  readonly step: Step
  readonly request: Request
  readonly environment: DecisionEnvironment
}

/** Returns the instant of a decision with its id, where it has one. */
export function decidedBy(
  { environment: { decisionId } }: Pick<DecisionContext, 'environment'>,
  at: Instant,
): Decided {
  return { at, ...(decisionId !== undefined && { decisionId }) }
}

/** Returns the decision as the request's step offers it now. */
export function decisionAt({ flow, step, environment }: DecisionContext, name: string): Decision | undefined {
  const rule = own(step.decisions, name) ?? (step.isClosed ? undefined : own(flow.anytime, name))
  return rule && (!rule.enabledIf || holds(rule.enabledIf, {}, environment)) ? rule : undefined
}

/** Returns the decisions of this name: of each step that has one, then the one that is open at any step. */
export function decisionsNamed({ steps, anytime }: Flow, name: string): readonly Decision[] {
  const all = [...Object.values(steps).map(({ decisions }) => decisions), anytime]
  return all.flatMap((decisions) => own(decisions, name) ?? [])
}

/**
 * Returns the roles that may take a decision. With REQUIRE_PRIVACY_APPROVAL a privacy person may give one of the two
 * approvals.
 */
export function rolesFor(
  rule: Decision,
  { request, environment }: Pick<DecisionContext, 'request' | 'environment'>,
): readonly Role[] {
  const besides = rule.alsoBy && isFlagged(request, rule.alsoBy.onlyIf) ? rule.alsoBy.roles : []
  const second: readonly Role[] = rule.fourEyes && environment.requirePrivacyApproval ? ['privacy'] : []
  return [...rule.by, ...besides, ...second]
}

/** Returns the fields that the modal has for this request. Where there are none, no modal opens. */
export function fieldsOf(rule: Decision, request: Pick<Request, 'facts'>): readonly Field[] {
  return (rule.fields ?? []).filter(
    ({ onlyIf }) => onlyIf === undefined || [onlyIf].flat().some((flag) => isFlagged(request, flag)),
  )
}

/** Why a value can't stay in its field: in the words that stand below the field, and in a sentence that stands alone. */
export interface FieldFault {
  readonly below: string
  readonly alone: string
}

/** Returns undefined where the value may stay. Of which request a number may be is for the guard of its decision to say. */
export function fieldFault(
  field: Field,
  value: string,
  { service, takesCommands }: DeskRules,
): FieldFault | undefined {
  switch (field.kind) {
    case 'choice': {
      if (field.options.some((option) => option.value === value)) return undefined
      const texts = field.options.map(({ text }) => text)
      return { below: 'Choose one.', alone: `Choose one of: ${texts.join(', ')}.` }
    }
    case 'request-number':
      return /^#?[1-9]\d{0,9}$/.test(value.trim())
        ? undefined
        : sameFault('Enter the number of an issue, such as 123.')
    case 'text':
      if (value.trim() === '')
        return field.optional ? undefined : { below: 'Fill this in.', alone: `${field.label} is missing.` }
      return field.isSent && takesCommands && beginsWithCommand(value)
        ? sameFault(`Lines can’t start with “/”: ${service} would run them as commands.`)
        : undefined
  }
}

function sameFault(sentence: string): FieldFault {
  return { below: sentence, alone: sentence }
}

function isFlagged({ facts }: Pick<Request, 'facts'>, flag: Flag): boolean {
  return facts[flag] === true
}

/**
 * True where the decision is for this request: it bears the mark that the decision is for, and there is something to
 * take back where the decision does that.
 */
export function isForRequest({ onlyIf, records }: Decision, request: Pick<Request, 'facts'>): boolean {
  if (records === 'taken-back' && request.facts.wayBack === undefined) return false
  return onlyIf === undefined || isFlagged(request, onlyIf.flag)
}

/**
 * Returns the decision behind a button of this name on a card that stands at this step: the step's own, one that is
 * open at any step, or, for a pinned one, the one that lies ahead.
 */
export function shownDecision(flow: Flow, stepName: string, name: string): Decision | undefined {
  const step = own(flow.steps, stepName)
  if (step === undefined || step.isClosed === true) return undefined
  const here = own(step.decisions, name) ?? own(flow.anytime, name)
  if (here !== undefined || !flow.pinned.includes(name) || step.hidesPinned === true) return here
  const afterReply = stepAfterReply(step)
  const next = afterReply === undefined ? undefined : own(flow.steps, afterReply)
  const ahead = [...(next === undefined ? [] : [next]), ...Object.values(flow.steps)]
  return ahead.map((one) => own(one.decisions, name)).find((one) => one !== undefined)
}

/** The step's own and those open at any step, by name, as far as they are for this request. */
function closingsFrom(
  flow: Flow,
  stepName: string,
  request: Pick<Request, 'facts'>,
): Readonly<Record<string, Decision>> {
  const step = Object.hasOwn(flow.steps, stepName) ? flow.steps[stepName] : undefined
  const all = Object.entries({ ...flow.anytime, ...step?.decisions })
  return Object.fromEntries(
    all.filter(([, decision]) => decision.goto === flow.closed && isForRequest(decision, request)),
  )
}

/** Returns what completes a request that was closed by hand: the ways to close it from where it stood, by name. */
export function completionsOf(
  flow: Flow,
  request: Pick<Request, 'facts'>,
): Readonly<Record<string, Decision>> {
  const { isIncomplete, closedFrom, closedOutside } = request.facts
  return isIncomplete && closedOutside && closedFrom !== undefined
    ? closingsFrom(flow, closedFrom, request)
    : {}
}

/** Returns the request as it stood before it was closed, by which what completes it is judged. */
export function asItStood(request: Request): Request {
  const { closedFrom: step = request.step, closedFromSince: stepSince = request.stepSince } = request.facts
  return { ...request, step, stepSince }
}

/** True when the reply and the labels of one way to close it are there. */
export function isClosedByTheBook(flow: Flow, request: Request, labels: readonly string[]): boolean {
  return Object.values(closingsFrom(flow, request.step, request)).some((decision) =>
    decision.do.every((rule) => {
      if (rule.kind === 'reply') return request.facts.sentSnippets?.[rule.snippet] !== undefined
      return rule.kind !== 'labels' || rule.add.every((label) => labels.includes(label))
    }),
  )
}

/** True when the decision rests on the requester's silence: whatever it does is stopped once they have written. */
export function isToSilence({ when = [] }: Pick<Decision, 'when'>): boolean {
  return when.includes('requester-is-silent')
}

/** True when the decision only closes the request: what was asked for is not done. */
export function isMereClose(flow: Flow, { goto, fulfils }: Decision): boolean {
  return goto === flow.closed && !fulfils
}

/** True when the decision only closes the request, and its requester gets nothing by e-mail. */
export function isSilentClose(flow: Flow, decision: Decision): boolean {
  return isMereClose(flow, decision) && !decision.do.some(isPublicReply)
}

/**
 * True when two steps offer one and the same decision. A flow is data, so decisions are the same when they say the
 * same.
 */
export function isSameDecision(one: Decision | undefined, other: Decision | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
