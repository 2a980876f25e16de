/** What the list of a distribution day is drawn from. It holds no personal data. */
import type { Desk } from '../desks/desk.ts'
import type { Request } from '../engine/request.ts'
import type { NamedDecision } from '../engine/traits.ts'

export interface BatchState {
  readonly desk: Desk
  /** `2026-11-30` */
  readonly day: string
  /** What is decided on each of them; left out where no flow has such a decision. */
  readonly decision?: NamedDecision
  /** By ticket. */
  readonly reports: readonly {
    readonly request: Request
    readonly report: string
    readonly isSent: boolean
    /** A permalink to the card. */
    readonly cardUrl?: string
  }[]
}
