/** Issues, their notes, events and links, as `/projects/:id/issues/...` gives them. */
import type { Answer, RecordedRequest } from '../fake-server.ts'
import { issueAnswer, issueBasicAnswer, labelEventAnswer, noteAnswer, stateEventAnswer } from './answers.ts'
import { paged } from './pages.ts'
import { type Asked, notFound, type Served } from './routes.ts'
import { type Issue, issueAt, type Project, projectAt, type User } from './world.ts'

const bad = (message: string): Answer => ({ status: 400, body: { message: `400 Bad request - ${message}` } })

export function issueRoutes(served: Served, asked: Asked, project: Project, rest: readonly string[]): Answer {
  const { method } = asked.request
  const [iid, part] = rest
  if (iid === undefined)
    return method === 'POST' ? createIssue(served, asked, project) : listIssues(served, asked, project)
  const issue = /^\d+$/.test(iid) ? issueAt(served.world, project, Number(iid)) : undefined
  if (!issue || issue.removed || issue.hidden) return notFound('404 Issue Not Found')
  const listed = (items: readonly unknown[]) => paged(items, asked.request, asked.base, served.paging)
  if (part === undefined) return method === 'PUT' ? editIssue(served, asked, issue) : shown(asked, issue)
  if (part === 'notes')
    return method === 'POST' ? createNote(served, asked, issue) : listNotes(served, asked, issue)
  if (part === 'links' && method === 'POST') return linkIssues(served, asked, issue)
  // Related issues come all at once.
  if (part === 'links') return { status: 200, body: issue.links.map((link) => linkAnswer(asked, link)) }
  if (part === 'resource_label_events') {
    return listed(issue.labelEvents.map((event) => labelEventAnswer(asked.base, issue, event)))
  }
  if (part === 'resource_state_events') {
    return listed(issue.stateEvents.map((event) => stateEventAnswer(asked.base, issue, event)))
  }
  return notFound()
}

function shown(asked: Asked, issue: Issue, status = 200): Answer {
  return { status, body: issueAnswer(asked.base, issue) }
}

function linkAnswer(asked: Asked, link: Issue['links'][number]) {
  return { ...issueAnswer(asked.base, link.to), issue_link_id: link.id, link_type: 'relates_to' }
}

function listIssues(served: Served, asked: Asked, project: Project): Answer {
  const { query } = asked.request
  const after = (name: string) => new Date(query.get(name) ?? 0).toISOString()
  const state = query.get('state') ?? 'all'
  const labels = query.get('labels')?.split(',') ?? []
  const orderBy = query.get('order_by') === 'updated_at' ? 'updatedAt' : 'createdAt'
  const found = served.world.issues
    .filter((issue) => issue.project === project && !issue.removed && !issue.hidden)
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => query.get('scope') !== 'created_by_me' || issue.author === asked.user)
    .filter((issue) => issue.updatedAt >= after('updated_after') && issue.createdAt >= after('created_after'))
    .filter((issue) => labels.every((label) => issue.labels.includes(label)))
    .sort((one, other) => one[orderBy].localeCompare(other[orderBy]) || one.id - other.id)
  if (query.get('sort') !== 'asc') found.reverse()
  return paged(
    found.map((issue) => issueAnswer(asked.base, issue)),
    asked.request,
    asked.base,
    served.paging,
  )
}

function createIssue(served: Served, asked: Asked, project: Project): Answer {
  const body = fields(asked.request)
  if (typeof body.title !== 'string' || body.title.trim() === '')
    return { status: 400, body: { error: 'title is missing' } }
  const issue = served.acts.open({
    project,
    author: asked.user,
    title: body.title,
    description: typeof body.description === 'string' ? body.description : '',
    labels: names(body.labels),
    confidential: body.confidential === true,
  })
  return shown(asked, issue, 201)
}

function editIssue(served: Served, asked: Asked, issue: Issue): Answer {
  const body = fields(asked.request)
  const { state_event: state, assignee_ids: ids } = body
  if (state !== undefined && state !== 'close' && state !== 'reopen') {
    return { status: 400, body: { error: 'state_event does not have a valid value' } }
  }
  // Whoever may not read the issue is left out, and the answer is 200: the others are in their order.
  const mayRead = (user: User) => !served.outsiders.includes(user.username)
  const assignees = Array.isArray(ids)
    ? ids.flatMap((id) => served.world.users.filter((user) => user.id === id && mayRead(user)))
    : undefined
  const mayUse = (label: string) => !served.lockedLabels.includes(label)
  served.acts.edit(issue, asked.user, {
    addLabels: names(body.add_labels).filter(mayUse),
    removeLabels: names(body.remove_labels).filter(mayUse),
    state,
    assignees,
    title: text(body.title),
    description: text(body.description),
    confidential: typeof body.confidential === 'boolean' ? body.confidential : undefined,
  })
  return shown(asked, issue)
}

function listNotes(served: Served, asked: Asked, issue: Issue): Answer {
  const oldestFirst = asked.request.query.get('sort') === 'asc'
  const notes = oldestFirst ? issue.notes : issue.notes.toReversed()
  return paged(
    notes.map((note) => noteAnswer(asked.base, issue, note)),
    asked.request,
    asked.base,
    served.paging,
  )
}

/** 202 without an id where the body held only quick actions that worked, 400 where they did not. */
function createNote(served: Served, asked: Asked, issue: Issue): Answer {
  if (tooManyNotes(served, asked)) {
    const message = { error: 'This endpoint has been requested too many times. Try again later.' }
    return { status: 429, headers: { 'retry-after': '60' }, body: { message } }
  }
  const { body, internal, confidential } = fields(asked.request)
  if (typeof body !== 'string' || body.trim() === '')
    return { status: 400, body: { error: 'body is missing' } }
  const isInternal = internal === true || confidential === true
  const { note, done } = served.acts.comment(issue, asked.user, body, { internal: isInternal })
  if (note) return { status: 201, body: noteAnswer(asked.base, issue, note) }
  if (done.length === 0) return bad('Note {:note=>["can\'t be blank"]}')
  return { status: 202, body: { commands_changes: {}, summary: done } }
}

/** Checked before anything is written, so a refused note may be sent again. */
function tooManyNotes(served: Served, asked: Asked): boolean {
  if (served.notesPerMinute === undefined) return false
  const since = new Date(served.now().getTime() - 60_000).toISOString()
  const notes = served.world.issues.flatMap((issue) => issue.notes)
  const recent = notes.filter((note) => note.author === asked.user && !note.system && note.createdAt > since)
  return recent.length >= served.notesPerMinute
}

function linkIssues(served: Served, asked: Asked, issue: Issue): Answer {
  const { target_project_id: projectId, target_issue_iid: iid } = fields(asked.request)
  const project = projectAt(served.world, String(projectId))
  const target = project && issueAt(served.world, project, Number(iid))
  if (!target || target.removed || target.hidden) return notFound()
  if (!served.acts.link(issue, target, asked.user)) {
    return { status: 409, body: { message: 'Issue(s) already assigned' } }
  }
  const both = {
    source_issue: issueBasicAnswer(asked.base, issue),
    target_issue: issueBasicAnswer(asked.base, target),
  }
  return { status: 201, body: { ...both, link_type: 'relates_to' } }
}

function fields(request: RecordedRequest): Record<string, unknown> {
  return typeof request.body === 'object' && request.body !== null ? { ...request.body } : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** Labels come as one text with commas or as a list. */
function names(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string'
    ? value
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean)
    : []
}
