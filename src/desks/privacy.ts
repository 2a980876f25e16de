/** Personal data requests: issues of the Service Desk project, worked by Support and Privacy within 30 days. */

import { misdirectedRules, privacyRules } from '../flows/desks.ts'
import { flows } from '../flows/index.ts'
import { type Desk, isUnfinished } from './desk.ts'

const people = 'support engineers, support managers and Privacy'
/** The description of the privacy desk. */
export const privacy: Desk = {
  ...privacyRules,
  people: [
    { name: 'support-engineer', variable: 'SUPPORT_ENGINEERS', isWholeChannel: true },
    { name: 'support-manager', variable: 'SUPPORT_MANAGERS' },
    { name: 'privacy', variable: 'PRIVACY_TEAM' },
  ],
  internalNote: 'internal-note',
  channelVariable: 'PRIVACY_CHANNEL',
  flows: Object.values(flows).filter(({ desk }) => desk === privacyRules || desk === misdirectedRules),
  words: {
    title: '#{number} {flow}',
    link: 'Issue #{number} in GitLab',
    noun: 'request',
    handbookPage:
      'https://handbook.gitlab.com/handbook/support/workflows/account_deletion_access_request_workflows/',
    outsider: 'GitLab user {id}',
    details: 'Show Details',
    whyUnreadable: 'The issue was moved, deleted or hidden from the bot.',
    rolesOnly: `Only ${people} can do that.`,
    unknown: 'I’m not tracking #{number}. Start with `/privacy track {number}`.',
    unknownToClaim: 'I’m not tracking #{number}. Start with `/privacy track {number}`.',
  },
  command: {
    name: '/privacy',
    filters: ['overdue', 'mine', 'unassigned', 'waiting', 'approval'],
    narrowedBy: 'type',
    also: ['track', 'redirect-ticket', 'digest', 'stats', 'audit'],
    usage: [
      [
        'list',
        'open requests, by due date; narrow with `overdue`, `mine`, `unassigned`, `waiting`, `approval` or a request type',
      ],
      ['show 123', 'what comes next of a request, its deadlines, history and buttons'],
      ['track 123', 'start tracking an issue'],
      ['claim 123', 'assign it to you'],
      ['redirect-ticket 456 deletion|access|both', 'reply with the form’s link and solve the Zendesk ticket'],
      ['digest', 'today’s digest, to you; `digest post` posts it in the channel (support managers)'],
      ['stats 30d', 'how many came in and were closed, how fast and how many on time, in the last 30 days'],
      ['audit 123', 'the whole history of a request'],
      ['help', 'show this list'],
    ],
  },
  reminders: {
    whom: 'support-manager',
    worker: 'support-engineer',
    dueSoon: '{request} is due {lastDay}, {left}{limit}.{next}',
    overdue: '{request} was due {lastDay} and is overdue.{next}',
  },
  digest: {
    name: 'digest',
    title: 'Privacy requests',
    closed: [
      [
        'The requester replied after the close: read it',
        ({ facts }, news) => facts.repliedAfterClose !== undefined && news.has('requester-replied'),
      ],
      ['Closed by hand: finish it', isUnfinished],
    ],
    closedDays: 60,
    counts: {
      new: ({ flow }, news) => !flow.isCountedOnly && news.has('opened'),
      closed: ({ flow, request }, news) =>
        !flow.isCountedOnly &&
        request.facts.checksFailedAt === undefined &&
        request.closedAt !== undefined &&
        news.has('ended'),
      invalid: ({ flow, request }, news) =>
        flow.isCountedOnly === true
          ? news.has('opened')
          : request.facts.checksFailedAt !== undefined && request.closedAt !== undefined && news.has('ended'),
    },
    showsAuditHead: true,
  },
}
