/** A person picks a way out of a step. */

import { completionsOf } from './closings.ts'
import { beginsWithCommand } from './command-text.ts'
import { decisionAt, fieldsOf, type Place, roleNames, rolesFor } from './decision-rule.ts'
import type { Effect } from './effect.ts'
import { effectsOf } from './effects-of.ts'
import type { Event, Input } from './event.ts'
import type { Decision, Field, GuardContext } from './flow.ts'
import type { Move, Outcome, Refusal } from './outcome.ts'
import { own } from './own.ts'
import { refuseElsewhere } from './refuse-elsewhere.ts'
import type { Facts, Person, Request, Role } from './request.ts'
import { shownDecision } from './shown-decision.ts'
import { type Instant, instantText } from './time.ts'

type DecisionEvent = Event & { kind: 'decision' }

export function decideDecision(place: Place, event: DecisionEvent): Outcome {
  const isDrawnHere = event.shownAt === undefined || event.shownAt === place.request.step
  const completion = isDrawnHere ? own(completionsOf(place.flow, place.request), event.decision) : undefined
  if (completion) return complete(place, completion, event)
  const rule = decisionAt(place, event.decision)
  if (!rule) return refuseElsewhere(place, event.decision)
  // Whoever confirmed one thing has not confirmed another that bears the same button at another step.
  const shown = event.shownAt === undefined ? rule : shownDecision(place.flow, event.shownAt, event.decision)
  if (shown !== undefined && shown !== rule) return refuseElsewhere(place, event.decision)
  return refusalOf(rule, place, event) ?? moveBy(rule, place, event)
}

/** A request that was closed by hand gets what is missing: the way to close it, less what has been sent already. */
function complete(place: Place, rule: Decision, event: DecisionEvent): Outcome {
  const { flow, request } = place
  const step = flow.steps[request.facts.closedFrom ?? ''] ?? place.step
  const refusal = refusalOf(rule, { ...place, step }, event)
  if (refusal) return refusal
  const { isIncomplete: _incomplete, ...facts } = factsAfter(rule, request, event)
  const context = { ...place, step, request: { ...request, facts }, input: event.input, by: event.by }
  const missing = effectsOf(rule.do, context).filter(
    (effect) => effect.kind !== 'reply' || request.facts.sentSnippets?.[effect.snippet] === undefined,
  )
  const { flow: name, step: at } = request
  return {
    kind: 'move',
    flow: name,
    step: at,
    facts: withSent(facts, missing, event.at),
    effects: missing,
    what: rule.button,
  }
}

function refusalOf(rule: Decision, place: Place, event: DecisionEvent): Refusal | undefined {
  const context: GuardContext = { ...place, person: event.by, input: event.input }
  return (
    refuseByRole(rule, place, event.by) ??
    refuseByField(fieldsOf(rule, place.request), event.input) ??
    refuseByGuard(rule, context)
  )
}

/** "nothing twice": a reply of the handbook goes out once, until the issue is reopened. */
function refuseTwice({ request, circumstances }: Place, effects: readonly Effect[]): Refusal | undefined {
  const sent = request.facts.sentSnippets ?? {}
  const again = effects.find((effect) => effect.kind === 'reply' && sent[effect.snippet] !== undefined)
  const sentAt = again?.kind === 'reply' ? sent[again.snippet] : undefined
  if (sentAt === undefined) return undefined
  const when = instantText(sentAt, circumstances.timeZone)
  return {
    kind: 'refuse',
    because: `The requester of #${request.iid} has got this reply already, ${when}. Nothing was sent.`,
  }
}

function withSent(facts: Facts, effects: readonly Effect[], at: Instant): Facts {
  const sent = effects.flatMap((effect) => (effect.kind === 'reply' ? [[effect.snippet, at] as const] : []))
  return sent.length === 0
    ? facts
    : { ...facts, sentSnippets: { ...facts.sentSnippets, ...Object.fromEntries(sent) } }
}

function refuseByRole(rule: Decision, place: Place, person: Person): Refusal | undefined {
  const roles = rolesFor(rule, place)
  if (person.roles.some((role) => roles.includes(role))) return undefined
  const who = roles.map((role) => roleNames[role]).join(' or ')
  return { kind: 'refuse', because: `${rule.button} is for ${who}.` }
}

function refuseByField(fields: readonly Field[], input: Input): Refusal | undefined {
  for (const field of fields) {
    const value = input[field.name] ?? ''
    if (field.kind === 'choice' && !field.options.some((option) => option.value === value))
      return {
        kind: 'refuse',
        because: `Choose one of: ${field.options.map((option) => option.text).join(', ')}.`,
        field: field.name,
      }
    if (field.kind !== 'text') continue
    if (!field.optional && value.trim() === '')
      return { kind: 'refuse', because: `${field.label} is missing.`, field: field.name }
    if (field.isPublic && beginsWithCommand(value))
      return {
        kind: 'refuse',
        because: 'No line may begin with “/”: GitLab would take it as a command.',
        field: field.name,
      }
  }
  return undefined
}

function refuseByGuard(rule: Decision, context: GuardContext): Refusal | undefined {
  for (const guard of rule.when ?? []) {
    const refusal = guard(context)
    if (refusal)
      return {
        kind: 'refuse',
        ...refusal,
        because: `${rule.button} is not open for #${context.request.iid}. ${refusal.because}`,
      }
  }
  return undefined
}

function moveBy(rule: Decision, place: Place, event: DecisionEvent): Move | Refusal {
  const { request, circumstances } = place
  const facts = factsAfter(rule, request, event)
  if (rule.fourEyes && circumstances.requirePrivacyApproval && !isApproved(facts.approvals ?? []))
    return {
      kind: 'move',
      flow: request.flow,
      step: request.step,
      facts,
      effects: [waitsForSecond(event.by)],
      what: `${rule.button} (first of two approvals)`,
    }
  const target = targetOf(rule, place, event.input)
  const entered = place.flows[target.flow]?.steps[target.step]
  const isElsewhere = target.flow !== request.flow || target.step !== request.step
  const rules = isElsewhere ? [...rule.do, ...(entered?.onEntry ?? [])] : rule.do
  const context = { ...place, request: { ...request, facts }, input: event.input, by: event.by }
  const effects = effectsOf(rules, context)
  const closed = entered?.isClosed ? { closedFrom: request.step, closedOutside: false } : {}
  return (
    refuseTwice(place, effects) ?? {
      kind: 'move',
      ...target,
      facts: withSent({ ...facts, ...closed }, effects, event.at),
      effects,
      what: rule.button,
    }
  )
}

function targetOf(rule: Decision, { flows, request }: Place, input: Input): { flow: string; step: string } {
  const { goto } = rule
  if (goto === undefined) return { flow: request.flow, step: request.step }
  if (typeof goto === 'string') return { flow: request.flow, step: goto }
  if ('flowFrom' in goto) {
    const flow = input[goto.flowFrom] ?? request.flow
    return { flow, step: flows[flow]?.first ?? request.step }
  }
  return { flow: request.flow, step: goto.to[input[goto.field] ?? ''] ?? request.step }
}

function factsAfter(rule: Decision, { facts, step }: Request, { by, at, input }: DecisionEvent): Facts {
  const after = { ...facts, lastMove: { what: rule.button, by: `slack:${by.id}`, at } }
  if (rule.fourEyes)
    return { ...after, approvals: [...(facts.approvals ?? []), { by: by.id, roles: by.roles, at }] }
  switch (rule.notes) {
    case 'started':
      return { ...after, started: facts.started ?? at }
    case 'self-initiated':
      return { ...after, selfInitiatedAt: at }
    case 'exception-requested':
      return { ...after, exception: { requestedBy: by.id, at }, approvals: [] }
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
    case 'reinstatement-link':
      return { ...after, reinstatementIssue: { url: (input.link ?? '').trim() } }
    default:
      return after
  }
}

/** One support manager and one privacy person, two different people. */
function isApproved(approvals: NonNullable<Facts['approvals']>): boolean {
  return approvals.some(
    (one) =>
      one.roles.includes('support-manager') &&
      approvals.some((other) => other.by !== one.by && other.roles.includes('privacy')),
  )
}

function waitsForSecond(person: Person) {
  const missing: Role = person.roles.includes('support-manager') ? 'privacy' : 'support-manager'
  return {
    kind: 'thread',
    text: `{person:${person.id}} has approved the exception. It needs a second approval, by ${roleNames[missing]}.`,
    mention: [missing],
  } as const
}
