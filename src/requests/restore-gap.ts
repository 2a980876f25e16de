/** A bot that wakes up in a copy of its database has forgotten what it did since: nothing of it may be done twice. */
import { effects, kindsOf } from '../engine/effect.ts'
import { type Instant, shortInstantText } from '../engine/time.ts'
import type { InboxEntry, Tables } from '../store/store.ts'
import { type DeskContext, nowOf, type RestoreGap } from './desk-context.ts'

/** The clocks of two services differ by a little. */
const skewMs = 60_000

/**
 * True for an instant of which the bot knows nothing, since its database was restored; a minute before and after is
 * taken in, because the clocks of two services differ.
 */
export function isInRestoreGap(restoreGap: RestoreGap | undefined, at: Instant): boolean {
  if (!restoreGap) return false
  const when = Date.parse(at)
  return when >= Date.parse(restoreGap.from) - skewMs && when <= Date.parse(restoreGap.to) + skewMs
}

/** The name of the setting that is written into each copy when it is made. */
export const backupTakenAt = 'backup-taken-at'
const forgottenName = 'forgotten'

/**
 * Returns the time that the bot has forgotten, or undefined where the database is no copy. It is called at start,
 * before anything is handled or carried out.
 */
export async function recoverFromBackup(context: DeskContext): Promise<RestoreGap | undefined> {
  return context.store.transaction(async (tables) => {
    const takenAt = await tables.settings.get(backupTakenAt)
    if (takenAt === undefined) return forgottenOf(tables)
    const now = nowOf(context)
    const distrusted = await tables.outbox.markUnverified(now, kindsOf(effects, 'at-most-twice'))
    const givenUp = await giveUpClicks(context, tables, takenAt)
    const restoreGap: RestoreGap = { from: takenAt, to: now }
    await tables.settings.set(forgottenName, JSON.stringify(restoreGap))
    await tables.settings.remove(backupTakenAt)
    await tables.audit.append({
      at: now,
      what: 'restored',
      who: 'bot',
      details: { takenAt, ...distrusted, clicksGivenUp: givenUp },
    })
    return restoreGap
  })
}

/**
 * Gives up the clicks that wait in the copy and returns their number: nobody knows whether they were carried out
 * afterward, so the person looks and clicks again.
 */
async function giveUpClicks(context: DeskContext, tables: Tables, takenAt: Instant): Promise<number> {
  const now = nowOf(context)
  const text = `The bot’s database was restored as of ${shortInstantText(takenAt, context.timeZone, now)}, so nobody knows whether what you chose then was done. Check the card, and choose again if it wasn’t.`
  const clicks = (await tables.inbox.pending('9999', Number.MAX_SAFE_INTEGER)).filter(isClick)
  for (const { id, token, key, payload } of clicks) {
    const { answerTo } = payload as { readonly answerTo: unknown }
    await tables.inbox.failed({ id, token }, now, 'given up after a restore')
    await tables.inbox.put({
      key: `restored:${key}`,
      kind: 'answer',
      payload: { answerTo, text },
      receivedAt: now,
    })
  }
  return clicks.length
}

function isClick({ payload }: InboxEntry): boolean {
  return typeof payload === 'object' && payload !== null && 'answerTo' in payload && !('text' in payload)
}

async function forgottenOf({ settings }: Tables): Promise<RestoreGap | undefined> {
  const text = await settings.get(forgottenName)
  return text === undefined ? undefined : (JSON.parse(text) as RestoreGap)
}
