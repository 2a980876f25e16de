/** The daily deadline digest: exactly once a day, however often the bot restarts. */
import type { DeskName } from '../engine/effects/definition.ts'
import type { Digest } from '../engine/effects/messages.ts'
import { dayIn } from '../engine/time.ts'
import type { RequestRow } from '../store/store.ts'
import type { DigestState } from '../views/digest-state.ts'
import { isForgotten } from './after-restore.ts'
import { type CardStateParts, lineStateOf } from './card-states.ts'
import { type DeskContext, nowOf } from './desk-context.ts'

const dayMs = 24 * 3_600_000

export interface DigestParts {
  readonly context: DeskContext
  readonly desk: DeskName
  /** In the context's time zone. */
  readonly digestAt: { readonly hour: number; readonly minute: number }
}

const claimNames: Readonly<Record<DeskName, string>> = { privacy: 'digest', security: 'security-digest' }

/** Asks for today's digest once its time has come; it is drawn when it is posted. A bot that was down then does it when it is back. */
export async function digestWhenDue({ context, desk, digestAt }: DigestParts): Promise<void> {
  const now = nowOf(context)
  if (!isPast(now, digestAt, context.timeZone)) return
  const day = dayIn(context.timeZone, now)
  const name = `${claimNames[desk]}:${day}`
  if ((await context.store.tables.settings.get(name)) !== undefined) return
  // It may have been posted after the backup that the bot woke up in.
  if (isForgotten(context.forgotten, timeOfDay(now, digestAt, context.timeZone))) return
  await context.store.transaction(async (tables) => {
    if (!(await tables.settings.claimOnce(name, now))) return
    const work: Digest = { kind: 'digest', desk, day }
    await tables.outbox.add([{ opId: context.newId(), lane: 'channel', work, dueAt: now, createdAt: now }])
  })
  context.wakeWorker()
}

export async function digestState(parts: CardStateParts): Promise<DigestState> {
  const { store, timeZone } = parts.context
  const now = nowOf(parts.context)
  const yesterday = new Date(Date.parse(now) - dayMs).toISOString()
  const open = await store.tables.requests.open('gitlab')
  const closed = await store.tables.requests.closedSince(
    new Date(Date.parse(now) - 60 * dayMs).toISOString(),
    'gitlab',
  )
  const isSince = (at: string | undefined) => at !== undefined && at > yesterday
  const isCountedOnly = ({ flow }: RequestRow) => parts.context.flows[flow]?.isCountedOnly === true
  const invalid = closed.filter(isCountedOnly)
  const worked = closed.filter((row) => !isCountedOnly(row))
  return {
    now,
    timeZone,
    open: open.map((row) => lineStateOf(parts, row)),
    auditHead: await store.tables.audit.head(),
    repliedAfterClose: worked
      .filter(({ facts }) => isSince(facts.repliedAfterClose))
      .map((row) => lineStateOf(parts, row)),
    sinceYesterday: {
      new: [...open, ...worked].filter(({ createdAt }) => isSince(createdAt)).length,
      closed: worked.filter(({ closedAt }) => isSince(closedAt)).length,
      invalid: invalid.filter(({ closedAt }) => isSince(closedAt)).length,
    },
  }
}

function timeOfDay(now: string, { hour, minute }: DigestParts['digestAt'], timeZone: string): string {
  const local = Temporal.Instant.from(now).toZonedDateTimeISO(timeZone).with({ hour, minute, second: 0 })
  return new Date(local.epochMilliseconds).toISOString()
}

export function isPast(now: string, digestAt: DigestParts['digestAt'], timeZone: string): boolean {
  const local = Temporal.Instant.from(now).toZonedDateTimeISO(timeZone).toPlainTime()
  return Temporal.PlainTime.compare(local, Temporal.PlainTime.from(digestAt)) >= 0
}
