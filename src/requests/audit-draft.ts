/** What the audit log says of an event and of a refusal. */
import { aboutRequest } from '../desks/desk.ts'
import { definitionOf, effects as definitions } from '../engine/effect.ts'
import type { Event, Observation } from '../engine/event.ts'
import { own } from '../engine/flow.ts'
import type { Outcome } from '../engine/outcome.ts'
import { type Actor, botOrSomebodyIn, type Request, slackActor, somebodyIn } from '../engine/request.ts'
import { type Instant, toInstant } from '../engine/time.ts'
import { stepAt } from '../engine/traits.ts'
import type { AuditDraft, RequestRow, Tables } from '../store/store.ts'
import type { DeskContext } from './desk-context.ts'

/** Returns the entry of the audit log for an event and its outcome. */
export function auditOf(
  { desks, flows }: DeskContext,
  row: Request,
  event: Event,
  outcome: Outcome,
  now: Instant,
): AuditDraft {
  const about = (details: AuditDraft['details']) => ({
    at: now,
    ...aboutRequest(desks.of(row), row, details),
  })
  const from = `${row.flow}/${row.step}`
  const to = outcome.kind === 'move' ? `${outcome.flow}/${outcome.step}` : from
  if (event.kind === 'observation')
    return {
      ...about({ ...harmless(event.observation), from, to, ...labelRefusal(row, outcome) }),
      what: 'seen',
      who: whoMade(row, event.observation),
    }
  const who = slackActor(event.by.id)
  const details = { decision: event.decision, roles: event.by.roles, from, to }
  if (outcome.kind !== 'move')
    return { ...about({ ...details, because: outcome.because }), what: 'refused', who }
  const rule = own(stepAt(flows, row)?.decisions ?? {}, event.decision)
  const { takenBack } = outcome.facts
  const back = takenBack && takenBack !== row.facts.takenBack ? { takenBack: takenBack.what } : {}
  const evidence =
    rule?.approves === 'exception' ? { evidence: outcome.facts.evidence ?? 'none gathered' } : {}
  return {
    ...about({
      ...details,
      effects: outcome.effects.map((effect) => definitionOf(definitions, effect).auditAs(effect)),
      ...(outcome.sendAt && { sendAt: outcome.sendAt }),
      ...evidence,
      ...back,
    }),
    what: 'decided',
    who,
  }
}

/** Why a label approved nothing, as the card has it too. */
function labelRefusal({ facts }: Request, outcome: Outcome): { readonly because?: string } {
  const refused = outcome.kind === 'move' ? outcome.facts.labelRefused : undefined
  return refused && refused !== facts.labelRefused ? { because: refused.because } : {}
}

function whoMade({ source }: Request, observation: Observation): Actor {
  if ('by' in observation) return observation.by
  if (observation.name === 'ticket-solved' && observation.isForgotten) return botOrSomebodyIn(source)
  if (observation.name === 'ticket-reopened') return observation.isByReply ? 'requester' : somebodyIn(source)
  if (observation.name === 'ticket-solved') return somebodyIn(source)
  return observation.name === 'requester-replied' ? 'requester' : 'bot'
}

/**
 * What comes from outside and has no bound, or could be anything, stays out of a log that is kept for ever: a meta
 * issue's next step, the numbers of further issues.
 */
function harmless(observation: Observation): Record<string, unknown> {
  if (observation.name === 'duplicates-suggested') return { name: observation.name, at: observation.at }
  if (observation.name === 'other-issues-seen') return { name: observation.name, at: observation.at }
  if (observation.name !== 'meta-issue-seen' && observation.name !== 'meta-issue-made')
    return { ...observation }
  const { next: _next, ...issue } = observation.issue
  return { ...observation, issue }
}

/**
 * Writes a refusal to the audit log where a person was not let in before `decide` was asked, or their modal showed
 * it.
 */
export async function recordRefusal(
  context: Pick<DeskContext, 'now' | 'desks'>,
  tables: Pick<Tables, 'audit'>,
  {
    row,
    decision,
    userId,
    because,
    details = {},
  }: {
    readonly row?: RequestRow | undefined
    readonly decision: string
    readonly userId: string
    readonly because: string
    readonly details?: Readonly<Record<string, unknown>>
  },
): Promise<void> {
  const said = { ...details, decision, because }
  await tables.audit.append({
    at: toInstant(context.now()),
    ...(row ? aboutRequest(context.desks.of(row), row, said) : { details: said }),
    what: 'refused',
    who: slackActor(userId),
  })
}
