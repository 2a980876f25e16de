/** How the bot reaches Slack, GitLab and Zendesk: in process, in virtual time, and not always well. */
import type { FakeServer } from '../../sandbox/fake-server.ts'
import { type Conditions, isReadOnly, isResourceLock } from './conditions.ts'
import { type FaultKind, type Faults, isApplied } from './faults.ts'
import { brief, type History } from './history.ts'
import type { Prng } from './prng.ts'
import type { Owner, VirtualTime } from './virtual-time.ts'

export type Service = 'slack' | 'gitlab' | 'zendesk'

/** A call that left the bot, whatever came of it. */
export interface OutgoingCall {
  readonly service: Service
  readonly method: string
  readonly path: string
  readonly text: string
  /** In milliseconds since the run began, and since 1970 by the clocks of the services. */
  readonly at: number
  readonly ms: number
  /** What went wrong with it on its way. */
  readonly fault?: FaultKind
  /** The status of what the service itself answered, heard or not; left out where nothing reached it, or it has not yet answered. */
  status?: number
  /** The service takes no changes for now (GitLab's maintenance mode), and refused this one for that alone. */
  isForNow?: boolean
}

interface Parts {
  readonly time: VirtualTime
  readonly prng: Prng
  readonly faults: Faults
  readonly conditions: Pick<Conditions, 'answered' | 'carryOut'>
  readonly history: History
  readonly services: Readonly<Record<string, { readonly service: Service; readonly fake: FakeServer }>>
}

interface Ask {
  readonly service: Service
  readonly fake: FakeServer
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly signal: AbortSignal | undefined
}

type Written = Awaited<ReturnType<FakeServer['take']>>

const conflicts: Readonly<Record<Service, string>> = {
  slack: 'a conflict in Slack (409)',
  gitlab: 'a link that was there already (409)',
  zendesk: 'Zendesk refused an update of a ticket that had changed (409)',
}

/**
 * A write that comes through after the bot has given up: later than the bot waits (10 s), and as late as Puma ends a
 * worker that hangs (60 s). https://docs.gitlab.com/administration/operations/puma/
 */
const longPast = { fromMs: 11_000, toMs: 60_000 } as const

export class Network {
  readonly calls: OutgoingCall[] = []
  readonly #parts: Parts
  /** Lets go of the signals that may still end a call. */
  readonly #waiting = new Set<() => void>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** After the run. Node keeps a signal that somebody listens to until it is aborted, and with it all of this world. */
  end(): void {
    for (const letGo of this.#waiting) letGo()
  }

  /** `fetch` for one life of the bot: once it is dead nothing is answered to it any more. */
  fetchFor(owner: Owner, die: () => void): typeof globalThis.fetch {
    return (input, init) =>
      new Promise<Response>((resolve, reject) => {
        const ask = this.#askOf(input, init)
        const answered = (settle: () => void) => {
          if (!owner.isDead) settle()
        }
        this.#send(ask, {
          answer: (response) => answered(() => resolve(response)),
          fail: (error) => answered(() => reject(error)),
          die,
        })
      })
  }

  #askOf(input: Parameters<typeof globalThis.fetch>[0], init: RequestInit = {}): Ask {
    const url = new URL(input instanceof Request ? input.url : input)
    const to = this.#parts.services[url.origin]
    if (!to) throw new Error(`the simulated world has no ${url.origin}`)
    const headers = Object.fromEntries(new Headers(init.headers ?? {}))
    const text = init.body === undefined || init.body === null ? '' : String(init.body)
    const signal = init.signal ?? undefined
    return { ...to, method: init.method ?? 'GET', url, headers, text, signal }
  }

  #send(ask: Ask, back: { answer(response: Response): void; fail(error: unknown): void; die(): void }): void {
    const { time, prng, faults, conditions, history } = this.#parts
    const { service, method, url, text, signal } = ask
    const fault = faults.ofCall(service, method, url.pathname)
    const there = latencyMs(prng)
    const here = latencyMs(prng)
    history.add(
      `-> ${service} ${method} ${url.pathname}${url.search} ${brief(text)}${fault ? ` ! ${fault}` : ''}`,
    )
    const { elapsed: at, ms } = time
    const call: OutgoingCall = { service, method, path: url.pathname, text, at, ms, ...(fault && { fault }) }
    this.calls.push(call)
    if (signal) this.#failWhenAborted(signal, back.fail)
    if (fault === 'dies-before-sent') {
      back.die()
      return
    }
    const late =
      fault === 'slow'
        ? prng.between(1_000, 8_000)
        : fault === 'applied-after-timeout'
          ? prng.between(longPast.fromMs, longPast.toMs)
          : 0
    time.after(there + late, () => {
      void this.#carryOut(ask, fault).then((written) => {
        if (written) {
          call.status = written.status
          if (isReadOnly(written.status, written.text)) call.isForNow = true
          conditions.answered(call, written.status, written.text)
        }
        if (fault === 'dies-after-applied') return back.die()
        time.after(here, () => this.#answer(ask, fault, written, back))
      })
    })
  }

  #failWhenAborted(signal: AbortSignal, fail: (error: unknown) => void): void {
    const aborted = () => {
      letGo()
      fail(signal.reason)
    }
    const letGo = () => {
      signal.removeEventListener('abort', aborted)
      this.#waiting.delete(letGo)
    }
    this.#waiting.add(letGo)
    signal.addEventListener('abort', aborted)
  }

  async #carryOut(ask: Ask, fault: FaultKind | undefined): Promise<Written | undefined> {
    if (fault && !isApplied(fault)) return undefined
    const { fake, method, url, headers, text } = ask
    return this.#parts.conditions.carryOut(ask, () => fake.take({ method, url: url.href, headers, text }))
  }

  #answer(
    { service, method, url, signal }: Ask,
    fault: FaultKind | undefined,
    written: Written | undefined,
    back: { answer(response: Response): void; fail(error: unknown): void },
  ): void {
    const outcome = outcomeOf(fault, written, this.#parts.prng, signal)
    const told = outcome instanceof Response ? outcome.status : outcome === 'silence' ? 'silence' : 'error'
    if (written?.status === 409 && !isResourceLock(written.status, written.text))
      this.#parts.history.count(conflicts[service])
    this.#parts.history.add(
      `<- ${service} ${method} ${url.pathname} ${told} ${written ? brief(written.text) : ''}`,
    )
    if (outcome instanceof Response) back.answer(outcome)
    else if (outcome !== 'silence') back.fail(outcome)
  }
}

/** In steps, so that answers often come at the same instant and what follows of them interleaves. */
export function latencyMs(prng: Prng): number {
  return prng.between(0, 12) * 10
}

function outcomeOf(
  fault: FaultKind | undefined,
  written: Written | undefined,
  prng: Prng,
  signal: AbortSignal | undefined,
): Response | Error | 'silence' {
  const page = '<!doctype html><title>Sorry</title><h1>Something is being mended</h1>'
  const html = { 'content-type': 'text/html' }
  switch (fault) {
    case 'refused-connection':
      return failedFetch('ECONNREFUSED')
    case 'reset-before-sent':
    case 'dropped-after-applied':
      return failedFetch('UND_ERR_SOCKET')
    case '429':
      return new Response('{}', {
        status: 429,
        headers: { 'content-type': 'application/json', 'retry-after': String(prng.between(1, 90)) },
      })
    case '429-bare':
      return new Response('{}', { status: 429, headers: { 'content-type': 'application/json' } })
    case '500':
    case '500-after-applied':
      return new Response('{"message":"500 Internal Server Error"}', {
        status: 500,
        headers: { 'content-type': 'application/json' },
      })
    case '502-html':
      return new Response(page, { status: 502, headers: html })
    case 'html-200-after-applied':
      return new Response(page, { status: 200, headers: html })
    case 'hang':
    case 'hang-after-applied':
    case 'applied-after-timeout':
      return 'silence'
    case 'half-body':
    case 'stalled-body':
      return brokenOff(written, fault === 'half-body', signal)
    default:
      return whole(written)
  }
}

function whole(written: Written | undefined): Response {
  const { status, headers, text } = written ?? { status: 500, headers: {}, text: '' }
  return new Response(status === 204 ? null : text, { status, headers })
}

/** The head and a part of the body, and then an error or nothing at all until the bot gives up. */
function brokenOff(written: Written | undefined, breaks: boolean, signal: AbortSignal | undefined): Response {
  const half = (written?.text ?? '').slice(0, Math.floor((written?.text.length ?? 0) / 2))
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(half))
      if (breaks) controller.error(failedFetch('UND_ERR_SOCKET', 'terminated'))
      else signal?.addEventListener('abort', () => controller.error(signal.reason))
    },
  })
  return new Response(body, { status: written?.status ?? 200, headers: written?.headers ?? {} })
}

/** As undici throws it. */
function failedFetch(code: string, message = 'fetch failed'): TypeError {
  return new TypeError(message, { cause: Object.assign(new Error(code), { code }) })
}
