/** The sandbox's web page: the channels on the left, GitLab or Zendesk on the right. Serves this machine only. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Act, perform } from './acts.ts'
import { pageFiles } from './files.ts'
import { type Looking, type Parts, snapshot } from './snapshot.ts'

export type { Clock, Parts } from './snapshot.ts'

export interface Page {
  readonly url: string
  close(): Promise<void>
}

/** Scripts and styles come from this server alone: whatever a message smuggles in does not run. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

/** In seconds: a year. */
const KEPT = { 'cache-control': 'max-age=31536000, immutable' }

/** Largest body of an act: a modal's texts fit many times. */
const BODY_LIMIT = 256 * 1024

export async function startPage(given: Parts & { readonly port?: number }): Promise<Page> {
  const files = pageFiles()
  const server = createServer((request, response) => void answer({ ...given, files }, request, response))
  await listenFrom(server, given.port ?? 0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** At the first free port from this one on; 0 is any. */
export async function listenFrom(server: Server, port: number): Promise<void> {
  for (let next = port; ; next += 1) {
    try {
      return await listenAt(server, next)
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      if (!isTaken || next >= lastPort) throw error
    }
  }
}

const lastPort = 65_535

function listenAt(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

interface Served extends Parts {
  readonly files: ReturnType<typeof pageFiles>
}

async function answer(parts: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://local')
  if (!isFromHere(request)) return end(response, 403, 'text/plain', 'Only from this machine')
  if (request.method === 'POST' && url.pathname === '/act') return act(parts, request, response)
  if (request.method !== 'GET') return end(response, 405, 'text/plain', 'Not allowed')
  if (url.pathname === '/state') return state(parts, url.searchParams, request, response)
  if (url.pathname === '/changes') return changes(parts, response)
  const file = await parts.files(url.pathname)
  if (!file) return end(response, 404, 'text/plain', 'Not found')
  end(response, 200, file.type, file.body, file.isKept ? KEPT : {})
}

/** Another site's page, or a name that was pointed at this machine, gets nothing. */
function isFromHere(request: IncomingMessage): boolean {
  const port = (request.socket.address() as AddressInfo).port
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host, origin } = request.headers
  return (
    hosts.includes(host ?? '') && (origin === undefined || hosts.some((one) => origin === `http://${one}`))
  )
}

function state(
  parts: Parts,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const looking: Looking = {
    as: query.get('as') ?? '',
    channel: query.get('channel') ?? '',
    beside: query.get('beside') === 'zendesk' ? 'zendesk' : 'gitlab',
    issue: query.get('issue') ?? undefined,
    ticket: query.has('ticket') ? Number(query.get('ticket')) : undefined,
  }
  const text = JSON.stringify(snapshot(parts, looking))
  const tag = `"${createHash('sha256').update(text).digest('base64url')}"`
  const isKnown = request.headers['if-none-match'] === tag
  end(response, isKnown ? 304 : 200, 'application/json', isKnown ? '' : text, { etag: tag })
}

/** How long what happens is gathered, in milliseconds, before the page hears of it: shorter than anybody notices. */
const GATHERED_MS = 50

/** An event stream that says when the page has to look again: whatever the bot does, it asks one of the services for. */
function changes({ slack, gitlab, zendesk }: Parts, response: ServerResponse): void {
  const asked = () => [slack, gitlab, zendesk].reduce((sum, { fake }) => sum + fake.requests.length, 0)
  let known = asked()
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' })
  response.write(': connected\n\n')
  const looking = setTimeout(() => {
    const next = asked()
    if (next !== known) response.write('data: changed\n\n')
    known = next
    looking.refresh()
  }, GATHERED_MS)
  response.on('close', () => clearTimeout(looking))
}

async function act(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = (status: number, body: unknown) =>
    end(response, status, 'application/json', JSON.stringify(body))
  if (request.headers['content-type'] !== 'application/json') return reply(415, { said: 'Only JSON' })
  const text = await bodyOf(request)
  if (text === undefined) return reply(413, { said: 'Too large' })
  const parsed = Act.safeParse(jsonOf(text))
  if (!parsed.success) return reply(400, { said: 'Not an act this page knows' })
  try {
    reply(200, await perform(parts, parsed.data))
  } catch (error) {
    reply(200, { said: error instanceof Error ? error.message : String(error) })
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > BODY_LIMIT) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function end(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  more: Record<string, string> = {},
) {
  response.writeHead(status, { ...HEADERS, 'content-type': `${type}; charset=utf-8`, ...more })
  response.end(body)
}
