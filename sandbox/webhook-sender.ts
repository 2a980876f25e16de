/** Delivers webhooks, each once, not repeated when refused. Deliveries can be held back, doubled and replayed. */

export interface Delivery {
  readonly event: string
  /** The same each time that it is sent. */
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** One entry each time it was sent. */
  readonly answers: (number | 'no answer')[]
}

export type Unsigned = Pick<Delivery, 'event' | 'id' | 'body'>

export interface SenderOf<Webhook> {
  readonly fetch: typeof globalThis.fetch
  /** As the service sends and signs it now. */
  readonly headers: (delivery: Unsigned, webhook: Webhook) => Readonly<Record<string, string>>
}

export class WebhookSender<Webhook extends { readonly url: string }> {
  webhook: Webhook | undefined
  /** Each new delivery is sent twice, with the same id, as the services' job queues sometimes do. */
  twice = false
  readonly deliveries: Delivery[] = []
  readonly #fetch: typeof globalThis.fetch
  readonly #headers: SenderOf<Webhook>['headers']
  #held: Delivery[] | undefined
  #sending: Promise<void> = Promise.resolve()

  constructor({ fetch, headers }: SenderOf<Webhook>) {
    this.#fetch = fetch
    this.#headers = headers
  }

  /** Fires an event; without a webhook nothing happens. */
  fire(event: string, payload: object): void {
    if (!this.webhook) return
    const unsigned = { event, id: idOf(this.deliveries.length + 1), body: JSON.stringify(payload) }
    const delivery = { ...unsigned, headers: this.#headers(unsigned, this.webhook), answers: [] }
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

  /** Sent again by hand: the same id and body, sent and signed now. */
  resend(delivery: Delivery): void {
    if (this.webhook) this.#send({ ...delivery, headers: this.#headers(delivery, this.webhook) })
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
}

/** In the form of a UUID, counted so that a run can be repeated. */
export function idOf(count: number): string {
  return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`
}
