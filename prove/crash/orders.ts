/** What the proof may order of the bot's process besides what its environment says. Carried out by `preload.ts`. */

export type When = 'before' | 'after'

export type Order =
  /** SIGKILL to itself at the n-th commit from now. */
  | { readonly order: 'die-at-commit'; readonly commit: number; readonly when: When }
  /** The clock of `new Date()`; `Date.now()`, by which signatures are judged, stays the machine's. */
  | { readonly order: 'clock'; readonly aheadMs: number }
  /** Every write throws SQLITE_FULL, as on a full disk. */
  | { readonly order: 'disk'; readonly isFull: boolean }
  /** SQLite is told something else than the bot asks of it, from the next opening on, and the bot is not told. */
  | { readonly order: 'synchronous'; readonly to: 'OFF' | 'NORMAL' }
  | { readonly order: 'nothing' }

/** Every order is answered with the number of commits so far. */
export interface Obeyed {
  readonly id: number
  readonly commits: number
}

export interface GivenOrder {
  readonly id: number
  readonly order: Order
}

/** The variable with the orders that hold from the first instant on, as JSON. */
export const firstOrders = 'PROVE_ORDERS'
