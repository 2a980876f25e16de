/** GitLab's refusals in words: for the card, of a call that an effect makes, and for a person whose click needs a reading. */
import { CallFailed } from '../call-failed.ts'
import { CannotDo, movedTo, saidBy } from '../failure.ts'
import type { Project } from './client.ts'

/** The subject of a call, by which its refusal is told. */
export type About =
  | { readonly issue: number }
  | { readonly project: Project }
  /** `group/project#123` */
  | { readonly featureRequest: string }
  /** The projects of the user who asks for them. */
  | { readonly exports: 'of the user' }

/** The issue is gone, with whatever had been written on it. */
export class IssueGone extends CannotDo {}

/**
 * Makes a call and throws GitLab's refusal as `CannotDo` that names the subject, or as `IssueGone`. Other failures, and
 * refusals that say nothing of the subject, are thrown on.
 */
export async function told<T>(about: About, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw inWords(about, error)
  }
}

export function onIssue<T>(issue: number, call: () => Promise<T>): Promise<T> {
  return told({ issue }, call)
}

export function inProject<T>(project: Project, call: () => Promise<T>): Promise<T> {
  return told({ project }, call)
}

function inWords(about: About, error: unknown): unknown {
  // 401 speaks of the token, whatever the subject.
  if (!(error instanceof CallFailed) || error.kind !== 'not-done' || error.status === 401) return error
  if ('issue' in about && error.status === 404)
    return new IssueGone(`Issue #${about.issue} is gone (404), or the bot's token can't see it.`, {
      cause: error,
    })
  const text = spamText(about, error) ?? refusalText(about, error)
  return text === undefined ? error : new CannotDo(text, { cause: error })
}

/** Undefined where the status says nothing of the subject. */
function refusalText(about: About, error: CallFailed): string | undefined {
  const { status } = error
  const isHidden = status === 403 || status === 404
  const reason = saidBy(error)
  if ('issue' in about)
    return status === 403
      ? `The bot's token isn't allowed to do this on issue #${about.issue} (403).${reason}`
      : `GitLab refused this on issue #${about.issue} (${status}).${reason}`
  if (!isHidden) return undefined
  if ('project' in about)
    return `The bot's token isn't allowed to work with issues in the project ${about.project} (${status}).${reason}`
  if ('featureRequest' in about)
    return (
      `The bot's token isn't allowed to comment on the feature request ${about.featureRequest} (${status}).${reason} Allow it there, ` +
      'or set feature-request: false in desk.yaml and start the bot again; then choose Try Again.'
    )
  return `GITLAB_ADMIN_TOKEN may not see the exports of the user's projects (${status}): it has to be an administrator's.`
}

/**
 * GitLab checks for spam what is publicly visible, and asks with 409 for a captcha (400 where there is none): lib/api/helpers.rb,
 * https://docs.gitlab.com/administration/moderate_users/#trust-and-untrust-users
 */
function spamText(about: About, { status, explanation }: CallFailed): string | undefined {
  if ((status !== 409 && status !== 400) || !/\bspam\b|captcha/i.test(explanation ?? '')) return undefined
  return (
    `GitLab flags what the bot writes ${whereIn(about)} as spam (${status}) and asks for a captcha, which the bot can't solve. ` +
    "Ask a GitLab administrator to mark the bot's account as trusted, or do it by hand; then choose Try Again."
  )
}

function whereIn(about: About): string {
  if ('issue' in about) return `on issue #${about.issue}`
  if ('project' in about) return `in the project ${about.project}`
  return 'featureRequest' in about ? `on the feature request ${about.featureRequest}` : 'there'
}

/**
 * Returns the sentence for a person who wants to decide on an issue, to see it or to have it tracked, and it can't be
 * read.
 */
export function explain(failed: CallFailed, iid: number, wanted: 'decision' | 'track' | 'show'): string {
  const { status } = failed
  const moved = movedTo(failed)
  if (moved) return `${moved} Nothing was changed.`
  if (status === 401)
    return 'GitLab does not accept the bot’s token (401): tell your admins. Nothing was changed.'
  if (wanted === 'track')
    return status === 404 || status === 403
      ? `I can’t find issue #${iid}. Check the number, and that the bot’s token can read it (GitLab: ${status}).`
      : `GitLab isn’t responding, so #${iid} wasn’t tracked. Try again in a few minutes.`
  if (status === 404)
    return `GitLab no longer shows issue #${iid} (404): it was deleted or moved, or the bot’s token can’t see it. Nothing was changed.`
  if (status === 403)
    return `GitLab does not let the bot’s token read issue #${iid} (403). Nothing was changed.`
  if (wanted === 'show')
    return `GitLab isn’t answering, so #${iid} can’t be shown. Nothing was changed: click again in a few minutes.`
  return `GitLab isn’t responding, so I can’t check #${iid} for a reply. Nothing was changed: try again in a few minutes.`
}
