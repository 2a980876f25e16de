/** A desk with the bot started and at rest, for as long as the work takes; what goes wrong in it is told. */
import { type Desk, openDesk } from './desk-of-processes.ts'
import type { Tally } from './tally.ts'

export async function onADesk(work: (desk: Desk) => Promise<void>, tally: Tally): Promise<void> {
  const desk = await openDesk()
  try {
    if (!(await desk.start())) throw new Error(`the bot does not start:\n${desk.bot.output()}`)
    await desk.rest()
    await work(desk)
  } catch (error) {
    tally.broken.push(error instanceof Error ? error.message.slice(0, 2_000) : String(error))
  } finally {
    await desk.close()
  }
}
