/** "an issue is opened for the appropriate team": confidential, in that team's project, with the question and no more. */

import type { issueEffects, OpenExpertIssue } from '../../engine/effects/issues.ts'
import { toInstant } from '../../engine/time.ts'
import { type Done, type Entry, type HandlersOf, requestOf } from '../effect-handler.ts'
import { CannotDo } from '../failure.ts'
import type { Issue } from './answers.ts'
import {
  type EffectContext,
  type ExpertTeam,
  earliestOf,
  inProject,
  markerOf,
  templateIn,
} from './effect-context.ts'
import { quotedText } from './note-text.ts'

export function openExpertIssue(
  context: EffectContext,
): HandlersOf<typeof issueEffects>['open-expert-issue'] {
  const { gitlab } = context

  return {
    /** What the requester wrote stays in Zendesk: the team gets the ticket's address, and may see it there or not. */
    async execute(entry, work) {
      const team = teamFor(context, work)
      const request = await requestOf(context, entry)
      const { project, labels, template } = team
      const text = template === undefined ? '' : await templateIn(context, project, template)
      const parts = [
        text.trimEnd(),
        quotedText(work.question),
        `Security ticket: ${request.url}`,
        markerOf(entry),
      ]
      const issue = await inProject(project, () =>
        gitlab.createIssue({
          project,
          title: `Security ticket ${request.iid}: question from Field Security`,
          description: parts.filter((part) => part !== '').join('\n\n'),
          ...(labels.length > 0 ? { labels } : {}),
          confidential: true,
        }),
      )
      return opened(request.id, entry, team, issue)
    },

    async verify(entry, work) {
      const team = teamFor(context, work)
      const { id } = await requestOf(context, entry)
      const own = await inProject(team.project, () => gitlab.ownIssuesSince(team.project, earliestOf(entry)))
      const found = own.find(({ description }) => description.includes(markerOf(entry)))
      return found && opened(id, entry, team, found)
    },
  }

  async function opened(
    requestId: string,
    { opId }: Entry,
    { name: team, project }: ExpertTeam,
    { iid, projectId, webUrl: url }: Issue,
  ): Promise<Done> {
    const issue = { team, project, iid, url, closed: false }
    const happening = { name: 'expert-issue-opened', issue, at: toInstant(context.now()) } as const
    await context.happened(requestId, happening, `effect:${opId}`)
    return { result: { issueIid: iid, projectId, url, team } }
  }
}

function teamFor({ expertTeams }: EffectContext, { team }: OpenExpertIssue): ExpertTeam {
  const found = expertTeams.find(({ name }) => name === team)
  if (found) return found
  throw new CannotDo(
    `config/desk.yaml names no expert team “${team}” any more: put it back there and start the bot again; then choose Try Again.`,
  )
}
