/** What is to be done outside, as data: one call that changes something in GitLab, Zendesk or Slack. The list of all kinds. */
import type { AnyEffect, EffectDefinition, Idempotency } from './effects/definition.ts'
import { issueEffects } from './effects/issues.ts'
import { messageEffects } from './effects/messages.ts'
import { noteEffects } from './effects/notes.ts'
import { ticketEffects } from './effects/tickets.ts'

export const effects = { ...noteEffects, ...issueEffects, ...ticketEffects, ...messageEffects }

export type Effects = typeof effects

type TypesOf<D> = D extends { readonly types?: infer T } ? Exclude<T, undefined> : never

export type EffectOf<D> = TypesOf<D> extends { readonly effect: infer E } ? E : never

/** Any of them. */
export type Effect = EffectOf<Effects[keyof Effects]>

type RuleOf<D> = TypesOf<D> extends { readonly rule: infer R } ? R : never

/** How a flow asks for one, before a decision fills it in. */
export type EffectPlan = RuleOf<Effects[keyof Effects]>

/** By kind; what is looked up comes from the database or from another version, so nothing is taken for granted. */
export type EffectDefinitions = Readonly<Record<string, EffectDefinition>>

/** A kind that this version does not know, or parameters that are not that kind's. */
export class UnreadableEffect extends Error {
  override readonly name = 'UnreadableEffect'
}

/** The definition of an effect that was stored. Throws `UnreadableEffect`. */
export function definitionOf(definitions: EffectDefinitions, effect: AnyEffect): EffectDefinition {
  const definition = Object.hasOwn(definitions, effect.kind) ? definitions[effect.kind] : undefined
  if (!definition) throw new UnreadableEffect(`there is no effect of the kind ${effect.kind}`)
  const params: Readonly<Record<string, unknown>> = { ...effect }
  const checks: Readonly<Record<string, (value: unknown) => boolean>> = definition.params
  const wrong = Object.entries(checks).filter(([name, check]) => !check(params[name]))
  if (wrong.length === 0) return definition
  throw new UnreadableEffect(
    `${effect.kind} has no ${wrong.map(([name]) => name).join(', ')} as it has to be`,
  )
}

/** The same, or undefined where it can't be read. */
export function definitionIfReadable(
  definitions: EffectDefinitions,
  effect: AnyEffect,
): EffectDefinition | undefined {
  try {
    return definitionOf(definitions, effect)
  } catch (error) {
    if (error instanceof UnreadableEffect) return undefined
    throw error
  }
}

/** What is kept of it once it is done or given up; of one that can't be read, the kind. */
export function redacted(definitions: EffectDefinitions, effect: AnyEffect): AnyEffect {
  return definitionIfReadable(definitions, effect)?.redact(effect) ?? { kind: effect.kind }
}

export function kindsOf(definitions: EffectDefinitions, idempotency: Idempotency): readonly string[] {
  return Object.values(definitions)
    .filter((definition) => definition.idempotency === idempotency)
    .map(({ kind }) => kind)
}

// How a flow says what is to be done outside, before a decision fills it in.

/** What the team's configuration decides about a flow. */
export type Setting = 'trust-safety-project' | 'feature-request' | 'admin-token'

/** True when the field has this value or any, or when the setting is made or not. */
export type Condition =
  | { readonly field: string; readonly is: string }
  | { readonly field: string; readonly isGiven: true }
  | { readonly setting: Setting; readonly isSet: boolean }

export type EffectRule = { readonly when?: Condition } & EffectPlan
