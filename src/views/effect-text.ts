/** The effects of a decision in words: for the modal and the card, from the same effects. */

import { stepOf } from '../desks/desk.ts'
import { fieldsOf, isMereClose } from '../engine/decision-rule.ts'
import { type Condition, type EffectDefinitions, type EffectRule, effects } from '../engine/effect.ts'
import type { AnyEffect, Clause, EffectDefinition, PublicText } from '../engine/effects/definition.ts'
import type { ReplyRule } from '../engine/effects/notes.ts'
import type { Decision } from '../engine/flow.ts'
import { listed } from '../engine/request.ts'
import { snippetTitles } from '../flows/snippets.ts'
import type { CardState } from '../requests/card-states.ts'
import { counted } from './block-kit.ts'

/** A condition on a field of the modal. */
export type FieldCondition = Extract<Condition, { readonly field: string }>

/** An effect of a decision, with the field's value on which it depends. */
export interface RuleWithCondition {
  readonly rule: EffectRule
  /** Done only when the modal's field has this value. */
  readonly when?: FieldCondition
}

/** Returns the effects of a decision in their order, with those of entering the step it leads to. */
export function rulesOf(state: CardState, decision: Decision): readonly RuleWithCondition[] {
  const entered = targetsOf(decision)
    .filter(({ step }) => step !== state.request.step)
    .flatMap(({ step, when }) =>
      (state.flow.steps[step]?.onEntry ?? []).flatMap((rule) => appliedRule(rule, state, when)),
    )
  const asked = new Set(fieldsOf(decision, state.request).map(({ name }) => name))
  const all = [...decision.do.flatMap((rule) => appliedRule(rule, state)), ...entered]
  // A field that this request is not asked stays empty, so what hangs on it does not happen.
  return all.filter(({ when }) => when === undefined || asked.has(when.field))
}

/** Returns what is to be done, as the card lists it: `Send “Request Closed - No Response” to the requester`. */
export function taskText(
  effect: AnyEffect,
  number: number,
  definitions: EffectDefinitions = effects,
): string {
  return listed(
    clausesOf(effect, number, definitions).map(
      ({ verb, rest }, index) => `${index === 0 ? verb : verb.toLowerCase()} ${rest}`,
    ),
  )
}

/**
 * Returns what will be done, as the modal says it before: `Sends “Request Closed - No Response” to the requester by e-mail.`
 */
export function promiseText(effect: AnyEffect, number: number): string {
  return clausesOf(effect, number).map(promise).join(' ')
}

/**
 * Returns what is not done yet of the work that the step follows, for whoever is about to lead the request on all the
 * same: `Only 0 of 1 project exports are done, says GitLab.` Undefined where nothing is missing.
 */
export function unfinishedText(state: CardState, decision: Decision): string | undefined {
  const { exports } = state.request.facts
  const leadsOn = decision.goto !== undefined && !isMereClose(state.flow, decision)
  if (stepOf(state)?.tracks !== 'exports' || !leadsOn || !exports || exports.done >= exports.total)
    return undefined
  const failed = exports.failed > 0 ? ` ${exports.failed} failed.` : ''
  return `Only ${exports.done} of ${counted(exports.total, 'project export')} ${exports.total === 1 ? 'is' : 'are'} done, says GitLab.${failed}`
}

/**
 * Returns what becomes of the request, in sentences: that the requester hears nothing, where it stands then, and how it
 * is taken back. None where the requester is told, or it is closed.
 */
export function courseText(state: CardState, decision: Decision): string | undefined {
  const rules = rulesOf(state, decision)
  const [target, ...others] = targetsOf(decision)
  const entered = target && others.length === 0 ? state.flow.steps[target.step] : undefined
  const isInside = rules.every(({ rule }) => definitionBy(rule.kind)?.whenTakenBack !== undefined)
  if (!isInside || entered?.isClosed || decision.records === 'taken-back') return undefined
  return [
    'Nothing is sent to the requester.',
    ...(entered ? [`Next: “${entered.title}”.`] : []),
    ...(canBeTakenBack(state) ? ['Undo Step takes it back.'] : []),
  ].join(' ')
}

function canBeTakenBack({ flow }: CardState): boolean {
  return Object.values(flow.anytime).some(({ records }) => records === 'taken-back')
}

/** Returns the text that the requester gets of a rule, or undefined where they get none. */
export function publicTextOf(rule: EffectRule): PublicText<ReplyRule> | undefined {
  return definitionBy(rule.kind)?.asked?.publicText?.(rule) as PublicText<ReplyRule> | undefined
}

interface ClauseText {
  readonly verb: string
  readonly rest: string
}

/** By the words of its definition; of a kind that only another version of the bot knows, the kind. */
function clausesOf(
  effect: AnyEffect,
  number: number,
  definitions: EffectDefinitions = effects,
): readonly ClauseText[] {
  const clauses = definitionBy(effect.kind, definitions)?.asked?.words(effect, { number, snippetTitle })
  return clauses?.map(clauseText) ?? [{ verb: 'Do', rest: `“${effect.kind}”` }]
}

function clauseText(clause: Clause): ClauseText {
  if ('rest' in clause) return clause
  const { verb, names } = clause
  return { verb, rest: listed(names.map((name) => `“${name}”`)) }
}

function definitionBy(kind: string, definitions: EffectDefinitions = effects): EffectDefinition | undefined {
  return Object.hasOwn(definitions, kind) ? definitions[kind] : undefined
}

function snippetTitle(name: string): string {
  const titles: Readonly<Record<string, string>> = snippetTitles
  return Object.hasOwn(titles, name) ? (titles[name] ?? name) : name
}

function promise({ verb, rest }: ClauseText): string {
  return `${verb}s ${rest}.`
}

function targetsOf({ goto }: Decision): readonly { readonly step: string; readonly when?: FieldCondition }[] {
  if (goto === undefined) return []
  if (typeof goto === 'string') return [{ step: goto }]
  if ('flowFrom' in goto) return []
  return Object.entries(goto.to).map(([is, step]) => ({ step, when: { field: goto.field, is } }))
}

/**
 * Returns nothing where the configuration leaves the rule out; `reached` is the choice that leads to the rule's
 * step.
 */
function appliedRule(
  rule: EffectRule,
  state: CardState,
  reached?: FieldCondition,
): readonly RuleWithCondition[] {
  const own = rule.when
  if (own && 'setting' in own && state.settings[own.setting] !== own.isSet) return []
  const when = own && 'field' in own ? own : reached
  return [when === undefined ? { rule } : { rule, when }]
}
