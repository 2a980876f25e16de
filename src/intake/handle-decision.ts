/** A click or a modal's submit: who is it, what does GitLab say now, and then the decision. */
import { CallFailed } from '../clients/call-failed.ts'
import type { Event } from '../engine/event.ts'
import type { Outcome } from '../engine/outcome.ts'
import type { Person } from '../engine/request.ts'
import { shownDecision } from '../engine/shown-decision.ts'
import { nowOf } from '../requests/desk-context.ts'
import { handleEvent } from '../requests/handle-event.ts'
import { sight } from '../requests/sight.ts'
import type { Sighting } from '../requests/sighting.ts'
import type { InboxEntry, RequestRow, Tables } from '../store/store.ts'
import { entryDone, type Intake } from './intake.ts'
import type { DecisionEntry } from './payloads.ts'
import { readIssue } from './read-issue.ts'

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
  const fresh = await readAfresh(intake, payload, row)
  if ('unreadable' in fresh) return refuse(intake, entry, payload, row, fresh.unreadable, fresh.status)
  const outcome = await intake.context.store.transaction(async (tables) => {
    if (fresh.sighting) await sight(intake.context, tables, fresh.sighting)
    const decided = await handleEvent(intake.context, tables, row.id, eventOf(intake, payload, who.person))
    await tables.inbox.done(entry.id, nowOf(intake.context))
    return decided
  })
  return becauseOf(outcome)
}

function eventOf(intake: Intake, { decision, input, shownAt }: DecisionEntry, by: Person): Event {
  return {
    kind: 'decision',
    decision,
    by,
    input,
    at: nowOf(intake.context),
    ...(shownAt === undefined ? {} : { shownAt }),
  }
}

function becauseOf(outcome: Outcome): string | undefined {
  return outcome.kind === 'move' ? undefined : outcome.because
}

type Fresh =
  | { readonly sighting?: Sighting }
  | { readonly unreadable: string; readonly status?: number | undefined }

/** "a click on Approve Exception, Fail Verification or Close No Response reads GitLab afresh first, so an unseen reply counts" */
async function readAfresh(intake: Intake, { decision }: DecisionEntry, row: RequestRow): Promise<Fresh> {
  const flow = intake.context.flows[row.flow]
  const isCore = flow?.core.includes(decision)
  if (!flow || !(isCore || shownDecision(flow, row.step, decision)?.readsAfresh)) return {}
  try {
    return { sighting: await readIssue(intake.reader, row.iid, row.seen) }
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    return { unreadable: unreadableText(error, row.iid), status: error.status }
  }
}

function unreadableText({ status }: CallFailed, iid: number): string {
  if (status === 404)
    return `GitLab does not show issue #${iid} any more (404): it was deleted or moved, or the bot’s token may not see it. Nothing was changed.`
  if (status === 403)
    return `GitLab does not let the bot’s token read issue #${iid} (403). Nothing was changed.`
  return `GitLab can’t be read right now, so nobody knows whether the requester of #${iid} has written. Nothing was changed: click again later.`
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
      requestId: row.id,
      iid: row.iid,
      what: 'refused',
      who: `slack:${answerTo.userId}`,
      details: { decision, because },
    })
    if (status === 404 || status === 403)
      await handleEvent(intake.context, tables, row.id, {
        kind: 'happening',
        happening: { name: 'issue-unreadable', status, at },
      })
    await tables.inbox.done(entry.id, at)
  })
  return because
}
