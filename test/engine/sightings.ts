/** What is seen of a request, in the service that it came from. */

import type { Observation } from '../../src/engine/event.ts'
import { transitionsOf } from '../../src/engine/flow.ts'
import type { Instant } from '../../src/engine/time.ts'
import { linkOfAnIssue } from './decisions.ts'
import { seenOfTicket } from './ticket-sightings.ts'
import { type Attempt, allFlows, chosen, isClosed, type State } from './world.ts'

export function seen(state: State, { what, which }: Attempt & { kind: 'see' }, at: Instant): Observation {
  if (state.request.source === 'zendesk') return seenOfTicket(state, { what, which }, at)
  // What the play would come to seldom, and is worth more.
  const rare: Observation | undefined = state.isStoppable
    ? { name: 'close-stopped', at }
    : isClosed(state.request)
      ? { name: 'issue-reopened', by: 'gitlab:42', at }
      : undefined
  const observation = what % 2 === 0 && rare ? rare : chosen(observations(state, which, at), what)
  return observation ?? { name: 'requester-replied', at }
}

function observations({ request }: State, which: number, at: Instant): readonly Observation[] {
  const by = 'gitlab:42'
  const flow = allFlows[request.flow]
  const steps = Object.values(flow?.steps ?? {})
  const labels = steps.flatMap(({ on }) =>
    transitionsOf(on?.['label-added']).flatMap(({ where }) => String(where?.label)),
  )
  const rules = steps.flatMap(({ decisions }) => Object.values(decisions).flatMap((one) => one.do))
  const snippets = rules.flatMap((rule) => (rule.kind === 'reply' ? [rule.snippet] : []))
  const link = { iid: 77, url: linkOfAnIssue }
  const done = which % 4
  const results = ['met', 'contradicted', 'unknown'] as const
  const criterion = { name: 'only owner', result: chosen(results, which) ?? 'unknown', value: '1 of 1' }
  return [
    { name: 'requester-replied', at },
    { name: 'label-added', label: chosen([...labels, 'priority::high'], which) ?? '', by, at },
    { name: 'label-removed', label: 'Awaiting::Challenge Answers', by, at },
    { name: 'issue-closed', labels: which % 2 === 0 ? [] : ['Account Verification Failed'], by, at },
    { name: 'issue-reopened', by, at },
    { name: 'snippet-sent', snippet: chosen([...snippets, 'closed-duplicate'], which) ?? '', by, at },
    { name: 'meta-issue-seen', issue: { ...link, done, total: 3, closed: which % 5 === 0 }, at },
    { name: 'meta-issue-made', issue: { ...link, done: 0, total: 3, closed: false }, by, at },
    { name: 'reinstatement-issue-opened', url: linkOfAnIssue, at },
    { name: 'escalation-issue-opened', url: linkOfAnIssue, at },
    { name: 'evidence-gathered', evidence: { readAt: at, criteria: [{ ...criterion, source: 'x' }] }, at },
    { name: 'exports-seen', exports: { done, total: 3, failed: 0 }, at },
    { name: 'issue-unreadable', status: 404, at },
    { name: 'issue-readable', at },
    { name: 'duplicates-suggested', iids: [124], at },
    { name: 'other-issues-seen', later: [124], at },
    { name: 'form-changed', form: {}, what: ['the username'], at },
    // It ends the play: seldom.
    ...(which % 6 === 0 ? [{ name: 'checks-failed', at } as const] : []),
  ]
}
