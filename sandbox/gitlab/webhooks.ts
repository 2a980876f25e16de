/** Delivers webhooks as GitLab does: once, not repeated when refused. Deliveries can be held, doubled and replayed. */
import { createHmac } from 'node:crypto'

export interface Webhook {
  readonly url: string
  /** Sent as it is in `X-Gitlab-Token`. */
  readonly secret?: string
  /** `whsec_...`: signs each delivery (Standard Webhooks). */
  readonly signingToken?: string
}

export interface Delivery {
  readonly event: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** One entry each time it was sent. */
  readonly answers: (number | 'no answer')[]
}

export class WebhookSender {
  webhook: Webhook | undefined
  /** Each new delivery is sent twice, with the same id, as GitLab's job queue sometimes does. */
  twice = false
  readonly deliveries: Delivery[] = []
  readonly #now: () => Date
  readonly #fetch: typeof globalThis.fetch
  readonly #instance: () => string
  #held: Delivery[] | undefined
  #count = 0
  #sending: Promise<void> = Promise.resolve()

  constructor(given: { now: () => Date; fetch: typeof globalThis.fetch; instance: () => string }) {
    this.#now = given.now
    this.#fetch = given.fetch
    this.#instance = given.instance
  }

  /** Fires an event; without a webhook nothing happens. */
  fire(event: string, payload: object): void {
    if (!this.webhook) return
    this.#count += 1
    const body = JSON.stringify(payload)
    const delivery = { event, body, headers: this.#headers(event, body, idOf(this.#count)), answers: [] }
    this.deliveries.push(delivery)
    if (this.#held) this.#held.push(delivery)
    else this.#enqueue(delivery)
  }

  /** From now on deliveries wait until released. */
  hold(): void {
    this.#held ??= []
  }

  /** Sends what was held, in the order that `arrange` gives (it may also leave some out or repeat some). */
  release(arrange: (held: readonly Delivery[]) => readonly Delivery[] = (held) => held): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const delivery of arrange(held)) this.#enqueue(delivery)
  }

  /** The very same bytes and headers again, as somebody would who had recorded them. */
  replay(delivery: Delivery): void {
    this.#send(delivery)
  }

  /** GitLab's Resend button: the same id and body, sent and signed now. */
  resend(delivery: Delivery): void {
    const id = delivery.headers['idempotency-key'] ?? ''
    this.#send({ ...delivery, headers: this.#headers(delivery.event, delivery.body, id) })
  }

  /** When everything sent so far has been answered. */
  async settled(): Promise<void> {
    let waited: Promise<void> | undefined
    while (waited !== this.#sending) {
      waited = this.#sending
      await waited
    }
  }

  #enqueue(delivery: Delivery): void {
    this.#send(delivery)
    if (this.twice) this.#send(delivery)
  }

  #send(delivery: Delivery): void {
    const url = this.webhook?.url
    if (!url) return
    this.#sending = this.#sending.then(async () => {
      delivery.answers.push(await this.#post(url, delivery))
    })
  }

  async #post(url: string, { headers, body }: Delivery): Promise<number | 'no answer'> {
    try {
      const signal = AbortSignal.timeout(10_000)
      const response = await this.#fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
      await response.text()
      return response.status
    } catch {
      return 'no answer'
    }
  }

  #headers(event: string, body: string, id: string): Record<string, string> {
    const seconds = String(Math.floor(this.#now().getTime() / 1000))
    const signingToken = this.webhook?.signingToken
    return {
      'content-type': 'application/json',
      'user-agent': 'GitLab/18.6.0',
      'idempotency-key': id,
      'x-gitlab-event': event,
      'x-gitlab-event-uuid': idOf(this.#count + 1_000_000),
      'x-gitlab-webhook-uuid': idOf(this.#count + 2_000_000),
      'x-gitlab-instance': this.#instance(),
      ...(this.webhook?.secret ? { 'x-gitlab-token': this.webhook.secret } : {}),
      ...(signingToken
        ? {
            'webhook-id': id,
            'webhook-timestamp': seconds,
            'webhook-signature': signature(signingToken, id, seconds, body),
          }
        : {}),
    }
  }
}

/** Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`. */
export function signature(signingToken: string, id: string, seconds: string, body: string): string {
  const key = Buffer.from(signingToken.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`
}

/** In the form of a UUID, counted so that a run can be repeated. */
function idOf(count: number): string {
  return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`
}
