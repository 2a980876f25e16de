/** The parts that the effects in Zendesk share. */

import type { Clock } from '../../clock.ts'
import type { HandlerContext } from '../effect-handler.ts'
import { CannotDo } from '../failure.ts'
import type { Audit } from './answers.ts'
import type { Zendesk } from './client.ts'
import { onTicket } from './failure.ts'

/** The purpose of a macro that a team may have for the redirect to the form. */
export type MacroName = 'deletion' | 'access'

/** The client and settings that the effects in Zendesk are given. */
export interface ZendeskContext extends HandlerContext {
  /** Absent: everything Zendesk is off. */
  readonly zendesk?: Zendesk
  readonly macros: Readonly<Partial<Record<MacroName, number | undefined>>>
  /** The form that people are sent to. */
  readonly formUrl: string
  /** The group to which support requests go. */
  readonly supportGroup?: string
  readonly timeZone: string
  readonly sleep: Clock['sleep']
  /** Has the ticket read again; stored durably before it resolves, once for a key. */
  readonly ticketChanged: (ticket: number, key: string) => Promise<void>
}

/** The client. Throws `CannotDo` where everything Zendesk is off. */
export function connected({ zendesk }: Pick<ZendeskContext, 'zendesk'>): Zendesk {
  if (zendesk) return zendesk
  throw new CannotDo('Everything Zendesk is off: ZENDESK_URL is not set.')
}

/** Finds an update of ours by the mark that it left on the ticket's audit. Throws `CallFailed` and `CannotDo`. */
export async function ownUpdate(zendesk: Zendesk, ticket: number, opId: string): Promise<Audit | undefined> {
  const audits = await onTicket(ticket, () => zendesk.audits(ticket))
  return audits.find((audit) => audit.opId === opId)
}
