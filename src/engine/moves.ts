/** The outcomes of what was seen. */

import type { Place } from './decision-rule.ts'
import type { Effect } from './effect.ts'
import { effectsOf } from './effects-of.ts'
import type { Transition } from './flow.ts'
import type { Ignored, Move } from './outcome.ts'
import type { Facts } from './request.ts'

export function follow(
  place: Place,
  transition: Transition,
  facts: Facts,
  what: string,
  before: readonly Effect[],
): Move {
  const { flow, request, circumstances } = place
  const isElsewhere = transition.goto !== request.step
  const onEntry = isElsewhere ? (flow.steps[transition.goto]?.onEntry ?? []) : []
  const effects = effectsOf([...(transition.do ?? []), ...onEntry], { request, circumstances, input: {} })
  return {
    kind: 'move',
    flow: request.flow,
    step: transition.goto,
    facts,
    effects: [...before, ...effects],
    what,
  }
}

export function stay(place: Place, facts: Facts, what: string, effects: readonly Effect[] = []): Move {
  return { kind: 'move', flow: place.request.flow, step: place.request.step, facts, effects, what }
}

export function ignored(because: string): Ignored {
  return { kind: 'ignore', because }
}

export function thread(text: string): Effect {
  return { kind: 'thread', text, mention: [] }
}
