/** The bot's sign-in at Zendesk: an OAuth client's access tokens, each for half an hour, or an API token while these last. */
import { z } from 'zod'
import { shortDayText } from '../../engine/time.ts'
import { type Asking, ask, parse } from '../ask.ts'
import { CallFailed } from '../call-failed.ts'

/**
 * On this day Zendesk switches off all API tokens; no new one can be made since 27 October 2026:
 * https://developer.zendesk.com/documentation/api-basics/authentication/oauth-migration/
 */
const apiTokensEnd = '2027-04-30'

/** The number of days that are left of API tokens; none on the day itself. */
export function daysOfApiTokens(today: string): number {
  return Temporal.PlainDate.from(today).until(apiTokensEnd).days
}

/** The sentence `Zendesk’s API tokens end on Apr 30, in 153 days`. */
export function apiTokensEndText(today: string): string {
  const days = daysOfApiTokens(today)
  const end = shortDayText(apiTokensEnd, today)
  if (days <= 0) return `Zendesk’s API tokens ended on ${end}`
  return `Zendesk’s API tokens end on ${end}, in ${days} ${days === 1 ? 'day' : 'days'}`
}

/** The credentials: an agent's API token, or an OAuth client. */
export type SignIn =
  | { readonly email: string; readonly token: string }
  | {
      readonly clientId: string
      readonly clientSecret: string
      /** By which an access token ends. */
      readonly now: () => Date
    }

/** A function that makes a call with the `Authorization` header of now. */
export type SignedIn = <T>(call: (authorization: string) => Promise<T>) => Promise<T>

/**
 * The scopes that the bot asks for. It reads as a whole, since not every list that is read (search, groups, suspended
 * tickets, macros) has a scope of its own on every account; of writing, it asks for tickets alone.
 */
export const scopes = 'read tickets:write'

/** Zendesk takes 300 to 172,800 s. Unless it is asked for, the answer does not say how long the token lasts. */
const lifeSeconds = 1800

/** A call that is under way for the whole of its time limit still finds its token valid. */
const renewBeforeMs = 60_000

const Granted = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  /** Seconds. */
  expires_in: z.number().positive().nullish(),
})

interface AccessToken {
  readonly authorization: string
  /** Milliseconds since 1970. */
  readonly renewAt: number
}

/** Makes the sign-in at this account. Throws `CallFailed` where no access token is granted. */
export function signInTo(asking: Asking, url: string, given: SignIn): SignedIn {
  if ('token' in given) {
    const { email, token } = given
    const authorization = `Basic ${Buffer.from(`${email}/token:${token}`).toString('base64')}`
    return (call) => call(authorization)
  }
  return withAccessTokens(given.now, () => newToken(asking, url, given))
}

/** One request for a token at a time, whoever waits for it; a token that failed to come is asked for anew by the next call. */
function withAccessTokens(
  now: () => Date,
  grant: () => Promise<{ readonly token: string; readonly seconds: number }>,
): SignedIn {
  let current: AccessToken | undefined
  let coming: Promise<AccessToken> | undefined

  async function renew(): Promise<AccessToken> {
    // From before the request: by Zendesk's clock it can't have begun earlier.
    const askedAt = now().getTime()
    const { token, seconds } = await grant()
    const lifeMs = seconds * 1000
    const renewAt = askedAt + Math.max(lifeMs - renewBeforeMs, lifeMs / 2)
    current = { authorization: `Bearer ${token}`, renewAt }
    return current
  }

  async function valid(): Promise<AccessToken> {
    if (current && now().getTime() < current.renewAt) return current
    coming ??= renew().finally(() => {
      coming = undefined
    })
    return coming
  }

  return async (call) => {
    const first = await valid()
    try {
      return await call(first.authorization)
    } catch (error) {
      if (!(error instanceof CallFailed) || error.status !== 401) throw error
      // Revoked, or older than we think. Nothing was carried out; whoever was refused with the same token asks once, together.
      if (current === first) current = undefined
      return call((await valid()).authorization)
    }
  }
}

/** Throws CallFailed: 401 where Zendesk does not take the client, whatever status it says that with. */
async function newToken(
  asking: Asking,
  url: string,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): Promise<{ readonly token: string; readonly seconds: number }> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
  const { body } = await ask(asking, {
    method: 'POST',
    url: new URL('/oauth/tokens', url),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ ...form, scope: scopes, expires_in: lifeSeconds }),
  }).catch((error: unknown) => {
    throw refusedOrLater(error)
  })
  // A read: asking again does no harm, whatever came of it.
  const granted = parse(Granted, body, { service: 'zendesk', method: 'GET', what: 'access token' })
  return { token: granted.access_token, seconds: granted.expires_in ?? lifeSeconds }
}

/**
 * A token changes nothing, so its request is never of unknown outcome. What refuses the client speaks of no ticket: a
 * 403 or 404 is not to be taken for a hidden or deleted one. A help desk that is moved or suspended answers 404 to all.
 */
function refusedOrLater(error: unknown): unknown {
  if (!(error instanceof CallFailed)) return error
  const { service, kind, message, status, retryAfterSeconds } = error
  if (kind === 'not-done' && status !== 404) return new CallFailed({ service, kind, message, status: 401 })
  const facts = { service, kind: 'later', message, retryAfterSeconds } as const
  return new CallFailed(status === 404 ? facts : { ...facts, status })
}
