/** A database belongs to one Service Desk project: the numbers of another's issues would be taken for those of its own. */
import type { Store } from '../../store/store.ts'
import type { SeenProject } from './answers.ts'
import type { Project } from './client.ts'
import type { MovedProjects } from './moved-projects.ts'

/** GITLAB_PROJECT names another project than the database holds; the message tells an operator, and needs no stack. */
export class OtherProject extends Error {
  override readonly name = 'OtherProject'
}

interface Known {
  /** As GITLAB_PROJECT had it. */
  readonly named: string
  readonly id: number
}

const name = 'gitlab-project'

/**
 * Throws `OtherProject` where GitLab says that the project is another one, as where somebody made one at the path of a
 * project that was renamed or deleted. Where GitLab does not say it, the name has to be the same as before. A database
 * that has read none yet takes any, and GitLab is not asked.
 */
export async function refuseOtherProject(
  store: Store,
  project: Project,
  ask: () => Promise<SeenProject | undefined>,
): Promise<void> {
  const known = await knownIn(store)
  if (!known) return
  const seen = await ask().catch(() => undefined)
  if (seen) return rememberProject(store, project, seen)
  if (known.named !== String(project))
    throw new OtherProject(
      `The database holds the requests of ${known.named} (${known.id}), GITLAB_PROJECT is ${project}, and GitLab does not say whether they are the same: start again when it does, or name a database of its own in DATABASE_URL`,
    )
}

/** Notes whose requests the database holds. Throws `OtherProject` where it holds those of another project. */
export async function rememberProject(store: Store, project: Project, seen: SeenProject): Promise<void> {
  const known = await knownIn(store)
  if (known && known.id !== seen.id)
    throw new OtherProject(
      `The database holds the requests of the GitLab project ${known.named} (${known.id}), and GITLAB_PROJECT is ${seen.path} (${seen.id}): each project needs a database of its own in DATABASE_URL. If ${known.named} was renamed or moved, set GITLAB_PROJECT to ${known.id}`,
    )
  if (known?.named !== String(project)) await remember(store, project, seen)
}

/**
 * From now on the project is asked for by the id that the database knows: whoever else is at its path by then gets
 * nothing that was decided here.
 */
export async function keepToProject(
  store: Store,
  project: Project,
  moved: Pick<MovedProjects, 'remember'>,
): Promise<void> {
  const known = await knownIn(store)
  if (known) moved.remember(String(project), known.id)
}

async function knownIn({ tables }: Store): Promise<Known | undefined> {
  const text = await tables.settings.get(name)
  return text === undefined ? undefined : JSON.parse(text)
}

async function remember({ tables }: Store, project: Project, { id }: SeenProject): Promise<void> {
  await tables.settings.set(name, JSON.stringify({ named: String(project), id } satisfies Known))
}
