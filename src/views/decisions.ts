/** The decisions that a request offers, found in its flow. */
import { stepOf } from '../desks/desk.ts'
import { completionsOf, isForRequest, shownDecision } from '../engine/decision-rule.ts'
import { type Decision, own } from '../engine/flow.ts'
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

/** Returns the other decisions that have a button: the step's own, then those open at any step. */
export function otherDecisions(state: CardState): readonly NamedDecision[] {
  return besidesCore(state).filter(({ decision }) => decision.inMenu !== true)
}

/** Returns the decisions that stand in the card's menu. */
export function menuDecisions(state: CardState): readonly NamedDecision[] {
  return besidesCore(state).filter(({ decision }) => decision.inMenu === true)
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
  const isReply = state.request.facts.wayBack?.isReply === true
  return records === 'taken-back' && isReply && decisions.some((one) => one.records === 'no-answer')
}
