/** Asks for the Service Desk project by its id, and sees that it was renamed or moved: the channel is told once. */
import type { Notice } from '../../engine/effects/messages.ts'
import type { Log } from '../../http/log.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import type { SeenProject } from './answers.ts'
import type { GitLab, Project } from './client.ts'
import type { MovedProjects } from './moved-projects.ts'
import { keepToProject, rememberProject } from './own-project.ts'

/** The parts that the watch works with. */
export interface WatchedProject {
  readonly context: DeskContext
  readonly gitlab: Pick<GitLab, 'project'>
  readonly moved: MovedProjects
  /** As GITLAB_PROJECT has it. */
  readonly project: Project
  readonly log: Pick<Log, 'warn'>
}

/** The project's id, once it is known, and a look that costs a call once an hour. */
export interface ProjectWatch {
  readonly id: () => number | undefined
  /** Throws `CallFailed`, or `OtherProject` where the database has come to hold the requests of another one. */
  look(): Promise<void>
}

const hourMs = 3_600_000

/** Makes the watch. Nothing is asked before the first look. */
export function watchProject(watched: WatchedProject): ProjectWatch {
  const { context, gitlab, moved, project } = watched
  let lookedAt: number | undefined
  let told: string | undefined
  return {
    id: () => moved.idOf(project),
    async look() {
      const now = context.now().getTime()
      // Also where the clock was set back.
      if (lookedAt !== undefined && Math.abs(now - lookedAt) < hourMs) return
      await keepToProject(context.store, project, moved)
      const seen = await gitlab.project()
      if (!seen) return
      await rememberProject(context.store, project, seen)
      await keepToProject(context.store, project, moved)
      if (isRenamed(project, seen) && seen.path !== told) {
        await tell(watched, seen)
        told = seen.path
      }
      lookedAt = now
    },
  }
}

/** Tells whether a project that is asked for by its path bears another one. GitLab takes a path in any case. */
export function isRenamed(project: Project, { id, path }: SeenProject): boolean {
  return String(project) !== String(id) && String(project).toLowerCase() !== path.toLowerCase()
}

/** Says what a renamed project is called now and what is to be set; for the channel and the doctor. */
export function renamedText(project: Project, { id, path }: SeenProject): string {
  return `the GitLab project ${project} was renamed or moved, and is ${path} now. Work goes on by its id, ${id}`
}

/** Says what is to be done about a renamed project, and why. */
export function renamedMend({ path }: SeenProject): string {
  return `set GITLAB_PROJECT to ${path} and start the bot again, since somebody may make another project at the old path`
}

async function tell({ context, project, log }: WatchedProject, seen: SeenProject): Promise<void> {
  log.warn({ project, path: seen.path }, 'GITLAB_PROJECT was renamed or moved')
  const at = nowOf(context)
  await context.store.transaction(async ({ settings, outbox }) => {
    if (!(await settings.claimOnce(`gitlab-project-moved:${seen.id}:${seen.path}`, at))) return
    const text = `For your admins: ${renamedText(project, seen)}. Please ${renamedMend(seen)}.`
    const work: Notice = { kind: 'notice', desk: context.desks.of({ source: 'gitlab' }).name, text }
    await outbox.add([{ opId: context.newId(), lane: 'channel', work, dueAt: at, createdAt: at }])
  })
  context.wakeWorker()
}
