/**
 * A reply that waits (`UNDO_SECONDS`) goes out after its wait, and nothing of what was undone leaves the bot. That it was undone
 * is a claim; who had clicked Undo, and what left the bot and when, are not.
 */
import { featureRequest } from '../../../sandbox/gitlab/gitlab.ts'
import { dayOf } from '../../handbook/clocks.ts'
import { ticketDecisions } from '../../handbook/security.ts'
import type { Evidence } from '../check.ts'
import type { AuditEntry } from '../database.ts'
import type { OutgoingCall } from '../network.ts'
import type { World } from '../world.ts'
import { type Act, keyOf, withoutPreviews } from './acts.ts'
import { type CaseFile, decisionsBehind, holds, plain } from './case-file.ts'
import { isOwed, publicTextOf } from './owed-in-gitlab.ts'
import { type Counts, owe } from './tally.ts'
import { isOf, subjectName, type Undone, undoneIn } from './undone.ts'

/** Whoever undid it had clicked Undo and may; of what was undone nothing left the bot, and all else not before its wait. */
export function judgeUndone(
  evidence: Evidence,
  acts: readonly Act[],
  files: readonly CaseFile[],
  counts: Counts,
): void {
  const { audit, findings, world } = evidence
  const all = withoutPreviews(world, acts)
  const undone = undoneIn(audit)
  const taken = new Set(undone.map(({ decided }) => decided))
  const standing = audit.filter((entry) => entry.what === 'decided' && !taken.has(entry))
  for (const one of undone) judgeUndo(evidence, all, files, counts, { ...one, standing })
  for (const entry of audit) if (entry.what === 'refused') judgeTooLate(evidence, counts, entry)
  const seconds = Number(world.environment.UNDO_SECONDS ?? 0)
  if (seconds === 0) {
    for (const { undone: entry } of undone)
      findings.broken.push(`${nameOf(entry)} was undone, and no reply waits`)
    return
  }
  for (const entry of standing) judgeWait(evidence, all, files, counts, { standing, entry, seconds })
}

function nameOf(entry: AuditEntry): string {
  return `${subjectName(entry)}: ${entry.details.decision} by ${entry.who.replace('slack:', '')}`
}

function judgeUndo(
  evidence: Evidence,
  acts: readonly Act[],
  files: readonly CaseFile[],
  counts: Counts,
  { decided, undone, standing }: Undone & Pick<Waiting, 'standing'>,
): void {
  const { world, findings } = evidence
  const { clock } = world.bot
  const name = nameOf(undone)
  const at = clock.whenItSaid(undone.at).last
  const who = undone.who.replace('slack:', '')
  const clicks = acts.filter(
    ({ button, userId, subject, at: clicked }) =>
      button === 'Undo' && userId === who && isOf(subject, undone) && clicked <= at + 1,
  )
  if (clicks.length === 0) findings.letIn.push(`${name} was undone, and they never clicked Undo`)
  if (!decided) {
    findings.letIn.push(`${name} was undone, and is not what was decided last`)
    return
  }
  if (decided.who !== undone.who && !mayDecideToo(evidence, files, decided, who))
    findings.letIn.push(`${name} was undone by somebody who may not decide that`)
  // For certain between the two: a clock that was set back says an instant twice.
  const from = clock.whenItSaid(decided.at).last
  const until = clock.whenItSaid(undone.at).first
  const left = repliesIn(world, decided, textsOf(world, acts, files, decided)).filter(
    (call) => call.at <= until,
  )
  // The person's texts before may be those of decisions that stand, which leave in their own time.
  const of = subjectName(decided)
  const before = standing.filter((entry) => entry.seq < decided.seq && subjectName(entry) === of)
  const owedBefore = before.map((entry) => textsOf(world, acts, files, entry))
  const others = unexplained(new Set(left.map(repliedIn)), owedBefore)
  const isNothing = !left.some((call) => call.at >= from && others.has(repliedIn(call)))
  if (!owe(counts, 'undone decisions of which nothing left the bot', isNothing))
    findings.broken.push(`${name} was undone, and its reply had left the bot`)
}

/** The texts that none of these decisions, each of which replies once, accounts for. */
function unexplained(left: ReadonlySet<string>, owed: readonly (readonly string[])[]): ReadonlySet<string> {
  const others = new Set(left)
  for (const texts of owed) {
    const own = [...others].find((text) => texts.includes(text))
    if (own !== undefined) others.delete(own)
  }
  return others
}

function repliedIn({ text }: OutgoingCall): string {
  return plain(publicBodyIn(text))
}

/** By the role that the decision takes. */
function mayDecideToo(
  { world }: Evidence,
  files: readonly CaseFile[],
  decided: AuditEntry,
  who: string,
): boolean {
  if (decided.details.ticket !== undefined) {
    const { first, last } = world.bot.clock.whenItSaid(decided.at)
    return world.fieldSecurity.held(who, first - 10 * 60_000, last + 60 * 60_000)
  }
  const file = files.find(({ iid }) => iid === decided.iid)
  return (file?.decisions ?? []).some(
    ({ button, by }) => keyOf(button) === decided.details.decision && holds(who, by),
  )
}

/** The public texts that the acts behind a decision owe; on a ticket the last of the texts of its form. */
function textsOf(
  world: World,
  acts: readonly Act[],
  files: readonly CaseFile[],
  decided: AuditEntry,
): readonly string[] {
  const own = acts.filter(
    ({ subject, userId, button, at }) =>
      isOf(subject, decided) &&
      `slack:${userId}` === decided.who &&
      keyOf(button) === decided.details.decision &&
      at <= world.bot.clock.whenItSaid(decided.at).last + 1,
  )
  if (decided.details.ticket !== undefined)
    return own.flatMap((act) => {
      const owes = ticketDecisions.find(({ button }) => button === act.button)?.owes ?? []
      return owes.some((owed) => 'comment' in owed) ? act.typed.slice(-1).map(plain) : []
    })
  const file = files.find(({ iid }) => iid === decided.iid)
  if (!file) return []
  return own.flatMap((act) =>
    decisionsBehind(file, act)
      .flatMap(({ owes }) => owes)
      .flatMap((owed) => (isOwed(world, act, owed) ? (publicTextOf(owed, act) ?? []) : [])),
  )
}

/** The calls that would have made one of these texts public on the request or ticket. */
function repliesIn(
  { network }: World,
  { iid, details }: AuditEntry,
  texts: readonly string[],
): readonly OutgoingCall[] {
  const path = details.ticket === undefined ? `/issues/${iid}/notes` : `/tickets/${details.ticket}.json`
  return network.calls.filter((call) => {
    if ((call.method !== 'POST' && call.method !== 'PUT') || !call.path.endsWith(path)) return false
    const body = repliedIn(call)
    // A click without a modal has no text, and so has a note for the team none that is public.
    return body !== '' && texts.includes(body)
  })
}

interface Body {
  readonly body?: string
  readonly internal?: boolean
  readonly ticket?: { readonly comment?: { readonly body?: string; readonly public?: boolean } }
}

function publicBodyIn(text: string): string {
  const { body, internal, ticket } = JSON.parse(text || '{}') as Body
  if (ticket) return (ticket.comment?.public && ticket.comment.body) || ''
  return internal === false ? (body ?? '') : ''
}

/** A wait ends ten seconds before a deadline, which is the end of a day. */
const beforeDeadlineMs = 12_000

interface Waiting {
  /** What was decided and not undone. */
  readonly standing: readonly AuditEntry[]
  readonly entry: AuditEntry
  readonly seconds: number
}

/** By the bot's own clock, from the decision until the reply left; whatever that clock was set to meanwhile. */
function judgeWait(
  { world, findings }: Evidence,
  acts: readonly Act[],
  files: readonly CaseFile[],
  counts: Counts,
  { standing, entry: decided, seconds }: Waiting,
): void {
  // A business day may end at any time, so that no wait of a ticket is surely whole.
  if (decided.details.ticket !== undefined) return
  const { clock } = world.bot
  const { first } = clock.whenItSaid(decided.at)
  // The same text may be that of a decision before, which has a wait of its own.
  const before = standing.filter(({ seq, iid }) => seq < decided.seq && iid === decided.iid)
  const earlier = before.flatMap((entry) => textsOf(world, acts, files, entry))
  const texts = textsOf(world, acts, files, decided).filter((text) => !earlier.includes(text))
  const [reply] = repliesIn(world, decided, texts).filter(({ at }) => at >= first)
  if (!reply) return
  const left = clock.said(reply.at)
  if (!owe(counts, 'replies that waited', isWaitOver(world, decided, reply.at)))
    findings.broken.push(
      `${nameOf(decided)}: the reply left ${left - Date.parse(decided.at)} ms after it was decided, and waits ${seconds} s`,
    )
}

/** By the bot's own clock; a wait may have ended just before a day does. */
function isWaitOver({ bot, environment }: World, decided: AuditEntry, at: number): boolean {
  const { TIMEZONE: zone = 'UTC', UNDO_SECONDS: seconds = '0' } = environment
  const left = bot.clock.said(at)
  const isBeforeMidnight = dayOf(left + beforeDeadlineMs, zone) !== dayOf(left, zone)
  return isBeforeMidnight || left >= Date.parse(decided.at) + Number(seconds) * 1_000 - 1
}

/** Whoever is told that it is too late: something of it had left the bot, or nothing of it will. */
function judgeTooLate({ world, audit, findings }: Evidence, counts: Counts, refused: AuditEntry): void {
  const { details } = refused
  if (details.decision !== 'undo' || !/has started to go out/.test(String(details.because))) return
  const of = subjectName(refused)
  const decided = audit.findLast(
    (entry) => entry.seq < refused.seq && entry.what === 'decided' && subjectName(entry) === of,
  )
  if (!decided) return
  const { clock } = world.bot
  const [from, until] = [clock.whenItSaid(decided.at).first, clock.whenItSaid(refused.at).last]
  const isBegun = world.network.calls.some(
    (call) =>
      call.at >= from && call.at <= until + 1 && (isAbout(call, decided) || prepares(world, call, decided)),
  )
  if (!owe(counts, 'refusals to undo what has begun', isBegun))
    findings.broken.push(`${of}: Undo was refused as too late, and nothing had left the bot`)
}

/** A call about the request or ticket itself, or one that writes of the ticket in GitLab: a question to experts opens an issue. */
function isAbout(
  { service, method, path, text }: OutgoingCall,
  { iid, details: { ticket } }: AuditEntry,
): boolean {
  if (service === 'slack') return false
  const place = ticket === undefined ? `/issues/${iid}` : `/tickets/${ticket}`
  const isOfIt = new RegExp(`${place}(?!\\d)`)
  return isOfIt.test(path) || (ticket !== undefined && method === 'POST' && isOfIt.test(text))
}

/**
 * What the first effect of a decision does before it turns to the request: it asks for the name of who decided, for a note; for the
 * template of the issue that it opens; for a new token of Zendesk; and it writes on the feature request. Only after the wait, since
 * modals ask for the same.
 */
function prepares(world: World, { service, path, text, at }: OutgoingCall, decided: AuditEntry): boolean {
  if (!isWaitOver(world, decided, at)) return false
  const isOnFeature = path.endsWith(`/issues/${featureRequest.iid}/notes`)
  if (service === 'gitlab') return path.includes('/templates/issues/') || isOnFeature
  if (service === 'zendesk') return decided.details.ticket !== undefined && path.endsWith('/oauth/tokens')
  const decider = decided.who.replace('slack:', '')
  return path.endsWith('/users.info') && new URLSearchParams(text).get('user') === decider
}
