/** What a turn of a ticket came to: so that a play which never comes there is seen. */
import type { Refusal } from '../../src/engine/outcome.ts'
import type { Turn } from './play.ts'
import type { TicketMemory } from './ticket-rules.ts'
import { isClosed } from './world.ts'

export function milestonesOf(memory: TicketMemory, turn: Turn): readonly string[] {
  const { outcome, before, event, after } = turn
  if (outcome.kind === 'ignore') return ['something ignored']
  if (outcome.kind === 'refuse') return refusals(outcome)
  const here = `at ${after.request.step}`
  if (event.kind === 'observation') return [here, ...sightingsOf(memory, turn)]
  const { handlings = [], promisedReport } = after.request.facts
  const isHandled = handlings.length > (before.request.facts.handlings ?? []).length
  const weekday = promisedReport && Temporal.PlainDate.from(promisedReport.sendOn).dayOfWeek
  const decided: readonly (readonly [string, boolean])[] = [
    [here, true],
    [`${event.decision} at ${before.request.step}`, true],
    ['handled on time', isHandled && handlings.at(-1)?.isOnTime === true],
    ['handled late', isHandled && handlings.at(-1)?.isOnTime === false],
    [
      'promised for another day than Monday and Thursday',
      weekday !== undefined && weekday !== 1 && weekday !== 4,
    ],
    ['decided as read', event.stamp !== undefined],
  ]
  return soOf(decided)
}

function sightingsOf(memory: TicketMemory, { before, event, after, outcome }: Turn): readonly string[] {
  if (event.kind !== 'observation' || outcome.kind !== 'move') return []
  const { observation } = event
  const [{ step }, isDone] = [before.request, isClosed(before.request)]
  const isSaid = outcome.effects.length > 0
  const { lastPublicReplyAt } = after.request.facts
  const when = isDone ? ' after it was solved' : ''
  switch (observation.name) {
    case 'ticket-solved':
      return [`${observation.how} outside of the bot`]
    case 'ticket-reopened':
      return [`reopened after ${step}`]
    case 'requester-replied':
      return [`the requester wrote${when}`]
    case 'public-reply-seen':
      return [lastPublicReplyAt === observation.at ? 'an agent answered' : 'an agent’s answer is read late']
    case 'ticket-reply-kept-internal':
      return isSaid ? [`Zendesk kept a reply internal${when}`] : []
    case 'expert-issue-seen':
      return isSaid || isDone ? [`the expert team wrote${when}`] : []
    case 'issue-unreadable':
      return ['not readable']
    case 'issue-readable':
      return ['readable again']
    case 'ticket-update-refused':
      return refusedByZendesk(memory, observation, { before, after })
    default:
      return []
  }
}

function refusedByZendesk(
  { lastMoveAt, promise }: TicketMemory,
  { decidedAt, backTo }: { readonly decidedAt: string; readonly backTo?: string },
  { before, after }: Pick<Turn, 'before' | 'after'>,
): readonly string[] {
  const [was, is] = [before.request, after.request]
  const isLast = lastMoveAt === decidedAt
  const answeredAt = is.facts.lastPublicReplyAt
  const refused: readonly (readonly [string, boolean])[] = [
    [`: back to ${is.step}`, isLast && backTo === is.step],
    [': the expert team has been asked', isLast && backTo === undefined],
    [' late: stays solved', !isLast && is.step === 'solved'],
    [' late: the promise was another’s', !isLast && is.step === 'queued' && promise?.madeAt !== decidedAt],
    [' late: no promise to wait for', is.step === 'new' && (was.step === 'queued' || backTo === 'queued')],
    [
      ': an earlier answer counts again',
      answeredAt !== undefined && answeredAt !== was.facts.lastPublicReplyAt,
    ],
  ]
  return soOf(refused).map((what) => `refused by Zendesk${what}`)
}

function refusals({ because, field }: Refusal): readonly string[] {
  return soOf([
    ['refused by role', /^Only Field Security can use /.test(because)],
    ['refused a field', field !== undefined],
    ['refused a confirmation that names another day', because.startsWith('Mention the date')],
    ['refused to an employee who names no customer', because.includes('only for a customer')],
    ['refused before the distribution day', because.includes('the day that was promised')],
    ['refused at a button of another step', / is now at /.test(because)],
  ])
}

function soOf(all: readonly (readonly [string, boolean])[]): readonly string[] {
  return all.flatMap(([what, isSo]) => (isSo ? [what] : []))
}
