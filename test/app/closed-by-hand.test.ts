/** Closed by hand in GitLab or Zendesk: the thread says it, the digest lists it, and it can be completed or left so. */
import { describe, expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { channel, people, securityChannel, snippet, textOf, type World } from './desk-world.ts'
import { aRequest, type InWorld, requesterWrites } from './flow-acts.ts'
import {
  agent,
  aTicket,
  customerReport,
  decideOnTicket,
  engaged,
  ticketCard,
  ticketCardText,
  ticketThread,
} from './ticket-acts.ts'

const deletion = 'GitLab.com Account Deletion'
const unfinished =
  'was closed in GitLab, not by the bot. The reply and the labels of the handbook are missing: complete it on the card, or choose Leave as Closed.'

const digestIn = (world: World, name: string, title: string) =>
  world.slack
    .messages(name)
    .filter(({ text }) => text.startsWith(title))
    .map(textOf)
    .at(-1) ?? ''
const privacyDigest = (world: World) => digestIn(world, channel, 'Privacy requests, ')
const securityDigest = (world: World) => digestIn(world, securityChannel, 'Security tickets, ')

async function closedByHand({ world, iid }: InWorld): Promise<void> {
  world.gitlab.someoneCloses(iid, usernames.engineer)
  await world.drain()
}

/** Every open step of a flow that can be come to without waiting. */
const steps: readonly (readonly [step: string, type: string, lead: (given: InWorld) => Promise<unknown>])[] =
  [
    ['awaiting-answers', deletion, async () => {}],
    ['evaluating', deletion, requesterWrites],
    [
      'exception-review',
      deletion,
      async (given) => {
        await requesterWrites(given)
        await given.world.click(given.iid, 'Request Exception')
      },
    ],
    [
      'ready',
      deletion,
      async (given) => {
        await requesterWrites(given)
        await given.world.decide(given.iid, 'Pass Verification', { 'The account is': 'Active' })
      },
    ],
    ['portal: ready', 'Portal Account Deletion', async () => {}],
    ['data access: awaiting-reply', 'Data Access Request', async () => {}],
    ['a type that can’t be read', 'Something else', async () => {}],
  ]

describe('A request that was closed by hand in GitLab', () => {
  test.each(steps)('at %s: thread, digest, and Leave as Closed', async (_step, type, lead) => {
    const given = await aRequest(type)
    const { world, iid } = given
    await lead(given)
    await world.slack.command(people.engineer.id, channel, '/privacy', `claim ${iid}`)
    await world.drain()

    await closedByHand(given)

    expect(world.thread(iid).filter((text) => text.includes(unfinished))).toEqual([
      `<@${people.engineer.id}> #${iid} ${unfinished}`,
    ])
    await world.advance({ days: 1 })
    expect(privacyDigest(world)).toContain('Closed in GitLab without the handbook’s reply: finish it')
    const before = world.changes(iid)

    await world.click(iid, 'Leave as Closed')

    expect(world.changes(iid)).toEqual(before)
    expect(world.cardText(iid)).toContain('Closed in GitLab, not by the bot.')
    expect(world.cardText(iid)).not.toContain('complete it below')
    await world.advance({ days: 1 })
    expect(privacyDigest(world)).not.toMatch(/Closed (?:by hand|in GitLab)/)
  })

  test('can still be completed, and is off the digest then', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    await requesterWrites(given)
    await closedByHand(given)

    await world.click(iid, 'Fail Verification')

    expect(world.changes(iid)).toContainEqual({
      note: snippet('closed-verification-failed'),
      internal: false,
    })
    expect(world.cardText(iid)).toContain('Closed: denied, verification failed')
    expect(world.cardText(iid)).not.toMatch(/sent nothing|not by the bot/)
    await world.advance({ days: 1 })
    expect(privacyDigest(world)).not.toMatch(/Closed (?:by hand|in GitLab)/)
  })

  test('Leave as Closed is for those who close', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    await closedByHand(given)

    await world.click(iid, 'Leave as Closed', people.privacy.id)

    expect(world.told(people.privacy.id)).toEqual([
      'Only a support engineer or a support manager can use Leave as Closed. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
    ])
  })

  test('with nothing missing is said, and asks for nothing', async () => {
    const given = await aRequest('General Questions')
    const { world, iid } = given

    await closedByHand(given)

    expect(world.thread(iid)).toEqual([
      `<!subteam^S01ENGINEERS> #${iid} was closed in GitLab, not by the bot.`,
    ])
    expect(world.cardText(iid)).not.toContain('Leave as Closed')
    await world.advance({ days: 1 })
    expect(privacyDigest(world)).not.toMatch(/Closed (?:by hand|in GitLab)/)
  })
})

test('What the bot sent before a close in GitLab is not denied', async () => {
  const given = await aRequest('General Questions')
  const { world, iid } = given
  await world.decide(iid, 'Reply', { 'Reply to the requester': 'It is kept for a year.' })
  expect(world.changes(iid)).toContainEqual({ note: 'It is kept for a year.', internal: false })

  await closedByHand(given)

  expect(world.cardText(iid)).toContain('Closed in GitLab, not by the bot.')
  expect(world.cardText(iid)).not.toContain('sent nothing')
})

describe('A ticket that was solved by hand in Zendesk', () => {
  const unanswered = (ticket: number) =>
    `<!subteam^S01FIELDSEC> Ticket ${ticket}: solved in Zendesk, not by the bot. The bot has seen no answer to the requester: answer in Zendesk, or choose Leave as Closed on the card.`

  test.each([
    ['new', () => aTicket()],
    ['waiting-on-expert', () => engaged()],
    [
      'queued',
      async () => {
        const given = await aTicket()
        await decideOnTicket(given, 'Compliance Report', customerReport)
        return given
      },
    ],
  ])('at %s, unanswered: thread, digest, and Leave as Closed', async (_step, ticketAt) => {
    const given = await ticketAt()
    const { world, ticket } = given
    world.zendesk.someoneSolves(ticket)
    await world.drain()

    expect(ticketThread(given).at(-1)).toBe(unanswered(ticket))
    await world.advance({ days: 1 })
    expect(securityDigest(world)).toMatch(/Closed in Zendesk without|Solved by hand, unanswered/)

    await world.slack.click(agent, ticketCard(given), { button: 'Leave as Closed' }, { confirm: true })
    await world.drain()

    expect(ticketCardText(given)).not.toContain('has seen no answer')
    await world.advance({ days: 1 })
    expect(securityDigest(world)).not.toMatch(/Solved by hand|Closed in Zendesk/)
  })

  test('answered and solved by an agent is said, and asks for nothing', async () => {
    const given = await aTicket()
    const { world, ticket } = given
    world.zendesk.someoneComments(ticket, { body: 'Yes, it is encrypted.', public: true })
    world.zendesk.someoneSolves(ticket)
    await world.drain()

    expect(ticketThread(given)).toEqual([
      `<!subteam^S01FIELDSEC> Ticket ${ticket}: solved in Zendesk, not by the bot.`,
    ])
    await world.advance({ days: 1 })
    expect(securityDigest(world)).not.toMatch(/Solved by hand|Closed in Zendesk/)
  })
})
