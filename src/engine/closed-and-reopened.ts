/**
 * These functions say what becomes of a request whose issue was closed or reopened in GitLab, or whose close by the
 * bot was stopped.
 */

import { isPaused } from './clocks.ts'
import { type DecisionContext, isClosedByTheBook } from './decision-rule.ts'
import type { ObservationOf } from './event.ts'
import { stepAfterReply, type Transition, transitionOn } from './flow.ts'
import { follow, ignored, type Outcome, stay, targetOf, toActor, toAssignee } from './outcome.ts'
import { type Facts, isOf } from './request.ts'
import type { Instant } from './time.ts'

/**
 * Returns the outcome of a close in GitLab: the request notes where it stood, and whether the reply and labels of one
 * way to close it are missing.
 */
export function issueClosed(
  place: DecisionContext,
  { by, at, labels }: ObservationOf<'issue-closed'>,
): Outcome {
  const { flow, request } = place
  const isIncomplete = !isClosedByTheBook(flow, request, labels)
  const facts: Facts = {
    ...request.facts,
    closedFrom: request.step,
    closedFromSince: request.stepSince,
    closedOutside: true,
    isIncomplete,
    lastMove: { what: 'Closed in GitLab', by, at },
  }
  const missing = isIncomplete
    ? ' The reply and the labels of the handbook are missing: complete it on the card, or choose Leave as Closed.'
    : ''
  const said = toAssignee(`#${request.number} was closed in GitLab, not by the bot.${missing}`)
  return stay(place, facts, 'Closed in GitLab', by === 'bot' ? [] : [said])
}

/**
 * Returns the outcome of a reopen in GitLab: the request goes where the transition says, or to where it stood, and what
 * was decided to close it and has not been done is taken back.
 */
export function issueReopened(
  place: DecisionContext,
  { by, at, sentSince, undone, withoutMarks }: ObservationOf<'issue-reopened'>,
  transition: Transition,
): Outcome {
  const { flow, request } = place
  const back = targetOf(place, transition) ?? request.step
  const { undone: _before, checksFailedAt, ...kept } = reopened(request.facts)
  const what = withoutMarks ? 'The mark of failed checks was taken off in GitLab' : 'Reopened in GitLab'
  const facts: Facts = {
    ...kept,
    ...(checksFailedAt !== undefined && !withoutMarks && { checksFailedAt }),
    ...sentAfter(request.facts, at, sentSince),
    reopenedAt: at,
    ...(undone && { undone }),
    lastMove: { what, by, at },
  }
  const notDone = undone
    ? ' Steps decided before that and not done yet were canceled: choose them again if they still apply.'
    : ''
  const how = withoutMarks ? 'no longer has the failed-checks labels' : 'was reopened in GitLab'
  const said = toAssignee(
    `#${request.number} ${how} and is back at “${flow.steps[back]?.title ?? back}”.${notDone}`,
  )
  return stay(place, facts, what, [said])
}

/**
 * Returns the facts of a reopened request: what was so because it was closed is so no longer, and every reply may be
 * sent again.
 */
export function reopened(facts: Facts): Facts {
  const {
    closedFrom: _from,
    closedFromSince: _since,
    closedReadUpTo: _readUpTo,
    closedOutside: _outside,
    endedBy: _ended,
    isIncomplete: _incomplete,
    repliedAfterClose: _reply,
    sentSnippets: _sent,
    sentNaming: _naming,
    snippetsSentBy: _sentBy,
    ...kept
  } = facts
  return kept
}

/** What is known of the handbook's replies that went out. */
type SentFacts = Pick<Facts, 'sentSnippets' | 'sentNaming' | 'snippetsSentBy'>

/**
 * Returns the replies that went out after the reopening, which was seen late: nothing twice. The instants of what was
 * sent by hand are GitLab's, as that of the reopening; those of the bot's own are of a clock that may be wrong.
 */
function sentAfter(
  { sentSnippets = {}, snippetsSentBy = {}, sentNaming }: Facts,
  at: Instant,
  sentSince: readonly string[] = [],
): SentFacts {
  const isAfter = ([snippet, sentAt]: readonly [string, Instant]) =>
    sentSince.includes(snippet) || (snippetsSentBy[snippet] === undefined && sentAt > at)
  const sent = Object.entries(sentSnippets).filter(isAfter)
  const by = Object.entries(snippetsSentBy).filter(([snippet]) => sentSince.includes(snippet))
  return {
    ...(sent.length > 0 && { sentSnippets: Object.fromEntries(sent) }),
    ...(sent.length > 0 && sentNaming && { sentNaming }),
    ...(by.length > 0 && { snippetsSentBy: Object.fromEntries(by) }),
  }
}

/** Takes the decision to close back, as far as it was not done: the requester's reply is worked like any other. */
export function closeStopped(place: DecisionContext, observation: ObservationOf<'close-stopped'>): Outcome {
  const { flow, step, request, environment } = place
  const { at, decisionId, done = [] } = observation
  const {
    closedFrom,
    closedFromSince: stepSince = request.stepSince,
    closedOutside,
    closedReadUpTo,
  } = request.facts
  const from = closedFrom === undefined ? undefined : flow.steps[closedFrom]
  // The reply may have been seen before: then the request was reopened by it, and yet was never closed.
  const wasClosing = step.isClosed || request.step === stepAfterReply(flow.steps[flow.closed])
  const what = 'Closing was stopped: the requester had written'
  const stopped = `#${request.number} was not closed: the requester replied in the meantime. ${doneText(done)}`
  if (!wasClosing || closedFrom === undefined || from === undefined)
    // That it was reopened, by the same mail or by hand, was seen before, and said nothing of what was stopped already.
    return request.facts.reopenedAt === undefined || step.isClosed
      ? ignored('the request was not being closed')
      : stay(place, request.facts, what, [toAssignee(stopped)])
  const { lastMove } = request.facts
  const decider = lastMove?.decisionId === decisionId ? lastMove?.by : undefined
  const sent = sentBy(request.facts, observation)
  const move: Pick<Facts, 'lastReplyAt' | 'lastMove'> = {
    lastReplyAt: at,
    lastMove: {
      ...{ what, by: 'requester', at: environment.now },
      ...(decisionId !== undefined && { decisionId }),
    },
  }
  if (closedOutside)
    return stay(
      place,
      { ...withoutEnd(request.facts), ...move, ...sent, isIncomplete: true, repliedAfterClose: at },
      what,
      [
        toActor(
          decider,
          `#${request.number} was not completed: the requester replied in the meantime. ${doneText(done)} It stays closed.`,
        ),
      ],
    )
  const facts = resumed({ ...reopened(request.facts), ...move, ...sent }, at)
  const said = toActor(decider, stopped)
  const back = { ...place, step: from, request: { ...request, step: closedFrom } }
  const replied = transitionOn(flow, from, { name: 'requester-replied', at })
  const moved = {
    ...follow(back, replied ?? { goto: closedFrom }, stay(back, facts, what, [said]), at),
    ...(closedReadUpTo && { readAgainFrom: closedReadUpTo }),
  }
  if (moved.step === closedFrom) return { ...moved, stepSince }
  const ledOn = { to: moved.step, from: closedFrom, since: stepSince }
  return { ...moved, facts: { ...moved.facts, ledOn } }
}

function doneText(done: readonly string[]): string {
  if (!done.includes('reply')) return 'Nothing was sent.'
  return done.includes('labels')
    ? 'The closing reply had already gone out and the labels were set: answer the requester, and remove labels that no longer apply.'
    : 'The closing reply had already gone out: answer the requester.'
}

/** What the stopped decision would have sent has not been sent, unless it was stopped only after that. */
function sentBy(facts: Facts, { decisionId, done = [] }: ObservationOf<'close-stopped'>): SentFacts {
  if (!done.includes('reply')) return withoutSent(facts, decisionId)
  const { sentSnippets, snippetsSentBy, sentNaming } = facts
  return {
    ...(sentSnippets && { sentSnippets }),
    ...(sentNaming && { sentNaming }),
    ...(snippetsSentBy && { snippetsSentBy }),
  }
}

/**
 * Returns the sent replies without those of this decision, which is known by its id, or by its instant where it is
 * older than ids.
 */
function withoutSent(facts: Facts, decisionId: string | undefined): SentFacts {
  const { sentSnippets = {}, snippetsSentBy = {}, sentNaming, lastMove } = facts
  const stopped = { at: lastMove?.at ?? '', ...(decisionId !== undefined && { decisionId }) }
  const isOther = (snippet: string) => {
    const by = snippetsSentBy[snippet]
    return !isOf({ at: sentSnippets[snippet] ?? '', ...(by !== undefined && { decisionId: by }) }, stopped)
  }
  const by = Object.fromEntries(Object.entries(snippetsSentBy).filter(([snippet]) => isOther(snippet)))
  return {
    sentSnippets: Object.fromEntries(Object.entries(sentSnippets).filter(([snippet]) => isOther(snippet))),
    ...(sentNaming && { sentNaming }),
    ...(Object.keys(by).length > 0 && { snippetsSentBy: by }),
  }
}

function withoutEnd({ endedBy: _ended, snippetsSentBy: _by, ...facts }: Facts): Facts {
  return facts
}

/**
 * Returns the facts after a hold has ended by itself, because the requester wrote. Without a hold they stay as they
 * are.
 */
export function resumed(facts: Facts, at: Instant): Facts {
  if (!isPaused({ facts })) return facts
  return { ...facts, pauses: (facts.pauses ?? []).map((pause) => ({ to: at, ...pause })) }
}
