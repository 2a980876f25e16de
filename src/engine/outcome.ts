/** What `decide` answers. */
import type { Effect } from './effect.ts'
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
