/** What the effects in GitLab share. */

import type { Happening } from '../../engine/event.ts'
import { type Instant, plus } from '../../engine/time.ts'
import type { Snippets } from '../../flows/snippets.ts'
import type { FormAliases } from '../../form/form.ts'
import type { ReplyRule } from '../../form/requester-reply.ts'
import type { RequestRow, Store } from '../../store/store.ts'
import { CallFailed } from '../call-failed.ts'
import type { Entry } from '../effect-handler.ts'
import { CannotDo } from '../failure.ts'
import type { GitLabAdmin } from './admin.ts'
import type { GitLab } from './client.ts'
import type { GitLabExports } from './exports.ts'
import type { LabelNames } from './label-names.ts'

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
>

/** Who is asked what Field Security can't answer alone. */
export interface ExpertTeam {
  readonly name: string
  /** A full path. */
  readonly project: string
  readonly labels: readonly string[]
  readonly template?: string | undefined
}

export interface EffectContext {
  readonly store: Pick<Store, 'tables'>
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
  /** A person's name in Slack, by user id. */
  readonly nameOf: (userId: string) => Promise<string>
  /** Tells the request what came of an effect; stored durably before it resolves, once for a key. */
  readonly happened: (requestId: string, happening: Happening, key: string) => Promise<void>
  readonly now: () => Date
}

/** As it stood when the attempt began. */
export async function requestOf(context: Pick<EffectContext, 'store'>, entry: Entry): Promise<RequestRow> {
  return entry.request ?? requestNow(context, entry)
}

/** As it stands at this moment. */
export async function requestNow({ store }: Pick<EffectContext, 'store'>, entry: Entry): Promise<RequestRow> {
  const request = entry.requestId && (await store.tables.requests.byId(entry.requestId))
  if (!request) throw new CannotDo('The request is not known any more.')
  return request
}

/** By which our own work is found again; it holds nothing but an opaque id. */
export function markerOf({ opId }: Entry): string {
  return `<!-- privacy-desk:${opId} -->`
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

/** With whatever had been written on it. */
export class IssueGone extends CannotDo {}

/** Says of which issue GitLab's refusal speaks. */
export async function onIssue<T>(iid: number, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof CallFailed) || error.kind !== 'not-done') throw error
    if (error.status === 404)
      throw new IssueGone(`Issue #${iid} is gone (404), or the bot's token can't see it.`, { cause: error })
    if (error.status === 403)
      throw new CannotDo(`The bot's token may not do this on issue #${iid} (403).`, { cause: error })
    // 401 speaks of the token, whatever the issue.
    if (error.status === 401) throw error
    throw new CannotDo(`GitLab refused this on issue #${iid} (${error.status}).`, { cause: error })
  }
}
