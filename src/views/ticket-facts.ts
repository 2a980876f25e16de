/** What is known of a ticket, as lines of the card: never its text, its subject or a name. */
import type { ExpertIssue } from '../engine/request.ts'
import { weekdayText } from '../engine/time.ts'
import type { CardState } from './card-state.ts'
import { at } from './clock-text.ts'
import { isClosed } from './decisions.ts'
import { escaped, link } from './escape.ts'

/** What somebody should know before they decide. */
export function ticketFlagLines(state: CardState): readonly string[] {
  const { facts } = state.request
  return [
    facts.unreadable &&
      `*Can't be read in Zendesk:* it answers ${facts.unreadable.status} since ${at(state, facts.unreadable.since)}. The ticket was deleted, merged or hidden from the bot.`,
    !isClosed(state) &&
      facts.reopenedAt &&
      `*Reopened* ${at(state, facts.reopenedAt)}: it was solved before, so read the earlier answers too.`,
    !isClosed(state) && facts.lastReplyAt && `The requester last wrote ${at(state, facts.lastReplyAt)}.`,
    facts.lastPublicReplyAt && `The requester last got an answer ${at(state, facts.lastPublicReplyAt)}.`,
    isClosed(state) && facts.closedOutside && `${closedText(state)}: the bot sent nothing.`,
  ].filter((line) => typeof line === 'string')
}

/** The expert team's issue and the report that was promised. */
export function ticketWorkLines(state: CardState): readonly string[] {
  const { expertIssue, promisedReport } = state.request.facts
  return [
    ...(expertIssue ? [expertLine(expertIssue, state)] : []),
    ...(promisedReport
      ? [
          `Compliance report: *${escaped(promisedReport.report, 60)}*, promised for ${weekdayText(promisedReport.sendOn)}.`,
        ]
      : []),
  ]
}

/** How it was closed, where the last that happened to it is just that. */
function closedText({ request: { facts } }: CardState): string {
  const { lastMove } = facts
  return lastMove?.by === 'zendesk' ? escaped(lastMove.what, 150) : 'Solved in Zendesk, not by the bot'
}

function expertLine({ team, url, answeredAt, closed }: ExpertIssue, state: CardState): string {
  const wrote = answeredAt === undefined ? 'nothing written yet' : `last wrote ${at(state, answeredAt)}`
  return `${escaped(team, 100)}: ${link(url, 'issue in GitLab')}, ${wrote}${closed ? ', closed' : ''}.`
}
