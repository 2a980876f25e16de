/**
 * The way back: what is kept of each move that nobody outside has heard of, and what taking it back does. Whether a
 * move has one follows from its effects alone.
 */

import { type DecisionContext, decidedBy, decisionAt, rolesFor } from './decision-rule.ts'
import { effects as definitions, type Effect } from './effect.ts'
import type { EffectDefinition } from './effects/definition.ts'
import { effectsOf } from './effects-of.ts'
import type { Event } from './event.ts'
import { type Decision, requestName } from './flow.ts'
import type { Move, Refusal } from './outcome.ts'
import { type Facts, slackActor, type WayBack } from './request.ts'

type DecisionEvent = Event & { kind: 'decision' }

/** So many moves can be taken back one after the other: the facts are written whole at each change. */
const mostKept = 5

/** Returns the move with its id and its way back, where it has one. What changes facts alone is no move. */
export function withWayBack(place: DecisionContext, event: Event, move: Move): Move {
  const { request } = place
  const { takenBack, wayBack: _before, ...facts } = move.facts
  const { lastMove } = facts
  const isTakenBack = takenBack !== request.facts.takenBack
  if (isTakenBack || !lastMove || lastMove === request.facts.lastMove) return move
  const wayBack = wayBackFrom(place, event, move)
  // What came to nothing is told under the decision that had asked for it.
  const known = { ...decidedBy(place, lastMove.at), ...lastMove }
  return { ...move, facts: { ...facts, lastMove: known, ...(wayBack && { wayBack }) } }
}

function wayBackFrom(place: DecisionContext, event: Event, move: Move): WayBack | undefined {
  const { flows, request, environment } = place
  if (flows[move.flow]?.steps[move.step]?.isClosed || !move.effects.every(staysInside)) return undefined
  const seen = seenIn(event)
  if (seen === undefined) return undefined
  const isReply = event.kind === 'observation' && event.observation.name === 'requester-replied'
  const rule = event.kind === 'decision' ? decisionAt(place, event.decision) : undefined
  const asked = move.effects.flatMap((effect) => (effect.kind === 'thread' ? effect.mention : []))
  const labels = labelsBack(environment.labels ?? [], move.effects, seen)
  const before = kept(request.facts.wayBack, mostKept - 1)
  return {
    what: move.what,
    at: move.facts.lastMove?.at ?? environment.now,
    ...(rule && { roles: rolesFor(rule, place) }),
    ...{ flow: request.flow, step: request.step, since: request.stepSince },
    ...(place.step.isClosed && { closedAt: request.closedAt ?? request.stepSince }),
    ...difference(request.facts, move.facts, isReply ? ['lastReplyAt'] : []),
    ...(labels && { labels }),
    ...(asked.length > 0 && { asked: [...new Set(asked)] }),
    ...(isReply && { isReply }),
    ...(before && { before }),
  }
}

/** True when nobody outside hears of the effect. */
function staysInside({ kind }: Pick<Effect, 'kind'>): boolean {
  const definition: EffectDefinition = definitions[kind]
  return definition.whenTakenBack !== undefined
}

/**
 * Returns the labels that somebody has set by hand and that the event tells of. Undefined for all else that was done
 * outside: it is undone where it was done.
 */
function seenIn(event: Event): readonly string[] | undefined {
  if (event.kind === 'decision' || event.observation.name === 'requester-replied') return []
  return event.observation.name === 'label-added' ? [event.observation.label] : undefined
}

/** Labels that were there before stay: what is set twice was not set by the move. */
function labelsBack(
  before: readonly string[],
  effects: readonly Effect[],
  seen: readonly string[],
): WayBack['labels'] {
  const after = labelsAfter(before, effects)
  const add = before.filter((label) => !after.includes(label))
  const remove = [...after.filter((label) => !before.includes(label)), ...seen]
  return add.length > 0 || remove.length > 0 ? { add, remove } : undefined
}

/**
 * Returns the labels that an issue bears once these effects are done. Of one scope it bears one label:
 * https://docs.gitlab.com/user/project/labels/#scoped-labels
 */
export function labelsAfter(
  labels: readonly string[],
  effects: readonly { readonly kind: string }[],
): readonly string[] {
  return effects.filter(isOfLabels).reduce<readonly string[]>((borne, { add, remove }) => {
    const replaced = new Set(add.flatMap((label) => scopeOf(label) ?? []))
    const left = borne.filter((label) => !remove.includes(label) && !replaced.has(scopeOf(label) ?? ''))
    return [...new Set([...left, ...add])]
  }, labels)
}

function isOfLabels(effect: { readonly kind: string }): effect is Effect & { readonly kind: 'labels' } {
  return effect.kind === 'labels'
}

/** All before the last `::`: https://docs.gitlab.com/user/project/labels/#nested-scopes */
function scopeOf(label: string): string | undefined {
  const end = label.lastIndexOf('::')
  return end > 0 ? label.slice(0, end) : undefined
}

function difference(
  { wayBack: _way, takenBack: _back, ...before }: Facts,
  { wayBack: _newWay, takenBack: _newBack, ...after }: Facts,
  but: readonly string[],
): Pick<WayBack, 'facts' | 'without'> {
  const was: Readonly<Record<string, unknown>> = before
  const is: Readonly<Record<string, unknown>> = after
  const changed = Object.keys({ ...was, ...is }).filter(
    (name) => !but.includes(name) && JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  )
  return {
    facts: Object.fromEntries(
      changed.flatMap((name) => (was[name] === undefined ? [] : [[name, was[name]]])),
    ),
    without: changed.filter((name) => was[name] === undefined),
  }
}

function kept(wayBack: WayBack | undefined, most: number): WayBack | undefined {
  if (!wayBack || most === 0) return undefined
  const { before, ...one } = wayBack
  const rest = kept(before, most - 1)
  return { ...one, ...(rest && { before: rest }) }
}

/**
 * Returns the facts as they were before the last move; where a message had moved it, that message is now no answer.
 * What was seen since stays known.
 */
export function asBefore({ wayBack, takenBack: _back, ...facts }: Facts): Facts {
  if (!wayBack) return facts
  const { without, before, isReply } = wayBack
  const known = Object.fromEntries(Object.entries(facts).filter(([name]) => !without.includes(name)))
  return {
    ...known,
    ...wayBack.facts,
    ...(isReply && facts.lastReplyAt !== undefined && { noAnswerAt: facts.lastReplyAt }),
    ...(before && { wayBack: before }),
  }
}

/** Returns the move that takes the last one back: the step, its clocks, the facts and the labels are as they were. */
export function stepBack(rule: Decision, place: DecisionContext, event: DecisionEvent): Move | Refusal {
  const { request } = place
  const { wayBack } = request.facts
  // Whoever confirmed that one step is taken back has not confirmed it of another.
  if (!wayBack || (event.stamp !== undefined && event.stamp !== wayBack.at))
    return {
      kind: 'refuse',
      because: `${rule.button} was not done: ${requestName(place.flow.desk, request.number)} has moved on since you opened it. Look at its card, and decide again.`,
    }
  const { what, flow, step, since, closedAt, labels } = wayBack
  const takenBack = { what, by: slackActor(event.by.id), ...decidedBy(place, event.at) }
  return {
    kind: 'move',
    ...{ flow, step, stepSince: since },
    ...(closedAt !== undefined && { closedAt }),
    facts: { ...asBefore(request.facts), takenBack },
    effects: [
      ...effectsOf(rule.do, { ...place, ...event }),
      ...(labels ? [{ kind: 'labels', ...labels } as const] : []),
      saidBack(place, wayBack, event.by.id),
      ...(closedAt === undefined ? [] : [{ kind: 'close' } as const]),
    ],
    what: `${rule.button}: ${what}`,
  }
}

/** Returns the message for the thread: whoever was asked for something sees that it is no longer wanted. */
export function saidBack(
  { flows, flow, request }: DecisionContext,
  wayBack: Pick<WayBack, 'what' | 'flow' | 'step' | 'asked'>,
  by: string,
): Effect {
  const { what, asked = [] } = wayBack
  const name = requestName(flow.desk, request.number)
  const title = flows[wayBack.flow]?.steps[wayBack.step]?.title ?? wayBack.step
  const isOver = asked.length > 0 ? ' You don’t need to do anything.' : ''
  const text = `“${what}” was taken back by {person:${by}}: ${name} is back at “${title}”.${isOver}`
  return { kind: 'thread', text, mention: asked }
}
