/** Try Again on a card whose effects failed for good, after somebody has mended the cause. */
import { nowOf } from '../requests/desk-context.ts'
import { redraw } from '../requests/handle-event.ts'
import type { InboxEntry } from '../store/store.ts'
import { entryDone, type Intake } from './intake.ts'
import type { TryAgainEntry } from './payloads.ts'

export async function handleTryAgain(
  intake: Intake,
  entry: InboxEntry,
  { requestId, answerTo }: TryAgainEntry,
): Promise<void> {
  const { context } = intake
  const who = await intake.whoIs(answerTo.userId, answerTo.teamId)
  if ('refused' in who) {
    await entryDone(intake, entry)
    return intake.tell(answerTo, who.refused)
  }
  const at = nowOf(context)
  const pending = await context.store.transaction(async (tables) => {
    const row = await tables.requests.byId(requestId)
    const count = row ? await tables.outbox.tryAgain(requestId, at) : 0
    if (row && count > 0) {
      const details = { count }
      await tables.audit.append({
        at,
        requestId,
        iid: row.iid,
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
