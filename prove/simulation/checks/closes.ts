/** No issue is closed by the bot before its reply and its labels are there, as GitLab's own events tell it. */
import { usernames } from '../../../sandbox/gitlab/gitlab.ts'
import type { Issue, StateEvent } from '../../../sandbox/gitlab/world.ts'
import type { Evidence } from '../check.ts'
import type { OutboxRow } from '../database.ts'

const closing = ['close', 'mark-duplicate']

export function checkCloses(evidence: Evidence): void {
  for (const issue of evidence.world.gitlab.world.issues)
    for (const event of issue.stateEvents)
      if (event.user.username === usernames.bot && event.state === 'closed')
        checkClose(evidence, issue, event)
}

function checkClose({ audit, outbox, findings }: Evidence, issue: Issue, event: StateEvent): void {
  findings.effectsChecked += 1
  const requestId = audit.find(({ what, iid }) => what === 'opened' && iid === issue.iid)?.requestId
  const ways = outbox.filter((row) => row.request_id === requestId && closing.includes(row.kind))
  const problems = ways.map((way) => whatIsMissing(outbox, way, issue, event))
  if (ways.length === 0) findings.letIn.push(`#${issue.iid} was closed by the bot and nobody had decided it`)
  // One of the decisions to close has to explain it.
  else if (!problems.includes(undefined))
    findings.broken.push(`#${issue.iid} was closed (${event.id}) without ${problems.join('; or ')}`)
}

/** Of what the same decision asked for before the close. */
function whatIsMissing(
  outbox: readonly OutboxRow[],
  way: OutboxRow,
  issue: Issue,
  event: StateEvent,
): string | undefined {
  const before = outbox.filter(
    (row) =>
      row.request_id === way.request_id &&
      row.lane === 'gitlab' &&
      row.created_at === way.created_at &&
      row.position < way.position,
  )
  return before.map((row) => missingOf(row, issue, event)).find((problem) => problem !== undefined)
}

function missingOf(
  { kind, work, result, status }: OutboxRow,
  issue: Issue,
  event: StateEvent,
): string | undefined {
  if (kind === 'reply' || kind === 'typed-reply') {
    const noteId = Number((JSON.parse(result ?? '{}') as { noteId?: number }).noteId)
    return status === 'done' && noteId < event.id ? undefined : `its reply (${status}, note ${noteId})`
  }
  if (kind !== 'labels') return undefined
  const { add } = JSON.parse(work) as { readonly add: readonly string[] }
  const missing = add.filter(
    (label) =>
      !issue.labelEvents.some((one) => one.label === label && one.action === 'add' && one.id < event.id),
  )
  return missing.length === 0 ? undefined : `the labels ${missing.join(', ')}`
}
