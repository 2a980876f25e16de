/** Confidential issues from templates: the meta issue, the one for an account's reinstatement, the one for Privacy. */

import type { issueEffects, OpenIssue } from '../../engine/effects/issues.ts'
import type { Observation } from '../../engine/event.ts'
import type { IssuePurpose } from '../../engine/need.ts'
import { type Instant, toInstant } from '../../engine/time.ts'
import { readForm } from '../../form/form.ts'
import type { RequestRow } from '../../store/store.ts'
import { CallFailed } from '../call-failed.ts'
import { type Done, type Entry, type HandlersOf, requestOf } from '../effect-handler.ts'
import { CannotDo, saidBy } from '../failure.ts'
import type { Issue } from './answers.ts'
import { type EffectContext, earliestOf, markerOf, templateIn } from './effect-context.ts'
import { inProject, onIssue } from './failure.ts'
import { metaIssueOf } from './issue-snapshot.ts'

/** The handler of the effect that opens a meta issue, an escalation or a reinstatement issue. */
export function openIssue(context: EffectContext): HandlersOf<typeof issueEffects>['open-issue'] {
  const { gitlab } = context
  const projectOf = ({ purpose }: OpenIssue) =>
    purpose === 'reinstatement' ? context.trustSafetyProject : context.project

  return {
    async execute(entry, work) {
      const project = projectOf(work)
      // Without a project a person opens it; the card asks for the link.
      if (project === undefined) return { result: { needs: 'link' } }
      const request = await requestOf(context, entry)
      const template = await templateIn(context, project, nameOf(context, work))
      const title = await titleFor(context, request, work)
      const about = work.purpose === 'meta' ? [] : [`Privacy request: ${request.url}`]
      const description = [template.trimEnd(), ...about, markerOf(entry)].join('\n\n')
      const issue = await inProject(project, () =>
        gitlab.createIssue({ project, title, description, confidential: true }),
      )
      return finish(context, entry, request, work, issue)
    },

    async verify(entry, work) {
      const project = projectOf(work)
      if (project === undefined) return undefined
      const request = await requestOf(context, entry)
      const own = await inProject(project, () => gitlab.ownIssuesSince(project, earliestOf(entry)))
      const found = own.find(({ description }) => description.includes(markerOf(entry)))
      return found && finish(context, entry, request, work, found)
    },
  }
}

/** As the team calls the handbook's template. */
function nameOf({ templateNames }: EffectContext, { template }: OpenIssue): string {
  return templateNames[template] ?? template
}

/** Does the work that follows the opening. Everything in it may be done again, so a crash between its parts does no harm. */
async function finish(
  context: EffectContext,
  entry: Entry,
  request: RequestRow,
  { purpose }: OpenIssue,
  issue: Issue,
): Promise<Done> {
  const at = toInstant(context.now())
  await context.happened(request.id, opened(purpose, issue, at), `effect:${entry.opId}`)
  // Trust and Safety's project is another team's: its issue names the request instead.
  if (purpose !== 'reinstatement') await link(context, request, issue)
  return { result: { issueIid: issue.iid, projectId: issue.projectId } }
}

function opened(purpose: IssuePurpose, issue: Issue, at: Instant): Observation {
  switch (purpose) {
    case 'meta':
      return { name: 'meta-issue-seen', issue: metaIssueOf(issue), at }
    case 'reinstatement':
      return { name: 'reinstatement-issue-opened', url: issue.webUrl, at }
    case 'escalation':
      return { name: 'escalation-issue-opened', url: issue.webUrl, at }
  }
}

/** The issue is there by now: whatever hinders the link, the next attempt has to look before it opens another. */
async function link({ gitlab }: EffectContext, request: RequestRow, issue: Issue): Promise<void> {
  try {
    await gitlab.linkIssues(request.number, { project: issue.projectId, iid: issue.iid })
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    const { service, message, status, retryAfterSeconds } = error
    if (error.kind !== 'not-done')
      throw new CallFailed({ service, kind: 'unknown', message, status, retryAfterSeconds })
    throw new CannotDo(
      `The issue #${issue.iid} is open, but GitLab refused to link it to #${request.number} (${status}).${saidBy(error)}`,
      { cause: error },
    )
  }
}

/** "title = the requester's e-mail", which is not kept: it is read from the form when it is needed. */
async function titleFor(
  context: EffectContext,
  { number }: RequestRow,
  { purpose }: OpenIssue,
): Promise<string> {
  if (purpose === 'escalation') return `Privacy escalation of request #${number}`
  if (purpose === 'reinstatement') return `Account reinstatement for privacy request #${number}`
  const { description } = await onIssue(number, () => context.gitlab.issue(number))
  const { email } = readForm(description, context.aliases)
  if (email !== undefined) return email
  throw new CannotDo(
    `The requester's e-mail address can't be read from the form of #${number}, and the meta issue needs it as its title. ` +
      'Fix the form entry in GitLab, then choose Try Again.',
  )
}
