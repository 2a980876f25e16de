/** The answer to `/security stats` and the like: how many requests came in, how they were handled and how fast. */

import { own } from '../engine/flow.ts'
import type { StatsState } from '../requests/stats.ts'
import { counted, header, type Message, sections } from './block-kit.ts'
import { escaped } from './escape.ts'

export function statsMessage(state: StatsState): Message {
  const title = `${state.desk.statistics?.title ?? state.desk.name}, the last ${counted(state.days, 'day')}`
  const count = sum(state.handled.map((one) => one.count))
  const onTime = sum(state.handled.map((one) => one.onTime))
  const came = `${counted(state.opened, state.desk.words.noun)} came in`
  return {
    text: `${title}: ${came}, ${count} handled, ${state.openNow} open now, ${state.overdueNow} overdue`,
    blocks: [
      header(title),
      ...sections([
        `${came}.`,
        count === 0 ? 'None was handled.' : `Handled: ${shareText(state, count, onTime)}.`,
        ...state.handled.map(
          (one) => `• ${escaped(buttonOf(state, one.as), 60)}: ${shareText(state, one.count, one.onTime)}`,
        ),
        ...(state.medianHoursToHandle === undefined
          ? []
          : [
              `Median time until a ${state.desk.words.noun} was handled: ${hoursText(state.medianHoursToHandle)}.`,
            ]),
        `Open now: ${state.openNow}, ${state.overdueNow} of them overdue.`,
      ]),
    ],
  }
}

/** `12, 9 of them within ${desk.statistics?.within ?? 'their time'} (75 %)` */
function shareText({ desk }: StatsState, count: number, onTime: number): string {
  return `${count}, ${onTime} of them within ${desk.statistics?.within ?? 'their time'} (${Math.round((100 * onTime) / count)} %)`
}

/** A decision by the words on its button; one that there is no more by its name. */
function buttonOf({ desk }: StatsState, name: string): string {
  const steps = desk.flows.flatMap((flow) => Object.values(flow.steps))
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
