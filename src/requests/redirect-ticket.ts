/**
 * A ticket that belongs on the form, decided on as every request is. No request is kept for it: what is known of it is
 * read in Zendesk when somebody asks, and what became of an earlier decision stands in the outbox.
 */
import { decide } from '../engine/decide.ts'
import { effects } from '../engine/effect.ts'
import type { RedirectTicket } from '../engine/effects/tickets.ts'
import type { Event } from '../engine/event.ts'
import type { Outcome } from '../engine/outcome.ts'
import type { MisdirectedTicket, Request } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'
import { decisionAtEntrance, entranceOf, type NamedDecision } from '../engine/traits.ts'
import type { OutboxEntry, Tables } from '../store/store.ts'
import { type DeskContext, environmentOf, nowOf } from './desk-context.ts'
import { addEffects, auditOf } from './handle-event.ts'

const entrance = 'misdirected-ticket'

/** The decision that sends a ticket's writer to the form. */
export function redirectDecision({ flows }: Pick<DeskContext, 'flows'>): NamedDecision {
  return decisionAtEntrance(flows, entrance)
}

/** A ticket as Zendesk says it stands. */
export interface TicketElsewhere {
  readonly number: number
  readonly url: string
  readonly status: string
  readonly createdAt: Instant
  /** The search for the security desk's queue finds it. */
  readonly isInQueue: boolean
}

type DecisionEvent = Event & { readonly kind: 'decision' }

/** Returns what `decide` would answer now. Writes nothing. */
export async function judgeRedirect(
  context: DeskContext,
  tables: Tables,
  ticket: TicketElsewhere,
  event: DecisionEvent,
): Promise<Outcome> {
  const request = await requestFor(context, tables, ticket)
  return decide(context.flows, request, event, environmentOf(context))
}

/** Writes the decision, its audit entry and its effects, inside the caller's transaction. */
export async function redirectTicket(
  context: DeskContext,
  tables: Tables,
  ticket: TicketElsewhere,
  event: DecisionEvent,
): Promise<Outcome> {
  const request = await requestFor(context, tables, ticket)
  const outcome = decide(context.flows, request, event, environmentOf(context))
  const { requestId: _none, ...entry } = auditOf(context, request, event, outcome, nowOf(context))
  await tables.audit.append(entry)
  if (outcome.kind === 'move')
    await addEffects(
      context,
      tables,
      { source: request.source, subject: subjectOf(ticket) },
      outcome.effects,
      { priority: 'awaited' },
    )
  return outcome
}

async function requestFor(context: DeskContext, tables: Tables, ticket: TicketElsewhere): Promise<Request> {
  const { number, url, createdAt, status, isInQueue } = ticket
  const isTracked = (await tables.requests.byNumber(number, 'zendesk')) !== undefined
  const last = await tables.outbox.lastOfSubject(subjectOf(ticket))
  const redirect = last && redirectOf(last)
  const misdirected: MisdirectedTicket = {
    status,
    ...(isTracked ? { isOfSecurityDesk: 'tracked' } : isInQueue ? { isOfSecurityDesk: 'in-its-queue' } : {}),
    ...(redirect && { redirect }),
  }
  return {
    id: subjectOf(ticket),
    source: 'zendesk',
    number: number,
    url,
    ...entranceOf(context.flows, entrance),
    stepSince: createdAt,
    createdAt,
    facts: { misdirected },
  }
}

function redirectOf({ work, status, createdAt, finishedAt }: OutboxEntry): MisdirectedTicket['redirect'] {
  if (work.kind !== effects['redirect-ticket'].kind || status === 'cancelled') return undefined
  const { answerTo } = work as RedirectTicket
  const isDone = status === 'done'
  return { by: answerTo.userId, at: isDone ? (finishedAt ?? createdAt) : createdAt, isDone }
}

function subjectOf({ number }: Pick<TicketElsewhere, 'number'>): string {
  return `ticket:${number}`
}
