/** A server that was fit when the bot started and is not any more: it loses answers, takes no writes, or takes its time. */
import { expect, onTestFinished, test } from 'vitest'
import { verifyAudit } from '../../src/store/audit-chain.ts'
import { openStore } from '../../src/store/open-store.ts'
import { formCopy, people, startWorld, type World } from '../app/desk-world.ts'
import { type Between, between } from './between.ts'
import { asking, bareDatabase } from './databases.ts'

const markedAsSpam = ['add Invalid Request::Spam', 'closed']

async function behind(): Promise<{ world: World; server: Between }> {
  let server: Between | undefined
  const world = await startWorld({
    sockets: true,
    databaseVia: async (url) => {
      server = await between(url)
      return server.url
    },
  })
  if (!server) throw new Error('this is a test on PostgreSQL')
  return { world, server }
}

/** Whoever was not told that it is done looks at the card, and clicks again where it still offers it. */
async function clickUntilDone(world: World, iid: number): Promise<void> {
  for (let time = 0; time < 5 && world.done(iid).length < markedAsSpam.length; time += 1) {
    if (world.slack.offers(world.card(iid)).includes('Mark Spam'))
      await world.slack
        .click(people.engineer.id, world.card(iid), { button: 'Mark Spam' }, { confirm: true })
        .catch(() => undefined)
    // Past the lease of what nobody knows to have claimed, and past every look for an outcome.
    for (let look = 0; look < 4; look += 1) {
      await world.settle().catch(() => undefined)
      await world.advance({ seconds: 30 }).catch(() => undefined)
    }
  }
}

/** It plays a click for each of its steps. */
const patienceMs = 120_000

test('a commit of which nobody knows whether it was carried out, at each step of a click: it is done once', {
  timeout: patienceMs,
}, async () => {
  const { world, server } = await behind()
  let lost = 0
  for (let nth = 1; nth <= 8; nth += 1) {
    const iid = await world.request()

    server.loseAnswerTo(/commit/i, nth)
    await clickUntilDone(world, iid)

    if (server.wasLost()) lost += 1
    expect(world.done(iid)).toEqual(markedAsSpam)
  }

  expect(lost).toBe(8)
  const store = await openStore({ databaseUrl: world.databaseUrl, now: world.clock.now, beside: true })
  onTestFinished(() => store.close())
  expect(await verifyAudit(store.tables)).toMatchObject({ ok: true })
})

test('a click that was stored, of which nobody knows: it is done once, whether it is clicked again or not', async () => {
  const { world, server } = await behind()
  const iid = await world.request()

  server.loseAnswerTo(/insert into "inbox"/, 1)
  await clickUntilDone(world, iid)

  expect(server.wasLost()).toBe(true)
  expect(world.done(iid)).toEqual(markedAsSpam)
})

test('answers that take two seconds: a webhook is not acknowledged, and all is done once when they come at once again', async () => {
  const { world, server } = await behind()
  const iid = await world.request()

  server.slowBy(2_000)
  const another = world.gitlab.submitRequest({ description: formCopy(), autoResponse: undefined })
  await world.gitlab.webhooks.settled()
  const [delivery] = world.gitlab.webhooks.deliveries.slice(-1)
  server.slowBy(0)
  // It takes longer than GitLab waits to be told that it is stored.
  expect(delivery?.answers).toEqual([503])
  if (delivery) world.gitlab.webhooks.resend(delivery)
  await world.gitlab.webhooks.settled()
  await clickUntilDone(world, iid)

  expect(world.done(iid)).toEqual(markedAsSpam)
  expect(world.slack.buttons(world.card(another.iid))).toContain('Start')
})

interface Unfit {
  begin(url: string, name: string, other: string): Promise<unknown>
  end(url: string, name: string, other: string): Promise<unknown>
}

const cut = (other: string, name: string) =>
  asking(other, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)

const unfit: Readonly<Record<string, Unfit>> = {
  'that became one to be read only, as the old primary after a failover': {
    begin: async (_url, name, other) => {
      await asking(other, `alter database ${name} set default_transaction_read_only = on`)
      await cut(other, name)
    },
    end: async (_url, name, other) => {
      await asking(other, `alter database ${name} set default_transaction_read_only = off`)
      await cut(other, name)
    },
  },
  // With the code of a full disk: https://www.postgresql.org/docs/current/errcodes-appendix.html
  'whose disk is full': {
    begin: (url) =>
      asking(
        url,
        `create function disk_is_full() returns trigger language plpgsql as
         $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
         create trigger full_inbox before insert or update on inbox execute function disk_is_full();
         create trigger full_outbox before insert or update on outbox execute function disk_is_full()`,
      ),
    end: (url) => asking(url, 'drop function disk_is_full cascade'),
  },
}

test.each(Object.keys(unfit))(
  'a server %s: nothing is acknowledged, and the bot goes on afterwards',
  async (kind) => {
    const world = await startWorld({ sockets: true })
    const iid = await world.request()
    const other = await bareDatabase()
    const name = new URL(world.databaseUrl).pathname.slice(1)
    const of = [world.databaseUrl, name, other] as const
    let isOver = false
    const end = async () => {
      if (!isOver) await unfit[kind]?.end(...of)
      isOver = true
    }
    onTestFinished(end)

    await unfit[kind]?.begin(...of)
    const told = world.told(people.engineer.id).length
    const click = await world.slack
      .click(people.engineer.id, world.card(iid), { button: 'Mark Spam' }, { confirm: true })
      .catch(() => undefined)
    const another = world.gitlab.submitRequest({ description: formCopy(), autoResponse: undefined })
    await world.gitlab.webhooks.settled()
    const [delivery] = world.gitlab.webhooks.deliveries.slice(-1)
    expect(delivery?.answers).toEqual([503])
    expect(click?.status === 200 && world.told(people.engineer.id).length === told).toBe(false)
    expect(world.done(iid)).toEqual([])

    await end()
    if (delivery) world.gitlab.webhooks.resend(delivery)
    await world.gitlab.webhooks.settled()
    await clickUntilDone(world, iid)
    expect(world.done(iid)).toEqual(markedAsSpam)
    expect(world.slack.buttons(world.card(another.iid))).toContain('Start')
  },
)
