/** The names that the handbook and its form give, to the letter: labels and request types. */

/** The labels that the bot sets, removes or reads. Source: the handbook page, in its order. */
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

/** The title of each request type, to the letter of the form. */
export const requestTypes = {
  'account-deletion': 'GitLab.com Account Deletion',
  'full-deletion': 'Full Deletion',
  'deceased-user': 'GitLab.com Account Deletion - Deceased User',
  'portal-deletion': 'Portal Account Deletion',
  'marketing-deletion': 'Marketing or Sales Account Deletion',
  'data-access': 'Data Access Request',
  'data-export': 'Data Export Request',
  'general-question': 'General Questions',
} as const

/** The key of a request type. */
export type RequestType = keyof typeof requestTypes

/** The names that the form has for a type, or had; a team adds its own in config/desk.yaml. */
export const typeNames: Readonly<Record<RequestType, readonly string[]>> = {
  'account-deletion': ['GitLab.com Account Deletion', 'Account Deletion'],
  'full-deletion': ['Full Deletion', 'Account Deletion (full)'],
  'deceased-user': ['GitLab.com Account Deletion - Deceased User', 'Deceased User'],
  'portal-deletion': ['Portal Account Deletion'],
  'marketing-deletion': ['Marketing or Sales Account Deletion'],
  'data-access': ['Data Access Request', 'Data Access'],
  'data-export': ['Data Export Request', 'Data Export', 'Data Export (Right to Portability)'],
  'general-question': ['General Questions', 'General Question'],
}
