/** What lists tell people: a digest names whatever is overdue, the list of a distribution day nothing but what was promised. */
import type { Ticket } from '../../../sandbox/zendesk/world.ts'
import { businessDayEnds, dayOf, openFrom } from '../../handbook/clocks.ts'
import { failedChecks, fulfilment } from '../../handbook/privacy.ts'
import { ticketDecisions } from '../../handbook/security.ts'
import type { Evidence } from '../check.ts'
import type { AuditEntry } from '../database.ts'
import type { World } from '../world.ts'
import type { Act } from './acts.ts'
import { byBot, type CaseFile } from './case-file.ts'
import { digestsIn, privacyChannel, securityChannel, titleDay } from './judge-time.ts'
import { isAfter } from './owed-in-gitlab.ts'
import { type Counts, owe } from './tally.ts'
import { drawnWithinMs, waitedAt } from './undone.ts'
import { changesOf, type TicketChange } from './zendesk-history.ts'

/** The clock of the bot's machine may be wrong by most of an hour. */
const wrongClockMs = 52 * 60_000
/** What has come or changed just before may not be known. */
const justBeforeMs = 10 * 60_000
const dayMs = 24 * 3_600_000

/** "overdue → due today → …" (flows.md): by number, however it is worded, unless there are more than a message holds. */
export function judgeDigestLines(
  { world, audit, findings }: Evidence,
  files: readonly CaseFile[],
  counts: Counts,
): void {
  for (const { ts, text, blocks } of digestsIn(world, privacyChannel)) {
    const ms = drawnAt(text, Number(ts.split('.')[0]) * 1000, world)
    // What does not fit goes on in its thread.
    const told = JSON.stringify([text, blocks, world.slack.thread(ts)])
    for (const file of files) {
      if (!isOverdueAt(world, file, ms)) continue
      if (waitedAt({ world, audit }, file.iid, ms) || wasClosing({ world, audit }, file.iid, ms)) continue
      const isNamed = new RegExp(`${file.name}\\b`).test(told) || /\b\d+ more\b/.test(told)
      if (!owe(counts, 'overdue requests in digests', isNamed))
        findings.missing.push(
          `the digest of ${new Date(ms).toISOString()} leaves out ${file.name}, which is overdue`,
        )
    }
  }
}

/**
 * Whether a close had been decided by then and had not come to GitLab, where it was stopped in the end since the requester had
 * written, or was still on its way when that opened the request again: it was over at the desk meanwhile.
 */
function wasClosing({ world, audit }: Pick<Evidence, 'world' | 'audit'>, iid: number, ms: number): boolean {
  const { bot, time } = world
  const own = audit.filter((entry) => entry.iid === iid && entry.details.ticket === undefined)
  return own.some((decided, index) => {
    if (decided.what !== 'decided') return false
    if (!JSON.stringify(decided.details.effects ?? []).includes('"kind":"close"')) return false
    const end = own
      .slice(index + 1)
      .find((one) => one.what === 'decided' || hasCome(one) || isStopped(one) || leaves(one, decided))
    if (!end || !(isStopped(end) || leaves(end, decided))) return false
    // Slack's timestamps are looked at by the second.
    return (
      time.msAt(bot.clock.whenItSaid(decided.at).first) <= ms + 1_000 &&
      ms <= time.msAt(bot.clock.whenItSaid(end.at).last) + drawnWithinMs
    )
  })
}

function isStopped({ details }: AuditEntry): boolean {
  return details.name === 'close-stopped'
}

/** From then on GitLab's own record says whether it is open. */
function hasCome({ what, details }: AuditEntry): boolean {
  return what === 'effect' && details.effect === 'close' && details.outcome === 'done'
}

function leaves({ what, details }: AuditEntry, { details: { to } }: AuditEntry): boolean {
  return what === 'seen' && details.name === 'requester-replied' && details.from === to && details.to !== to
}

/** As above: a ticket that nobody but those outside has touched is overdue once its business day has ended. */
export function judgeTicketDigestLines(
  { world, findings }: Evidence,
  acts: readonly Act[],
  counts: Counts,
): void {
  const changes = changesOf(world)
  for (const { ts, text, blocks } of digestsIn(world, securityChannel)) {
    const postedMs = Number(ts.split('.')[0]) * 1000
    const ms = drawnAt(text, postedMs, world)
    // Whatever the zone, the day that it bears is over then: it may have been drawn after somebody worked on the ticket.
    const untilMs = Math.min(postedMs, Date.parse(`${titleDay(text)}T00:00:00Z`) + 1.5 * dayMs)
    const told = JSON.stringify([text, blocks, world.slack.thread(ts)])
    for (const ticket of world.zendesk.tickets.values()) {
      const name = `ticket ${ticket.id}`
      if (![ms, untilMs].every((at) => isTicketOverdueAt(world, ticket, acts, changes, at))) continue
      const isNamed = new RegExp(`${name}\\b`, 'i').test(told) || /\b\d+ more\b/.test(told)
      if (!owe(counts, 'overdue tickets in digests', isNamed))
        findings.missing.push(
          `the digest of ${new Date(ms).toISOString()} leaves out ${name}, which is overdue`,
        )
    }
  }
}

/** It may have waited for its place while the clocks were set forward: it bears the day on which it was drawn, of which only the beginning is sure. */
function drawnAt(text: string, postedMs: number, { environment: { TIMEZONE: zone = 'UTC' } }: World): number {
  const day = titleDay(text)
  return dayOf(postedMs, zone) > day ? Date.parse(`${day}T00:00:00Z`) - dayMs : postedMs
}

function isTicketOverdueAt(
  world: World,
  { id, createdAt, audits, requester, ccs }: Ticket,
  acts: readonly Act[],
  changes: readonly TicketChange[],
  ms: number,
): boolean {
  const { TIMEZONE: zone = 'UTC' } = world.environment
  const outside = [requester, ...ccs].map((person) => person.id)
  const isTouched =
    audits.some((one) => Date.parse(one.created_at) <= ms && !outside.includes(one.author_id)) ||
    changes.some((one) => one.ticket === id && one.updatedAt <= ms && (one.isDeleted || one.isRestored))
  const isDecided = acts.some(
    ({ subject, button, ms: at, isAcknowledged }) =>
      isAcknowledged &&
      at <= ms &&
      ticketDecisions.some((one) => one.button === button) &&
      subject !== undefined &&
      'ticket' in subject &&
      subject.ticket === id,
  )
  const isOfTicket = new RegExp(`^Security ticket ${id}\\b`)
  const isCarded = world
    .ticketCards()
    .some(({ text, ts }) => isOfTicket.test(text) && !isAfter(ts, ms - justBeforeMs))
  if (!isCarded || isTouched || isDecided) return false
  return businessDayEnds(Date.parse(createdAt), zone) + wrongClockMs < ms
}

/** Without any doubt: open and untouched all the time, its clock never held, and its card there before. */
function isOverdueAt(world: World, file: CaseFile, ms: number): boolean {
  const { issue, iid, name, acts } = file
  const { TIMEZONE: zone = 'UTC' } = world.environment
  const title = world.submissions.get(iid)?.title
  if (title === undefined || byBot(issue) || issue.removed) return false
  if (title.includes(failedChecks.title) || issue.stateEvents.length > 0) return false
  if (issue.labelEvents.some(({ label }) => label === failedChecks.label)) return false
  if (acts.some(({ button }) => /^(?:Pause|Resume|Extend) /.test(button))) return false
  const isCarded = world
    .cards()
    .some(({ text, ts }) => text.startsWith(`${name} `) && !isAfter(ts, ms - justBeforeMs))
  return isCarded && openFrom(Date.parse(issue.createdAt), fulfilment.days, zone) + wrongClockMs < ms
}

/** "queued for the next distribution day": whatever is on a list was promised to somebody. */
export function judgeBatches({ world, findings }: Evidence, acts: readonly Act[], counts: Counts): void {
  for (const { ts, text, blocks } of world.batches()) {
    const named = new Set(
      [...JSON.stringify([text, blocks]).matchAll(/\bticket (\d+)/gi)].map(([, id]) => Number(id)),
    )
    for (const id of named) {
      const isPromised = acts.some(
        ({ subject, button, ms }) =>
          button === 'Compliance Report' &&
          subject !== undefined &&
          'ticket' in subject &&
          subject.ticket === id &&
          isAfter(ts, ms),
      )
      if (!owe(counts, 'tickets on lists of distribution days', isPromised))
        findings.letIn.push(`ticket ${id} is on the list of a distribution day, and nobody promised a report`)
    }
  }
}
