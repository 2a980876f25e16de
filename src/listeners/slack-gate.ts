/** The gate before Bolt's receiver: only requests that Slack has signed, of now and of a bearable size, reach it. */

import { createHmac } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../http/log.ts'
import { type Places, placesFor, placesOfARoute, readInPlace } from '../http/places.ts'
import { sameText } from '../http/standard-webhook.ts'

/** The gate's settings, and where a request goes that it lets through. */
export interface SlackGate {
  readonly route: string
  readonly signingSecret: string
  /** The machine's own clock: Slack signs by the real time, whatever time the desk works by. */
  readonly wallClock: (() => Date) | undefined
  readonly limitBytes: number
  /** For bodies whose signature is not checked yet; left out: 100. */
  readonly places?: Places
  readonly log: Pick<Log, 'warn'>
  /** Bolt's, which checks the signature and the age once more. */
  readonly pass: (request: IncomingMessage, response: ServerResponse) => void
}

/**
 * Returns the handler of the route. It answers 404 for another route, 413 for a body that is too large, 400 for one
 * that is broken off or unreadable, 408 for one that others could not wait for, and 401 for a signature that is not
 * Slack's.
 */
export function slackGate(gate: SlackGate) {
  const places = gate.places ?? placesFor(placesOfARoute)
  let isCrowded = false
  const crowded = (now: boolean) => {
    if (now && !isCrowded)
      gate.log.warn({ route: 'slack/events' }, 'Too many requests to the Slack route at once')
    isCrowded = now
  }
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST' || request.url?.split('?')[0] !== gate.route) return end(response, 404)
    const placed = await readInPlace(places, request, gate.limitBytes, crowded)
    if (placed === 'full') return end(response, 503, { connection: 'close' })
    const { place, body } = placed
    // What is here is judged at once: a place is held by what is still coming, and by nothing else.
    place.free()
    if (body === 'cut-off') return end(response, 408, { connection: 'close' })
    if (body === 'too-large') return end(response, 413, { connection: 'close' })
    if (body === 'broken-off') return end(response, 400)
    // Unsigned, and answered without a look at the rest: https://docs.slack.dev/interactivity/implementing-slash-commands/
    if (isCertificateCheck(request, body)) return end(response, 200)
    if (!isAuthentic(gate, request, body)) {
      gate.log.warn(
        { route: 'slack/events' },
        'A request to the Slack route was not signed by Slack, or is not of now',
      )
      return end(response, 401)
    }
    if (!isReadable(request, body)) return end(response, 400)
    // Where Bolt finds the body read, it does not read it again.
    gate.pass(Object.assign(request, { rawBody: body }), response)
  }
}

const form = 'application/x-www-form-urlencoded'

function isAuthentic({ signingSecret, wallClock }: SlackGate, { headers }: IncomingMessage, body: Buffer) {
  const one = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined)
  return isSignedBySlack(
    signingSecret,
    {
      timestamp: one(headers['x-slack-request-timestamp']),
      signature: one(headers['x-slack-signature']),
      body,
    },
    wallClock?.(),
  )
}

function isCertificateCheck({ headers }: IncomingMessage, body: Buffer): boolean {
  return headers['content-type'] === form && new URLSearchParams(body.toString()).get('ssl_check') === '1'
}

/** Bolt 5.1.0 looks into whatever was parsed: `null` would end the process. What it can't parse it quotes in the log. */
function isReadable({ headers }: IncomingMessage, body: Buffer): boolean {
  const text = body.toString()
  const payloads = headers['content-type'] === form ? new URLSearchParams(text).getAll('payload') : [text]
  if (payloads.length !== 1) return payloads.length === 0
  try {
    const parsed: unknown = JSON.parse(payloads[0] ?? '')
    return typeof parsed === 'object' && parsed !== null
  } catch {
    return false
  }
}

function end(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-length': 0, ...headers }).end()
}

interface SlackSigned {
  /** Whole seconds since 1970, as sent. */
  readonly timestamp: string | undefined
  /** `v0=` and the hex digest, as sent. */
  readonly signature: string | undefined
  readonly body: Buffer
}

/**
 * The seconds by which Slack's clock may differ from ours, either way, and for which a recorded request could be
 * sent again.
 */
const toleranceSeconds = 300

/**
 * True for Slack's signature over a request, as strict as it can be read:
 * https://docs.slack.dev/authentication/verifying-requests-from-slack. Without `now` it says nothing of the age,
 * which is Bolt's to judge. Bolt's own check (5.1.0, verify-request.js) takes a time of the future however far,
 * `01e9` and other spellings of the same number, and anything behind a second `=` of the signature.
 */
export function isSignedBySlack(
  secret: string,
  { timestamp, signature, body }: SlackSigned,
  now: Date | undefined,
): boolean {
  if (secret === '' || !timestamp || !signature || !/^[1-9]\d{0,11}$/.test(timestamp)) return false
  if (now && Math.abs(now.getTime() / 1000 - Number(timestamp)) > toleranceSeconds) return false
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')
  return sameText(signature, `v0=${mac}`)
}
