/** Schedules the export of each of the user's personal projects. One that is on its way or there already counts. */

import { toInstant } from '../../engine/time.ts'
import { readForm } from '../../form/form.ts'
import { CallFailed } from '../call-failed.ts'
import { type Done, type Entry, requestOf } from '../effect-handler.ts'
import { CannotDo } from '../failure.ts'
import { type EffectContext, onIssue } from './effect-context.ts'
import { exportProgress } from './export-progress.ts'
import type { ProjectExport } from './exports.ts'

export async function startExports(context: EffectContext, entry: Entry): Promise<Done> {
  const request = await requestOf(context, entry)
  const known = await exportsOf(context, request.iid)
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
      `The username can't be read from the form of #${iid}. Mend the form entry in GitLab, then choose Try Again.`,
    )
  const exports = await visible(() => context.exports.ofUser(username))
  if (exports) return exports
  throw new CannotDo(
    `GitLab shows no user of the name in the form of #${iid}, or not to the administrator's token.`,
  )
}

async function visible<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof CallFailed) || (error.status !== 403 && error.status !== 404)) throw error
    throw new CannotDo(
      `GITLAB_ADMIN_TOKEN may not see the exports of the user's projects (${error.status}): it has to be an administrator's.`,
      { cause: error },
    )
  }
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
