/** The security desk, judged: what the bot wrote on tickets was asked for by somebody of the desk, and what was decided was written, whole. */

import { interactive } from '../../../sandbox/slack/blocks.ts'
import type { PostedComment } from '../../../sandbox/zendesk/world.ts'
import { supportGroupId, type Ticket, zendeskBotId } from '../../../sandbox/zendesk/zendesk.ts'
import { allSent, type OwedOnTicket, redirectTicket, ticketDecisions } from '../../handbook/security.ts'
import type { Evidence } from '../check.ts'
import { expertIssues } from '../experts.ts'
import type { World } from '../world.ts'
import { type Act, decoded, keyOf } from './acts.ts'
import { byBot, calls, holds, plain } from './case-file.ts'
import { isGivenUp } from './given-up.ts'
import { rolesKnownMs } from './judge-claims.ts'
import { asksIn, judgeExpertIssues } from './judge-expert-issues.ts'
import { isAfter } from './owed-in-gitlab.ts'
import { type Counts, owe } from './tally.ts'
import { undoneIn } from './undone.ts'
import { changesOf, isSolvedWith, type TicketChange } from './zendesk-history.ts'

interface TicketFile {
  readonly ticket: Ticket
  readonly name: string
  readonly acts: readonly Act[]
  readonly changes: readonly TicketChange[]
}

export function judgeTickets(evidence: Evidence, acts: readonly Act[], counts: Counts): void {
  const { world } = evidence
  const changes = changesOf(world)
  const files = [...world.zendesk.tickets.values()].map(
    (ticket): TicketFile => ({
      ticket,
      name: `ticket ${ticket.id}`,
      acts: acts.filter(
        ({ subject, button, kind }) =>
          (subject && 'ticket' in subject && subject.ticket === ticket.id) ||
          (kind === 'submit' && button === allSent.button),
      ),
      changes: changes.filter((one) => one.ticket === ticket.id),
    }),
  )
  for (const file of files) {
    judgeUpdates(evidence, file)
    judgeSolves(evidence, file)
  }
  judgeRepetitions(evidence, files)
  judgeExpertIssues(evidence, acts)
  judgeTicketClaims(evidence, files, counts)
}

/** What an act on this ticket means: its own button, or the list of a day that it stands on. */
function meaningOf({ button }: Act): string {
  return button === allSent.button ? allSent.means : button
}

function owedBy(act: Act): readonly OwedOnTicket[] {
  return ticketDecisions.find(({ button }) => button === meaningOf(act))?.owes ?? []
}

function judgeUpdates(evidence: Evidence, file: TicketFile): void {
  const { findings } = evidence
  for (const comment of file.ticket.posted) {
    if (!isOfBot(comment) || isLeftOut(evidence, comment)) continue
    findings.effectsChecked += 1
    const change = file.changes.find(({ commentId }) => commentId === comment.id)
    judgeComment(evidence, file, comment, change)
  }
}

/** "nothing twice": each update bears a mark of its own. */
function judgeRepetitions({ findings }: Evidence, files: readonly TicketFile[]): void {
  const own = files.flatMap(({ ticket: { audits } }) =>
    audits.filter(({ author_id: by, via }) => by === zendeskBotId && via.channel === 'api'),
  )
  for (const [mark, same] of Map.groupBy(own, ({ metadata }) => metadata.custom.op_id)) {
    const tickets = same.map(({ ticket_id: id }) => id).join(', ')
    if (mark === undefined) findings.letIn.push(`an update of ticket ${tickets} bears no mark of the bot's`)
    else if (same.length > 1)
      findings.duplicated.push(`the update ${mark} was made ${same.length} times (ticket ${tickets})`)
  }
}

/** "a complete answer … is provided and the ticket is closed": nobody is left without one, or whoever answered knows of it. */
function judgeSolves({ world, findings }: Evidence, { ticket, name, acts, changes }: TicketFile): void {
  for (const { isByBot, isSolved, commentId } of changes) {
    const comment = ticket.posted.find(({ id }) => id === commentId)
    if (!isByBot || !isSolved || comment?.public || (comment && !isOfBot(comment))) continue
    const isKnown = acts.some(
      (act) =>
        isCalledForKept(world, ticket, act) ||
        (act.button === redirectTicket.button && isToldOf(world, act.userId, { ticket })),
    )
    if (comment === undefined || !isKnown)
      findings.broken.push(`${name} was solved by the bot without a word to the requester`)
  }
}

/** Zendesk made something else of it than was asked for, and the bot says so: its act is judged by that. */
export function isLeftOut(
  { audit }: Pick<Evidence, 'audit'>,
  { metadata }: Pick<PostedComment, 'metadata'>,
): boolean {
  return audit.some(
    ({ details }) =>
      details.opId === metadata.custom.op_id &&
      // What whoever asked is told of alone is not tried again: it is done or stopped, and that says what is left out.
      /did not do all of it/.test(String(details.error ?? details.because ?? '')),
  )
}

function judgeComment(
  { world, findings }: Evidence,
  file: TicketFile,
  comment: PostedComment,
  change: TicketChange | undefined,
): void {
  const ms = Date.parse(comment.createdAt)
  const name = `${file.name}: comment ${comment.id} of the bot`
  if (/\{[{%]/.test(comment.body)) findings.letIn.push(`${name} holds a placeholder of Zendesk's`)
  const before = file.acts.filter((act) => act.ms <= ms + 1_000 && !act.isSentBack)
  const isSolved = isSolvedWith(world, comment, file.changes)
  if (
    comment.public &&
    comment.body.includes(redirectTicket.form) &&
    !before.some((act) => isSaidBy(act, comment))
  ) {
    const sent = before.filter(
      ({ button, userId }) => button === redirectTicket.button && holds(userId, redirectTicket.by),
    )
    if (sent.length === 0)
      findings.letIn.push(`${name} sends the writer to the form, and nobody of support had asked for it`)
    else if (!isSolved && !sent.some(({ userId }) => isToldOf(world, userId, file)))
      findings.broken.push(`${name} sends the writer to the form and leaves the ticket open`)
    return
  }
  const asked = before.filter((act) => owedBy(act).some((owed) => isIt(owed, act, comment, isSolved)))
  if (asked.length === 0) {
    findings.letIn.push(
      `${name} (“${comment.body.slice(0, 60)}”, ${isSolved ? 'solved' : 'left open'}) was asked for by nobody`,
    )
    return
  }
  const mayAsk = asked.some(({ userId, at }) =>
    world.fieldSecurity.held(userId, at - rolesKnownMs, world.time.elapsedAt(ms) + 1_000),
  )
  if (!mayAsk)
    findings.letIn.push(`${name} was asked for by ${asked[0]?.userId}, who is not of Field Security`)
  if (change && !asked.some((act) => isAsRead(act, file, change)))
    findings.broken.push(`${name} was made on what nobody had read`)
}

/**
 * Nobody has changed the ticket between what stood in the modal and the comment that was made of it. The list of a day
 * shows no ticket, and a note of the bot's own follows on what it has just done.
 */
function isAsRead({ stamp, button }: Act, { changes }: TicketFile, made: TicketChange): boolean {
  if (stamp === undefined || button === allSent.button) return true
  return !changes.some(
    ({ updatedAt, isByBot }) => !isByBot && updatedAt > stamp && updatedAt < made.updatedAt,
  )
}

/** Zendesk left the ticket open by itself, and whoever asked was told so, alone: no card stands for it. */
function isToldOf(
  { network }: Pick<World, 'network'>,
  userId: string,
  { ticket }: Pick<TicketFile, 'ticket'>,
): boolean {
  return network.calls.some(({ service, path, text }) => {
    if (service !== 'slack' || !/chat\.post(?:Ephemeral|Message)$/.test(path)) return false
    const form = new URLSearchParams(text)
    const isToOne = form.get('user') === userId || form.get('channel') === userId
    return isToOne && decoded(text).includes(`did not do all of it on ticket ${ticket.id}:`)
  })
}

/** Whether the comment is what this act owes. */
function isIt(owed: OwedOnTicket, act: Act, comment: PostedComment, isSolved: boolean): boolean {
  if ('comment' in owed)
    return comment.public && isSolved === (owed.comment === 'and solve') && isSaidBy(act, comment)
  if (comment.public) return false
  if ('forwardTo' in owed) return !isSolved
  return 'internalComment' in owed
}

/** Of the texts of a form the last one is what the requester is told. */
function isSaidBy(act: Act, { body }: Pick<PostedComment, 'body'>): boolean {
  const text = act.typed.at(-1)
  return text !== undefined && harmless(text) === harmless(body)
}

/**
 * Without what Zendesk, or the bot, would take for a placeholder, and characters that nobody sees; and as Zendesk keeps a text: other
 * line ends, no blanks at ends, and of two blanks one that does not break. Whatever else is missing or other is so.
 */
export function harmless(text: string): string {
  return plain(text.replaceAll('\u00a0', ' '))
    .replaceAll('\u2060', '')
    .replaceAll('{person:', '{person :')
    .replaceAll(/(?![\n\t])\p{Cc}/gu, '')
    .trim()
}

/** What the bot says that was decided on a ticket, compared with what stands there. */
function judgeTicketClaims(evidence: Evidence, files: readonly TicketFile[], counts: Counts): void {
  const undone = new Set(undoneIn(evidence.audit).map(({ decided }) => decided))
  for (const entry of evidence.audit) {
    const { what, who, details, at } = entry
    const file = files.find(({ ticket }) => ticket.id === details.ticket)
    if (what !== 'decided' || !file || undone.has(entry)) continue
    judgeTicketClaim(evidence, file, counts, {
      userId: who.replace('slack:', ''),
      decision: String(details.decision),
      at: evidence.world.bot.clock.whenItSaid(at).last,
    })
  }
}

interface Claim {
  readonly userId: string
  readonly decision: string
  readonly at: number
}

function judgeTicketClaim(evidence: Evidence, file: TicketFile, counts: Counts, claim: Claim): void {
  const { findings } = evidence
  if (claim.decision === 'send-to-form') return
  const name = `${file.name}: ${claim.decision} by ${claim.userId}`
  const acts = file.acts.filter(
    (act) =>
      act.userId === claim.userId && keyOf(meaningOf(act)) === claim.decision && act.at <= claim.at + 1,
  )
  if (acts.length === 0) {
    findings.letIn.push(`${name} stands in the audit log, and they never asked for it`)
    return
  }
  const missing = acts.map((act) => owedBy(act).filter((owed) => !isDone(evidence, file, act, owed)))
  const best = missing.toSorted((one, other) => one.length - other.length)[0] ?? []
  const isExcused = best.length > 0 && excuse(evidence, file, acts)
  for (const owed of owedBy(acts[0] as Act)) {
    const isFound = !best.includes(owed)
    owe(
      counts,
      isFound || !isExcused ? kindOf(owed) : `${kindOf(owed)}, which are seen to have failed`,
      isFound || isExcused,
    )
  }
  if (!isExcused)
    for (const owed of best) findings.missing.push(`${name}: ${JSON.stringify(owed)} is missing`)
}

/** A colleague who is signed in with the bot's account leaves no mark on what they write. */
function isOfBot({ authorId, metadata }: PostedComment): boolean {
  return authorId === zendeskBotId && metadata.custom.op_id !== undefined
}

function kindOf(owed: OwedOnTicket): string {
  if ('comment' in owed) return 'comments on tickets'
  if ('internalComment' in owed) return 'internal comments on tickets'
  return 'forwardTo' in owed ? 'tickets forwarded' : 'issues of expert teams'
}

function isDone({ world }: Evidence, { ticket, changes }: TicketFile, act: Act, owed: OwedOnTicket): boolean {
  const own = ticket.posted.filter((one) => isOfBot(one) && Date.parse(one.createdAt) >= act.ms - 1_000)
  if ('comment' in owed) return own.some((one) => isIt(owed, act, one, isSolvedWith(world, one, changes)))
  if ('forwardTo' in owed)
    return (
      own.some(
        ({ public: isPublic, body }) =>
          !isPublic && act.typed.every((text) => harmless(body).includes(harmless(text))),
      ) &&
      (ticket.groupId === supportGroupId || ticket.groupId !== undefined)
    )
  if ('expertIssue' in owed)
    return expertIssues(world).some(
      (issue) => byBot(issue) && issue.title.includes(`ticket ${ticket.id}`) && asksIn(act, issue),
    )
  return own.some(({ public: isPublic, body }) => {
    if (isPublic) return false
    if (owed.internalComment === 'the address of the issue')
      return expertIssues(world).some(
        (issue) =>
          byBot(issue) &&
          issue.title.includes(`ticket ${ticket.id}`) &&
          asksIn(act, issue) &&
          new RegExp(`${issue.project.path}/-/(?:issues|work_items)/${issue.iid}\\b`).test(body),
      )
    return act.typed.slice(0, -1).every((text) => harmless(body).includes(harmless(text)))
  })
}

/**
 * It is said below the card that nothing was sent, or the card offers Try Again; or the ticket is gone. Or the requester has
 * the answer, the ticket was left open by Zendesk itself, and it is said below the card that the rest has to be done by hand.
 * Or Zendesk kept the answer internal, its person was called, and somebody has answered by hand. What was to be said below the
 * card may be given up, as everything that is.
 */
function excuse({ world }: Evidence, { ticket }: TicketFile, acts: readonly Act[]): boolean {
  if (ticket.deleted) return true
  if (acts.some((act) => isCalledForKept(world, ticket, act) && isAnsweredByHand(ticket, act))) return true
  const isAnswered = ticket.posted.some(
    (one) => one.public && isOfBot(one) && acts.some((act) => isSaidBy(act, one)),
  )
  const tells = isAnswered ? /Nothing was sent|Zendesk did not do all of it/ : /Nothing was sent/
  const cards = world.ticketCards().filter(({ text }) => text.startsWith(`Security ticket ${ticket.id}`))
  const first = acts[0]?.ms ?? 0
  const { at } = acts[0] ?? { at: 0 }
  if (isGivenUp(world, { name: `ticket ${ticket.id}` }, (text) => tells.test(text), at)) return true
  return cards.some(
    ({ ts, blocks }) =>
      interactive(blocks).some(({ element }) => element.action_id === 'try-again') ||
      world.slack.thread(ts).some((one) => tells.test(one.text) && isAfter(one.ts, first)),
  )
}

/**
 * Below the card, by name, or the desk where something else has come about on the ticket since; or Slack twice gave no clear
 * answer of it.
 */
export function isCalledForKept(
  world: Parameters<typeof isGivenUp>[0] & Pick<World, 'slack'>,
  ticket: Pick<Ticket, 'id'>,
  { userId, ms, at }: Pick<Act, 'userId' | 'ms' | 'at'>,
): boolean {
  const says = (text: string) =>
    text.includes('kept the answer as an internal comment') &&
    (text.includes(`<@${userId}>`) || calls(text, 'field security'))
  const isSaid = world
    .ticketCards()
    .filter(({ text }) => text.startsWith(`Security ticket ${ticket.id}`))
    .flatMap(({ ts }) => world.slack.thread(ts))
    .some(({ ts, text }) => isAfter(ts, ms) && says(text))
  return isSaid || isGivenUp(world, { name: `ticket ${ticket.id}` }, says, at)
}

/**
 * Returns whether Zendesk kept what this act sends as an internal comment, and an agent has written publicly since: "answer
 * this one by hand in Zendesk". Nobody can compare their words.
 */
export function isAnsweredByHand(
  { posted, requester, ccs }: Pick<Ticket, 'posted' | 'requester' | 'ccs'>,
  act: Act,
): boolean {
  const kept = posted.find((one) => isOfBot(one) && !one.public && isSaidBy(act, one))
  const outside = [requester, ...ccs].map(({ id }) => id)
  return posted.some(
    (one) => kept !== undefined && one.id > kept.id && one.public && !outside.includes(one.authorId),
  )
}
