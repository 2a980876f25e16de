/** Plays anything that may happen to a request through `decide`, and applies what comes of it as the desk does. */
import { decide } from '../../src/engine/decide.ts'
import type { Effect } from '../../src/engine/effect.ts'
import type { Event } from '../../src/engine/event.ts'
import type { Decision, DecisionEnvironment } from '../../src/engine/flow.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import type { Request } from '../../src/engine/request.ts'
import { aRequest } from './a-request.ts'
import { decisionOf } from './decisions.ts'
import { seen } from './sightings.ts'
import {
  type Attempt,
  allFlows,
  environmentOf,
  isClosed,
  later,
  ruleOf,
  type State,
  type World,
} from './world.ts'

export interface Turn {
  readonly before: State
  readonly event: Event
  readonly environment: DecisionEnvironment
  readonly outcome: Outcome
  readonly after: State
  /** The rule of a decision, as the flow's data has it. */
  readonly rule: Decision | undefined
}

export function beginning(world: World): State {
  const { flow, step, startsAt, isEmbargoed, hasOtherAddress } = world
  const now = later(startsAt, 1 / 60)
  const place = { flow, step, stepSince: now, createdAt: startsAt }
  const request =
    allFlows[flow]?.desk.source === 'zendesk'
      ? aRequest({ ...place, source: 'zendesk', number: 456 })
      : aRequest({ ...place, facts: { isEmbargoed, hasOtherAddress } })
  return { request: frozen(request), now, isStoppable: false, updates: [] }
}

/** The state after a wait, or what came of an event. */
export function play(world: World, before: State, attempt: Attempt): State | Turn {
  if (attempt.kind === 'wait') return { ...before, now: later(before.now, attempt.hours) }
  const at = later(before.now, 0.01)
  const event: Event =
    attempt.kind === 'see'
      ? { kind: 'observation', observation: seen(before, attempt, at) }
      : decisionOf(world, before, attempt, at)
  return turn(world, { ...before, now: at }, event)
}

export function turn(world: World, before: State, event: Event): Turn {
  const around = environmentOf(world, before.now, event)
  const outcome = decide(allFlows, before.request, event, around)
  const rule = event.kind === 'decision' ? ruleOf(before.request, event.decision) : undefined
  return { before, event, environment: around, outcome, after: applied(before, outcome, event), rule }
}

/** The way of src/requests/handle-event.ts. */
function applied(before: State, outcome: Outcome, event: Event): State {
  const { request, now } = before
  if (outcome.kind !== 'move') return before
  const isElsewhere = outcome.flow !== request.flow || outcome.step !== request.step
  const { closedAt, ...kept } = request
  const moved: Request = {
    ...kept,
    flow: outcome.flow,
    step: outcome.step,
    stepSince: isElsewhere ? now : request.stepSince,
    facts: outcome.facts,
    ...(isClosed(outcome) ? { closedAt: closedAt ?? now } : {}),
  }
  const isStoppable =
    event.kind === 'decision'
      ? outcome.effects.some(isToSilence)
      : before.isStoppable && !['close-stopped', 'issue-reopened'].includes(event.observation.name)
  return { request: frozen(moved), now, isStoppable, updates: updatesAfter(before, outcome.effects, event) }
}

/** An update that was refused is over: nothing of it is tried again. */
function updatesAfter({ updates }: State, effects: readonly Effect[], event: Event): State['updates'] {
  if (event.kind === 'decision')
    return [
      ...updates,
      ...effects.flatMap((one) =>
        one.kind === 'ticket-reply' || one.kind === 'forward-ticket' ? [one] : [],
      ),
    ]
  const { observation } = event
  if (observation.name !== 'ticket-update-refused') return updates
  return updates.filter(({ decidedAt }) => decidedAt !== observation.decidedAt)
}

function isToSilence(effect: Effect): boolean {
  return 'onlyIfSilentSince' in effect
}

/** A decision that changed what it was given would throw. */
function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) frozen(inner)
  }
  return value
}
