/**
 * `npm run bench` times the bot side by side with a bare Bolt app, in one run on one machine: only the ratios mean
 * something elsewhere. `npm run bench -- large` measures it over inputs that are far larger than any day brings, all or
 * those that are named; `npm run bench -- start` its start alone; `npm run bench -- first-start 100 1000` its first
 * start on so many open issues; `npm run bench -- throughput` how much it accepts in a second, `-- decisions 10000` how
 * many decisions it commits and catches up on, `-- effects` how many effects it carries out, `-- killed` what is lost of
 * what it acknowledged where it is killed, `-- at-size 1000 100000` what it takes with so many open requests, `-- at-size 1000 100000 postgres` on PostgreSQL.
 */
import { cpus } from 'node:os'
import { writeProduction } from '../bundle.ts'
import { startPostgres } from '../sandbox/postgres-server.ts'
import { type AtSize, atSize, bareBoltMb, deskMb } from './at-size.ts'
import { clickTimes } from './click-times.ts'
import { caughtUpPerSecond, decisionsPerSecond } from './decisions.ts'
import { effectsPerSecond } from './effects.ts'
import { firstStart } from './first-start.ts'
import { lostByKill } from './killed.ts'
import { inputs, longestAllowedMs, measure } from './large-inputs.ts'
import { startTimes } from './start-times.ts'
import { median, sideBySide, table } from './table.ts'
import { submitsPerSecond, webhooksPerSecond } from './throughput.ts'

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}\n`)

const [what, ...rest] = process.argv.slice(2)
if (what === 'large') await large(rest.length > 0 ? rest : Object.keys(inputs))
else if (what === 'throughput') await acceptedPerSecond()
else if (what === 'start') await started()
else if (what === 'decisions') await decided(Number(rest[0] ?? 10_000))
else if (what === 'killed') await killed()
else if (what === 'at-size') await atSizes(rest)
else if (what === 'effects') await carriedOut(Number(rest[0] ?? 500))
else if (what === 'first-start') await firstStarts(rest.length > 0 ? rest.map(Number) : [100, 1_000, 5_000])
else await besideBareBolt()

async function besideBareBolt(): Promise<void> {
  await started()
  const clicks = await clickTimes({ warmUps: 50, rounds: 400 })
  console.log(
    table('From a signed click to its acknowledgement, ms', [
      ['bare Bolt app, nothing stored', clicks.bareBolt],
      ['privacy-desk, stored (SQLite, synchronous=FULL)', clicks.desk],
    ]),
  )
  console.log(
    `${clicks.stored} of ${clicks.clicked} clicks on privacy-desk were in its inbox when they were acknowledged.\n`,
  )
  await acceptedPerSecond()
}

async function started(): Promise<void> {
  const { bareBolt, desk, fromSources } = await startTimes({ warmUps: 2, rounds: 10 })
  for (const [what, of] of [
    ['', 'ms'],
    [', its processor time', 'cpuMs'],
  ] as const)
    console.log(
      table(`From process start to ready${what}, ms`, [
        ['bare Bolt app', bareBolt.map((one) => one[of])],
        ['privacy-desk, /readyz is 200', desk.map((one) => one[of])],
        ['the same from its sources', fromSources.map((one) => one[of])],
      ]),
    )
}

async function acceptedPerSecond(): Promise<void> {
  const { accepted, stored, ...sides } = await webhooksPerSecond(3, 2_000)
  console.log(
    sideBySide(
      'Signed webhooks accepted a second, beside node:http that checks and stores each (synchronous=FULL)',
      sides,
    ),
  )
  console.log(`  ${stored} of ${accepted} stored\n`)
  const { accepted: submitted, stored: kept, ...submits } = await submitsPerSecond(3, 1_000)
  console.log(
    sideBySide(
      'Submits of modals acknowledged a second, beside a bare Bolt app that stores none (synchronous=FULL)',
      submits,
    ),
  )
  console.log(`  ${kept} of ${submitted} stored\n`)
}

async function decided(waiting: number): Promise<void> {
  const beside = 'beside transactions of better-sqlite3 that write the same rows (synchronous=FULL)'
  console.log(sideBySide(`Decisions committed a second, ${beside}`, await decisionsPerSecond(3, 1_000)))
  const caughtUp = await caughtUpPerSecond(3, waiting)
  console.log(
    sideBySide(`${waiting} decisions that waited at the start, caught up on a second, ${beside}`, caughtUp),
  )
}

async function killed(): Promise<void> {
  for (let round = 1; round <= 5; round += 1) {
    const { sent, acknowledged, lost } = await lostByKill(200)
    console.log(`Killed at the 100th of ${sent} submits: ${acknowledged} acknowledged, ${lost} of them lost`)
    if (lost > 0) process.exitCode = 1
  }
}

/** The first of the sizes is the measure for the others; where one of the words is `postgres`, with that database. */
async function atSizes(words: readonly string[]): Promise<void> {
  const sizes = words.filter((word) => word !== 'postgres').map(Number)
  const postgres = words.includes('postgres') ? await startPostgres({ isDurable: true }) : undefined
  const bundle = await writeProduction()
  // The first start after a change compiles, and holds what that takes.
  await deskMb(bundle)
  const bare = await bareBoltMb()
  console.log(`bare Bolt app: ${bare.toFixed(0)} MB at rest`)
  let first: AtSize | undefined
  for (const size of sizes.length > 0 ? sizes : [1_000, 100_000]) {
    const at = await atSize(bundle, size, 5, await postgres?.emptyDatabase())
    first ??= at
    const minuteRatio = at.minuteCpuMs / first.minuteCpuMs
    console.log(
      `${size} open requests: ${at.restMb.toFixed(0)} MB at rest (${(at.restMb / bare).toFixed(1)} x bare Bolt), ${at.afterMb.toFixed(0)} MB after all that was asked`,
    )
    console.log(
      `  a minute at rest ${at.minuteCpuMs.toFixed(0).padStart(6)} ms  ${minuteRatio.toFixed(1)} x, of processor time`,
    )
    for (const [name, took] of Object.entries(at.took)) {
      const ratio = median(took) / median(first.took[name] ?? took)
      console.log(`  ${name.padEnd(16)} ${median(took).toFixed(0).padStart(6)} ms  ${ratio.toFixed(1)} x`)
    }
  }
  await postgres?.stop()
}

async function carriedOut(each: number): Promise<void> {
  for (const { database, desk, peers } of await effectsPerSecond(3, each))
    for (const [name, peer] of Object.entries(peers))
      console.log(sideBySide(`Effects carried out a second on ${database}, beside ${name}`, { desk, peer }))
}

async function large(names: readonly string[]): Promise<void> {
  let isMissed = false
  for (const name of names) {
    const input = inputs[name]
    if (!input) throw new Error(`there is no input ${name}: ${Object.keys(inputs).join(', ')}`)
    const { longestMs, longestCpuMs, seconds, cpuSeconds, memoryMb, lost } = await measure(input)
    console.log(
      [
        `${name}: ${input.input}`,
        `  longest pause of the event loop: ${longestCpuMs.toFixed(0)} ms of its own processor time, ${longestMs.toFixed(0)} ms by the clock`,
        `  ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time, ${memoryMb.toFixed(0)} MB; lost: ${lost}`,
      ].join('\n'),
    )
    isMissed ||= longestCpuMs > longestAllowedMs || lost !== 0
  }
  if (isMissed) process.exitCode = 1
}

async function firstStarts(counts: readonly number[]): Promise<void> {
  // The first one of a process has more to do.
  await firstStart(10)
  for (const count of counts) {
    const { statements, rows, cpuSeconds, messages } = await firstStart(count)
    console.log(
      [
        `${count} open issues: ${statements} statements and ${rows} rows (${(statements / count).toFixed(1)} and ${(rows / count).toFixed(1)} each)`,
        `${cpuSeconds.toFixed(1)} s of processor time (${((cpuSeconds * 1000) / count).toFixed(1)} ms each, the local GitLab's own part in it)`,
        `${messages} messages in the channel`,
      ].join(', '),
    )
  }
}
