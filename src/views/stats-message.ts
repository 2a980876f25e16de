/** The statistics of a desk, for whoever asks and for the weekly report: numbers in words, and a chart beside them. */
import { own } from '../engine/flow.ts'
import type { StatsState } from '../requests/stats.ts'
import type { Spread, Throughput, TypeThroughput } from '../requests/throughput.ts'
import { counted, header, type Message, sections } from './block-kit.ts'
import { type Chart, type ChartForm, chartBlocks } from './chart.ts'
import { escaped } from './escape.ts'

/** Draws the statistics of the last days. `title`: what stands at the top in place of the desk's own. */
export function statsMessage(state: StatsState, chart: ChartForm = 'text', title = titleOf(state)): Message {
  const { desk, throughput } = state
  const { noun } = desk.words
  const came = `${counted(state.opened, noun)} came in`
  const open = [`Open now: ${state.openNow}, ${state.overdueNow} of them overdue.`]
  const handled = desk.statistics ? handledLines(state) : []
  const done = desk.statistics
    ? `${sum(state.handled.map((one) => one.count))} handled`
    : `${throughput?.closed ?? 0} closed`
  const drawn = throughput && statsChart(state)
  return {
    text: `${title}: ${came}, ${done}, ${state.openNow} open now, ${state.overdueNow} overdue`,
    blocks: [
      header(title),
      ...sections([
        `${came}.`,
        ...handled,
        ...(throughput ? throughputLines(throughput, noun) : []),
        ...open,
      ]),
      ...(throughput ? typeBlocks(throughput, desk.flows.length > 1) : []),
      ...(drawn ? chartBlocks(drawn, chart) : []),
    ],
  }
}

function titleOf({ desk, days }: StatsState): string {
  return `${desk.statistics?.title ?? desk.digest.title}, the last ${counted(days, 'day')}`
}

/** Returns what the chart shows: by type where the desk has several, else by outcome. Undefined where there is nothing. */
export function statsChart({ desk, throughput }: StatsState): Chart | undefined {
  if (!throughput) return undefined
  const unit = `${desk.words.noun}s`
  if (desk.flows.length > 1 && throughput.byType.length > 0)
    return {
      title: 'Came in and closed, by type',
      categories: throughput.byType.map(({ title }) => shortTitle(title)),
      series: [
        { name: 'Came in', values: throughput.byType.map(({ opened }) => opened) },
        { name: 'Closed', values: throughput.byType.map(({ closed }) => closed) },
      ],
      unit,
    }
  if (throughput.byOutcome.length === 0) return undefined
  return {
    title: 'Closed, by outcome',
    categories: throughput.byOutcome.map(({ outcome }) => outcome),
    series: [{ name: 'Closed', values: throughput.byOutcome.map(({ count }) => count) }],
    unit,
  }
}

/** An axis has room for twenty characters, and no two of its labels may be the same. */
function shortTitle(title: string): string {
  return title.replace(/^GitLab\.com Account Deletion/, 'Account Deletion').replace('Account Deletion - ', '')
}

function throughputLines(throughput: Throughput, noun: string): readonly string[] {
  const { closed, onTime, toFirstAction, toClose } = throughput
  return [
    closed === 0
      ? 'None was closed.'
      : `Closed: ${closed}, ${onTime} of them on time (${Math.round((100 * onTime) / closed)}%).`,
    ...(toFirstAction ? [`Until somebody first worked on a ${noun}: ${spreadText(toFirstAction)}.`] : []),
    ...(toClose ? [`Until a ${noun} was closed: ${spreadText(toClose)}.`] : []),
  ]
}

/** `median 3 hours, 90% within 2 days` */
function spreadText({ medianHours, p90Hours }: Spread): string {
  return `median ${durationText(medianHours)}, 90% within ${durationText(p90Hours)}`
}

/** Hours up to two days, days from there. */
function durationText(hours: number): string {
  return hours < 48 ? hoursText(hours) : counted(Math.round((hours / 24) * 10) / 10, 'day')
}

/** A message holds so many lines of outcomes and is still read. */
const outcomesShown = 15

function typeBlocks({ byType, byOutcome }: Throughput, hasTypes: boolean) {
  const types = hasTypes && byType.length > 0 ? ['*By type*', ...byType.map(typeLine)] : []
  const outcomes = byOutcome
    .slice(0, outcomesShown)
    .map(({ outcome, count }) => `• ${escaped(outcome, 100)}: ${count}`)
  return [
    ...sections(types),
    ...sections(outcomes.length > 0 ? ['*Closed, by what closed them*', ...outcomes] : []),
  ]
}

function typeLine({ title, opened, closed, onTime, toClose }: TypeThroughput): string {
  const done = closed === 0 ? 'none closed' : `${closed} closed, ${onTime} on time`
  const took = toClose ? `, ${spreadText(toClose)}` : ''
  return `• ${escaped(title, 60)}: ${opened} came in, ${done}${took}`
}

function handledLines(state: StatsState): readonly string[] {
  const count = sum(state.handled.map((one) => one.count))
  const onTime = sum(state.handled.map((one) => one.onTime))
  return [
    count === 0 ? 'None was handled.' : `Handled: ${shareText(state, count, onTime)}.`,
    ...state.handled.map(
      (one) => `• ${escaped(buttonOf(state, one.as), 60)}: ${shareText(state, one.count, one.onTime)}`,
    ),
    ...(state.medianHoursToHandle === undefined
      ? []
      : [
          `Median time until a ${state.desk.words.noun} was handled: ${hoursText(state.medianHoursToHandle)}.`,
        ]),
  ]
}

/** `12, 9 of them within the business day (75%)` */
function shareText({ desk }: StatsState, count: number, onTime: number): string {
  return `${count}, ${onTime} of them within ${desk.statistics?.within ?? 'their time'} (${Math.round((100 * onTime) / count)}%)`
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
