/** Sends messages that hold a chart: Slack's own, else a picture, else lines of text. */
import type { AnswerTo } from '../../engine/request.ts'
import type { Log } from '../../http/log.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import { type Chart, type ChartForm, chartWords } from '../../views/chart.ts'
import { CallFailed } from '../call-failed.ts'
import { inBestForm } from './chart-forms.ts'
import type { SlackClient, SlackMessage } from './client.ts'

/** The parts that sending a chart needs. */
export interface ChartSending {
  readonly context: DeskContext
  readonly slack: Pick<SlackClient, 'upload' | 'answerPrivately'>
  readonly log: Pick<Log, 'warn'>
}

/** Sends in the best form that the workspace takes. Throws what the last attempt throws. */
export function sendChart<T>(
  { context, slack, log }: ChartSending,
  chart: Chart,
  send: (form: ChartForm) => Promise<T>,
): Promise<T> {
  const picture = async (): Promise<ChartForm | undefined> => {
    // Few workspaces need it, and few of them each day.
    const { chartPicture } = await import('./chart-picture.ts')
    try {
      const { title } = chart
      return {
        file: await slack.upload({
          ...{ name: 'chart.png', title, bytes: chartPicture(chart) },
          altText: `${title}. ${chartWords(chart)}`.slice(0, 1_000),
        }),
      }
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error
      // Without the scope, say: the numbers stand in the text all the same.
      log.warn({ error: error.message }, 'the picture of a chart could not be uploaded')
      return undefined
    }
  }
  const { settings } = context.store.tables
  return inBestForm({ settings, now: () => nowOf(context), picture }, send)
}

/** Answers a person privately with a chart. */
export function answerWithChart(
  parts: ChartSending,
  to: AnswerTo,
  chart: Chart,
  draw: (form: ChartForm) => SlackMessage,
): Promise<void> {
  return sendChart(parts, chart, (form) => parts.slack.answerPrivately(to, draw(form)))
}
