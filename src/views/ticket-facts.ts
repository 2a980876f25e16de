/** What is known of a ticket, as lines of the card: never its text, its subject or a name. */
import type { ExpertIssue, TicketEnd } from '../engine/request.ts'
import { weekdayText } from '../engine/time.ts'
import type { CardState } from '../requests/card-states.ts'
import { at } from './clock-text.ts'
import { isClosed } from './decisions.ts'
import { escaped, link } from './escape.ts'

/** What heads the card of a ticket that was closed in Zendesk. */
const endTitles: Readonly<Record<TicketEnd, string>> = {
  solved: 'Solved in Zendesk',
  closed: 'Closed in Zendesk',
  merged: 'Merged into another ticket in Zendesk',
  deleted: 'Deleted in Zendesk',
  forwarded: 'Given to support in Zendesk',
}

/** Nothing where a decision closed it, and while it is open. */
export function ticketEndTitle(state: CardState): string | undefined {
  const { ticketEnd } = state.request.facts
  return ticketEnd && isClosed(state) ? endTitles[ticketEnd] : undefined
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

function expertLine({ team, url, answeredAt, closed }: ExpertIssue, state: CardState): string {
  const wrote = answeredAt === undefined ? 'nothing written yet' : `last wrote ${at(state, answeredAt)}`
  return `${escaped(team, 100)}: ${link(url, 'issue in GitLab')}, ${wrote}${closed ? ', closed' : ''}.`
}
