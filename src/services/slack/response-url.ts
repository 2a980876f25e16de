/** Answers where a person clicked or typed, at Slack's own address and nowhere else. */
import type { Fetch } from '../ask.ts'
import { CallFailed, describeError, kindOfError, kindOfStatus } from '../call-failed.ts'

/** https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses */
const slackHost = 'hooks.slack.com'
/** A private answer is worth no longer wait than this. */
const defaultTimeoutMs = 5000

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
      signal: AbortSignal.timeout(connection.answerTimeoutMs ?? defaultTimeoutMs),
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
