/** Slack's signature over a request, as strict as it can be read: https://docs.slack.dev/authentication/verifying-requests-from-slack */
import { createHmac } from 'node:crypto'
import { sameText } from '../http/standard-webhook.ts'

interface SlackSigned {
  /** Whole seconds since 1970, as sent. */
  readonly timestamp: string | undefined
  /** `v0=` and the hex digest, as sent. */
  readonly signature: string | undefined
  readonly body: Buffer
}

/** How far Slack's clock may be from ours, either way, and how long a recorded request could be sent again. */
const toleranceSeconds = 300

/**
 * Without a time it says nothing of the age, which is Bolt's to judge. Bolt's own check (5.1.0, verify-request.js) takes a time of the future however far, `01e9` and other spellings of the
 * same number, and anything behind a second `=` of the signature.
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
