/** From `node …` to the first 200 of /readyz, each time in a new process, the database already made. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Surroundings, startSurroundings } from './surroundings.ts'

const desk = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const bareBolt = fileURLToPath(new URL('./bare-bolt-process.ts', import.meta.url))

const askEveryMs = 2
const patienceMs = 60_000

export async function startTimes({ warmUps, rounds }: { warmUps: number; rounds: number }) {
  const surroundings = await startSurroundings()
  const times = { desk: [] as number[], bareBolt: [] as number[] }
  try {
    for (let round = -warmUps; round < rounds; round++) {
      const ofBareBolt = await timeOf(bareBolt, surroundings)
      const ofDesk = await timeOf(desk, surroundings)
      if (round < 0) continue
      times.bareBolt.push(ofBareBolt)
      times.desk.push(ofDesk)
    }
    return times
  } finally {
    await surroundings.close()
  }
}

async function timeOf(script: string, { env, folder }: Surroundings): Promise<number> {
  const port = await freePort()
  const startedAt = performance.now()
  // In the empty folder, so that no .env is read.
  const child = spawn(process.execPath, [script], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    await ready(child, port, startedAt)
    return performance.now() - startedAt
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
