/**
 * Of so many submits of modals, over 32 connections, how many that were acknowledged are not in the database where the
 * bot is killed (`kill -9`) as the hundredth of them is acknowledged.
 */
import { once } from 'node:events'
import Sqlite from 'better-sqlite3'
import { openWorld } from '../sandbox/world.ts'
import { benchWorld } from './bench-world.ts'
import { floodToTheEnd, ready } from './flood.ts'
import { freePort } from './free-port.ts'
import { description, requestsFor, submitsOf } from './submits.ts'

export interface Killed {
  readonly sent: number
  readonly acknowledged: number
  readonly lost: number
}

const connections = 32
const killedAt = 100

export async function lostByKill(each: number): Promise<Killed> {
  const world = await openWorld({ ...benchWorld, writeDatabase: requestsFor(each) })
  const { iid } = world.gitlab.submitRequest({ description })
  const port = await freePort()
  const child = world.startProcess({ env: { PORT: String(port) }, stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    await ready(port)
    const submits = (await submitsOf(world, port, iid))(each)
    const acknowledged: string[] = []
    await floodToTheEnd(port, submits, {
      connections,
      onAnswer({ key }) {
        acknowledged.push(key)
        if (acknowledged.length === killedAt) child.kill('SIGKILL')
      },
    })
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const stored = keysIn(world.databaseFile)
    return {
      sent: each,
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((key) => !stored.has(key)).length,
    }
  } finally {
    child.kill('SIGKILL')
    await world.close()
  }
}

function keysIn(databaseFile: string): ReadonlySet<unknown> {
  const database = new Sqlite(databaseFile)
  try {
    return new Set(database.prepare('select key from inbox').pluck().all())
  } finally {
    database.close()
  }
}
