// Which reason the Start modal proposes, read from the form's comment. Only a proposal: a person picks.
import { withoutInvisibles } from './markup.ts'

export type RequestReason = 'lost_2fa' | 'lost_access'

const loss =
  /\b(?:lost|lose|losing|loss|no longer|no access|any ?more|can'?t|cannot|can not|could not|couldn'?t|unable|don'?t have|do not have|doesn'?t work|without|forgot|forgotten|locked out|broken|broke|stolen|deleted|expired|closed|hacked)\b/
const secondFactor =
  /\b(?:2fa|mfa|2[ -]factor|two[ -]?factor|authenticator|recovery codes?|one[ -]time (?:passwords?|codes?)|otp|totp|security key)\b/
const mailbox = /\b(?:e-?mails?|mailbox|inbox|mail account|mail address)\b/

/**
 * "References lost 2FA or loss of access to the email address connected to the account", by the sentence.
 * A comment that speaks of both gives none, since the labels share a scope.
 */
export function suggestedReason(comment: string): RequestReason | undefined {
  const sentences = withoutInvisibles(comment.slice(0, 10_000))
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .toLowerCase()
    .split(/[.!?](?=\s|$)|\n/)
    .filter((sentence) => loss.test(sentence))
  const lost2fa = sentences.some((sentence) => secondFactor.test(sentence))
  const lostAccess = sentences.some((sentence) => mailbox.test(sentence))
  if (lost2fa === lostAccess) return undefined
  return lost2fa ? 'lost_2fa' : 'lost_access'
}
