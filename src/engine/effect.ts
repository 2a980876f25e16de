/**
 * Effects are what is to be done outside, as data: one call that changes something in GitLab, Zendesk or Slack. This
 * file lists all kinds.
 */
import type { AnyEffect, EffectDefinition, Idempotency } from './effects/definition.ts'
import { issueEffects } from './effects/issues.ts'
import { messageEffects } from './effects/messages.ts'
import { noteEffects } from './effects/notes.ts'
import { ticketEffects } from './effects/tickets.ts'
import { isSameNeed, type Need } from './need.ts'

/** All kinds of effect by name, each with its definition. */
export const effects = { ...noteEffects, ...issueEffects, ...ticketEffects, ...messageEffects }

/** The type of the list of all kinds. */
export type Effects = typeof effects

type TypesOf<D> = D extends { readonly types?: infer T } ? Exclude<T, undefined> : never

/** The effect that a definition makes. */
export type EffectOf<D> = TypesOf<D> extends { readonly effect: infer E } ? E : never

/** An effect of any kind, as the outbox keeps it. */
export type Effect = EffectOf<Effects[keyof Effects]>

type RuleOf<D> = TypesOf<D> extends { readonly rule: infer R } ? R : never

/** An effect as a flow asks for it, before a decision fills it in. */
export type EffectPlan = RuleOf<Effects[keyof Effects]>

/**
 * Definitions by kind. A kind that is looked up comes from the database or from another version, so it may be
 * missing.
 */
export type EffectDefinitions = Readonly<Record<string, EffectDefinition>>

/** The effect is of a kind that this version does not know, or its parameters are not that kind's. */
export class UnreadableEffect extends Error {
  override readonly name = 'UnreadableEffect'
}

/** Returns true for what the requester gets by e-mail: an effect, or as a flow asks for it. */
export function isPublicReply({ kind }: Effect | EffectPlan): boolean {
  const definition: EffectDefinition = effects[kind]
  return definition.asked?.publicText !== undefined
}

/** Returns the definition of an effect that was stored. Throws `UnreadableEffect`. */
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

/** Returns the definition of an effect that was stored, or undefined where the effect can't be read. */
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

/** Returns what is kept of an effect once it is done or given up; of one that can't be read, the kind alone. */
export function redacted(definitions: EffectDefinitions, effect: AnyEffect): AnyEffect {
  return definitionIfReadable(definitions, effect)?.redact(effect) ?? { kind: effect.kind }
}

/** Returns the kinds that may be repeated in this way after an unknown outcome. */
export function kindsOf(definitions: EffectDefinitions, idempotency: Idempotency): readonly string[] {
  return Object.values(definitions)
    .filter((definition) => definition.idempotency === idempotency)
    .map(({ kind }) => kind)
}

/** Returns what has to be there before the first of these effects goes out, each thing once. */
export function needsOf(definitions: EffectDefinitions, wanted: readonly AnyEffect[]): readonly Need[] {
  const all = wanted.flatMap((effect) => definitionOf(definitions, effect).needs?.(effect) ?? [])
  return all.filter((need, index) => all.findIndex((one) => isSameNeed(one, need)) === index)
}

/** A choice that the team's configuration makes and flows may ask for. */
export type Setting = 'trust-safety-project' | 'feature-request' | 'admin-token'

/** A condition that is true when the field has this value or any, or when the setting is made or not. */
export type Condition =
  | { readonly field: string; readonly is: string }
  | { readonly field: string; readonly isGiven: true }
  | { readonly setting: Setting; readonly isSet: boolean }

/** An effect in a flow, with the condition under which it is carried out. */
export type EffectRule = { readonly when?: Condition } & EffectPlan
