/** How a flow says what is to be done outside, before a decision fills it in. */
import type { EffectPlan } from './effect.ts'

/** What the team's configuration decides about a flow. */
export type Setting = 'trust-safety-project' | 'feature-request' | 'admin-token'

/** True when the field has this value or any, or when the setting is made or not. */
export type Condition =
  | { readonly field: string; readonly is: string }
  | { readonly field: string; readonly isGiven: true }
  | { readonly setting: Setting; readonly isSet: boolean }

export type EffectRule = { readonly when?: Condition } & EffectPlan
