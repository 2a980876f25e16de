/** Zendesk's signature of a webhook: https://developer.zendesk.com/documentation/webhooks/verifying/ */
import { createHmac } from 'node:crypto'
import { sameText } from '../../http/standard-webhook.ts'

export interface SignedByZendesk {
  /** `X-Zendesk-Webhook-Signature`, in base64. */
  readonly signature: string | undefined
  /** `X-Zendesk-Webhook-Signature-Timestamp`, as sent. */
  readonly timestamp: string | undefined
  readonly body: Buffer
}

/** How far Zendesk's clock may be from ours, either way, and how long a recorded message could be sent again. */
const toleranceMs = 300_000

/** A time with its zone: without one, Date would take it for this machine's. */
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/** Whether the signature is right and the message is of now. */
export function isSignedByZendesk(secret: string, message: SignedByZendesk, now: Date): boolean {
  const { signature, timestamp, body } = message
  // An empty key would let everyone sign.
  if (secret === '' || !signature || !timestamp || !instant.test(timestamp)) return false
  const apartMs = Math.abs(now.getTime() - Date.parse(timestamp))
  // Asked this way round, a day that there is not (NaN) is refused.
  if (!(apartMs <= toleranceMs)) return false
  // The secret looks like base64, but its text is the key; and nothing stands between timestamp and body.
  const mac = createHmac('sha256', secret).update(timestamp).update(body).digest('base64')
  return sameText(signature, mac)
}
