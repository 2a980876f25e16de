/** The one thing that goes wrong in a run: the n-th call of the bot, in one of the ways that calls go wrong. */
import { type FaultKind, Faults } from '../simulation/faults.ts'
import type { History } from '../simulation/history.ts'
import { prngOf } from '../simulation/prng.ts'

/** Each way a call can end but well; that the process dies in it is for the other proofs. */
export const callFaults = [
  'reset-before-sent',
  'dropped-after-applied',
  '429',
  '429-bare',
  '500',
  '500-after-applied',
  '502-html',
  'html-200-after-applied',
  'half-body',
  'hang',
  'hang-after-applied',
] as const satisfies readonly FaultKind[]

export type CallFault = (typeof callFaults)[number]

export interface PlannedCall {
  /** From 1. */
  readonly call: number
  readonly fault: CallFault
}

export class PlannedFaults extends Faults {
  /** Calls since it was armed. */
  calls = 0
  isMet = false
  #plan: PlannedCall | undefined
  #isArmed = false

  constructor(history: History) {
    // Its weather is always the same.
    super(prngOf(1), history, () => 0)
  }

  /** Counts from now on, and lets the planned one go wrong. */
  arm(plan?: PlannedCall): void {
    this.#isArmed = true
    this.#plan = plan
  }

  disarm(): void {
    this.#isArmed = false
  }

  override ofCall(): FaultKind | undefined {
    if (!this.#isArmed) return undefined
    this.calls += 1
    if (this.#plan?.call !== this.calls) return undefined
    this.isMet = true
    return this.#plan.fault
  }
}
