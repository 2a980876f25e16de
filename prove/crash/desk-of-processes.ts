/** The local Slack, GitLab and Zendesk, which live here, and beside them the bot as a process, which is killed. */
import { movableClock } from '../../sandbox/clock.ts'
import { byApiToken, noPolls, type Reach } from '../../sandbox/services.ts'
import { openWorld } from '../../sandbox/world.ts'
import { type BotProcess, type Ending, startBot } from './bot-process.ts'
import type { Rest } from './desk.ts'
import type { Order } from './orders.ts'
import { newFolderOnDisk } from './real-disk.ts'
import { rest } from './rest.ts'
import { watchCalls } from './watch-calls.ts'

export type DeskOfProcesses = Awaited<ReturnType<typeof openDesk>>

export interface DeskOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Where the database lies; without one, a temporary folder of its own. */
  readonly dataFolder?: string
  /** Its database lies on a disk where there is one, and not in memory as else. */
  readonly isOnDisk?: boolean
  /** The environment of the bot's process, beside what it is configured by. */
  readonly processEnv?: (databaseFile: string) => Readonly<Record<string, string>>
  /** How the services reach the bot, where somebody listens. */
  readonly reach?: Reach
}

/** A call that is counted before it is written down is looked at again. */
const lookMs = 500
/** Of its start; a machine that has much else to do may take a while. */
const asksWithinMs = 60_000
/** Early enough in a day that no digest is due, however far the clock is moved. */
const startsAt = '2026-03-02T00:10:00.000Z'

/** Everything but the bot itself, which `start` starts. */
export async function openDesk({ env = {}, processEnv, reach, ...where }: DeskOptions = {}) {
  const disk = where.isOnDisk ? newFolderOnDisk() : undefined
  const dataFolder = where.dataFolder ?? disk?.folder
  const clock = movableClock(startsAt, Date.now)
  const world = await openWorld({
    now: clock.now,
    ...(dataFolder !== undefined && { databaseIn: dataFolder }),
    ...(reach && { reach }),
    env: {
      ...byApiToken,
      // Once at each start: what a webhook tells is then told by the poll only where it was lost.
      ...noPolls,
      DIGEST_AT: '23:59',
      ...env,
    },
  })
  const { slack, gitlab, zendesk, folder, databaseFile, environment } = world
  const calls = watchCalls([slack.fake, gitlab.fake, zendesk.fake])
  let bot: BotProcess | undefined

  const running = (): BotProcess => {
    if (!bot) throw new Error('the bot was never started')
    return bot
  }
  const desk = {
    ...{ slack, gitlab, zendesk, calls, folder, databaseFile, environment },
    now: clock.now,
    get bot() {
      return running()
    },
    get url() {
      return world.url
    },
    /** True when it is ready; false when it died on the way. */
    async start(orders: readonly Order[] = []): Promise<boolean> {
      const clockOrder = { order: 'clock', aheadMs: clock.aheadMs() } as const
      bot = startBot(world, [clockOrder, ...orders], processEnv?.(databaseFile))
      const polls = [
        () => gitlab.fake.received('GET', /\/issues$/),
        () => zendesk.fake.received('GET', /search/),
      ]
      const before = polls.map((one) => one().length)
      const port = await bot.ready
      if (port === undefined) return false
      world.botListensAt(port)
      // What was missed is asked for at once: nothing is at rest before.
      const isAsking = () => polls.some((one, index) => one().length === before[index])
      const patience = AbortSignal.timeout(asksWithinMs)
      while (isAsking() && bot.isAlive()) {
        // One that got no answer is asked again at the next poll, which is in an hour.
        if (patience.aborted) throw new Error(`the bot does not ask for what it missed:\n${bot.output()}`)
        await Promise.race([calls.next(lookMs), bot.ended])
      }
      return bot.isAlive()
    },
    /** Another one on the same database, of which the desk knows nothing. */
    startAnother: () => startBot(world),
    /** Kills it where it still lives, and waits for its end. */
    async kill(): Promise<Ending> {
      running().kill()
      return running().ended
    },
    async restart(): Promise<void> {
      await desk.kill()
      if (!(await desk.start())) throw new Error(`the bot does not start again:\n${running().output()}`)
    },
    async advance(ms: number): Promise<void> {
      clock.advance({ ms })
      await running().order({ order: 'clock', aheadMs: clock.aheadMs() })
    },
    /** What is done meanwhile has happened so long ago. */
    ago: <T>(ms: number, act: () => T): T => clock.ago({ ms }, act),
    rest: (patienceMs?: number): Promise<Rest> => rest(desk, patienceMs),
    async close(): Promise<void> {
      if (bot) await desk.kill()
      await world.close()
      disk?.close()
    },
  }
  return desk
}
