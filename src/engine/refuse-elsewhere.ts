/** The sentence for a decision that belongs to another step than the one the request stands at. */

import { stepClock } from './clocks.ts'
import type { Place } from './decision-rule.ts'
import type { Refusal } from './outcome.ts'
import { own } from './own.ts'
import { requestName } from './request.ts'
import { dayText, instantText } from './time.ts'

export function refuseElsewhere(place: Place, decision: string): Refusal {
  const { flow, step, request, circumstances } = place
  const order = Object.keys(flow.steps)
  const where = order.filter((name) => own(flow.steps[name]?.decisions ?? {}, decision))
  const rule = own(where[0] === undefined ? flow.anytime : (flow.steps[where[0]]?.decisions ?? {}), decision)
  const button = rule?.button ?? 'This decision'
  const now = `${requestName(request)} now stands at “${step.title}”${lastMoveText(place)}.`
  if (step.isClosed) return { kind: 'refuse', because: `${button} was not done: ${now}` }
  const next = where.find((name) => order.indexOf(name) > order.indexOf(request.step))
  const entered = next === undefined ? undefined : flow.steps[next]
  if (!entered) return { kind: 'refuse', because: `${button} is no longer open. ${now}` }
  const clock = stepClock(flow, request, circumstances)
  const until = clock && !clock.isOver ? ` ${clock.because}: the last day is ${dayText(clock.lastDay)}.` : ''
  return { kind: 'refuse', because: `${button} will be open ${entered.reached}. ${now}${until}` }
}

/** By whom and when, so that whoever comes second knows. */
function lastMoveText({ request, circumstances }: Place): string {
  const { lastMove } = request.facts
  if (!lastMove) return ''
  const when = instantText(lastMove.at, circumstances.timeZone)
  if (lastMove.by === 'requester') return `: ${lastMove.what}, ${when}`
  const by = lastMove.by.startsWith('slack:')
    ? `<@${lastMove.by.slice('slack:'.length)}>`
    : outsiderText(lastMove.by)
  return `: ${lastMove.what}, by ${by}, ${when}`
}

function outsiderText(by: string): string {
  if (by === 'bot') return 'the bot'
  return by.startsWith('zendesk') ? 'somebody in Zendesk' : 'somebody in GitLab'
}
