/** An acknowledged click, modal or command that can't be handled: nobody else would do it, so its person is told. */
import { expect, onTestFinished, test } from 'vitest'
import { channel, people, securityChannel, startWorld, type World } from '../app/desk-world.ts'
import { agent, aTicket, openOnTicket, ticketCard } from '../app/ticket-acts.ts'
import { isOnPostgres } from '../postgres/databases.ts'

/** A defect: the bot can write nothing more of its requests, or not what comes with this condition. */
async function breakWrites(world: World, when = 'true'): Promise<void> {
  const broken = isOnPostgres()
    ? `create or replace function broken() returns trigger language plpgsql as
         $$ begin raise exception 'defect'; end $$;
       create trigger broken before update on request for each row when (${when}) execute function broken()`
    : `create trigger broken before update on request when ${when} begin select raise(abort, 'defect'); end`
  await world.inDatabase(broken)
  // Tests share their databases, one after the other.
  if (isOnPostgres()) onTestFinished(() => mendWrites(world))
}

async function mendWrites(world: World): Promise<void> {
  await world.inDatabase(isOnPostgres() ? 'drop trigger if exists broken on request' : 'drop trigger broken')
}

/** Longer than the pauses between twenty attempts. */
async function untilGivenUp(world: World): Promise<void> {
  for (let minute = 0; minute < 75; minute += 1) {
    world.clock.advance({ minutes: 1 })
    await world.drain()
  }
}

async function audited(world: World) {
  const rows = await world.inDatabase<{ who: string; iid: number | null; details: string }>(
    "select who, cast(iid as integer) as iid, details from audit where what = 'given-up'",
  )
  return rows.map(({ details, ...rest }) => ({ ...rest, ...JSON.parse(details) }))
}

const wentWrong = (name: string) =>
  new RegExp(
    `^What you asked for on ${name} didn’t work: .* Nothing was changed or sent, .* Reference: inbox-\\d+$`,
  )

test('a click on a card', async () => {
  const world = await startWorld()
  const iid = await world.request()
  await breakWrites(world)

  await world.click(iid, 'Mark Spam')
  await untilGivenUp(world)

  expect(world.told(people.engineer.id)).toEqual([expect.stringMatching(wentWrong(`#${iid}`))])
  expect(await audited(world)).toEqual([
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
  await breakWrites(world)

  await world.click(iid, 'Mark Spam')
  await mendWrites(world)
  await world.inDatabase("update request set facts = '{'")
  await untilGivenUp(world)

  expect(world.told(people.engineer.id)).toEqual([expect.stringMatching(/^What you asked for didn’t work: /)])
  expect(await audited(world)).toMatchObject([{ who: `slack:${people.engineer.id}`, entry: 'decision' }])
})

test('a command', async () => {
  const world = await startWorld()
  const iid = await world.request()
  await breakWrites(world)

  await world.slack.command(people.engineer.id, channel, '/privacy', `claim ${iid}`)
  await untilGivenUp(world)

  expect(world.told(people.engineer.id)).toEqual([expect.stringMatching(wentWrong(`#${iid}`))])
  expect(await audited(world)).toMatchObject([{ iid, entry: 'command', command: 'claim' }])
})

test('a modal of a ticket', async () => {
  const given = await aTicket()
  const { world, ticket } = given
  const view = await openOnTicket(given, 'Reply')
  await breakWrites(world, 'new.facts <> old.facts')

  await world.slack.submit(agent, view?.id ?? '', { 'Reply to the requester': 'It is encrypted.' })
  await untilGivenUp(world)

  expect(world.told(agent)).toEqual([expect.stringMatching(wentWrong(`.*${ticket}`))])
  expect(await audited(world)).toMatchObject([
    { who: `slack:${agent}`, iid: null, ticket, decision: 'reply' },
  ])
  expect(JSON.stringify(await audited(world))).not.toContain('encrypted')
})

test('a command of the security desk', async () => {
  const given = await aTicket()
  const { world, ticket } = given
  ticketCard(given)
  await breakWrites(world)

  await world.slack.command(agent, securityChannel, '/security', `claim ${ticket}`)
  await untilGivenUp(world)

  expect(world.told(agent)).toEqual([expect.stringMatching(wentWrong(`.*${ticket}`))])
})

test('a hint, which nobody waits for, is counted and logged and leaves the audit log alone', async () => {
  const world = await startWorld()
  const iid = await world.request()
  await breakWrites(world)

  world.gitlab.requesterReplies(iid, 'Here are my answers.')
  await untilGivenUp(world)

  const metrics = await (await world.fetch(`${world.url}/metrics`)).text()
  expect(metrics).toMatch(/privacy_desk_given_up_total\{kind="gitlab-hint"\} [1-9]/)
  expect(world.logged.some((line) => line.includes('"msg":"given up"'))).toBe(true)
  expect(await audited(world)).toEqual([])
})
