/** The experts of other teams, who answer in GitLab what Field Security asked them, or don't. */
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import type { Issue } from '../../sandbox/gitlab/world.ts'
import { plainTexts } from './texts.ts'
import type { World } from './world.ts'

export function actAsExpert(world: World): void {
  const issues = expertIssues(world)
  if (issues.length === 0) return
  const { prng, gitlab, history } = world
  const issue = prng.pick(issues)
  const { iid, state } = issue
  const { expert = usernames.engineer, path } = issue.project
  history.add(`an expert on ${path}#${iid}`)
  prng.weighted<() => void>([
    [5, () => gitlab.someoneComments(iid, expert, prng.pick(plainTexts), { project: path })],
    [
      2,
      () =>
        state === 'closed'
          ? gitlab.someoneReopens(iid, expert, path)
          : gitlab.someoneCloses(iid, expert, path),
    ],
  ])()
}

export function expertIssues({ gitlab }: Pick<World, 'gitlab'>): readonly Issue[] {
  return gitlab.world.issues.filter(({ project }) => project.expert !== undefined)
}
