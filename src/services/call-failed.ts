/** A failed call to an outside service, and whether the call was carried out all the same. */

/** A service that the bot calls. */
export type Service = 'gitlab' | 'zendesk' | 'slack'

/**
 * `not-done`: a definite refusal, repeating it as it is would be refused again.
 * `later`: not carried out (or only a read); the same call may be made again.
 * `unknown`: it may or may not have been carried out: look before repeating.
 */
export type FailureKind = 'not-done' | 'later' | 'unknown'

/** The facts that a `CallFailed` is made of; the message may name no person and no text. */
export interface CallFailedFacts {
  readonly service: Service
  readonly kind: FailureKind
  /** Safe to log: the method, the path and what happened, never a body, a query or a header. */
  readonly message: string
  readonly status?: number | undefined
  readonly retryAfterSeconds?: number | undefined
  /** Why, in the service's own words on one line, without what was sent. */
  readonly explanation?: string | undefined
  /** The address of a redirect, which was not followed. */
  readonly redirectedTo?: string | undefined
  /** It was asked with GITLAB_ADMIN_TOKEN, and not with the bot's own token. */
  readonly isAsAdmin?: boolean | undefined
}

/**
 * The failure of one call to a service. It holds no request, response, header or cause: gitbeaker's own errors print
 * the token when inspected.
 */
export class CallFailed extends Error {
  readonly service: Service
  readonly kind: FailureKind
  readonly status: number | undefined
  readonly retryAfterSeconds: number | undefined
  readonly explanation: string | undefined
  readonly redirectedTo: string | undefined
  readonly isAsAdmin: boolean | undefined

  constructor(facts: CallFailedFacts) {
    super(facts.message)
    this.name = 'CallFailed'
    this.service = facts.service
    this.kind = facts.kind
    this.status = facts.status
    this.retryAfterSeconds = facts.retryAfterSeconds
    this.explanation = facts.explanation
    this.redirectedTo = facts.redirectedTo
    this.isAsAdmin = facts.isAsAdmin
  }
}

/**
 * The kind of failure that an HTTP status stands for: of an answer that is no success, or (`unparsable`) of a success
 * that could not be read.
 */
export function kindOfStatus(method: string, status: number, text = ''): FailureKind {
  if (status === 429) return 'later'
  // A lost race for a row, nothing written: GitLab's "Conflict: Resource lock" (lib/api/api.rb), Zendesk's
  // "DatabaseConflict" (its "UpdateConflict", a refused safe_update, is a definite answer).
  if (status === 409 && /resource lock|DatabaseConflict/i.test(text)) return 'later'
  // Maintenance mode: "You cannot perform write operations on a read-only instance"; nothing was written, and it ends.
  // https://docs.gitlab.com/administration/maintenance_mode/
  if (status === 403 && /read-only instance/i.test(text)) return 'later'
  // 408 is the one 4xx that does not say that the request was looked at and refused.
  if (status >= 300 && status < 500 && status !== 408) return 'not-done'
  return kindWhenUnsure(method)
}

/** The kind of an error thrown instead of an answer: the code of its cause tells whether the request was sent. */
export function kindOfError(method: string, error: unknown): FailureKind {
  if (isRedirect(error)) return 'not-done'
  return wasNeverSent(error) ? 'later' : kindWhenUnsure(method)
}

/**
 * The kind where nobody knows whether the call was carried out. A read changes nothing, so it may always be made
 * again.
 */
export function kindWhenUnsure(method: string): FailureKind {
  return method === 'GET' || method === 'HEAD' ? 'later' : 'unknown'
}

/** Says what an error was, in words safe to log. */
export function describeError(error: unknown): string {
  if (isRedirect(error)) return 'answered with a redirect, which is not followed'
  if (nameOf(error) === 'TimeoutError' || nameOf(error) === 'AbortError') return 'no answer in time'
  const proxy = refusalOfProxy(error)
  if (proxy !== undefined) return `the proxy let it not through (${proxy})`
  const code = codesOf(error)[0]
  if (!code) return 'the connection failed'
  return wasNeverSent(error) ? `no connection (${code})` : `the connection broke (${code})`
}

const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** The status with which it refused a tunnel: undici says it in the message alone. */
function refusalOfProxy(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return /^Proxy response \((\d+)\)/.exec(error.message)?.[1] ?? refusalOfProxy(error.cause)
}

function wasNeverSent(error: unknown): boolean {
  if (refusalOfProxy(error) !== undefined) return true
  const codes = codesOf(error)
  return codes.length > 0 && codes.every((code) => neverSent.has(code))
}

/** undici hides the reason in `cause`; a name with several addresses gives one error for each of them. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(codesOf)
  if (error.cause !== undefined) return codesOf(error.cause)
  return 'code' in error && typeof error.code === 'string' ? [error.code] : []
}

function isRedirect(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && /redirect/.test(error.cause.message)
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
