import type { IssuePurpose } from '../../engine/effect.ts'
import type { EffectRule } from '../../engine/effect-rule.ts'
import type { Flow, Step } from '../../engine/flow.ts'

/** The issue templates that the flows' effects of these purposes open issues from. */
export function templatesOf(flows: readonly Flow[], purposes: readonly IssuePurpose[]): readonly string[] {
  const names = flows
    .flatMap(rulesOf)
    .flatMap((rule) => (rule.kind === 'open-issue' && purposes.includes(rule.purpose) ? [rule.template] : []))
  return [...new Set(names)]
}

function rulesOf({ anytime, steps }: Flow): readonly EffectRule[] {
  return [
    ...Object.values(anytime).flatMap((decision) => decision.do),
    ...Object.values(steps).flatMap(rulesOfStep),
  ]
}

function rulesOfStep({ onEntry = [], happenings = {}, decisions }: Step): readonly EffectRule[] {
  const transitions = [happenings['requester-replied'], ...Object.values(happenings['label-added'] ?? {})]
  return [
    ...onEntry,
    ...transitions.flatMap((transition) => transition?.do ?? []),
    ...Object.values(decisions).flatMap((decision) => decision.do),
  ]
}
