/** Something was seen: what it changes in the request. */

import { isPaused } from './clocks.ts'
import { isClosedByTheBook } from './closings.ts'
import type { Place } from './decision-rule.ts'
import type { Effect } from './effect.ts'
import { effectsOf, evidenceText } from './effects-of.ts'
import type { HandMade, Happening, HappeningName } from './event.ts'
import type { Transition } from './flow.ts'
import type { Ignored, Move, Outcome } from './outcome.ts'
import type { Facts, MetaIssue } from './request.ts'
import type { Instant } from './time.ts'

type Seen<N extends HappeningName> = Happening & { name: N }

export function decideHappening(place: Place, happening: Happening): Outcome {
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

function requesterReplied(place: Place, { at }: Seen<'requester-replied'>): Outcome {
  const { step, request } = place
  const facts: Facts = resumed({ ...request.facts, lastReplyAt: at }, at)
  if (step.isClosed && !step.happenings?.['requester-replied'])
    return stay(place, { ...facts, repliedAfterClose: at }, 'The requester wrote after the close', [
      thread(`The requester has written on #${request.iid} after it was closed. Nothing was reopened.`),
    ])
  const transition = step.happenings?.['requester-replied']
  const said = thread(`The requester has written on #${request.iid}.`)
  if (!transition) return stay(place, facts, 'The requester wrote', [said])
  return follow(
    place,
    transition,
    {
      ...(step.isClosed ? reopened(facts) : facts),
      lastMove: { what: 'The requester wrote', by: 'requester', at },
    },
    'The requester wrote',
    [said],
  )
}

function labelAdded(place: Place, { label, by, at }: HandMade & { readonly label: string }): Outcome {
  const transition = place.step.happenings?.['label-added']?.[label]
  if (!transition) return ignored(`no step waits for the label ${label}`)
  const { facts } = place.request
  const what = `Label ${label} set in GitLab`
  const started = transition.notes === 'started' ? { started: facts.started ?? at } : {}
  return follow(place, transition, { ...facts, ...started, lastMove: { what, by, at } }, what, [])
}

function issueClosed(
  place: Place,
  { by, at, labels }: HandMade & { readonly labels: readonly string[] },
): Outcome {
  const { flow, step, request } = place
  if (step.isClosed) return ignored('the request is closed already')
  const facts: Facts = {
    ...request.facts,
    closedFrom: request.step,
    closedOutside: true,
    isIncomplete: !isClosedByTheBook(flow, request, labels),
    lastMove: { what: 'Closed in GitLab', by, at },
  }
  return { kind: 'move', flow: request.flow, step: flow.closed, facts, effects: [], what: 'Closed in GitLab' }
}

function issueReopened(place: Place, { by, at }: HandMade): Outcome {
  const { flow, step, request } = place
  if (!step.isClosed) return ignored('the request is open already')
  const { closedFrom } = request.facts
  const back = closedFrom !== undefined && flow.steps[closedFrom] ? closedFrom : flow.first
  const facts: Facts = { ...reopened(request.facts), lastMove: { what: 'Reopened in GitLab', by, at } }
  const said = thread(
    `#${request.iid} was reopened in GitLab and stands at “${flow.steps[back]?.title ?? back}” again.`,
  )
  return { kind: 'move', flow: request.flow, step: back, facts, effects: [said], what: 'Reopened in GitLab' }
}

/** What was so because it was closed is so no longer, and every reply may be sent again. */
function reopened(facts: Facts): Facts {
  const {
    closedFrom: _from,
    closedOutside: _outside,
    isIncomplete: _incomplete,
    repliedAfterClose: _reply,
    sentSnippets: _sent,
    ...kept
  } = facts
  return kept
}

function snippetSent(place: Place, { snippet, at }: Seen<'snippet-sent'>): Outcome {
  const { facts } = place.request
  const sentSnippets = { ...facts.sentSnippets, [snippet]: at }
  return stay(place, { ...facts, sentSnippets }, 'A reply of the handbook was sent in GitLab')
}

/** What a decision that opens the meta issue does besides is not done: the thread says so. */
function metaIssueMade(place: Place, { issue, by, at }: Seen<'meta-issue-made'>): Outcome {
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

function metaIssueSeen(place: Place, issue: MetaIssue): Outcome {
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

function evidenceGathered(place: Place, { evidence }: Seen<'evidence-gathered'>): Outcome {
  const { request, circumstances } = place
  const text = `Evidence for the sole-owner exception of #${request.iid}, ${evidenceText(evidence, circumstances.timeZone)}`
  return stay(place, { ...request.facts, evidence }, 'Evidence gathered', [thread(text)])
}

/** A hold ends by itself when the requester writes. */
function resumed(facts: Facts, at: Instant): Facts {
  if (!isPaused({ facts })) return facts
  return { ...facts, pauses: (facts.pauses ?? []).map((pause) => ({ to: at, ...pause })) }
}

/** The decision is taken back: nothing of it was sent, and the reply is worked like any other. */
function closeStopped(place: Place, { at }: Seen<'close-stopped'>): Outcome {
  const { flow, step, request, circumstances } = place
  const { closedFrom, closedOutside, sentSnippets = {}, lastMove } = request.facts
  const from = closedFrom === undefined ? undefined : flow.steps[closedFrom]
  if (!step.isClosed || closedFrom === undefined || from === undefined)
    return ignored('the request was not being closed')
  const what = 'Closing was stopped: the requester had written'
  // What the stopped decision would have sent has not been sent.
  const sent = Object.fromEntries(
    Object.entries(sentSnippets).filter(([, sentAt]) => sentAt !== lastMove?.at),
  )
  const move = { lastReplyAt: at, lastMove: { what, by: 'requester', at: circumstances.now } }
  if (closedOutside)
    return stay(
      place,
      { ...request.facts, ...move, sentSnippets: sent, isIncomplete: true, repliedAfterClose: at },
      what,
      [thread(`Nothing was sent on #${request.iid}: the requester has written meanwhile. It stays closed.`)],
    )
  const facts = resumed({ ...reopened(request.facts), ...move, sentSnippets: sent }, at)
  const said = thread(
    `#${request.iid} was not closed: the requester has written meanwhile. Nothing was sent.`,
  )
  const back = { ...place, step: from, request: { ...request, step: closedFrom } }
  return follow(back, from.happenings?.['requester-replied'] ?? { goto: closedFrom }, facts, what, [said])
}

type Rest = Seen<
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
        'GitLab no longer shows the issue',
      )
    case 'issue-readable': {
      if (!facts.unreadable) return ignored('known already')
      const { unreadable: _unreadable, ...readable } = facts
      return stay(place, readable, 'GitLab shows the issue again')
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

function follow(
  place: Place,
  transition: Transition,
  facts: Facts,
  what: string,
  before: readonly Effect[],
): Move {
  const { flow, request, circumstances } = place
  const isElsewhere = transition.goto !== request.step
  const onEntry = isElsewhere ? (flow.steps[transition.goto]?.onEntry ?? []) : []
  const effects = effectsOf([...(transition.do ?? []), ...onEntry], { request, circumstances, input: {} })
  return {
    kind: 'move',
    flow: request.flow,
    step: transition.goto,
    facts,
    effects: [...before, ...effects],
    what,
  }
}

function stay(place: Place, facts: Facts, what: string, effects: readonly Effect[] = []): Move {
  return { kind: 'move', flow: place.request.flow, step: place.request.step, facts, effects, what }
}

function ignored(because: string): Ignored {
  return { kind: 'ignore', because }
}

function thread(text: string): Effect {
  return { kind: 'thread', text, mention: [] }
}
