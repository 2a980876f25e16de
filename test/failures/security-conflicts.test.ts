/** The ticket changes under the hands of whoever decides on it: nothing is sent blindly. Through the whole app. */
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../sandbox/fake-server.ts'
import { appSec } from '../../sandbox/gitlab/seed.ts'
import type { World } from '../app/desk-world.ts'
import { keptToItself, privateTicket } from '../app/kept-to-itself.ts'
import {
  agent,
  decideOnTicket,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCards,
  ticketCardText,
  ticketThread,
  type WithTicket,
} from '../app/ticket-acts.ts'

keptToItself()

const label = 'Reply to the requester'
const answer = 'Dear Mr Wayne, yes.'
const colleague = 'U01MEMBER'
const bothHere = ({ slack }: World) => slack.setGroupMembers('field-security', [agent, colleague])
const updates = ({ world }: WithTicket) => world.zendesk.fake.received('PUT', /\/tickets\//)
const now = 'Mar 2, 10:00 AM UTC'
const onCard = 'Mar 2, 10:00 AM UTC'

/** What happens to the ticket in Zendesk, what the card says of it then, and what the modal that comes again does. */
const ends: [string, (given: WithTicket) => void, string, string?, string?][] = [
  [
    'solved',
    ({ world, ticket }) => world.zendesk.someoneSolves(ticket),
    'Solved in Zendesk',
    'it is solved now',
  ],
  ['closed', ({ world, ticket }) => world.zendesk.closes(ticket), 'Closed in Zendesk', 'it is closed now'],
  [
    'merged',
    ({ world, ticket }) => world.zendesk.merges(ticket, world.zendesk.submitTicket('Wayne once more.').id),
    'Merged into another ticket in Zendesk',
    'it was merged into another ticket',
    `an internal comment was added, ${now}; it was merged into another ticket`,
  ],
  ['deleted', ({ world, ticket }) => world.zendesk.deletes(ticket), 'Deleted in Zendesk'],
]

/** What somebody ended without an answer to the requester is to be looked at; the others are no requests any more. */
const isUnanswered = (how: string) => how === 'solved' || how === 'closed'

describe.each(ends)('A ticket that is %s in Zendesk', (how, happens, cardSays, change, whyRefused) => {
  test('between the card and the click: the person is told, and nothing is sent', async () => {
    const given = await privateTicket()
    const { world } = given
    world.zendesk.webhooks.hold()
    happens(given)

    await world.slack.click(agent, ticketCard(given), { button: 'Reply' })
    await expect.poll(() => world.told(agent).length + (world.slack.openView(agent) ? 1 : 0)).toBe(1)
    const view = world.slack.openView(agent)
    if (view) await world.slack.submit(agent, view.id, { [label]: answer })
    world.zendesk.webhooks.release()
    await world.settle()

    expect(updates(given)).toEqual([])
    expect(ticketCardText(given)).toContain(`*${cardSays}*, ${onCard}`)
    expect(world.slack.buttons(ticketCard(given))).toEqual(isUnanswered(how) ? ['Leave as Closed'] : [])
  })

  test('between the modal and its submit: nothing is sent', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    const view = await openOnTicket(given, 'Reply')
    world.zendesk.webhooks.hold()
    happens(given)

    await world.slack.submit(agent, view?.id ?? '', { [label]: answer })
    world.zendesk.webhooks.release()
    await world.settle()

    expect(updates(given)).toEqual([])
    expect(ticketCardText(given)).toContain(`*${cardSays}*, ${onCard}`)
    expect(ticketCards(given)).toHaveLength(1)
    if (change === undefined)
      expect(world.told(agent)).toEqual([
        `Zendesk no longer shows ticket ${ticket} (404): it was deleted, or the bot’s account can’t see it. Nothing was changed.`,
      ])
    else expect(JSON.stringify(world.slack.openView(agent)?.blocks ?? world.told(agent))).toContain(change)
  })

  test('between the submit and the update: nothing is sent, and the card says so', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    const refusedFor = whyRefused ?? change ?? 'it was deleted, or the bot’s account can no longer see it'
    const failure: Failure = { answer: { status: 429, headers: { 'retry-after': '60' }, body: {} } }
    world.zendesk.fake.fail({ method: 'PUT', failure })
    await decideOnTicket(given, 'Reply', { [label]: answer })
    world.clock.advance({ seconds: 30 })
    world.zendesk.webhooks.hold()
    happens(given)

    await world.passTime(3, 60)
    world.zendesk.webhooks.release()
    await world.passTime(3, 60)

    expect(mailsOf(given)).toEqual([])
    expect(ticketThread(given)).toContainEqual(
      `<@${agent}> Nothing was sent on ticket ${ticket}, because it had changed meanwhile: ${refusedFor}. Read it, and decide again.`,
    )
    expect(ticketCardText(given)).toContain(`*${cardSays}*, Mar 2, 10:01 AM UTC`)
    expect(ticketCardText(given)).toContain('Handled in Zendesk, outside Privacy Desk.')
    expect(ticketCardText(given)).not.toContain('The requester last got an answer')
    expect(world.slack.buttons(ticketCard(given))).toEqual(isUnanswered(how) ? ['Leave as Closed'] : [])
  })
})

describe('A ticket on which somebody writes between the submit and the update', () => {
  test('gets nothing, goes back to its step, and the thread says what has changed; decided again, it goes out once', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    const failure: Failure = { answer: { status: 429, headers: { 'retry-after': '60' }, body: {} } }
    world.zendesk.fake.fail({ method: 'PUT', failure })
    await decideOnTicket(given, 'Reply', { [label]: answer })
    world.clock.advance({ seconds: 30 })
    world.zendesk.requesterReplies(ticket, 'Wayne here: backups, too.')
    await world.passTime(3, 60)
    const refused = { mails: mailsOf(given), card: ticketCardText(given), thread: ticketThread(given) }

    await decideOnTicket(given, 'Reply', { [label]: 'Dear Mr Wayne, backups too.' })
    await world.passTime(3, 60)

    expect(refused.mails).toEqual([])
    expect(refused.card).toContain('Needs a reply from Field Security')
    expect(refused.thread).toContain(
      `<@${agent}> Nothing was sent on ticket ${ticket}, because it had changed meanwhile: the requester wrote, ${now}. Read it, and decide again.`,
    )
    expect(mailsOf(given)).toEqual(['Dear Mr Wayne, backups too.'])
    expect(ticketCardText(given)).toContain('Solved')
  })

  test.each([
    ['Redirect: Vulnerability', {}],
    ['Redirect: Support', {}],
    ['Engage Expert', { Team: 'Application Security', 'Question for the team': 'Is Wayne safe?' }],
  ])('whatever was decided: %s', async (button, entries) => {
    const given = await privateTicket()
    const { world, ticket } = given
    world.gitlab.addExpertTeam({
      name: 'Application Security',
      project: 'gitlab-com/gl-security/product-security/appsec/appsec-team',
    })
    const failure: Failure = { answer: { status: 429, headers: { 'retry-after': '60' }, body: {} } }
    world.zendesk.fake.fail({ method: 'PUT', failure })
    await decideOnTicket(given, button, entries)
    world.clock.advance({ seconds: 30 })
    world.zendesk.requesterReplies(ticket, 'Wayne here: backups, too.')

    await world.passTime(4, 60)

    expect(mailsOf(given)).toEqual([])
    expect(ticketThread(given).join('\n')).toContain(`Nothing was sent on ticket ${ticket}`)
    expect(world.slack.buttons(ticketCard(given))).toContain('Reply')
  })
})

describe('A note of the bot’s own that lands after the ticket was read', () => {
  const update = { 'Update to the requester': 'Dear Mr Wayne, still looking.' }
  const linked = ({ world, ticket }: WithTicket) =>
    world.zendesk.ticket(ticket).comments.some(({ body }) => body.startsWith('Expert issue'))
  /** The experts are engaged and the requester is told so; the link to their issue waits for a minute. */
  async function engagedWithNoteLeft(): Promise<WithTicket> {
    const given = await privateTicket()
    given.world.gitlab.addExpertTeam(appSec)
    const failure: Failure = { answer: { status: 429, headers: { 'retry-after': '60' }, body: {} } }
    given.world.zendesk.fake.fail({ method: 'PUT', after: 1, failure })
    await decideOnTicket(given, 'Engage Expert', {
      Team: 'Application Security',
      'Question for the team': 'Is Wayne safe?',
    })
    expect(linked(given)).toBe(false)
    return given
  }

  test('stops no update that was decided while it waited', async () => {
    const given = await engagedWithNoteLeft()

    await decideOnTicket(given, 'Send Update', update)
    await given.world.passTime(4, 60)

    expect(linked(given)).toBe(true)
    expect(mailsOf(given).slice(1)).toEqual(['Dear Mr Wayne, still looking.'])
    expect(ticketThread(given).join('\n')).not.toContain('Nothing was sent')
  })

  test('stops it where the requester has written meanwhile', async () => {
    const given = await engagedWithNoteLeft()

    await decideOnTicket(given, 'Send Update', update)
    given.world.clock.advance({ seconds: 30 })
    given.world.zendesk.webhooks.hold()
    given.world.zendesk.requesterReplies(given.ticket, 'Wayne here: never mind.')
    await given.world.passTime(4, 60)

    expect(linked(given)).toBe(true)
    expect(mailsOf(given)).toHaveLength(1)
    expect(ticketThread(given).join('\n')).toContain('because it had changed meanwhile: the requester wrote')
  })

  test.each([
    ['while the modal was open', async () => {}],
    [
      'while the modal was open, and Zendesk did not answer at the submit',
      async ({ world }: WithTicket) =>
        world.zendesk.fake.fail({
          ...{ method: 'GET', path: /tickets\/\d+(\.json)?$/ },
          failure: { answer: { status: 503, body: {} } },
        }),
    ],
  ])('%s: the submit is taken', async (_when, happens) => {
    const given = await engagedWithNoteLeft()
    const view = await openOnTicket(given, 'Send Update')
    await given.world.passTime(2, 60)
    expect(linked(given)).toBe(true)

    await happens(given)
    await given.world.slack.submit(agent, view?.id ?? '', update)
    await given.world.drain()
    await given.world.passTime(2, 60)

    expect(mailsOf(given).slice(1)).toEqual(['Dear Mr Wayne, still looking.'])
    expect(given.world.slack.openView(agent)).toBeUndefined()
    expect(given.world.told(agent)).toEqual([])
  })
})

describe('Two agents at the same moment', () => {
  test('with two modals: one answer', async () => {
    const given = await privateTicket()
    const { world } = given
    bothHere(world)
    const mine = await openOnTicket(given, 'Reply')
    const theirs = await openOnTicket(given, 'Reply', colleague)

    await Promise.all([
      world.slack.submit(agent, mine?.id ?? '', { [label]: answer }),
      world.slack.submit(colleague, theirs?.id ?? '', { [label]: 'Dear Mr Wayne, no.' }),
    ])
    await world.settle()
    await world.passTime(3, 60)

    expect(mailsOf(given)).toHaveLength(1)
    expect(updates(given)).toHaveLength(1)
    expect([...world.told(agent), ...world.told(colleague)]).toHaveLength(1)
    expect((await world.audit()).filter(({ what }) => what === 'decided')).toHaveLength(1)
  })

  test('with different decisions: one is done, whole', async () => {
    const given = await privateTicket()
    const { world } = given
    bothHere(world)
    const mine = await openOnTicket(given, 'Reply')
    const theirs = await openOnTicket(given, 'Redirect: Support', colleague)

    await Promise.all([
      world.slack.submit(agent, mine?.id ?? '', { [label]: answer }),
      world.slack.submit(colleague, theirs?.id ?? ''),
    ])
    await world.settle()
    await world.passTime(3, 60)

    expect(updates(given)).toHaveLength(1)
    expect([...world.told(agent), ...world.told(colleague)]).toHaveLength(1)
  })

  test('the second of whom comes later is told by whom and when', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    const old = ticketCard(given)
    bothHere(world)
    await decideOnTicket(given, 'Reply', { [label]: answer })

    await world.slack.click(colleague, old, { button: 'Reply' })
    await expect.poll(() => world.told(colleague)).toHaveLength(1)

    expect(world.told(colleague)).toEqual([
      `Reply was not done: ticket ${ticket} is now at “Solved”: <@${agent}> chose Reply, Mar 2, 10:00 AM UTC.`,
    ])
  })

  test('a click on the card of a ticket that was solved in Zendesk names Zendesk', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    const old = ticketCard(given)
    world.zendesk.someoneSolves(ticket)
    await world.settle()

    await world.slack.click(agent, old, { button: 'Reply' })
    await expect.poll(() => world.told(agent)).toHaveLength(1)

    expect(world.told(agent)[0]).toMatch(
      /^Reply was not done: ticket \d+ is now at “Solved”: Solved in Zendesk, not by the bot, by somebody in Zendesk, /,
    )
  })
})

describe('A submit that Slack delivers twice', () => {
  test.each(['at once', 'one after the other'])('is one decision: %s', async (how) => {
    const given = await privateTicket()
    const { world } = given
    const view = await openOnTicket(given, 'Reply')
    if (!view) throw new Error('no modal')
    const submit = () => world.slack.submit(agent, view.id, { [label]: answer })

    if (how === 'at once') await Promise.all([submit(), submit()])
    else {
      await submit()
      world.slack.space.setViews(agent, [view])
      await submit()
      await world.settle()
      world.slack.space.setViews(agent, [view])
      await submit()
    }
    await world.settle()
    await world.passTime(2, 60)

    expect(mailsOf(given)).toEqual([answer])
    expect(updates(given)).toHaveLength(1)
    expect((await world.audit()).filter(({ what }) => what === 'decided')).toHaveLength(1)
  })
})
