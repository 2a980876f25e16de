import { expect, onTestFinished, test } from 'vitest'
import { formCopy, people, startWorld, type World } from '../app/desk-world.ts'
import { between } from './between.ts'
import { asking, bareDatabase } from './databases.ts'

/** The server takes the bot for nobody, as one that is being started, until it is let in again. */
async function away({ databaseUrl }: World): Promise<() => Promise<void>> {
  const other = await bareDatabase()
  const name = new URL(databaseUrl).pathname.slice(1)
  await asking(other, `alter database ${name} with allow_connections false`)
  await asking(other, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  const connected = () =>
    asking(other, `select pid from pg_stat_activity where datname = '${name}'`).then(({ length }) => length)
  await expect.poll(connected).toBe(0)
  let isBack = false
  const back = async () => {
    if (!isBack) await asking(other, `alter database ${name} with allow_connections true`)
    isBack = true
  }
  onTestFinished(back)
  return back
}

test('a click while the server is away is told, a webhook is not acknowledged, and the bot goes on once it is back', async () => {
  const world = await startWorld({ sockets: true })
  const iid = await world.request()
  const back = await away(world)

  const click = await world.slack.click(
    people.engineer.id,
    world.card(iid),
    { button: 'Mark Spam' },
    { confirm: true },
  )
  const another = world.gitlab.submitRequest({ description: formCopy(), autoResponse: undefined })
  await world.gitlab.webhooks.settled()
  const [delivery] = world.gitlab.webhooks.deliveries.slice(-1)
  const { status } = await fetch(`${world.url}/readyz`)
  // The click changes nothing: it would have opened the preview.
  expect(click.status).toBe(200)
  expect(world.told(people.engineer.id).at(-1)).toContain('Something went wrong')
  expect(delivery?.answers).toEqual([503])
  expect(status).toBe(503)
  expect(world.done(iid)).toEqual([])

  await back()
  if (delivery) world.gitlab.webhooks.resend(delivery)
  await world.gitlab.webhooks.settled()
  await world.click(iid, 'Mark Spam')
  expect(world.done(iid)).toEqual(['add Invalid Request::Spam', 'closed'])
  expect(world.slack.buttons(world.card(another.iid))).toContain('Start')
  expect((await fetch(`${world.url}/readyz`)).status).toBe(200)
})

test('a connection on which nothing comes any more is given up, and the bot goes on at the same address', {
  timeout: 150_000,
}, async () => {
  let server: Awaited<ReturnType<typeof between>> | undefined
  const world = await startWorld({
    databaseVia: async (url) => {
      server = await between(url)
      return server.url
    },
  })
  const iid = await world.request()

  server?.fallSilent()
  await expect.poll(() => world.request().catch(() => undefined), { timeout: 120_000 }).toBeGreaterThan(iid)
  await world.click(iid, 'Mark Spam')

  expect(world.done(iid)).toEqual(['add Invalid Request::Spam', 'closed'])
})

test('no log holds the password of the database, whatever fails', async () => {
  const world = await startWorld({ sockets: true })
  await world.request()
  const back = await away(world)
  await fetch(`${world.url}/readyz`)
  await world.settle().catch(() => undefined)
  await back()

  const { password } = new URL(world.databaseUrl)
  expect(world.logged.join('')).not.toContain(`:${password}@`)
})
