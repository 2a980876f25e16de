/** GitLab does not repeat a lost webhook: what has changed is asked for as well. https://docs.gitlab.com/api/issues/ */
import { nextTurn } from '../../clock.ts'
import { type Instant, plus } from '../../engine/time.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import { wasAheadOfTime } from '../../requests/snapshot.ts'
import type { RequestRow, SyncCursor, Tables } from '../../store/store.ts'
import { hintKey, onceADay } from '../service.ts'
import type { Issue } from './answers.ts'
import type { GitLab } from './client.ts'
import { earliest } from './earliest.ts'
import { isInvalid } from './failed-checks.ts'
import type { IssueReader } from './read-issue.ts'

const cursorName = 'gitlab-poll-cursor'
/** The name under which the store keeps the instant of the next long look. */
const longLookName = 'gitlab-long-look'
const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Clocks differ and updates commit out of order: each poll looks back this far behind the last update it saw. */
const overlapMs = 5 * 60_000
/** The period that the first poll and every long one cover: every open request has been touched within its 30 days; twice that. */
const longMs = 60 * dayMs

/**
 * What comes within a minute of a change is looked for when the minute is over, with some seconds for a transaction that
 * commits late, and when no replica can lack it any more: it may lag by another minute (`max_replica_lag_time`,
 * https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/database/load_balancing/configuration.rb).
 * A clock that is set forward meanwhile ends both at once, and no reading after it would follow: so it is looked for
 * after two hours, since a clock is most often wrong by minutes or by the hour of summer time, and after a day. What the
 * list of what has changed has left behind by then, the long look finds.
 */
const throttlesMs = [75_000, 135_000, 2 * hourMs, dayMs] as const
/** First read so long after the change, nothing of its minute can be missing: no clock is wrong by more than a day. */
const longThrottleMs = 25 * hourMs

/** The parts that a round of the poll works with. */
export interface Poll {
  readonly context: DeskContext
  readonly gitlab: GitLab
  readonly handbookLabel: IssueReader['handbookLabel']
  readonly wakeInbox: () => void
}

/**
 * One round, over all pages; the next one starts from the last update of this one. Throws `CallFailed`.
 * Once a day it looks far back: what changed while GitLab did not show it to the bot lies behind the last update, and of
 * what was given up nothing else tells.
 */
export async function poll(parts: Poll): Promise<void> {
  const { context, handbookLabel } = parts
  const { settings } = context.store.tables
  await askForUnread(context)
  const cursor = await settings.get(cursorName)
  const now = nowOf(context)
  // No time that is still to come: what changes until then would never be listed.
  if (cursor) await hintAfter(parts, plus(earliest(cursor, now), -overlapMs), everyIssue)
  if (cursor && !isDue(await settings.get(longLookName), now)) return
  // Should it break off in the middle.
  await settings.set(longLookName, plus(now, hourMs))
  await hintAfter(
    parts,
    plus(now, -longMs),
    cursor ? (issue, known) => known !== undefined || isOpen(issue, handbookLabel) : everyIssue,
    cursor ? onceADay(now) : '',
  )
  await hintForgotten(parts)
  await settings.set(longLookName, plus(now, dayMs))
}

/** Also when it lies further ahead than any is put: the clock was set back. */
function isDue(dueAt: Instant | undefined, now: Instant): boolean {
  return dueAt === undefined || dueAt <= now || dueAt > plus(now, dayMs)
}

/** So many of the open requests that have not been read for long are read on one day, beside what has changed. */
const mostForgotten = 200

/**
 * An open request that nobody has touched for longer than the long look reaches, and of which nothing has been read for a
 * month: what came while GitLab hid its issue, and the bot was down, is in no list.
 */
async function hintForgotten({ context, wakeInbox }: Poll): Promise<void> {
  const { requests, inbox } = context.store.tables
  const now = nowOf(context)
  let count = 0
  for await (const { number, seen } of requests.eachOpen('gitlab')) {
    if (count === mostForgotten) break
    if (seen.updatedAt >= plus(now, -longMs) || (seen.readAt?.last ?? '') >= plus(now, -requestMs)) continue
    count += 1
    await inbox.put({
      key: `${hintKey('gitlab', number)}poll:forgotten:${now}`,
      kind: 'gitlab-hint',
      payload: { iid: number },
      receivedAt: now,
    })
  }
  if (count > 0) wakeInbox()
}

type IsWanted = (issue: Issue, known: RequestRow | undefined) => boolean

const everyIssue: IsWanted = () => true

/** Returns whether the issue is open: one that is over and unknown has been seen and purged, and must not be counted a second time. */
function isOpen(issue: Issue, handbookLabel: IssueReader['handbookLabel']): boolean {
  return issue.state === 'opened' && !isInvalid(issue, handbookLabel)
}

async function hintAfter(parts: Poll, from: Instant, isWanted: IsWanted, keyEnd = ''): Promise<void> {
  const { context, gitlab, wakeInbox } = parts
  const { settings } = context.store.tables
  const now = nowOf(context)
  for await (const page of gitlab.issuesUpdatedAfter(from)) {
    for (const issue of page) {
      await hint(context, issue, isWanted, keyEnd)
      await nextTurn()
    }
    const last = page.at(-1)
    const upTo = last && earliest(last.updatedAt, now)
    // A page at a time: a poll that breaks off in the middle goes on from there.
    if (upTo && upTo > ((await settings.get(cursorName)) ?? '')) await settings.set(cursorName, upTo)
    wakeInbox()
  }
}

async function hint(context: DeskContext, issue: Issue, isWanted: IsWanted, keyEnd: string): Promise<void> {
  const { requests, inbox } = context.store.tables
  const now = nowOf(context)
  const known = await requests.byNumber(issue.iid, 'gitlab')
  if (!isWanted(issue, known)) return
  const isSeen = known !== undefined && isSeenIn(known.seen, issue)
  const again = isSeen ? readAgain(known.seen, now) : readSince(known)
  if (again === undefined) return
  await inbox.put({
    key: `${hintKey('gitlab', issue.iid)}poll:${issue.updatedAt}${again}${keyEnd}`,
    kind: 'gitlab-hint',
    payload: { iid: issue.iid },
    receivedAt: now,
  })
}

function isSeenIn(seen: SyncCursor, { updatedAt }: Issue): boolean {
  return wasAheadOfTime(seen) ? seen.updatedAt === updatedAt : seen.updatedAt >= updatedAt
}

/**
 * The list may come from the primary and the reading after it from a replica that lags, and shows nothing new: every
 * such reading is followed by another, until the change is seen.
 */
function readSince(known: RequestRow | undefined): string {
  return known?.seen.readAt ? `:after:${known.seen.readAt.last}` : ''
}

/**
 * GitLab moves `updated_at` at most once a minute for notes and labels (`ThrottledTouch`): what comes within a minute
 * of a change leaves no trace in the list. So an issue is read again when that minute is certainly over, counted from
 * the first reading by the bot's own clock, since the two clocks may differ. Undefined where it need not be.
 */
function readAgain({ updatedAt, readAt }: SyncCursor, now: Instant): string | undefined {
  // Read by a version of the bot that did not note when.
  if (!readAt) return ':again'
  if (readAt.first > plus(updatedAt, longThrottleMs)) return undefined
  const over = throttlesMs.map((ms) => plus(readAt.first, ms)).findLast((end) => now >= end)
  return over !== undefined && readAt.last < over ? `:${over}` : undefined
}

// Issues that GitLab did not show when the bot was told of them. A right that is given back leaves no trace in the
// issue, so that no webhook tells of it and no list of what has changed: they are asked for again, ever less often.

interface Unread {
  readonly since: Instant
  readonly again: Instant
}

type AllUnread = Readonly<Record<string, Unread>>

const settingName = 'gitlab-unread-issues'
const shortestPauseMs = 60_000
/** Every request has an end within 30 days: until then nobody waits longer than an hour for one that is shown again. */
const requestMs = 30 * dayMs
/** One that was deleted is not asked for for ever. */
const longestMs = 365 * dayMs

/**
 * Beside the requests that are known so many numbers are remembered, each of which is asked for once an hour: whoever has
 * read a delivery with GitLab's secret token can name any number for ever.
 */
const mostUnread = 200
/** An issue that has just been made is little above the newest that is known: others of the project lie between. */
const mostAhead = 100

async function isWorthRemembering({ requests }: Tables, iid: number, all: AllUnread): Promise<boolean> {
  if (await requests.byNumber(iid, 'gitlab')) return true
  return Object.keys(all).length < mostUnread && iid <= (await requests.highestIid('gitlab')) + mostAhead
}

/**
 * Remembers an issue that GitLab did not show, to ask for it again. It runs inside the caller's transaction. `dropped` is
 * called where it is not remembered, since it is beyond what may be.
 */
export async function rememberUnread(
  tables: Tables,
  iid: number,
  now: Instant,
  dropped: () => void = () => {},
): Promise<void> {
  const all = await allUnread(tables)
  if (all[iid] === undefined && !(await isWorthRemembering(tables, iid, all))) return dropped()
  const since = all[iid]?.since ?? now
  const age = Date.parse(now) - Date.parse(since)
  const { [iid]: _one, ...others } = all
  const longestPauseMs = age < requestMs ? hourMs : dayMs
  const unread = { since, again: plus(now, Math.max(shortestPauseMs, Math.min(age, longestPauseMs))) }
  await write(tables, age < longestMs ? { ...others, [iid]: unread } : others)
}

/** Forgets an issue once it is read; at nearly every hint there is none to forget. */
export async function forgetUnread({ store }: DeskContext, iid: number): Promise<void> {
  if (!(String(iid) in (await allUnread(store.tables)))) return
  await store.transaction(async (tables) => {
    const { [iid]: _one, ...others } = await allUnread(tables)
    await write(tables, others)
  })
}

/** A hint for each whose time has come. */
async function askForUnread(context: DeskContext): Promise<void> {
  const { tables } = context.store
  const now = nowOf(context)
  for (const [iid, { again }] of Object.entries(await allUnread(tables)))
    if (again <= now)
      await tables.inbox.put({
        key: `${hintKey('gitlab', Number(iid))}unread:${again}${onceADay(now)}`,
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
