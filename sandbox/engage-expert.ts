/** How the examples ask an expert team: by the clicks of somebody of Field Security, as on any other day. */
import type { Sandbox } from './sandbox.ts'
import { CHANNELS, PEOPLE } from './slack/people.ts'
import type { Slack } from './slack/slack.ts'
import type { View } from './slack/workspace.ts'

const button = 'Engage Expert'
const asking = PEOPLE.fieldSecurity.id

/** More than a busy machine needs. */
const patienceMs = 10_000

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
  const { id } = await modalOf(slack)
  await slack.submit(asking, id, { Team: team.name, 'Question for the team': question })
  await drain()
}

/** On the issue that was opened last for an expert team. */
export function expertAnswers({ gitlab }: Pick<Sandbox, 'gitlab'>, text: string): void {
  const issue = gitlab.world.issues.findLast(({ project }) => project.expert !== undefined)
  if (!issue?.project.expert) return
  gitlab.someoneComments(issue.iid, issue.project.expert, text, { project: issue.project.path })
}

/** It opens after the click has been answered. */
async function modalOf({ openView, onChange }: Slack): Promise<View> {
  const { promise, resolve, reject } = Promise.withResolvers<View>()
  const look = () => {
    const view = openView(asking)
    if (view) resolve(view)
  }
  const stop = onChange(look)
  const late = setTimeout(() => reject(new Error(`“${button}” opened no modal`)), patienceMs)
  look()
  return promise.finally(() => {
    stop()
    clearTimeout(late)
  })
}
