/**
 * From `node …` to the first 200 of /readyz, each time in a new process, the database already made: by the clock, and the
 * processor time of the process until then, which other work on the machine does not lengthen.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeProduction } from '../bundle.ts'
import { type OpenWorld, openWorld, type ProcessOptions } from '../sandbox/world.ts'
import { benchWorld } from './bench-world.ts'
import { freePort } from './free-port.ts'
import { cpuSecondsOf, watch } from './rate.ts'

const bareBolt = new URL('./bare-bolt-process.ts', import.meta.url)

const askEveryMs = 2
const patienceMs = 60_000
const keepsMs = 500

export async function startTimes({ warmUps, rounds }: { warmUps: number; rounds: number }) {
  const bundle = await writeProduction()
  const world = await openWorld(benchWorld)
  const times = { bareBolt: [] as Start[], desk: [] as Start[], fromSources: [] as Start[] }
  try {
    for (let round = -warmUps; round < rounds; round++) {
      const ofBareBolt = await timeOf(world, { script: bareBolt })
      const ofDesk = await timeOf(world, { bundle })
      const ofSources = await timeOf(world, {})
      if (round < 0) continue
      times.bareBolt.push(ofBareBolt)
      times.desk.push(ofDesk)
      times.fromSources.push(ofSources)
    }
    return times
  } finally {
    await world.close()
  }
}

interface Start {
  readonly ms: number
  readonly cpuMs: number
}

async function timeOf(world: OpenWorld, of: Pick<ProcessOptions, 'script' | 'bundle'>): Promise<Start> {
  const port = await freePort()
  const startedAt = performance.now()
  const env = { PORT: String(port) }
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const
  const child = world.startProcess({ ...of, preload: watch, env, stdio: [...stdio] })
  try {
    await ready(child, port, startedAt)
    const took = { ms: performance.now() - startedAt, cpuMs: (await cpuSecondsOf(child)) * 1000 }
    // It keeps what it has compiled once it has started.
    await sleep(keepsMs)
    return took
  } finally {
    await end(child)
  }
}

async function ready(child: ChildProcess, port: number, startedAt: number): Promise<void> {
  while (performance.now() - startedAt < patienceMs) {
    if (child.exitCode !== null)
      throw new Error(`the process ended with ${child.exitCode} before it was ready`)
    const status = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      async (response) => {
        await response.body?.cancel()
        return response.status
      },
      () => undefined,
    )
    if (status === 200) return
    await sleep(askEveryMs)
  }
  throw new Error('the process was not ready in time')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
