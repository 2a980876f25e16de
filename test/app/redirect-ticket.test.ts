/** `/privacy redirect-ticket`, through the whole app and a local Zendesk. */
import { describe, expect, test } from 'vitest'
import { channel, inSlack, people, startWorld, type World, type WorldOptions } from './desk-world.ts'

const startZendeskWorld = (options: WorldOptions = {}) => startWorld({ zendesk: true, ...options })

/** Types the command, and all that follows happens. */
async function type(world: World, text: string, by: string = people.engineer.id): Promise<void> {
  await world.slack.command(by, channel, '/privacy', text)
  await world.settle()
}

/** Types the command and waits for the first answer, which needs no turn of the worker. */
async function ask(world: World, text: string, by: string = people.engineer.id): Promise<string> {
  const before = world.told(by).length
  await type(world, text, by)
  return inSlack(world, () => world.told(by).slice(before).at(-1))
}

/** Written to support, so that it is no ticket of Field Security's. */
const toSupport = { recipient: 'support@example.com' } as const
const aTicket = /\/tickets\/\d+(?:\.json)?$/
const puts = (world: World) => world.zendesk.fake.received('PUT', /./)
const mention = (id: string) => `<@${id}>`
const redirected = (id: number) =>
  `Ticket ${id} was redirected: the requester was sent to the form, and the ticket is solved.`

describe('A request that arrived in Zendesk as a ticket', () => {
  test.each(['deletion', 'access', 'both'])(
    'is sent to the form, and the ticket is solved: %s',
    async (to) => {
      const world = await startZendeskWorld()
      const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)

      const answer = await ask(world, `redirect-ticket ${ticket.id} ${to}`)

      expect(answer).toBe(redirected(ticket.id))
      expect(ticket.status).toBe('solved')
      expect(ticket.comments).toHaveLength(2)
      expect(ticket.comments[1]).toMatchObject({
        body: expect.stringContaining('https://support.gitlab.io/personal-data-request/'),
        public: true,
      })
      expect(puts(world)).toHaveLength(1)
    },
  )

  test('is answered by the macros that config/desk.yaml gives, one after the other in one comment', async () => {
    const world = await startZendeskWorld({
      deskYaml: (text) =>
        text.replace(/^ {2}deletion: #/m, '  deletion: 7 #').replace(/^ {2}access: #/m, '  access: 8 #'),
    })
    world.zendesk.macros.set(7, { id: 7, body: 'Deletion by the form.' })
    world.zendesk.macros.set(8, { id: 8, body: 'Access by the form.' })
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)

    await ask(world, `redirect-ticket #${ticket.id} BOTH`)

    expect(ticket.comments.slice(1)).toEqual([
      { body: 'Deletion by the form.\n\nAccess by the form.', public: true },
    ])
    expect(ticket.status).toBe('solved')
  })

  test('is told of to nobody but who asked, and only when it is done', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    const retryLater = { status: 429, headers: { 'retry-after': '90' }, body: {} }
    world.zendesk.fake.fail({ method: 'PUT', failure: { answer: retryLater } })

    await ask(world, `redirect-ticket ${ticket.id} deletion`)
    const beforehand = world.told(people.engineer.id)
    await world.advance({ seconds: 89 })
    const tooEarly = puts(world).length
    await world.advance({ seconds: 2 })

    expect(beforehand).toEqual([
      `Ticket ${ticket.id} is not redirected yet. Zendesk asks to wait (429). The bot goes on by itself and tells you how it ends.`,
    ])
    expect([tooEarly, puts(world).length]).toEqual([1, 2])
    expect(world.told(people.engineer.id).slice(1)).toEqual([redirected(ticket.id)])
    expect(world.slack.messages(channel).filter(({ text }) => text.includes(String(ticket.id)))).toEqual([])
  })

  test('is redirected once, though the answer of Zendesk is lost and the bot is restarted', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    world.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })

    await ask(world, `redirect-ticket ${ticket.id} deletion`)
    await world.restart()
    await world.passTime(3, 10)

    expect(ticket.comments).toHaveLength(2)
    expect(puts(world)).toHaveLength(1)
    expect(world.told(people.engineer.id).at(-1)).toBe(redirected(ticket.id))
  })

  test('is redirected when Zendesk is back, though it could not even be read', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    const answer = { status: 429, headers: { 'retry-after': '60' }, body: {} }
    world.zendesk.fake.fail({ method: 'GET', path: aTicket, failure: { answer } })

    await ask(world, `redirect-ticket ${ticket.id} deletion`)
    await world.advance({ seconds: 59 })
    const tooEarly = world.zendesk.fake.received('GET', aTicket).length
    await world.advance({ seconds: 2 })

    expect(tooEarly).toBe(1)
    expect(ticket.status).toBe('solved')
    expect(world.told(people.engineer.id)).toEqual([
      `Zendesk can’t be read right now, so ticket ${ticket.id} is not redirected yet. The bot tries again by itself and tells you how it ends.`,
      redirected(ticket.id),
    ])
  })
})

describe('The same ticket redirected twice', () => {
  test.each([people.engineer, people.secondEngineer])(
    'within a day is answered with whom and when, and nothing is sent: $id',
    async (second) => {
      const world = await startZendeskWorld()
      const { id, comments } = world.zendesk.submitTicket('Please see to my data', toSupport)
      await ask(world, `redirect-ticket ${id} deletion`)
      await world.advance({ hours: 23 })

      const answer = await ask(world, `redirect-ticket ${id} access`, second.id)

      expect(answer).toBe(
        `Ticket ${id} was redirected already, by ${mention(people.engineer.id)} on 1 March 2026, 10:00 UTC. Nothing was sent.`,
      )
      expect(comments).toHaveLength(2)
      expect(puts(world)).toHaveLength(1)
    },
  )

  test('while it is under way is answered so', async () => {
    const world = await startZendeskWorld()
    const { id } = world.zendesk.submitTicket('Please see to my data', toSupport)
    const answer = { status: 429, headers: { 'retry-after': '3600' }, body: {} }
    world.zendesk.fake.fail({ method: 'PUT', failure: { answer } })
    await ask(world, `redirect-ticket ${id} deletion`)

    const second = await ask(world, `redirect-ticket ${id} deletion`, people.manager.id)

    expect(second).toBe(
      `Ticket ${id} is being redirected already: ${mention(people.engineer.id)} asked for it on 1 March 2026, 10:00 UTC, and hears how it ends.`,
    )
    expect(puts(world)).toHaveLength(1)
  })

  test('by two people at once is redirected once', async () => {
    const world = await startZendeskWorld()
    const { id, comments } = world.zendesk.submitTicket('Please see to my data', toSupport)

    await Promise.all([
      world.slack.command(people.engineer.id, channel, '/privacy', `redirect-ticket ${id} both`),
      world.slack.command(people.secondEngineer.id, channel, '/privacy', `redirect-ticket ${id} both`),
    ])
    await world.settle()

    expect(comments).toHaveLength(2)
    expect(puts(world)).toHaveLength(1)
    const told = [people.engineer, people.secondEngineer].flatMap((person) => world.told(person.id))
    expect(told).toHaveLength(2)
    expect(told).toContain(redirected(id))
  })

  test('after a day is judged by the ticket, which may have been opened again', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    await ask(world, `redirect-ticket ${ticket.id} deletion`)
    await world.advance({ hours: 25 })
    const solved = await ask(world, `redirect-ticket ${ticket.id} deletion`)

    ticket.status = 'open'
    const reopened = await ask(world, `redirect-ticket ${ticket.id} deletion`)

    expect(solved).toBe(`Ticket ${ticket.id} is solved already. Nothing was sent.`)
    expect(reopened).toBe(redirected(ticket.id))
    expect(ticket.comments).toHaveLength(3)
  })

  test('after it failed is redirected', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    world.zendesk.fake.fail({
      method: 'PUT',
      failure: { answer: { status: 409, body: { error: 'UpdateConflict' } } },
    })

    const first = await ask(world, `redirect-ticket ${ticket.id} deletion`)
    await world.passTime(3, 60)
    const sent = puts(world).length
    const second = await ask(world, `redirect-ticket ${ticket.id} deletion`)

    expect(first).toBe(
      `Ticket ${ticket.id} was not redirected. Somebody has changed ticket ${ticket.id} meanwhile; look at it and run the command again.`,
    )
    expect(sent).toBe(1)
    expect(second).toBe(redirected(ticket.id))
    expect(ticket.comments).toHaveLength(2)
  })
})

describe('A ticket is not redirected', () => {
  test('by who is no support engineer or manager', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)

    const privacy = await ask(world, `redirect-ticket ${ticket.id} deletion`, people.privacy.id)
    const member = await ask(world, `redirect-ticket ${ticket.id} deletion`, people.member.id)
    const manager = await ask(world, `redirect-ticket ${ticket.id} deletion`, people.manager.id)

    expect(privacy).toBe('Tickets are redirected by support engineers and support managers.')
    expect(member).toContain('Only people with a role at the desk may ask this')
    expect(manager).toBe(redirected(ticket.id))
    expect(puts(world)).toHaveLength(1)
  })

  test.each([
    ['solved', 'is solved already. Nothing was sent.'],
    ['closed', 'is closed, and Zendesk lets nobody change it any more. Nothing was sent.'],
    ['deleted', 'was deleted. Nothing was sent.'],
  ])('that is %s', async (status, because) => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    ticket.status = status

    const answer = await ask(world, `redirect-ticket ${ticket.id} deletion`)

    expect(answer).toBe(`Ticket ${ticket.id} ${because}`)
    expect(puts(world)).toEqual([])
  })

  test.each([
    [
      404,
      'Zendesk shows no ticket 77 to the bot (404): check the number; it may have been deleted. Nothing was sent.',
    ],
    [401, 'Zendesk does not accept the bot’s token (401): tell the bot’s operators. Nothing was sent.'],
    [403, 'Zendesk does not let the bot’s account read ticket 77 (403). Nothing was sent.'],
  ])('that answers %d', async (status, because) => {
    const world = await startZendeskWorld()
    world.zendesk.fake.fail({
      times: Number.POSITIVE_INFINITY,
      method: 'GET',
      path: aTicket,
      failure: { answer: { status, body: {} } },
    })

    const answer = await ask(world, 'redirect-ticket 77 deletion')
    await world.advance({ hours: 1 })

    expect(answer).toBe(because)
    // A 401 once more, with an access token made anew.
    expect(world.zendesk.fake.received('GET', aTicket)).toHaveLength(status === 401 ? 2 : 1)
    expect(puts(world)).toEqual([])
  })

  test('without ZENDESK_URL', async () => {
    const world = await startWorld()

    expect(await ask(world, 'redirect-ticket 77 deletion')).toBe(
      'Everything Zendesk is off here: ZENDESK_URL is not set. Ticket 77 was not redirected.',
    )
  })

  test.each(['redirect-ticket', 'redirect-ticket 77', 'redirect-ticket 77 all', 'redirect-ticket x both'])(
    'by what is no command: %s',
    async (text) => {
      const world = await startZendeskWorld()

      expect(await ask(world, text)).toBe('How to use /privacy')
      expect(world.zendesk.fake.received('GET', aTicket)).toEqual([])
      expect(puts(world)).toEqual([])
    },
  )
})

test('The audit log tells who redirected which ticket, who was refused and what came of it', async () => {
  const world = await startZendeskWorld()
  const { id } = world.zendesk.submitTicket('I am Jane Doe, jane@example.com', toSupport)
  await ask(world, `redirect-ticket ${id} deletion`, people.privacy.id)
  await ask(world, `redirect-ticket ${id} deletion`)

  const entries = (await world.audit()).filter((one) => JSON.stringify(one).includes('redirect-ticket'))

  expect(entries.map(({ what, who, details }) => ({ what, who, details }))).toEqual([
    {
      what: 'refused',
      who: `slack:${people.privacy.id}`,
      details: {
        decision: 'redirect-ticket',
        ticket: id,
        because: 'Tickets are redirected by support engineers and support managers.',
      },
    },
    {
      what: 'decided',
      who: `slack:${people.engineer.id}`,
      details: { decision: 'redirect-ticket', ticket: id, to: 'deletion' },
    },
    {
      what: 'effect',
      who: 'bot',
      details: {
        effect: 'redirect-ticket',
        subject: `ticket:${id}`,
        opId: expect.any(String),
        outcome: 'done',
        attempt: 1,
        ticket: id,
        to: 'deletion',
      },
    },
  ])
})
