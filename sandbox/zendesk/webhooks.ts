/** Zendesk's webhooks: the payload of an event, the headers of a delivery and their signature. */
import { createHmac } from 'node:crypto'
import { idOf, type Unsigned, WebhookSender } from '../webhook-sender.ts'
import type { Observation } from './acts.ts'
import { seconds, type Ticket, type User } from './world.ts'

export interface Webhook {
  readonly url: string
  readonly secret: string
}

export interface Sending {
  readonly now: () => Date
  readonly fetch: typeof globalThis.fetch
}

const accountId = 12_345

export function zendeskWebhooks({ now, fetch }: Sending): WebhookSender<Webhook> {
  const headers = ({ id, body }: Unsigned, { secret }: Webhook) => {
    const timestamp = seconds(now())
    return {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Zendesk Webhook',
      'x-zendesk-account-id': String(accountId),
      'x-zendesk-webhook-id': '01ABCDEFGHJKMNPQRSTVWXYZ00',
      'x-zendesk-webhook-invocation-id': id,
      'x-zendesk-webhook-signature': signature(secret, timestamp, body),
      'x-zendesk-webhook-signature-timestamp': timestamp,
    }
  }
  return new WebhookSender({ fetch, headers })
}

/** Base64 HMAC-SHA256 of timestamp and body: https://developer.zendesk.com/documentation/webhooks/verifying/ */
export function signature(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}${body}`).digest('base64')
}

/** One act may fire several events; `position` numbers them: https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/ */
export class EventPayloads {
  #count = 0
  #sequence = 0

  of(ticket: Ticket, by: User, observations: readonly Observation[], at: Date) {
    this.#sequence += 1
    return observations.map(({ type, event }, index) => {
      this.#count += 1
      const sequence = { id: `sequence-${this.#sequence}`, position: index + 1 }
      return {
        account_id: accountId,
        detail: detailOf(ticket, by),
        event: { ...event, meta: { sequence } },
        id: idOf(this.#count + 3_000_000),
        subject: `zen:ticket:${ticket.id}`,
        time: at.toISOString(),
        type: `zen:event-type:ticket.${type}`,
        zendesk_event_version: '2022-11-06',
      }
    })
  }
}

function detailOf(ticket: Ticket, by: User) {
  return {
    actor_id: String(by.id),
    assignee_id: null,
    brand_id: '360000000001',
    created_at: ticket.createdAt,
    custom_status: null,
    description: ticket.comments[0]?.body ?? '',
    external_id: null,
    form_id: null,
    group_id: ticket.groupId === undefined ? null : String(ticket.groupId),
    id: String(ticket.id),
    is_public: true,
    organization_id: null,
    priority: null,
    requester_id: String(ticket.requester.id),
    status: ticket.status.toUpperCase(),
    subject: ticket.subject,
    submitter_id: String(ticket.requester.id),
    tags: ticket.tags,
    type: null,
    updated_at: ticket.updatedAt,
    via: { channel: 'mail' },
  }
}
