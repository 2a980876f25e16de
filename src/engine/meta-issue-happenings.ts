/** The meta issue: opened by hand, worked through step by step, closed. */

import type { Place } from './decision-rule.ts'
import type { HappeningOf } from './event.ts'
import { follow, ignored, stay, thread } from './moves.ts'
import type { Outcome } from './outcome.ts'
import type { Facts, MetaIssue } from './request.ts'

/** What a decision that opens the meta issue does besides is not done: the thread says so. */
export function metaIssueMade(place: Place, { issue, by, at }: HappeningOf<'meta-issue-made'>): Outcome {
  const { flow, step, request } = place
  // Whoever opens it has verified the requester: the step at hand, or any that lies ahead.
  const opening = [step, ...Object.values(flow.steps)]
    .flatMap(({ decisions }) => Object.values(decisions))
    .find(({ do: rules }) => rules.some((rule) => rule.kind === 'open-issue' && rule.purpose === 'meta'))
  if (step.isClosed || typeof opening?.goto !== 'string' || request.facts.metaIssue)
    return ignored('no step waits for a meta issue')
  const what = `Meta issue #${issue.iid} opened in GitLab`
  const isUnsaid = opening.do.some(
    (rule) => rule.kind === 'reply' && !request.facts.sentSnippets?.[rule.snippet],
  )
  const unsaid = isUnsaid ? ' The bot has not told the requester.' : ''
  const said =
    by === 'bot'
      ? []
      : [thread(`The meta issue #${issue.iid} of #${request.iid} was opened by hand.${unsaid}`)]
  const facts: Facts = { ...request.facts, metaIssue: issue, lastMove: { what, by, at } }
  return follow(place, { goto: opening.goto }, facts, what, said)
}

export function metaIssueSeen(place: Place, issue: MetaIssue): Outcome {
  const before = place.request.facts.metaIssue
  if (before && JSON.stringify(before) === JSON.stringify(issue))
    return ignored('nothing new in the meta issue')
  const isNowDone = isDone(issue) && !(before && isDone(before)) && !place.step.isClosed
  const said = isNowDone
    ? [thread(`Every step of meta issue #${issue.iid} is done: Complete Request is open.`)]
    : []
  return stay(place, { ...place.request.facts, metaIssue: issue }, 'Meta issue seen', said)
}

function isDone(issue: MetaIssue): boolean {
  return issue.closed || (issue.total > 0 && issue.done === issue.total)
}
