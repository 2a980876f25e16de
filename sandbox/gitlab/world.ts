/** What the local GitLab knows: people, projects, issues, groups. Changed only by the acts in `acts.ts`. */

export interface User {
  readonly id: number
  readonly username: string
  readonly name: string
  state: string
  /** Deleted: what they have written and done has no author any more. */
  isGone?: boolean
  /** When they signed in, the latest last. */
  readonly signIns: readonly string[]
  readonly bot: boolean
}

export interface Project {
  readonly id: number
  /** Changed by a rename. */
  path: string
  /** Its paths before: they answer with a redirect. */
  readonly formerPaths?: string[]
  readonly name: string
  readonly namespace: { readonly id: number; readonly kind: 'group' | 'user'; readonly ownerId?: number }
  readonly lastActivityAt: string
  /** Notes on its issues are e-mailed to whoever wrote in. */
  readonly serviceDesk: boolean
  templates: Readonly<Record<string, string>>
  /** Of an expert team: the username of whoever answers its questions. */
  readonly expert?: string
  /** When the last export was asked for. */
  exportedAt?: string
  archived?: boolean
  /** Issues are switched off, or the bot's account may not use them. */
  withoutIssues?: boolean
}

export interface Note {
  readonly id: number
  readonly body: string
  readonly author: User
  readonly system: boolean
  readonly internal: boolean
  readonly createdAt: string
}

export interface LabelEvent {
  readonly id: number
  readonly user: User
  readonly action: 'add' | 'remove'
  readonly label: string
  readonly createdAt: string
}

export interface StateEvent {
  readonly id: number
  readonly user: User
  readonly state: 'closed' | 'reopened'
  readonly createdAt: string
}

/** What GitLab calls a thing with a number: a Service Desk request is a ticket since early 2026, an issue before. */
export type IssueType = 'issue' | 'ticket'

export interface Issue {
  readonly id: number
  readonly iid: number
  type: IssueType
  readonly project: Project
  author: User
  readonly createdAt: string
  title: string
  description: string
  state: 'opened' | 'closed'
  labels: string[]
  assignees: User[]
  confidential: boolean
  updatedAt: string
  closedAt: string | null
  /** Who gets the public notes by e-mail; the first is the requester. */
  participants: string[]
  duplicateOf: Issue | undefined
  readonly notes: Note[]
  readonly labelEvents: LabelEvent[]
  readonly stateEvents: StateEvent[]
  readonly links: { readonly id: number; readonly to: Issue }[]
  /** Deleted: answers 404. */
  removed: boolean
  /** The bot may not see it, which GitLab tells nobody: answers 404, as if it were not there. */
  hidden: boolean
}

export interface Group {
  readonly id: number
  readonly path: string
  readonly parentId: number | null
  readonly createdAt: string
  readonly members: readonly { readonly username: string; readonly accessLevel: number }[]
}

export interface World {
  readonly users: User[]
  readonly projects: Project[]
  readonly groups: Group[]
  readonly issues: Issue[]
}

export function userNamed(world: World, username: string): User {
  const user = world.users.find((one) => one.username === username)
  if (!user) throw new Error(`the local GitLab has no user ${username}`)
  return user
}

/** By its id or a path, an old one too. */
export function projectAt({ projects }: World, idOrPath: number | string): Project | undefined {
  const name = String(idOrPath)
  return (
    projects.find(({ id, path }) => String(id) === name || path === name) ??
    projects.find(({ formerPaths }) => formerPaths?.includes(name))
  )
}

export function issueAt(world: World, project: Project, iid: number): Issue | undefined {
  return world.issues.find((one) => one.project === project && one.iid === iid)
}
