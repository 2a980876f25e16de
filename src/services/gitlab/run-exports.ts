/** The exports of a user's personal projects: the effect that schedules them, and the look at how far they are. */

import type { Facts } from '../../engine/request.ts'
import { toInstant } from '../../engine/time.ts'
import { type FormAliases, readForm } from '../../form/form.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import { tracked } from '../../requests/tracked.ts'
import type { RequestRow } from '../../store/store.ts'
import { CallFailed } from '../call-failed.ts'
import { type Done, type Entry, requestOf } from '../effect-handler.ts'
import { CannotDo } from '../failure.ts'
import type { GitLabExports, ProjectExport } from './admin.ts'
import type { GitLab } from './client.ts'
import type { EffectContext } from './effect-context.ts'
import { onIssue, told } from './failure.ts'

/**
 * Schedules the export of each of the user's personal projects. One that is on its way or there already counts.
 * Throws `CannotDo` where the username can't be read or GitLab refuses every project, and `CallFailed`.
 */
export async function startExports(context: EffectContext, entry: Entry): Promise<Done> {
  const request = await requestOf(context, entry)
  const known = await exportsOf(context, request.number)
  const started = await scheduleMissing(context, known)
  const refused = started.filter((status) => status === 'none').length
  if (refused > 0 && refused === started.length)
    throw new CannotDo(
      "GitLab refused to export any of the user's personal projects. GITLAB_ADMIN_TOKEN has to be an administrator's with the scope api; then choose Try Again.",
    )
  const exports = exportProgress(started, refused)
  const at = toInstant(context.now())
  await context.happened(request.id, { name: 'exports-seen', exports, at }, `effect:${entry.opId}`)
  return { result: { ...exports } }
}

async function exportsOf(context: EffectContext, iid: number): Promise<readonly ProjectExport[]> {
  const { description } = await onIssue(iid, () => context.gitlab.issue(iid))
  const { username } = readForm(description, context.aliases)
  if (username === undefined)
    throw new CannotDo(
      `The username can't be read from the form of #${iid}. Fix the form entry in GitLab, then choose Try Again.`,
    )
  const exports = await told({ exports: 'of the user' }, () => context.exports.ofUser(username))
  if (exports) return exports
  throw new CannotDo(
    `GitLab shows no user of the name in the form of #${iid}, or not to the administrator's token.`,
  )
}

/** The status of each afterwards. With more than GitLab takes at once (429) the rest follows at the next attempt. */
async function scheduleMissing(
  { exports }: EffectContext,
  known: readonly ProjectExport[],
): Promise<readonly string[]> {
  const statuses: string[] = []
  for (const { projectId, status } of known) {
    const isThere = status !== 'none' && status !== 'failed'
    statuses.push(isThere ? status : await scheduled(() => exports.schedule(projectId)))
  }
  return statuses
}

/** One that is refused does not hold up the others; the card says how many. */
async function scheduled(schedule: () => Promise<void>): Promise<'queued' | 'none'> {
  try {
    await schedule()
    return 'queued'
  } catch (error) {
    if (!(error instanceof CallFailed) || error.kind !== 'not-done' || error.status === 401) throw error
    return 'none'
  }
}

// No webhook tells how far the exports are: GitLab is asked as long as they are under way.

/** The parts that a look at the exports works with. */
export interface WatchExports {
  readonly context: DeskContext
  readonly gitlab: Pick<GitLab, 'issue'>
  readonly exports: Pick<GitLabExports, 'ofUser'>
  readonly aliases: FormAliases
  readonly wakeInbox: () => void
  /** One request whose exports can't be read holds up no other. */
  readonly onFailure: (row: RequestRow, error: CallFailed) => void
}

/** Looks once at all requests whose exports are under way. */
export async function watchExports(watch: WatchExports): Promise<void> {
  for await (const row of tracked(watch.context, 'gitlab', 'exports')) {
    const before = row.facts.exports
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
  const { description } = await watch.gitlab.issue(row.number)
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
    kind: 'observation',
    payload: { requestId: row.id, observation: { name: 'exports-seen', exports, at: nowOf(watch.context) } },
    receivedAt: nowOf(watch.context),
  })
}

// The progress of all exports is counted from the status of each.

/** The progress of a request's exports: how many are done, failed and wanted. */
export type ExportProgress = NonNullable<Facts['exports']>

/**
 * `none`, `queued`, `started`, `finished`, `regeneration_in_progress`; newer versions know `failed`.
 * https://docs.gitlab.com/api/project_import_export/#export-status
 */
export type ExportStatus = string

/** `refused`: so many could not be scheduled, and of these GitLab knows no export. */
export function exportProgress(statuses: readonly ExportStatus[], refused: number): ExportProgress {
  const count = (status: ExportStatus) => statuses.filter((one) => one === status).length
  return {
    done: count('finished'),
    total: statuses.length,
    failed: count('failed') + Math.min(count('none'), refused),
  }
}

/** Tells whether no export is under way any more. */
export function isComplete({ done, total, failed }: ExportProgress): boolean {
  return done + failed >= total
}
