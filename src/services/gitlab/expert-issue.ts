/** "an issue is opened for the appropriate team": confidential, in that team's project, with the question and no more. */
import type { issueEffects, OpenExpertIssue } from '../../engine/effects/issues.ts'
import type { ExpertIssue } from '../../engine/request.ts'
import { toInstant } from '../../engine/time.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import { tracked } from '../../requests/tracked.ts'
import type { RequestRow } from '../../store/store.ts'
import { CallFailed } from '../call-failed.ts'
import { type Done, type Entry, type HandlersOf, requestOf } from '../effect-handler.ts'
import { CannotDo } from '../failure.ts'
import type { Issue, Note } from './answers.ts'
import type { GitLab } from './client.ts'
import {
  type EffectContext,
  type ExpertTeam,
  earliestOf,
  hasMarker,
  markerOf,
  templateIn,
} from './effect-context.ts'
import { inProject } from './failure.ts'
import { quotedText } from './note-text.ts'

/** The handler of the effect that opens an issue with an expert team. */
export function openExpertIssue(
  context: EffectContext,
): HandlersOf<typeof issueEffects>['open-expert-issue'] {
  const { gitlab } = context

  return {
    // On a ticket of Zendesk: what hangs in GitLab is to take no place from its answers.
    calls: 'gitlab',
    /** Opens the team's issue. The requester's text stays in Zendesk: the team gets the ticket's address, and may see it there or not. */
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
          title: `Security ticket ${request.number}: question from Field Security`,
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
    const observation = { name: 'expert-issue-opened', issue, at: toInstant(context.now()) } as const
    await context.happened(requestId, observation, `effect:${opId}`)
    return { result: { issueIid: iid, projectId, url, team } }
  }
}

function teamFor({ expertTeams }: EffectContext, { team }: OpenExpertIssue): ExpertTeam {
  const found = expertTeams.find(({ name }) => name === team)
  if (found) return found
  throw new CannotDo(
    `config/desk.yaml no longer names the expert team “${team}”: put it back there and start the bot again; then choose Try Again.`,
  )
}

// "These issues are monitored": the issues of the expert teams are in projects that send no webhooks, so they are asked for.

interface WatchExperts {
  readonly context: DeskContext
  readonly gitlab: Pick<GitLab, 'issue' | 'notes'>
  readonly wakeInbox: () => void
  /** One issue that can't be read holds up no other. */
  readonly onFailure: (row: RequestRow, error: CallFailed) => void
}

/** Looks once at all tickets that wait for an expert team, and tells the requests that got an answer. */
export async function watchExperts(watch: WatchExperts): Promise<void> {
  for await (const row of tracked(watch.context, 'zendesk', 'expert-issue')) {
    const issue = row.facts.expertIssue
    if (!issue) continue
    try {
      await look(watch, row, issue)
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error
      watch.onFailure(row, error)
    }
  }
  watch.wakeInbox()
}

async function look(watch: WatchExperts, row: RequestRow, before: ExpertIssue): Promise<void> {
  const { state } = await watch.gitlab.issue(before.iid, before.project)
  const answer = await expertAnswer(watch, before)
  const answeredAt = answer?.createdAt ?? before.answeredAt
  const closed = state === 'closed'
  if (closed === before.closed && answeredAt === before.answeredAt) return
  const issue: ExpertIssue = { ...before, closed, ...(answeredAt === undefined ? {} : { answeredAt }) }
  await watch.context.store.tables.inbox.put({
    key: `expert:${row.id}:${row.version}:${answeredAt}:${state}`,
    kind: 'observation',
    payload: {
      requestId: row.id,
      observation: { name: 'expert-issue-seen', issue, at: nowOf(watch.context) },
    },
    receivedAt: nowOf(watch.context),
  })
}

/** The last note that a person wrote on the expert team's issue, under whatever account. */
export async function expertAnswer(
  { gitlab }: { readonly gitlab: Pick<GitLab, 'notes'> },
  { iid, project }: ExpertIssue,
): Promise<Note | undefined> {
  const notes = await gitlab.notes(iid, {}, project)
  return notes.findLast(({ system, body }) => !system && !hasMarker(body))
}
