/** Bodies of issue and note events. Fields: https://docs.gitlab.com/user/project/integrations/webhook_events/ */
import { type Changes, type IssueAction, stateId } from './acts.ts'
import { issueUrl, labelId } from './answers.ts'
import type { Issue, Note, Project, User } from './world.ts'

/** Every event of a confidential issue is a confidential one; so is an internal note on an open issue. */
export function issueEvent(base: string, issue: Issue, user: User, action: IssueAction, changes: Changes) {
  const labels = issue.labels.map((label) => labelFields(issue.project, label))
  return {
    event: issue.confidential ? 'Confidential Issue Hook' : 'Issue Hook',
    payload: {
      object_kind: issue.type === 'ticket' ? 'work_item' : 'issue',
      event_type: issue.type === 'ticket' ? 'work_item' : issue.confidential ? 'confidential_issue' : 'issue',
      user: userFields(base, user),
      project: projectFields(base, issue.project),
      object_attributes: { ...issueFields(base, issue), action, labels },
      labels,
      changes: changeFields(issue.project, changes),
      repository: repositoryFields(base, issue.project),
      ...(issue.assignees.length > 0
        ? { assignees: issue.assignees.map((one) => userFields(base, one)) }
        : {}),
    },
  }
}

export function noteEvent(base: string, issue: Issue, note: Note) {
  const confidential = issue.confidential || note.internal
  return {
    event: confidential ? 'Confidential Note Hook' : 'Note Hook',
    payload: {
      object_kind: 'note',
      event_type: confidential ? 'confidential_note' : 'note',
      user: userFields(base, note.author),
      project_id: issue.project.id,
      project: projectFields(base, issue.project),
      object_attributes: {
        attachment: null,
        author_id: note.author.id,
        change_position: null,
        commit_id: null,
        created_at: spaced(note.createdAt),
        discussion_id: String(note.id).padStart(40, '0'),
        id: note.id,
        internal: note.internal,
        line_code: null,
        note: note.body,
        noteable_id: issue.id,
        noteable_type: issue.type === 'ticket' ? 'WorkItem' : 'Issue',
        project_id: issue.project.id,
        system: note.system,
        type: null,
        updated_at: spaced(note.createdAt),
        description: note.body,
        url: `${issueUrl(base, issue)}#note_${note.id}`,
        action: 'create',
      },
      repository: repositoryFields(base, issue.project),
      issue: {
        ...issueFields(base, issue),
        labels: issue.labels.map((label) => labelFields(issue.project, label)),
      },
    },
  }
}

function issueFields(base: string, issue: Issue) {
  return {
    author_id: issue.author.id,
    closed_at: issue.closedAt ? spaced(issue.closedAt) : null,
    confidential: issue.confidential,
    created_at: spaced(issue.createdAt),
    description: issue.description,
    discussion_locked: null,
    due_date: null,
    duplicated_to_id: issue.duplicateOf?.id ?? null,
    id: issue.id,
    iid: issue.iid,
    moved_to_id: null,
    project_id: issue.project.id,
    state_id: stateId(issue.state),
    title: issue.title,
    updated_at: spaced(issue.updatedAt),
    type: issue.type === 'ticket' ? 'Ticket' : 'Issue',
    url: issueUrl(base, issue),
    assignee_ids: issue.assignees.map((user) => user.id),
    assignee_id: issue.assignees[0]?.id ?? null,
    state: issue.state,
    severity: 'unknown',
  }
}

function changeFields(project: Project, changes: Changes) {
  const shown = (field: string, value: unknown) => {
    if (field === 'updated_at') return spaced(String(value))
    if (!Array.isArray(value)) return value
    if (field === 'labels') return value.map((label) => labelFields(project, label))
    return value.map((user: User) => ({ id: user.id, name: user.name, username: user.username }))
  }
  return Object.fromEntries(
    Object.entries(changes).map(([field, { previous, current }]) => [
      field,
      { previous: shown(field, previous), current: shown(field, current) },
    ]),
  )
}

function userFields(base: string, user: User) {
  const { id, name, username } = user
  return { id, name, username, avatar_url: `${base}/avatars/${id}.png`, email: '[REDACTED]' }
}

function projectFields(base: string, project: Project) {
  const url = `${base}/${project.path}`
  return {
    id: project.id,
    name: project.name,
    description: null,
    web_url: url,
    avatar_url: null,
    git_ssh_url: `git@gitlab.invalid:${project.path}.git`,
    git_http_url: `${url}.git`,
    namespace: project.path.split('/')[0],
    visibility_level: 0,
    path_with_namespace: project.path,
    default_branch: 'main',
    ci_config_path: '',
    homepage: url,
    url: `git@gitlab.invalid:${project.path}.git`,
    ssh_url: `git@gitlab.invalid:${project.path}.git`,
    http_url: `${url}.git`,
  }
}

function repositoryFields(base: string, project: Project) {
  const url = `${base}/${project.path}`
  return {
    name: project.name,
    url: `git@gitlab.invalid:${project.path}.git`,
    description: null,
    homepage: url,
  }
}

function labelFields(project: Project, title: string) {
  return {
    id: labelId(title),
    title,
    color: '#6699cc',
    project_id: project.id,
    created_at: '2020-01-01 00:00:00 UTC',
    updated_at: '2020-01-01 00:00:00 UTC',
    template: false,
    description: null,
    type: 'ProjectLabel',
    group_id: null,
  }
}

/** `2023-05-25 17:12:06 UTC`, the form of times in webhooks. */
function spaced(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`
}
