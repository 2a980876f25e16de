/** Zendesk's webhook: a hint to read the ticket again, no more. */
import { createHash } from 'node:crypto'
import { hintKey } from '../service.ts'
import { type Delivery, oneHeader, type ReadDelivery, type WebhookOptions, webhook } from '../webhook.ts'
import { isSignedByZendesk } from './signature.ts'
import { readZendeskEvent, type ZendeskHint } from './webhook-event.ts'

interface ZendeskEntry {
  readonly key: string
  readonly kind: 'zendesk-hint'
  readonly payload: ZendeskHint
}

export interface ZendeskWebhook extends WebhookOptions<ZendeskEntry> {
  /** The webhook's signing secret, as Zendesk shows it. */
  readonly secret: string
}

/** For `node:http`, on the route `POST /webhooks/zendesk`. */
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
  const key = `${hintKey('zendesk', event.hint.ticket)}${event.eventId ?? idOf(delivery)}`
  return { kind: 'entry', entry: { key, kind: 'zendesk-hint', payload: event.hint } }
}

/** A trigger's body is the same bytes every time: only with the time it was signed at is it one delivery. */
function idOf(delivery: Delivery): string {
  const id = oneHeader(delivery.headers, 'x-zendesk-webhook-invocation-id') ?? ''
  if (/^[\w.:-]{1,100}$/.test(id)) return id
  const { timestamp = '', body } = signedMessage(delivery)
  return createHash('sha256').update(timestamp).update(body).digest('hex')
}
