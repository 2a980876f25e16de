/** Zendesk's webhook: a hint to read the ticket again, no more. */
import { createHash, createHmac } from 'node:crypto'
import { z } from 'zod'
import { sameText } from '../../http/standard-webhook.ts'
import { type Delivery, oneHeader, type ReadDelivery, type WebhookOptions, webhook } from '../webhook.ts'

interface ZendeskEntry {
  readonly key: string
  readonly kind: 'zendesk-hint'
  readonly payload: ZendeskHint
}

/** The secret of the webhook, with the parts that every webhook is given. */
export interface ZendeskWebhook extends WebhookOptions<ZendeskEntry> {
  /** The webhook's signing secret, as Zendesk shows it. */
  readonly secret: string
}

/** Makes the `node:http` handler of the route `POST /webhooks/zendesk`. */
export function zendeskWebhook(options: ZendeskWebhook) {
  const { secret, now } = options
  return webhook<ZendeskEntry>({
    ...options,
    sender: 'Zendesk',
    isAuthentic: (delivery) => isSignedByZendesk(secret, signedMessage(delivery), now()),
    read,
  })
}

function signedMessage({ headers, body }: Delivery) {
  return {
    signature: oneHeader(headers, 'x-zendesk-webhook-signature'),
    timestamp: oneHeader(headers, 'x-zendesk-webhook-signature-timestamp'),
    body,
  }
}

function read(json: unknown, delivery: Delivery): ReadDelivery<ZendeskEntry> {
  const event = readZendeskEvent(json)
  if (event.kind !== 'hint') return event
  const key = `zendesk:${event.hint.ticket}:${event.eventId ?? idOf(delivery)}`
  return { kind: 'entry', entry: { key, kind: 'zendesk-hint', payload: event.hint } }
}

/** A trigger's body is the same bytes every time: only with the time it was signed at is it one delivery. */
function idOf(delivery: Delivery): string {
  const id = oneHeader(delivery.headers, 'x-zendesk-webhook-invocation-id') ?? ''
  if (/^[\w.:-]{1,100}$/.test(id)) return id
  const { timestamp = '', body } = signedMessage(delivery)
  return createHash('sha256').update(timestamp).update(body).digest('hex')
}

// Of a Zendesk webhook only the ticket that is to be read again is taken, and nothing else of what it says.

/** Free of texts and names, so that it may be stored. */
interface ZendeskHint {
  readonly ticket: number
}

type ReadZendeskEvent =
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
function readZendeskEvent(body: unknown): ReadZendeskEvent {
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

// Zendesk's signature of a webhook: https://developer.zendesk.com/documentation/webhooks/verifying/

interface SignedByZendesk {
  /** `X-Zendesk-Webhook-Signature`, in base64. */
  readonly signature: string | undefined
  /** `X-Zendesk-Webhook-Signature-Timestamp`, as sent. */
  readonly timestamp: string | undefined
  readonly body: Buffer
}

/** The difference allowed between Zendesk's clock and ours, either way, and the time in which a recorded message could be sent again. */
const toleranceMs = 300_000

/** A time with its zone: without one, Date would take it for this machine's. */
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/** Tells whether the signature is right and the message is of now. */
export function isSignedByZendesk(secret: string, message: SignedByZendesk, now: Date): boolean {
  const { signature, timestamp, body } = message
  // An empty key would let everyone sign.
  if (secret === '' || !signature || !timestamp || !instant.test(timestamp)) return false
  const apartMs = Math.abs(now.getTime() - Date.parse(timestamp))
  // Asked this way round, a day that there is not (NaN) is refused.
  if (!(apartMs <= toleranceMs)) return false
  // The secret looks like base64, but its text is the key; and nothing stands between timestamp and body.
  const mac = createHmac('sha256', secret).update(timestamp).update(body).digest('base64')
  return sameText(signature, mac)
}
