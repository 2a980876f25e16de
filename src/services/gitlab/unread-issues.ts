/**
 * Issues that GitLab did not show when the bot was told of them. A right that is given back leaves no trace in the
 * issue, so that no webhook tells of it and no list of what has changed: they are asked for again, ever less often.
 */
import { type Instant, plus } from '../../engine/time.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import type { Tables } from '../../store/store.ts'
import { hintKey } from '../service.ts'

interface Unread {
  readonly since: Instant
  readonly again: Instant
}

type AllUnread = Readonly<Record<string, Unread>>

const settingName = 'gitlab-unread-issues'
const shortestPauseMs = 60_000
const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Every request has an end within 30 days: until then nobody waits longer than an hour for one that is shown again. */
const requestMs = 30 * dayMs
/** One that was deleted is not asked for for ever. */
const longestMs = 365 * dayMs

/** Inside the caller's transaction. */
export async function rememberUnread(tables: Tables, iid: number, now: Instant): Promise<void> {
  const all = await allUnread(tables)
  const since = all[iid]?.since ?? now
  const age = Date.parse(now) - Date.parse(since)
  const { [iid]: _one, ...others } = all
  const longestPauseMs = age < requestMs ? hourMs : dayMs
  const unread = { since, again: plus(now, Math.max(shortestPauseMs, Math.min(age, longestPauseMs))) }
  await write(tables, age < longestMs ? { ...others, [iid]: unread } : others)
}

/** Once it is read; at nearly every hint there is nothing to forget. */
export async function forgetUnread({ store }: DeskContext, iid: number): Promise<void> {
  if (!(String(iid) in (await allUnread(store.tables)))) return
  await store.transaction(async (tables) => {
    const { [iid]: _one, ...others } = await allUnread(tables)
    await write(tables, others)
  })
}

/** A hint for each whose time has come. */
export async function askForUnread(context: DeskContext): Promise<void> {
  const { tables } = context.store
  const now = nowOf(context)
  for (const [iid, { again }] of Object.entries(await allUnread(tables)))
    if (again <= now)
      await tables.inbox.put({
        key: `${hintKey('gitlab', Number(iid))}unread:${again}`,
        kind: 'gitlab-hint',
        payload: { iid: Number(iid) },
        receivedAt: now,
      })
}

async function allUnread({ settings }: Tables): Promise<AllUnread> {
  return JSON.parse((await settings.get(settingName)) ?? '{}')
}

async function write({ settings }: Tables, all: AllUnread): Promise<void> {
  await (Object.keys(all).length > 0
    ? settings.set(settingName, JSON.stringify(all))
    : settings.remove(settingName))
}
