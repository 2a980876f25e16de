/** A click or a modal's submit: who is it, what do GitLab or Zendesk say now, and then the decision. */

import type { Event } from '../engine/event.ts'
import type { Outcome } from '../engine/outcome.ts'
import { aboutRequest, type Person, ticketOf } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'
import { nowOf } from '../requests/desk-context.ts'
import { handleEvent } from '../requests/handle-event.ts'
import { ticketUnreadable } from '../requests/sight-ticket.ts'
import type { InboxEntry, RequestRow, Tables } from '../store/store.ts'
import { entryDone, type Intake } from './intake.ts'
import type { DecisionEntry } from './payloads.ts'
import { nothingRead, readAfresh } from './read-afresh.ts'

export async function handleDecision(
  intake: Intake,
  entry: InboxEntry,
  payload: DecisionEntry,
): Promise<void> {
  const row = await intake.context.store.tables.requests.byId(payload.requestId)
  if (!row) {
    await entryDone(intake, entry)
    return intake.tell(payload.answerTo, 'The bot does not know this request any more. Nothing was changed.')
  }
  const because = await decideNow(intake, entry, payload, row)
  intake.context.wakeWorker()
  if (because !== undefined) await intake.tell(payload.answerTo, because)
}

/** The sentence for the person when it was refused. */
async function decideNow(
  intake: Intake,
  entry: InboxEntry,
  payload: DecisionEntry,
  row: RequestRow,
): Promise<string | undefined> {
  const { userId, teamId } = payload.answerTo
  const who = await intake.whoIs(userId, teamId)
  if ('refused' in who) return refuse(intake, entry, payload, row, who.refused)
  // Who may not decide on a ticket is not told how it stands, either.
  const isOfDesk = row.source === 'gitlab' || who.person.roles.includes('field-security')
  const fresh = isOfDesk ? await readAfresh(intake, payload, row) : nothingRead
  if ('because' in fresh) return refuse(intake, entry, payload, row, fresh.because, fresh.status)
  const outcome = await intake.context.store.transaction(async (tables) => {
    await fresh.sight(tables)
    const event = eventOf(intake, payload, who.person, fresh.stamp)
    const decided = await handleEvent(intake.context, tables, row.id, event)
    await tables.inbox.done(entry.id, nowOf(intake.context))
    return decided
  })
  return becauseOf(outcome)
}

function eventOf(
  intake: Intake,
  { decision, input, shownAt }: DecisionEntry,
  by: Person,
  stamp: Instant | undefined,
): Event {
  return {
    kind: 'decision',
    decision,
    by,
    input,
    at: nowOf(intake.context),
    ...(shownAt === undefined ? {} : { shownAt }),
    ...(stamp === undefined ? {} : { stamp }),
  }
}

function becauseOf(outcome: Outcome): string | undefined {
  return outcome.kind === 'move' ? undefined : outcome.because
}

/** Before the engine was asked: in the audit log like every other refusal. */
async function refuse(
  intake: Intake,
  entry: InboxEntry,
  { decision, answerTo }: DecisionEntry,
  row: RequestRow,
  because: string,
  status?: number,
): Promise<string> {
  const at = nowOf(intake.context)
  await intake.context.store.transaction(async (tables: Tables) => {
    await tables.audit.append({
      at,
      ...aboutRequest(row),
      what: 'refused',
      who: `slack:${answerTo.userId}`,
      details: { ...ticketOf(row), decision, because },
    })
    if (row.source === 'zendesk' && (status === 404 || status === 403))
      await ticketUnreadable(intake.context, tables, row.id, status)
    else if (status === 404 || status === 403)
      await handleEvent(intake.context, tables, row.id, {
        kind: 'happening',
        happening: { name: 'issue-unreadable', status, at },
      })
    await tables.inbox.done(entry.id, at)
  })
  return because
}
