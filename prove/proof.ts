/** What each proof tells: how much was tried, and everything that went against a promise. */

export interface Proof {
  /** The line of the table: `simulation`, `kill -9`. */
  readonly name: string
  /** How often it was run from the beginning. */
  readonly runs: number
  /** Seeds of the runs, so that each can be played again. */
  readonly seeds?: readonly number[]
  /** Faults injected, by kind: `dropped-after-applied`, `429`, `disk-full`. */
  readonly faults?: Readonly<Record<string, number>>
  /** How often the process was killed and came back. */
  readonly kills?: number
  /** Forged, malformed and hostile inputs tried. */
  readonly badInputs?: number
  /** Effects outside that were compared with what was decided. */
  readonly effectsChecked?: number
  /** States of a model that were visited, all there are. */
  readonly states?: number
  /** What was owed to people outside, by kind, and how much of it was found. */
  readonly owed?: Readonly<Record<string, { readonly owed: number; readonly found: number }>>
  /** How often each rare path was reached; one that was never reached fails the proof. */
  readonly reached?: Readonly<Record<string, number>>
  /** Acknowledged and not done. */
  readonly missing: readonly string[]
  /** Done more than once where somebody outside can see it. */
  readonly duplicated: readonly string[]
  /** Done for somebody, or by something, that must not. */
  readonly letIn: readonly string[]
  /** Any other promise that was broken. */
  readonly broken: readonly string[]
}

/** How much of a proof is wanted: `ci` fits into a minute for each, `full` takes its time. */
export interface Effort {
  readonly size: 'ci' | 'full'
  readonly log: (line: string) => void
}

export type Prove = (effort: Effort) => Promise<Proof>

export function isProved({ missing, duplicated, letIn, broken, reached = {} }: Proof): boolean {
  const isQuiet = [missing, duplicated, letIn, broken].every((list) => list.length === 0)
  return isQuiet && Object.values(reached).every((times) => times > 0)
}
