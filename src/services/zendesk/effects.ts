/** What is done in Zendesk. An update carries the ticket's stamp, so that it can't be done twice nor over another's change. */

import type { ZendeskContext } from './effect-context.ts'
import { redirectEffects } from './redirect-ticket.ts'
import { ticketNoteEffects } from './ticket-notes.ts'
import { ticketUpdateEffects } from './ticket-updates.ts'

export type ZendeskEffects = ReturnType<typeof zendeskEffects>

export function zendeskEffects(context: ZendeskContext) {
  return {
    ...redirectEffects(context),
    ...ticketUpdateEffects(context),
    ...ticketNoteEffects(context),
  }
}
