/**
 * A public reply may wait before it goes out (`UNDO_SECONDS`): what is kept of its decision meanwhile, and what Undo does.
 * Nothing has left the bot until then, so all of it is taken back, a close too.
 */

import { nextClockEnd } from './clocks.ts'
import { type DecisionContext, decidedBy } from './decision-rule.ts'
import { isPublicReply } from './effect.ts'
import type { Event } from './event.ts'
import { type Flows, requestName, roleName } from './flow.ts'
import { type Move, thread } from './outcome.ts'
import {
  capital,
  type Decided,
  type Facts,
  type Person,
  type Request,
  type Role,
  readActor,
  slackActor,
} from './request.ts'
import { type Instant, plus } from './time.ts'

/** The decision whose public reply waits, and all that leads back from it. */
export type WaitingReply = NonNullable<Facts['waitingReply']>

/**
 * What follows from where a request is, by observations too: of these facts all is as it was before the decision. What was
 * seen since is read once more, and then counts where the request is then.
 */
const ofItsStep: readonly (keyof Facts)[] = [
  'closedFrom',
  'closedFromSince',
  'closedReadUpTo',
  'closedOutside',
  'endedBy',
  'isIncomplete',
  'lastMove',
  'ledOn',
  'reopenedAt',
  'repliedAfterClose',
  'ticketEnd',
  'undone',
  'wayBack',
]

/** A reply takes a moment to leave: a wait ends so long before a deadline does. */
const marginMs = 10_000

/**
 * Returns the move with the instant until which its effects wait, where it is a decision with a public reply and replies
 * wait at all. `roles`: those that may take the decision. Of one decision at a time the reply can be undone: the last.
 */
export function withWaitingReply(
  place: DecisionContext,
  event: Event,
  roles: readonly Role[],
  move: Move,
): Move {
  const { request, environment } = place
  const { waitingReply: before, ...facts } = move.facts
  if (event.kind === 'observation') {
    // What was decided to close it is taken back already.
    const isTakenBack = facts.undone !== request.facts.undone
    return before && isTakenBack ? { ...move, facts } : move
  }
  const { replyWait, readUpTo } = environment
  const until =
    replyWait && move.effects.some(isPublicReply) ? endOfWait(place, replyWait.seconds) : undefined
  if (!replyWait || !readUpTo || until === undefined) return before ? { ...move, facts } : move
  const said = move.effects.flatMap((effect) => (effect.kind === 'thread' ? [effect] : []))
  const told = said.flatMap(({ text }) =>
    [...text.matchAll(/\{person:(\w+)\}/g)].flatMap(([, id]) => id ?? []),
  )
  const asked = said.flatMap(({ mention }) => mention)
  const waitingReply: WaitingReply = {
    ...{ what: move.what, decision: event.decision, by: event.by.id, roles, until },
    ...decidedBy(place, event.at),
    ...{ flow: request.flow, step: request.step, since: request.stepSince },
    ...(place.step.isClosed && { closedAt: request.closedAt ?? request.stepSince }),
    ...factsBefore(request.facts, facts),
    readUpTo,
    ...(told.length > 0 && { told: [...new Set(told)].filter((id) => id !== event.by.id) }),
    ...(asked.length > 0 && { asked: [...new Set(asked)] }),
  }
  return { ...move, facts: { ...facts, waitingReply }, sendAt: until }
}

/** No deadline falls into the wait; undefined where one is too near for any. */
function endOfWait({ flow, request, environment }: DecisionContext, seconds: number): Instant | undefined {
  const { now } = environment
  const deadline = nextClockEnd(flow, request, environment)
  const ends = [plus(now, seconds * 1000), ...(deadline === undefined ? [] : [plus(deadline, -marginMs)])]
  const [first = now] = ends.sort()
  return first > now ? first : undefined
}

function factsBefore(before: Facts, after: Facts): Pick<WaitingReply, 'facts' | 'without'> {
  const was: Readonly<Record<string, unknown>> = { ...before }
  const is: Readonly<Record<string, unknown>> = { ...after }
  const isKept = (name: string) => name !== 'waitingReply' && name !== 'takenBack'
  const changed = Object.keys({ ...was, ...is }).filter(
    (name) => isKept(name) && JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  )
  const names = [...new Set([...changed, ...ofItsStep])]
  return {
    facts: Object.fromEntries(names.flatMap((name) => (was[name] === undefined ? [] : [[name, was[name]]]))),
    without: names.filter((name) => was[name] === undefined),
  }
}

/**
 * Returns what the person may undo, if that is the decision with this id, or why they may not, in a sentence. Whether its
 * reply has gone out meanwhile, the outbox knows.
 */
export function undoable(
  flows: Flows,
  request: Request,
  decisionId: string,
  { id, roles }: Person,
): { readonly waiting: WaitingReply } | { readonly because: string } {
  const { waitingReply: waiting, takenBack } = request.facts
  const name = nameOf(flows, request)
  if (takenBack?.unsent === decisionId) {
    const by = readActor(takenBack.by)
    const who = by.kind === 'slack' && by.userId !== id ? `<@${by.userId}>` : 'you'
    return { because: `“${takenBack.what}” on ${name} was undone already, by ${who}. Nothing was sent.` }
  }
  if (waiting?.decisionId !== decisionId)
    return { because: `Too late: something else has happened on ${name} since. See its card.` }
  if (id === waiting.by || roles.some((role) => waiting.roles.includes(role))) return { waiting }
  const desk = flows[request.flow]?.desk
  const who = waiting.roles.map((role) => (desk ? roleName(desk, role) : role)).join(' or ')
  return { because: `Only <@${waiting.by}> or ${who} can undo “${waiting.what}”.` }
}

/** Returns the sentence for whoever comes too late: of what was stopped by itself nothing has gone out. */
export function tooLateToUndo(
  flows: Flows,
  request: Request,
  { what }: WaitingReply,
  isStopped: boolean,
): string {
  const has = isStopped ? 'was stopped before anything was sent' : 'has started to go out'
  return `Too late: “${what}” on ${nameOf(flows, request)} ${has}. See its card.`
}

function nameOf(flows: Flows, { flow, number }: Request): string {
  const desk = flows[flow]?.desk
  return desk ? requestName(desk, number) : `#${number}`
}

/** Returns the move that takes a decision back whose reply waits: all is as it was before it. */
export function undo(
  flows: Flows,
  request: Request,
  waiting: WaitingReply,
  by: Pick<Person, 'id'>,
  decided: Decided,
): Move {
  const { what, flow, step, since, closedAt, without, told = [], asked = [] } = waiting
  const { waitingReply: _waiting, takenBack: _back, ...facts } = request.facts
  const known = Object.fromEntries(Object.entries(facts).filter(([name]) => !without.includes(name)))
  const takenBack = {
    ...{ what, by: slackActor(by.id), ...decided },
    ...(waiting.decisionId !== undefined && { unsent: waiting.decisionId }),
  }
  const name = nameOf(flows, request)
  const title = flows[flow]?.steps[step]?.title ?? step
  const people = [...new Set([...(by.id === waiting.by ? [] : [waiting.by]), ...told])]
  const calls = people.map((id) => `{person:${id}} `).join('')
  const isOver = asked.length > 0 ? ' You don’t need to do anything.' : ''
  const text = `${calls}“${what}” was undone by {person:${by.id}} before anything was sent: ${name} is back at “${title}”.${isOver}`
  return {
    kind: 'move',
    ...{ flow, step, stepSince: since },
    ...(closedAt !== undefined && { closedAt }),
    facts: { ...known, ...waiting.facts, takenBack },
    effects: [asked.length > 0 ? { kind: 'thread', text, mention: asked } : thread(text)],
    what: `Undo: ${what}`,
  }
}

/** Returns what whoever has undone it is told. */
export function undoneText(flows: Flows, request: Request, { what }: WaitingReply): string {
  const { flow, step } = request
  const title = flows[flow]?.steps[step]?.title ?? step
  return `“${what}” is undone: nothing was sent. ${capital(nameOf(flows, request))} is back at “${title}”.`
}
