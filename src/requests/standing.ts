/**
 * The standing of an open request: all by which lists count, group and sort it, kept beside it so that they need not read
 * every request. It is what the next action and the clocks say at the time, and until when that holds; who asks takes no
 * other. What is drawn of a request is never drawn from it.
 */
import type { Listed } from '../desks/listed.ts'
import { clocksOf, isPaused, type RunningClock } from '../engine/clocks.ts'
import { type NextAction, nextAction, nextChangeAt, type OpenWork } from '../engine/next-action.ts'
import { dayIn, endOfDay, type Instant } from '../engine/time.ts'
import type { KeptRow, RequestRow, Requests, Standing } from '../store/store.ts'
import { type DeskContext, environmentOf, nowOf, placeOf } from './desk-context.ts'

/** A standing, read. */
export interface ReadStanding {
  /** The name of the judgement that says so. */
  readonly by: string
  readonly flow: string
  readonly step: string
  /** The day of its creation in UTC. */
  readonly createdOn: string
  readonly assignee?: string
  readonly next?: NonNullable<Listed['next']>
  readonly clocks: Listed['clocks']
  /** It was handled before, and is open again or still. */
  readonly isHandled: boolean
  /** What it is sorted by is the first of the clocks, and not another one that ends sooner. */
  readonly isByDeadline: boolean
}

/** Where nothing is due: behind all that is. */
export const never = '9999'

/** Returns the standing of a request now. `work`: what is not done of it, which is not kept: it changes without the request. */
export function standingOf(context: DeskContext, row: RequestRow, work?: OpenWork): Standing {
  const flow = context.flows[row.flow]
  const by = context.judgement ?? ''
  const place = placeOf(context)
  const { stuckAfterDays } = context
  const at = flow && { flow, request: row }
  const next = at && nextAction(at, { ...environmentOf(context), stuckAfterDays, ...(work && { work }) })
  const [deadline] = at ? clocksOf(flow, row, place) : []
  const due = next?.due ?? deadline
  const changes = [
    at && nextChangeAt(at, { ...place, stuckAfterDays }),
    next?.from,
    // Each day on hold moves the end of what is held.
    isPaused(row) ? endOfDay(dayIn(place.timeZone, place.now), place.timeZone) : undefined,
  ]
  return {
    standing: written({
      by,
      flow: row.flow,
      step: row.step,
      createdOn: dayOf(row.createdAt),
      ...(row.assignee !== undefined && { assignee: row.assignee }),
      ...(next && { next }),
      clocks: deadline ? [deadline] : [],
      isHandled: (row.facts.handlings ?? []).length > 0,
      isByDeadline: due?.overAt === deadline?.overAt,
    }),
    until:
      changes
        .filter((one) => one !== undefined)
        .sort()
        .at(0) ?? never,
    due: due?.overAt ?? never,
  }
}

type WithClocks = Omit<ReadStanding, 'next' | 'clocks'> & {
  readonly next?: NextAction
  readonly clocks: readonly RunningClock[]
}

/** A list without names: it stands beside each request twice, in the row and in an index. */
function written({ next, clocks: [clock], ...rest }: WithClocks): string {
  const bit = (is: boolean): Bit => (is ? 1 : 0)
  const list: Written = [
    rest.by,
    rest.flow,
    rest.step,
    rest.createdOn,
    rest.assignee ?? null,
    bit(rest.isHandled),
    bit(rest.isByDeadline),
    clock ? [clock.lastDay, bit(clock.isOver), bit(clock.isPaused)] : null,
    next
      ? [next.kind, next.turn, next.urgency, bit(next.from !== undefined), next.due?.lastDay ?? null]
      : null,
  ]
  return JSON.stringify(list)
}

type Bit = 0 | 1
type Written = [
  by: string,
  flow: string,
  step: string,
  createdOn: string,
  assignee: string | null,
  isHandled: Bit,
  isByDeadline: Bit,
  clock: [lastDay: string, isOver: Bit, isPaused: Bit] | null,
  next:
    | [
        kind: NextAction['kind'],
        turn: NextAction['turn'],
        urgency: NextAction['urgency'],
        isAhead: Bit,
        lastDay: string | null,
      ]
    | null,
]

/** Reads what `standingOf` has written; undefined where that was another judgement, whose words may be others. */
export function readStanding(context: DeskContext, text: string | undefined): ReadStanding | undefined {
  const by = context.judgement ?? ''
  if (!text?.startsWith(`[${JSON.stringify(by)},`)) return undefined
  const [, flow, step, createdOn, assignee, isHandled, isByDeadline, clock, next] = JSON.parse(
    text,
  ) as Written
  return {
    ...{ by, flow, step, createdOn, ...(assignee !== null && { assignee }) },
    ...{ isHandled: isHandled === 1, isByDeadline: isByDeadline === 1 },
    clocks: clock ? [{ lastDay: clock[0], isOver: clock[1] === 1, isPaused: clock[2] === 1 }] : [],
    ...(next && {
      next: {
        ...{ kind: next[0], turn: next[1], urgency: next[2] },
        ...(next[3] === 1 && { from: true }),
        ...(next[4] !== null && { due: { lastDay: next[4] } }),
      },
    }),
  }
}

/** The day of an instant in UTC, by which standings are grouped whatever the time zone. */
export function dayOf(at: Instant): string {
  return at.slice(0, 'yyyy-mm-dd'.length)
}

/** The open requests of whose standing nothing is kept that holds now. `known`: all standings that are kept. */
export async function* withoutStanding(
  context: DeskContext,
  source: string,
  known: Awaited<ReturnType<Requests['standings']>>,
): AsyncGenerator<KeptRow> {
  const { requests } = context.store.tables
  yield* requests.eachWithoutStanding(nowOf(context), source)
  for (const { standing } of known)
    if (standing !== undefined && !readStanding(context, standing)) yield* requests.eachOf(source, standing)
}

/** Some milliseconds of writing. */
const keptAtOnce = 50

/**
 * Keeps the standing of all open requests that have changed since, or that time has changed. The lists are right without
 * it, and take as long as there are such requests.
 */
export async function keepStandings(context: DeskContext): Promise<void> {
  const { requests } = context.store.tables
  let isAnyNew = false
  for (const { source } of context.desks.all) {
    let rows: RequestRow[] = []
    const keep = async () => {
      const those = rows
      rows = []
      isAnyNew = true
      await context.store.transaction(async (tables) => {
        for (const row of those) await tables.requests.keepStanding(row, standingOf(context, row))
      })
    }
    for await (const { row } of withoutStanding(context, source, await requests.standings(source))) {
      rows.push(row)
      if (rows.length >= keptAtOnce) await keep()
    }
    if (rows.length > 0) await keep()
  }
  if (isAnyNew) await requests.forgetUnused()
}
