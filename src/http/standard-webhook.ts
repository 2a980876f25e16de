/** Signed webhooks as Standard Webhooks defines them: https://www.standardwebhooks.com, used by GitLab's signing tokens. */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** A message with its signature, as its headers bring it. */
export interface SignedMessage {
  readonly id: string | undefined
  /** Whole seconds since 1970, as sent. */
  readonly timestamp: string | undefined
  /** Space-separated `v1,<base64>`; several while a secret is being replaced. */
  readonly signature: string
  readonly body: Buffer
}

/** The difference allowed between the sender's clock and ours, either way, and the time in which a recorded message could be sent again. */
const toleranceSeconds = 300

/**
 * Tells whether one of the signatures is right and the message is of now. `secret` is `whsec_` and the key in base64.
 */
export function isSignedBy(secret: string, message: SignedMessage, now: Date): boolean {
  const { id, timestamp, signature, body } = message
  // A plain secret token is no key: read as base64, which ends at the first `=`, one is left of a byte or two.
  if (!secret.startsWith('whsec_')) return false
  if (!id || !timestamp || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > toleranceSeconds) return false
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  // An empty key would let everyone sign: what is no base64 decodes to nothing.
  if (key.length === 0) return false
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')
  // Compared as texts: several base64 texts can stand for the same bytes, and only one of them was sent.
  return signature.split(' ').some((given) => sameText(given, `v1,${mac}`))
}

/** Compares two texts in a time that does not tell where they differ. */
export function sameText(given: string, expected: string): boolean {
  const one = Buffer.from(given)
  const other = Buffer.from(expected)
  return one.length === other.length && timingSafeEqual(one, other)
}
