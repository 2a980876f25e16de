/** One HTTP request with JSON both ways: one attempt, a time limit, no redirects; every failure is a CallFailed. */

import { z } from 'zod'
import { type Instant, toInstant } from '../engine/time.ts'
import {
  CallFailed,
  describeError,
  kindOfError,
  kindOfStatus,
  kindWhenUnsure,
  type Service,
} from './call-failed.ts'
import { explanationIn } from './explanation.ts'

/** The platform's `fetch`; tests and the proxy hand in their own. */
export type Fetch = typeof globalThis.fetch

/** The service that is asked, by which `fetch`, and with which time limit. */
export interface Asking {
  readonly service: Service
  readonly fetch: Fetch
  /** For the whole exchange, body included. */
  readonly timeoutMs: number
  /** With GITLAB_ADMIN_TOKEN, and not with the bot's own token. */
  readonly isAsAdmin?: boolean | undefined
}

/** One HTTP request; the body is JSON already written out. */
export interface Question {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** An answer of 2xx with its body parsed; an empty body is `null`. Header names are in small letters. */
export interface JsonAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/**
 * Sends one request, once, without following redirects. Throws `CallFailed` for every answer but 2xx, for a body that
 * is not JSON, and where no answer came in time.
 */
export async function ask(asking: Asking, question: Question): Promise<JsonAnswer> {
  const { method, url } = question
  const failed = (what: string, facts: Pick<CallFailed, 'kind'> & Partial<CallFailed>) =>
    new CallFailed({
      ...facts,
      service: asking.service,
      isAsAdmin: asking.isAsAdmin,
      message: `${asking.service} ${method} ${url.pathname}: ${what}`,
    })

  const { response, text } = await exchange(asking, question).catch((error: unknown) => {
    throw failed(describeError(error), { kind: kindOfError(method, error) })
  })
  const { status } = response
  if (status >= 300 && status < 400) {
    const redirectedTo = response.headers.get('location') ?? undefined
    const elsewhere = originElsewhere(redirectedTo, url)
    // The service has another address by now, or something before it sends everybody away: nothing was done, and it ends.
    throw failed(`answered with a redirect${elsewhere ? ` to ${elsewhere}` : ''}, which is not followed`, {
      kind: elsewhere ? 'later' : 'not-done',
      status,
      redirectedTo,
    })
  }
  if (!response.ok) {
    throw failed(`${status}${reasonIn(text)}`, {
      kind: kindOfStatus(method, status, text),
      status,
      retryAfterSeconds: retryAfter(response.headers),
      explanation: status < 500 ? explanationIn(text, question.body) : undefined,
    })
  }
  const body = parsed(text, response.headers.get('content-type'))
  if (!body) throw failed(`${status}, but the answer is not JSON`, { kind: kindWhenUnsure(method), status })
  return { status, headers: Object.fromEntries(response.headers), body: body.value }
}

async function exchange(asking: Asking, { method, url, headers, body }: Question) {
  const response = await asking.fetch(url, {
    method,
    headers,
    body: body ?? null,
    redirect: 'manual',
    signal: AbortSignal.timeout(asking.timeoutMs),
  })
  return { response, text: await response.text() }
}

/** The other address that a redirect leads to, without its path; undefined where it stays at the same. */
function originElsewhere(location: string | undefined, from: URL): string | undefined {
  if (location === undefined || !URL.canParse(location, from)) return undefined
  const { origin } = new URL(location, from)
  return origin === from.origin || origin === 'null' ? undefined : origin
}

function parsed(text: string, contentType: string | null): { readonly value: unknown } | undefined {
  if (text === '') return { value: null }
  if (!contentType?.includes('json')) return undefined
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** Only the fixed phrases of the services are repeated, since an error may quote what was sent. */
function reasonIn(text: string): string {
  const found =
    /"(?:message|error)"\s*:\s*"((?:\d{3} )?[A-Za-z][A-Za-z_ ]{2,40}(?:: [A-Za-z ]{2,30})?)"/.exec(text)
  return found ? ` (${found[1]})` : ''
}

/**
 * The pause in whole seconds that `Retry-After` asks for. A date there is taken relative to the answer's own date, so
 * that no clock is needed.
 */
export function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after')
  if (!text) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(text)
    ? Number(text)
    : (Date.parse(text) - Date.parse(headers.get('date') ?? '')) / 1000
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined
}

// Answers are parsed at the edge: only the fields used, unknown ones ignored.

/** The schema of a time. It takes both forms that GitLab uses: ISO 8601 and `2017-09-15 16:50:55 UTC`. */
export const AnyInstant = z.string().transform((text, context): Instant => {
  const at = new Date(text)
  if (!Number.isNaN(at.getTime())) return toInstant(at)
  context.addIssue({ code: 'custom', message: 'is no time' })
  return z.NEVER
})

/**
 * Checks an id or iid from outside that goes into a path. Throws `RangeError`, so that a wrong one is refused before
 * anything is sent.
 */
export function wholeNumber(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`${what} must be a whole number above zero`)
}

/**
 * Reads an answer by its schema. Throws `CallFailed` that names the fields (never their values) where it has another
 * form.
 */
export function parse<T>(
  schema: z.ZodType<T>,
  answer: unknown,
  from: { service: Service; method: string; what: string },
): T {
  const result = schema.safeParse(answer)
  if (result.success) return result.data
  const fields = [...new Set(result.error.issues.map((issue) => issue.path.join('.') || 'the whole'))]
  throw new CallFailed({
    service: from.service,
    kind: kindWhenUnsure(from.method),
    message: `${from.service} ${from.method} ${from.what}: the answer has not the expected form (${fields.slice(0, 5).join(', ')})`,
  })
}
