/** How the examples ask an expert team: by the clicks of somebody of Field Security, as on any other day. */
import type { Sandbox } from './sandbox.ts'
import { onceSeen } from './slack/once-seen.ts'
import { CHANNELS, PEOPLE } from './slack/people.ts'

const button = 'Engage Expert'
const asking = PEOPLE.fieldSecurity.id

/** Does nothing where config/desk.yaml names no expert team. */
export async function engageExpert(
  { slack, gitlab, drain }: Pick<Sandbox, 'slack' | 'gitlab' | 'drain'>,
  ticket: number,
  question: string,
): Promise<void> {
  await drain()
  const team = gitlab.world.projects.findLast(({ expert }) => expert !== undefined)
  const card = slack.messages(CHANNELS.security.name).find(({ text }) => text.includes(`ticket ${ticket}`))
  if (!team || !card) return
  await slack.click(asking, card, { button })
  // It opens after the click has been answered.
  const view = await onceSeen(slack, () => slack.openView(asking))
  if (!view) throw new Error(`“${button}” opened no modal`)
  await slack.submit(asking, view.id, { Team: team.name, 'Question for the team': question })
  await drain()
}

/** On the issue that was opened last for an expert team. */
export function expertAnswers({ gitlab }: Pick<Sandbox, 'gitlab'>, text: string): void {
  const issue = gitlab.world.issues.findLast(({ project }) => project.expert !== undefined)
  if (!issue?.project.expert) return
  gitlab.someoneComments(issue.iid, issue.project.expert, text, { project: issue.project.path })
}
