/** The whole of the bot's judgement: what a decision or a happening does to a request. Pure. */
import { decideDecision } from './decide-decision.ts'
import { decideHappening } from './decide-happening.ts'
import type { Event } from './event.ts'
import type { Circumstances, Flows } from './flow.ts'
import { type Outcome, UnknownStep } from './outcome.ts'
import type { Request } from './request.ts'

/** A move (next step, facts, effects), a refusal (a sentence for the person), or nothing to do. */
export function decide(flows: Flows, request: Request, event: Event, circumstances: Circumstances): Outcome {
  const flow = flows[request.flow]
  const step = flow?.steps[request.step]
  if (!flow || !step) throw new UnknownStep(`request ${request.id} stands at ${request.flow}/${request.step}`)
  const place = { flows, flow, step, request, circumstances }
  if (event.kind === 'decision') return decideDecision(place, event)
  const outcome = decideHappening(place, event.happening)
  return flow.isCountedOnly ? withoutThread(outcome) : outcome
}

/** What is never open never gets a card: nothing may wait for one to write below it. */
function withoutThread(outcome: Outcome): Outcome {
  if (outcome.kind !== 'move') return outcome
  return { ...outcome, effects: outcome.effects.filter(({ kind }) => kind !== 'thread') }
}
