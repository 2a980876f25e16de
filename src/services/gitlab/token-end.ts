/** GitLab's tokens end within a year: https://docs.gitlab.com/user/profile/personal_access_tokens/ */
import { z } from 'zod'
import { shortDayText } from '../../engine/time.ts'
import type { Log } from '../../http/log.ts'
import { ask, type Fetch, parse } from '../ask.ts'
import { CallFailed } from '../call-failed.ts'
import { defaultTimeoutMs } from './transport.ts'

/** From so many days before its end a token is spoken of. */
const warnedDays = 30

const SeenToken = z
  .object({ scopes: z.array(z.string()), expires_at: z.iso.date().nullish() })
  .transform(({ scopes, expires_at: endsOn }) => ({ scopes, ...(endsOn ? { endsOn } : {}) }))
/** What GitLab says of a token; `endsOn`: the day from whose beginning in UTC it is refused. */
export type SeenToken = z.infer<typeof SeenToken>

/**
 * Reads what GitLab says of the very token: https://docs.gitlab.com/api/personal_access_tokens/. Undefined where it does
 * not say. Throws `CallFailed`.
 */
export async function readToken(to: {
  readonly url: string
  readonly token: string
  readonly fetch: Fetch
  readonly timeoutMs?: number
}): Promise<SeenToken | undefined> {
  const { url, token, fetch, timeoutMs = defaultTimeoutMs } = to
  const path = 'personal_access_tokens/self'
  const headers = { accept: 'application/json', 'private-token': token }
  try {
    const { body } = await ask(
      { service: 'gitlab', fetch, timeoutMs },
      { method: 'GET', url: new URL(`${url}/api/v4/${path}`), headers },
    )
    return parse(SeenToken, body, { service: 'gitlab', method: 'GET', what: path })
  } catch (error) {
    if (error instanceof CallFailed && (error.status === 403 || error.status === 404)) return undefined
    throw error
  }
}

/** A token's end, where it is near. */
export interface TokenEnd {
  /** `GITLAB_TOKEN ends on Dec 22, in 30 days` */
  readonly text: string
  readonly isOver: boolean
}

/** Returns the end of a token, named by its setting; undefined where it is far or there is none. */
export function tokenEnd(setting: string, { endsOn }: SeenToken, now: Date): TokenEnd | undefined {
  if (endsOn === undefined) return undefined
  const today = now.toISOString().slice(0, 'YYYY-MM-DD'.length)
  const { days } = Temporal.PlainDate.from(today).until(endsOn)
  if (days > warnedDays) return undefined
  const end = shortDayText(endsOn, today)
  if (days <= 0) return { text: `${setting} ended on ${end}`, isOver: true }
  return { text: `${setting} ends on ${end}, in ${days} ${days === 1 ? 'day' : 'days'}`, isOver: false }
}

interface DigestNotes {
  /** By their settings. */
  readonly tokens: Readonly<Record<string, () => Promise<SeenToken | undefined>>>
  readonly now: Date
  readonly log: Pick<Log, 'warn'>
}

/**
 * The lines about tokens that end soon, for the desk's digest, which waits for them. A failed call is logged and its line
 * left out.
 */
export async function tokenNotes({ tokens, now, log }: DigestNotes): Promise<readonly string[]> {
  const notes = Object.entries(tokens).map(async ([setting, read]) => {
    try {
      const token = await read()
      const end = token && tokenEnd(setting, token, now)
      return end ? [`GitLab’s ${end.text}: your admins have to make a new one.`] : []
    } catch (error) {
      log.warn({ setting, error: String(error) }, 'GitLab did not say when the token ends')
      return error instanceof CallFailed && error.status === 401
        ? [`GitLab doesn’t accept ${setting} (401): your admins have to make a new one.`]
        : []
    }
  })
  return (await Promise.all(notes)).flat()
}
