/** A desk for as long as some work takes. What goes wrong with the proof itself is told like what it finds. */
import { type DeskOfProcesses, type DeskOptions, openDesk } from './desk-of-processes.ts'
import type { Tally } from './tally.ts'

type Work = (desk: DeskOfProcesses) => Promise<void>

/** The bot is started, and at rest. */
export function onADesk(work: Work, tally: Tally, options: DeskOptions = {}): Promise<void> {
  return onAnEmptyDesk(
    async (desk) => {
      if (!(await desk.start())) throw new Error(`the bot does not start:\n${desk.bot.output()}`)
      await desk.rest()
      await work(desk)
    },
    tally,
    options,
  )
}

/** The bot was never started. */
export async function onAnEmptyDesk(work: Work, tally: Tally, options: DeskOptions = {}): Promise<void> {
  const desk = await openDesk(options)
  try {
    await work(desk)
  } catch (error) {
    tally.broken.push(error instanceof Error ? (error.stack ?? error.message).slice(0, 2_000) : String(error))
  } finally {
    await desk.close()
  }
}
