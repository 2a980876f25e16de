/** Outcomes are the answers of `decide`. */
import type { DecisionContext } from './decision-rule.ts'
import type { Effect } from './effect.ts'
import { effectsOf } from './effects-of.ts'
import type { Transition } from './flow.ts'
import type { Lack } from './need.ts'
import { type Actor, type Facts, type ReadUpTo, readActor } from './request.ts'
import type { Instant } from './time.ts'

/** The request moves, or stays with other facts. */
export interface Move {
  readonly kind: 'move'
  /** The flow and step where the request stands afterwards; the same as before when nothing but facts changed. */
  readonly flow: string
  readonly step: string
  /** Since when it stands there, where that is not now: it was led back. */
  readonly stepSince?: Instant
  /** Since when it is closed, where that is not now. */
  readonly closedAt?: Instant
  /** The facts afterwards, whole. */
  readonly facts: Facts
  readonly effects: readonly Effect[]
  /** Until then what is done in the service waits; left out: it is done at once. */
  readonly sendAt?: Instant
  /** What was read since is read once more, but for notes: where the request stands now it may mean something else. */
  readonly readAgainFrom?: Omit<ReadUpTo, 'noteId'>
  /** One sentence of what happened, for the card and for whoever comes second. */
  readonly what: string
}

/** The person is refused, with the sentence that says why. */
export interface Refusal {
  readonly kind: 'refuse'
  /** A sentence for the person. */
  readonly because: string
  /** From when it will be allowed, where a clock says so. */
  readonly from?: Instant
  /** The modal's field that would mend it. */
  readonly field?: string
  /** What the decision needs outside and is not there. */
  readonly lack?: Lack
}

/** There is nothing to do, with the reason for the log. */
export interface Ignored {
  readonly kind: 'ignore'
  readonly because: string
}

/** The answer of `decide`: a move, a refusal, or nothing to do. */
export type Outcome = Move | Refusal | Ignored

/** The request names a flow or a step that does not exist: a defect of ours, not of a person. */
export class UnknownStep extends Error {
  override readonly name = 'UnknownStep'
}

/** Returns the move as it was seen, with where the transition leads and what it does. */
export function follow(place: DecisionContext, transition: Transition, seen: Move, at: Instant): Move {
  const { flow, request, environment } = place
  const step = targetOf(place, transition) ?? seen.step
  const isElsewhere = step !== request.step
  // What a step does on entry it has done: to come back to it is no entry.
  const isEntered = isElsewhere && typeof transition.goto === 'string'
  const onEntry = isEntered ? (flow.steps[step]?.onEntry ?? []) : []
  const effects = effectsOf([...(transition.do ?? []), ...onEntry], {
    flow,
    request,
    environment,
    input: {},
  })
  const isSaid = seen.facts.lastMove !== request.facts.lastMove
  const lastMove: Facts['lastMove'] = { what: seen.what, by: 'bot', at }
  const started = transition.records === 'started' ? { started: request.facts.started ?? at } : {}
  const facts = { ...seen.facts, ...started, ...(isElsewhere && !isSaid ? { lastMove } : {}) }
  return { ...seen, step, facts, effects: [...seen.effects, ...effects] }
}

/**
 * Returns the step to which a transition leads: a step by name, the one from which the request was closed, or
 * undefined where it leads nowhere.
 */
export function targetOf({ flow, request }: DecisionContext, { goto }: Transition): string | undefined {
  if (typeof goto !== 'object') return goto
  const { closedFrom } = request.facts
  return closedFrom !== undefined && flow.steps[closedFrom] ? closedFrom : flow.first
}

/** Returns a move that leaves the request at its step, with these facts and effects. */
export function stay(
  place: DecisionContext,
  facts: Facts,
  what: string,
  effects: readonly Effect[] = [],
): Move {
  return { kind: 'move', flow: place.request.flow, step: place.request.step, facts, effects, what }
}

/** Returns the outcome that there is nothing to do, with its reason. */
export function ignored(because: string): Ignored {
  return { kind: 'ignore', because }
}

/**
 * Returns the effect that writes below the request's card and mentions the person whose request it is when it is posted;
 * where it is nobody's, those who work such requests.
 */
export function toAssignee(text: string): Effect {
  return thread(`${assigneeWord} ${text}`)
}

/** Returns the same, shown in the channel as well: the request is back, and its card may be weeks up. */
export function toAssigneeAndChannel(text: string): Effect {
  return { kind: 'thread', text: `${assigneeWord} ${text}`, mention: [], isBroadcast: true }
}

/** Stands in a message for the person whose request it is, or for those who work such requests where it is nobody's. */
export const assigneeWord = '{person:assignee}'

/** Stands in a message for what comes next of the request when it is posted: ` Next: “Answers are in: check them”.` */
export const nextWord = '{next}'

/** Returns the effect that writes below the request's card and mentions the person who did something, where one did. */
export function toActor(by: Actor | undefined, text: string): Effect {
  const actor = by === undefined ? undefined : readActor(by)
  return actor?.kind === 'slack' ? thread(`{person:${actor.userId}} ${text}`) : toAssignee(text)
}

/** Returns the effect that writes below the request's card and mentions nobody. */
export function thread(text: string): Effect {
  return { kind: 'thread', text, mention: [] }
}
