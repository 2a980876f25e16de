/** "These issues are monitored": the issues of the expert teams are in projects that send no webhooks, so they are asked for. */

import type { ExpertIssue } from '../../engine/request.ts'
import { stepAt } from '../../engine/traits.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import type { RequestRow } from '../../store/store.ts'
import { CallFailed } from '../call-failed.ts'
import type { Note } from './answers.ts'
import type { GitLab } from './client.ts'

export interface WatchExperts {
  readonly context: DeskContext
  readonly gitlab: Pick<GitLab, 'issue' | 'notes'>
  readonly ownId: () => Promise<number>
  readonly wakeInbox: () => void
  /** One issue that can't be read holds up no other. */
  readonly onFailure: (row: RequestRow, error: CallFailed) => void
}

/** One round over all tickets that wait for an expert team. */
export async function watchExperts(watch: WatchExperts): Promise<void> {
  for (const row of await watch.context.store.tables.requests.open('zendesk')) {
    const issue =
      stepAt(watch.context.flows, row)?.tracks === 'expert-issue' ? row.facts.expertIssue : undefined
    if (!issue) continue
    try {
      await look(watch, row, issue)
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error
      watch.onFailure(row, error)
    }
  }
  watch.wakeInbox()
}

async function look(watch: WatchExperts, row: RequestRow, before: ExpertIssue): Promise<void> {
  const { state } = await watch.gitlab.issue(before.iid, before.project)
  const answer = await expertAnswer(watch, before)
  const answeredAt = answer?.createdAt ?? before.answeredAt
  const closed = state === 'closed'
  if (closed === before.closed && answeredAt === before.answeredAt) return
  const issue: ExpertIssue = { ...before, closed, ...(answeredAt === undefined ? {} : { answeredAt }) }
  await watch.context.store.tables.inbox.put({
    key: `expert:${row.id}:${row.version}:${answeredAt}:${state}`,
    kind: 'happening',
    payload: { requestId: row.id, happening: { name: 'expert-issue-seen', issue, at: nowOf(watch.context) } },
    receivedAt: nowOf(watch.context),
  })
}

/** The last that anybody but the bot wrote on the issue. */
export async function expertAnswer(
  { gitlab, ownId }: { readonly gitlab: Pick<GitLab, 'notes'>; readonly ownId: () => Promise<number> },
  { iid, project }: ExpertIssue,
): Promise<Note | undefined> {
  const own = await ownId()
  const notes = await gitlab.notes(iid, {}, project)
  return notes.findLast(({ system, author }) => !system && author.id !== own)
}
