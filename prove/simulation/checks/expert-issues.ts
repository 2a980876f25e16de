/** Each question to an expert team is one issue of theirs, and each of the two knows the other's address. */
import { usernames } from '../../../sandbox/gitlab/gitlab.ts'
import type { Issue } from '../../../sandbox/gitlab/world.ts'
import type { Evidence } from '../check.ts'
import type { OutboxRow } from '../database.ts'
import { expertIssues } from '../experts.ts'

export function checkExpertIssues(evidence: Evidence): void {
  const { world, outbox, findings } = evidence
  const issues = expertIssues(world).filter(({ author }) => author.username === usernames.bot)
  for (const issue of issues) checkIssue(evidence, issue)
  for (const row of outbox.filter(({ kind }) => kind === 'open-expert-issue')) {
    const own = issues.filter(({ description }) => description.includes(row.op_id))
    if (own.length > 1) findings.duplicated.push(`question ${row.op_id} is ${own.length} issues`)
    if (row.status === 'done' && own.length === 0) findings.missing.push(`question ${row.op_id} is no issue`)
    checkLink(evidence, row, own[0])
  }
}

function checkIssue(
  { world, outbox, findings }: Evidence,
  { title, description, confidential, iid }: Issue,
): void {
  const number = Number(/^Security ticket (\d+)/.exec(title)?.[1])
  const name = `the expert issue ${iid} of ticket ${number}`
  findings.effectsChecked += 1
  if (!confidential) findings.letIn.push(`${name} is not confidential`)
  if (!description.includes(`/agent/tickets/${number}`))
    findings.broken.push(`${name} has no link to the ticket`)
  for (const secret of world.ticketSecrets)
    if (`${title} ${description}`.includes(secret)) findings.letIn.push(`${name} holds “${secret}”`)
  const row = outbox.find(({ op_id }) => description.includes(op_id))
  if (row?.status !== 'done')
    findings.broken.push(`${name} is there, and its effect is ${row?.status ?? 'gone'}`)
}

/** On the ticket, where only agents see it. */
function checkLink(
  { world, outbox, findings }: Evidence,
  opening: OutboxRow,
  issue: Issue | undefined,
): void {
  const link = outbox.find(
    (row) =>
      row.kind === 'link-expert-issue' &&
      row.request_id === opening.request_id &&
      row.created_at === opening.created_at,
  )
  if (!link) findings.missing.push(`question ${opening.op_id} has no link to come`)
  if (link?.status !== 'done') return
  const own = [...world.zendesk.tickets.values()].flatMap(({ audits, posted }) =>
    audits
      .filter(({ metadata }) => metadata.custom.op_id === link.op_id)
      .flatMap(({ id }) => posted.filter(({ auditId }) => auditId === id)),
  )
  const [note] = own
  const address = issue && `${issue.project.path}/-/issues/${issue.iid}`
  if (own.length !== 1 || note?.public || !address || !note?.body.includes(address))
    findings.broken.push(`the link to the issue of question ${opening.op_id} is not on the ticket`)
}
