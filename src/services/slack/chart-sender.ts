/** Sends messages that hold a chart: Slack's own, else a picture, else lines of text. */
import type { AnswerTo } from '../../engine/request.ts'
import { type Instant, plus } from '../../engine/time.ts'
import type { Log } from '../../http/log.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import type { Settings } from '../../store/store.ts'
import { type Chart, type ChartForm, chartWords } from '../../views/chart.ts'
import { CallFailed } from '../call-failed.ts'
import type { SlackClient, SlackMessage } from './client.ts'
import { SlackCallFailed } from './failure.ts'

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

/** Slack's refusals of a block: a view says `invalid_arguments` where a message says `invalid_blocks`. */
const refusesBlocks = new Set(['invalid_blocks', 'invalid_blocks_format', 'invalid_arguments'])
/** After so long it is tried again: a workspace may have got the block since. */
const rememberedDays = 30
const dayMs = 24 * 3_600_000
const name = 'refused-block:data_visualization'

/** The parts that trying the forms needs. */
export interface ChartForms {
  readonly settings: Pick<Settings, 'get' | 'set'>
  readonly now: () => Instant
  /** Makes a picture and returns its form, or undefined where there is none; left out where no picture is wanted. */
  readonly picture?: () => Promise<ChartForm | undefined>
}

/** Sends with a chart of Slack's own, else with a picture, else in text. Throws what the last of them throws. */
export async function inBestForm<T>(
  { settings, now, picture }: ChartForms,
  send: (form: ChartForm) => Promise<T>,
): Promise<T> {
  const refusedAt = await settings.get(name)
  if (refusedAt === undefined || refusedAt < plus(now(), -rememberedDays * dayMs)) {
    const sent = await unlessRefused(() => send('native'))
    if (sent) return sent.result
    await settings.set(name, now())
  }
  const drawn = await picture?.()
  const sent = drawn && (await unlessRefused(() => send(drawn)))
  return sent ? sent.result : send('text')
}

async function unlessRefused<T>(send: () => Promise<T>): Promise<{ readonly result: T } | undefined> {
  try {
    return { result: await send() }
  } catch (error) {
    if (error instanceof SlackCallFailed && refusesBlocks.has(error.code ?? '')) return undefined
    throw error
  }
}
