/** Rows of times, the first of them the measure for the others. */
import type { Rate } from './rate.ts'

export type Row = readonly [name: string, milliseconds: readonly number[]]

export function table(title: string, rows: readonly [Row, ...Row[]]): string {
  const [[, measure]] = rows
  const width = Math.max(title.length, ...rows.map(([name]) => name.length))
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(8))].join('  ')
  return [
    line(title, ['min', 'median', 'p95', 'ratio']),
    ...rows.map(([name, times]) =>
      line(name, [
        ...[0, 0.5, 0.95].map((share) => quantile(times, share).toFixed(2)),
        (quantile(times, 0.5) / quantile(measure, 0.5)).toFixed(2),
      ]),
    ),
    `(${measure.length} of each, alternating; the ratio is that of the medians)\n`,
  ].join('\n')
}

export const median = (values: readonly number[]) => quantile(values, 0.5)

/** The value below which this share of them lies: 0 the least, 0.5 the median. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN
}

/** A line for each side, the medians of its rounds, and how the bot's compares with its peer's. */
export function sideBySide(
  title: string,
  { desk, peer }: { readonly desk: readonly Rate[]; readonly peer: readonly Rate[] },
): string {
  const perSecond = (rates: readonly Rate[]) => rates.map((rate) => rate.perSecond)
  const costs = (rates: readonly Rate[]) => {
    const ms = quantile(
      rates.map(({ cpuMs }) => cpuMs),
      0.5,
    )
    return Number.isNaN(ms) ? '' : `, ${ms.toFixed(2)} ms of processor time each`
  }
  const line = (name: string, rates: readonly Rate[]) => {
    const figures = perSecond(rates)
    return `  ${name.padEnd(14)} ${quantile(figures, 0.5).toFixed(0).padStart(7)}  (${quantile(figures, 0).toFixed(0)} to ${quantile(figures, 1).toFixed(0)})${costs(rates)}`
  }
  return [
    title,
    line('the peer', peer),
    line('privacy-desk', desk),
    `  ratio of the medians, of ${desk.length} rounds that take turns: ${(quantile(perSecond(desk), 0.5) / quantile(perSecond(peer), 0.5)).toFixed(2)}`,
  ].join('\n')
}
