/** The bot's own HTTP server: the routes of Slack, GitLab and Zendesk, and the three that operators ask. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../clock.ts'
import type { Log } from './log.ts'

/** The handler of one path; it answers by itself, refusals too. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** The answer to `/readyz`. */
export interface Ready {
  readonly isReady: boolean
  /** One line a reason. */
  readonly because: readonly string[]
}

/** The parts that the server answers from. */
export interface HttpRoutes {
  /** By path; a path that is missing answers 404. Each looks at the method itself. */
  readonly routes: Readonly<Record<string, Route | undefined>>
  readonly ready: () => Promise<Ready>
  readonly metrics: () => Promise<string>
  readonly log: Pick<Log, 'error'>
}

/** A server that listens; `close` resolves when its last connection is closed. */
export interface HttpServer {
  readonly port: number
  close(): Promise<void>
}

/** Slack gives up after 3 s, GitLab after 10 s: whoever takes longer to send a request than this sends none. */
const requestTimeoutMs = 15_000
/**
 * An idle connection is closed by the proxy in front, never by us: a request that it sends on a connection that we are
 * just closing is lost, and Slack repeats no click. nginx closes after 60 s, so does an AWS load balancer.
 */
const keepAliveTimeoutMs = 75_000
/** The time within which open requests are answered at shutdown; the process is killed soon after (Docker: 10 s). */
const closeWithinMs = 3_000

/** Makes a listener be heard. Port 0 takes any that is free; the port in use is in the answer. */
export type Listen = (listener: RequestListener, port: number) => Promise<HttpServer>

/**
 * Answers `/healthz`, `/readyz`, `/metrics` and the given routes. An error in a route is logged and answered with 500.
 */
export function requestListener(parts: HttpRoutes): RequestListener {
  return (request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      parts.log.error(
        { error: error instanceof Error ? error.message : 'unknown' },
        'a request could not be answered',
      )
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  }
}

/**
 * Listens with a server of this process, whose limits are the bot's unless given, on all interfaces unless `host` names
 * one. Throws `CannotListen` with a sentence where the port is taken or not allowed.
 */
export function listenWith(clock: Pick<Clock, 'sleep'>, limits: ServerOptions = {}, host?: string): Listen {
  return (listener, port) => listen(clock, createServer({ ...botsLimits, ...limits }, listener), port, host)
}

const botsLimits: ServerOptions = {
  requestTimeout: requestTimeoutMs,
  // Node ends a slow body only when both have passed, and counts neither on an idle connection (measured on Node 26).
  headersTimeout: requestTimeoutMs,
  keepAliveTimeout: keepAliveTimeoutMs,
}

async function listen(
  clock: Pick<Clock, 'sleep'>,
  server: Server,
  port: number,
  host?: string,
): Promise<HttpServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(port, error)))
    server.listen({ port, ...(host !== undefined && { host }) }, resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: () => close(clock, server) }
}

class CannotListen extends Error {
  override readonly name = 'CannotListen'
}

/** Returns one sentence where the operator can fix the error; any other error stays as it is. */
function cannotListen(port: number, error: NodeJS.ErrnoException): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new CannotListen(
        `Port ${port} is taken by another process: stop that one, or set PORT to another.`,
      )
    case 'EACCES':
      return new CannotListen(`This account isn’t allowed to use port ${port}: set PORT to one above 1023.`)
    default:
      return error
  }
}

async function answer(parts: HttpRoutes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request.url ?? '/')
  const route = Object.hasOwn(parts.routes, path) ? parts.routes[path] : undefined
  if (route) return route(request, response)
  if (request.method !== 'GET') return text(response, 404, 'Not found\n')
  switch (path) {
    case '/healthz':
      return text(response, 200, 'ok\n')
    case '/readyz': {
      const { isReady, because } = await parts.ready()
      return text(response, isReady ? 200 : 503, isReady ? 'ready\n' : `${because.join('\n')}\n`)
    }
    case '/metrics':
      return text(response, 200, await parts.metrics(), 'text/plain; version=0.0.4; charset=utf-8')
    default:
      return text(response, 404, 'Not found\n')
  }
}

function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

function text(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

async function close({ sleep }: Pick<Clock, 'sleep'>, server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const isClosed = new AbortController()
  sleep(closeWithinMs, isClosed.signal).then(
    () => server.closeAllConnections(),
    () => {},
  )
  await closed
  isClosed.abort()
}

// Reads a request's body up to a limit, and stops reading where it is exceeded.

/** A body that came whole, or why it did not. */
export type ReadBody = Buffer | 'too-large' | 'broken-off'

/** Reads a request's body. It stops where the limit is exceeded, and says so where the sender broke off. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return 'too-large'
  const chunks: Buffer[] = []
  let size = 0
  try {
    // The answer still has to go out over the same socket, so leaving the loop must not destroy it.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length
      if (size > limitBytes) return 'too-large'
      chunks.push(chunk)
    }
  } catch {
    return 'broken-off'
  }
  return Buffer.concat(chunks)
}
