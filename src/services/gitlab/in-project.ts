/** Issues in projects that are another team's: what GitLab refuses there, and the templates that it has. */

import { CallFailed } from '../call-failed.ts'
import { CannotDo } from '../failure.ts'
import type { Project } from './client.ts'
import type { EffectContext } from './effect-context.ts'

/** Read at this moment: the team may have changed it since. */
export async function templateIn(
  { gitlab }: Pick<EffectContext, 'gitlab'>,
  project: Project,
  name: string,
): Promise<string> {
  const template = await inProject(project, () => gitlab.issueTemplate(project, name))
  if (template !== undefined) return template
  throw new CannotDo(
    `The project ${project} has no issue template “${name}” (404). Add it there, then choose Try Again.`,
  )
}

export async function inProject<T>(project: Project, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof CallFailed) || error.kind !== 'not-done') throw error
    if (error.status !== 403 && error.status !== 404) throw error
    throw new CannotDo(
      `The bot's token may not work with issues in the project ${project} (${error.status}).`,
      {
        cause: error,
      },
    )
  }
}
