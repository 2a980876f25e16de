/**
 * A ticket that belongs on the form, decided on as every request is. No request is kept for it: what is known of it is
 * read in Zendesk when somebody asks, and what became of an earlier decision stands in the outbox.
 */
import { decide } from '../engine/decide.ts'
import { effects, redacted } from '../engine/effect.ts'
import type { AnyEffect } from '../engine/effects/definition.ts'
import type { RedirectTicket } from '../engine/effects/tickets.ts'
import type { Event } from '../engine/event.ts'
import type { Outcome } from '../engine/outcome.ts'
import { type MisdirectedTicket, type Person, type Request, slackActor } from '../engine/request.ts'
import { type Instant, plus } from '../engine/time.ts'
import { decisionAtEntrance, entranceOf, type NamedDecision } from '../engine/traits.ts'
import type { OutboxEntry, Tables } from '../store/store.ts'
import { addEffects } from './ask-for-effects.ts'
import { auditOf } from './audit-draft.ts'
import { type DeskContext, environmentOf, nowOf } from './desk-context.ts'
import { undoneBecause } from './handle-event.ts'

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

/** A redirect that waits before it goes out: by its subject and the id of its decision it is undone. */
export interface WaitingRedirect {
  readonly subject: string
  readonly decisionId: string
  readonly seconds: number
}

/**
 * Writes the decision, its audit entry and its effects, inside the caller's transaction. Where public replies wait, this
 * one does too.
 */
export async function redirectTicket(
  context: DeskContext,
  tables: Tables,
  ticket: TicketElsewhere,
  event: DecisionEvent,
): Promise<{ readonly outcome: Outcome; readonly waiting?: WaitingRedirect }> {
  const request = await requestFor(context, tables, ticket)
  const outcome = decide(context.flows, request, event, environmentOf(context))
  const { requestId: _none, ...entry } = auditOf(context, request, event, outcome, nowOf(context))
  await tables.audit.append(entry)
  if (outcome.kind !== 'move') return { outcome }
  const { undoSeconds: seconds = 0 } = context
  const subject = subjectOf(ticket)
  const decisionId = context.newId()
  await addEffects(context, tables, { source: request.source, subject }, outcome.effects, {
    ...{ decisionId, priority: 'awaited' },
    ...(seconds > 0 && { dueAt: plus(nowOf(context), seconds * 1000) }),
  })
  return { outcome, ...(seconds > 0 && { waiting: { subject, decisionId, seconds } }) }
}

/**
 * Undoes a redirect that waits, inside the caller's transaction, for whoever has asked for it: nobody else sees its Undo.
 * Returns the sentence for the person, and whether it refuses; undefined where they have asked for no such redirect.
 */
export async function undoRedirect(
  context: DeskContext,
  tables: Tables,
  { subject, decisionId }: Pick<WaitingRedirect, 'subject' | 'decisionId'>,
  { id, roles }: Person,
): Promise<{ readonly text: string; readonly isRefused: boolean } | undefined> {
  const last = await tables.outbox.lastOfSubject(subject)
  if (last?.work.kind !== effects['redirect-ticket'].kind || last.decisionId !== decisionId) return undefined
  const { ticket, answerTo } = last.work as RedirectTicket
  if (answerTo.userId !== id) return undefined
  const refuse = (text: string) => ({ text, isRefused: true })
  const { name, decision } = redirectDecision(context)
  const what = `“${decision.button}” on ticket ${ticket}`
  if (last.status === 'cancelled') return refuse(whyNotUndone(what, last))
  const at = nowOf(context)
  const because = undoneBecause
  const asked = { subject, lane: last.lane, decisionId }
  const redact = (work: AnyEffect) => redacted(effects, work)
  const cancelled = await tables.outbox.cancelUnbegun(asked, { at, because, redact })
  if (!cancelled) return refuse(`Too late: ${what} has started to go out.`)
  await tables.audit.append({
    at,
    what: 'undone',
    who: slackActor(id),
    details: { ticket, decision: name, roles },
  })
  for (const { work, opId } of cancelled) {
    const details = { ticket, effect: work.kind, opId, outcome: 'cancelled', because }
    await tables.audit.append({ at, what: 'effect', who: 'bot', details })
  }
  return { text: `${what} is undone: nothing was sent.`, isRefused: false }
}

function whyNotUndone(what: string, { error, unclearSince }: OutboxEntry): string {
  if (error === undoneBecause) return `${what} was undone already. Nothing was sent.`
  const how = unclearSince === undefined ? '' : ', and may have gone out anyway'
  return `Too late: ${what} was stopped${how}. ${error}`
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

function redirectOf(entry: OutboxEntry): MisdirectedTicket['redirect'] {
  const { work, status, createdAt, finishedAt = createdAt } = entry
  if (work.kind !== effects['redirect-ticket'].kind) return undefined
  const { userId: by } = (work as RedirectTicket).answerTo
  if (status === 'done') return { by, at: finishedAt, state: 'done' }
  if (status !== 'cancelled') return { by, at: createdAt, state: 'under-way' }
  return entry.unclearSince === undefined ? undefined : { by, at: finishedAt, state: 'unclear' }
}

function subjectOf({ number }: Pick<TicketElsewhere, 'number'>): string {
  return `ticket:${number}`
}
