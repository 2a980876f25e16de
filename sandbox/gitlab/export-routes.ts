/** `/projects/:id/export`: https://docs.gitlab.com/api/project_import_export/ */
import type { Answer } from '../fake-server.ts'
import { projectAnswer } from './answers.ts'
import { type Asked, notFound, type Served } from './routes.ts'
import type { Project } from './world.ts'

/** GitLab.com takes so many a minute of one user. */
const exportsPerMinute = 6
/** How long an export stands in each state; the real ones take from seconds to hours. */
const queuedMs = 30_000
const startedMs = 120_000

/** Nobody but the project's owner and an administrator may; to others it is not there. */
export function exportRoute(served: Served, asked: Asked, project: Project): Answer {
  if (!asked.isAdmin && project.namespace.ownerId !== asked.user.id) return notFound('404 Project Not Found')
  return asked.request.method === 'POST' ? schedule(served, project) : status(served, asked, project)
}

function schedule(served: Served, project: Project): Answer {
  const now = served.now()
  const minuteAgo = new Date(now.getTime() - 60_000).toISOString()
  const recent = served.world.projects.filter(({ exportedAt = '' }) => exportedAt > minuteAgo)
  if (recent.length >= exportsPerMinute) {
    const message = { error: 'This endpoint has been requested too many times. Try again later.' }
    return { status: 429, headers: { 'retry-after': '60' }, body: { message } }
  }
  project.exportedAt = now.toISOString()
  return { status: 202, body: { message: '202 Accepted' } }
}

function status(served: Served, asked: Asked, project: Project): Answer {
  const { id, name, path } = project
  const { description, name_with_namespace, created_at } = projectAnswer(asked.base, project)
  return {
    status: 200,
    body: {
      id,
      description,
      name,
      name_with_namespace,
      path: path.slice(path.lastIndexOf('/') + 1),
      path_with_namespace: path,
      created_at,
      export_status: statusAt(project, served.now()),
      _links: { api_url: `${asked.base}/api/v4/projects/${id}/export/download` },
    },
  }
}

function statusAt({ exportedAt }: Project, now: Date): string {
  if (exportedAt === undefined) return 'none'
  const since = now.getTime() - Date.parse(exportedAt)
  if (since < queuedMs) return 'queued'
  return since < startedMs ? 'started' : 'finished'
}
