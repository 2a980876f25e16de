/** From the flow's effect rules to the effects of this one decision. */

import { clockOf } from './clocks.ts'
import type { Effect } from './effect.ts'
import type { Condition, EffectRule } from './effect-rule.ts'
import type { Input } from './event.ts'
import type { Circumstances, Step } from './flow.ts'
import { type Evidence, type Person, type Request, requestName } from './request.ts'
import { type Instant, instantText } from './time.ts'

interface Context {
  readonly request: Request
  readonly circumstances: Circumstances
  readonly input: Input
  /** Where the request stood when it was decided. */
  readonly step?: Step
  /** Left out where nobody decided: something was seen. */
  readonly by?: Person
  /** When the ticket that it was decided on had last changed. */
  readonly stamp?: Instant
  /** When it was decided; left out where nobody did. */
  readonly at?: Instant
}

/** Rules whose condition holds, filled in, in their order; labels that follow each other in one call. */
export function effectsOf(rules: readonly EffectRule[], context: Context): readonly Effect[] {
  const effects: Effect[] = []
  for (const rule of rules) {
    if (rule.when && !holds(rule.when, context.input, context.circumstances)) continue
    const effect = filledIn(rule, context)
    const last = effects.at(-1)
    if (effect.kind === 'labels' && last?.kind === 'labels')
      effects[effects.length - 1] = {
        kind: 'labels',
        add: [...last.add, ...effect.add],
        remove: [...last.remove, ...effect.remove],
      }
    else effects.push(effect)
  }
  return effects
}

export function holds(
  condition: Condition,
  input: Input,
  circumstances: Pick<Circumstances, 'settings'>,
): boolean {
  if ('setting' in condition) return circumstances.settings[condition.setting] === condition.isSet
  if ('isGiven' in condition) return (input[condition.field] ?? '').trim() !== ''
  return input[condition.field] === condition.is
}

function filledIn(rule: EffectRule, context: Context): Effect {
  switch (rule.kind) {
    case 'reply':
      return replyOf(rule, context)
    case 'typed-reply':
      return { kind: 'typed-reply', text: typedText(rule.fields, context.input) }
    case 'labels':
      return { kind: 'labels', add: rule.add, remove: rule.remove }
    case 'internal-note':
      return { kind: 'internal-note', text: sentence(rule.text, context) }
    case 'thread':
      return { kind: 'thread', text: sentence(rule.text, context), mention: rule.mention }
    case 'mark-duplicate':
      return { kind: 'mark-duplicate', of: Number(context.input[rule.field]) }
    case 'ticket-reply':
      return {
        kind: 'ticket-reply',
        text: typedText(rule.fields, context.input),
        solve: rule.solve,
        stamp: stampOf(context),
        decidedAt: context.at ?? context.circumstances.now,
        ...(rule.onConflict === 'stay' ? { backTo: context.request.step } : {}),
      }
    case 'ticket-note':
      return { kind: 'ticket-note', text: sentence(rule.text, context) }
    case 'forward-ticket':
      return {
        kind: 'forward-ticket',
        text: sentence(rule.text, context),
        stamp: stampOf(context),
        decidedAt: context.at ?? context.circumstances.now,
        backTo: context.request.step,
      }
    case 'open-expert-issue':
      return {
        kind: 'open-expert-issue',
        team: context.input[rule.team] ?? '',
        question: (context.input[rule.question] ?? '').trim(),
      }
    default:
      return withoutCondition(rule)
  }
}

function replyOf(
  rule: EffectRule & { kind: 'reply' },
  { input, request, circumstances, step }: Context,
): Effect {
  const replacements = Object.fromEntries(
    Object.entries(rule.replace ?? {}).map(([placeholder, by]) => [
      placeholder,
      typeof by === 'string' ? by : by.prefix + String(Number(input[by.field])),
    ]),
  )
  const addition = rule.addition === undefined ? '' : (input[rule.addition] ?? '').trim()
  const since = step?.clock ? clockOf(step.clock, request, circumstances).startsAt : request.createdAt
  return {
    kind: 'reply',
    snippet: rule.snippet,
    replacements,
    ...(addition === '' ? {} : { addition }),
    ...(rule.onlyIfSilent ? { onlyIfSilentSince: since } : {}),
  }
}

function typedText(fields: readonly string[], input: Input): string {
  return fields
    .map((field) => (input[field] ?? '').trim())
    .filter((text) => text !== '')
    .join('\n\n')
}

/** Nothing is older than this, so without a stamp every change counts as one. */
function stampOf({ stamp, request }: Context): Instant {
  return stamp ?? request.createdAt
}

type WithoutCondition<R> = R extends unknown ? Omit<R, 'when'> : never

function withoutCondition<R extends EffectRule>(rule: R): WithoutCondition<R> {
  const { when: _when, ...effect } = rule
  return effect as WithoutCondition<R>
}

/** Fills in `{who}`, `{when}`, `{iid}`, `{request}`, `{evidence}` and `{field:NAME}`. */
function sentence(text: string, { request, circumstances, input, by }: Context): string {
  return text.replace(
    /\{(who|when|iid|request|evidence|field:(\w+))\}/g,
    (_all, key: string, field: string | undefined) => {
      if (field !== undefined) return typedWords(input[field] ?? '') || 'none given'
      if (key === 'who') return by ? `{person:${by.id}}` : 'the bot'
      if (key === 'when') return instantText(circumstances.now, circumstances.timeZone)
      if (key === 'iid') return String(request.iid)
      if (key === 'request') return requestName(request)
      return evidenceText(request.facts.evidence, circumstances.timeZone)
    },
  )
}

/** Only the bot itself names people: what was typed mentions nobody, nor is anybody's name looked up for it. */
function typedWords(typed: string): string {
  return typed.trim().replaceAll('{person:', '{person :')
}

/** One line a criterion: result, value, source; and when it was read. */
export function evidenceText(evidence: Evidence | undefined, timeZone: string): string {
  if (!evidence) return 'none gathered'
  const lines = evidence.criteria.map(
    ({ name, result, value, source }) => `- ${name}: ${result} (${value}; ${source})`,
  )
  return [`read ${instantText(evidence.readAt, timeZone)}`, ...lines].join('\n')
}
