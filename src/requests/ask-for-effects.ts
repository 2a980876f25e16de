/** What is asked of the outbox about requests: effects, and redraws of cards and of the lists that have some of them. */
import type { Desk } from '../desks/desk.ts'
import { definitionOf, effects as definitions, type Effect } from '../engine/effect.ts'
import type { Instant } from '../engine/time.ts'
import type { Lane, Priority, RequestRow, Tables } from '../store/store.ts'
import { type DeskContext, nowOf } from './desk-context.ts'

/**
 * The event that asks for effects, a new one unless given, whether somebody waits for them, and from when on what is done
 * in the service is due: people are told at once. `drawn`: when the card is to be drawn.
 */
export interface Asked {
  readonly decisionId?: string
  readonly priority?: Priority
  readonly dueAt?: Instant
  readonly drawn?: 'now' | 'soon'
}

/** Puts effects into the outbox, about a request or about a subject without one. */
export async function addEffects(
  context: DeskContext,
  tables: Tables,
  about:
    | Pick<RequestRow, 'id' | 'source' | 'cardWaitsSince'>
    | { readonly source: RequestRow['source']; readonly subject: string },
  effects: readonly Effect[],
  { decisionId = context.newId(), priority = 'background', dueAt }: Asked = {},
): Promise<void> {
  const now = nowOf(context)
  const isWithoutCard = 'id' in about && about.cardWaitsSince !== undefined
  await tables.outbox.add(
    effects.map((work) => {
      const lane = laneOf(work, about.source)
      return {
        opId: context.newId(),
        ...('id' in about ? { requestId: about.id } : { subject: about.subject }),
        lane,
        priority,
        work,
        decisionId,
        dueAt:
          isWithoutCard && lane === 'thread' ? whenAskedFor : lane === about.source ? (dueAt ?? now) : now,
        createdAt: now,
      }
    }),
  )
}

/** Later than every instant: there is no thread until the card is asked for. */
const whenAskedFor: Instant = '9999-12-31T00:00:00.000Z'

function laneOf(effect: Effect, source: RequestRow['source']): Lane {
  const { lane } = definitionOf(definitions, effect)
  return lane === 'request' ? source : lane
}

/**
 * Asks for a redraw of the request's card. One redraw waiting is enough: it is drawn from the state at its time.
 * `soon`: more is about to change.
 */
export async function redraw(
  context: DeskContext,
  tables: Tables,
  requestId: string,
  {
    when = 'now',
    priority = 'background',
  }: { readonly when?: 'now' | 'soon'; readonly priority?: Priority } = {},
): Promise<void> {
  await tables.outbox.wantRedraw({
    opId: context.newId(),
    requestId,
    work: { kind: 'card' },
    at: nowOf(context),
    ...{ when, priority },
  })
}

/** Returns the name under which a desk's message about cards that wait stands in the outbox and in the settings. */
export function backlogName({ name }: Pick<Desk, 'name'>): string {
  return `backlog:${name}`
}

/** Asks for a redraw of the desk's message about cards that wait. */
export async function drawBacklog(context: DeskContext, tables: Tables, desk: Desk): Promise<void> {
  await tables.outbox.wantRedraw({
    opId: context.newId(),
    requestId: backlogName(desk),
    work: { kind: 'backlog', desk: desk.name },
    at: nowOf(context),
    when: 'soon',
  })
}

/**
 * Returns the name under which the list of a distribution day stands in the outbox, where only requests have an order
 * of their own.
 */
export function batchName(day: string): string {
  return `batch:${day}`
}

/** Returns the desk whose requests are done by distribution days. Throws where there is none. */
export function deskWithBatches({ desks }: Pick<DeskContext, 'desks'>): Desk {
  const desk = desks.all.find(({ command }) => command.also.includes('batch'))
  if (!desk) throw new Error('no desk has lists of distribution days')
  return desk
}

/** Asks for a redraw of the list of a distribution day. */
export async function drawBatch(context: DeskContext, tables: Tables, day: string): Promise<void> {
  const now = nowOf(context)
  await tables.outbox.wantRedraw({
    opId: context.newId(),
    requestId: batchName(day),
    work: { kind: 'batch', desk: deskWithBatches(context).name, day },
    at: now,
    when: 'now',
  })
}
