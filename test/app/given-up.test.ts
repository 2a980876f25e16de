/** An acknowledged click, modal or command that can't be handled: nobody else would do it, so its person is told. */
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { channel, people, securityChannel, startWorld, type World } from './desk-world.ts'
import { agent, aTicket, openOnTicket, ticketCard } from './ticket-acts.ts'

/** A defect: the bot can write nothing more of its requests, or not what comes with this condition. */
function breakWrites(world: World, when = 'true'): void {
  inDatabase(world, (db) =>
    db.exec(
      `create trigger broken before update on request when ${when} begin select raise(abort, 'defect'); end`,
    ),
  )
}

/** Longer than the pauses between twenty attempts. */
async function untilGivenUp(world: World): Promise<void> {
  for (let minute = 0; minute < 75; minute += 1) {
    world.clock.advance({ minutes: 1 })
    await world.drain()
  }
}

function inDatabase<T>({ databaseFile }: World, work: (db: Database.Database) => T): T {
  const db = new Database(databaseFile)
  try {
    return work(db)
  } finally {
    db.close()
  }
}

const audited = (world: World) =>
  inDatabase(world, (db) =>
    db
      .prepare("select who, iid, details from audit where what = 'given-up'")
      .all()
      .map((row) => {
        const { details, ...rest } = row as { who: string; iid: number | null; details: string }
        return { ...rest, ...JSON.parse(details) }
      }),
  )

const wentWrong = (name: string) =>
  new RegExp(
    `^What you asked for on ${name} didn’t work: .* Nothing was changed or sent, .* Reference: inbox-\\d+$`,
  )

test('a click on a card', async () => {
  const world = await startWorld()
  const iid = await world.request()
  breakWrites(world)

  await world.click(iid, 'Mark Spam')
  await untilGivenUp(world)

  expect(world.told(people.engineer.id)).toEqual([expect.stringMatching(wentWrong(`#${iid}`))])
  expect(audited(world)).toEqual([
    {
      who: `slack:${people.engineer.id}`,
      iid,
      ...{
        entry: 'decision',
        decision: 'mark-spam',
        attempts: 20,
        reference: expect.stringMatching(/^inbox-/),
      },
    },
  ])
  const metrics = await (await world.fetch(`${world.url}/metrics`)).text()
  expect(metrics).toContain('privacy_desk_given_up_total{kind="decision"} 1')
})

test('a click on a request of which nothing can be read any more', async () => {
  const world = await startWorld()
  const iid = await world.request()
  breakWrites(world)

  await world.click(iid, 'Mark Spam')
  inDatabase(world, (db) => db.exec("drop trigger broken; update request set facts = '{'"))
  await untilGivenUp(world)

  expect(world.told(people.engineer.id)).toEqual([expect.stringMatching(/^What you asked for didn’t work: /)])
  expect(audited(world)).toMatchObject([{ who: `slack:${people.engineer.id}`, entry: 'decision' }])
})

test('a command', async () => {
  const world = await startWorld()
  const iid = await world.request()
  breakWrites(world)

  await world.slack.command(people.engineer.id, channel, '/privacy', `claim ${iid}`)
  await untilGivenUp(world)

  expect(world.told(people.engineer.id)).toEqual([expect.stringMatching(wentWrong(`#${iid}`))])
  expect(audited(world)).toMatchObject([{ iid, entry: 'command', command: 'claim' }])
})

test('a modal of a ticket', async () => {
  const given = await aTicket()
  const { world, ticket } = given
  const view = await openOnTicket(given, 'Reply')
  breakWrites(world, 'new.facts <> old.facts')

  await world.slack.submit(agent, view?.id ?? '', { 'Reply to the requester': 'It is encrypted.' })
  await untilGivenUp(world)

  expect(world.told(agent)).toEqual([expect.stringMatching(wentWrong(`.*${ticket}`))])
  expect(audited(world)).toMatchObject([{ who: `slack:${agent}`, iid: null, ticket, decision: 'reply' }])
  expect(JSON.stringify(audited(world))).not.toContain('encrypted')
})

test('a command of the security desk', async () => {
  const given = await aTicket()
  const { world, ticket } = given
  ticketCard(given)
  breakWrites(world)

  await world.slack.command(agent, securityChannel, '/security', `claim ${ticket}`)
  await untilGivenUp(world)

  expect(world.told(agent)).toEqual([expect.stringMatching(wentWrong(`.*${ticket}`))])
})

test('a hint, which nobody waits for, is counted and logged and leaves the audit log alone', async () => {
  const world = await startWorld()
  const iid = await world.request()
  breakWrites(world)

  world.gitlab.requesterReplies(iid, 'Here are my answers.')
  await untilGivenUp(world)

  const metrics = await (await world.fetch(`${world.url}/metrics`)).text()
  expect(metrics).toMatch(/privacy_desk_given_up_total\{kind="gitlab-hint"\} [1-9]/)
  expect(world.logged.some((line) => line.includes('"msg":"given up"'))).toBe(true)
  expect(audited(world)).toEqual([])
})
