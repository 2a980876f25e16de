/** What each quick action does, with the rights of whoever wrote the line. */
import type { Acts } from './acts.ts'
import { issueReference, labelsIn, type QuickAction } from './quick-actions.ts'
import { usernames } from './seed.ts'
import { type Issue, issueAt, projectAt, type User, userNamed, type World } from './world.ts'

/** What was done in words; undefined where the command could not be applied. */
export function carryOut(
  acts: Acts,
  world: World,
  issue: Issue,
  user: User,
  { name, argument }: QuickAction,
): string | undefined {
  switch (name) {
    case 'close':
    case 'reopen':
      acts.edit(issue, user, { state: name })
      return name === 'close' ? 'Closed this issue.' : 'Reopened this issue.'
    case 'label':
      acts.edit(issue, user, { addLabels: labelsIn(argument) })
      return `Added ${argument} labels.`
    case 'unlabel':
    case 'remove_label':
      acts.edit(issue, user, { removeLabels: argument ? labelsIn(argument) : issue.labels })
      return `Removed ${argument} labels.`
    case 'title':
      acts.edit(issue, user, { title: argument })
      return 'Changed the title.'
    case 'confidential':
      acts.edit(issue, user, { confidential: true })
      return 'Made this issue confidential.'
    case 'assign':
    case 'unassign':
      return assign(acts, world, issue, user, name === 'assign' ? argument : undefined)
    case 'add_email':
      issue.participants = [...issue.participants, ...argument.split(/\s+/)]
      return `Added ${argument}.`
    case 'remove_email':
      issue.participants = issue.participants.filter((one) => !argument.split(/\s+/).includes(one))
      return `Removed ${argument}.`
    case 'convert_to_ticket':
      return convertToTicket(acts, world, issue, user, argument)
    case 'duplicate':
      return closeAsDuplicate(acts, world, issue, user, argument)
    default:
      return undefined
  }
}

/** The Support Bot becomes the author and says so, to the team alone: convert_to_ticket_service.rb in GitLab. */
function convertToTicket(
  acts: Acts,
  world: World,
  issue: Issue,
  user: User,
  email: string,
): string | undefined {
  if (issue.type === 'ticket' || !/^\S+@\S+$/.test(email)) return undefined
  const supportBot = userNamed(world, usernames.supportBot)
  const original = issue.author
  issue.type = 'ticket'
  issue.author = supportBot
  issue.participants = [email]
  acts.edit(issue, user, { confidential: true })
  acts.comment(issue, supportBot, convertedNote(email, original), { internal: true })
  return 'Converted issue to ticket.'
}

function convertedNote(email: string, { username }: User): string {
  return `This issue has been converted to a Service Desk ticket. The email address \`${email}\` is the new author of this issue. GitLab didn't send a \`thank_you\` Service Desk email. The original author of this issue was \`@${username}\`.`
}

function assign(
  acts: Acts,
  world: World,
  issue: Issue,
  user: User,
  to: string | undefined,
): string | undefined {
  const assignees = world.users.filter((one) => one.username === to?.replace(/^@/, ''))
  if (to !== undefined && assignees.length === 0) return undefined
  acts.edit(issue, user, { assignees })
  return to === undefined ? 'Removed the assignees.' : `Assigned ${to}.`
}

function closeAsDuplicate(
  acts: Acts,
  world: World,
  issue: Issue,
  user: User,
  argument: string,
): string | undefined {
  const reference = issueReference(argument)
  const project = reference?.path ? projectAt(world, reference.path) : issue.project
  const original = reference && project ? issueAt(world, project, reference.iid) : undefined
  if (!original || original === issue) return undefined
  issue.duplicateOf = original
  acts.link(issue, original, user)
  acts.systemNote(issue, user, `marked this issue as a duplicate of #${original.iid}`)
  acts.systemNote(original, user, `marked #${issue.iid} as a duplicate of this issue`)
  acts.edit(issue, user, { state: 'close' })
  return `Closed this issue. Marked as related to, and a duplicate of, #${original.iid}.`
}
