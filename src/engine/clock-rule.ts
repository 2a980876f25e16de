/** How a flow says what time runs: how long, from when, and the sentence of the handbook that sets it. */

/** Calendar days, business days, or until the distribution day that a report was promised for. */
export type ClockLength =
  | { readonly days: number }
  | { readonly businessDays: number }
  | { readonly until: 'distribution-day' }

export type ClockRule = ClockLength & {
  /** What it measures: `Challenge answers`. */
  readonly name: string
  /** `opened`: created, or reopened after that. */
  readonly since: 'created' | 'opened' | 'step-entered' | 'last-public-reply'
  /** The handbook's sentence that sets it. */
  readonly because: string
}

/** All 30-day requests: "All requests must be fulfilled within 30 calendar days." (Overview) */
export const fulfilment = {
  name: 'Fulfilment',
  days: 30,
  since: 'created',
  because: 'All requests must be fulfilled within 30 calendar days',
} as const satisfies ClockRule
