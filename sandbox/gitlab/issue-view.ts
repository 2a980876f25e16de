/** An issue as a person sees it in the browser, for the sandbox's page and for tests. */
import { issueUrl } from './answers.ts'
import type { Issue } from './world.ts'

export interface IssueView {
  readonly iid: number
  readonly title: string
  readonly description: string
  readonly state: 'opened' | 'closed'
  readonly labels: readonly string[]
  readonly assignees: readonly string[]
  readonly confidential: boolean
  readonly url: string
  readonly notes: readonly {
    readonly author: string
    readonly body: string
    readonly internal: boolean
    readonly system: boolean
    readonly at: string
  }[]
  readonly links: readonly string[]
  readonly duplicateOf?: string
}

export function issueView(base: string, issue: Issue): IssueView {
  const reference = (other: Issue) => `${other.project.path}#${other.iid}`
  const { iid, title, description, state, labels, confidential } = issue
  return {
    iid,
    title,
    description,
    state,
    labels: [...labels].sort(),
    assignees: issue.assignees.map((user) => user.username),
    confidential,
    url: issueUrl(base, issue),
    notes: issue.notes.map(({ author, body, internal, system, createdAt }) => ({
      author: author.username,
      body,
      internal,
      system,
      at: createdAt,
    })),
    links: issue.links.map((link) => reference(link.to)),
    ...(issue.duplicateOf ? { duplicateOf: reference(issue.duplicateOf) } : {}),
  }
}
