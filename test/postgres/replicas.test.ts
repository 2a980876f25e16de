/** Two processes of the bot on one database: each takes what comes to it, and one of them is killed. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { firstOrders, type Order } from '../../prove/crash/orders.ts'
import { watchCalls } from '../../prove/crash/watch-calls.ts'
import { trustSafetyProject } from '../../sandbox/gitlab/seed.ts'
import type { Issue } from '../../sandbox/gitlab/world.ts'
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import { type OpenWorld, openWorld } from '../../sandbox/world.ts'
import { formCopy } from '../app/desk-world.ts'
import { postgresDatabase } from './databases.ts'

interface Replica {
  readonly process: ChildProcess
  readonly port: number
}

async function twoReplicas(
  pollSeconds = '3600',
): Promise<{ world: OpenWorld; replicas: readonly [Replica, Replica] }> {
  const world = await openWorld({
    now: () => new Date(),
    zendesk: false,
    env: { DATABASE_URL: await postgresDatabase(), GITLAB_POLL_SECONDS: pollSeconds },
  })
  onTestFinished(() => world.close())
  const replicas = await Promise.all([startReplica(world), startReplica(world)])
  return { world, replicas: [replicas[0], replicas[1]] }
}

async function startReplica(
  world: OpenWorld,
  env: Readonly<Record<string, string>> = {},
  clockAheadMs?: number,
): Promise<Replica> {
  const orders = [{ order: 'clock', aheadMs: clockAheadMs ?? 0 } satisfies Order]
  const child = world.startProcess({
    ...(clockAheadMs === undefined
      ? { env }
      : { env: { ...env, [firstOrders]: JSON.stringify(orders) }, preload: wrongClock }),
    stdio: ['ignore', 'pipe', 'inherit', ...(clockAheadMs === undefined ? [] : (['ipc'] as const))],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  let said = ''
  const ready = new Promise<number>((resolve) => {
    child.stdout?.on('data', (more) => {
      said += String(more)
      const port = /"port":(\d+)[^\n]*privacy-desk is ready/.exec(said)?.[1]
      if (port !== undefined) resolve(Number(port))
    })
  })
  const port = await Promise.race([ready, once(child, 'exit').then(() => undefined)])
  if (port === undefined) throw new Error(`a replica ended before it was ready: ${said}`)
  return { process: child, port }
}

const wrongClock = new URL('../../prove/crash/preload.ts', import.meta.url)

function cardOf({ slack }: OpenWorld, iid: number) {
  return slack.messages(CHANNELS.privacy.name).findLast(({ text }) => text.startsWith(`#${iid} `))
}

/** What the bot has changed on the issue, in GitLab's own order. */
function done(issue: Issue): readonly string[] {
  const ours = ({ user }: { readonly user: { readonly username: string } }) =>
    user.username === 'privacy-desk-bot'
  return [
    ...issue.labelEvents.filter(ours).map(({ id, action, label }) => ({ id, what: `${action} ${label}` })),
    ...issue.stateEvents.filter(ours).map(({ id, state }) => ({ id, what: state })),
  ]
    .toSorted((one, other) => one.id - other.id)
    .map(({ what }) => what)
}

/** Three processes start here, beside those of all other tests. */
const patienceMs = 240_000
/** Eight on a machine with nothing else to do: a lease of seven, and a second until the next look. */
const takenOverWithinSeconds = 20

const markedAsSpam = ['add Invalid Request::Spam', 'closed']

test('clicks and webhooks go to either of two replicas, and one is killed with work in hand: nothing is lost, nothing doubled, and the other goes on', {
  timeout: patienceMs,
}, async () => {
  const { world, replicas } = await twoReplicas()
  const [killed, other] = replicas
  const iids: number[] = []
  for (let count = 0; count < 6; count += 1) {
    world.botListensAt(replicas[count % 2 === 0 ? 0 : 1].port)
    iids.push(world.gitlab.submitRequest({ description: formCopy() }).iid)
    await world.gitlab.webhooks.settled()
  }
  for (const iid of iids) await expect.poll(() => cardOf(world, iid)).toBeDefined()
  const click = async (iid: number, replica: Replica) => {
    world.botListensAt(replica.port)
    const card = cardOf(world, iid)
    if (!card) throw new Error('no card')
    return world.slack.click(PEOPLE.engineer.id, card, { button: 'Mark Spam' }, { confirm: true })
  }
  // Its answer is on its way when the replica dies: what came of it nobody has written down.
  world.gitlab.fake.fail({ method: 'PUT', path: /\/issues\/\d+$/, failure: { hang: true, applied: true } })

  const statuses: number[] = []
  for (const [index, iid] of iids.entries())
    statuses.push((await click(iid, index < 4 ? killed : other)).status)
  killed.process.kill('SIGKILL')
  const killedAt = performance.now()
  world.botListensAt(other.port)

  const outcome = () => iids.map((iid) => done(world.gitlab.issue(iid)))
  await expect.poll(outcome).toEqual(iids.map(() => markedAsSpam))
  expect((performance.now() - killedAt) / 1_000).toBeLessThan(takenOverWithinSeconds)
  expect(statuses).toEqual(iids.map(() => 200))
  for (const iid of iids) await expect.poll(() => cardOf(world, iid)?.text).toContain('Closed')
  const cards = world.slack.messages(CHANNELS.privacy.name).filter(({ text }) => /^#\d+ /.test(text))
  expect(cards).toHaveLength(iids.length)
})

/** Those that the poll makes: they alone ask for a list. */
function polls({ gitlab }: OpenWorld): number {
  return gitlab.fake.received('GET', /\/issues$/).length
}

test('one of them polls, and the other goes on with it when that one is killed', {
  timeout: patienceMs,
}, async () => {
  const { world, replicas } = await twoReplicas('1')
  // Of two that polled each second there would be twice as many.
  const before = { polls: polls(world), at: performance.now() }
  await expect.poll(() => polls(world)).toBeGreaterThan(before.polls + 5)
  const perSecond = (polls(world) - before.polls) / ((performance.now() - before.at) / 1_000)
  expect(perSecond).toBeLessThan(1.2)

  replicas[0].process.kill('SIGKILL')
  const [polledBefore, killedAt] = [polls(world), performance.now()]
  await expect.poll(() => polls(world)).toBeGreaterThan(polledBefore + 3)

  expect((performance.now() - killedAt) / 1_000).toBeLessThan(takenOverWithinSeconds + 5)
})

test('replicas that are started anew one after the other lose no click, and do none twice', {
  timeout: patienceMs,
}, async () => {
  const { world, replicas } = await twoReplicas('1')
  const iids = Array.from({ length: 6 }, () => world.gitlab.submitRequest({ description: formCopy() }).iid)
  for (const iid of iids) await expect.poll(() => cardOf(world, iid)).toBeDefined()
  const click = async (iid: number) => {
    const card = cardOf(world, iid)
    if (!card) throw new Error('no card')
    return world.slack.click(PEOPLE.engineer.id, card, { button: 'Mark Spam' }, { confirm: true })
  }
  const acknowledged: number[] = []
  const running = [...replicas]

  for (const replica of replicas) {
    // While it stops it is told nothing more, as by a load balancer that asks /readyz.
    for (const iid of iids.splice(0, 2)) {
      world.botListensAt(replica.port)
      if ((await click(iid)).status === 200) acknowledged.push(iid)
    }
    replica.process.kill('SIGTERM')
    await once(replica.process, 'exit')
    running.push(await startReplica(world))
  }
  world.botListensAt(running.at(-1)?.port ?? 0)
  for (const iid of iids) if ((await click(iid)).status === 200) acknowledged.push(iid)

  expect(acknowledged).toHaveLength(6)
  const outcome = () => acknowledged.map((iid) => done(world.gitlab.issue(iid)))
  await expect.poll(outcome).toEqual(acknowledged.map(() => markedAsSpam))
  expect(replicas.map((replica) => replica.process.exitCode)).toEqual([0, 0])
})

test('a replica of another project is refused, with the reason', { timeout: patienceMs }, async () => {
  const { world } = await twoReplicas('1')
  await expect.poll(() => polls(world)).toBeGreaterThan(1)

  await expect(startReplica(world, { GITLAB_PROJECT: trustSafetyProject })).rejects.toThrow(
    /OtherProject: The database holds the requests of the GitLab project support\/personal-account-requests \(101\), and GITLAB_PROJECT is/,
  )
})

test('a replica that is told to stop says so at /readyz first, and takes what comes meanwhile', {
  timeout: patienceMs,
}, async () => {
  const { world, replicas } = await twoReplicas('1')
  const [stopping] = replicas
  const { iid } = world.gitlab.submitRequest({ description: formCopy() })
  await expect.poll(() => cardOf(world, iid)).toBeDefined()
  world.botListensAt(stopping.port)

  stopping.process.kill('SIGTERM')
  const ready = async () => (await fetch(`http://127.0.0.1:${stopping.port}/readyz`)).status
  await expect.poll(ready, { interval: 20 }).toBe(503)
  const card = cardOf(world, iid)
  if (!card) throw new Error('no card')
  const { status } = await world.slack.click(
    PEOPLE.engineer.id,
    card,
    { button: 'Mark Spam' },
    { confirm: true },
  )

  expect(status).toBe(200)
  await once(stopping.process, 'exit')
  expect(stopping.process.exitCode).toBe(0)
  await expect.poll(() => done(world.gitlab.issue(iid))).toEqual(markedAsSpam)
})

test('a replica whose clock is a minute ahead takes nothing from one that is at it, nor does one that is a minute behind lose its own', {
  timeout: patienceMs,
}, async () => {
  const world = await openWorld({
    now: () => new Date(),
    zendesk: false,
    env: { DATABASE_URL: await postgresDatabase(), GITLAB_POLL_SECONDS: '3600' },
  })
  onTestFinished(() => world.close())
  const [behind, ahead] = await Promise.all([
    startReplica(world, {}, -60_000),
    startReplica(world, {}, 60_000),
  ])
  const iids: number[] = []
  for (const replica of [behind, ahead]) {
    world.botListensAt(replica.port)
    iids.push(world.gitlab.submitRequest({ description: formCopy() }).iid)
    await world.gitlab.webhooks.settled()
  }
  for (const iid of iids) await expect.poll(() => cardOf(world, iid)).toBeDefined()
  const release = watchCalls([world.gitlab.fake]).hold('PUT', /\/issues\/\d+$/)
  const puts = () => world.gitlab.fake.received('PUT', /\/issues\/\d+$/)

  const statuses: number[] = []
  for (const [index, replica] of [behind, ahead].entries()) {
    world.botListensAt(replica.port)
    const card = cardOf(world, iids[index] ?? 0)
    if (!card) throw new Error('no card')
    const click = await world.slack.click(
      PEOPLE.engineer.id,
      card,
      { button: 'Mark Spam' },
      { confirm: true },
    )
    statuses.push(click.status)
  }

  // Whoever went by another clock would have taken it over by then, and sent it again.
  await expect.poll(() => puts().length).toBe(iids.length)
  const heldAt = performance.now()
  await expect.poll(() => performance.now() - heldAt).toBeGreaterThan(3_000)
  expect(puts()).toHaveLength(iids.length)
  release()

  expect(statuses).toEqual([200, 200])
  await expect
    .poll(() => iids.map((iid) => done(world.gitlab.issue(iid))))
    .toEqual(iids.map(() => markedAsSpam))
  for (const iid of iids) await expect.poll(() => cardOf(world, iid)?.text).toContain('Closed')
  expect(puts()).toHaveLength(markedAsSpam.length * iids.length)
})
