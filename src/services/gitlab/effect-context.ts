/** The parts that the effects in GitLab share. */

import { type Instant, plus, toInstant } from '../../engine/time.ts'
import type { Snippets } from '../../flows/snippets.ts'
import type { FormAliases } from '../../form/form.ts'
import type { ReplyRule } from '../../form/requester-reply.ts'
import type { Accounts } from '../../requests/accounts.ts'
import { type Entry, type HandlerContext, requestNow } from '../effect-handler.ts'
import { CannotDo } from '../failure.ts'
import type { GitLabAdmin, GitLabExports } from './admin.ts'
import type { Issue } from './answers.ts'
import type { GitLab, Project } from './client.ts'
import { inProject } from './failure.ts'
import { handbookName, type LabelNames } from './label-names.ts'

type EffectGitLab = Pick<
  GitLab,
  | 'me'
  | 'user'
  | 'issue'
  | 'notes'
  | 'editIssue'
  | 'createNote'
  | 'createIssue'
  | 'ownIssuesSince'
  | 'linkIssues'
  | 'issueTemplate'
  | 'project'
>

/** A team that is asked what Field Security can't answer alone. */
export interface ExpertTeam {
  readonly name: string
  /** A full path. */
  readonly project: string
  readonly labels: readonly string[]
  readonly template?: string | undefined
}

/** The clients and settings that the effects in GitLab are given. */
export interface EffectContext extends HandlerContext {
  readonly gitlab: EffectGitLab
  /** With the administrator's token where there is one, else with the bot's: then most of it stays unknown. */
  readonly reads: GitLabAdmin
  /** With the administrator's token; it is used only where there is one. */
  readonly exports: GitLabExports
  readonly project: number | string
  readonly trustSafetyProject?: number | string
  readonly snippets: Snippets
  readonly labelNames: LabelNames
  /** The team's names of the handbook's issue templates, where they differ. */
  readonly templateNames: Readonly<Partial<Record<string, string>>>
  readonly aliases: FormAliases
  /** `group/project#123`, where a deceased user's request is noted; undefined when that is switched off. */
  readonly featureRequest?: string | undefined
  readonly expertTeams: readonly ExpertTeam[]
  readonly replyRule: ReplyRule
  /** Left out: nobody is known to have an account. */
  readonly accounts?: Accounts
}

/** The marker by which our own work is found again, an HTML comment; it holds nothing but an opaque id. */
export function markerOf({ opId }: Entry): string {
  return `<!-- privacy-desk:${opId} -->`
}

/** Tells whether the bot wrote this text, whoever else is signed in with its account. */
export function hasMarker(text: string): boolean {
  return text.includes('<!-- privacy-desk:')
}

/**
 * Our clock may have been ahead of GitLab's when it began, and been set right since: what is not found is sent again,
 * so a day is looked through. What another entry wrote in this time is told apart by its id.
 */
const skewMs = 24 * 3_600_000

/** The earliest instant at which this entry's own work can have been done, by GitLab's clock. */
export function earliestOf(entry: Entry): Instant {
  return plus(entry.startedAt ?? entry.createdAt, -skewMs)
}

/**
 * The bot has closed an issue whose request a colleague had reopened meanwhile: the request follows. The bot's own changes
 * are no news when GitLab is read, so nobody else would ever tell it.
 */
export async function tellOwnClose(
  context: EffectContext,
  entry: Entry,
  { labels }: Pick<Issue, 'labels'>,
): Promise<void> {
  const { id, closedAt } = await requestNow(context, entry)
  if (closedAt !== undefined) return
  const entries = await context.store.tables.outbox.ofRequest(id)
  // The requester's answer reopens what was being closed: that is on its way behind this.
  if (entries.some(({ work, position }) => work.kind === 'reopen' && position > entry.position)) return
  const names = labels.map((name) => handbookName(name, context.labelNames))
  const observation = {
    name: 'issue-closed',
    labels: names,
    by: 'bot',
    at: toInstant(context.now()),
  } as const
  await context.happened(id, observation, `effect:${entry.opId}:closed`)
}

/**
 * Reads an issue template at this moment, since the team may have changed it. Throws `CannotDo` where there is none of
 * that name.
 */
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
