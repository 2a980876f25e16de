import { describe, expect, test } from 'vitest'
import type { View } from '../../sandbox/slack/workspace.ts'
import { problemsWithModal } from '../views/block-kit-rules.ts'
import {
  channel,
  formCopy,
  inSlack,
  modalAfter,
  people,
  startWorld,
  textOf,
  type World,
} from './desk-world.ts'
import { aTicket, ticketCard } from './ticket-acts.ts'

const secrets = [
  'zuleika@personal-mail.example',
  'zuleika-q-93',
  'moonlit turnip',
  'Wilhelmina-Octavia',
] as const

async function aPrivateRequest() {
  const world = await startWorld()
  const iid = await world.request({
    title: 'Zuleika wants to go',
    description: formCopy('GitLab.com Account Deletion', {
      Username: 'zuleika-q-93',
      'Email Address': 'zuleika@personal-mail.example',
      Comments: 'My middle name is Wilhelmina-Octavia.',
    }),
    email: 'zuleika@personal-mail.example',
  })
  world.gitlab.requesterReplies(iid, 'The first project was called moonlit turnip.')
  await world.drain()
  return { world, iid }
}

function textOfView(view: View | undefined): string {
  return view ? textOf({ text: view.title, blocks: view.blocks }) : 'no modal'
}

async function leaksOf(world: World): Promise<readonly string[]> {
  await world.stop()
  const posted = world.slack.fake.requests.filter(({ path }) => !path.includes('views.'))
  const places = [await world.kept(), world.logged.join(''), JSON.stringify(posted.map(({ body }) => body))]
  return secrets.filter((secret) => places.some((place) => place.includes(secret)))
}

describe('Show Details', () => {
  test('shows a person with a role the form and what was written, and nothing of it is kept', async () => {
    const { world, iid } = await aPrivateRequest()

    const view = await world.openModal(iid, 'Show Details')

    expect(view?.title).toBe(`#${iid}`)
    for (const secret of secrets) expect(textOfView(view)).toContain(secret)
    expect(textOfView(view)).toContain('Country: Netherlands')
    expect(textOfView(view)).toContain('Confirmed that they want this: yes')
    expect(view?.submit).toBeUndefined()
    expect(await leaksOf(world)).toEqual([])
  })

  test('takes an automatic response for no word of the requester', async () => {
    const { world, iid } = await aPrivateRequest()

    const view = await world.openModal(iid, 'Show Details')

    const [before = '', after = ''] = textOfView(view).split('Thank you for your request')
    expect(before).toMatch(/An automatic response ·\n[^\n]+ ·\npublic\n$/)
    expect(after).toMatch(/The requester, by e-mail ·\n[^\n]+ ·\npublic\n[^\n]*moonlit turnip/)
  })

  test('stands in the audit log with who, which request and when, and with nothing of the content', async () => {
    const { world, iid } = await aPrivateRequest()

    await world.openModal(iid, 'Show Details', people.manager.id)

    const log = await world.audit()
    const revealed = log.filter(({ what }) => what === 'revealed')
    expect(revealed.map(({ who, iid: number, details }) => ({ who, iid: number, details }))).toEqual([
      { who: `slack:${people.manager.id}`, iid, details: {} },
    ])
    expect(secrets.filter((secret) => JSON.stringify(log).includes(secret))).toEqual([])
  })

  test('is refused to somebody without a role, and the refusal stands in the audit log', async () => {
    const { world, iid } = await aPrivateRequest()
    world.slack.join('privacy-team_help', people.fieldSecurity.id)

    const view = await world.openModal(iid, 'Show Details', people.fieldSecurity.id)

    expect(view).toBeUndefined()
    const log = await world.audit()
    expect(log.filter(({ what }) => what === 'revealed')).toEqual([])
    expect(
      log.filter(({ what }) => what === 'refused').map(({ who, details }) => [who, details.decision]),
    ).toEqual([[`slack:${people.fieldSecurity.id}`, 'details']])
  })

  test('is refused to whoever has lost the role since the card was drawn', async () => {
    const { world, iid } = await aPrivateRequest()
    world.slack.setGroupMembers('support-managers', [])
    world.clock.advance({ minutes: 2 })

    const view = await world.openModal(iid, 'Show Details', people.manager.id)

    expect(view).toBeUndefined()
    expect(world.told(people.manager.id).at(-1)).toContain('support managers')
  })

  test('is there in /privacy show of a closed request, too', async () => {
    const { world, iid } = await aPrivateRequest()
    await world.click(iid, 'Fail Verification')
    expect(world.gitlab.issue(iid).state).toBe('closed')

    await world.slack.command(people.engineer.id, channel, '/privacy', `show ${iid}`)
    const shown = await inSlack(world, () => world.slack.ephemerals(people.engineer.id).at(-1))
    const view = await modalAfter(world, people.engineer.id, () =>
      world.slack.click(people.engineer.id, shown, { button: 'Show Details' }),
    )

    expect(textOfView(view)).toContain('moonlit turnip')
  })

  test('says so when GitLab does not answer, and records nothing', async () => {
    const { world, iid } = await aPrivateRequest()
    world.gitlab.fake.fail({ times: 9, failure: { answer: { status: 502, body: 'Bad Gateway' } } })

    const view = await world.openModal(iid, 'Show Details')

    expect(view).toBeUndefined()
    expect(world.told(people.engineer.id).at(-1)).toContain(
      `GitLab isn’t answering, so #${iid} can’t be shown`,
    )
    world.gitlab.fake.heal()
    expect((await world.audit()).filter(({ what }) => what === 'revealed')).toEqual([])
  })

  test('says so when the trigger is over before the modal is there', async () => {
    const { world, iid } = await aPrivateRequest()
    world.slack.fake.fail({
      path: /views\.open/,
      times: 1,
      failure: { answer: { status: 200, body: { ok: false, error: 'expired_trigger_id' } } },
    })

    const view = await world.openModal(iid, 'Show Details')

    expect(view).toBeUndefined()
    expect(world.told(people.engineer.id).at(-1)).toContain('Slack did not open the form in time')
  })

  test.each([
    ['ten thousand characters', 'x'.repeat(10_000)],
    ['a call to everybody', '<!channel> <@U01MANAGER> <https://evil.example|GitLab> & more'],
    ['marks that turn text around', '\u202Eesrever \u2066isolated\u2069 \u200Bzero'],
    ['nothing', ''],
  ])('takes %s as text', async (_what, text) => {
    const { world, iid } = await aPrivateRequest()
    world.gitlab.requesterReplies(iid, text === '' ? ' ' : text)
    await world.drain()

    const view = await world.openModal(iid, 'Show Details')

    const drawn = world.slack.fake.requests.findLast(({ path }) => path.endsWith('views.open'))
    const given = (drawn?.body as { readonly view?: string } | undefined)?.view ?? '{}'
    expect(view).toBeDefined()
    expect(problemsWithModal(typeof given === 'string' ? JSON.parse(given) : given)).toEqual([])
  })
})

describe('Read Ticket', () => {
  test('lets Field Security read a ticket before they choose how to handle it', async () => {
    const given = await aTicket({ text: 'Is my vault encrypted?', subject: 'About vaults' })
    const { world } = given
    const { id } = people.fieldSecurity

    const view = await modalAfter(world, id, () =>
      world.slack.click(id, ticketCard(given), { button: 'Read Ticket' }),
    )

    expect(textOfView(view)).toContain('Is my vault encrypted?')
    expect(textOfView(view)).toContain('Subject: About vaults')
    expect(textOfView(view)).toContain('Open in Zendesk')
  })

  test('is not for the other desk', async () => {
    const given = await aTicket({ text: 'Is my vault encrypted?' })
    const { world } = given
    world.slack.join('field-security', people.engineer.id)

    const view = await modalAfter(world, people.engineer.id, () =>
      world.slack.click(people.engineer.id, ticketCard(given), { button: 'Read Ticket' }),
    )

    expect(view).toBeUndefined()
    expect((await world.audit()).filter(({ what }) => what === 'revealed')).toEqual([])
  })
})
