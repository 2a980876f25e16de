/** The second half of `decide`: something was seen, and this says what becomes of the request. */

import { closeStopped, issueClosed, issueReopened, reopened, resumed } from './closed-and-reopened.ts'
import type { DecisionContext } from './decision-rule.ts'
import { effectsOf } from './effects-of.ts'
import type { Observation, ObservationOf } from './event.ts'
import { requestName, type Transition, transitionOn } from './flow.ts'
import { approvedByLabel } from './label-approval.ts'
import { begunOn, firstStepOf } from './move-by-decision.ts'
import {
  follow,
  ignored,
  nextWord,
  type Outcome,
  stay,
  targetOf,
  thread,
  toAssignee,
  toAssigneeAndChannel,
} from './outcome.ts'
import { capital, type Facts, type MetaIssue } from './request.ts'
import { decideTicketObservation, isOfTicket } from './ticket-observations.ts'
import type { Instant } from './time.ts'

/**
 * Returns the outcome of an observation. The facts change in the same way in every flow; the flow alone says where
 * the observation leads (`on`).
 */
export function decideObservation(place: DecisionContext, observation: Observation): Outcome {
  // An out-of-office answer to the closing reply opens nothing again: it is said, and a person looks.
  const isNoReason =
    (observation.name === 'requester-replied' &&
      observation.looksAutomatic &&
      place.step.isClosed === true) ||
    (observation.name === 'checks-failed' && isWorked(place)) ||
    (observation.name === 'issue-reopened' && observation.begins !== undefined)
  const transition = isNoReason ? undefined : transitionOn(place.flow, place.step, observation)
  if (observation.name === 'label-added' && transition?.approves !== undefined) {
    const approved = approvedByLabel(place, observation, transition.approves)
    if ('kind' in approved) return approved
    return followSeen(approved, observation, transition)
  }
  return followSeen(place, observation, transition)
}

function followSeen(
  place: DecisionContext,
  observation: Observation,
  transition: Transition | undefined,
): Outcome {
  const seen = observed(place, observation, transition)
  return seen.kind === 'move' && transition ? follow(place, transition, seen, observation.at) : seen
}

function observed(
  place: DecisionContext,
  observation: Observation,
  transition: Transition | undefined,
): Outcome {
  if (isOfTicket(observation)) return decideTicketObservation(place, observation, transition)
  switch (observation.name) {
    case 'requester-replied':
      return requesterReplied(place, observation, transition)
    case 'label-removed': {
      if (transition) return labelChanged(place, observation, transition)
      const { checksFailedAt, ...facts } = place.request.facts
      if (!observation.clearsMarks || checksFailedAt === undefined)
        return ignored('no step waits for a label to go')
      return stay(place, facts, 'The mark of failed checks was taken off in GitLab')
    }
    case 'label-added':
      return transition
        ? labelChanged(place, observation, transition)
        : ignored(`no step waits for the label ${observation.label}`)
    case 'issue-closed':
      return transition ? issueClosed(place, observation) : ignored('the request is closed already')
    case 'issue-reopened':
      if (observation.begins) return begunAnew(place, observation.begins, observation)
      return transition
        ? issueReopened(place, observation, transition)
        : ignored('the request is open already')
    case 'checks-failed':
      return checksFailed(place, observation, transition)
    case 'meta-issue-seen':
      return metaIssueSeen(place, observation)
    case 'evidence-gathered':
      return evidenceGathered(place, observation)
    case 'snippet-sent':
      return snippetSent(place, observation)
    case 'assignee-changed':
      return stay(place, place.request.facts, 'Assignee changed in GitLab')
    case 'meta-issue-made':
      return transition ? metaIssueMade(place, observation) : ignored('no step waits for a meta issue')
    case 'close-stopped':
      return closeStopped(place, observation)
    default:
      return noted(place, observation)
  }
}

function requesterReplied(
  place: DecisionContext,
  { at, looksAutomatic, isOneOfSeveral }: ObservationOf<'requester-replied'>,
  transition: Transition | undefined,
): Outcome {
  const { step, request } = place
  const {
    lastReplyLooksAutomatic: _before,
    repliedMoreThanOnce: several,
    repliedSince: since,
    ledOn: before,
    ...known
  } = request.facts
  const { lastReplyAt, noAnswerAt } = request.facts
  // What came before led the request here, or has led it nowhere: it may be the answer.
  const isAnother =
    !transition && lastReplyAt !== undefined && lastReplyAt !== at && lastReplyAt !== noAnswerAt
  const first = isAnother ? (since ?? lastReplyAt) : transition ? undefined : since
  const to = transition && targetOf(place, transition)
  const from = { from: request.step, since: request.stepSince }
  const led = to !== undefined && to !== request.step ? { to, ...from } : before
  const answered: Facts = {
    ...known,
    lastReplyAt: at,
    ...(looksAutomatic ? { lastReplyLooksAutomatic: true } : {}),
    ...(isOneOfSeveral || isAnother || (!transition && several) ? { repliedMoreThanOnce: true } : {}),
    ...(first === undefined ? {} : { repliedSince: first }),
    ...(led === undefined ? {} : { ledOn: led }),
  }
  // A machine's answer ends no hold that a person has set.
  const facts: Facts = looksAutomatic ? answered : resumed(answered, at)
  const doubt = looksAutomatic ? ' It looks like an automatic answer: read it in GitLab.' : ''
  if (step.isClosed && !transition)
    return stay(place, { ...facts, repliedAfterClose: at }, 'The requester wrote after the close', [
      toAssignee(
        `The requester replied on ${requestName(place.flow.desk, request.number)} after it was closed. It stays closed: read the reply in GitLab.${doubt}`,
      ),
    ])
  // "re-open the issue": the card comes back.
  const tell = step.isClosed ? toAssigneeAndChannel : toAssignee
  // What a machine may have written leads nobody on before it is read.
  const rest = doubt === '' ? nextWord : doubt
  const said = tell(`The requester replied on ${requestName(place.flow.desk, request.number)}.${rest}`)
  if (!transition)
    return stay(place, facts, 'The requester wrote', hasReopened(request.facts, at) ? [] : [said])
  const lastMove: Facts['lastMove'] = { what: 'The requester wrote', by: 'requester', at }
  const open = step.isClosed ? { ...reopened(facts), ...closedFromOf(facts) } : facts
  return stay(place, { ...open, lastMove }, 'The requester wrote', [said])
}

/** The reply by which a ticket was reopened stands in the sentence that says so. */
function hasReopened({ reopenedAt, lastReplyAt }: Facts, at: Instant): boolean {
  return reopenedAt === at && lastReplyAt === at
}

/** Kept, since the close that is undone may turn out never to have happened. */
function closedFromOf({ closedFrom, closedFromSince, closedReadUpTo }: Facts): Facts {
  return {
    ...(closedFrom === undefined ? {} : { closedFrom }),
    ...(closedFromSince === undefined ? {} : { closedFromSince }),
    ...(closedReadUpTo === undefined ? {} : { closedReadUpTo }),
  }
}

/**
 * Somebody outside has heard of it, it is verified, or a person has reopened it: then no mark in GitLab ends it, and a
 * person looks.
 */
function isWorked({ step, request: { facts } }: DecisionContext): boolean {
  return (
    step.isVerified === true ||
    facts.metaIssue !== undefined ||
    facts.sentSnippets !== undefined ||
    facts.reopenedAt !== undefined
  )
}

function checksFailed(
  place: DecisionContext,
  { at }: ObservationOf<'checks-failed'>,
  transition: Transition | undefined,
): Outcome {
  const { step, request } = place
  if (step.isClosed || request.facts.checksFailedAt !== undefined) return ignored('known already')
  const what = 'Failed the automated checks'
  const facts: Facts = { ...request.facts, checksFailedAt: at }
  if (!transition)
    return stay(place, facts, what, [
      toAssignee(
        `#${request.number} is now marked as failing the automated checks, although it’s being worked on. Look at it in GitLab.`,
      ),
    ])
  const lastMove: Facts['lastMove'] = { what, by: 'bot', at }
  return stay(place, { ...facts, closedFrom: request.step, lastMove }, what, [
    thread(`#${request.number} has failed the automated checks: no action is required.`),
  ])
}

/** A request that was only counted begins where its type does. */
function begunAnew(
  place: DecisionContext,
  begins: { readonly flow: string; readonly step: string },
  { by, at }: ObservationOf<'issue-reopened'>,
): Outcome {
  const { flow, flows, request, environment } = place
  if (!flow.isCountedOnly) return ignored('the request is open already')
  const what = 'The mark of failed checks was taken off in GitLab'
  const { repliedAfterClose: _reply, ...kept } = request.facts
  const facts: Facts = { ...kept, reopenedAt: at, lastMove: { what, by, at } }
  const onEntry = flows[begins.flow]?.steps[begins.step]?.onEntry ?? []
  const effects = effectsOf(onEntry, { flow, request: { ...request, facts }, environment, input: {} })
  return { ...stay(place, facts, what, effects), ...begins }
}

function labelChanged(
  place: DecisionContext,
  { name, label, by, at }: ObservationOf<'label-added' | 'label-removed'>,
  transition: Transition,
): Outcome {
  const { flow, step, request } = place
  const what = `Label ${label} ${name === 'label-added' ? 'set' : 'removed'} in GitLab`
  const target = targetOf(place, transition) ?? request.step
  // Whoever has asked for an approval hears of it as of every answer.
  const isSaid = by !== 'bot' && target !== request.step && step.waitsFor !== 'approval'
  const text = `${what}: #${request.number} is now at “${flow.steps[target]?.title ?? target}”.`
  return stay(place, { ...request.facts, lastMove: { what, by, at } }, what, isSaid ? [toAssignee(text)] : [])
}

function snippetSent(place: DecisionContext, { snippet, names, at }: ObservationOf<'snippet-sent'>): Outcome {
  const { facts } = place.request
  const { snippetsSentBy, sentNaming, ...kept } = facts
  const { [snippet]: _named, ...named } = sentNaming ?? {}
  const naming = names === undefined ? named : { ...named, [snippet]: names }
  const { [snippet]: _decision, ...others } = snippetsSentBy ?? {}
  const sent: Facts = {
    ...kept,
    sentSnippets: { ...facts.sentSnippets, [snippet]: at },
    ...(Object.keys(naming).length > 0 && { sentNaming: naming }),
    ...(Object.keys(others).length > 0 && { snippetsSentBy: others }),
  }
  return stay(place, sent, 'A reply of the handbook was sent in GitLab')
}

function evidenceGathered(place: DecisionContext, { evidence }: ObservationOf<'evidence-gathered'>): Outcome {
  const { request } = place
  const open = evidence.criteria.filter(({ result }) => result !== 'met').length
  const result =
    open === 0 ? 'all criteria are met' : `${open} of ${evidence.criteria.length} criteria aren’t met`
  // Its lines stand on the card, and in full in the internal note of whoever approves.
  const text = `The evidence for the exception of #${request.number} is in: ${result}. See the card.`
  return stay(place, { ...request.facts, evidence }, 'Evidence gathered', [thread(text)])
}

type Rest = ObservationOf<
  | 'issue-unreadable'
  | 'issue-readable'
  | 'reinstatement-issue-opened'
  | 'escalation-issue-opened'
  | 'exports-seen'
  | 'duplicates-suggested'
  | 'other-issues-seen'
  | 'form-changed'
>

/** Facts that move nothing by themselves. */
function noted(place: DecisionContext, observation: Rest): Outcome {
  const { facts } = place.request
  switch (observation.name) {
    case 'issue-unreadable':
      if (facts.unreadable?.status === observation.status) return ignored('known already')
      return stay(
        place,
        { ...facts, unreadable: { status: observation.status, since: observation.at } },
        `${capital(requestName(place.flow.desk, place.request.number))} can no longer be read`,
      )
    case 'issue-readable': {
      if (!facts.unreadable) return ignored('known already')
      const { unreadable: _unreadable, ...readable } = facts
      return stay(
        place,
        readable,
        `${capital(requestName(place.flow.desk, place.request.number))} can be read again`,
      )
    }
    case 'reinstatement-issue-opened':
      return stay(
        place,
        { ...facts, reinstatementIssue: { url: observation.url } },
        'Reinstatement issue opened',
      )
    case 'escalation-issue-opened':
      return stay(place, { ...facts, escalationIssue: { url: observation.url } }, 'Escalation issue opened')
    case 'exports-seen':
      return stay(place, { ...facts, exports: observation.exports }, 'Exports seen')
    case 'duplicates-suggested':
      return stay(
        place,
        {
          ...facts,
          suggestedDuplicates: observation.iids,
          ...(observation.hasMore ? { hasMoreDuplicates: true } : {}),
        },
        'Possible duplicates seen',
      )
    case 'other-issues-seen':
      return otherIssuesSeen(place, observation)
    case 'form-changed':
      return formChanged(place, observation)
  }
}

function otherIssuesSeen(
  place: DecisionContext,
  { later, earlier }: ObservationOf<'other-issues-seen'>,
): Outcome {
  const { facts, number } = place.request
  if (!later)
    return stay(
      place,
      { ...facts, ...(earlier ? { earlierIssues: earlier } : {}) },
      'Requests of the same person seen',
    )
  const last = later.at(-1)
  return stay(
    place,
    { ...facts, laterIssues: later, hasLaterIssue: true },
    'Another issue of the requester seen',
    [
      toAssignee(
        `The requester of #${number} has opened #${last} without the form: the answer may be there.`,
      ),
    ],
  )
}

/** Takes the form as it is now; a request whose type nobody knew begins where its type does. */
function formChanged(
  place: DecisionContext,
  { form, what, place: begins, at }: ObservationOf<'form-changed'>,
): Outcome {
  const { request, flow, step, environment } = place
  const {
    suggestedReason: _reason,
    isEmbargoed: _embargoed,
    hasOtherAddress: _address,
    formProblems: _problems,
    hasNoEmail: _email,
    ...kept
  } = request.facts
  const facts = { ...kept, ...form, formChanged: { what, at } }
  const sentence = `The form of #${request.number} was changed in GitLab: ${what.join(', ')}.`
  const seen = stay(
    place,
    facts,
    'The form was changed in GitLab',
    step.isClosed ? [] : [toAssignee(sentence)],
  )
  if (!begins || !flow.isTypeUnknown || step.isClosed) return seen
  const into = place.flows[begins.flow]
  const entry = { flow: begins.flow, step: firstStepOf(into, request) }
  const onEntry = into?.steps[entry.step]?.onEntry ?? []
  const entered = effectsOf(onEntry, { flow, request: { ...request, facts }, environment, input: {} })
  const lastMove: Facts['lastMove'] = { what: seen.what, by: 'bot', at }
  return {
    ...seen,
    ...entry,
    facts: { ...facts, lastMove, ...begunOn(into, entry.step) },
    effects: [...seen.effects, ...entered],
  }
}

/**
 * Takes a meta issue that was made by hand; the other effects of the decision that opens one are not done, and the
 * thread says so.
 */
function metaIssueMade(place: DecisionContext, { issue, by, at }: ObservationOf<'meta-issue-made'>): Outcome {
  const { flow, step, request } = place
  if (request.facts.metaIssue) return ignored('no step waits for a meta issue')
  // Whoever opens it has verified the requester: the step at hand, or any that lies ahead.
  const opening = [step, ...Object.values(flow.steps)]
    .flatMap(({ decisions }) => Object.values(decisions))
    .find(({ do: rules }) => rules.some((rule) => rule.kind === 'open-issue' && rule.purpose === 'meta'))
  const isUnsaid = opening?.do.some(
    (rule) => rule.kind === 'reply' && !request.facts.sentSnippets?.[rule.snippet],
  )
  const unsaid = isUnsaid ? ' The bot has not told the requester.' : ''
  const what = `Meta issue #${issue.iid} opened in GitLab`
  const text = `The meta issue #${issue.iid} of #${request.number} was opened by hand.${unsaid}`
  const facts: Facts = { ...request.facts, metaIssue: issue, progressAt: at, lastMove: { what, by, at } }
  return stay(place, facts, what, by === 'bot' ? [] : [toAssignee(text)])
}

function metaIssueSeen(place: DecisionContext, { issue, at }: ObservationOf<'meta-issue-seen'>): Outcome {
  const before = place.request.facts.metaIssue
  if (before && JSON.stringify(before) === JSON.stringify(issue))
    return ignored('nothing new in the meta issue')
  const isNowDone = isDone(issue) && !(before && isDone(before)) && !place.step.isClosed
  const said = isNowDone
    ? [toAssignee(`All steps in #${issue.iid} are done. You can complete the request.`)]
    : []
  const isFurther = before === undefined || before.done !== issue.done || before.iid !== issue.iid
  const progress = isFurther ? { progressAt: at } : {}
  return stay(place, { ...place.request.facts, metaIssue: issue, ...progress }, 'Meta issue seen', said)
}

function isDone(issue: MetaIssue): boolean {
  return issue.closed || (issue.total > 0 && issue.done === issue.total)
}
