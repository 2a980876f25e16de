/** At rest the desk knows each ticket as Zendesk has it; whoever is open has a card, a clock and a place on the list. */
import { PEOPLE } from '../../../sandbox/slack/people.ts'
import { supportGroupId, type Ticket } from '../../../sandbox/zendesk/zendesk.ts'
import { securityTicket } from '../../../src/flows/security-ticket.ts'
import type { RequestRow } from '../../../src/store/store.ts'
import type { Evidence } from '../check.ts'
import { textOf } from './requests.ts'

const ticketFlow = securityTicket({
  expertTeams: ['Application Security'],
  hasSupportGroup: true,
  updateAfterBusinessDays: 5,
})

export async function checkTicketQueue(evidence: Evidence): Promise<void> {
  for (const ticket of evidence.world.zendesk.tickets.values()) {
    const row = await evidence.store.tables.requests.byIid(ticket.id, 'zendesk')
    if (row) checkKnown(evidence, ticket, row)
    else if (isInQueue(ticket)) evidence.findings.missing.push(`ticket ${ticket.id} came in and is not known`)
  }
  for (const row of await evidence.store.tables.requests.open('zendesk')) checkOpen(evidence, row)
  checkPromises(evidence)
}

function isInQueue({ recipient, deleted, status }: Ticket): boolean {
  return recipient === 'security@gitlab.com' && !deleted && !isOver(status)
}

function isOver(status: string): boolean {
  return status === 'solved' || status === 'closed'
}

function checkKnown({ outbox, findings }: Evidence, ticket: Ticket, { id, step }: RequestRow): void {
  const isWaiting = outbox.some((one) => one.request_id === id && ['failed', 'pending'].includes(one.status))
  if (isWaiting) return
  const isClosed = ticketFlow.steps[step]?.isClosed === true
  const stands = `ticket ${ticket.id} is ${ticket.deleted ? 'deleted' : ticket.status} in group ${ticket.groupId}, and stands at ${step}`
  if (ticket.deleted || isOver(ticket.status)) {
    if (!isClosed) findings.broken.push(stands)
    return
  }
  // Reopened while it is with support, it may stand at either desk: somebody there has it before their eyes.
  if (ticket.groupId !== supportGroupId && isClosed) findings.missing.push(stands)
  if (ticket.groupId === supportGroupId && isClosed && step !== 'redirected') findings.missing.push(stands)
}

function checkOpen({ world, findings }: Evidence, row: RequestRow): void {
  const name = `ticket ${row.iid}`
  const clock = ticketFlow.steps[row.step]?.clock
  const card = world.ticketCards().find(({ ts }) => ts === row.card?.ts)
  if (!card) findings.broken.push(`${name} is open and has no card`)
  else if (!clock || !textOf(card).includes(clock.name))
    findings.broken.push(`the card of ${name}, at ${row.step}, tells no clock`)
  if (!answered(world, 'open').includes(name)) findings.broken.push(`${name} is open and not on the list`)
  if (row.step === 'queued' && !answered(world, 'distribution days').includes(name))
    findings.missing.push(`the report promised on ${name} is on no list`)
}

/** What somebody of Field Security was answered last, in which these words stand. */
function answered({ slack }: Evidence['world'], words: string): string {
  const answers = slack.ephemerals(PEOPLE.fieldSecurity.id).map(textOf)
  return answers.findLast((text) => text.includes(words)) ?? ''
}

/** A promise that was made, and after which nothing else happened, still stands. */
function checkPromises({ audit, outbox, findings }: Evidence): void {
  const moves = audit.filter(
    ({ what, details }) =>
      details.ticket !== undefined &&
      (what === 'decided' || /^ticket-(?:solved|reopened|update-refused)$/.test(String(details.name))),
  )
  for (const [requestId, all] of Map.groupBy(moves, (entry) => entry.requestId)) {
    const last = all.at(-1)
    if (last?.details.decision !== 'compliance-report') continue
    const row = outbox.find(
      (one) => one.request_id === requestId && one.created_at === last.at && one.kind === 'ticket-reply',
    )
    if (last.details.to !== 'security-ticket/queued' || row === undefined)
      findings.missing.push(`the report promised on ticket ${last.details.ticket} is not queued`)
  }
}
