/** How the Web API is asked: one attempt a call, own time limit, answers parsed. */
import { LogLevel, type WebClient, type WebClientOptions } from '@slack/web-api'
import type { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Fetch } from '../ask.ts'
import { parse } from '../parse.ts'
import { slackCallFailed } from './failure.ts'

export interface SlackConnection {
  readonly token: string
  readonly apiUrl?: string
  readonly fetch: Fetch
  readonly timeoutMs?: number
  readonly sleep: Clock['sleep']
}

/** Slack's own methods answer within a second; what takes ten is better looked up than waited for. */
const defaultTimeoutMs = 10_000

/** The WebClient's own defaults repeat a POST eleven times and wait out a 429 with the whole queue. */
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

export type Caller = ReturnType<typeof callerOf>

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
