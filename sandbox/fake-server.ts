/** A local HTTP server that stands for an outside service: it records what it is asked and can be told to fail. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RecordedRequest {
  readonly method: string
  /** Without the query string. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  /** JSON and forms parsed, anything else as text; undefined where there is no body. */
  readonly body: unknown
  readonly at: Date
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON, a string as it is. */
  readonly body?: unknown
}

/** What goes wrong. `applied` carries the request out first, so that only the answer is lost or wrong. */
export type Failure = { readonly applied?: boolean } & (
  | { readonly answer: Answer }
  | { readonly drop: 'connection' }
  | { readonly drop: 'half-body' }
  | { readonly hang: true }
)

export interface Fault {
  readonly method?: string
  readonly path?: RegExp
  /** How many matching requests fail; Infinity until healed. Default 1. */
  readonly times?: number
  /** How many matching requests pass before the first fails. Default 0. */
  readonly after?: number
  readonly failure: Failure
}

export type Handler = (request: RecordedRequest) => Answer | Promise<Answer>

interface ArmedFault extends Fault {
  left: number
  passing: number
}

export class FakeServer {
  readonly requests: RecordedRequest[] = []
  /** Told of every answer that the service itself gives; what `fail` armed answers without it. */
  onAnswer: ((request: RecordedRequest, answer: Answer) => void) | undefined
  readonly #server: Server
  readonly #handle: Handler
  readonly #now: () => Date
  readonly #origin: string | undefined
  #faults: ArmedFault[] = []
  #hanging: (() => void)[] = []

  /** With an `origin` it needs no socket: `take` is its way in, and its urls begin with that. */
  constructor(handle: Handler, now: () => Date, origin?: string) {
    this.#handle = handle
    this.#now = now
    this.#origin = origin
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  /** The node server, for protocols beside HTTP (WebSocket upgrades). */
  get server(): Server {
    return this.#server
  }

  get url(): string {
    return this.#origin ?? `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
    return this
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  fail(fault: Fault): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1, passing: fault.after ?? 0 })
  }

  heal(): void {
    this.#faults = []
  }

  /** Breaks the connection of all who wait in vain by now, so that nobody has to wait for the end of a limit. */
  dropHanging(): void {
    for (const drop of this.#hanging.splice(0)) drop()
  }

  /** A request that comes in process, without a socket; what `fail` armed does not concern it. */
  async take(sent: SentRequest): Promise<{
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly text: string
  }> {
    const request = recordedOf(sent, this.#now())
    this.requests.push(request)
    return written(await this.#safely(request))
  }

  /** What `fetch` would give, without a socket: fails as `fail` armed it, and as undici tells of it. */
  async fetched(sent: SentRequest, signal?: AbortSignal): Promise<Response> {
    await turn()
    const request = recordedOf(sent, this.#now())
    this.requests.push(request)
    const failure = this.#takeFault(request)
    const answer = !failure || failure.applied ? await this.#safely(request) : undefined
    await turn()
    signal?.throwIfAborted()
    if (!failure) return responseOf(answer ?? { status: 500 }, this.#now())
    if ('answer' in failure) return responseOf(failure.answer, this.#now())
    if ('hang' in failure)
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
        this.#hanging.push(() => reject(brokenConnection('fetch failed')))
      })
    if (failure.drop === 'connection') throw brokenConnection('fetch failed')
    const half = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('{"half":'))
        controller.error(brokenConnection('terminated'))
      },
    })
    return new Response(half, { status: 200, headers: { 'content-type': 'application/json' } })
  }

  /** The recorded requests of one method whose path matches, oldest first. */
  received(method: string, path: RegExp): RecordedRequest[] {
    return this.requests.filter((request) => request.method === method && path.test(request.path))
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await recorded(incoming, this.#now())
    this.requests.push(request)
    const failure = this.#takeFault(request)
    response.setHeader('date', this.#now().toUTCString())
    if (!failure) return send(response, await this.#safely(request))
    if (failure.applied) await this.#safely(request)
    const drop = () => void incoming.socket.destroy()
    if ('hang' in failure) return void this.#hanging.push(drop)
    if ('answer' in failure) return send(response, failure.answer)
    if (failure.drop === 'connection') return void drop()
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"half":', drop)
  }

  async #safely(request: RecordedRequest): Promise<Answer> {
    try {
      const answer = await this.#handle(request)
      this.onAnswer?.(request, answer)
      return answer
    } catch (error) {
      return { status: 500, body: { error: error instanceof Error ? error.message : String(error) } }
    }
  }

  #takeFault(request: RecordedRequest): Failure | undefined {
    for (const fault of this.#faults) {
      if (fault.method && fault.method !== request.method) continue
      if (fault.path && !fault.path.test(request.path)) continue
      if (fault.passing > 0) {
        fault.passing -= 1
        continue
      }
      if (fault.left <= 0) continue
      fault.left -= 1
      return fault.failure
    }
    return undefined
  }
}

/** A request as it is sent: `url` may be a path or a whole address. */
export interface SentRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

async function recorded(incoming: IncomingMessage, at: Date): Promise<RecordedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
  const text = Buffer.concat(chunks).toString('utf8')
  return recordedOf({ method: incoming.method ?? 'GET', url: incoming.url ?? '/', headers, text }, at)
}

function recordedOf({ method, url: address, headers, text }: SentRequest, at: Date): RecordedRequest {
  const url = new URL(address, 'http://local')
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: parsed(text, headers['content-type'] ?? ''),
    at,
  }
}

function parsed(text: string, contentType: string): unknown {
  if (text === '') return undefined
  if (contentType.includes('application/json')) return jsonOrText(text)
  if (contentType.includes('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text))
  return text
}

/** A broken body is recorded as it came. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function send(response: ServerResponse, answer: Answer): void {
  const { status, headers, text } = written(answer)
  response.writeHead(status, headers)
  response.end(text)
}

function responseOf(answer: Answer, at: Date): Response {
  const { status, headers, text } = written(answer)
  const hasNoBody = status === 204 || status === 304
  return new Response(hasNoBody ? null : text, { status, headers: { date: at.toUTCString(), ...headers } })
}

function brokenConnection(message: string): TypeError {
  const code = 'UND_ERR_SOCKET'
  return new TypeError(message, { cause: Object.assign(new Error('other side closed'), { code }) })
}

/** A socket would let everything else go on first. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function written({ status, headers = {}, body }: Answer) {
  const isText = typeof body === 'string'
  const text = isText ? body : body === undefined ? '' : JSON.stringify(body)
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  return { status, headers: { 'content-type': type, ...headers }, text }
}
