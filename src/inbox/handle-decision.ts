/** A click or a modal's submit: who is it, what do GitLab or Zendesk say now, and then the decision. */

import type { Desk } from '../desks/desk.ts'
import { decide } from '../engine/decide.ts'
import { effects, needsOf } from '../engine/effect.ts'
import type { Event } from '../engine/event.ts'
import type { Person, Role } from '../engine/request.ts'
import type { Handled } from '../queue/inbox-loop.ts'
import { nowOf } from '../requests/desk-context.ts'
import { environmentFor, handleEvent, requestById, roleRefusal } from '../requests/handle-event.ts'
import { unreadable as takeUnreadable } from '../requests/reconcile.ts'
import type { RequestRow, Tables } from '../store/store.ts'
import { type Handler, type Intake, refused, told } from './handler.ts'
import type { DecisionEntry } from './payloads.ts'
import { nothingRead, readAfresh } from './read-afresh.ts'

export const handleDecision: Handler<DecisionEntry> = async (intake, _entry, payload) => {
  const { context } = intake
  const { answerTo, requestId, decision } = payload
  const row = await context.store.tables.requests.byId(requestId)
  if (!row)
    return {
      write: async () => told(answerTo, 'I’m not tracking this request anymore. Nothing was changed.'),
    }
  const who = await intake.whoIs(answerTo.userId, answerTo.teamId)
  if ('refused' in who) return refused(intake, answerTo, { row, decision, because: who.refused })
  // Who may not decide is told just that: neither how the request stands, nor that nobody can say it.
  const desk = context.desks.of(row)
  const isLetIn = roleRefusal(context, row, decision, who.person) === undefined
  const vacancies = await vacanciesOf(intake, desk)
  const approvals = await approvalsNow(intake, row, payload)
  const event = await withNeeds(intake, withApprovals(row, approvals), eventOf(intake, payload, who.person))
  // Last: to look for needs may take as long as a service hangs, and what was read before it would be out of date by then.
  const isLookedFor = event.needs.length > 0
  const current = (isLookedFor && (await context.store.tables.requests.byId(requestId))) || row
  const fresh = isLetIn ? await readAfresh(intake, payload, current) : nothingRead
  if ('because' in fresh) return refusedUnread(intake, payload, current, fresh)
  return {
    write: async (tables) => {
      const now = (await fresh.take(tables)) ?? (await requestById(tables, requestId))
      // Looking for what it needs took its time: it is decided as it is written.
      const { outcome } = await handleEvent(context, tables, withApprovals(now, approvals), {
        ...event,
        ...(fresh.stamp !== undefined && { stamp: fresh.stamp }),
        at: nowOf(context),
      })
      if (outcome.kind !== 'move') return told(answerTo, outcome.because)
      const asked = outcome.effects.flatMap((effect) => (effect.kind === 'thread' ? effect.mention : []))
      const nobody = [...new Set(asked)].flatMap((role) => vacancies.get(role) ?? [])
      return nobody.length === 0 ? undefined : told(answerTo, nobody.join(' '))
    },
  }
}

type Approvals = NonNullable<RequestRow['facts']['approvals']>

/**
 * The first of two approvals counts only while whoever gave it may give it: with the roles that they hold now, by which
 * one who has left, or whom Slack can't tell of, has given none. Undefined where none was given.
 */
async function approvalsNow(
  { whoIs }: Intake,
  { facts: { approvals } }: RequestRow,
  { answerTo }: DecisionEntry,
): Promise<Approvals | undefined> {
  if (!approvals || approvals.length === 0) return undefined
  return Promise.all(
    approvals.map(async (given) => {
      const who = await whoIs(given.by, answerTo.teamId)
      const roles = 'person' in who ? given.roles.filter((role) => who.person.roles.includes(role)) : []
      return { ...given, roles }
    }),
  )
}

/** What was approved meanwhile stands as it was given. */
function withApprovals(row: RequestRow, known: Approvals | undefined): RequestRow {
  const { approvals } = row.facts
  if (!known || !approvals) return row
  const held = approvals.map((one) => known.find(({ by, at }) => by === one.by && at === one.at) ?? one)
  return { ...row, facts: { ...row.facts, approvals: held.filter(({ roles }) => roles.length > 0) } }
}

/** Asked before anything is decided: in the transaction nobody can be. */
async function vacanciesOf(
  { vacancy }: Intake,
  { people }: Desk,
): Promise<ReadonlyMap<Role, string | undefined>> {
  return new Map(await Promise.all(people.map(async ({ name }) => [name, await vacancy(name)] as const)))
}

/**
 * The event with what its effects need, looked for in the services. Where the request changes before the decision is
 * written, so that it needs something else, the judgement refuses.
 */
async function withNeeds({ context, lookForNeeds }: Intake, row: RequestRow, event: DecisionEvent) {
  const environment = await environmentFor(context, context.store.tables, row, event)
  const outcome = decide(context.flows, row, event, environment)
  const needs = outcome.kind === 'move' ? needsOf(effects, outcome.effects) : []
  return { ...event, needs: await lookForNeeds(needs, row) }
}

type DecisionEvent = Event & { readonly kind: 'decision' }

function eventOf(
  intake: Intake,
  { decision, input, shownAt, stamp }: DecisionEntry,
  by: Person,
): DecisionEvent {
  return {
    kind: 'decision',
    decision,
    by,
    input,
    at: nowOf(intake.context),
    ...(shownAt === undefined ? {} : { shownAt }),
    ...(stamp === undefined ? {} : { stamp }),
  }
}

/** With what it says of the issue or the ticket that GitLab or Zendesk does not show it. */
function refusedUnread(
  intake: Intake,
  { decision, answerTo }: DecisionEntry,
  row: RequestRow,
  { because, status }: { readonly because: string; readonly status?: number | undefined },
): Handled {
  const { context } = intake
  const refusal = refused(intake, answerTo, { row, decision, because })
  if (status !== 404 && status !== 403) return refusal
  const unreadable = async (tables: Tables) => {
    const now = await requestById(tables, row.id)
    const isGone = status === 404 && intake.services[row.source]?.isGoneAt404 === true
    await takeUnreadable(context, tables, now, { status, isGone })
  }
  return {
    write: async (tables, at) => {
      const answer = await refusal.write?.(tables, at)
      await unreadable(tables)
      return answer
    },
  }
}
