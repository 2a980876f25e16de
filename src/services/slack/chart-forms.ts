/** Sends what holds a chart in the best form that the workspace takes; what it refuses is remembered. */
import { type Instant, plus } from '../../engine/time.ts'
import type { Settings } from '../../store/store.ts'
import type { ChartForm } from '../../views/chart.ts'
import { SlackCallFailed } from './failure.ts'

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
