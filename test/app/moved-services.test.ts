/** The help desk is renamed, or GitLab moves: the old address sends everybody to the new one, until the operators set that. Through the whole app. */
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../sandbox/fake-server.ts'
import { people, snippet, startWorld } from './desk-world.ts'
import { agent, aTicket, decideOnTicket, mailsOf, ticketCardText, ticketThread } from './ticket-acts.ts'

const sentTo = (origin: string): Failure => ({
  answer: { status: 301, headers: { location: `${origin}/api/v2/anything.json` }, body: '' },
})
const label = 'Reply to the requester'

describe('A renamed help desk', () => {
  const away = sentTo('https://renamed.zendesk.example')
  const said =
    'Zendesk sends the bot to another address, https://renamed.zendesk.example: if it is there now, your admins set ZENDESK_URL to it and start the bot again.'

  test('deletes no ticket and loses no clock, and the log says where it went', async () => {
    const given = await aTicket()
    const { world } = given
    world.zendesk.fake.fail({ times: Infinity, failure: away })

    await world.passTime(5, 60)

    expect(ticketCardText(given)).toContain('*New: needs a first reply*')
    expect(ticketThread(given).join()).not.toMatch(/deleted|gone|reopened/i)
    expect(world.logged.join('')).toContain('redirect to https://renamed.zendesk.example')
  })

  test('is told to whoever answers, with what is to be set', async () => {
    const given = await aTicket()
    const { world } = given
    world.zendesk.fake.fail({ times: Infinity, failure: away })

    await decideOnTicket(given, 'Reply', { [label]: 'Yes.' }).catch(() => undefined)

    const told = world.slack.ephemerals(agent).map((one) => JSON.stringify(one))
    expect([...told, ...world.told(agent)].join('\n')).toContain('https://renamed.zendesk.example')
  })

  test('keeps an answer that was on its way, says why, and sends it once when the address is set', async () => {
    const given = await aTicket()
    const { world } = given
    world.zendesk.fake.fail({ method: 'PUT', times: Infinity, failure: away })
    await decideOnTicket(given, 'Reply', { [label]: 'Yes.' })
    await world.passTime(5, 60)
    const during = ticketCardText(given)
    world.zendesk.fake.heal()

    await world.passTime(10, 60)

    expect(during).toContain(said)
    expect(mailsOf(given)).toEqual(['Yes.'])
  })
})

describe('A GitLab that has moved', () => {
  const away = sentTo('https://new.gitlab.example')
  const said =
    'GitLab sends the bot to another address, https://new.gitlab.example: if it is there now, your admins set GITLAB_URL to it and start the bot again.'

  test('closes and hides nothing, and tells whoever decides what is to be set', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    await world.advance({ days: 8 })
    world.gitlab.fake.fail({ times: Infinity, failure: away })
    await world.passTime(3, 60)

    await world.click(iid, 'Close No Response')

    expect(world.told(people.engineer.id).at(-1)).toContain(`${said} Nothing was changed.`)
    expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
    expect(world.logged.join('')).toContain('redirect to https://new.gitlab.example')
  })

  test('keeps what was decided, says why it waits, and does it once when the address is set', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    await world.advance({ days: 8 })
    world.gitlab.fake.fail({ method: 'POST', times: Infinity, failure: away })
    await world.click(iid, 'Close No Response')
    await world.passTime(3, 60)
    const during = world.cardText(iid)
    world.gitlab.fake.heal()

    await world.passTime(10, 60)

    expect(during).toContain(said)
    expect(world.gitlab.issueView(iid).state).toBe('closed')
    expect(world.gitlab.mails.filter(({ text }) => text === snippet('closed-no-response'))).toHaveLength(1)
  })
})
