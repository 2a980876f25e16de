/** What is done in GitLab. Labels and close go through the issues API: the same again has the same result. */
import type { Effect } from '../../engine/effect.ts'
import { type Label, type LabelNames, labelName, labels } from '../../flows/labels.ts'
import type { Done, Stopped } from '../carry-out.ts'
import { CannotDo } from '../failure.ts'
import { type EffectContext, type Entry, onIssue, requestOf } from './effect-context.ts'
import { expertIssueEffects } from './expert-issue.ts'
import { featureRequestEffects } from './feature-request.ts'
import { gatherEvidence } from './gather-evidence.ts'
import { noteEffects } from './notes.ts'
import { issueEffects } from './open-issue.ts'
import { tellOwnClose } from './own-close.ts'
import { ownNoteFinder } from './own-notes.ts'
import { startExports } from './start-exports.ts'

export type GitLabEffects = ReturnType<typeof gitlabEffects>

export function gitlabEffects(context: EffectContext) {
  const { gitlab } = context
  const findOwnNote = ownNoteFinder(context)
  return {
    ...noteEffects(context, findOwnNote),
    ...featureRequestEffects(context, findOwnNote),
    ...issueEffects(context),
    ...expertIssueEffects(context),

    async labels(entry: Entry, { add, remove }: Effect & { kind: 'labels' }): Promise<Done> {
      const { iid } = await requestOf(context, entry)
      // GitLab refuses a change that changes nothing (400).
      if (add.length + remove.length === 0) return { result: {} }
      const addLabels = add.map((name) => teamName(name, context.labelNames))
      const removeLabels = remove.map((name) => teamName(name, context.labelNames))
      await onIssue(iid, () => gitlab.editIssue(iid, { addLabels, removeLabels }))
      return { result: { added: add.length, removed: remove.length } }
    },

    async close(entry: Entry): Promise<Done> {
      const { iid } = await requestOf(context, entry)
      const issue = await onIssue(iid, () => gitlab.editIssue(iid, { state: 'close' }))
      if (issue.state !== 'closed') throw new CannotDo(`GitLab answered, but issue #${iid} is still open.`)
      await tellOwnClose(context, entry, issue)
      return { result: { closed: iid } }
    },

    async reopen(entry: Entry): Promise<Done | Stopped> {
      const { iid, facts } = await requestOf(context, entry)
      // The reply that it answers was there before: whoever closed the issue after it may have worked it.
      if (facts.closedOutside)
        return { stopped: 'The issue was closed in GitLab after the requester wrote.', alone: true }
      const { state } = await onIssue(iid, () => gitlab.editIssue(iid, { state: 'reopen' }))
      if (state === 'closed') throw new CannotDo(`GitLab answered, but issue #${iid} is still closed.`)
      return { result: { reopened: iid } }
    },

    startExports: (entry: Entry): Promise<Done> => startExports(context, entry),

    async gatherEvidence(entry: Entry): Promise<Done> {
      const request = await requestOf(context, entry)
      const evidence = await gatherEvidence(context, request)
      const happening = { name: 'evidence-gathered', evidence, at: evidence.readAt } as const
      await context.happened(request.id, happening, `effect:${entry.opId}`)
      return { result: { met: evidence.criteria.filter(({ result }) => result === 'met').length } }
    },
  }
}

function teamName(name: string, names: LabelNames): string {
  const known = labels.find((label): label is Label => label === name)
  return known ? labelName(known, names) : name
}
