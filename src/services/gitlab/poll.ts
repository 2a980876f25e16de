/** GitLab does not repeat a lost webhook: what has changed is asked for as well. https://docs.gitlab.com/api/issues/ */

import type { Instant } from '../../engine/time.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import type { RequestRow } from '../../store/store.ts'
import type { Issue } from './answers.ts'
import type { GitLab } from './client.ts'
import { type IssueReader, isInvalid } from './read-issue.ts'
import { askForUnread } from './unread-issues.ts'

const cursorName = 'gitlab-poll-cursor'
/** When the next long look is due. */
const longLookName = 'gitlab-long-look'
const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Clocks differ and updates commit out of order: each poll looks back this far behind the last update it saw. */
const overlapMs = 5 * 60_000
/** How far back the first poll looks, and every long one: every open request has been touched within its 30 days; twice that. */
const longMs = 60 * dayMs

export interface Poll {
  readonly context: DeskContext
  readonly gitlab: GitLab
  readonly handbookLabel: IssueReader['handbookLabel']
  readonly wakeInbox: () => void
}

/**
 * One round, over all pages; the next one starts from the last update of this one. Throws `CallFailed`.
 * Once a day it looks far back: what changed while GitLab did not show it to the bot lies behind the last update.
 */
export async function poll(parts: Poll): Promise<void> {
  const { context, handbookLabel } = parts
  const { settings } = context.store.tables
  await askForUnread(context)
  const cursor = await settings.get(cursorName)
  if (cursor) await hintAfter(parts, shifted(cursor, -overlapMs), everyIssue)
  const now = nowOf(context)
  if (cursor && !isDue(await settings.get(longLookName), now)) return
  // Should it break off in the middle.
  await settings.set(longLookName, shifted(now, hourMs))
  await hintAfter(
    parts,
    shifted(now, -longMs),
    cursor ? (issue, known) => known !== undefined || isOpen(issue, handbookLabel) : everyIssue,
  )
  await settings.set(longLookName, shifted(now, dayMs))
}

/** Also when it lies further ahead than any is put: the clock was set back. */
function isDue(dueAt: Instant | undefined, now: Instant): boolean {
  return dueAt === undefined || dueAt <= now || dueAt > shifted(now, dayMs)
}

type IsWanted = (issue: Issue, known: RequestRow | undefined) => boolean

const everyIssue: IsWanted = () => true

/** What is over and not known has been seen and purged: it is not taken in, and counted, a second time. */
function isOpen(issue: Issue, handbookLabel: IssueReader['handbookLabel']): boolean {
  return issue.state === 'opened' && !isInvalid(issue, handbookLabel)
}

async function hintAfter(parts: Poll, from: Instant, isWanted: IsWanted): Promise<void> {
  const { context, gitlab, wakeInbox } = parts
  const { settings } = context.store.tables
  for await (const page of gitlab.issuesUpdatedAfter(from)) {
    for (const issue of page) await hint(context, issue, isWanted)
    const last = page.at(-1)
    // A page at a time: a poll that breaks off in the middle goes on from there.
    if (last && last.updatedAt > ((await settings.get(cursorName)) ?? ''))
      await settings.set(cursorName, last.updatedAt)
    wakeInbox()
  }
}

async function hint({ store, now }: DeskContext, issue: Issue, isWanted: IsWanted): Promise<void> {
  const known = await store.tables.requests.byIid(issue.iid)
  if (!isWanted(issue, known) || (known && known.seen.updatedAt >= issue.updatedAt)) return
  await store.tables.inbox.put({
    key: `gitlab-poll:${issue.iid}:${issue.updatedAt}`,
    kind: 'gitlab-hint',
    payload: { iid: issue.iid },
    receivedAt: now().toISOString(),
  })
}

function shifted(at: Instant, ms: number): Instant {
  return new Date(Date.parse(at) + ms).toISOString()
}
