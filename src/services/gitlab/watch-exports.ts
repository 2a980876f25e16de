/** How far the exports are is told by no webhook: it is asked for as long as they are under way. */

import { stepAt } from '../../engine/traits.ts'
import { type FormAliases, readForm } from '../../form/form.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import type { RequestRow } from '../../store/store.ts'
import { CallFailed } from '../call-failed.ts'
import type { GitLab } from './client.ts'
import { type ExportProgress, exportProgress, isComplete } from './export-progress.ts'
import type { GitLabExports } from './exports.ts'

export interface WatchExports {
  readonly context: DeskContext
  readonly gitlab: Pick<GitLab, 'issue'>
  readonly exports: Pick<GitLabExports, 'ofUser'>
  readonly aliases: FormAliases
  readonly wakeInbox: () => void
  /** One request whose exports can't be read holds up no other. */
  readonly onFailure: (row: RequestRow, error: CallFailed) => void
}

/** One round over all requests whose exports are under way. */
export async function watchExports(watch: WatchExports): Promise<void> {
  for (const row of await watch.context.store.tables.requests.open('gitlab')) {
    const before = stepAt(watch.context.flows, row)?.tracks === 'exports' ? row.facts.exports : undefined
    if (!before || isComplete(before)) continue
    try {
      await look(watch, row, before)
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error
      watch.onFailure(row, error)
    }
  }
  watch.wakeInbox()
}

async function look(watch: WatchExports, row: RequestRow, before: ExportProgress): Promise<void> {
  const { description } = await watch.gitlab.issue(row.iid)
  const { username } = readForm(description, watch.aliases)
  const found = username === undefined ? undefined : await watch.exports.ofUser(username)
  if (!found) return
  const statuses = found.map(({ status }) => status)
  const exports = exportProgress(statuses, before.failed)
  const { done, total, failed } = exports
  if (done === before.done && total === before.total && failed === before.failed) return
  await watch.context.store.tables.inbox.put({
    // The version: the same numbers may come again, but not while the request has not changed since.
    key: `exports:${row.id}:${row.version}:${done}-${failed}-${total}`,
    kind: 'happening',
    payload: { requestId: row.id, happening: { name: 'exports-seen', exports, at: nowOf(watch.context) } },
    receivedAt: nowOf(watch.context),
  })
}
