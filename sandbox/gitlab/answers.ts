/** What GitLab's REST API shows of a thing. Field names and forms: https://docs.gitlab.com/api/ */
import type { Group, Issue, LabelEvent, Note, Project, StateEvent, User, World } from './world.ts'
import { userNamed } from './world.ts'

export function userBasic(base: string, user: User) {
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    state: user.state,
    locked: false,
    avatar_url: `${base}/avatars/${user.id}.png`,
    web_url: `${base}/${user.username}`,
  }
}

/** GitLab gives most of what a deleted account has done to its Ghost User, and shows null where it does not. */
function authorOf(base: string, user: User) {
  return user.isGone ? null : userBasic(base, user)
}

/** Only an administrator sees when somebody signed in: as `last_sign_in_at` the time before the current one. */
export function userForAdmin(base: string, user: User) {
  const current = user.signIns.at(-1) ?? null
  return {
    ...userBasic(base, user),
    last_sign_in_at: user.signIns.at(-2) ?? current,
    current_sign_in_at: current,
    last_activity_on: current?.slice(0, 10) ?? null,
    is_admin: false,
    bot: user.bot,
  }
}

export function issueUrl(base: string, issue: Issue): string {
  const kind = issue.type === 'ticket' ? 'work_items' : 'issues'
  return `${base}/${issue.project.path}/-/${kind}/${issue.iid}`
}

/** As links show the issues that they join. */
export function issueBasicAnswer(base: string, issue: Issue) {
  const assignees = issue.assignees.map((user) => userBasic(base, user))
  const closedBy = issue.stateEvents.findLast(({ state }) => state === 'closed')?.user
  const { count, done } = tasksOf(issue)
  return {
    id: issue.id,
    iid: issue.iid,
    project_id: issue.project.id,
    title: issue.title,
    description: issue.description,
    state: issue.state,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: issue.state === 'closed' && closedBy ? authorOf(base, closedBy) : null,
    labels: [...issue.labels].sort(),
    milestone: null,
    assignees,
    author: authorOf(base, issue.author),
    type: issue.type.toUpperCase(),
    assignee: assignees[0] ?? null,
    user_notes_count: issue.notes.filter((note) => !note.system).length,
    merge_requests_count: 0,
    upvotes: 0,
    downvotes: 0,
    start_date: null,
    due_date: null,
    confidential: issue.confidential,
    discussion_locked: null,
    issue_type: issue.type,
    web_url: issueUrl(base, issue),
    time_stats: {
      time_estimate: 0,
      total_time_spent: 0,
      human_time_estimate: null,
      human_total_time_spent: null,
    },
    task_completion_status: { count, completed_count: done },
    blocking_issues_count: 0,
  }
}

export function issueAnswer(base: string, issue: Issue) {
  const api = `${base}/api/v4/projects/${issue.project.id}`
  const self = `${api}/issues/${issue.iid}`
  const { count, done } = tasksOf(issue)
  return {
    ...issueBasicAnswer(base, issue),
    has_tasks: count > 0,
    task_status: `${done} of ${count} checklist items completed`,
    references: {
      short: `#${issue.iid}`,
      relative: `#${issue.iid}`,
      full: `${issue.project.path}#${issue.iid}`,
    },
    severity: 'UNKNOWN',
    moved_to_id: null,
    imported: false,
    imported_from: 'none',
    service_desk_reply_to: issue.participants[0] ?? null,
    _links: {
      self,
      notes: `${self}/notes`,
      award_emoji: `${self}/award_emoji`,
      project: api,
      closed_as_duplicate_of: issue.duplicateOf
        ? `${base}/api/v4/projects/${issue.duplicateOf.project.id}/issues/${issue.duplicateOf.iid}`
        : null,
    },
  }
}

function tasksOf({ description }: Issue): { readonly count: number; readonly done: number } {
  const tasks = description.match(/^- \[[ x]\] /gm) ?? []
  return { count: tasks.length, done: tasks.filter((task) => task.includes('x')).length }
}

export function noteAnswer(base: string, issue: Issue, note: Note) {
  return {
    id: note.id,
    type: null,
    body: note.body,
    author: authorOf(base, note.author),
    created_at: note.createdAt,
    updated_at: note.createdAt,
    system: note.system,
    noteable_id: issue.id,
    noteable_type: 'Issue',
    project_id: issue.project.id,
    noteable_iid: issue.iid,
    commit_id: null,
    resolvable: false,
    confidential: note.internal,
    internal: note.internal,
    imported: false,
    imported_from: 'none',
    commands_changes: {},
  }
}

export function labelEventAnswer(base: string, issue: Issue, event: LabelEvent) {
  return {
    id: event.id,
    user: authorOf(base, event.user),
    created_at: event.createdAt,
    resource_type: 'Issue',
    resource_id: issue.id,
    label: { id: labelId(event.label), name: event.label, color: '#6699cc', description: null },
    action: event.action,
  }
}

export function stateEventAnswer(base: string, issue: Issue, event: StateEvent) {
  return {
    id: event.id,
    user: authorOf(base, event.user),
    created_at: event.createdAt,
    resource_type: 'Issue',
    resource_id: issue.id,
    state: event.state,
  }
}

/** A number that stays the same for a name. */
export function labelId(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003, 7)
}

export function projectAnswer(base: string, project: Project) {
  return {
    id: project.id,
    description: null,
    name: project.name,
    name_with_namespace: project.path.replaceAll('/', ' / '),
    path: project.path.slice(project.path.lastIndexOf('/') + 1),
    path_with_namespace: project.path,
    created_at: '2019-01-02T03:04:05.000Z',
    default_branch: 'main',
    archived: project.archived ?? false,
    visibility: 'private',
    issues_enabled: !project.withoutIssues,
    web_url: `${base}/${project.path}`,
    last_activity_at: project.lastActivityAt,
    service_desk_enabled: project.serviceDesk,
    namespace: { id: project.namespace.id, kind: project.namespace.kind },
  }
}

export function groupAnswer(base: string, group: Group) {
  return {
    id: group.id,
    name: group.path,
    path: group.path,
    full_path: group.path,
    parent_id: group.parentId,
    created_at: group.createdAt,
    web_url: `${base}/groups/${group.path}`,
  }
}

export function memberAnswers(base: string, world: World, group: Group) {
  return group.members.map(({ username, accessLevel }) => ({
    ...userBasic(base, userNamed(world, username)),
    access_level: accessLevel,
    membership_state: 'active',
  }))
}

/** `GET /users/:id/memberships`, for administrators. */
export function membershipAnswers(world: World, user: User) {
  return world.groups.flatMap((group) =>
    group.members
      .filter((member) => member.username === user.username)
      .map((member) => ({
        source_id: group.id,
        source_name: group.path,
        source_type: 'Namespace',
        access_level: member.accessLevel,
      })),
  )
}
