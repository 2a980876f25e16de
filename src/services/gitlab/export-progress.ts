/** How far the exports of a user's projects are, from what GitLab says of each. */
import type { Facts } from '../../engine/request.ts'

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

export function isComplete({ done, total, failed }: ExportProgress): boolean {
  return done + failed >= total
}
