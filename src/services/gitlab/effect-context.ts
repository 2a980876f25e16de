/** The parts that the effects in GitLab share. */

import { type Instant, plus, toInstant } from '../../engine/time.ts'
import type { Snippets } from '../../flows/snippets.ts'
import type { FormAliases } from '../../form/form.ts'
import type { ReplyRule } from '../../form/requester-reply.ts'
import { CallFailed } from '../call-failed.ts'
import { type Entry, type HandlerContext, requestNow } from '../effect-handler.ts'
import { CannotDo, saidBy } from '../failure.ts'
import type { GitLabAdmin, GitLabExports } from './admin.ts'
import type { Issue } from './answers.ts'
import type { GitLab, Project } from './client.ts'
import { handbookName, type LabelNames } from './label-names.ts'

type EffectGitLab = Pick<
  GitLab,
  | 'me'
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

/** The issue is gone, with whatever had been written on it. */
export class IssueGone extends CannotDo {}

/**
 * Makes a call about an issue, and turns GitLab's refusal into `CannotDo` that names the issue, or `IssueGone`. Other
 * failures, and a 401 that speaks of the token, are thrown on.
 */
export async function onIssue<T>(iid: number, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof CallFailed) || error.kind !== 'not-done') throw error
    if (error.status === 404)
      throw new IssueGone(`Issue #${iid} is gone (404), or the bot's token can't see it.`, { cause: error })
    // 401 speaks of the token, whatever the issue.
    if (error.status === 401) throw error
    const where = `on issue #${iid}`
    const text =
      spamText(error, where) ??
      (error.status === 403
        ? `The bot's token may not do this ${where} (403).${saidBy(error)}`
        : `GitLab refused this ${where} (${error.status}).${saidBy(error)}`)
    throw new CannotDo(text, { cause: error })
  }
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

/** Makes a call about a project, and turns a 403 or 404 into `CannotDo` that names the project. */
export async function inProject<T>(project: Project, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof CallFailed) || error.kind !== 'not-done') throw error
    const spam = spamText(error, `in the project ${project}`)
    if (spam !== undefined) throw new CannotDo(spam, { cause: error })
    if (error.status !== 403 && error.status !== 404) throw error
    throw new CannotDo(
      `The bot's token may not work with issues in the project ${project} (${error.status}).${saidBy(error)}`,
      { cause: error },
    )
  }
}

/**
 * GitLab checks for spam what is publicly visible, and asks with 409 for a captcha (400 where there is none): lib/api/helpers.rb,
 * https://docs.gitlab.com/administration/moderate_users/#trust-and-untrust-users
 */
function spamText({ status, explanation }: CallFailed, where: string): string | undefined {
  if ((status !== 409 && status !== 400) || !/\bspam\b|captcha/i.test(explanation ?? '')) return undefined
  return (
    `GitLab takes what the bot writes ${where} for spam (${status}), and asks for a captcha, which the bot can't solve. ` +
    "An administrator of GitLab marks the bot's account as trusted, or somebody does it by hand; then choose Try Again."
  )
}
