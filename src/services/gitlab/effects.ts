/** The effects on issues in GitLab. Labels and close go through the issues API: the same again has the same result. */
import type { issueEffects } from '../../engine/effects/issues.ts'
import { type Label, labels } from '../../flows/labels.ts'
import { type HandlersOf, requestOf } from '../effect-handler.ts'
import { CannotDo } from '../failure.ts'
import { type EffectContext, tellOwnClose } from './effect-context.ts'
import { openExpertIssue } from './expert-issue.ts'
import { onIssue } from './failure.ts'
import { gatherEvidence } from './gather-evidence.ts'
import { type LabelNames, labelName } from './label-names.ts'
import { openIssue } from './open-issue.ts'
import { startExports } from './run-exports.ts'

/** The handlers of all effects on issues. */
export function issueHandlers(context: EffectContext): HandlersOf<typeof issueEffects> {
  const { gitlab } = context
  return {
    'open-issue': openIssue(context),
    'open-expert-issue': openExpertIssue(context),

    labels: {
      async execute(entry, { add, remove }) {
        const { number } = await requestOf(context, entry)
        // GitLab refuses a change that changes nothing (400).
        if (add.length + remove.length === 0) return { result: {} }
        const addLabels = add.map((name) => teamName(name, context.labelNames))
        const removeLabels = remove.map((name) => teamName(name, context.labelNames))
        const after = await onIssue(number, () => gitlab.editIssue(number, { addLabels, removeLabels }))
        requireLabels(number, after.labels, addLabels, removeLabels)
        return { result: { added: add.length, removed: remove.length } }
      },
    },

    close: {
      async execute(entry) {
        const { number } = await requestOf(context, entry)
        const issue = await onIssue(number, () => gitlab.editIssue(number, { state: 'close' }))
        if (issue.state !== 'closed')
          throw new CannotDo(`GitLab answered, but issue #${number} is still open.`)
        await tellOwnClose(context, entry, issue)
        return { result: { closed: number } }
      },
    },

    reopen: {
      async execute(entry) {
        const { number, facts } = await requestOf(context, entry)
        // The reply that it answers was there before: whoever closed the issue after it may have worked it.
        if (facts.closedOutside)
          return { stopped: 'The issue was closed in GitLab after the requester wrote.', alone: true }
        const { state } = await onIssue(number, () => gitlab.editIssue(number, { state: 'reopen' }))
        if (state === 'closed') throw new CannotDo(`GitLab answered, but issue #${number} is still closed.`)
        return { result: { reopened: number } }
      },
    },

    assign: {
      /** Those whom the bot does not know stay: where GitLab takes one assignee alone, that is the first. */
      async execute(entry, { to, from, answerTo }) {
        const { number } = await requestOf(context, entry)
        const added = to === undefined ? undefined : await userIdOf(context, to)
        const removed = from === undefined ? undefined : await userIdOf(context, from)
        const before = await onIssue(number, () => gitlab.issue(number))
        const others = before.assignees.map(({ id }) => id).filter((id) => id !== added && id !== removed)
        const assigneeIds = [...(added === undefined ? [] : [added]), ...others]
        const after = await onIssue(number, () => gitlab.editIssue(number, { assigneeIds }))
        if (added !== undefined && !after.assignees.some(({ id }) => id === added))
          throw new CannotDo(
            to === answerTo.userId
              ? `#${number} is yours here, but GitLab didn’t take you as its assignee: you have to be a member of the project there.`
              : `#${number} is assigned to <@${to}> here, but GitLab didn’t take them as its assignee: they have to be a member of the project there.`,
          )
        return { result: { assignees: after.assignees.length } }
      },
    },

    'start-exports': { execute: (entry) => startExports(context, entry) },

    'gather-evidence': {
      async execute(entry) {
        const request = await requestOf(context, entry)
        const evidence = await gatherEvidence(context, request)
        const observation = { name: 'evidence-gathered', evidence, at: evidence.readAt } as const
        await context.happened(request.id, observation, `effect:${entry.opId}`)
        return { result: { met: evidence.criteria.filter(({ result }) => result === 'met').length } }
      },
    },
  }
}

async function userIdOf({ gitlab, accounts }: EffectContext, person: string): Promise<number> {
  const username = accounts?.accountOf('gitlab', person)
  const user = username === undefined ? undefined : await gitlab.user(username)
  if (user) return user.id
  throw new CannotDo(
    'The assignee was not set in GitLab: there is no user of the name that config/desk.yaml gives. Tell your admins.',
  )
}

/** GitLab answers 200 and leaves out the labels that the token may not set. */
function requireLabels(
  iid: number,
  after: readonly string[],
  added: readonly string[],
  removed: readonly string[],
): void {
  const has = (label: string) => after.some((one) => one.toLowerCase() === label.toLowerCase())
  const quoted = (names: readonly string[]) => names.map((name) => `“${name}”`).join(', ')
  const missing = added.filter((label) => !has(label))
  const left = removed.filter(has)
  if (missing.length + left.length === 0) return
  const what = [
    ...(missing.length > 0 ? [`did not set ${quoted(missing)}`] : []),
    ...(left.length > 0 ? [`did not remove ${quoted(left)}`] : []),
  ]
  throw new CannotDo(
    `GitLab answered, but ${what.join(' and ')} on issue #${iid}: the bot's token isn't allowed to use these labels. Give it the right, then choose Try Again.`,
  )
}

function teamName(name: string, names: LabelNames): string {
  const known = labels.find((label): label is Label => label === name)
  return known ? labelName(known, names) : name
}
