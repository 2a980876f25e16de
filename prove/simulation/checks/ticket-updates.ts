/** What the bot changed on tickets: each update once for the effect that asked for it, and never over another's change. */
import type { PostedComment } from '../../../sandbox/zendesk/world.ts'
import { type Ticket, zendeskBotId } from '../../../sandbox/zendesk/zendesk.ts'
import type { AuditEntry } from '../../../src/store/store.ts'
import type { Evidence } from '../check.ts'
import type { OutboxRow } from '../database.ts'
import { interactionOf } from './payloads.ts'
import { changesOf, type TicketChange } from './zendesk-history.ts'

/** Comments that were made of what a person had read, and may only be made on that. */
const decidedKinds = ['ticket-reply', 'forward-ticket']
const publicKinds = ['ticket-reply', 'redirect-ticket']
const kinds = [...decidedKinds, 'redirect-ticket', 'ticket-note', 'link-expert-issue']

export function checkTicketUpdates(evidence: Evidence): void {
  const changes = Map.groupBy(changesOf(evidence.world), ({ ticket }) => ticket)
  for (const ticket of evidence.world.zendesk.tickets.values())
    checkTicket(evidence, ticket, changes.get(ticket.id) ?? [])
  checkEachIsThere(evidence)
  for (const entry of evidence.audit) checkDecided(evidence, entry)
}

function checkTicket(evidence: Evidence, ticket: Ticket, changes: readonly TicketChange[]): void {
  const { findings, outbox } = evidence
  for (const { id, author_id, metadata, via } of ticket.audits) {
    // A colleague who is signed in with its account works in the browser.
    if (author_id !== zendeskBotId || via.channel !== 'api') continue
    findings.effectsChecked += 1
    const name = `update ${id} of ticket ${ticket.id}`
    const row = outbox.find(({ op_id }) => op_id === metadata.custom.op_id)
    if (!row) {
      findings.letIn.push(`${name} stands for no effect`)
      continue
    }
    // Of a deleted ticket nobody can see what had been done on it: that is said, and can be tried again.
    const isUnseen = ticket.deleted && row.status === 'failed'
    if (row.status !== 'done' && !isUnseen && !isLeftOut(row))
      findings.broken.push(`${name} was made, and its ${row.kind} is ${row.status}`)
    const comment = ticket.posted.find(({ auditId }) => auditId === id)
    if (comment) checkComment(evidence, { ticket, row, comment, changes })
  }
  for (const change of changes)
    if (
      change.isByBot &&
      change.isSolved &&
      !hasPublicComment(ticket, change) &&
      !isToldOf(evidence, ticket, change)
    )
      findings.broken.push(`ticket ${ticket.id} was solved by the bot without a word to the requester`)
}

/** It has failed, and says that Zendesk did a part of it. */
function isLeftOut({ kind, status, error }: OutboxRow): boolean {
  // No card can offer Try Again for a ticket of another desk: whoever asked for it is told.
  const isOver = status === 'failed' || (kind === 'redirect-ticket' && status === 'cancelled')
  return isOver && /did not do all of it/.test(error ?? '')
}

/** The bot saw that its comment was kept internal: by then the ticket is solved. */
function isToldOf({ outbox, audit }: Evidence, { posted }: Ticket, { commentId }: TicketChange): boolean {
  const opId = posted.find(({ id }) => id === commentId)?.metadata.custom.op_id
  const told = (error: unknown) => /kept the answer as an internal comment/.test(String(error))
  return (
    outbox.some((row) => row.op_id === opId && isLeftOut(row)) ||
    audit.some(({ details }) => details.opId === opId && told(details.error))
  )
}

function hasPublicComment({ posted }: Ticket, { commentId }: TicketChange): boolean {
  return posted.some(({ id, public: isPublic }) => id === commentId && isPublic)
}

interface Commented {
  readonly ticket: Ticket
  readonly row: OutboxRow
  readonly comment: PostedComment
  readonly changes: readonly TicketChange[]
}

function checkComment(evidence: Evidence, { ticket, row, comment, changes }: Commented): void {
  const { findings } = evidence
  if (comment.public && !publicKinds.includes(row.kind))
    findings.letIn.push(`the ${row.kind} on ticket ${ticket.id} was e-mailed to the requester`)
  if (/\{[{%]/.test(comment.body))
    findings.letIn.push(`comment ${comment.id} on ticket ${ticket.id} holds a placeholder of Zendesk's`)
  if (!decidedKinds.includes(row.kind)) return
  const made = changes.find(({ commentId }) => commentId === comment.id)?.updatedAt ?? 0
  const isFresh = stampsSeen(evidence, row).some(
    (seen) => !changes.some(({ updatedAt }) => updatedAt > seen && updatedAt < made),
  )
  if (!isFresh)
    findings.broken.push(`comment ${comment.id} on ticket ${ticket.id} was made on what nobody had read`)
}

/** How the ticket stood in the modals from which this was decided; where there was none, as it was read for the decision. */
function stampsSeen({ world, audit, inbox }: Evidence, row: OutboxRow): readonly number[] {
  const entry = audit.find(
    ({ what, requestId, at }) => what === 'decided' && requestId === row.request_id && at === row.created_at,
  )
  const stamps = world.deliveries.all
    .map(interactionOf)
    .filter((act) => act?.kind === 'submit' && entry?.who === `slack:${act.userId}`)
    .map((act) => act?.stands)
    .filter((stands) => stands?.requestId === row.request_id && stands.decision === entry?.details.decision)
    .flatMap((stands) => (stands?.stamp === undefined ? [] : Date.parse(stands.stamp)))
  // All Sent shows no ticket; a modal of an earlier Report Sent has nothing to do with it.
  const isOfBatch = inbox.some(
    ({ key, finished_at }) =>
      finished_at === entry?.at &&
      key.startsWith('submit:') &&
      key.endsWith(`:${entry?.who.replace('slack:', '')}:${row.request_id}`),
  )
  const { stamp } = JSON.parse(row.work) as { readonly stamp: string }
  return stamps.length > 0 && !isOfBatch ? stamps : [Date.parse(stamp)]
}

/** What is done was done, once. */
function checkEachIsThere({ world, outbox, findings }: Evidence): void {
  const audits = [...world.zendesk.tickets.values()].flatMap((ticket) => ticket.audits)
  for (const { kind, status, op_id } of outbox) {
    if (!kinds.includes(kind)) continue
    const times = audits.filter(({ metadata }) => metadata.custom.op_id === op_id).length
    if (times > 1) findings.duplicated.push(`the ${kind} ${op_id} was made ${times} times`)
    if (status === 'done' && times === 0)
      findings.missing.push(`the ${kind} ${op_id} is done and not in Zendesk`)
  }
}

/** Whatever was decided to be said is said, or failed so that everybody sees it, or was taken back since the ticket had changed. */
function checkDecided({ outbox, audit, findings }: Evidence, entry: AuditEntry): void {
  if (entry.what !== 'decided' || entry.requestId === undefined) return
  const effects = (entry.details.effects ?? []) as readonly { readonly kind: string }[]
  for (const kind of new Set(
    effects.map((effect) => effect.kind).filter((one) => decidedKinds.includes(one)),
  )) {
    const rows = outbox.filter(
      (row) => row.request_id === entry.requestId && row.created_at === entry.at && row.kind === kind,
    )
    const name = `the ${kind} of ${entry.details.decision} of ${entry.at}`
    if (rows.length !== 1) findings.missing.push(`${name} stands ${rows.length} times in the outbox`)
    const isTakenBack = audit.some(
      ({ requestId, details }) =>
        requestId === entry.requestId &&
        details.name === 'ticket-update-refused' &&
        rows.some(({ decision_id: id }) => id !== null && id === details.decisionId),
    )
    for (const { status } of rows) {
      if (status === 'cancelled' && !isTakenBack)
        findings.missing.push(`${name} was taken back and nobody was told`)
      if (status === 'done' && isTakenBack) findings.broken.push(`${name} was made and taken back`)
    }
  }
}
