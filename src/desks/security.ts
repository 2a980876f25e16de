import { listed } from '../engine/request.ts'
import { securityRules } from '../flows/desks.ts'
import { flows } from '../flows/index.ts'
import { type SecurityDesk, securityTicket } from '../flows/security-ticket.ts'
import { type Desk, isUnfinished, type News, type Standing, stepOf } from './desk.ts'

const ownFlows = Object.values(flows).filter(({ desk }) => desk === securityRules)
/** The steps by which a list of tickets can be narrowed, as they are typed. */
const openSteps = ownFlows
  .flatMap(({ steps }) => Object.entries(steps))
  .flatMap(([name, { isClosed }]) => (isClosed ? [] : [`\`${name}\``]))

/** The description of the security desk, before anything is configured. */
export const security: Desk = {
  ...securityRules,
  people: [{ name: 'field-security', variable: 'FIELD_SECURITY' }],
  internalNote: 'ticket-note',
  channelVariable: 'SECURITY_CHANNEL',
  ownChannel: 'tickets are for Field Security only',
  flows: ownFlows,
  words: {
    title: '{flow} {number}',
    link: 'Ticket {number} in Zendesk',
    noun: 'ticket',
    // The folder of the team whose process it is.
    handbookPage:
      'https://handbook.gitlab.com/handbook/security/security-assurance/field-security/security-zendesk-process/',
    details: 'Read Ticket',
    whyUnreadable: 'The ticket was deleted, merged or hidden from the bot.',
    reopened: 'it was solved before, so read the earlier replies too.',
    rolesOnly: 'Only Field Security can do that.',
    unknown:
      'I’m not tracking ticket {number}: it isn’t in the Field Security queue, or it was solved long ago. `/security list` shows the open ones.',
    unknownToClaim:
      'I’m not tracking ticket {number}: it isn’t in the Field Security queue, or it was solved long ago.',
    serviceOff: 'Zendesk isn’t connected.',
    off: 'The security desk isn’t switched on here. For personal data requests, use /privacy help.',
  },
  command: {
    name: '/security',
    filters: ['overdue', 'mine', 'unassigned', 'waiting'],
    narrowedBy: 'step',
    also: ['batch', 'digest', 'stats', 'audit'],
    usage: [
      [
        'list',
        `open tickets, by due date; narrow with \`overdue\`, \`mine\`, \`unassigned\`, \`waiting\` or a step: ${listed(openSteps)}`,
      ],
      ['show 456', 'what comes next of a ticket, its deadline, history and buttons'],
      ['claim 456', 'assign it to you'],
      ['batch', 'the next distribution days and the compliance reports promised for them'],
      ['digest', 'today’s digest, to you; `digest post` posts it in the channel'],
      ['stats 30d', 'how many came in, how they were handled and how fast, in the last 30 days'],
      ['audit 456', 'the whole history of a ticket'],
      ['help', 'show this list'],
    ],
  },
  reminders: {
    whom: 'field-security',
    dueSoon: '{Request} is due {by}, {left}.{next}',
    overdue: '{Request} has been overdue since {end}.{next}',
  },
  digest: {
    name: 'security-digest',
    title: 'Security tickets',
    closed: [['Solved by hand, unanswered: answer it', isUnfinished]],
    closedDays: 60,
    counts: {
      new: (_standing, news) => news.has('opened'),
      solved: (standing, news) => isClosedNow(standing, news) && !isRedirected(standing),
      redirected: (standing, news) => isClosedNow(standing, news) && isRedirected(standing),
      reopened: (_standing, news) => news.has('ticket-reopened'),
    },
  },
  statistics: { title: 'Security tickets', within: 'the business day' },
  isReadFirst: true,
}

/** Returns the description of the security desk with what depends on the team's configuration. */
export function securityFor(settings: SecurityDesk): Desk {
  return { ...security, flows: [securityTicket(settings)] }
}

function isClosedNow({ request }: Pick<Standing, 'request'>, news: News): boolean {
  return request.closedAt !== undefined && news.has('ended')
}

function isRedirected(standing: Pick<Standing, 'request' | 'flow'>): boolean {
  return stepOf(standing)?.outcome === 'redirected'
}
