/** This file turns the effect rules of a flow into the effects of one decision. */

import { clockOf } from './clocks.ts'
import { type Condition, type Effect, type EffectRule, effects } from './effect.ts'
import type { AnyEffect, DecisionContext, EffectDefinition } from './effects/definition.ts'
import type { Input } from './event.ts'
import { type DecisionEnvironment, type Flow, requestName, type Step } from './flow.ts'
import type { AnswerTo, Person, Request } from './request.ts'
import { type Instant, toInstant } from './time.ts'

interface Context {
  readonly flow: Pick<Flow, 'desk'>
  readonly request: Request
  readonly environment: DecisionEnvironment
  readonly input: Input
  /** The step at which the request stood when it was decided. */
  readonly step?: Step
  /** Left out where nobody decided: something was seen. */
  readonly by?: Person
  /** The instant at which the ticket that it was decided on had last changed. */
  readonly stamp?: Instant
  /** The place where the person hears what came of it, if no card shows it. */
  readonly answerTo?: AnswerTo
  /** The decision rests on the requester's silence: nothing of it is done once they have written. */
  readonly isToSilence?: boolean
  /** The instant of the decision; left out where nobody decided. */
  readonly at?: Instant
}

/**
 * Returns the effects of the rules whose condition holds, filled in, in their order; labels that follow each other
 * become one call. The labels of a choice stand for it: those of the choices that were not made are taken off where
 * the issue bears them. Throws where a rule's kind is none that a flow can ask for.
 */
export function effectsOf(rules: readonly EffectRule[], context: Context): readonly Effect[] {
  const decision = decisionContextOf(context)
  const filled: Effect[] = []
  for (const rule of rules) {
    if (rule.when && !holds(rule.when, context.input, context.environment)) continue
    const effect = filledIn(rule, decision)
    const last = filled.at(-1)
    if (effect.kind === 'labels' && last?.kind === 'labels')
      filled[filled.length - 1] = {
        ...last,
        add: [...last.add, ...effect.add],
        remove: [...last.remove, ...effect.remove],
      }
    else filled.push(effect)
  }
  const stale = labelsOfOtherChoices(rules, context)
  const at = filled.findIndex(({ kind }) => kind === 'labels')
  if (stale.length === 0) return filled
  const set = filled[at]
  if (set?.kind !== 'labels') return [...filled, { kind: 'labels', add: [], remove: stale }]
  return filled.with(at, { ...set, remove: [...set.remove, ...stale] })
}

function labelsOfOtherChoices(
  rules: readonly EffectRule[],
  { input, environment }: Context,
): readonly string[] {
  const { labels = [] } = environment
  const chosen = rules.filter(({ when }) => !when || holds(when, input, environment)).flatMap(labelsSet)
  const others = rules
    .filter(({ when }) => when && 'is' in when && !holds(when, input, environment))
    .flatMap(labelsSet)
  return others.filter((label) => labels.includes(label) && !chosen.includes(label))
}

function labelsSet(rule: EffectRule): readonly string[] {
  return rule.kind === 'labels' ? rule.add : []
}

/** True when the condition holds for what the person filled in and for the team's settings. */
export function holds(
  condition: Condition,
  input: Input,
  environment: Pick<DecisionEnvironment, 'settings'>,
): boolean {
  if ('setting' in condition) return environment.settings[condition.setting] === condition.isSet
  if ('isGiven' in condition) return (input[condition.field] ?? '').trim() !== ''
  return input[condition.field] === condition.is
}

/** A kind's own definition fills it in; that its rule and its effect are of one kind, the definition's type says. */
function filledIn(rule: EffectRule, decision: DecisionContext): Effect {
  const definition: EffectDefinition<AnyEffect, AnyEffect> = effects[rule.kind]
  const filled = definition.asked?.fill(rule, decision)
  if (!filled) throw new Error(`no flow can ask for ${rule.kind}`)
  return filled as Effect
}

function decisionContextOf(context: Context): DecisionContext {
  const { flow, request, environment, input, by, stamp, answerTo, at } = context
  const { now, timeZone } = environment
  return {
    request,
    requestName: requestName(flow.desk, request.number),
    input,
    now,
    timeZone,
    ...(by && { by }),
    needsTwoApprovals: environment.requirePrivacyApproval,
    ...(answerTo && { answerTo }),
    decidedAt: at ?? now,
    // Nothing is older than this, so without a stamp every change counts as one.
    stamp: stamp ?? request.createdAt,
    ...(context.isToSilence && { silentSince: silentSince(context) }),
  }
}

function silentSince({ request, environment, step }: Context): Instant {
  const startedAt = step?.clock ? clockOf(step.clock, request, environment).startsAt : request.createdAt
  const { noAnswerAt } = request.facts
  // What is no answer breaks no silence: what came after it does.
  if (noAnswerAt === undefined || noAnswerAt < startedAt) return startedAt
  return toInstant(new Date(Date.parse(noAnswerAt) + 1))
}
