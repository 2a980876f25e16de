/** How what people do reaches the app: signed over HTTP, or through an open Socket Mode connection. */
import { createHmac } from 'node:crypto'
import type { SocketMode } from './socket-mode.ts'

export interface AppAddress {
  /** Where the app takes events, interactions and commands, e.g. http://127.0.0.1:3000/slack/events */
  readonly url: string
  readonly signingSecret: string
  /** How it is reached, where that is not by a socket. */
  readonly fetch?: typeof globalThis.fetch
}

/** What the app answered, as Slack sees it. */
export interface AppAnswer {
  readonly status: number
  /** Parsed where it is JSON; undefined where there is none. */
  readonly body: unknown
  readonly elapsedMs: number
}

/** What to sign with, where a test forges, replays or ages a request. */
export interface Forgery {
  readonly secret?: string
  /** Seconds since 1970, as in X-Slack-Request-Timestamp. */
  readonly timestamp?: number
  readonly signature?: string
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function slackSignature(secret: string, timestamp: number, rawBody: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${rawBody}`).digest('hex')}`
}

/** Sends a raw body as Slack would. The timestamp is the wall clock's: the receiver compares with its own. */
export async function deliverSigned(
  app: AppAddress,
  rawBody: string,
  forgery: Forgery = {},
): Promise<AppAnswer> {
  const timestamp = forgery.timestamp ?? Math.floor(Date.now() / 1000)
  const started = performance.now()
  const response = await (app.fetch ?? fetch)(app.url, {
    method: 'POST',
    headers: {
      'content-type': forgery.contentType ?? 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature':
        forgery.signature ?? slackSignature(forgery.secret ?? app.signingSecret, timestamp, rawBody),
      ...forgery.headers,
    },
    body: rawBody,
  })
  const text = await response.text()
  return { status: response.status, body: parsed(text), elapsedMs: performance.now() - started }
}

export type Kind = 'interactive' | 'slash_commands' | 'events_api'

/** One thing that happened in Slack, delivered the way the app listens. */
export async function deliver(
  app: AppAddress | undefined,
  socket: SocketMode,
  kind: Kind,
  payload: Readonly<Record<string, unknown>>,
): Promise<AppAnswer> {
  if (socket.isConnected()) return socket.send(kind, payload)
  if (!app) throw new Error('No app listens: set slack.app or connect in Socket Mode')
  if (kind === 'events_api')
    return deliverSigned(app, JSON.stringify(payload), { contentType: 'application/json' })
  return deliverSigned(app, formOf(kind, payload))
}

/** The form body of an interaction (one field, `payload`) or of a command (a field each). */
export function formOf(kind: Kind, payload: Readonly<Record<string, unknown>>): string {
  const fields =
    kind === 'interactive'
      ? { payload: JSON.stringify(payload) }
      : Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)]))
  return new URLSearchParams(fields).toString()
}

function parsed(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
