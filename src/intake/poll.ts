/** GitLab does not repeat a lost webhook: what has changed is asked for as well. https://docs.gitlab.com/api/issues/ */
import type { GitLab } from '../clients/gitlab.ts'
import type { Issue } from '../clients/gitlab-answers.ts'
import type { Instant } from '../engine/time.ts'
import { type DeskContext, nowOf } from '../requests/desk-context.ts'
import { askForUnread } from './unread-issues.ts'

const cursorName = 'gitlab-poll-cursor'
/** Clocks differ and updates commit out of order: each poll looks back this far behind the last update it saw. */
const overlapMs = 5 * 60_000
/** How far back the first poll looks: every open request has been touched within its 30 days; twice that. */
const firstLookMs = 60 * 24 * 3_600_000

export interface Poll {
  readonly context: DeskContext
  readonly gitlab: GitLab
  readonly wakeInbox: () => void
}

/** One round, over all pages; the next one starts from the last update of this one. Throws `CallFailed`. */
export async function poll({ context, gitlab, wakeInbox }: Poll): Promise<void> {
  await askForUnread(context)
  const { settings } = context.store.tables
  const cursor = await settings.get(cursorName)
  const from = cursor ? before(cursor, overlapMs) : before(nowOf(context), firstLookMs)
  for await (const page of gitlab.issuesUpdatedAfter(from)) {
    for (const issue of page) await hint(context, issue)
    const last = page.at(-1)
    // A page at a time: a poll that breaks off in the middle goes on from there.
    if (last && last.updatedAt > ((await settings.get(cursorName)) ?? ''))
      await settings.set(cursorName, last.updatedAt)
    wakeInbox()
  }
}

async function hint({ store, now }: DeskContext, issue: Issue): Promise<void> {
  const known = await store.tables.requests.byIid(issue.iid)
  if (known && known.seen.updatedAt >= issue.updatedAt) return
  await store.tables.inbox.put({
    key: `gitlab-poll:${issue.iid}:${issue.updatedAt}`,
    kind: 'gitlab-hint',
    payload: { iid: issue.iid },
    receivedAt: now().toISOString(),
  })
}

function before(at: Instant, ms: number): Instant {
  return new Date(Date.parse(at) - ms).toISOString()
}
