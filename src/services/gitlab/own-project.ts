/** A database belongs to one Service Desk project: the numbers of another's issues would be taken for those of its own. */
import type { Store } from '../../store/store.ts'
import type { SeenProject } from './answers.ts'
import type { Project } from './client.ts'

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
 * Throws `OtherProject` where the project is another one. GitLab is asked only where it is called otherwise than
 * before, as after a rename; a database that has read none yet takes any.
 */
export async function refuseOtherProject(
  store: Store,
  project: Project,
  ask: () => Promise<SeenProject | undefined>,
): Promise<void> {
  const known = await knownIn(store)
  if (!known || known.named === String(project)) return
  const seen = await ask().catch(() => undefined)
  if (!seen)
    throw new OtherProject(
      `The database holds the requests of ${known.named} (${known.id}), GITLAB_PROJECT is ${project}, and GitLab does not say whether they are the same: start again when it does, or name a database of its own in DATABASE_URL`,
    )
  if (seen.id !== known.id)
    throw new OtherProject(
      `The database holds the requests of the GitLab project ${known.named} (${known.id}), and GITLAB_PROJECT is ${seen.path} (${seen.id}): each project needs a database of its own in DATABASE_URL`,
    )
  await remember(store, project, seen)
}

/** Notes whose requests the database holds. */
export async function rememberProject(store: Store, project: Project, seen: SeenProject): Promise<void> {
  const known = await knownIn(store)
  if (known?.id !== seen.id || known.named !== String(project)) await remember(store, project, seen)
}

async function knownIn({ tables }: Store): Promise<Known | undefined> {
  const text = await tables.settings.get(name)
  return text === undefined ? undefined : JSON.parse(text)
}

async function remember({ tables }: Store, project: Project, { id }: SeenProject): Promise<void> {
  await tables.settings.set(name, JSON.stringify({ named: String(project), id } satisfies Known))
}
