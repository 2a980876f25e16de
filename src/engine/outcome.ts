/** What `decide` answers. */
import type { Place } from './decision-rule.ts'
import type { Effect } from './effect.ts'
import { effectsOf } from './effects-of.ts'
import type { Transition } from './flow.ts'
import type { Facts } from './request.ts'
import type { Instant } from './time.ts'

export interface Move {
  readonly kind: 'move'
  /** The flow and step where the request stands afterwards; the same as before when nothing but facts changed. */
  readonly flow: string
  readonly step: string
  /** The facts afterwards, whole. */
  readonly facts: Facts
  readonly effects: readonly Effect[]
  /** One sentence of what happened, for the card and for whoever comes second. */
  readonly what: string
}

export interface Refusal {
  readonly kind: 'refuse'
  /** A sentence for the person. */
  readonly because: string
  /** From when it will be allowed, where a clock says so. */
  readonly from?: Instant
  /** The modal's field that would mend it. */
  readonly field?: string
}

export interface Ignored {
  readonly kind: 'ignore'
  readonly because: string
}

export type Outcome = Move | Refusal | Ignored

/** The step of this name; a request that names another one is a defect of ours, not of a person. */
export class UnknownStep extends Error {
  override readonly name = 'UnknownStep'
}

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
