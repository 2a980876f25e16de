/** GitLab's webhooks: the headers of a delivery and their signature. */
import { createHmac } from 'node:crypto'
import { idOf, type Unsigned, WebhookSender } from '../webhook-sender.ts'

export interface Webhook {
  readonly url: string
  /** Sent as it is in `X-Gitlab-Token`. */
  readonly secret?: string
  /** `whsec_...`: signs each delivery (Standard Webhooks). */
  readonly signingToken?: string
}

export interface Sending {
  readonly now: () => Date
  readonly fetch: typeof globalThis.fetch
  /** GitLab's own address. */
  readonly instance: () => string
}

export function gitlabWebhooks({ now, fetch, instance }: Sending): WebhookSender<Webhook> {
  let sent = 0
  const headers = ({ event, id, body }: Unsigned, { secret, signingToken }: Webhook) => {
    sent += 1
    return {
      'content-type': 'application/json',
      'user-agent': 'GitLab/18.6.0',
      'idempotency-key': id,
      'x-gitlab-event': event,
      'x-gitlab-event-uuid': idOf(sent + 1_000_000),
      'x-gitlab-webhook-uuid': idOf(sent + 2_000_000),
      'x-gitlab-instance': instance(),
      ...(secret ? { 'x-gitlab-token': secret } : {}),
      ...(signingToken ? signed(signingToken, { id, body }, now()) : {}),
    }
  }
  return new WebhookSender({ fetch, headers })
}

function signed(signingToken: string, { id, body }: { id: string; body: string }, at: Date) {
  const seconds = String(Math.floor(at.getTime() / 1000))
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': signature(signingToken, id, seconds, body),
  }
}

/** Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`. */
export function signature(signingToken: string, id: string, seconds: string, body: string): string {
  const key = Buffer.from(signingToken.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`
}
