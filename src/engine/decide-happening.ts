/** Something is seen: what it makes of a request. */
import { closeStopped, issueClosed, issueReopened, reopened, resumed } from './closed-and-reopened.ts'
import type { Place } from './decision-rule.ts'
import { evidenceText } from './effects-of.ts'
import type { HandMade, Happening, HappeningOf } from './event.ts'
import { own } from './flow.ts'
import { follow, ignored, type Outcome, stay, thread } from './outcome.ts'
import { capital, type Facts, type MetaIssue, requestName } from './request.ts'
import { decideTicketHappening, isOfTicket } from './ticket-happenings.ts'
import type { Instant } from './time.ts'

export function decideHappening(place: Place, happening: Happening): Outcome {
  if (isOfTicket(happening)) return decideTicketHappening(place, happening)
  switch (happening.name) {
    case 'requester-replied':
      return requesterReplied(place, happening)
    case 'label-added':
      return labelAdded(place, happening)
    case 'label-removed':
      return ignored('no step waits for a label to go')
    case 'issue-closed':
      return issueClosed(place, happening)
    case 'issue-reopened':
      return issueReopened(place, happening)
    case 'meta-issue-seen':
      return metaIssueSeen(place, happening.issue)
    case 'evidence-gathered':
      return evidenceGathered(place, happening)
    case 'snippet-sent':
      return snippetSent(place, happening)
    case 'assignee-changed':
      return stay(place, place.request.facts, 'Assignee changed in GitLab')
    case 'meta-issue-made':
      return metaIssueMade(place, happening)
    case 'close-stopped':
      return closeStopped(place, happening)
    default:
      return noted(place, happening)
  }
}

function requesterReplied(place: Place, { at }: HappeningOf<'requester-replied'>): Outcome {
  const { step, request } = place
  const facts: Facts = resumed({ ...request.facts, lastReplyAt: at }, at)
  if (step.isClosed && !step.happenings?.['requester-replied'])
    return stay(place, { ...facts, repliedAfterClose: at }, 'The requester wrote after the close', [
      thread(
        `The requester has written on ${requestName(request)} after it was closed. Nothing was reopened.`,
      ),
    ])
  const transition = step.happenings?.['requester-replied']
  const said = thread(`The requester has written on ${requestName(request)}.`)
  if (!transition)
    return stay(place, facts, 'The requester wrote', hasReopened(request.facts, at) ? [] : [said])
  return follow(
    place,
    transition,
    {
      ...(step.isClosed ? { ...reopened(facts), ...closedFromOf(facts) } : facts),
      lastMove: { what: 'The requester wrote', by: 'requester', at },
    },
    'The requester wrote',
    [said],
  )
}

/** The reply by which a ticket was reopened stands in the sentence that says so. */
function hasReopened({ reopenedAt, lastReplyAt }: Facts, at: Instant): boolean {
  return reopenedAt === at && lastReplyAt === at
}

/** Kept, since the close that is undone may turn out never to have happened. */
function closedFromOf({ closedFrom }: Facts): Facts {
  return closedFrom === undefined ? {} : { closedFrom }
}

function labelAdded(place: Place, { label, by, at }: HandMade & { readonly label: string }): Outcome {
  const transition = own(place.step.happenings?.['label-added'] ?? {}, label)
  if (!transition) return ignored(`no step waits for the label ${label}`)
  const { facts } = place.request
  const what = `Label ${label} set in GitLab`
  const started = transition.records === 'started' ? { started: facts.started ?? at } : {}
  return follow(place, transition, { ...facts, ...started, lastMove: { what, by, at } }, what, [])
}

function snippetSent(place: Place, { snippet, at }: HappeningOf<'snippet-sent'>): Outcome {
  const { facts } = place.request
  const sentSnippets = { ...facts.sentSnippets, [snippet]: at }
  return stay(place, { ...facts, sentSnippets }, 'A reply of the handbook was sent in GitLab')
}

function evidenceGathered(place: Place, { evidence }: HappeningOf<'evidence-gathered'>): Outcome {
  const { request, circumstances } = place
  const text = `Evidence for the sole-owner exception of #${request.iid}, ${evidenceText(evidence, circumstances.timeZone)}`
  return stay(place, { ...request.facts, evidence }, 'Evidence gathered', [thread(text)])
}

type Rest = HappeningOf<
  | 'issue-unreadable'
  | 'issue-readable'
  | 'reinstatement-issue-opened'
  | 'escalation-issue-opened'
  | 'exports-seen'
  | 'duplicates-suggested'
>

/** Facts that move nothing by themselves. */
function noted(place: Place, happening: Rest): Outcome {
  const { facts } = place.request
  switch (happening.name) {
    case 'issue-unreadable':
      if (facts.unreadable?.status === happening.status) return ignored('known already')
      return stay(
        place,
        { ...facts, unreadable: { status: happening.status, since: happening.at } },
        `${capital(requestName(place.request))} can no longer be read`,
      )
    case 'issue-readable': {
      if (!facts.unreadable) return ignored('known already')
      const { unreadable: _unreadable, ...readable } = facts
      return stay(place, readable, `${capital(requestName(place.request))} can be read again`)
    }
    case 'reinstatement-issue-opened':
      return stay(
        place,
        { ...facts, reinstatementIssue: { url: happening.url } },
        'Reinstatement issue opened',
      )
    case 'escalation-issue-opened':
      return stay(place, { ...facts, escalationIssue: { url: happening.url } }, 'Escalation issue opened')
    case 'exports-seen':
      return stay(place, { ...facts, exports: happening.exports }, 'Exports seen')
    case 'duplicates-suggested':
      return stay(place, { ...facts, suggestedDuplicates: happening.iids }, 'Possible duplicates seen')
  }
}

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
