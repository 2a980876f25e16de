/** What the request form puts into an issue’s description: a line for each entry. */
import type { Submission } from '../gitlab/gitlab.ts'

export const REQUEST_TYPES = [
  'GitLab.com Account Deletion',
  'Full Deletion',
  'GitLab.com Account Deletion - Deceased User',
  'Portal Account Deletion',
  'Marketing or Sales Account Deletion',
  'Data Access Request',
  'Data Export Request',
  'General Questions',
] as const

/** Not from the form: an e-mail written straight to the service desk. */
export const DIRECT_EMAIL = 'Direct e-mail, without the form'

export interface Form {
  readonly type: string
  readonly username: string
  readonly email: string
  readonly comment: string
  readonly country?: string | undefined
}

/** What the form answers by itself where it asks no challenge questions. */
const thanks = 'Thank you for your support request! We are tracking your request as ticket'
const answers: Readonly<Record<string, string>> = {
  'Portal Account Deletion': thanks,
  'Marketing or Sales Account Deletion': thanks,
  'Data Access Request': `${thanks}. Please reply to this e-mail, so that we know it is yours.`,
  'Data Export Request': `${thanks}. You can export your projects yourself: in each of them, under Settings, General, Advanced.`,
  'General Questions': thanks,
}

export function submissionOf({ type, username, email, comment, country }: Form): Submission {
  if (type === DIRECT_EMAIL)
    return { title: 'Please delete my account', description: comment, email, autoResponse: undefined }
  const lines = [
    `Request Type: ${type}`,
    `GitLab Username: ${username}`,
    `Email Address: ${email}`,
    `Country: ${country ?? 'Netherlands'}`,
    `Comments: ${comment}`,
    'I confirm that I am the owner of this account: Yes',
  ]
  const submission = { title: `Personal Data Request: ${type}`, description: lines.join('\n\n'), email }
  const autoResponse = answers[type]
  return autoResponse === undefined ? submission : { ...submission, autoResponse }
}
