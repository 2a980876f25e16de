/** What the tests of the local Slack share: a client that says nothing and does not repeat, and what it was refused. */
import { WebClient } from '@slack/web-api'
import type { Slack } from '../../sandbox/slack/slack.ts'

const ignore = () => undefined
/** A logger that keeps the expected refusals out of the output of the tests. */
export const silent = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  setLevel: ignore,
  getLevel: () => 'error' as never,
  setName: ignore,
}

/** A real WebClient that talks to the local Slack. */
export function clientOf(slack: Slack, token: string | undefined = slack.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  })
}

/** What Slack says is wrong with a call that must fail. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'it was accepted',
    (error: { readonly data?: { readonly error?: string } }) => error.data?.error ?? String(error),
  )
}
