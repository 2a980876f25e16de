/** When each service was last read as a whole: what is said of a desk's requests is as old as that. */
import type { Instant } from '../engine/time.ts'
import type { Tables } from '../store/store.ts'
import { type DeskContext, nowOf } from './desk-context.ts'

/** The ends of the last rounds of a service's poll. */
export interface PollRounds {
  /** The end of the last round that read all of it; left out: none has yet. */
  readonly readAt?: Instant
  /** The end of the last round, where that one failed. */
  readonly failedAt?: Instant
}

/** Runs a round of a service's poll and remembers how it ended. Throws what the round throws. */
export async function pollOnce(
  context: DeskContext,
  { name, poll }: { readonly name: string; poll(): Promise<void> },
): Promise<void> {
  try {
    await poll()
  } catch (error) {
    const { readAt } = await roundsOf(context.store.tables, name)
    await remember(context, name, { ...(readAt !== undefined && { readAt }), failedAt: nowOf(context) })
    throw error
  }
  await remember(context, name, { readAt: nowOf(context) })
}

/** Reads how the last rounds of a service's poll have ended. */
export async function roundsOf({ settings }: Tables, source: string): Promise<PollRounds> {
  return JSON.parse((await settings.get(settingName(source))) ?? '{}')
}

function settingName(source: string): string {
  return `poll-rounds:${source}`
}

async function remember({ store }: DeskContext, source: string, rounds: PollRounds): Promise<void> {
  await store.tables.settings.set(settingName(source), JSON.stringify(rounds))
}

/** Polls come every minute or so: what is older than this is worth saying. */
const freshMs = 15 * 60_000

/** Returns how old what is known is, where that is not as of now: `since` is left out where nothing was ever read. */
export function staleness(
  { readAt, failedAt }: PollRounds,
  now: Instant,
): { readonly since?: Instant } | undefined {
  if (readAt === undefined) return {}
  const isFresh = failedAt === undefined && Date.parse(now) - Date.parse(readAt) < freshMs
  return isFresh ? undefined : { since: readAt }
}

/** More than lie there for long: beyond them nobody counts. */
const looked = 1_000

/** True while what the last round has found is still to be read for the first time. */
export async function isStillReading(tables: Tables, source: string, now: Instant): Promise<boolean> {
  const { readAt } = await roundsOf(tables, source)
  const waiting = await tables.inbox.pending(now, looked)
  return waiting.some(
    ({ kind, attempts, receivedAt }) =>
      kind === `${source}-hint` && attempts === 0 && receivedAt <= (readAt ?? ''),
  )
}
