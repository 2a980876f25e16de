/**
 * "Account Deletion & Data Access Requests - Workflows", as a judge reads it: for each request type, what a decision has
 * to send, set, open and close, in which order, who may take it and from when. Written from the handbook page and
 * `flows.md`, and to be read beside them; it knows nothing of how the bot does it.
 */
import { type Decision, type Owed, type RequestType, type Role, support } from './words.ts'

const close: Owed = { close: true }
const label = (name: string): Owed => ({ label: name })
const labels = (...names: readonly string[]): readonly Owed[] => names.map(label)

// Stage 1: Submission Handling

/** "add the account-deletion::invalid label, add a comment to the issue with the snippet below, then close the issue" */
const closeDirectSubmission: Decision = {
  button: 'Close Direct Submission',
  source: 'Direct Email Submissions',
  by: support,
  owes: [label('account-deletion::invalid'), { reply: 'Request Closed - Request Submitted Directly' }, close],
}

/** "apply the label Invalid Request::Spam, then close the issue" */
const markSpam: Decision = {
  button: 'Mark Spam',
  source: 'Spam Submissions',
  by: support,
  owes: [label('Invalid Request::Spam'), close],
}

/** "apply the /duplicate quick action to the duplicate issues, and respond with the following before closing the duplicates" */
const closeDuplicate: Decision = {
  button: 'Close Duplicate',
  source: 'Duplicate Form Submissions',
  by: support,
  owes: [{ reply: 'Request Closed - Duplicate' }, { duplicate: true }],
}

/** A type that could not be read is set by a person: "never a guess" (flows.md). */
const setType: Decision = { button: 'Set Type', source: 'flows.md, Stage 1', by: support, owes: [] }

// Escalating to the Privacy Team: "Create a new related issue using the Privacy Escalation Meta Issue template."

const escalate: Decision = {
  button: 'Escalate to Privacy',
  source: 'Escalating to the Privacy Team',
  by: support,
  owes: [
    { internalNote: 'who and what they typed' },
    { issue: 'Privacy Escalation Meta Issue', project: 'service desk', isRelated: true },
    { call: ['privacy'] },
  ],
}

/** Beside the handbook: clocks that wait, or end later, are noted on the issue with who and why. */
const holds: readonly Decision[] = [
  {
    button: 'Pause Clocks',
    source: 'beside the handbook',
    by: [...support, 'privacy'],
    owes: [{ internalNote: 'who and what they typed' }],
  },
  {
    button: 'Resume Clocks',
    source: 'beside the handbook',
    by: [...support, 'privacy'],
    owes: [{ internalNote: 'who and what they typed' }],
  },
  {
    button: 'Extend Deadline',
    source: 'beside the handbook',
    by: ['privacy'],
    owes: [{ internalNote: 'who and what they typed' }],
  },
]

/** "a decision by mistake, as long as nothing was sent since": "internal note with who and why" (flows.md). */
const takesBack: readonly Decision[] = [
  {
    button: 'Not an Answer',
    source: 'flows.md, Account deletion',
    by: support,
    owes: [{ internalNote: 'who and what they typed' }],
  },
  {
    button: 'Undo Step',
    source: 'flows.md, Account deletion',
    by: [...support, 'privacy'],
    owes: [{ internalNote: 'who and what they typed' }],
  },
]

/** Beside the handbook: what somebody has closed by hand stays as it is, and nothing is sent. */
const leaveAsClosed: Decision = {
  button: 'Leave as Closed',
  source: 'beside the handbook',
  by: support,
  owes: [],
}

/** Open at every open step of every privacy request, or where it was closed by hand. */
export const everyRequest: readonly Decision[] = [
  ...[markSpam, closeDuplicate, escalate, leaveAsClosed],
  ...holds,
  ...takesBack,
]

/** Of an issue in which no type can be read, and of one that was mailed past the form. */
export const unknownType: readonly Decision[] = [setType, closeDirectSubmission]

// Step 1: Await Challenges

/** "note the 3 labels that are set … and 1 label is removed: Awaiting::Challenge Answers" */
const closeNoResponse = (days: number, reply: Owed, ...after: readonly Owed[]): Decision => ({
  button: 'Close No Response',
  source: 'No Response',
  by: support,
  opensAfter: { days, since: 'creation' },
  toSilence: true,
  owes: [
    { internalNote: 'who and what they typed', onlyIf: { reason: true } },
    reply,
    ...labels('Account Verification Failed'),
    ...after,
    close,
  ],
})

const challengesUnanswered: readonly Owed[] = [
  ...labels('deletion request::denied', 'denied-reason::no_response'),
  { unlabel: 'Awaiting::Challenge Answers' },
]

/** "Step 1: Await Challenges", numbers 1 and 2 */
const start: Decision = {
  button: 'Start',
  source: 'Step 1: Await Challenges',
  by: support,
  owes: [
    { ...label('account-deletion::personal'), onlyIf: { chosen: 'Free' } },
    { ...label('account-deletion::corporate'), onlyIf: { chosen: 'Corporate' } },
    { ...label('RequestReason::lost_2fa'), onlyIf: { chosen: 'Lost 2FA' } },
    { ...label('RequestReason::lost_access'), onlyIf: { chosen: 'Lost access' } },
    // Of what was chosen before and no more no label stays.
    { unlabel: 'account-deletion::corporate', onlyIf: { chosen: 'Free' } },
    { unlabel: 'account-deletion::personal', onlyIf: { chosen: 'Corporate' } },
    { unlabel: 'RequestReason::lost_access', onlyIf: { chosen: 'Lost 2FA' } },
    { unlabel: 'RequestReason::lost_2fa', onlyIf: { chosen: 'Lost access' } },
    { unlabel: 'RequestReason::lost_2fa', onlyIf: { chosen: 'None' } },
    { unlabel: 'RequestReason::lost_access', onlyIf: { chosen: 'None' } },
    label('Awaiting::Challenge Answers'),
  ],
}

/** "they came by a way that the bot can't see": "internal note with who said so" (flows.md). */
const answersReceived: Decision = {
  button: 'Answers Received',
  source: 'flows.md, Account deletion',
  by: support,
  owes: [{ internalNote: 'who' }],
}

// Step 1.5: Blocked or Banned Accounts

const selfInitiated: Decision = {
  button: 'Self-Initiated Deletion',
  source: 'Step 1.5: Blocked or Banned Accounts',
  by: support,
  owes: [{ reply: 'Account Blocked - User initiated account deletion' }],
}

// Step 2: Evaluate

/** "apply the Account Verification Failed and deletion request::denied labels, and respond with the following snippet before closing the issue" */
const failed = labels('Account Verification Failed', 'deletion request::denied')

const failVerification: Decision = {
  button: 'Fail Verification',
  source: 'Verification Failed',
  by: support,
  owes: [{ reply: 'Request Closed - Verification Failed' }, ...failed, close],
}

/** "If the above conditions are not met, respond with the following before closing the issue" */
const failException: Decision = {
  button: 'Fail Verification',
  source: 'Verification Failed - Sole Owner Exception',
  by: support,
  owes: [{ reply: 'Request Closed - Verification Failed (recent activity)' }, ...failed, close],
}

/** "to engage a Support Manager and Privacy for review and approval" */
const requestException: Decision = {
  button: 'Request Exception',
  source: 'Verification Failed - Sole Owner Exception',
  by: support,
  owes: [{ call: ['support manager', 'privacy'] }],
}

/** "approver will add Deletion Request::Exception Approved to the issue if approved" */
const approveException: Decision = {
  button: 'Approve Exception',
  source: 'Verification Failed - Sole Owner Exception',
  by: ['support manager'],
  approves: { also: 'privacy', notBy: 'Request Exception' },
  owes: [
    label('Deletion Request::Exception Approved'),
    { internalNote: 'who, what they typed and the evidence' },
  ],
}

// Step 2.5: Verification Passed - Unblock user

const trustAndSafety = 'GITLAB_TRUST_SAFETY_PROJECT'
const inReview: Owed = { reply: 'Account Blocked - For Security review' }

/** "Generally, this means opening a Trust and Safety issue for evaluation. Reply to the user to let them know." */
const passVerification: Decision = {
  button: 'Pass Verification',
  source: 'Step 2.5: Verification Passed - Unblock user',
  by: support,
  owes: [
    {
      issue: 'Account Reinstatement',
      project: 'trust and safety',
      isRelated: false,
      onlyIf: { chosen: 'Blocked' },
    },
    { ...inReview, onlyIf: { chosen: 'Blocked' } },
  ],
}

/** Where no project is configured, a person opens the issue and gives its link (flows.md). */
const passVerificationByHand: Decision = { ...passVerification, owes: [] }

const addReinstatementLink: Decision = {
  button: 'Add Reinstatement Link',
  source: 'Step 2.5: Verification Passed - Unblock user',
  by: support,
  owes: [{ ...inReview, onlyIf: { isNotSet: trustAndSafety } }],
}

const unblocked: Decision = {
  button: 'Account Unblocked',
  source: 'Step 2.5: Verification Passed - Unblock user',
  by: support,
  owes: [{ reply: 'Account Unblocked by Security', andTyped: true }],
}

/** "apply the Account Verification Failed and deletion request::denied labels to the issue, and close it with the following" */
const staysBlocked: Decision = {
  button: 'Account Stays Blocked',
  source: 'Step 2.5: Verification Passed - Unblock user',
  by: support,
  owes: [{ reply: 'Request Closed - Account Blocked by Security' }, ...failed, close],
}

// Step 3: Create Meta Issue

/** "Create a new confidential issue … and populate the issue title with the email address of the original request" */
const metaIssue = (template: string): Owed => ({
  issue: template,
  project: 'service desk',
  title: 'the e-mail address of the request',
  isRelated: true,
})

const startDeletion = (template: string, ...before: readonly Owed[]): Decision => ({
  button: 'Start Deletion',
  source: 'Step 3: Create Meta Issue',
  by: support,
  owes: [...before, metaIssue(template)],
})

const complete = (...owes: readonly Owed[]): Decision => ({
  button: 'Complete Request',
  source: 'Step 3: Create Meta Issue',
  by: support,
  owes: [{ internalNote: 'who and what they typed', onlyIf: { reason: true } }, ...owes, close],
})

const deletionComplete: Owed = { reply: 'Request Closed - Deletion Complete' }

const accountDeletion = (typeOfRequest: string, template: string, project: boolean): readonly Decision[] => [
  start,
  closeNoResponse(7, { reply: 'Request Closed - No Response' }, ...challengesUnanswered),
  answersReceived,
  selfInitiated,
  project ? passVerification : passVerificationByHand,
  failVerification,
  requestException,
  approveException,
  failException,
  ...(project ? [] : [addReinstatementLink]),
  unblocked,
  staysBlocked,
  startDeletion(template, {
    reply: 'Verification Succeeded - Deletion Process Started',
    replaced: { TYPE_OF_REQUEST: typeOfRequest },
  }),
  complete(deletionComplete),
]

// GitLab.com Account Deletion - Deceased User

const deceasedUser: readonly Decision[] = [
  { ...start, owes: [label('Awaiting::Challenge Answers')] },
  closeNoResponse(
    10,
    { reply: 'Request Closed - No Response (Account Deletion - Deceased User)' },
    ...challengesUnanswered,
  ),
  answersReceived,
  selfInitiated,
  { button: 'Pass Verification', source: 'Deceased User, number 4', by: support, owes: [] },
  // "If the user fails verification, please reach out to the #privacy-team_help Slack channel for further direction."
  {
    button: 'Ask Privacy',
    source: 'Deceased User, number 3.1',
    by: support,
    owes: [{ internalNote: 'who and what they typed' }, { call: ['privacy'] }],
  },
  // "or #privacy-team-help has provided instruction to continue with this request"
  { button: 'Continue', source: 'Deceased User, number 4', by: ['privacy'], owes: [] },
  {
    button: 'Fail Verification',
    source: 'Deceased User, number 3.2',
    by: ['privacy'],
    owes: [{ reply: 'Request Closed - Failed Verification' }, ...failed, close],
  },
  startDeletion(
    'Deletion Meta Issue - Deceased',
    { noteOn: 'gitlab-org/gitlab#330669' },
    { reply: 'Request Closed - Verification Pass' },
  ),
  complete(deletionComplete),
]

// Portal Account Deletion, and Marketing or Sales Account Deletion

const portal: readonly Decision[] = [
  startDeletion('Deletion Meta Issue - Customers Portal'),
  complete(deletionComplete),
]

/** "Unless the user responds back in the issue that they did not submit the request, proceed with the workflow." */
const marketing: readonly Decision[] = [
  startDeletion('Deletion Meta Issue - Marketing'),
  {
    button: 'Close Not Submitted',
    source: 'Marketing or Sales Account Deletion',
    by: support,
    owes: [close],
  },
  complete(deletionComplete),
]

// Data Access Requests

const dataAccess: readonly Decision[] = [
  closeNoResponse(
    7,
    { reply: 'Request Closed - No Response to Verify Email' },
    ...labels('data-access-request::denied', 'denied-reason::no_response'),
  ),
  // "Ensure the user has replied from the same email on the request issue"
  { button: 'Confirm E-mail', source: 'Data Access Requests, number 1', by: support, owes: [] },
  {
    button: 'Out of Scope',
    source: 'Data Access Requests, number 2',
    by: support,
    owes: [label('data-access-request::denied'), { reply: 'Request Closed - Out of Scope' }],
  },
  {
    button: 'Continue In Scope',
    source: 'Data Access Requests, number 2',
    by: support,
    owes: [{ unlabel: 'data-access-request::denied' }],
  },
  { button: 'Close Request', source: 'Data Access Requests, number 2', by: support, owes: [close] },
  {
    button: 'Start Report',
    source: 'Data Access Requests, number 3',
    by: support,
    owes: [metaIssue('personal_data_access_request')],
  },
  complete(),
]

// Data Export Requests (Right to Portability)

const dataExport: readonly Decision[] = [
  // "If the user is located in an embargoed country": nothing is sent to them, and who closed it is noted.
  {
    button: 'Close Embargoed',
    source: 'Data Export Requests, number 2',
    by: support,
    owes: [{ internalNote: 'who' }, close],
  },
  // "Keep this issue opened for 7 days and close after that time if there are no further updates."
  {
    button: 'Close Self-Serve',
    source: 'Data Export Requests, number 1',
    by: support,
    opensAfter: { days: 7, since: 'creation' },
    toSilence: true,
    owes: [close],
  },
  // "Manually send the customer the Verification Challenge questions through the issue."
  {
    button: 'Send Challenges',
    source: 'Data Export Requests, number 4',
    by: support,
    owes: [{ typedReply: true }, label('Awaiting::Challenge Answers')],
  },
  { button: 'Close Answered', source: 'Data Export Requests, number 3', by: support, owes: [close] },
  {
    ...closeNoResponse(7, { reply: 'Request Closed - No Response' }, label('denied-reason::no_response'), {
      unlabel: 'Awaiting::Challenge Answers',
    }),
    opensAfter: { days: 7, since: 'Send Challenges' },
  },
  answersReceived,
  { button: 'Pass Verification', source: 'Data Export Requests, number 5', by: support, owes: [] },
  {
    button: 'Fail Verification',
    source: 'Data Export Requests, number 5',
    by: support,
    owes: [{ typedReply: true }, label('Account Verification Failed'), close],
  },
  { button: 'Start Export', source: 'Data Export Requests, number 6', by: support, owes: [] },
  // "Share the request specific folder with the user and let them know they should download the files within 7 days."
  {
    button: 'Exports Shared',
    source: 'Data Export Requests, number 7',
    by: support,
    owes: [{ typedReply: true }],
  },
  // "After 7 days, unshare the request related folder and ask them to confirm they have the files."
  {
    button: 'Unshared',
    source: 'Data Export Requests, number 8',
    by: support,
    opensAfter: { days: 7, since: 'Exports Shared' },
    owes: [{ typedReply: true }],
  },
  // "Once their issue is resolved, close the issue and apply the Export Request::complied label."
  {
    button: 'Complete Request',
    source: 'Data Export Requests, number 9',
    by: support,
    owes: [label('Export Request::complied'), close],
  },
]

// General Questions

const generalQuestion: readonly Decision[] = [
  { button: 'Reply', source: 'General Questions, number 1', by: support, owes: [{ typedReply: true }] },
  {
    button: 'Ask Privacy',
    source: 'General Questions, number 2',
    by: support,
    owes: [{ internalNote: 'who and what they typed' }, { call: ['privacy'] }],
  },
  { button: 'Close Answered', source: 'General Questions, number 3', by: support, owes: [close] },
]

/** The operator's choices that the page leaves open. */
export interface Settings {
  /** It is known where Trust and Safety has its issues. */
  readonly hasTrustAndSafetyProject: boolean
}

/** What may be decided on a request of this type, beside what is open on every request. */
export function decisionsOf(type: RequestType, settings: Settings): readonly Decision[] {
  switch (type) {
    case 'GitLab.com Account Deletion':
      return accountDeletion(
        'GitLab.com account deletion',
        'Deletion Meta Issue - GitLab-com',
        settings.hasTrustAndSafetyProject,
      )
    case 'Full Deletion':
      return accountDeletion('full deletion', 'Deletion Meta Issue - Full', settings.hasTrustAndSafetyProject)
    case 'GitLab.com Account Deletion - Deceased User':
      return deceasedUser
    case 'Portal Account Deletion':
      return portal
    case 'Marketing or Sales Account Deletion':
      return marketing
    case 'Data Access Request':
      return dataAccess
    case 'Data Export Request':
      return dataExport
    case 'General Questions':
      return generalQuestion
  }
}

// What is owed without anybody's decision.

/** "Apply the Export Request::self-serve label.": on arrival. */
export const onArrival: Readonly<Partial<Record<RequestType, readonly Owed[]>>> = {
  'Data Export Request': [label('Export Request::self-serve')],
}

/** "If they reply after the issue has been closed, re-open the issue." In every other flow nothing is reopened. */
export const reopenedByReply: readonly RequestType[] = ['Data Export Request']

/**
 * "Notify #privacy-team_help of the request so that they can begin review of the evidence provided by the requester": in
 * the card's thread, once the requester has replied (flows.md).
 */
export const reviewedOnReply: { readonly type: RequestType; readonly calls: Role } = {
  type: 'GitLab.com Account Deletion - Deceased User',
  calls: 'privacy',
}

/** "No action is required.": of these no card, and nothing is written on them. */
export const failedChecks = { title: 'Invalid Request Received', label: 'account-deletion::invalid' } as const

/** "This workflow cannot be completed if the request indicates the user’s country is …" */
export const embargoed: { readonly type: RequestType; readonly countries: readonly string[] } = {
  type: 'Data Export Request',
  countries: [
    ...['Cuba', 'Iran', 'North Korea', 'Syria', 'Russia', 'Belarus', 'Crimea', 'Donetsk', 'Luhansk'],
    // As the page spells them.
    ...['Belaru', 'Luhanks'],
  ],
}

/**
 * "All requests must be fulfilled within 30 calendar days.": said before it ends, and once it is over (flows.md). Whoever
 * has it, or where nobody has it those who work such requests, while a few days are left; the managers on the last.
 */
export const fulfilment = {
  days: 30,
  calls: 'support manager',
  fewDays: { left: 5, calls: 'support engineer' },
} as const
