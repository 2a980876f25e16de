/**
 * What the handbook demands of every flow, decision by decision, written down a second time and apart from src/flows:
 * who may take it, when, what it does in which order, and where it leads. The judge of the exhaustive check.
 */
import type { Input } from '../../src/engine/event.ts'
import type { Facts, Role } from '../../src/engine/request.ts'

/** What else a decision waits for. */
export type Need =
  /** The clock of the step is over. */
  | 'clock'
  /** The requester has not written since the clock started. */
  | 'silence'
  | 'a reply'
  /** Not of the security desk, not solved or gone, not redirected within a day. */
  | 'a ticket that is nobody’s'
  /** A message of the requester since which nothing was decided. */
  | 'a fresh reply'
  /** One since the clock of the step at which a reply is awaited still. */
  | 'an awaited reply'
  | 'meta issue done, or a reason'
  | 'reinstatement issue'
  | 'no reinstatement issue'
  | 'no Trust and Safety project'
  | 'administrator token'
  | 'an address'
  | 'an issue address'
  | 'another open request'
  | 'not escalated'
  /** Closed by hand, without the reply or the labels of any way to close it. */
  | 'unfinished'
  | 'running clocks'
  | 'held clocks'
  | 'a clock where one is named'
  | 'approval'
  | 'an embargo'
  | 'a customer where one is needed'
  | 'the promised day'

export interface Demand {
  readonly steps: readonly string[]
  readonly decision: string
  readonly button: string
  readonly who: readonly Role[]
  readonly needs?: readonly Need[]
  /** `reply closed-duplicate`, `+label`, `-label`, `close`, `ask privacy`: in this order. */
  readonly does:
    | readonly string[]
    | ((input: Input, hasReplied: boolean, borne: readonly string[]) => readonly string[])
  /** Left out: it stays. */
  readonly next?: string | ((input: Input) => string)
  /** What is known of the request from then on. */
  readonly fact?: keyof Facts
}

export interface Length {
  readonly length: { readonly days: number } | { readonly businessDays: number } | 'promised day'
  readonly since: 'created' | 'entered' | 'opened' | 'last answer'
}

export interface FlowDemands {
  readonly entrances: readonly string[]
  readonly closed: readonly string[]
  readonly demands: readonly Demand[]
  readonly clocks: Readonly<Record<string, Length>>
  /** Observation, and where it leads; from a step, or from any that is open. */
  readonly seen: readonly {
    readonly from: string
    readonly what: string
    readonly to: string
    readonly does?: readonly string[]
    readonly fact?: keyof Facts
  }[]
  /** What is done on the way into a step, after what the decision itself does. */
  readonly entering?: Readonly<Record<string, (hasProject: boolean) => readonly string[]>>
  /** Verification is passed here: no spam, no duplicate. */
  readonly verified: readonly string[]
  /** False where the handbook asks for no verification. */
  readonly isVerificationNeeded: boolean
  /**
   * What sends nothing, so that Undo Step takes it back as long as nothing was sent since: a decision (`to` a step, where
   * only that way of it sends nothing) or what was seen.
   */
  readonly takenBack: readonly string[]
  /** Whoever has led it here hears from the thread what another decides. */
  readonly answersAsker?: readonly string[]
  /** Only closing without a word to the requester is left for an embargoed country. */
  readonly heedsEmbargo?: true
}

const support: readonly Role[] = ['support-engineer', 'support-manager']
const failed = ['+Account Verification Failed', '+deletion request::denied']

function stageOne(open: readonly string[], verified: readonly string[]): readonly Demand[] {
  const steps = open.filter((step) => !verified.includes(step))
  return [
    {
      steps,
      decision: 'mark-spam',
      button: 'Mark Spam',
      who: support,
      does: ['+Invalid Request::Spam', 'close'],
      next: 'closed',
    },
    {
      steps,
      decision: 'close-duplicate',
      button: 'Close Duplicate',
      who: support,
      needs: ['another open request'],
      does: ({ stays }) => [`reply closed-duplicate #123=#${stays}`, `duplicate of ${stays}`],
      next: 'closed',
    },
  ]
}

function everyRequest(open: readonly string[], verified: readonly string[]): readonly Demand[] {
  const clocks = [...support, 'privacy'] as const
  return [
    ...stageOne(open, verified),
    leaveAsClosed(['closed'], support),
    {
      steps: open,
      decision: 'escalate-to-privacy',
      button: 'Escalate to Privacy',
      who: support,
      needs: ['not escalated'],
      does: ['note', 'open escalation: Privacy Escalation Meta Issue', 'ask privacy'],
    },
    {
      steps: open,
      decision: 'pause-clocks',
      button: 'Pause Clocks',
      who: clocks,
      needs: ['running clocks'],
      does: ['note'],
      fact: 'pauses',
    },
    {
      steps: open,
      decision: 'resume-clocks',
      button: 'Resume Clocks',
      who: clocks,
      needs: ['held clocks'],
      does: ['note'],
    },
    {
      steps: open,
      decision: 'extend-deadline',
      button: 'Extend Deadline',
      who: ['privacy'],
      needs: ['a clock where one is named'],
      does: ['note'],
      fact: 'extensions',
    },
  ]
}

function noResponse(step: string, reply: string, labels: readonly string[]): Demand {
  return {
    steps: [step],
    decision: 'close-no-response',
    button: 'Close No Response',
    who: support,
    needs: ['clock', 'silence'],
    does: [`reply ${reply}`, ...labels, 'close'],
    next: 'closed',
  }
}

/** Of every request: what no step is left by. */
const held = ['pause-clocks', 'resume-clocks', 'extend-deadline']

const leaveAsClosed = (closed: readonly string[], who: readonly Role[]): Demand => ({
  steps: closed,
  decision: 'leave-as-closed',
  button: 'Leave as Closed',
  who,
  needs: ['unfinished'],
  does: [],
})

const byHand = [
  { from: 'open', what: 'issue-closed', to: 'closed' },
  { from: 'open', what: 'checks-failed', to: 'closed' },
  { from: 'closed', what: 'issue-reopened', to: 'where it stood' },
] as const
const startedByHand = {
  from: 'awaiting-answers',
  what: 'label Awaiting::Challenge Answers',
  to: 'awaiting-answers',
  fact: 'started',
} as const
const metaByHand = { from: 'open', what: 'meta-issue-made', to: 'deleting' } as const

const notAnAnswer = (step: string, next?: string, need: Need = 'a fresh reply'): Demand => ({
  steps: [step],
  decision: 'not-an-answer',
  button: 'Not an Answer',
  who: support,
  needs: [need],
  does: ['note'],
  ...(next === undefined ? {} : { next }),
  fact: 'noAnswerAt',
})

const answersReceived = (step: string): Demand => ({
  steps: [step],
  decision: 'answers-received',
  button: 'Answers Received',
  who: support,
  does: ['note'],
  next: 'evaluating',
})

const selfInitiated = (open: readonly string[]): Demand => ({
  steps: open,
  decision: 'self-initiated-deletion',
  button: 'Self-Initiated Deletion',
  who: support,
  does: ['reply blocked-user-initiated'],
  fact: 'selfInitiatedAt',
})

function complete(step: string, reply: readonly string[]): Demand {
  return {
    steps: [step],
    decision: 'complete-request',
    button: 'Complete Request',
    who: support,
    needs: ['meta issue done, or a reason'],
    does: ({ reason }) => [...(reason ? ['note'] : []), ...reply, 'close'],
    next: 'closed',
  }
}

const deletionComplete = complete('deleting', ['reply closed-deletion-complete'])

const startDeletion = (template: string, before: readonly string[] = []): Demand => ({
  steps: ['ready'],
  decision: 'start-deletion',
  button: 'Start Deletion',
  who: support,
  does: [...before, `open meta: ${template}`],
  next: 'deleting',
})

function accountDeletion(type: string, template: string): FlowDemands {
  const verified = ['security-review', 'ready', 'deleting']
  const open = ['awaiting-answers', 'evaluating', 'exception-review', ...verified]
  const fail = (step: string, reply: string): Demand => ({
    steps: [step],
    decision: 'fail-verification',
    button: 'Fail Verification',
    who: support,
    does: [`reply ${reply}`, ...failed, 'close'],
    next: 'closed',
  })
  return {
    entrances: ['awaiting-answers'],
    closed: ['closed'],
    clocks: { 'awaiting-answers': { length: { days: 7 }, since: 'created' } },
    verified,
    answersAsker: ['exception-review'],
    isVerificationNeeded: true,
    takenBack: [
      ...held,
      'requester-replied',
      'label Awaiting::Challenge Answers',
      'label Deletion Request::Exception Approved',
      'start',
      'answers-received',
      'not-an-answer',
      'pass-verification to ready',
      // Without a project a person is asked to open the issue, and the requester hears of it only then.
      'pass-verification to security-review without a project',
      'request-exception',
      'approve-exception',
    ],
    seen: [
      ...byHand,
      metaByHand,
      { from: 'awaiting-answers', what: 'requester-replied', to: 'evaluating' },
      startedByHand,
      { from: 'evaluating', what: 'label Deletion Request::Exception Approved', to: 'ready' },
      { from: 'exception-review', what: 'label Deletion Request::Exception Approved', to: 'ready' },
    ],
    entering: {
      'security-review': (hasProject) =>
        hasProject ? ['open reinstatement: Account Reinstatement', 'reply blocked-security-review'] : ['say'],
    },
    demands: [
      ...everyRequest(open, verified),
      selfInitiated(open),
      {
        steps: ['awaiting-answers'],
        decision: 'start',
        button: 'Start',
        who: support,
        // Of the choices that were not made no label stays.
        does: ({ accountType, requestReason }, _hasReplied, borne) => {
          const type = accountType === 'free' ? 'account-deletion::personal' : 'account-deletion::corporate'
          const reason = requestReason === 'none' ? [] : [`RequestReason::${requestReason}`]
          const set = [type, ...reason, 'Awaiting::Challenge Answers']
          const all = ['personal', 'corporate'].map((one) => `account-deletion::${one}`)
          const others = [...all, 'RequestReason::lost_2fa', 'RequestReason::lost_access']
          const off = others.filter((label) => borne.includes(label) && !set.includes(label))
          return [...set.map((label) => `+${label}`), ...off.map((label) => `-${label}`)]
        },
        fact: 'started',
      },
      noResponse('awaiting-answers', 'closed-no-response', [
        ...failed,
        '+denied-reason::no_response',
        '-Awaiting::Challenge Answers',
      ]),
      answersReceived('awaiting-answers'),
      notAnAnswer('evaluating', 'awaiting-answers'),
      notAnAnswer('awaiting-answers', undefined, 'an awaited reply'),
      {
        steps: ['evaluating'],
        decision: 'pass-verification',
        button: 'Pass Verification',
        who: support,
        does: [],
        next: ({ accountState }) => (accountState === 'active' ? 'ready' : 'security-review'),
      },
      fail('evaluating', 'closed-verification-failed'),
      {
        steps: ['evaluating'],
        decision: 'request-exception',
        button: 'Request Exception',
        who: support,
        does: ['gather evidence', 'ask support-manager, privacy'],
        next: 'exception-review',
        fact: 'exception',
      },
      {
        steps: ['evaluating', 'exception-review'],
        decision: 'approve-exception',
        button: 'Approve Exception',
        who: ['support-manager'],
        needs: ['approval'],
        does: ['+Deletion Request::Exception Approved', 'note'],
        next: 'ready',
        fact: 'approvals',
      },
      fail('exception-review', 'closed-verification-failed-recent-activity'),
      {
        steps: ['security-review'],
        decision: 'add-reinstatement-link',
        button: 'Add Reinstatement Link',
        who: support,
        needs: ['no Trust and Safety project', 'no reinstatement issue', 'an issue address'],
        does: ['reply blocked-security-review'],
        fact: 'reinstatementIssue',
      },
      {
        steps: ['security-review'],
        decision: 'account-unblocked',
        button: 'Account Unblocked',
        who: support,
        needs: ['reinstatement issue'],
        does: ({ furtherWords }) => [
          `reply unblocked-by-security${furtherWords ? ` + ${furtherWords}` : ''}`,
        ],
        next: 'ready',
      },
      {
        steps: ['security-review'],
        decision: 'account-stays-blocked',
        button: 'Account Stays Blocked',
        who: support,
        needs: ['reinstatement issue'],
        does: ['reply closed-blocked-by-security', ...failed, 'close'],
        next: 'closed',
      },
      startDeletion(template, [`reply verification-succeeded TYPE_OF_REQUEST=${type}`]),
      deletionComplete,
    ],
  }
}

function deceasedUser(): FlowDemands {
  const verified = ['ready', 'deleting']
  const open = ['awaiting-answers', 'evaluating', 'privacy-review', ...verified]
  return {
    entrances: ['awaiting-answers'],
    closed: ['closed'],
    clocks: { 'awaiting-answers': { length: { days: 10 }, since: 'created' } },
    verified,
    answersAsker: ['privacy-review'],
    isVerificationNeeded: true,
    takenBack: [
      ...held,
      'requester-replied',
      'label Awaiting::Challenge Answers',
      'start',
      'answers-received',
      'not-an-answer',
      'pass-verification',
      'ask-privacy',
      'continue',
    ],
    seen: [
      ...byHand,
      metaByHand,
      { from: 'awaiting-answers', what: 'requester-replied', to: 'evaluating', does: ['ask privacy'] },
      startedByHand,
    ],
    entering: { evaluating: () => ['ask privacy'] },
    demands: [
      ...everyRequest(open, verified),
      selfInitiated(open),
      {
        steps: ['awaiting-answers'],
        decision: 'start',
        button: 'Start',
        who: support,
        does: ['+Awaiting::Challenge Answers'],
        fact: 'started',
      },
      noResponse('awaiting-answers', 'closed-no-response-deceased', [
        ...failed,
        '+denied-reason::no_response',
        '-Awaiting::Challenge Answers',
      ]),
      answersReceived('awaiting-answers'),
      notAnAnswer('evaluating', 'awaiting-answers'),
      notAnAnswer('awaiting-answers', undefined, 'an awaited reply'),
      {
        steps: ['evaluating'],
        decision: 'pass-verification',
        button: 'Pass Verification',
        who: support,
        does: [],
        next: 'ready',
      },
      {
        steps: ['evaluating'],
        decision: 'ask-privacy',
        button: 'Ask Privacy',
        who: support,
        does: ['note', 'ask privacy'],
        next: 'privacy-review',
      },
      {
        steps: ['privacy-review'],
        decision: 'continue',
        button: 'Continue',
        who: ['privacy'],
        does: [],
        next: 'ready',
      },
      {
        steps: ['privacy-review'],
        decision: 'fail-verification',
        button: 'Fail Verification',
        who: ['privacy'],
        does: ['reply closed-verification-failed-deceased', ...failed, 'close'],
        next: 'closed',
      },
      startDeletion('Deletion Meta Issue - Deceased', [
        'note on the feature request',
        'reply verification-passed-deceased',
      ]),
      deletionComplete,
    ],
  }
}

/** Portal, and marketing or sales: "No verification." */
function plainDeletion(template: string, more: readonly Demand[] = []): FlowDemands {
  return {
    entrances: ['ready'],
    closed: ['closed'],
    clocks: {},
    verified: ['deleting'],
    isVerificationNeeded: false,
    takenBack: held,
    seen: [...byHand, metaByHand],
    demands: [
      ...everyRequest(['ready', 'deleting'], ['deleting']),
      startDeletion(template),
      deletionComplete,
      ...more,
    ],
  }
}

function dataAccess(): FlowDemands {
  const verified = ['reviewing', 'awaiting-choice', 'reporting']
  const denied = 'data-access-request::denied'
  return {
    entrances: ['awaiting-reply'],
    closed: ['closed'],
    clocks: { 'awaiting-reply': { length: { days: 7 }, since: 'created' } },
    verified,
    isVerificationNeeded: true,
    takenBack: [...held, 'not-an-answer', 'confirm-e-mail', 'continue-in-scope', 'out-of-scope again'],
    seen: [...byHand, { from: 'open', what: 'meta-issue-made', to: 'reporting' }],
    demands: [
      ...everyRequest(['awaiting-reply', ...verified], verified),
      {
        steps: ['awaiting-reply'],
        decision: 'confirm-e-mail',
        button: 'Confirm E-mail',
        who: support,
        needs: ['a reply'],
        does: [],
        next: 'reviewing',
      },
      notAnAnswer('awaiting-reply', undefined, 'an awaited reply'),
      noResponse('awaiting-reply', 'closed-no-response-data-access', [
        '+Account Verification Failed',
        `+${denied}`,
        '+denied-reason::no_response',
      ]),
      {
        steps: ['reviewing'],
        decision: 'start-report',
        button: 'Start Report',
        who: support,
        does: ['open meta: personal_data_access_request'],
        next: 'reporting',
      },
      {
        steps: ['reviewing'],
        decision: 'out-of-scope',
        button: 'Out of Scope',
        who: support,
        does: [`+${denied}`, 'reply data-access-out-of-scope'],
        next: 'awaiting-choice',
      },
      {
        steps: ['awaiting-choice'],
        decision: 'continue-in-scope',
        button: 'Continue In Scope',
        who: support,
        does: [`-${denied}`],
        next: 'reviewing',
      },
      {
        steps: ['awaiting-choice'],
        decision: 'close-request',
        button: 'Close Request',
        who: support,
        does: ['close'],
        next: 'closed',
      },
      complete('reporting', []),
    ],
  }
}

function dataExport(): FlowDemands {
  const verified = ['exporting', 'shared', 'confirming']
  const open = ['self-serve', 'helping', 'awaiting-answers', 'evaluating', ...verified]
  return {
    entrances: ['self-serve'],
    closed: ['closed'],
    clocks: {
      'self-serve': { length: { days: 7 }, since: 'created' },
      'awaiting-answers': { length: { days: 7 }, since: 'entered' },
      shared: { length: { days: 7 }, since: 'entered' },
    },
    verified,
    isVerificationNeeded: true,
    takenBack: [...held, 'requester-replied', 'answers-received', 'not-an-answer', 'pass-verification'],
    heedsEmbargo: true,
    seen: [
      ...byHand,
      { from: 'self-serve', what: 'requester-replied', to: 'helping' },
      { from: 'awaiting-answers', what: 'requester-replied', to: 'evaluating' },
      { from: 'closed', what: 'requester-replied', to: 'helping', does: ['reopen'] },
    ],
    entering: { 'self-serve': () => ['+Export Request::self-serve'] },
    demands: [
      ...everyRequest(open, verified),
      {
        steps: open,
        decision: 'close-embargoed',
        button: 'Close Embargoed',
        who: support,
        needs: ['an embargo'],
        does: ['note', 'close'],
        next: 'closed',
      },
      {
        steps: ['self-serve'],
        decision: 'close-self-serve',
        button: 'Close Self-Serve',
        who: support,
        needs: ['clock', 'silence'],
        does: ['close'],
        next: 'closed',
      },
      {
        steps: ['helping'],
        decision: 'send-challenges',
        button: 'Send Challenges',
        who: support,
        does: ({ challenges }) => [`write ${challenges}`, '+Awaiting::Challenge Answers'],
        next: 'awaiting-answers',
        fact: 'started',
      },
      {
        steps: ['helping'],
        decision: 'close-answered',
        button: 'Close Answered',
        who: support,
        does: ['close'],
        next: 'closed',
      },
      noResponse('awaiting-answers', 'closed-no-response', [
        '+Account Verification Failed',
        '+denied-reason::no_response',
        '-Awaiting::Challenge Answers',
      ]),
      answersReceived('awaiting-answers'),
      notAnAnswer('self-serve', undefined, 'an awaited reply'),
      notAnAnswer('helping', 'self-serve'),
      notAnAnswer('evaluating', 'awaiting-answers'),
      {
        steps: ['evaluating'],
        decision: 'pass-verification',
        button: 'Pass Verification',
        who: support,
        does: [],
        next: 'exporting',
      },
      {
        steps: ['evaluating'],
        decision: 'fail-verification',
        button: 'Fail Verification',
        who: support,
        does: ({ text }) => [`write ${text}`, '+Account Verification Failed', 'close'],
        next: 'closed',
      },
      {
        steps: ['exporting'],
        decision: 'start-export',
        button: 'Start Export',
        who: support,
        needs: ['administrator token'],
        does: ['start exports'],
      },
      {
        steps: ['exporting'],
        decision: 'exports-shared',
        button: 'Exports Shared',
        who: support,
        needs: ['an address'],
        does: ({ text, link }) => [`write ${text}\n\n${link}`],
        next: 'shared',
      },
      {
        steps: ['shared'],
        decision: 'unshared',
        button: 'Unshared',
        who: support,
        needs: ['clock'],
        does: ({ text }) => [`write ${text}`],
        next: 'confirming',
      },
      {
        steps: ['confirming'],
        decision: 'complete-request',
        button: 'Complete Request',
        who: support,
        does: ['+Export Request::complied', 'close'],
        next: 'closed',
      },
    ],
  }
}

function generalQuestion(): FlowDemands {
  return {
    entrances: ['answering'],
    closed: ['closed'],
    clocks: {},
    verified: [],
    isVerificationNeeded: false,
    takenBack: [...held, 'ask-privacy'],
    seen: byHand,
    demands: [
      // Whoever closes it by hand has done all that there is to do.
      ...everyRequest(['answering'], []).filter(({ decision }) => decision !== 'leave-as-closed'),
      {
        steps: ['answering'],
        decision: 'reply',
        button: 'Reply',
        who: support,
        does: ({ answer }) => [`write ${answer}`],
      },
      {
        steps: ['answering'],
        decision: 'ask-privacy',
        button: 'Ask Privacy',
        who: support,
        does: ['note', 'ask privacy'],
      },
      {
        steps: ['answering'],
        decision: 'close-answered',
        button: 'Close Answered',
        who: support,
        does: ['close'],
        next: 'closed',
      },
    ],
  }
}

/** No type that can be read, or sent by e-mail past the form. */
function submission(): FlowDemands {
  const open = ['type-unreadable', 'direct-e-mail']
  return {
    entrances: open,
    closed: ['closed'],
    clocks: {},
    verified: [],
    isVerificationNeeded: false,
    takenBack: [],
    seen: byHand,
    demands: [
      ...stageOne(open, []),
      leaveAsClosed(['closed'], support),
      {
        steps: open,
        decision: 'close-direct-submission',
        button: 'Close Direct Submission',
        who: support,
        does: ['+account-deletion::invalid', 'reply closed-submitted-directly', 'close'],
        next: 'closed',
      },
      {
        steps: open,
        decision: 'set-type',
        button: 'Set Type',
        who: support,
        // What the requester has written since counts as the answer that the type's first step waits for.
        does: ({ type }, hasReplied) => {
          if (type === 'data-export' && !hasReplied) return ['+Export Request::self-serve']
          return type === 'deceased-user' && hasReplied ? ['ask privacy'] : []
        },
        next: ({ type }) => `the flow ${type}`,
      },
    ],
  }
}

const security: readonly Role[] = ['field-security']

function securityTicket(): FlowDemands {
  const answer = (steps: readonly string[]): Demand => ({
    steps,
    decision: 'reply',
    button: 'Reply',
    who: security,
    does: ({ answer: text }) => [`comment ${text} and solve`],
    next: 'solved',
  })
  const referral = (decision: string, button: string): Demand => ({
    ...answer(['new']),
    decision,
    button,
    fact: 'handlings',
  })
  return {
    entrances: ['new'],
    closed: ['solved', 'redirected'],
    clocks: {
      new: { length: { businessDays: 1 }, since: 'opened' },
      'waiting-on-expert': { length: { businessDays: 5 }, since: 'last answer' },
      queued: { length: 'promised day', since: 'entered' },
    },
    verified: [],
    isVerificationNeeded: false,
    takenBack: [],
    seen: [
      { from: 'open', what: 'ticket forwarded', to: 'redirected' },
      { from: 'open', what: 'ticket-solved', to: 'solved' },
      { from: 'closed', what: 'ticket-reopened', to: 'new' },
    ],
    demands: [
      leaveAsClosed(['solved'], ['field-security']),
      { ...answer(['new']), fact: 'handlings' },
      answer(['waiting-on-expert', 'queued']),
      {
        steps: ['new'],
        decision: 'engage-expert',
        button: 'Engage Expert',
        who: security,
        does: ({ team, question, notice }) => [
          `open issue with ${team}: ${question}`,
          `comment ${notice}`,
          'link the issue',
        ],
        next: 'waiting-on-expert',
        fact: 'handlings',
      },
      {
        steps: ['waiting-on-expert'],
        decision: 'send-update',
        button: 'Send Update',
        who: security,
        does: ({ update }) => [`comment ${update}`],
      },
      {
        steps: ['new'],
        decision: 'redirect-support',
        button: 'Redirect: Support',
        who: security,
        does: ['forward to support'],
        next: 'redirected',
        fact: 'handlings',
      },
      referral('redirect-vulnerability', 'Redirect: Vulnerability'),
      referral('redirect-copyright', 'Redirect: Copyright'),
      {
        steps: ['new'],
        decision: 'compliance-report',
        button: 'Compliance Report',
        who: security,
        needs: ['a customer where one is needed'],
        does: ({ confirmation }) => [`comment ${confirmation}`, 'note on the ticket'],
        next: 'queued',
        fact: 'promisedReport',
      },
      {
        steps: ['queued'],
        decision: 'report-sent',
        button: 'Report Sent',
        who: security,
        needs: ['the promised day'],
        does: ({ notice }) => [`comment ${notice} and solve`],
        next: 'solved',
        fact: 'reportSentAt',
      },
    ],
  }
}

export const handbookDemands: Readonly<Record<string, FlowDemands>> = {
  'account-deletion': accountDeletion('GitLab.com account deletion', 'Deletion Meta Issue - GitLab-com'),
  'full-deletion': accountDeletion('full deletion', 'Deletion Meta Issue - Full'),
  'deceased-user': deceasedUser(),
  'portal-deletion': plainDeletion('Deletion Meta Issue - Customers Portal'),
  'marketing-deletion': plainDeletion('Deletion Meta Issue - Marketing', [
    {
      steps: ['ready'],
      decision: 'close-not-submitted',
      button: 'Close Not Submitted',
      who: support,
      does: ['close'],
      next: 'closed',
    },
  ]),
  'data-access': dataAccess(),
  'data-export': dataExport(),
  'general-question': generalQuestion(),
  submission: submission(),
  invalid: {
    entrances: ['closed'],
    closed: ['closed'],
    clocks: {},
    verified: [],
    isVerificationNeeded: false,
    takenBack: [],
    seen: [{ from: 'closed', what: 'issue-reopened', to: 'where it stood' }],
    demands: [],
  },
  'security-ticket': securityTicket(),
  'ticket-past-the-form': {
    entrances: ['sent-as-ticket'],
    closed: ['sent-to-form'],
    clocks: {},
    verified: [],
    isVerificationNeeded: false,
    takenBack: [],
    // No request is kept for it, so nothing is ever observed.
    seen: [],
    demands: [
      {
        steps: ['sent-as-ticket'],
        decision: 'send-to-form',
        button: 'Redirect Ticket',
        who: support,
        needs: ['a ticket that is nobody’s'],
        does: ({ to }) => [`comment that points to the form for ${to}, and solve`],
        next: 'sent-to-form',
      },
    ],
  },
}
