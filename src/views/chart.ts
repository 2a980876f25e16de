/** Charts: as Slack draws them where a workspace takes that, and as lines of text for all others. */
import type { KnownBlock } from '@slack/types'
import { limits, quoted } from './block-kit.ts'
import { plain, plainChunks } from './escape.ts'

/** Bars by category; every series has a number for each category. */
export interface Chart {
  readonly title: string
  readonly categories: readonly string[]
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[]
  /** What the numbers count: `requests`. */
  readonly unit: string
}

/**
 * The form in which a chart is sent. `native`: Slack draws it. A picture was uploaded before and has the file's id.
 * `text` is taken by every workspace.
 */
export type ChartForm = 'native' | 'text' | { readonly file: string }

/** https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block, in characters and in number. */
const chartLimits = { title: 50, label: 20, name: 20, series: 6, categories: 20 } as const
const barLength = 20

/** Draws the chart as a block; in words it says the same, since nothing may be said by a picture alone. */
export function chartBlocks(chart: Chart, form: ChartForm): readonly KnownBlock[] {
  if (form === 'native') return [nativeChart(chart)]
  if (form === 'text') return plainChunks(chartText(chart), limits.text).map(quoted)
  return [
    {
      type: 'image',
      slack_file: { id: form.file },
      alt_text: plain(`${chart.title}. ${chartWords(chart)}`, limits.imageAlt),
    },
  ]
}

/** The type of the block is missing in @slack/types 3.2. */
function nativeChart({ title, categories, series, unit }: Chart): KnownBlock {
  const labels = categories.slice(0, chartLimits.categories).map((one) => plain(one, chartLimits.label))
  return {
    type: 'data_visualization',
    title: plain(title, chartLimits.title),
    chart: {
      type: 'bar',
      series: series.slice(0, chartLimits.series).map(({ name, values }) => ({
        name: plain(name, chartLimits.name),
        data: labels.map((label, index) => ({ label, value: values[index] ?? 0 })),
      })),
      axis_config: { categories: labels, y_label: plain(unit, chartLimits.title) },
    },
  } as unknown as KnownBlock
}

/** `Overdue  ████ 4`, a line a category and series; the number stands beside the bar. */
function chartText({ title, categories, series }: Chart): string {
  const most = Math.max(1, ...series.flatMap(({ values }) => values))
  const rows = categories.flatMap((category, index) =>
    series.map(({ name, values }) => {
      const value = values[index] ?? 0
      const label = series.length > 1 ? `${category}, ${name}` : category
      return `${label}: ${'█'.repeat(Math.ceil((value * barLength) / most))} ${value}`
    }),
  )
  return [title, ...rows].join('\n')
}

/** `Overdue 4, Within 7 days 12`: for screen readers. */
export function chartWords({ categories, series, unit }: Chart): string {
  const parts = series.map(({ name, values }) => {
    const counts = categories.map((category, index) => `${category} ${values[index] ?? 0}`)
    return `${series.length > 1 ? `${name}: ` : ''}${counts.join(', ')}`
  })
  return `${parts.join('; ')} (${unit})`
}
