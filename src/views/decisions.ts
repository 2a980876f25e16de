/** The decisions that a request offers, found in its flow. */
import { stepOf } from '../desks/desk.ts'
import { isPaused } from '../engine/clocks.ts'
import {
  completionsOf,
  isForRequest,
  isSilentClose,
  rolesFor,
  shownDecision,
} from '../engine/decision-rule.ts'
import { type Decision, own, roleName, stepAfterReply } from '../engine/flow.ts'
import { openFrom } from '../engine/next-action.ts'
import { hasWritten, isNoAnswer } from '../engine/replies.ts'
import { dayIn, shortDayText } from '../engine/time.ts'
import { stillNeeded } from '../engine/two-approvals.ts'
import type { CardState } from '../requests/card-states.ts'

/** A decision with its name. */
export interface NamedDecision {
  readonly name: string
  readonly decision: Decision
}

/** True at a step that is closed. */
export function isClosed(state: CardState): boolean {
  return state.request.step === state.flow.closed || stepOf(state)?.isClosed === true
}

/**
 * Returns the decision that has this name at a step: the step's own, one open at any step, or a pinned one still
 * ahead; of one that was closed by hand, one that completes it or leaves it as it is. Undefined where the team's configuration does not offer it.
 */
export function decisionAt(state: CardState, stepName: string, name: string): Decision | undefined {
  const decision = isClosed(state)
    ? own(decisionsOfClosed(state), name)
    : shownDecision(state.flow, stepName, name)
  const enabledIf = decision?.enabledIf
  return enabledIf === undefined || state.settings[enabledIf.setting] === enabledIf.isSet
    ? decision
    : undefined
}

/** What completes a request that was closed by hand, and what leaves it as it is. */
function decisionsOfClosed(state: CardState): Readonly<Record<string, Decision>> {
  if (!state.request.facts.isIncomplete) return {}
  return { ...completionsOf(state.flow, state.request), ...stepOf(state)?.decisions }
}

/** Returns the pinned decisions of an open request, allowed at this moment or not. */
export function pinnedDecisions(state: CardState): readonly NamedDecision[] {
  if (isClosed(state) || stepOf(state)?.hidesPinned === true) return []
  return state.flow.pinned.flatMap((name) => named(state, name))
}

/** Returns the decision that comes next, where somebody at the desk can take it now: its button is the primary one. */
export function nextDecision(state: CardState): NamedDecision | undefined {
  const { next } = state
  if (next?.decision === undefined || next.from !== undefined || 'awaits' in next.turn) return undefined
  return named(state, next.decision)[0]
}

/** Returns the step's own decisions that have a button, the one that comes next first, and what takes a move back. */
export function otherDecisions(state: CardState): readonly NamedDecision[] {
  const own = besidesCore(state).filter(({ name, decision }) => !isRare(state, name, decision))
  const next = nextDecision(state)
  if (next === undefined || pinnedDecisions(state).some(({ name }) => name === next.name)) return own
  return [next, ...own.filter(({ name }) => name !== next.name)]
}

/** Returns the decisions in the card's menus: those that hold or extend clocks or ask others, and the other ends. */
export function menuDecisions(state: CardState): readonly (readonly NamedDecision[])[] {
  const next = nextDecision(state)
  const rare = besidesCore(state).filter(
    ({ name, decision }) => name !== next?.name && isRare(state, name, decision) && isOfUse(state, decision),
  )
  const isAside = ({ name, decision }: NamedDecision) =>
    decision.inMenu === true && Object.hasOwn(state.flow.anytime, name)
  return [rare.filter(isAside), rare.filter((one) => !isAside(one))]
}

/** What is open at any step is seldom what somebody came for; taking a move back is. */
function isRare({ flow }: CardState, name: string, { inMenu, records }: Decision): boolean {
  return inMenu === true || (Object.hasOwn(flow.anytime, name) && records !== 'taken-back')
}

/** A menu has room for what would not be refused whoever chose it. */
function isOfUse(state: CardState, { records, when = [] }: Decision): boolean {
  const { request } = state
  const { facts } = request
  const isHeld = facts.pauses?.at(-1) !== undefined && facts.pauses.at(-1)?.to === undefined
  if (records === 'paused') return !isHeld
  if (records === 'resumed') return isHeld
  const step = stepOf(state)
  if (records === 'no-answer')
    return step?.waitsFor === 'requester'
      ? hasWritten({ request, step, environment: state })
      : facts.lastReplyAt !== undefined && !isNoAnswer(facts)
  const isVerified = isClosed(state)
    ? state.flow.steps[facts.closedFrom ?? '']?.isVerified
    : stepOf(state)?.isVerified
  if (when.includes('is-not-verified') && isVerified) return false
  return !(when.includes('is-not-escalated') && facts.escalationIssue !== undefined)
}

function besidesCore(state: CardState): readonly NamedDecision[] {
  const step = stepOf(state)
  if (isClosed(state))
    return Object.entries(decisionsOfClosed(state)).map(([name, decision]) => ({ name, decision }))
  if (step === undefined) return []
  const shown = new Set(pinnedDecisions(state).map(({ name }) => name))
  const names = new Set([...Object.keys(step.decisions), ...Object.keys(state.flow.anytime)])
  return [...names].filter((name) => !shown.has(name)).flatMap((name) => named(state, name))
}

/** A decision that is for other requests than this one is not shown. */
function named(state: CardState, name: string): readonly NamedDecision[] {
  const decision = decisionAt(state, state.request.step, name)
  const isShown = decision && isForRequest(decision, state.request) && !isSaidBetter(state, decision)
  return isShown ? [{ name, decision }] : []
}

/** To take a message back has a decision of its own at some steps, which says just that. */
function isSaidBetter(state: CardState, { records }: Decision): boolean {
  const decisions = Object.values(stepOf(state)?.decisions ?? {})
  const { wayBack } = state.request.facts
  return (
    records === 'taken-back' &&
    wayBack?.isReply === true &&
    decisions.some((one) => one.records === 'no-answer' && one.goto === wayBack.step)
  )
}

/**
 * Returns why a decision's button can't be clicked by everybody now, in few words for its label: from when it is open,
 * for whom it is, that its time has not come or is past, or what keeps it closed. Undefined where whoever works here may click it.
 */
export function buttonNote(state: CardState, { name, decision }: NamedDecision): string | undefined {
  const { flow, request, desk } = state
  const step = stepOf(state)
  if (step === undefined || isClosed(state)) return undefined
  const isHere = own(step.decisions, name) !== undefined || own(flow.anytime, name) !== undefined
  const { unless } = flow
  const isBarred = unless !== undefined && request.facts[unless.fact] === true
  if (isBarred && !(isHere && isSilentClose(flow, decision))) return unless.note
  if (!isHere) {
    const reply = stepAfterReply(step)
    if (reply !== undefined && own(flow.steps[reply]?.decisions ?? {}, name)) return 'after a reply'
    const order = Object.keys(flow.steps)
    const later = order.slice(order.indexOf(request.step) + 1)
    if (later.some((one) => own(flow.steps[one]?.decisions ?? {}, name))) return 'later'
    const isOfSilence = decision.when?.includes('requester-is-silent')
    return isOfSilence && request.facts.lastReplyAt !== undefined ? 'they replied' : 'no longer'
  }
  const isOfSilence = decision.when?.includes('requester-is-silent')
  if (isOfSilence && hasWritten({ request, step, environment: state })) return 'they replied'
  const from = openFrom({ flow, request, environment: state }, decision)
  if (from !== undefined)
    return isPaused(request) && decision.when?.includes('clock-is-over')
      ? 'paused'
      : `from ${shortDayText(dayIn(state.timeZone, from), dayIn(state.timeZone, state.now))}`
  const [worker] = Object.keys(desk.roles)
  // Of two approvals the second is that of the other role.
  const isSecond = decision.fourEyes && state.requirePrivacyApproval
  const roles = isSecond
    ? stillNeeded(request.facts.approvals ?? [])
    : rolesFor(decision, { request, environment: state })
  return worker === undefined || roles.includes(worker)
    ? undefined
    : roles.map((role) => roleName(desk, role).replace(/^an? /, '')).join(' or ')
}
