/** The steps of every webhook, whoever sends it: shed a flood, check, read, store, and only then answer 200. */

import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Log } from '../http/log.ts'
import { type Placed, type Places, placesFor, placesOfARoute, readInPlace } from '../http/places.ts'

/** One delivery of a webhook as it came: its headers and the bytes of its body. */
export interface Delivery {
  readonly headers: IncomingHttpHeaders
  /** As it was sent: a signature is over these bytes. */
  readonly body: Buffer
}

/**
 * The meaning of a delivery: an entry for the inbox, an event that the bot does not work with, or a body that it can't
 * read.
 */
export type ReadDelivery<Entry> =
  | { readonly kind: 'entry'; readonly entry: Entry }
  /** Genuine, but nothing the bot works with, or what it did itself: answered 200, since senders turn off a webhook that is refused often. */
  | { readonly kind: 'unwanted' }
  /** One line that names fields, never their values. */
  | { readonly kind: 'malformed'; readonly because: string }

/** The parts that the app hands in, the same for every sender. */
export interface WebhookOptions<Entry> {
  readonly now: () => Date
  /** Stored durably before this resolves; false when the same key was stored before, `full` where too much waits. */
  readonly receive: (entry: Entry) => Promise<boolean | 'full'>
  readonly limitBytes?: number
  /** For bodies. Routes that are handed the same one share it; without it a route has 100 of its own. */
  readonly places?: Places
  /** For what is heard and waits to be stored; without it a route has 2,000 of its own. */
  readonly storing?: Places
  readonly log: Log
}

interface Webhook<Entry> extends WebhookOptions<Entry> {
  readonly sender: 'GitLab' | 'Zendesk'
  readonly isAuthentic: (delivery: Delivery) => boolean
  readonly read: (json: unknown, delivery: Delivery) => ReadDelivery<Entry>
}

interface Answer {
  readonly status: number
  readonly line?: string
  readonly headers?: OutgoingHttpHeaders
}

const mebibyte = 1024 * 1024

// What has not been read would be taken for the next request.
const unread = { connection: 'close' }
// Zendesk sends a 503 again when it is told when: https://developer.zendesk.com/api-reference/webhooks/introduction
const soon = { 'retry-after': '1' }

const notPost: Answer = { status: 405, line: 'Only POST\n', headers: { allow: 'POST', ...unread } }
const tooMany: Answer = { status: 503, line: 'Too many at once\n', headers: { ...soon, ...unread } }
// Cut off for another that came later, and slower than any sender of webhooks: https://www.rfc-editor.org/rfc/rfc9110#name-408-request-timeout
const tooSlow: Answer = { status: 408, line: 'The body came too slowly\n', headers: unread }
const tooLarge: Answer = { status: 413, line: 'The body is too large\n', headers: unread }
/** Of each what is to be stored is a few hundred bytes; a storm of this many at once is written in a few commits. */
const mostStoring = 2_000

const notStored: Answer = { status: 503, line: 'Not stored, send it again\n', headers: soon }

/** Makes the `node:http` handler of one route. */
export function webhook<Entry extends { readonly key: string }>(parts: Webhook<Entry>) {
  const places = parts.places ?? placesFor(placesOfARoute)
  const storing = parts.storing ?? placesFor(mostStoring)
  const crowded = warningOnce(parts)
  const crowdedStore = warningOnce(parts)

  async function answerTo(request: IncomingMessage): Promise<Answer> {
    if (request.method !== 'POST') return notPost
    const heard = await hear(request)
    if (!('key' in heard)) return heard
    const place = storing.take(() => {})
    crowdedStore(place === undefined)
    if (!place) return tooMany
    place.hasCome()
    try {
      return await store(parts, heard)
    } finally {
      place.free()
    }
  }

  /** In its place, which is for bodies: what is to be stored of one is small, and waits without. */
  async function hear(request: IncomingMessage): Promise<Answer | Entry> {
    const placed = await readInPlace(places, request, parts.limitBytes ?? mebibyte, crowded)
    if (placed === 'full') return tooMany
    try {
      return work(parts, request, placed.body)
    } finally {
      placed.place.free()
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, line = '', headers } = await answerTo(request)
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(line),
      ...headers,
    })
    response.end(line)
  }
}

/** Says it once, not once a request: a flood of requests is not to become one of log lines. */
function warningOnce({ log, sender }: Pick<Webhook<never>, 'log' | 'sender'>) {
  let isCrowded = false
  return (now: boolean): void => {
    if (now && !isCrowded) log.warn({ route: routeOf({ sender }) }, `Too many ${sender} webhooks at once`)
    isCrowded = now
  }
}

/** What is to be stored of a delivery, or the answer to one of which nothing is. */
function work<Entry extends { readonly key: string }>(
  parts: Webhook<Entry>,
  request: IncomingMessage,
  body: Exclude<Placed, 'full'>['body'],
): Answer | Entry {
  if (body === 'cut-off') return tooSlow
  if (body === 'too-large') return tooLarge
  if (body === 'broken-off') return { status: 400, line: 'The body broke off\n' }
  const delivery = { headers: request.headers, body }
  if (!parts.isAuthentic(delivery)) {
    // The sender counts a refusal as a failure and turns the webhook off after some: somebody has to look.
    parts.log.warn({ route: routeOf(parts) }, `A ${parts.sender} webhook had a wrong secret or signature`)
    return { status: 401 }
  }
  const json = parsed(body)
  if (json === undefined) return { status: 400, line: 'The body is not JSON\n' }
  const read = parts.read(json, delivery)
  if (read.kind === 'malformed') return { status: 400, line: `${read.because}\n` }
  return read.kind === 'unwanted' ? { status: 200 } : read.entry
}

async function store<Entry extends { readonly key: string }>(
  { receive, log, sender }: Webhook<Entry>,
  entry: Entry,
): Promise<Answer> {
  const { key } = entry
  try {
    const isNew = await receive(entry)
    if (isNew === 'full') return notStored
    if (!isNew) log.info({ key }, `A ${sender} webhook came again`)
    return { status: 200 }
  } catch (error) {
    log.error(
      { key, error: error instanceof Error ? error.name : typeof error },
      `A ${sender} webhook was not stored`,
    )
    return notStored
  }
}

/**
 * The one value of a header. A header that came several times has none: joined, it is no value that would be expected.
 */
export function oneHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function routeOf({ sender }: Pick<Webhook<never>, 'sender'>): string {
  return `webhooks/${sender.toLowerCase()}`
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
