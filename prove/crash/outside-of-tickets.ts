/** What somebody outside can see of a ticket to Field Security, beside what was changed on it: its mails, its card, its expert's issue. */
import { cardsOfTicket } from './acts.ts'
import type { Desk } from './desk.ts'
import { type Outside, outsideOf, plainFor, shown, withoutNext } from './outside.ts'
import type { Subject } from './scenarios.ts'

/** Of a request it is the same as `outsideOf`. */
export async function outsideWithTickets(desk: Desk, subject: Subject): Promise<Outside> {
  const seen = await outsideOf(desk, subject)
  const { ticket } = subject
  if (ticket === undefined) return seen
  const cards = cardsOfTicket(desk, ticket)
  const plain = (text: string) => withoutDates(plainFor(subject)(text))
  const card = cards.length > 0 ? shown(desk, cards.at(-1)) : 'no card'
  return {
    ...seen,
    done: seen.done.map(withoutDates),
    once: [...seen.once, ...[...mailsOf(desk, ticket), ...expertIssuesOf(desk, ticket)].map(plain)],
    said: [
      ...seen.said,
      ...cards.flatMap(({ ts }) => desk.slack.thread(ts).map(({ text }) => plain(withoutNext(text)))),
    ],
    cards: cards.length,
    card: plain(card),
    state: plain(stateOf(desk, ticket)),
  }
}

function mailsOf({ zendesk }: Desk, ticket: number): readonly string[] {
  return zendesk.mails
    .filter(({ id }) => id === ticket)
    .map(({ to, text }) => `mail to ${to.join(', ')}: ${text}`)
}

/** Opened for this ticket, in whatever project. */
function expertIssuesOf({ gitlab }: Desk, ticket: number): readonly string[] {
  return gitlab.world.issues
    .filter(({ title }) => title.startsWith(`Security ticket ${ticket}:`))
    .map(
      ({ title, description, confidential, labels }) =>
        `expert issue: ${title}, confidential ${confidential}, ${labels.join(', ')}, ${description}`,
    )
}

function stateOf({ zendesk }: Desk, ticket: number): string {
  const { status, groupId, tags } = zendesk.ticket(ticket)
  return `${status}, group ${groupId ?? 'none'}, ${tags.join(' ')}`
}

/** Time goes on from one try to the next, where a report is waited for. */
function withoutDates(text: string): string {
  return text.replace(/\b(?:\w+day )?\d{1,2} [A-Z][a-z]+ 20\d\d\b/g, 'DATE')
}
