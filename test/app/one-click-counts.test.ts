/** What one click costs, from the click until nothing comes of it any more: statements, commits and calls, counted. */
import { expect, test } from 'vitest'
import { allScenarios } from '../../prove/fault-injection/all-scenarios.ts'
import { type InProcess, openDesk } from '../../prove/fault-injection/desk.ts'

interface Counted {
  readonly statements: readonly string[]
  readonly commits: number
  readonly gitlab: readonly string[]
  readonly slack: readonly string[]
}

test('Close No Response reads its request a few times, and GitLab no more than it has to', {
  timeout: 60_000,
}, async () => {
  const { preview, decision } = await countedClick('Close No Response')

  if (process.env.SHOW_COUNTS) {
    show('The preview', preview)
    show('The decision', decision)
  }
  expect(decision.gitlab.length).toBeLessThanOrEqual(8)
  expect(readsOfRequest(decision).length).toBeLessThanOrEqual(4)
  expect(decision.commits).toBeLessThanOrEqual(8)
  expect(decision.statements.length).toBeLessThanOrEqual(60)
  // It reads the issue afresh, who else is e-mailed, and asks what would be refused.
  expect(preview.gitlab.length).toBeLessThanOrEqual(5)
  expect(readsOfRequest(preview).length).toBeLessThanOrEqual(10)
  expect(preview.commits).toBeLessThanOrEqual(1)
  expect(preview.statements.length).toBeLessThanOrEqual(18)
})

function readsOfRequest({ statements }: Counted): readonly string[] {
  return statements.filter((source) => /^select .* from "request"/.test(source))
}

/** From the click to the open preview, and from its submit, which is stored, until nothing comes of it any more. */
async function countedClick(
  name: string,
): Promise<{ readonly preview: Counted; readonly decision: Counted }> {
  const scenario = allScenarios.find((one) => one.name === name)
  if (!scenario) throw new Error(`there is no scenario “${name}”`)
  const inProcess = await openDesk()
  try {
    return await inProcess.run(async () => {
      const { bot, desk, databaseFaults, network, time } = inProcess
      bot.start()
      await desk.rest()
      const subject = await scenario.prepare(desk)
      await untilPolled(inProcess)
      const from = { at: time.elapsed, call: network.calls.length }
      databaseFaults.arm()
      await scenario.act(desk, subject)
      await desk.rest()
      databaseFaults.disarm()
      const { statements } = databaseFaults
      const calls = network.calls.slice(from.call).filter(({ path }) => !isPoll(path))
      const end = Math.max(
        ...statements.filter(({ writes, source }) => writes && !isOfRound(source)).map(({ at }) => at),
        ...calls.map(({ at }) => at),
      )
      const counted = statements.filter(({ at }) => at <= end)
      const submitted = counted.findIndex(({ source }) => source.startsWith('insert into "inbox"'))
      const opened = calls.findIndex(({ path }) => path.endsWith('/views.open')) + 1
      return {
        preview: counts(counted.slice(0, submitted), calls.slice(0, opened)),
        decision: counts(counted.slice(submitted), calls.slice(opened)),
      }
    })
  } finally {
    await inProcess.end()
  }
}

function counts(
  statements: readonly { readonly source: string; readonly commits: boolean }[],
  calls: readonly { readonly service: string; readonly method: string; readonly path: string }[],
): Counted {
  const told = (service: string) =>
    calls.filter((call) => call.service === service).map(({ method, path }) => `${method} ${path}`)
  return {
    statements: statements.map(({ source }) => source),
    commits: statements.filter(({ commits }) => commits).length,
    gitlab: told('gitlab'),
    slack: told('slack'),
  }
}

/** All that looks around by itself does so every 20 seconds: right after that nothing of it comes between. */
async function untilPolled({ network, time }: InProcess): Promise<void> {
  const polls = () => network.calls.filter(({ path }) => isPoll(path)).length
  const before = polls()
  while (polls() === before) await time.wait(100)
  await time.wait(1_000)
}

function isPoll(path: string): boolean {
  return /\/issues$|\/search\.json$/.test(path)
}

/** Where the polls were left off, and what the clocks keep beside requests for the lists. */
function isOfRound(source: string): boolean {
  return /"kv"|"standing" =|standing_count/.test(source)
}

function show(what: string, { statements, commits, gitlab, slack }: Counted): void {
  const times = new Map<string, number>()
  for (const source of statements) times.set(source, (times.get(source) ?? 0) + 1)
  const lines = [...times].sort(([, one], [, other]) => other - one)
  console.log(
    [
      `${what}: ${statements.length} statements, ${commits} commits, ${gitlab.length} calls to GitLab, ${slack.length} to Slack`,
      ...gitlab,
      ...slack,
      ...lines.map(([source, count]) => `${count} ${source.slice(0, 150)}`),
    ].join('\n'),
  )
}
