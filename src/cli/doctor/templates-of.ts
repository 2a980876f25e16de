import type { EffectRule } from '../../engine/effect.ts'
import type { IssuePurpose } from '../../engine/effects/issues.ts'
import { type Flow, type On, type Step, transitionsOf } from '../../engine/flow.ts'

/** The issue templates that the flows' effects of these purposes open issues from. */
export function templatesOf(flows: readonly Flow[], purposes: readonly IssuePurpose[]): readonly string[] {
  const names = flows
    .flatMap(rulesOf)
    .flatMap((rule) => (rule.kind === 'open-issue' && purposes.includes(rule.purpose) ? [rule.template] : []))
  return [...new Set(names)]
}

function rulesOf({ anytime, on, steps }: Flow): readonly EffectRule[] {
  return [
    ...Object.values(anytime).flatMap((decision) => decision.do),
    ...rulesOn(on),
    ...Object.values(steps).flatMap(rulesOfStep),
  ]
}

function rulesOfStep({ onEntry = [], on, decisions }: Step): readonly EffectRule[] {
  return [...onEntry, ...rulesOn(on), ...Object.values(decisions).flatMap((decision) => decision.do)]
}

function rulesOn(on: On = {}): readonly EffectRule[] {
  return Object.values(on).flatMap((declared) => transitionsOf(declared).flatMap((one) => one.do ?? []))
}
