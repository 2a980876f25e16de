/** How a ticket stands: open with one clock that runs as the handbook has it, or closed from somewhere. */
import { expect } from 'vitest'
import { endOfBusinessDays, isBusinessDay } from '../../src/engine/business-time.ts'
import { clocksOf, nextClockEnd } from '../../src/engine/clocks.ts'
import type { Flow } from '../../src/engine/flow.ts'
import { dayIn, endOfDay, type Instant } from '../../src/engine/time.ts'
import type { TicketMemory } from './ticket-rules.ts'
import { allFlows, calendar, environmentOf, isClosed, type State, type World } from './world.ts'

export function checkTicketStands(world: World, memory: TicketMemory, state: State): void {
  const { request } = state
  const flow = allFlows[request.flow]
  if (!flow) throw new Error(`no flow ${request.flow}`)
  const { closedFrom, ticketEnd } = request.facts
  if (isClosed(request)) {
    expect(['new', 'waiting-on-expert', 'queued'], 'closed from').toContain(closedFrom)
    expect(ticketEnd, 'how it was closed outside of the bot, if it was').toBe(memory.ticketEnd)
    expect(nextClockEnd(flow, request, environmentOf(world, state.now)), 'nothing runs').toBeUndefined()
    return
  }
  expect([closedFrom, ticketEnd], 'open').toEqual([undefined, undefined])
  checkClock(world, memory, state, flow)
  checkPromise(world, memory, state)
}

/** The one clock of the step, which will be over, and is over from its end on. */
function checkClock(world: World, memory: TicketMemory, { request, now }: State, flow: Flow): void {
  const place = environmentOf(world, now)
  const { startsAt, overAt } = expectedClock(world, memory, request)
  expect(clocksOf(flow, request, place), 'its clock').toEqual([
    expect.objectContaining({ startsAt, overAt, isOver: now >= overAt, isPaused: false }),
  ])
  expect(nextClockEnd(flow, request, place)).toBe(now >= overAt ? undefined : overAt)
  // A report whose notice is refused on a later day is overdue as soon as it is queued again.
  if (request.step !== 'queued') expect(overAt > startsAt, 'ends after it began').toBe(true)
}

function expectedClock(
  { timeZone }: World,
  { openedAt, answers, promise }: TicketMemory,
  { step, stepSince }: State['request'],
): { readonly startsAt: Instant; readonly overAt: Instant } {
  if (step === 'queued')
    return { startsAt: stepSince, overAt: endOfDay(promise?.sendOn ?? 'never', timeZone) }
  const [startsAt, days] =
    step === 'new' ? ([openedAt, 1] as const) : ([[...answers].sort().at(-1) ?? stepSince, 5] as const)
  return { startsAt, overAt: endOfBusinessDays(startsAt, days, timeZone, calendar) }
}

/** "Reports are distributed on Mondays & Thursdays with adjustments for US holidays." */
function checkPromise({ timeZone }: World, { promise }: TicketMemory, { request }: State): void {
  const { promisedReport } = request.facts
  expect(promisedReport !== undefined, 'promised is what is queued').toBe(request.step === 'queued')
  if (!promise) return
  expect(promise.sendOn > dayIn(timeZone, promise.madeAt), 'not on the same day').toBe(true)
  expect(isBusinessDay(promise.sendOn, calendar)).toBe(true)
  expect(turns(promise.sendOn), 'a Monday’s or a Thursday’s turn').toEqual(
    expect.arrayContaining([expect.toSatisfy((day: number) => day === 1 || day === 4)]),
  )
}

/** The day of the week, and those of the days off just before it, whose turn passes to it. */
function turns(day: string): readonly number[] {
  const date = Temporal.PlainDate.from(day)
  const before = date.subtract({ days: 1 }).toString()
  return [date.dayOfWeek, ...(isBusinessDay(before, calendar) ? [] : turns(before))]
}
