/** What a decision does outside, in words: for the confirmation, the modal and the card, from the same effects. */

import { fieldsOf } from '../engine/decision-rule.ts'
import type { Effect } from '../engine/effect.ts'
import type { Condition, EffectRule } from '../engine/effect-rule.ts'
import type { Decision } from '../engine/flow.ts'
import { snippetTitles } from '../flows/snippets.ts'
import { counted, listed } from './block-kit.ts'
import type { CardState } from './card-state.ts'
import { plain } from './escape.ts'

/** A verb that takes an `s`, and the rest of the sentence. */
interface Clause {
  readonly verb: string
  readonly rest: string
  readonly short?: string
}

export type FieldCondition = Extract<Condition, { readonly field: string }>

export interface RuleWithCondition {
  readonly rule: EffectRule
  /** Done only when the modal's field has this value. */
  readonly when?: FieldCondition
}

/** The effects of a decision in their order, with those of entering the step it leads to. */
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

/** `Send “Request Closed - No Response” to the requester`: what is to be done, as the card lists it. */
export function taskText(effect: Effect, iid: number): string {
  return listed(
    clausesOf(effect, iid).map(
      ({ verb, rest }, index) => `${index === 0 ? verb : verb.toLowerCase()} ${rest}`,
    ),
  )
}

/** `Sends “Request Closed - No Response” to the requester by e-mail.`: what will be done, as it is confirmed. */
export function promiseText(effect: Effect | EffectRule, iid: number): string {
  return clausesOf(effect, iid).map(promise).join(' ')
}

/** The same for a whole decision, in few enough characters: labels are counted where their names do not fit. */
export function promiseWithin(rules: readonly RuleWithCondition[], iid: number, max: number): string {
  const clauses = rules.filter(({ when }) => when === undefined).flatMap(({ rule }) => clausesOf(rule, iid))
  const whole = clauses.map(promise).join(' ')
  if (whole.length <= max) return whole
  return plain(
    clauses.map((clause) => promise({ ...clause, rest: clause.short ?? clause.rest })).join(' '),
    max,
  )
}

/** Whether something leaves the bot that a person should confirm first. */
export function needsConfirmation(rules: readonly RuleWithCondition[]): boolean {
  return rules.some(({ rule }) => !['gather-evidence', 'thread', 'internal-note'].includes(rule.kind))
}

function snippetTitle(name: string): string {
  const titles: Readonly<Record<string, string>> = snippetTitles
  return Object.hasOwn(titles, name) ? (titles[name] ?? name) : name
}

function clausesOf(effect: Effect | EffectRule, iid: number): readonly Clause[] {
  switch (effect.kind) {
    case 'reply':
      return [{ verb: 'Send', rest: `“${snippetTitle(effect.snippet)}” to the requester by e-mail` }]
    case 'typed-reply':
      return [{ verb: 'Send', rest: 'the text you typed to the requester by e-mail' }]
    case 'reopen':
      return [{ verb: 'Reopen', rest: `#${iid}` }]
    case 'feature-request-note':
      return [{ verb: 'Note', rest: 'on the feature request that such a request is worked by hand' }]
    case 'start-exports':
      return [{ verb: 'Schedule', rest: 'the export of each of the user’s personal projects' }]
    case 'internal-note':
      return [{ verb: 'Write', rest: 'an internal note' }]
    case 'labels':
      return labelClauses(effect)
    case 'close':
      return [{ verb: 'Close', rest: `#${iid}` }]
    case 'mark-duplicate':
      return [{ verb: 'Mark', rest: `#${iid} as a duplicate of ${duplicateOf(effect)}, which closes it` }]
    case 'open-issue':
      return [{ verb: 'Open', rest: `a confidential issue from the template “${effect.template}”` }]
    case 'gather-evidence':
      return [{ verb: 'Read', rest: 'the evidence from GitLab' }]
    case 'ticket-reply':
      return [
        { verb: 'Send', rest: 'the text you typed to the requester by e-mail' },
        ...(effect.solve ? [{ verb: 'Solve', rest: `ticket ${iid}` }] : []),
      ]
    case 'ticket-note':
      return [{ verb: 'Write', rest: `an internal note on ticket ${iid}` }]
    case 'forward-ticket':
      return [{ verb: 'Forward', rest: `ticket ${iid} to support, with an internal note` }]
    case 'open-expert-issue':
      return [{ verb: 'Open', rest: 'a confidential issue with the expert team' }]
    case 'link-expert-issue':
      return [{ verb: 'Write', rest: `the issue’s address to an internal note on ticket ${iid}` }]
    case 'thread':
      return [{ verb: 'Write', rest: "in the card's thread" }]
  }
}

function labelClauses(effect: {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}): Clause[] {
  const clause = (verb: string, labels: readonly string[]): Clause => ({
    verb,
    rest: listed(labels.map((label) => `“${label}”`)),
    short: counted(labels.length, 'label'),
  })
  return [
    ...(effect.add.length > 0 ? [clause('Add', effect.add)] : []),
    ...(effect.remove.length > 0 ? [clause('Remove', effect.remove)] : []),
  ]
}

function duplicateOf(effect: { readonly of: number } | { readonly field: string }): string {
  return 'of' in effect ? `#${effect.of}` : 'the request that stays'
}

function promise({ verb, rest }: Clause): string {
  return `${verb}s ${rest}.`
}

function targetsOf({ goto }: Decision): readonly { readonly step: string; readonly when?: FieldCondition }[] {
  if (goto === undefined) return []
  if (typeof goto === 'string') return [{ step: goto }]
  if ('flowFrom' in goto) return []
  return Object.entries(goto.to).map(([is, step]) => ({ step, when: { field: goto.field, is } }))
}

/** Nothing where the configuration leaves it out; `reached` is the choice that leads to the rule's step. */
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
