/**
 * How many signed webhooks, and submits of modals, a second are accepted, over 32 connections, as fast as they are
 * answered. Each side is a process of its own; the bot works off what it has accepted at the same time, as it always
 * does, against a GitLab that does not answer: what is measured is accepting.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import Sqlite from 'better-sqlite3'
import { signature } from '../sandbox/gitlab/webhooks.ts'
import { type OpenWorld, openWorld } from '../sandbox/world.ts'
import { benchWorld } from './bench-world.ts'
import { flood, type Prepared, ready } from './flood.ts'
import { freePort } from './free-port.ts'
import { cpuSecondsOf, type Rate, watch } from './rate.ts'
import { description, requestsFor, submitsOf } from './submits.ts'

const connections = 32
const secret = `whsec_${Buffer.from('a key of the bench, thirty-two b').toString('base64')}`

export interface Throughput {
  /** A second, one figure for each round. */
  readonly desk: readonly Rate[]
  readonly peer: readonly Rate[]
  /** Of the bot: what it answered 200, and what stands in its inbox. */
  readonly accepted: number
  readonly stored: number
}

/** GitLab's webhooks, beside `node:http` with a signature and one row of SQLite each. */
export function webhooksPerSecond(rounds: number, each: number): Promise<Throughput> {
  return sideBySide({
    ...{ rounds, each, kind: 'gitlab-hint' },
    peer: new URL('./bare-webhooks-process.ts', import.meta.url),
    async messages(world, { count }) {
      world.gitlab.fake.fail({ path: /./, times: Number.POSITIVE_INFINITY, failure: { hang: true } })
      let number = 0
      return () =>
        Array.from({ length: count }, (): Prepared => {
          number += 1
          const id = `bench-${number}`
          const seconds = String(Math.floor(Date.now() / 1000))
          const body = JSON.stringify({
            object_kind: 'issue',
            user: { id: 4_711, name: 'Requester', username: 'requester' },
            project: { id: 1, path_with_namespace: world.gitlab.projectPath },
            object_attributes: { iid: number, action: 'update', title: 'x'.repeat(40), description },
            changes: { updated_at: { previous: null, current: seconds } },
          })
          return {
            path: '/webhooks/gitlab',
            headers: {
              ...{ 'content-type': 'application/json', 'x-gitlab-event': 'Issue Hook' },
              ...{ 'webhook-id': id, 'webhook-timestamp': seconds },
              'webhook-signature': signature(secret, id, seconds, body),
            },
            body,
          }
        })
    },
  })
}

/** Submits of a decision's modal, beside a bare Bolt app that answers them and keeps nothing. */
export function submitsPerSecond(rounds: number, each: number): Promise<Throughput> {
  return sideBySide({
    ...{ rounds, each, kind: 'decision' },
    // For both sides, and the round that warms up.
    writeDatabase: requestsFor((rounds + 1) * each * 2),
    peer: new URL('./bare-bolt-process.ts', import.meta.url),
    async messages(world, { port, iid, count }) {
      const next = await submitsOf(world, port, iid)
      world.gitlab.fake.fail({ path: /./, times: Number.POSITIVE_INFINITY, failure: { hang: true } })
      return () => next(count)
    },
  })
}

interface Sides {
  readonly rounds: number
  readonly each: number
  readonly kind: string
  readonly peer: URL
  readonly writeDatabase?: (file: string) => Promise<void>
  readonly messages: (world: OpenWorld, at: Target) => Promise<() => readonly Prepared[]>
}

/** The bot that runs, the request that it has taken in, and how many messages make a round. */
interface Target {
  readonly port: number
  readonly iid: number
  readonly count: number
}

async function sideBySide({ rounds, each, kind, peer, messages, writeDatabase }: Sides): Promise<Throughput> {
  const world = await openWorld({
    ...benchWorld,
    ...(writeDatabase && { writeDatabase }),
    env: { ...benchWorld.env, GITLAB_WEBHOOK_SECRET: secret },
  })
  const [deskPort, peerPort] = [await freePort(), await freePort()]
  const started: ChildProcess[] = []
  const start = async (port: number, script?: URL) => {
    const env = { PORT: String(port), FILE: `${world.folder}/webhooks.db`, SECRET: secret }
    const child = world.startProcess({
      ...{ ...(script && { script }), preload: watch, env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    started.push(child)
    await ready(port)
    return async (messages: readonly Prepared[]): Promise<Rate> => {
      const before = await cpuSecondsOf(child)
      const perSecond = await flood(port, messages, connections)
      return { perSecond, cpuMs: (((await cpuSecondsOf(child)) - before) * 1000) / messages.length }
    }
  }
  try {
    const { iid } = world.gitlab.submitRequest({ description })
    const floodDesk = await start(deskPort)
    const floodPeer = await start(peerPort, peer)
    const next = await messages(world, { port: deskPort, iid, count: each })
    const desk: Rate[] = []
    const beside: Rate[] = []
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const ofPeer = await floodPeer(next())
      const ofDesk = await floodDesk(next())
      if (round === 0) continue
      beside.push(ofPeer)
      desk.push(ofDesk)
    }
    return { desk, peer: beside, accepted: (rounds + 1) * each, stored: countOf(world.databaseFile, kind) }
  } finally {
    for (const child of started) {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    await world.close()
  }
}

/** Read from outside the bot, which is still running: what this connection sees is committed. */
function countOf(databaseFile: string, kind: string): number {
  const database = new Sqlite(databaseFile, { readonly: true })
  try {
    return Number(database.prepare('select count(*) from inbox where kind = ?').pluck().get(kind))
  } finally {
    database.close()
  }
}
