/** What a Zendesk webhook is about: which ticket to read again, and nothing else of what it says. */
import { z } from 'zod'

/** Free of texts and names, so that it may be stored. */
export interface ZendeskHint {
  readonly ticket: number
}

export type ReadZendeskEvent =
  /** `eventId`: the same when Zendesk sends it again; a trigger's body has none. */
  | { readonly kind: 'hint'; readonly hint: ZendeskHint; readonly eventId: string | undefined }
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'malformed'; readonly because: string }

const number = z.int().positive()
const digits = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number)
const TicketId = z.union([number, digits.pipe(number)])

const OwnEvent = z.object({ type: z.string().startsWith('zen:event-type:') })

const TicketEvent = z.object({
  detail: z.object({ id: TicketId }),
  // An id of another form is none, since it goes into the key; the delivery has one, too.
  id: z
    .string()
    .regex(/^[\w.:-]{1,100}$/)
    .optional()
    .catch(undefined),
})

const TriggerBody = z.object({ ticket_id: TicketId })

/** Admin Center's “Test webhook” sends what stands in the trigger as it stands there, `{{ticket.id}}` not filled in. */
const TestBody = z.object({ ticket_id: z.string().regex(/^\{\{[^{}]{1,100}\}\}$/) })

/**
 * Zendesk's own events say what happened (`zen:event-type:ticket.status_changed`); the body of a trigger is written by
 * whoever set it up and names the ticket.
 * https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/
 */
export function readZendeskEvent(body: unknown): ReadZendeskEvent {
  const event = OwnEvent.safeParse(body)
  if (!event.success) return readTriggerBody(body)
  return event.data.type.startsWith('zen:event-type:ticket.') ? readTicketEvent(body) : { kind: 'unwanted' }
}

function readTicketEvent(body: unknown): ReadZendeskEvent {
  const event = TicketEvent.safeParse(body)
  if (!event.success) return malformed('detail.id')
  return { kind: 'hint', hint: { ticket: event.data.detail.id }, eventId: event.data.id }
}

function readTriggerBody(body: unknown): ReadZendeskEvent {
  const written = TriggerBody.safeParse(body)
  if (written.success) return { kind: 'hint', hint: { ticket: written.data.ticket_id }, eventId: undefined }
  return TestBody.safeParse(body).success ? { kind: 'unwanted' } : malformed('ticket_id')
}

/** Names the field, never its value. */
function malformed(field: 'detail.id' | 'ticket_id'): ReadZendeskEvent {
  return { kind: 'malformed', because: `Not a Zendesk ticket event: missing or malformed ${field}` }
}
