/**
 * `npm run bench` times the bot side by side with a bare Bolt app, in one run on one machine: only the ratios mean
 * something elsewhere. `npm run bench -- large` measures it over inputs that are far larger than any day brings, all or
 * those that are named; `npm run bench -- first-start 100 1000` its first start on so many open issues; `npm run bench --
 * throughput` how much it accepts in a second.
 */
import { cpus } from 'node:os'
import { clickTimes } from './click-times.ts'
import { firstStart } from './first-start.ts'
import { inputs, longestAllowedMs, measure } from './large-inputs.ts'
import { startTimes } from './start-times.ts'
import { perSecond, table } from './table.ts'
import { webhooksPerSecond } from './throughput.ts'

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}\n`)

const [what, ...rest] = process.argv.slice(2)
if (what === 'large') await large(rest.length > 0 ? rest : Object.keys(inputs))
else if (what === 'throughput') await acceptedPerSecond()
else if (what === 'first-start') await firstStarts(rest.length > 0 ? rest.map(Number) : [100, 1_000, 5_000])
else await besideBareBolt()

async function besideBareBolt(): Promise<void> {
  const starts = await startTimes({ warmUps: 2, rounds: 10 })
  console.log(
    table('From process start to ready, ms', [
      ['bare Bolt app', starts.bareBolt],
      ['privacy-desk, /readyz is 200', starts.desk],
    ]),
  )
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

async function acceptedPerSecond(): Promise<void> {
  console.log(
    perSecond(
      'signed webhooks, beside node:http that checks and stores each (synchronous=FULL)',
      await webhooksPerSecond(3, 2_000),
    ),
  )
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
