/**
 * Whoever leads a request to a step at which others approve has asked them. They hear what was decided, by a mention in
 * the card's thread: once, whoever decides and however.
 *
 * What the bot itself has done is seen by one alone that has forgotten it, as after a restore: they heard of it then.
 */
import type { DecisionContext } from './decision-rule.ts'
import type { Event } from './event.ts'
import { requestName } from './flow.ts'
import { type Move, thread } from './outcome.ts'
import { type Actor, type Facts, readActor, slackActor } from './request.ts'

/** Returns the move with who has asked noted where it leads to an approval, and with the message to them where it ends one. */
export function withAnswerToAsker(place: DecisionContext, event: Event, move: Move): Move {
  const { flows, request } = place
  const isAskedNow = flows[move.flow]?.steps[move.step]?.waitsFor === 'approval'
  const wasAsked = place.step.waitsFor === 'approval'
  // What is taken back says so itself, and knows what was so before.
  if (isAskedNow === wasAsked || move.facts.takenBack !== request.facts.takenBack) return move
  if (isAskedNow)
    return event.kind === 'decision' ? { ...move, facts: { ...move.facts, askedBy: event.by.id } } : move
  const { askedBy, ...facts } = move.facts
  const asker = askedBy ?? request.facts.exception?.requestedBy
  const by = whoDecided(event, facts)
  if (asker === undefined || by === slackActor(asker) || isForgotten(event)) return { ...move, facts }
  return { ...move, facts, effects: [...move.effects, thread(answerText(place, move, asker, by))] }
}

function isForgotten(event: Event): boolean {
  return event.kind === 'observation' && 'by' in event.observation && event.observation.by === 'bot'
}

function whoDecided(event: Event, { lastMove }: Facts): Actor {
  return event.kind === 'decision' ? slackActor(event.by.id) : (lastMove?.by ?? 'bot')
}

/** `@Ada what you asked on #2 is decided: Approve Exception, by @Mara. It is now at “Ready”.` */
function answerText(
  { flows, flow, request }: DecisionContext,
  { what, flow: name, step }: Move,
  asker: string,
  by: Actor,
): string {
  const title = flows[name]?.steps[step]?.title ?? step
  const actor = readActor(by)
  const who =
    actor.kind === 'slack'
      ? `, by {person:${actor.userId}}`
      : actor.kind === 'outside'
        ? `, by somebody in ${flow.desk.service}`
        : ''
  return `{person:${asker}} what you asked on ${requestName(flow.desk, request.number)} is decided: ${what}${who}. It is now at “${title}”.`
}
