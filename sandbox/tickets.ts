/** The e-mails of the examples: to security@ what the handbook's ways of handling a ticket are for, and to support two for the form. */
import { type Submission, supportGroupId } from './zendesk/zendesk.ts'

export interface Example extends Submission {
  readonly text: string
}

export const encryption: Example = {
  subject: 'Encryption at rest',
  from: { name: 'Priyanka Das', email: 'priyanka@example.com' },
  ccs: [{ name: 'Audit of Example Ltd', email: 'audit@example.com' }],
  text: 'Hello,\n\nour auditors ask how our repositories on GitLab.com are encrypted at rest, and who holds the keys. Where can I read that?\n\nRegards,\nPriyanka',
}

export const questionForExpert =
  'Somebody asks how repositories on GitLab.com are encrypted at rest and who holds the keys. What may we answer?'

export const answerOfExpert =
  'Hello,\n\nall data on GitLab.com is encrypted at rest by our cloud provider, which manages the keys. The details are in our Trust Center: https://about.gitlab.com/security/\n\nKind regards,\nGitLab Field Security'

export const copyright: Example = {
  subject: 'Notice of copyright infringement',
  from: { name: 'Studio Fjord', email: 'legal@example.org' },
  text: 'A project on GitLab.com holds photographs of ours that we have not licensed. Please remove them. We declare that we act for the owner of the rights.',
}

export const vulnerability: Example = {
  subject: 'Stored XSS in <b>wiki</b> pages',
  from: { name: 'Rook', email: 'rook@example.net' },
  text: 'Hi team,\n\nI have found a way to run script in a wiki page:\n\n    <img src=x onerror="alert(document.domain)">\n\nWhere do I send the details, and is there a bounty?\n\nRook',
}

export const complianceReport: Example = {
  subject: 'SOC 2 report',
  from: { name: 'Lena Ostrowska', email: 'lena@example.com' },
  text: 'Hello,\n\nwe are a customer (Example Ltd) and need your latest SOC 2 Type 1 report for our vendor review. How do we get it?\n\nLena Ostrowska',
}

export const lostTwoFactor: Example = {
  subject: 'Lost my phone, locked out',
  from: { name: 'Mateo Ruiz', email: 'mateo@example.com' },
  text: 'I have a new phone and no codes for two-factor authentication any more. Please reset it, I can’t work.',
}

const support = { recipient: 'support@gitlab.com', groupId: supportGroupId }

/** For `/privacy redirect-ticket`: they belong on the form. */
export const toSupport: readonly Example[] = [
  {
    ...support,
    subject: 'Delete my account',
    text: 'Please delete my account, I do not use it any more.',
  },
  {
    ...support,
    subject: 'My data',
    text: 'Which data do you hold about me? Send me a copy, please.',
  },
]
