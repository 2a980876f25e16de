/** Uploads a picture in three steps: https://docs.slack.dev/messaging/working-with-files#upload */
import { z } from 'zod'
import { CallFailed, describeError, kindOfError, kindOfStatus } from '../call-failed.ts'
import type { Caller, SlackConnection } from './caller.ts'

/** A picture to be uploaded. Without a channel nobody sees it but where a block names it. */
export interface Picture {
  readonly name: string
  readonly title: string
  /** For screen readers. */
  readonly altText: string
  readonly bytes: Buffer
}

const UploadUrl = z
  .object({ upload_url: z.string(), file_id: z.string() })
  .transform(({ upload_url: url, file_id: id }) => ({ url, id }))

/** Slack's own address for uploads. */
const uploadHost = new URL('https://files.slack.com').host
const defaultTimeoutMs = 10_000

/** Uploads it and returns the file's id. Throws `SlackCallFailed` and `CallFailed`; the scope is `files:write`. */
export async function uploadPicture(
  { write }: Caller,
  { fetch, apiUrl, timeoutMs = defaultTimeoutMs }: Pick<SlackConnection, 'fetch' | 'apiUrl' | 'timeoutMs'>,
  { name, title, altText, bytes }: Picture,
): Promise<string> {
  const given = { filename: name, length: bytes.length, alt_txt: altText }
  const { url, id } = await write('files.getUploadURLExternal', given, UploadUrl)
  if (!isSlacks(url, apiUrl))
    throw failed('is not an address of Slack, so nothing was sent there', 'not-done')
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw failed(describeError(error), kindOfError('POST', error))
  })
  await response.body?.cancel()
  if (!response.ok) throw failed(String(response.status), kindOfStatus('POST', response.status))
  await write('files.completeUploadExternal', { files: [{ id, title }] })
  return id
}

/** Slack's own host over HTTPS, or exactly the origin that SLACK_API_URL names. */
function isSlacks(url: string, apiUrl: string | undefined): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, origin, username, password } = new URL(url)
  if (username !== '' || password !== '') return false
  if (protocol === 'https:' && host === uploadHost) return true
  return apiUrl !== undefined && URL.canParse(apiUrl) && origin === new URL(apiUrl).origin
}

function failed(what: string, kind: CallFailed['kind']): CallFailed {
  return new CallFailed({ service: 'slack', kind, message: `slack upload: ${what}` })
}
