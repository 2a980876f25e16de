import { connect } from 'node:net'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { formCopy, people, startWorld, type World } from '../app/desk-world.ts'
import { isOnPostgres } from '../postgres/databases.ts'

/** Whoever holds the database here holds it for longer than the bot waits. */
const held = { sockets: true, busyTimeoutMs: 50 } as const

/** Somebody else holds the database, so that nothing can be written until they let go. */
function hold(world: World): () => void {
  const other = new Database(world.databaseFile, { timeout: 0 })
  other.exec('BEGIN IMMEDIATE')
  return () => {
    other.exec('ROLLBACK')
    other.close()
  }
}

// A PostgreSQL that is busy is waited for, and one that is away stands in test/postgres.
describe.skipIf(isOnPostgres())('nothing is acknowledged that is not durably stored', () => {
  it('a webhook is answered 503, and when GitLab sends it again it is done', async () => {
    const world = await startWorld(held)
    await world.settle()
    const letGo = hold(world)

    const { iid } = world.gitlab.submitRequest({ description: formCopy(), autoResponse: undefined })
    await world.gitlab.webhooks.settled()
    letGo()
    const [delivery] = world.gitlab.webhooks.deliveries
    if (delivery) world.gitlab.webhooks.resend(delivery)
    await world.settle()

    expect(delivery?.answers).toEqual([503, 200])
    expect(world.slack.buttons(world.card(iid))).toContain('Start')
  }, 60_000)

  it('a click is answered with an error, which Slack shows, and clicked again it is done', async () => {
    const world = await startWorld(held)
    const iid = await world.request()
    const letGo = hold(world)

    const { status } = await world.slack.click(
      people.engineer.id,
      world.card(iid),
      { button: 'Mark Spam' },
      { confirm: true },
    )
    letGo()
    const done = world.done(iid)
    await world.click(iid, 'Mark Spam')

    expect(status).toBeGreaterThanOrEqual(400)
    expect(done).toEqual([])
    expect(world.done(iid)).toEqual(['add Invalid Request::Spam', 'closed'])
  }, 60_000)
})

describe('a clean stop', () => {
  it('does not wait for somebody who never finishes a request', async () => {
    const world = await startWorld({ sockets: true })
    const { port } = new URL(world.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write('POST /webhooks/gitlab HTTP/1.1\r\nhost: desk\r\ncontent-length: 1000\r\n\r\n{"half":')
    // One that came later is answered: the half of this one has arrived.
    await fetch(`${world.url}/healthz`)

    await world.stop()

    socket.destroy()
  })

  it('twice is as good as once, and afterwards nobody is answered', async () => {
    const world = await startWorld({ sockets: true })
    const { url } = world

    await world.stop()
    await world.stop()

    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })
})

it('a webhook of 25 MB, as large as GitLab sends, is answered 413', async () => {
  const world = await startWorld({ sockets: true })
  const statuses: (number | string)[] = []
  for (const body of [new Blob(['x'.repeat(25_000_000)]).stream(), 'x'.repeat(25_000_000)]) {
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    statuses.push(
      await fetch(`${world.url}/webhooks/gitlab`, init).then(
        ({ status }) => status,
        (error: Error) => `${error.message}: ${String(error.cause)}`,
      ),
    )
  }

  expect(statuses).toEqual([413, 413])
})
