/** What the bot wrote in GitLab: each public note once for the decision that asked for it, and nothing else. */
import { usernames } from '../../../sandbox/gitlab/gitlab.ts'
import type { Issue, Note } from '../../../sandbox/gitlab/world.ts'
import type { Evidence } from '../check.ts'
import type { OutboxRow } from '../database.ts'

const publicKinds = ['reply', 'typed-reply', 'feature-request-note']

export function checkNotes(evidence: Evidence): void {
  const { world, findings } = evidence
  const { issues } = world.gitlab.world
  for (const issue of issues) checkPublicNotes(evidence, issue)
  checkMarkers(evidence)
  checkReplies(evidence)
  for (const issue of issues)
    for (const note of ownNotes(issue)) {
      const hasCommand = note.body.split(/\r\n|[\r\n]/).some((line) => /^\s*\/[a-z]/i.test(line))
      if (hasCommand)
        findings.letIn.push(`note ${note.id} on #${issue.iid} holds a line that begins with a slash`)
    }
}

function ownNotes(issue: Issue): readonly Note[] {
  return issue.notes.filter(({ author, system }) => author.username === usernames.bot && !system)
}

/** Each stands for one done effect. */
function checkPublicNotes(evidence: Evidence, issue: Issue): void {
  const { world, outbox, findings } = evidence
  let unseen = unseenOn(evidence, issue)
  const claimed = outbox
    .filter(({ kind, status }) => publicKinds.includes(kind) && status === 'done')
    .map(noteIdOf)
  for (const { id, internal } of ownNotes(issue)) {
    if (internal) continue
    findings.effectsChecked += 1
    const count = claimed.filter((one) => one === id).length
    if (count === 0 && unseen > 0) unseen -= 1
    else if (count === 0)
      findings.duplicated.push(`public note ${id} on ${issue.project.path}#${issue.iid} stands for no effect`)
    if (count > 1) findings.missing.push(`public note ${id} on #${issue.iid} stands for ${count} effects`)
  }
  const all = world.gitlab.world.issues.flatMap(({ notes }) => notes.map(({ id }) => id))
  for (const id of claimed)
    if (!all.includes(id))
      findings.missing.push(`an effect claims public note ${id}, which GitLab does not have`)
}

/** Of a deleted issue nobody can see what had been written on it when an answer was lost: the effect has failed, and its card says that. */
function unseenOn({ audit, outbox }: Evidence, { iid, removed }: Issue): number {
  if (!removed) return 0
  const ids = new Set(audit.filter((entry) => entry.iid === iid).map(({ requestId }) => requestId))
  return outbox.filter(
    ({ kind, status, error, request_id }) =>
      publicKinds.includes(kind) &&
      status === 'failed' &&
      error?.includes('It can’t be seen whether') &&
      ids.has(request_id ?? undefined),
  ).length
}

/** The hidden marks by which the bot finds its own work: each one once in all of GitLab. */
function checkMarkers({ world, findings, outbox }: Evidence): void {
  const own = world.gitlab.world.issues.flatMap((issue) => [
    ...(issue.author.username === usernames.bot ? [issue.description] : []),
    ...ownNotes(issue).map(({ body }) => body),
  ])
  const ids = new Set(outbox.map(({ op_id }) => op_id))
  const marks = own.flatMap((text) =>
    [...text.matchAll(/<!-- privacy-desk:(\w+) -->/g)].map(([, id = '']) => id),
  )
  for (const [id, times] of Map.groupBy(marks, (id) => id))
    if (times.length > 1 && ids.has(id))
      findings.duplicated.push(`what stands for effect ${id} was written ${times.length} times`)
}

/** Every reply that was decided has a place of its own in the outbox and an end that can be seen. */
function checkReplies({ audit, outbox, findings }: Evidence): void {
  const decided = audit.filter(({ what }) => what === 'decided')
  for (const { requestId, at, details } of decided) {
    const wanted = ((details.effects ?? []) as readonly { kind: string }[]).filter(({ kind }) =>
      publicKinds.includes(kind),
    )
    const there = outbox.filter(
      (row) => row.request_id === requestId && row.created_at === at && publicKinds.includes(row.kind),
    )
    if (there.length < wanted.length)
      findings.missing.push(
        `${details.decision} of ${at} decided ${wanted.length} replies, the outbox has ${there.length}`,
      )
  }
}

function noteIdOf({ result }: OutboxRow): number {
  return Number((JSON.parse(result ?? '{}') as { noteId?: number }).noteId)
}
