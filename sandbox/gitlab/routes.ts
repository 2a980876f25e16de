/** The REST API of the local GitLab: who asks, what for, and the answer. */
import type { Answer, RecordedRequest } from '../fake-server.ts'
import type { Acts } from './acts.ts'
import {
  groupAnswer,
  memberAnswers,
  membershipAnswers,
  projectAnswer,
  userBasic,
  userForAdmin,
} from './answers.ts'
import { exportRoute } from './export-routes.ts'
import { issueRoutes } from './issue-routes.ts'
import { type Paging, paged } from './pages.ts'
import type { Replica } from './replica.ts'
import { type Project, projectAt, type User, type World } from './world.ts'

export interface Asked {
  readonly request: RecordedRequest
  readonly user: User
  readonly isAdmin: boolean
  readonly base: string
}

/** What the routes work on; `paging` and `notesPerMinute` may be changed by a test at any time. */
export interface Served {
  /** As it is, or for whoever only reads as a replica shows it. */
  readonly world: World
  readonly replica: Replica
  readonly acts: Acts
  readonly now: () => Date
  readonly paging: Paging
  readonly notesPerMinute: number | undefined
  readonly lockedLabels: readonly string[]
  readonly isLocked: boolean
  readonly outsiders: readonly string[]
  readonly isReadOnly: boolean
  readonly tokens: ReadonlyMap<string, { readonly user: User; readonly isAdmin: boolean }>
  readonly base: string
}

export const notFound = (what = '404 Not Found'): Answer => ({ status: 404, body: { message: what } })
/** https://docs.gitlab.com/administration/maintenance_mode/ */
const readOnly: Answer = {
  status: 403,
  body: { message: 'You cannot perform write operations on a read-only instance' },
}
/** https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/api/api.rb: `rescue_from ActiveRecord::StaleObjectError` */
const resourceLock: Answer = { status: 409, body: { message: '409 Conflict: Resource lock' } }
const forbidden: Answer = { status: 403, body: { message: '403 Forbidden' } }

export function answer(primary: Served, request: RecordedRequest): Answer {
  const token =
    request.headers['private-token'] ?? request.headers.authorization?.replace(/^Bearer /, '') ?? ''
  const who = primary.tokens.get(token)
  if (primary.isReadOnly && request.method !== 'GET') return readOnly
  if (primary.isLocked && request.method === 'PUT') return resourceLock
  if (!who) return { status: 401, body: { message: '401 Unauthorized' } }
  const parts = request.path.split('/').slice(1).map(decodeURIComponent)
  if (request.path === '/api/graphql') return graphqlRoute(primary, request)
  if (parts[0] !== 'api' || parts[1] !== 'v4') return notFound()
  const asked: Asked = { request, base: primary.base, ...who }
  const served = servedTo(primary, asked)
  const [area, id, ...rest] = parts.slice(2)
  if (area === 'user' && id === undefined) return { status: 200, body: userForAdmin(asked.base, asked.user) }
  if (area === 'personal_access_tokens' && id === 'self')
    return { status: 200, body: { scopes: ['api'], expires_at: null } }
  if (area === 'users') return userRoutes(served, asked, id, rest)
  if (area === 'groups' && id !== undefined) return groupRoutes(served, asked, id, rest)
  if (area === 'projects' && id !== undefined) return projectRoutes(served, asked, id, rest)
  return notFound()
}

/** The one query that the bot asks: who gets the public notes of an issue. https://docs.gitlab.com/api/graphql/reference/#workitemwidgetemailparticipants */
function graphqlRoute({ world }: Served, { query }: RecordedRequest): Answer {
  const { id } = JSON.parse(query.get('variables') ?? '{}') as { readonly id?: string }
  const issue = world.issues.find((one) => id === `gid://gitlab/WorkItem/${one.id}`)
  const isSeen = issue && !issue.removed && !issue.hidden
  const widgets = isSeen ? [{}, { emailParticipants: issue.participants }] : []
  return { status: 200, body: { data: { workItem: isSeen ? { widgets } : null } } }
}

function servedTo(primary: Served, { request, user }: Asked): Served {
  const at = primary.now().getTime()
  if (request.method === 'GET') return { ...primary, world: primary.replica.shownTo(user, primary.world, at) }
  primary.replica.wrote(user, at)
  return primary
}

function userRoutes(served: Served, asked: Asked, id: string | undefined, rest: readonly string[]): Answer {
  const { world } = served
  const shown = (user: User) => (asked.isAdmin ? userForAdmin : userBasic)(asked.base, user)
  const listed = (items: readonly unknown[]) => paged(items, asked.request, asked.base, served.paging)
  if (id === undefined) {
    const username = asked.request.query.get('username')?.toLowerCase()
    return listed(
      world.users.filter((one) => !username || one.username.toLowerCase() === username).map(shown),
    )
  }
  const user = world.users.find((one) => String(one.id) === id)
  if (!user) return notFound('404 User Not Found')
  if (rest.length === 0) return { status: 200, body: shown(user) }
  if (rest[0] === 'memberships') return asked.isAdmin ? listed(membershipAnswers(world, user)) : forbidden
  if (rest[0] === 'projects') {
    const own = world.projects.filter((one) => one.namespace.ownerId === user.id)
    return listed(own.map((one) => projectAnswer(asked.base, one)))
  }
  return notFound()
}

function groupRoutes(served: Served, asked: Asked, id: string, rest: readonly string[]): Answer {
  const { world } = served
  const group = world.groups.find((one) => String(one.id) === id || one.path === id)
  // The invented groups are private: to all but an administrator they are not there.
  if (!group || !asked.isAdmin) return notFound('404 Group Not Found')
  const listed = (items: readonly unknown[]) => paged(items, asked.request, asked.base, served.paging)
  if (rest.length === 0) return { status: 200, body: groupAnswer(asked.base, group) }
  if (rest[0] === 'members') return listed(memberAnswers(asked.base, world, group))
  if (rest[0] === 'projects') {
    const inside = world.projects.filter((one) => one.namespace.id === group.id)
    return listed(inside.map((one) => projectAnswer(asked.base, one)))
  }
  return notFound()
}

function projectRoutes(served: Served, asked: Asked, id: string, rest: readonly string[]): Answer {
  const project = projectAt(served.world, id)
  if (!project) return notFound('404 Project Not Found')
  if (project.path !== id && project.formerPaths?.includes(id)) return moved(project, asked, rest)
  if (rest.length === 0) return { status: 200, body: projectAnswer(asked.base, project) }
  if (rest[0] === 'templates' && rest[1] === 'issues') return templateRoute(project, rest[2])
  if (rest[0] === 'export' && rest.length === 1) return exportRoute(served, asked, project)
  if (rest[0] === 'issues') return issueRoutes(served, asked, project, rest.slice(1))
  if (rest[0] === 'labels') return labelRoute(served, asked, project, rest[1])
  // The bot is a Reporter, and webhooks are for maintainers: https://docs.gitlab.com/api/project_webhooks/
  if (rest[0] === 'hooks') return forbidden
  return notFound()
}

/** A label is there from when it was first set. https://docs.gitlab.com/api/labels/ */
function labelRoute(
  { world, paging }: Served,
  { request, base }: Asked,
  project: Project,
  name: string | undefined,
): Answer {
  const set = world.issues
    .filter((issue) => issue.project === project)
    .flatMap(({ labels, labelEvents }) => [...labels, ...labelEvents.map(({ label }) => label)])
  const names = [...new Set(set)].sort()
  if (name !== undefined)
    return names.includes(name) ? { status: 200, body: { name } } : notFound('404 Label Not Found')
  const text = request.query.get('search')?.toLowerCase() ?? ''
  const found = names.filter((one) => one.toLowerCase().includes(text)).map((one) => ({ name: one }))
  return paged(found, request, base, paging)
}

/** By an old path: https://docs.gitlab.com/user/project/repository/#repository-path-changes, lib/api/helpers.rb. */
function moved(project: Project, { request, base }: Asked, rest: readonly string[]): Answer {
  if (request.method !== 'GET')
    return { status: 405, body: { message: 'Non GET methods are not allowed for moved projects' } }
  const path = ['projects', project.id, ...rest.map(encodeURIComponent)].join('/')
  const query = request.query.size > 0 ? `?${request.query}` : ''
  return { status: 301, headers: { location: `${base}/api/v4/${path}${query}` }, body: '' }
}

function templateRoute(project: Project, name: string | undefined): Answer {
  if (name === undefined) {
    return { status: 200, body: Object.keys(project.templates).map((key) => ({ key, name: key })) }
  }
  const content = project.templates[name]
  return content === undefined ? notFound('404 Template Not Found') : { status: 200, body: { name, content } }
}
