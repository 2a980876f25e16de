/** What the requester has written, and whether it counts as an answer. */
import { clockOf } from './clocks.ts'
import type { DecisionEnvironment, Step } from './flow.ts'
import type { Facts, Request } from './request.ts'
import type { Instant } from './time.ts'

/** True when a person has said of the last thing that came from the requester that it is no answer. */
export function isNoAnswer({ lastReplyAt, noAnswerAt }: Facts): boolean {
  return lastReplyAt !== undefined && lastReplyAt === noAnswerAt
}

/** True when the last thing that came from the requester counts, and is not older than this. */
export function wroteSince({ facts }: Pick<Request, 'facts'>, since: Instant): boolean {
  return facts.lastReplyAt !== undefined && facts.lastReplyAt >= since && !isNoAnswer(facts)
}

/** True when the requester has written since the step's clock runs; where it has none, since the request came in. */
export function hasWritten(place: {
  readonly step: Pick<Step, 'clock'>
  readonly request: Request
  readonly environment: DecisionEnvironment
}): boolean {
  const { step, request, environment } = place
  return wroteSince(
    request,
    step.clock ? clockOf(step.clock, request, environment).startsAt : request.createdAt,
  )
}

/** True when a message of the requester has led the request to where it stands. */
export function isOnReply({ step, facts: { ledOn, lastMove } }: Pick<Request, 'step' | 'facts'>): boolean {
  // Of what was stored before that was noted, the last move tells.
  return ledOn ? ledOn.to === step : lastMove?.by === 'requester'
}
