/** What is sent to the bot: signed by Slack, GitLab and Zendesk, sometimes lost, late, twice, in another order, or forged. */

import type { Got, Sent } from '../../sandbox/in-process.ts'
import type { Bot } from './bot.ts'
import type { Conditions } from './conditions.ts'
import type { Faults } from './faults.ts'
import { brief, type History } from './history.ts'
import { latencyMs, type Service } from './network.ts'
import type { Prng } from './prng.ts'
import type { VirtualTime } from './virtual-time.ts'

export interface Delivery {
  readonly from: Service
  readonly sent: Sent
  /** The first time that these very bytes were sent, in milliseconds since the run began. */
  readonly at: number
  /** The same by the clocks of the services, in milliseconds since 1970. */
  readonly ms: number
  /** Of this and of each repetition: a status, or 0 where none came back. */
  readonly answers: { readonly status: number; readonly text: string; readonly at: number }[]
  readonly isForged: boolean
}

interface Parts {
  readonly time: VirtualTime
  readonly prng: Prng
  readonly faults: Faults
  readonly history: History
  readonly bot: Bot
  readonly conditions: Pick<Conditions, 'sendsWebhooks' | 'delivered'>
}

const signatures = ['x-slack-signature', 'webhook-signature', 'x-gitlab-token', 'x-zendesk-webhook-signature']

const patienceMs = { slack: 3_000, gitlab: 10_000, zendesk: 12_000 } as const

export class Deliveries {
  readonly all: Delivery[] = []
  readonly #parts: Parts
  #underWay = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get areUnderWay(): boolean {
    return this.#underWay > 0
  }

  /** `fetch` of Slack's towards the app: an answer, or an error after its patience has ended. */
  readonly fromSlack: typeof globalThis.fetch = async (input, init = {}) => {
    const delivery = this.#record('slack', sentOf(input, init))
    const got = await this.#deliver(delivery)
    if (this.#parts.prng.chance(0.03)) this.again(delivery)
    if (got === 'no answer') throw new TypeError('fetch failed')
    const headers = { 'content-type': 'application/json' }
    return new Response(got.text, { status: got.status, headers })
  }

  /** GitLab and Zendesk queue their webhooks; each goes its own way. */
  readonly fromGitLab: typeof globalThis.fetch = async (input, init) => this.#queued('gitlab', input, init)
  readonly fromZendesk: typeof globalThis.fetch = async (input, init) => this.#queued('zendesk', input, init)

  #queued(
    from: 'gitlab' | 'zendesk',
    input: Parameters<typeof globalThis.fetch>[0],
    init: RequestInit = {},
  ): Response {
    const { prng, time, history, conditions } = this.#parts
    if (from === 'gitlab' && !conditions.sendsWebhooks) return new Response('', { status: 200 })
    const delivery = this.#record(from, sentOf(input, init))
    const waitMs = prng.weighted([
      [8, () => prng.between(50, 800)],
      [3, () => prng.between(1_000, 15_000)],
      [1, () => prng.between(30_000, 400_000)],
    ])()
    if (waitMs > 1_000) history.fault('late-delivery')
    this.#later(waitMs, delivery)
    if (prng.chance(0.08)) {
      history.fault('duplicated-delivery')
      time.after(0, () => this.#later(waitMs + prng.between(0, 5_000), delivery))
    }
    return new Response('', { status: 200 })
  }

  /** The very same bytes once more. */
  again(delivery: Delivery): void {
    this.#parts.history.fault('replayed-delivery')
    this.#later(this.#parts.prng.between(0, 3_000), delivery)
  }

  /** With another body, or signed by somebody else. */
  forge(delivery: Delivery): void {
    const { prng, history } = this.#parts
    history.fault('forged-delivery')
    const { sent } = delivery
    const names = signatures.filter((name) => name in sent.headers)
    const headers = Object.fromEntries(
      Object.entries(sent.headers).map(([name, value]) => [
        name,
        names.includes(name) ? otherText(value, prng) : value,
      ]),
    )
    this.#later(0, this.#record(delivery.from, { ...sent, headers }, true))
  }

  #record(from: Delivery['from'], sent: Sent, isForged = false): Delivery {
    const { elapsed: at, ms } = this.#parts.time
    const delivery = { from, sent, isForged, at, ms, answers: [] }
    this.all.push(delivery)
    return delivery
  }

  #later(ms: number, delivery: Delivery): void {
    this.#underWay += 1
    this.#parts.time.after(ms, () => {
      void this.#deliver(delivery).finally(() => {
        this.#underWay -= 1
      })
    })
  }

  async #deliver(delivery: Delivery): Promise<Got | 'no answer'> {
    const { time, prng, faults, history, conditions } = this.#parts
    const { from, sent } = delivery
    const fault = faults.ofDelivery()
    const here = latencyMs(prng)
    await time.wait(latencyMs(prng))
    const got = fault === 'lost' ? 'no answer' : await this.#askPatiently(delivery)
    await time.wait(here)
    const heard = fault === 'answer-lost' ? 'no answer' : got
    const { status, text } = heard === 'no answer' ? { status: 0, text: '' } : heard
    delivery.answers.push({ status, text, at: time.elapsed })
    if (from === 'gitlab' && !delivery.isForged) conditions.delivered(status >= 200 && status < 300)
    history.add(
      `=> ${from} ${delivery.isForged ? 'FORGED ' : ''}${brief(readable(sent.text))} ${status} ${fault ?? ''}`,
    )
    return heard
  }

  #askPatiently({ from, sent }: Delivery): Promise<Got | 'no answer'> {
    const { time, bot } = this.#parts
    return Promise.race([bot.ask(sent), time.wait(patienceMs[from]).then(() => 'no answer' as const)])
  }
}

function sentOf(input: Parameters<typeof globalThis.fetch>[0], init: RequestInit): Sent {
  const url = new URL(input instanceof Request ? input.url : input)
  const headers = Object.fromEntries(new Headers(init.headers ?? {}))
  return {
    method: init.method ?? 'GET',
    path: url.pathname + url.search,
    headers,
    text: String(init.body ?? ''),
  }
}

function otherText(text: string, prng: Prng): string {
  // Not the last ones: of base64 they hold bits that stand for nothing.
  const place = prng.between(3, text.length - 4)
  const other = text[place] === 'a' ? 'b' : 'a'
  return text.slice(0, place) + other + text.slice(place + 1)
}

function readable(text: string): string {
  return text.startsWith('payload=') ? decodeURIComponent(text.slice(8).replaceAll('+', ' ')) : text
}
