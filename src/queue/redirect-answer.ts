/** What the person who redirected a ticket is told of an attempt, privately. */

import type { OutboxEntry, RedirectTicket } from '../store/store.ts'
import type { Attempt } from './attempt.ts'

/** Undefined where it is still not done and they know it. */
export function redirectAnswer(
  { attempts }: Pick<OutboxEntry, 'attempts'>,
  { ticket }: RedirectTicket,
  attempt: Attempt,
): string | undefined {
  if (attempt.outcome === 'done')
    return `Ticket ${ticket} was redirected: the requester was sent to the form, and the ticket is solved.`
  if (attempt.outcome === 'failed') return `Ticket ${ticket} was not redirected. ${attempt.error}`
  if (attempt.outcome === 'stopped') return `Ticket ${ticket} was not redirected. ${attempt.because}`
  if (attempts > 0) return undefined
  return `Ticket ${ticket} is not redirected yet. ${attempt.error} The bot goes on by itself and tells you how it ends.`
}
