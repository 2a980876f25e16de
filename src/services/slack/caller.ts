/** Calls to the Web API: one attempt a call, own time limit, answers parsed. */
import { LogLevel, type WebClient, type WebClientOptions } from '@slack/web-api'
import type { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { type Fetch, parse } from '../ask.ts'
import { CallFailed, describeError, kindOfError, kindOfStatus } from '../call-failed.ts'
import { slackCallFailed } from './failure.ts'

/** The token and the transport of Slack's Web API. */
export interface SlackConnection {
  readonly token: string
  readonly apiUrl?: string
  readonly fetch: Fetch
  readonly timeoutMs?: number
  readonly sleep: Clock['sleep']
}

/** Slack's own methods answer within a second; what takes ten is better looked up than waited for. */
const defaultTimeoutMs = 10_000

/**
 * The options of every WebClient: one attempt and no log. Its own defaults repeat a POST eleven times and wait out a
 * 429 with the whole queue.
 */
export function webClientOptions({
  apiUrl,
  fetch,
  timeoutMs = defaultTimeoutMs,
}: Omit<SlackConnection, 'sleep'>): WebClientOptions {
  const silent = () => {}
  return {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    fetch,
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    // What failed is thrown; the client's own log would add bodies and urls.
    logger: {
      ...{ debug: silent, info: silent, warn: silent, error: silent },
      ...{ setLevel: silent, setName: silent, getLevel: () => LogLevel.ERROR },
    },
  }
}

/** A WebClient's calls, parted into reads and writes. */
export type Caller = ReturnType<typeof callerOf>

/** Makes the calls of a WebClient. Both throw `SlackCallFailed`, and `CallFailed` where an answer has another form. */
export function callerOf(web: WebClient) {
  const call = async (method: string, given: Record<string, unknown>, reads: boolean): Promise<unknown> => {
    try {
      return await web.apiCall(method, given)
    } catch (error) {
      throw slackCallFailed(method, reads, error)
    }
  }
  async function write(method: string, given: Record<string, unknown>): Promise<void>
  async function write<T>(method: string, given: Record<string, unknown>, schema: z.ZodType<T>): Promise<T>
  async function write<T>(method: string, given: Record<string, unknown>, schema?: z.ZodType<T>) {
    const answer = await call(method, given, false)
    return schema && parse(schema, answer, { service: 'slack', method: 'POST', what: method })
  }
  const read = async <T>(method: string, given: Record<string, unknown>, schema: z.ZodType<T>): Promise<T> =>
    parse(schema, await call(method, given, true), { service: 'slack', method: 'GET', what: method })
  return { read, write }
}

/** Page by page of a list, asked for as they are taken; a cursor that comes twice ends it. */
export async function* everyPage<Page extends { readonly response_metadata: string }>(
  read: Caller['read'],
  method: string,
  given: Record<string, unknown>,
  schema: z.ZodType<Page>,
): AsyncGenerator<Page> {
  const seen = new Set<string>()
  let cursor = ''
  do {
    seen.add(cursor)
    const page: Page = await read(method, { ...given, ...(cursor !== '' && { cursor }) }, schema)
    yield page
    cursor = page.response_metadata
  } while (cursor !== '' && !seen.has(cursor))
}

// Answers where a person clicked or typed, at Slack's own address and nowhere else.

/** https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses */
const slackHost = 'hooks.slack.com'
/** A private answer is worth no longer wait than this. */
const defaultAnswerTimeoutMs = 5000

/** Answers at the `response_url` of a click or command. It follows no address outside of Slack. Throws `CallFailed`. */
export async function followResponseUrl(
  connection: { readonly fetch: Fetch; readonly apiUrl?: string; readonly answerTimeoutMs?: number },
  responseUrl: string,
  message: { readonly text: string; readonly blocks?: readonly object[] },
): Promise<void> {
  const url = allowed(responseUrl, connection.apiUrl)
  if (url === undefined) throw failed('is not an address of Slack, so it was not followed', 'not-done')
  const response = await connection
    .fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ ...message, response_type: 'ephemeral', replace_original: false }),
      redirect: 'error',
      signal: AbortSignal.timeout(connection.answerTimeoutMs ?? defaultAnswerTimeoutMs),
    })
    .catch((error: unknown) => {
      throw failed(describeError(error), kindOfError('POST', error))
    })
  // The status says it all; what is left unread keeps the connection busy.
  await response.body?.cancel()
  if (!response.ok)
    throw failed(String(response.status), kindOfStatus('POST', response.status), response.status)
}

/** Slack's own host over HTTPS, or exactly the origin's host that SLACK_API_URL names. */
function allowed(responseUrl: string, apiUrl: string | undefined): URL | undefined {
  if (!URL.canParse(responseUrl)) return undefined
  const url = new URL(responseUrl)
  if (url.username !== '' || url.password !== '') return undefined
  if (url.protocol === 'https:' && url.host === slackHost) return url
  const api = apiUrl !== undefined && URL.canParse(apiUrl) ? new URL(apiUrl) : undefined
  return api !== undefined && url.protocol === api.protocol && url.host === api.host ? url : undefined
}

function failed(what: string, kind: CallFailed['kind'], status?: number): CallFailed {
  return new CallFailed({ service: 'slack', kind, message: `slack response_url: ${what}`, status })
}
