/** The tickets of the local Zendesk, and the one chosen with its comments, its e-mails and its expert team's issue. */
import type { LocalGitLab } from '../gitlab/gitlab.ts'
import { issueView } from '../gitlab/issue-view.ts'
import { plain } from '../zendesk/answers.ts'
import type { LocalZendesk, Ticket, User } from '../zendesk/zendesk.ts'
import { expertIssuesOf, issueShown } from './issues-shown.ts'

function ticketUrl(zendesk: LocalZendesk, { id }: Pick<Ticket, 'id'>): string {
  return `${zendesk.url}/agent/tickets/${id}`
}

/** The newest first; a deleted one stays, so that it can be restored. */
export function ticketsShown(zendesk: LocalZendesk, gitlab: LocalGitLab) {
  return [...zendesk.tickets.values()]
    .map((ticket) => ({
      id: ticket.id,
      subject: ticket.subject,
      status: statusOf(ticket),
      to: ticket.recipient.split('@')[0],
      url: ticketUrl(zendesk, ticket),
      /** The addresses of the issues that stand with it. */
      expertIssues: expertIssuesOf(gitlab, ticketUrl(zendesk, ticket)).map(
        (issue) => issueView(gitlab.url, issue).url,
      ),
    }))
    .reverse()
}

export function ticketShown(zendesk: LocalZendesk, gitlab: LocalGitLab, chosen: number | undefined) {
  const all = [...zendesk.tickets.values()]
  const ticket = all.find(({ id }) => id === chosen) ?? all.at(-1)
  if (!ticket) return undefined
  const { id, subject, recipient, createdAt, requester, ccs, tags, deleted } = ticket
  return {
    ...{ id, subject, recipient, createdAt, tags, deleted },
    url: ticketUrl(zendesk, ticket),
    status: statusOf(ticket),
    isClosed: ticket.status === 'closed',
    requester: nameText(requester),
    ccs: ccs.map(nameText),
    group: zendesk.groups.find((group) => group.id === ticket.groupId)?.name,
    groups: zendesk.groups.filter((group) => group.id !== ticket.groupId && !group.deleted),
    /** What it may be merged into. */
    others: all
      .filter((other) => other !== ticket && !other.deleted && other.status !== 'closed')
      .map((other) => ({ id: other.id, subject: other.subject })),
    comments: commentsOf(zendesk, ticket),
    mails: zendesk.mails.filter((mail) => mail.id === id),
    expertIssues: expertIssuesOf(gitlab, ticketUrl(zendesk, ticket)).map((issue) =>
      issueShown(gitlab, issue),
    ),
  }
}

function commentsOf({ world }: LocalZendesk, ticket: Ticket) {
  return ticket.posted.map(({ authorId, body, isHtml, public: isPublic, createdAt }) => {
    const author = world.users.find((user) => user.id === authorId)
    const isAgent = author?.role === 'agent'
    return {
      author: author?.name ?? 'somebody',
      isRequester: authorId === ticket.requester.id,
      isPublic,
      mailed: isAgent && isPublic,
      text: plain({ body, isHtml }),
      at: createdAt,
    }
  })
}

function statusOf({ status, deleted }: Ticket): string {
  return deleted ? 'deleted' : status
}

function nameText({ name, email }: User): string {
  return name === email ? email : `${name} <${email}>`
}
