/** The answer to `/security stats`: how many tickets came in, how they were handled and how fast. */
import { own } from '../engine/flow.ts'
import { flows } from '../flows/index.ts'
import { counted, header, type Message, sections } from './block-kit.ts'
import { escaped } from './escape.ts'

export interface StatsState {
  readonly days: number
  readonly opened: number
  /** By decision. */
  readonly handled: readonly { readonly as: string; readonly count: number; readonly onTime: number }[]
  readonly medianHoursToHandle?: number
  readonly openNow: number
  readonly overdueNow: number
}

export function statsMessage(state: StatsState): Message {
  const title = `Security tickets, the last ${counted(state.days, 'day')}`
  const count = sum(state.handled.map((one) => one.count))
  const onTime = sum(state.handled.map((one) => one.onTime))
  const came = `${counted(state.opened, 'ticket')} came in`
  return {
    text: `${title}: ${came}, ${count} handled, ${state.openNow} open now, ${state.overdueNow} overdue`,
    blocks: [
      header(title),
      ...sections([
        `${came}.`,
        count === 0 ? 'None was handled.' : `Handled: ${shareText(count, onTime)}.`,
        ...state.handled.map(
          (one) => `• ${escaped(buttonOf(one.as), 60)}: ${shareText(one.count, one.onTime)}`,
        ),
        ...(state.medianHoursToHandle === undefined
          ? []
          : [`Median time until a ticket was handled: ${hoursText(state.medianHoursToHandle)}.`]),
        `Open now: ${state.openNow}, ${state.overdueNow} of them overdue.`,
      ]),
    ],
  }
}

/** `12, 9 of them within the business day (75 %)` */
function shareText(count: number, onTime: number): string {
  return `${count}, ${onTime} of them within the business day (${Math.round((100 * onTime) / count)} %)`
}

/** A decision by the words on its button; one that there is no more by its name. */
function buttonOf(name: string): string {
  const steps = Object.values(flows).flatMap((flow) =>
    flow.source === 'zendesk' ? Object.values(flow.steps) : [],
  )
  return steps.map(({ decisions }) => own(decisions, name)).find((one) => one !== undefined)?.button ?? name
}

/** Counted by the clock on the wall, nights and weekends too. */
function hoursText(hours: number): string {
  const minutes = Math.round(hours * 60)
  return minutes < 60 ? counted(minutes, 'minute') : counted(Math.round(hours * 10) / 10, 'hour')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
