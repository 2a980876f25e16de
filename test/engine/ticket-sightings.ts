/** What is seen of a ticket in Zendesk, and of the issue that an expert team answers it in. */
import type { Observation } from '../../src/engine/event.ts'
import type { ExpertIssue } from '../../src/engine/request.ts'
import type { Instant } from '../../src/engine/time.ts'
import { type Attempt, chosen, isClosed, later, type State, type TicketUpdate } from './world.ts'

export const waysToSolve = ['solved', 'closed', 'merged', 'deleted', 'forwarded'] as const

const senders = ['requester', 'copy', 'somebody-else'] as const

export function seenOfTicket(
  { request, updates }: State,
  { what, which }: Pick<Attempt & { kind: 'see' }, 'what' | 'which'>,
  at: Instant,
): Observation {
  const others: readonly Observation[] = [
    { name: 'requester-replied', at },
    reopened(which, at),
    { name: 'ticket-solved', how: chosen(waysToSolve, which) ?? 'solved', at },
    { name: 'public-reply-seen', by: 'zendesk:6002', at: later(at, -which) },
    { name: 'ticket-reply-kept-internal', from: chosen(senders, which) ?? 'copy', at },
    { name: 'expert-issue-opened', issue: issueOf(which, {}), at },
    { name: 'expert-issue-seen', issue: issueOf(which, answerOf(which, at)), at },
    { name: 'expert-issue-seen', issue: issueOf(which, answerOf(which, at)), at },
    { name: 'issue-unreadable', status: 403, at },
    { name: 'issue-readable', at },
  ]
  // What the play would come to seldom, and is worth more: the latest first.
  const update = chosen([...updates].reverse(), chosen([0, 0, 1, 2], which) ?? 0)
  const rare = [...(update ? [refused(update, at)] : []), ...(isClosed(request) ? [reopened(which, at)] : [])]
  const observation = what % 2 === 0 ? chosen(rare, what / 2) : undefined
  // By its half: an odd number would only ever choose every second one of an even list.
  return observation ?? chosen(others, Math.floor(what / 2)) ?? { name: 'requester-replied', at }
}

/** By what the requester wrote, or by somebody's hand. */
function reopened(which: number, at: Instant): Observation {
  return { name: 'ticket-reopened', at, ...(which % 2 === 0 ? { isByReply: true } : {}) }
}

function refused({ decidedAt, backTo }: TicketUpdate, at: Instant): Observation {
  return {
    name: 'ticket-update-refused',
    changes: ['the requester wrote'],
    decidedAt,
    at,
    ...(backTo === undefined ? {} : { backTo }),
  }
}

function issueOf(which: number, given: Partial<ExpertIssue>): ExpertIssue {
  const iid = which % 5 === 0 ? 8 : 7
  return {
    iid,
    url: `https://gitlab.example/experts/-/issues/${iid}`,
    team: 'an expert team',
    project: 'gitlab-com/experts',
    closed: false,
    ...given,
  }
}

function answerOf(which: number, at: Instant): Partial<ExpertIssue> {
  return {
    closed: which % 3 === 0,
    ...(which % 2 === 0 ? { answeredAt: later(at, -(which % 7)) } : {}),
  }
}
