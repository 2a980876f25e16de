/** Webhooks of Zendesk that are lost, doubled, late, forged, many, or about something else. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { zendeskWebhookSecret } from '../../sandbox/services.ts'
import { signature } from '../../sandbox/zendesk/webhooks.ts'
import { securityChannel, type World } from './desk-world.ts'
import { keptToItself, privateTicket } from './kept-to-itself.ts'
import {
  decideOnTicket,
  mailsOf,
  securityDigests,
  ticketCard,
  ticketCards,
  ticketCardText,
  ticketThread,
} from './ticket-acts.ts'

keptToItself()

const secret = zendeskWebhookSecret
const cards = ({ slack }: World) =>
  slack.messages(securityChannel).filter(({ text }) => text.startsWith('Security ticket '))

async function post(
  world: World,
  body: string,
  at: Date,
  key = secret,
  headers: Readonly<Record<string, string>> = {},
) {
  const timestamp = at.toISOString().replace(/\.\d{3}Z$/, 'Z')
  const response = await world.fetch(`${world.url}/webhooks/zendesk`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-zendesk-webhook-signature': signature(key, timestamp, body),
      'x-zendesk-webhook-signature-timestamp': timestamp,
      ...headers,
    },
    body,
  })
  await response.text()
  return response.status
}

describe('Webhooks that are lost', () => {
  test('leave it to the poll: a ticket, an answer, a solve, a reopen, a move to support', async () => {
    const given = await privateTicket({ webhook: false })
    const { world, ticket } = given
    const atFirst = ticketCardText(given)
    world.zendesk.someoneSolves(ticket)
    await world.advance({ minutes: 1 })
    const solved = ticketCardText(given)
    world.zendesk.requesterReplies(ticket, 'Wayne again.')
    await world.advance({ minutes: 1 })
    const reopened = ticketCardText(given)
    world.zendesk.someoneMoves(ticket, 8001)
    await world.advance({ minutes: 1 })

    expect(atFirst).toContain('Needs a reply from Field Security')
    expect(solved).toContain('*Solved in Zendesk*')
    expect(reopened).toContain('Needs a reply from Field Security')
    expect(ticketCardText(given)).toContain('*Given to support in Zendesk*')
    expect(world.zendesk.webhooks.deliveries).toEqual([])
  })

  test.each([3, 100])(
    'with more than a page of tickets (%i to a page): each gets its card, once',
    async (size) => {
      const given = await privateTicket({ webhook: false })
      const { world } = given
      const more = size === 100 ? 120 : 15
      world.zendesk.pageSize = size
      // What is as old as the bot's start is of its backlog.
      await world.advance({ minutes: 1 })
      for (let index = 0; index < more; index++) world.zendesk.submitTicket(`Wayne ${index}`)

      await world.passTime(8, 20)

      expect(cards(world)).toHaveLength(more + 1)
      expect(new Set(cards(world).map(({ text }) => text.split(':')[0])).size).toBe(more + 1)
    },
    60_000,
  )
})

describe('Webhooks that come otherwise than they were sent', () => {
  test('each of them twice: everything is said once', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    world.zendesk.webhooks.twice = true

    world.zendesk.requesterReplies(ticket, 'Wayne again.')
    await world.settle()
    await world.passTime(3, 60)

    expect(ticketThread(given)).toHaveLength(1)
    expect(ticketCards(given)).toHaveLength(1)
  })

  test('in the wrong order: the card shows how the ticket stands', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    world.zendesk.webhooks.hold()
    world.zendesk.requesterReplies(ticket, 'Wayne again.')
    world.zendesk.someoneSolves(ticket)
    world.zendesk.requesterReplies(ticket, 'Wayne is not content.')
    world.zendesk.someoneSolves(ticket)

    world.zendesk.webhooks.release((held) => held.toReversed())
    await world.settle()

    expect(ticketCardText(given)).toContain('*Solved in Zendesk*')
    expect(ticketCards(given)).toHaveLength(1)
  })

  test('forged, recorded long ago or none of ours: refused, and nothing is read', async () => {
    const { world, ticket } = await privateTicket()
    const [recorded] = world.zendesk.webhooks.deliveries
    if (!recorded) throw new Error('nothing was delivered')
    const body = JSON.stringify({ ticket_id: String(ticket) })
    const now = world.clock.now()
    const old = new Date(now.getTime() - 301_000)
    const asked = world.zendesk.fake.requests.length

    const answers = [
      await post(world, body, now, 'another secret'),
      await post(world, body, old),
      await post(world, 'no JSON', now),
      await post(world, JSON.stringify({ ticket_id: 'Wayne' }), now),
    ]
    world.clock.advance({ minutes: 6 })
    world.zendesk.webhooks.replay(recorded)
    await world.zendesk.webhooks.settled()

    expect(answers).toEqual([401, 401, 400, 400])
    expect(recorded.answers).toEqual([200, 401])
    expect(world.zendesk.fake.requests).toHaveLength(asked)
  })
})

describe('A delivery that was recorded and comes again under an id of the sender’s choice', () => {
  /** The id is not signed. */
  const again = (world: World, ticket: number, id: string) =>
    post(world, JSON.stringify({ ticket_id: String(ticket) }), world.clock.now(), secret, {
      'x-zendesk-webhook-invocation-id': id,
    })

  test.each(['poll:', 'hint:zendesk:'])('hides no new ticket from the poll (%s…)', async (beginning) => {
    const { world } = await privateTicket({ webhook: false })
    const { id } = world.zendesk.submitTicket('Wayne, too')
    const { updatedAt } = world.zendesk.ticket(id)
    const ids = ['.000Z', 'Z'].map((end) => new Date(updatedAt).toISOString().replace(/\.\d+Z$/, end))

    for (const at of ids) expect(await again(world, id, `${beginning}${at}`)).toBe(200)
    await world.settle()
    await world.advance({ hours: 1 })

    expect(ticketCards({ world, ticket: id })).toHaveLength(1)
  })

  test('hides no change that is yet to come, nor that a ticket has left the queue', async () => {
    const given = await privateTicket({ webhook: false })
    const { world, ticket } = given
    const from = world.clock.now().getTime()
    const instants = Array.from({ length: 180 }, (_, second) => new Date(from + second * 1000).toISOString())
    for (const at of instants) {
      await again(world, ticket, `poll:${at}`)
      await again(world, ticket, `missing:${at}`)
    }
    await world.settle()
    await world.advance({ seconds: 60 })
    world.zendesk.requesterReplies(ticket, 'Wayne again.')
    await world.advance({ minutes: 1 })
    const replied = ticketThread(given)
    world.zendesk.someoneSolves(ticket)
    await world.advance({ minutes: 1 })

    expect(replied).toHaveLength(1)
    expect(ticketCardText(given)).toContain('*Solved in Zendesk*')
  })
})

describe('A ticket that is not of the queue', () => {
  test('gets no card, whatever webhooks say of it', async () => {
    const { world } = await privateTicket()
    const { id } = world.zendesk.submitTicket('Wayne’s invoice', { recipient: 'billing@example.com' })

    world.zendesk.requesterReplies(id, 'Wayne again.')
    await world.settle()
    const status = await post(world, JSON.stringify({ ticket_id: id }), world.clock.now())
    const unknown = await post(world, JSON.stringify({ ticket_id: 424_242 }), world.clock.now())
    await world.settle()

    expect([status, unknown]).toEqual([200, 200])
    expect(cards(world)).toHaveLength(1)
    expect(world.zendesk.fake.received('GET', new RegExp(`tickets/${id}|tickets/424242`))).toEqual([])
  })

  test('as a suspended mail is counted in the digest, and never a card', async () => {
    const { world } = await privateTicket()
    world.zendesk.suspendMail('Wayne sells pills', { subject: 'Wayne' })
    world.zendesk.suspendMail('Wayne sells more', { subject: 'Wayne' })
    world.zendesk.suspendMail('Wayne writes elsewhere', { recipient: 'billing@example.com' })

    await world.advance({ days: 1 })

    expect(cards(world)).toHaveLength(1)
    expect(securityDigests(world).at(-1)).toContain(
      '2 e-mails to security@ are held back by Zendesk as suspected spam: look at them there.',
    )
  })

  test('in the digest is left out where the bot’s account may not see the suspended mails', async () => {
    const { world } = await privateTicket()
    world.zendesk.seesSuspended = false
    world.zendesk.suspendMail('Wayne sells pills')

    await world.advance({ days: 1 })

    expect(securityDigests(world).at(-1)).toContain('Tue, Mar 3')
    expect(securityDigests(world).at(-1)).not.toMatch(/held back|spam/)
  })
})

/** As many at once as Zendesk's queues send. */
async function storm(world: World, bodies: readonly object[]): Promise<number[]> {
  const statuses: number[] = []
  for (let from = 0; from < bodies.length; from += 250) {
    const some = bodies
      .slice(from, from + 250)
      .map((body) => post(world, JSON.stringify(body), world.clock.now()))
    statuses.push(...(await Promise.all(some)))
  }
  return statuses
}

describe('A storm of 1,000 webhooks', () => {
  test('about one ticket is one card, few readings of it, and a redraw a second at most', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    const started = world.clock.now().getTime()
    const redrawn = world.slack.fake.received('POST', /chat\.update$/).length
    const read = world.zendesk.fake.received('GET', /\/tickets\/\d+$/).length
    world.zendesk.webhooks.hold()
    for (let index = 0; index < 20; index++) world.zendesk.requesterReplies(ticket, `Wayne ${index}`)
    world.zendesk.webhooks.release(() => [])

    const statuses = await storm(
      world,
      Array.from({ length: 1000 }, (_, index) => ({ ticket_id: ticket, index })),
    )
    await world.passTime(3, 10)

    const seconds = (world.clock.now().getTime() - started) / 1000
    const redraws = world.slack.fake.received('POST', /chat\.update$/).length - redrawn
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(redraws).toBeGreaterThan(0)
    expect(redraws).toBeLessThanOrEqual(seconds + 1)
    expect(world.zendesk.fake.received('GET', /\/tickets\/\d+$/).length - read).toBeLessThan(250)
    expect(ticketCards(given)).toHaveLength(1)
    expect(ticketThread(given)).toHaveLength(20)
  }, 60_000)

  test('keeps nobody else waiting: a privacy click is answered meanwhile', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'Here.')
    await world.settle()
    const under = storm(
      world,
      Array.from({ length: 1000 }, (_, index) => ({ ticket_id: ticket, index })),
    )

    const card = world.card(iid)
    const answer = await world.slack.click(
      'U01ENGINEER',
      card,
      { button: 'Fail Verification' },
      { confirm: true },
    )
    await expect.poll(() => world.done(iid).at(-1), { timeout: 10_000 }).toBe('closed')
    expect(await under).toHaveLength(1000)
    await world.settle()

    expect(answer.status).toBe(200)
    expect(world.done(iid).at(-1)).toBe('closed')
    expect(ticketCards(given)).toHaveLength(1)
  }, 60_000)

  test.each([
    ['one ticket', (ticket: number) => ticket],
    ['tickets of other queues', (_ticket: number, index: number) => 900_000 + index],
  ])(
    'about %s, while Zendesk is down: once it is back, a few calls answer them all',
    async (_what, about) => {
      const { world, ticket } = await privateTicket()
      world.zendesk.fake.fail({ times: Infinity, failure: { drop: 'connection' } })
      const bodies = Array.from({ length: 300 }, (_, index) => ({ ticket_id: about(ticket, index), index }))
      const statuses = await storm(world, bodies)
      await world.settle()
      world.zendesk.fake.heal()
      const asked = world.zendesk.fake.requests.length

      await world.advance({ minutes: 10 })

      expect(new Set(statuses)).toEqual(new Set([200]))
      expect(world.zendesk.fake.requests.length - asked).toBeLessThan(30)
      expect(cards(world)).toHaveLength(1)
    },
    60_000,
  )

  test('and after it the desk works as before', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    await storm(
      world,
      Array.from({ length: 250 }, (_, index) => ({ ticket_id: ticket, index })),
    )
    await world.settle()

    await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'Dear Mr Wayne, yes.' })

    expect(mailsOf(given)).toEqual(['Dear Mr Wayne, yes.'])
    expect(world.slack.buttons(ticketCard(given))).toEqual([])
  }, 60_000)
})
