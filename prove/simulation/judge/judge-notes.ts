/** What the bot wrote in GitLab, whatever for: each of its own marks once, no line that GitLab would take for a command, and nothing where it has no business. */
import { featureRequest } from '../../../sandbox/gitlab/gitlab.ts'
import type { Evidence } from '../check.ts'
import type { Act } from './acts.ts'
import { byBot, ownNotes } from './case-file.ts'

export function judgeNotes({ world, findings }: Evidence, acts: readonly Act[]): void {
  const { issues } = world.gitlab.world
  const typed = acts.flatMap((act) => act.typed).join('\n')
  const own = issues.flatMap((issue) => [
    ...(byBot(issue) ? [issue.description] : []),
    ...ownNotes(issue).map(({ body }) => body),
  ])
  const marks = own.flatMap((text) => [...text.matchAll(/<!-- privacy-desk:\w+ -->/g)].map(([mark]) => mark))
  for (const [mark, { length }] of Map.groupBy(marks, (one) => one))
    if (length > 1 && !typed.includes(mark))
      findings.duplicated.push(`what bears the mark ${mark} was written ${length} times`)
  for (const issue of issues) {
    const name = `${issue.project.path}#${issue.iid}`
    // Somebody may take in an issue of the bot's own and work it.
    const isDesks = issue.project.serviceDesk
    const isFeature = issue.project.path === featureRequest.project && issue.iid === featureRequest.iid
    for (const { id, body } of ownNotes(issue)) {
      if (!isDesks && !isFeature) findings.letIn.push(`the bot wrote note ${id} on ${name}`)
      if (body.split(/\r\n|[\r\n]/).some((line) => /^\s*\/[a-z]/i.test(line)))
        findings.letIn.push(`note ${id} on ${name} holds a line that begins with a slash`)
    }
  }
}
