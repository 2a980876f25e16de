/** Takes in what GitLab says now, for somebody who can't wait. */
import { sight } from '../requests/sight.ts'
import { readIssue } from '../services/gitlab/read-issue.ts'
import type { Intake } from './handler.ts'

/** A trigger of Slack's lives three seconds; the modal needs the rest. */
const patienceMs = 1_500

/** Where GitLab is slow or down nothing is lost: the decision itself reads it again. */
export async function readInTime(
  { context, reader }: Pick<Intake, 'context' | 'reader'>,
  requestId: string,
): Promise<void> {
  const row = await context.store.tables.requests.byId(requestId)
  if (!row) return
  const reading = readIssue(reader, row.iid, row.seen).then(async (sighting) => {
    await context.store.transaction((tables) => sight(context, tables, sighting))
    context.wakeWorker()
  })
  await Promise.race([
    reading.catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, patienceMs).unref()),
  ])
}
