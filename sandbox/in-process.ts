/** HTTP without a socket between: to a Node listener, and `fetch` from one to the other within this process. */
import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { type FakeServer, type SentRequest, turn } from './fake-server.ts'

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface Got {
  readonly status: number
  readonly text: string
}

export function askInProcess(listener: RequestListener, { method, path, headers, text }: Sent): Promise<Got> {
  const { promise, resolve } = Promise.withResolvers<Got>()
  const chunks: Buffer[] = []
  const wire = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk)
      done()
    },
  })
  // What ServerResponse and IncomingMessage ask of a socket, a stream can answer.
  const socket = wire as unknown as Socket
  const request = new IncomingMessage(socket)
  Object.assign(request, { method, url: path, headers: withLength(headers, text), httpVersion: '1.0' })
  Object.assign(request, { httpVersionMajor: 1, httpVersionMinor: 0 })
  const response = new ServerResponse(request)
  // The real time of day would make every run another one.
  response.sendDate = false
  response.assignSocket(socket)
  response.on('finish', () => resolve(answerIn(Buffer.concat(chunks).toString('utf8'))))
  if (text !== '') request.push(Buffer.from(text))
  request.push(null)
  request.complete = true
  listener(request, response as ServerResponse & { req: IncomingMessage })
  return promise
}

function withLength(headers: Readonly<Record<string, string>>, text: string): Record<string, string> {
  return { ...headers, host: 'bot.local', 'content-length': String(Buffer.byteLength(text)) }
}

/** HTTP/1.0: the body is what follows the empty line. */
function answerIn(raw: string): Got {
  const end = raw.indexOf('\r\n\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(raw)?.[1])
  if (end < 0 || !Number.isInteger(status)) throw new Error(`no HTTP answer: ${raw.slice(0, 100)}`)
  return { status, text: raw.slice(end + 4) }
}

type Fetch = typeof globalThis.fetch

/** `fetch` that reaches these servers alone, each by the origin of its urls. */
export function fetchFrom(servers: Readonly<Record<string, FakeServer>>): Fetch {
  return (input, init) => {
    const { url, signal, ...sent } = sentBy(input, init)
    const server = servers[url.origin]
    if (!server) throw new TypeError(`nothing listens at ${url.origin}`)
    return server.fetched({ ...sent, url: url.href }, signal)
  }
}

/** `fetch` that reaches a listener whatever the address; while there is none, nobody answers. */
export function fetchTo(listener: () => RequestListener | undefined): Fetch {
  return async (input, init) => {
    const { url, signal: _never, ...sent } = sentBy(input, init)
    const heard = listener()
    await turn()
    if (!heard) throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })
    const { status, text } = await askInProcess(heard, { ...sent, path: url.pathname + url.search })
    await turn()
    return new Response(status === 204 ? null : text, { status })
  }
}

function sentBy(
  input: Parameters<Fetch>[0],
  init: RequestInit = {},
): Omit<SentRequest, 'url'> & { readonly url: URL; readonly signal: AbortSignal | undefined } {
  return {
    method: init.method ?? 'GET',
    url: new URL(input instanceof Request ? input.url : input),
    headers: Object.fromEntries(new Headers(init.headers ?? {})),
    text: init.body === undefined || init.body === null ? '' : String(init.body),
    signal: init.signal ?? undefined,
  }
}
