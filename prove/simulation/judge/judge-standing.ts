/**
 * At rest the desks stand as the services do: whatever is open there has a card with its day and a place on the list, and
 * whatever is over has none on the list.
 */

import { interactive } from '../../../sandbox/slack/blocks.ts'
import { PEOPLE } from '../../../sandbox/slack/people.ts'
import type { Message } from '../../../sandbox/slack/workspace.ts'
import { supportGroupId, type Ticket } from '../../../sandbox/zendesk/zendesk.ts'
import { dayOf, lastOfBusinessDay, openFrom } from '../../handbook/clocks.ts'
import { fulfilment } from '../../handbook/privacy.ts'
import { receivedAt } from '../../handbook/security.ts'
import type { Evidence } from '../check.ts'
import type { World } from '../world.ts'
import { type CaseFile, hasFailedChecks } from './case-file.ts'
import { type Counts, owe } from './tally.ts'
import { changesOf, type TicketChange } from './zendesk-history.ts'

export function judgeStanding(evidence: Evidence, files: readonly CaseFile[], counts: Counts): void {
  const { world } = evidence
  const listed = listFor(world, PEOPLE.engineer.id, 'open')
  for (const file of files) judgeRequest(evidence, file, counts, listed)
  const tickets = listFor(world, PEOPLE.fieldSecurity.id, 'open')
  for (const ticket of world.zendesk.tickets.values()) judgeTicket(evidence, ticket, counts, tickets)
  judgePromises(evidence, counts)
}

/** What this person was answered last, in which this word stands: the simulation asks for the lists at its end. */
function listFor({ slack }: World, userId: string, word: string): string {
  return (
    slack
      .ephemerals(userId)
      .map(wholeText)
      .findLast((text) => text.includes(word)) ?? ''
  )
}

function wholeText({ text, blocks }: Pick<Message, 'text' | 'blocks'>): string {
  return `${text}\n${JSON.stringify(blocks)}`
}

function judgeRequest({ world, findings }: Evidence, file: CaseFile, counts: Counts, listed: string): void {
  const { issue, iid, name } = file
  if (!world.submissions.has(iid) || issue.removed || hasFailedChecks(issue)) return
  const isListed = new RegExp(`${name}\\b`).test(listed)
  const cards = world.cards().filter(({ text }) => text.startsWith(`${name} `))
  if (issue.state === 'closed') {
    // What failed on the way, and may be tried again, is somebody's work still.
    if (!owe(counts, 'closed requests that are off the list', !isListed || offersTryAgain(cards)))
      findings.broken.push(`${name} is closed in GitLab, and on the list`)
    return
  }
  if (!owe(counts, 'open requests on the list', isListed || offersTryAgain(cards)))
    findings.missing.push(`${name} is open in GitLab, and not on the list`)
  if (file.acts.some(({ button }) => /^(?:Pause|Resume|Extend) /.test(button))) return
  const { TIMEZONE: zone = 'UTC' } = world.environment
  const day = lastDayBefore(openFrom(Date.parse(issue.createdAt), fulfilment.days, zone), zone)
  if (
    cards.length > 0 &&
    !owe(
      counts,
      'days on cards',
      cards.some((card) => names(card, day)),
    )
  )
    findings.broken.push(`the card of ${name} does not name ${day}, by which it has to be fulfilled`)
}

function offersTryAgain(cards: readonly Message[]): boolean {
  return cards.some(({ blocks }) =>
    interactive(blocks).some(({ element }) => element.action_id === 'try-again'),
  )
}

function lastDayBefore(ms: number, zone: string): string {
  return dayOf(ms - 1, zone)
}

/** `Mar 31`, as far as day and month. */
function names({ text, blocks }: Message, day: string): boolean {
  const date = new Date(`${day}T12:00:00Z`)
  const month = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', month: 'short' }).format(date)
  const short = new RegExp(`\\b${month} ${date.getUTCDate()}\\b`)
  return short.test(wholeText({ text, blocks }))
}

function judgeTicket({ world, findings }: Evidence, ticket: Ticket, counts: Counts, listed: string): void {
  const { id, recipient, groupId, deleted } = ticket
  const name = `ticket ${id}`
  const cards = world.ticketCards().filter(({ text }) => new RegExp(`^Security ${name}\\b`).test(text))
  const isListed = new RegExp(`${name}\\b`, 'i').test(listed)
  if (deleted || ticket.status === 'solved' || ticket.status === 'closed') {
    if (!owe(counts, 'solved tickets that are off the list', !isListed || offersTryAgain(cards)))
      findings.broken.push(`${name} is ${deleted ? 'deleted' : ticket.status} in Zendesk, and on the list`)
    return
  }
  // While it is with support, it may stand at either desk: somebody there has it before their eyes.
  if (groupId === supportGroupId) return
  if (recipient !== receivedAt && cards.length === 0) return
  if (!owe(counts, 'open tickets on the list', isListed || offersTryAgain(cards)))
    findings.missing.push(`${name} is open in Zendesk, and not on the list`)
  if (!owe(counts, 'cards of tickets', cards.length > 0))
    findings.missing.push(`${name} is open and has no card`)
  if (isUntouched(ticket)) judgeTicketDay({ world, findings }, ticket, counts, cards)
}

/** "1 business day, from the ticket's creation": nobody has answered, moved or solved it since. */
function isUntouched({ audits, posted, requester }: Ticket): boolean {
  return (
    audits.length > 0 &&
    posted.every(({ authorId }) => authorId === requester.id) &&
    audits.length === posted.length
  )
}

/**
 * Returns when the clock of an untouched ticket may have begun. One that was deleted and is back is a reopened one, where the
 * bot had seen that it was gone; and back since the requester wrote, where Zendesk had answered no look before.
 */
export function clockBegins(
  { network }: Pick<World, 'network'>,
  { id, createdAt, posted }: Pick<Ticket, 'id' | 'createdAt' | 'posted'>,
  changes: readonly TicketChange[],
): readonly number[] {
  const restored = changes
    .filter(({ ticket, isRestored }) => ticket === id && isRestored)
    .map(({ updatedAt }) => updatedAt)
  const isSeen = (from: number, until: number) =>
    network.calls.some(
      ({ method, path, status, fault, ms }) =>
        method === 'GET' &&
        (path.endsWith('/search.json') || path.endsWith(`/tickets/${id}.json`)) &&
        status === 200 &&
        fault === undefined &&
        ms > from &&
        ms < until,
    )
  const written = posted.map((one) => Date.parse(one.createdAt))
  const found = restored.flatMap((at) => written.filter((ms) => ms > at && !isSeen(at, ms)))
  return [Date.parse(createdAt), ...restored, ...found]
}

function judgeTicketDay(
  { world, findings }: Pick<Evidence, 'world' | 'findings'>,
  ticket: Ticket,
  counts: Counts,
  cards: readonly Message[],
): void {
  const { id } = ticket
  const { TIMEZONE: zone = 'UTC' } = world.environment
  const begun = clockBegins(world, ticket, changesOf(world))
  const days = begun.map((ms) => lastOfBusinessDay(ms, zone))
  if (
    cards.length > 0 &&
    !owe(
      counts,
      'days on cards of tickets',
      cards.some((card) => days.some((day) => names(card, day))),
    )
  )
    findings.broken.push(
      `the card of ticket ${id} does not name ${days.join(' or ')}, on which its business day ends`,
    )
}

/** A promise that the log tells of last still stands: what was promised is on the list of a day. */
function judgePromises({ world, audit, findings }: Evidence, counts: Counts): void {
  const listed = listFor(world, PEOPLE.fieldSecurity.id, 'distribution days')
  const moves = audit.filter(
    ({ what, details }) =>
      details.ticket !== undefined &&
      (what === 'decided' ||
        what === 'undone' ||
        /^ticket-(?:solved|reopened|update-refused)$/.test(String(details.name))),
  )
  for (const [id, all] of Map.groupBy(moves, ({ details }) => Number(details.ticket))) {
    const ticket = world.zendesk.tickets.get(id)
    const isOver = !ticket || ticket.deleted || ['solved', 'closed'].includes(ticket.status)
    const last = all.at(-1)
    const isPromise = last?.what === 'decided' && last.details.decision === 'compliance-report'
    if (isOver || ticket.groupId === supportGroupId || !isPromise) continue
    if (!owe(counts, 'reports that are promised', new RegExp(`ticket ${id}\\b`, 'i').test(listed)))
      findings.missing.push(`the report promised on ticket ${id} is on no list`)
  }
}
