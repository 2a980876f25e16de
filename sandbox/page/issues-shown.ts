/** The issues of the local GitLab, and one with its notes and its e-mails. */
import type { LocalGitLab } from '../gitlab/gitlab.ts'
import { issueView } from '../gitlab/issue-view.ts'
import type { Issue } from '../gitlab/world.ts'
import { accountShown } from './accounts.ts'

const keyOf = (issue: Issue) => `${issue.project.path}#${issue.iid}`

/** Those of expert teams stand with their ticket. */
const presentIn = ({ world }: LocalGitLab) =>
  world.issues.filter((issue) => !issue.removed && issue.project.expert === undefined)

export function chosenIssue(gitlab: LocalGitLab, key: string | undefined): Issue | undefined {
  const present = presentIn(gitlab)
  return present.find((issue) => keyOf(issue) === key) ?? present.at(-1)
}

export function issuesShown(gitlab: LocalGitLab) {
  return presentIn(gitlab)
    .map((issue) => ({
      key: keyOf(issue),
      iid: issue.iid,
      title: issue.title,
      project: issue.project.name,
      state: issue.state,
      url: issueView(gitlab.url, issue).url,
    }))
    .reverse()
}

export function issueShown(gitlab: LocalGitLab, issue: Issue) {
  const view = issueView(gitlab.url, issue)
  const mails = issue.project.serviceDesk ? gitlab.mails.filter((mail) => mail.iid === issue.iid) : []
  const mailed = (body: string, at: string) => mails.some((mail) => mail.text === body && mail.at === at)
  return {
    ...view,
    key: keyOf(issue),
    project: issue.project.name,
    projectPath: issue.project.path,
    isServiceDesk: issue.project.serviceDesk,
    createdAt: issue.createdAt,
    requester: issue.participants[0],
    assignees: view.assignees.map(accountShown),
    notes: view.notes.map((note) => ({
      ...note,
      author: accountShown(note.author),
      mailed: mailed(note.body, note.at),
      byRequester:
        note.author === 'support-bot' && !mailed(note.body, note.at) && !note.internal && !note.system,
    })),
    hasOpenTask: view.description.includes('- [ ] '),
    mails,
  }
}

/** The issues that were opened for a ticket: they name its address. */
export function expertIssuesOf({ world }: LocalGitLab, ticketUrl: string): readonly Issue[] {
  return world.issues.filter(
    ({ project, removed, description }) =>
      !removed && project.expert !== undefined && description.split(/\s+/).includes(ticketUrl),
  )
}
