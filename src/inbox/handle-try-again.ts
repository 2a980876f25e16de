/** Try Again on a card whose effects failed for good, after somebody has mended the cause. */
import { aboutRequest, ticketOf } from '../engine/request.ts'
import { nowOf } from '../requests/desk-context.ts'
import { redraw } from '../requests/handle-event.ts'
import type { InboxEntry } from '../store/store.ts'
import type { Intake } from './intake.ts'
import type { TryAgainEntry } from './payloads.ts'
import { whoWorksHere } from './who-works-here.ts'

export async function handleTryAgain(
  intake: Intake,
  entry: InboxEntry,
  { requestId, answerTo }: TryAgainEntry,
): Promise<void> {
  const { context } = intake
  const request = await context.store.tables.requests.byId(requestId)
  const who = await whoWorksHere(intake, answerTo, request?.source ?? 'gitlab')
  if ('refused' in who) return refuse(intake, entry, { requestId, answerTo }, who.refused)
  const at = nowOf(context)
  const pending = await context.store.transaction(async (tables) => {
    const row = await tables.requests.byId(requestId)
    const count = row ? await tables.outbox.tryAgain(requestId, at) : 0
    if (row && count > 0) {
      const details = { ...ticketOf(row), count }
      await tables.audit.append({
        at,
        ...aboutRequest(row),
        what: 'tried-again',
        who: `slack:${answerTo.userId}`,
        details,
      })
      await redraw(context, tables, requestId)
    }
    await tables.inbox.done(entry.id, at)
    return count
  })
  context.wakeWorker()
  if (pending === 0)
    await intake.tell(
      answerTo,
      'Nothing is waiting to be tried again: somebody was quicker, or it has been done since.',
    )
}

async function refuse(
  intake: Intake,
  entry: InboxEntry,
  { requestId, answerTo }: TryAgainEntry,
  because: string,
): Promise<void> {
  const at = nowOf(intake.context)
  await intake.context.store.transaction(async (tables) => {
    const row = await tables.requests.byId(requestId)
    await tables.audit.append({
      at,
      ...(row ? aboutRequest(row) : {}),
      what: 'refused',
      who: `slack:${answerTo.userId}`,
      details: { ...(row ? ticketOf(row) : {}), decision: 'try-again', because },
    })
    await tables.inbox.done(entry.id, at)
  })
  await intake.tell(answerTo, because)
}
