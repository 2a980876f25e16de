/** Try Again on a card whose effects failed for good, after somebody has mended the cause. */
import type { Role } from '../engine/request.ts'
import { nowOf } from '../requests/desk-context.ts'
import { redraw } from '../requests/handle-event.ts'
import type { InboxEntry } from '../store/store.ts'
import type { Intake } from './intake.ts'
import type { AnswerTo, TryAgainEntry } from './payloads.ts'
import { whoWorksHere } from './who-works-here.ts'

export async function handleTryAgain(
  intake: Intake,
  entry: InboxEntry,
  { requestId, answerTo }: TryAgainEntry,
): Promise<void> {
  const { context } = intake
  const who = await whoWorksHere(intake, answerTo)
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

/** Whoever may take a decision may have what was decided carried out. */
const mayTryAgain: readonly Role[] = ['support-engineer', 'support-manager', 'privacy']

async function refusalOf(intake: Intake, { userId, teamId }: AnswerTo): Promise<string | undefined> {
  const who = await intake.whoIs(userId, teamId)
  if ('refused' in who) return who.refused
  if (who.person.roles.some((role) => mayTryAgain.includes(role))) return undefined
  return 'Try Again is for a support engineer or a support manager or a privacy person.'
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
      ...(row ? { requestId, iid: row.iid } : {}),
      what: 'refused',
      who: `slack:${answerTo.userId}`,
      details: { decision: 'try-again', because },
    })
    await tables.inbox.done(entry.id, at)
  })
  await intake.tell(answerTo, because)
}
