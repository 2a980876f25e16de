/** One run: a world from a seed, so many steps of people, faults and time, then rest, then the check. */
import { check, type Findings, nothingFound } from './check.ts'
import { actAsExpert } from './experts.ts'
import { actInGitLab } from './gitlab-people.ts'
import { meddle } from './operators.ts'
import { comeToRest } from './rest.ts'
import { thinkAgain } from './second-thoughts.ts'
import { actOnRequests, actOnTickets } from './slack-people.ts'
import { tellStory } from './stories.ts'
import { tellOfColleagues } from './stories-of-colleagues.ts'
import { tellOfTime } from './stories-of-time.ts'
import { tellTicketStory } from './ticket-stories.ts'
import { look, makeWorld, type World } from './world.ts'
import { actInZendesk } from './zendesk-people.ts'

export interface Run {
  readonly seed: number
  readonly steps: number
  readonly isOnPostgres: boolean
  readonly findings: Findings
  /** Stands for everything that happened: the same for the same seed. */
  readonly digest: string
  readonly faults: ReadonlyMap<string, number>
  readonly reached: ReadonlyMap<string, number>
  readonly lastLines: readonly string[]
  /** Where it broke off, else the last one. */
  readonly step: number
}

/** `databaseUrl`: of an empty PostgreSQL database; on SQLite unless given. */
export async function run(seed: number, steps: number, databaseUrl?: string): Promise<Run> {
  const world = await makeWorld(seed, databaseUrl)
  const uninstall = world.install()
  const died: string[] = []
  const onRejection = (error: unknown) =>
    died.push(
      `an unhandled rejection would have ended the process: ${error instanceof Error ? error.stack : error}`,
    )
  process.on('unhandledRejection', onRejection)
  let findings: Findings
  try {
    findings = await play(world, steps)
  } catch (error) {
    findings = nothingFound()
    findings.broken.push(`the run broke off: ${error instanceof Error ? error.stack : error}`)
  } finally {
    uninstall()
    process.off('unhandledRejection', onRejection)
    await world.end()
  }
  findings.broken.push(...died)
  const { history } = world
  const { faults, reached, step } = history
  return {
    seed,
    steps,
    isOnPostgres: databaseUrl !== undefined,
    findings,
    digest: history.digest(),
    faults,
    reached,
    lastLines: history.last(20_000),
    step,
  }
}

async function play(world: World, steps: number): Promise<Findings> {
  const { prng, time, history, bot } = world
  bot.start()
  await time.run(3_000)
  for (let step = 1; step <= steps; step++) {
    history.step = step
    look(world)
    thinkAgain(world)
    await prng.weighted<(world: World) => Promise<void> | void>([
      [10, actOnRequests],
      [5, actInGitLab],
      [6, actOnTickets],
      [3, actInZendesk],
      [0.6, actAsExpert],
      [1.5, meddle],
      [0.9, ({ conditions }) => conditions.change()],
      [0.5, tellStory],
      [1.1, tellOfColleagues],
      [0.4, tellOfTime],
      [0.7, tellTicketStory],
    ])(world)
    await time.run(
      prng.weighted([
        [4, () => prng.between(0, 20) * 10],
        [6, () => prng.between(20, 300) * 10],
        [2, () => prng.between(3_000, 12_000)],
        [0.4, () => prng.between(30_000, 60_000)],
      ])(),
    )
  }
  history.step = steps + 1
  look(world)
  const restless = await comeToRest(world)
  if (!(await time.until(bot.stop(), 60_000))) return { ...nothingFound(), broken: ['the bot did not stop'] }
  return check(world, restless)
}
