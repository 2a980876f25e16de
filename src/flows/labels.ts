/** The handbook's labels, to the letter. */

/** Every label the bot sets, removes or reads. Source: the handbook page, in its order. */
export const labels = [
  'account-deletion::invalid',
  'Invalid Request::Spam',
  'account-deletion::personal',
  'account-deletion::corporate',
  'RequestReason::lost_2fa',
  'RequestReason::lost_access',
  'Awaiting::Challenge Answers',
  'Account Verification Failed',
  'deletion request::denied',
  'denied-reason::no_response',
  'Deletion Request::Exception Approved',
  'data-access-request::denied',
  'Export Request::self-serve',
  'Export Request::complied',
] as const

/** One of the handbook's labels. */
export type Label = (typeof labels)[number]

/**
 * True when the label is one of the handbook's. Any other name is free text of the person who made it, so it is
 * neither kept nor shown.
 */
export function isHandbookLabel(name: string): name is Label {
  return (labels as readonly string[]).includes(name)
}
