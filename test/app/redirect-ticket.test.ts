/** `/privacy redirect-ticket`, through the whole app and a local Zendesk. */
import { describe, expect, test } from 'vitest'
import {
  channel,
  inSlack,
  modalAfter,
  people,
  startWorld,
  type World,
  type WorldOptions,
} from './desk-world.ts'

const startZendeskWorld = (options: WorldOptions = {}) => startWorld({ zendesk: true, ...options })

/** Types the command and waits for the preview; undefined when the person was told something instead. */
const preview = (world: World, text: string, by: string = people.engineer.id) =>
  modalAfter(world, by, () => world.slack.command(by, channel, '/privacy', text))

/** Types the command, confirms what is shown, and waits for the first answer, which needs no turn of the worker. */
async function ask(world: World, text: string, by: string = people.engineer.id): Promise<string> {
  const before = world.told(by).length
  const shown = await preview(world, text, by)
  if (shown) await world.slack.submit(by, shown.id)
  await world.settle()
  return inSlack(world, () => world.told(by).slice(before).at(-1))
}

/** Written to support, so that it is no ticket of Field Security's. */
const toSupport = { recipient: 'support@example.com' } as const
const aTicket = /\/tickets\/\d+(?:\.json)?$/
const puts = (world: World) => world.zendesk.fake.received('PUT', /./)
const mention = (id: string) => `<@${id}>`
/** The next update is made, its answer is lost, and what came of it is refused. */
const loseSightOf = (world: World) => {
  world.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })
  world.zendesk.fake.fail({ path: /audits/, failure: { answer: { status: 403, body: {} } } })
}
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

  test.each([
    [
      'is not solved by Zendesk',
      { undoes: ['status'] as const },
      'was redirected, but',
      'the ticket is new, not solved. The requester has the answer, and it is not sent again. Do the rest by hand in Zendesk.',
    ],
    [
      'is answered by an account that may write only internal comments',
      { onlyPrivateComments: true },
      'wasn’t redirected.',
      'it kept the answer as an internal comment. The requester got nothing. Give the bot’s account a role that may write public comments, and answer this one by hand in Zendesk.',
    ],
  ])('%s: that is told, also where the answer of Zendesk is lost', async (_what, account, how, what) => {
    const world = await startZendeskWorld()
    Object.assign(world.zendesk.account, account)
    const tickets = [1, 2].map(() => world.zendesk.submitTicket('Please see to my data', toSupport))
    const [ticket, lost] = tickets.map(({ id }) => id)

    const answer = await ask(world, `redirect-ticket ${ticket} deletion`)
    world.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })
    await ask(world, `redirect-ticket ${lost} deletion`)
    await world.passTime(3, 10)

    const told = (id?: number) => `Ticket ${id} ${how} Zendesk did not do all of it on ticket ${id}: ${what}`
    expect(answer).toBe(told(ticket))
    expect(world.told(people.engineer.id).at(-1)).toBe(told(lost))
    expect(puts(world)).toHaveLength(2)
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
      `Ticket ${ticket.id} isn’t redirected yet. Zendesk asks to wait (429). I’ll keep trying and tell you how it ends.`,
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

  test.each([403, 404])(
    'is redirected, though whether it is solved can’t be read after its answer was lost (%d)',
    async (status) => {
      const world = await startZendeskWorld()
      world.zendesk.account.undoes = ['status']
      const { id } = world.zendesk.submitTicket('Please see to my data', toSupport)
      world.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })

      await ask(world, `redirect-ticket ${id} deletion`)
      const failure = { answer: { status, body: {} } }
      world.zendesk.fake.fail({ method: 'GET', path: aTicket, times: 2, failure })
      await world.passTime(3, 10)

      expect(world.told(people.engineer.id).at(-1)).toBe(
        `Ticket ${id} was redirected, but Zendesk doesn’t let the bot see whether all of it was done (${status}). The requester has the answer, and it is not sent again. See for yourself whether the ticket is solved.`,
      )
    },
  )

  test('is redirected when Zendesk is back, though it could not even be read', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    const answer = { status: 429, headers: { 'retry-after': '60' }, body: {} }
    const shown = await preview(world, `redirect-ticket ${ticket.id} deletion`)
    world.zendesk.fake.fail({ method: 'GET', path: aTicket, failure: { answer } })

    await world.slack.submit(people.engineer.id, shown?.id ?? '')
    await world.settle()
    await world.advance({ seconds: 59 })
    const tooEarly = puts(world).length
    await world.advance({ seconds: 2 })

    expect(tooEarly).toBe(0)
    expect(ticket.status).toBe('solved')
    expect(world.told(people.engineer.id)).toEqual([
      `Zendesk can’t be read right now, so ticket ${ticket.id} isn’t redirected yet. I’ll keep trying and tell you how it ends.`,
      redirected(ticket.id),
    ])
  })
})

describe('With UNDO_SECONDS', () => {
  const { engineer } = people
  const promised = (id: number) =>
    `Ticket ${id} is redirected in 1 minute: the reply goes out then, and the ticket is solved. Until then, Undo stops it.`

  /** Asked for, and answered with Undo. */
  async function waiting() {
    const world = await startZendeskWorld({ env: { UNDO_SECONDS: '60' } })
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    const command = `redirect-ticket ${ticket.id} deletion`
    const told = await ask(world, command)
    const answer = world.slack.ephemerals(engineer.id).at(-1)
    const undo = async (by: string = engineer.id) => {
      const before = world.told(by).length
      await world.slack.click(by, answer ?? missing(), { button: 'Undo' })
      await world.settle()
      return inSlack(world, () => world.told(by).slice(before).at(-1))
    }
    return { world, ticket, command, told, undo }
  }

  test('the preview says so, and the reply goes out after the wait', async () => {
    const { world, ticket, command, told } = await waiting()
    expect(told).toBe(promised(ticket.id))
    await world.advance({ seconds: 59 })
    expect(puts(world)).toEqual([])

    await world.advance({ seconds: 2 })

    expect(ticket.status).toBe('solved')
    expect(world.told(engineer.id).at(-1)).toBe(redirected(ticket.id))
    const other = world.zendesk.submitTicket('And mine', toSupport)
    const shown = await preview(world, command.replace(String(ticket.id), String(other.id)))
    expect(JSON.stringify(shown?.blocks)).toContain(
      'Waits 1 minute before it goes out. Until then, Undo in the answer you get stops all of it.',
    )
  })

  test('nothing of what is undone leaves the bot, a second Undo says so, and it may be asked for again', async () => {
    const { world, ticket, command, undo } = await waiting()

    const undone = await undo()
    const again = await undo()
    await world.advance({ minutes: 5 })
    const anew = await ask(world, command)

    expect(undone).toBe(`“Redirect Ticket” on ticket ${ticket.id} is undone: nothing was sent.`)
    expect(again).toBe(`“Redirect Ticket” on ticket ${ticket.id} was undone already. Nothing was sent.`)
    expect(puts(world)).toEqual([])
    const log = (await world.audit()).map(({ what, who, details }) => ({ what, who, ...details }))
    expect(log).toContainEqual(
      expect.objectContaining({ what: 'undone', who: `slack:${engineer.id}`, ticket: ticket.id }),
    )
    expect(log).toContainEqual(
      expect.objectContaining({ effect: 'redirect-ticket', outcome: 'cancelled', ticket: ticket.id }),
    )
    expect(anew).toBe(promised(ticket.id))
  })

  test.each([
    ['', [], 'solved'],
    [', also where Zendesk leaves the ticket open', ['status'] as const, 'new'],
  ])('once it has begun to go out it is too late%s', async (_where, undoes, status) => {
    const { world, ticket, undo } = await waiting()
    Object.assign(world.zendesk.account, { undoes })
    await world.advance({ seconds: 61 })

    expect(await undo()).toBe(`Too late: “Redirect Ticket” on ticket ${ticket.id} has started to go out.`)
    expect(ticket.status).toBe(status)
  })

  test('an Undo of what was stopped says why, and not that it was undone', async () => {
    const { world, ticket, undo } = await waiting()
    world.zendesk.someoneComments(ticket.id, { body: 'We are on it.', public: false })
    await world.advance({ seconds: 61 })

    expect(await undo()).toBe(
      `Too late: “Redirect Ticket” on ticket ${ticket.id} was stopped. Somebody changed ticket ${ticket.id} in the meantime. Nothing was sent or changed. Read the ticket, then run the command again.`,
    )
  })

  test('an Undo of what may have gone out does not say that nothing was sent', async () => {
    const { world, ticket, undo } = await waiting()
    loseSightOf(world)
    await world.advance({ seconds: 61 })
    await world.passTime(3, 10)

    expect(ticket.status).toBe('solved')
    expect(await undo()).toBe(
      `Too late: “Redirect Ticket” on ticket ${ticket.id} was stopped, and may have gone out anyway. The bot's account isn't allowed to change ticket ${ticket.id} (403).`,
    )
  })

  test('an Undo that waits to be handled while the time comes is not overtaken, also after a stop', async () => {
    const { world, ticket } = await waiting()
    const answer = world.slack.ephemerals(engineer.id).at(-1)

    await world.slack.click(engineer.id, answer ?? missing(), { button: 'Undo' })
    await world.restart()
    await world.advance({ minutes: 5 })

    expect(ticket.status).not.toBe('solved')
    expect(puts(world)).toEqual([])
  })
})

function missing(): never {
  throw new Error('nothing was answered')
}

describe('Before anything is sent', () => {
  test('the person sees the subject, who gets it and the exact text, and closing it sends nothing', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('I am Jane Doe', {
      ...toSupport,
      subject: 'Delete <!channel> me',
    })

    const shown = await preview(world, `redirect-ticket ${ticket.id} deletion`)
    await world.settle()

    const text = JSON.stringify(shown?.blocks)
    expect(text).toContain('Goes to: ')
    expect(text).toContain('Subject: Delete <!channel> me')
    expect(puts(world)).toEqual([])
    const sent = await ask(world, `redirect-ticket ${ticket.id} deletion`)
    expect(sent).toBe(redirected(ticket.id))
    for (const line of (ticket.comments[1]?.body ?? '').split('\n')) expect(text).toContain(line)
  })

  test('is nothing of it in a channel, and the audit log says to whom it was shown', async () => {
    const world = await startZendeskWorld()
    const { id } = world.zendesk.submitTicket('I am Jane Doe', { ...toSupport, subject: 'A secret subject' })

    await preview(world, `redirect-ticket ${id} deletion`)

    expect(JSON.stringify(world.slack.messages(channel))).not.toContain('secret')
    const revealed = (await world.audit()).filter(({ what }) => what === 'revealed')
    expect(revealed.map(({ who, details }) => ({ who, details }))).toEqual([
      { who: `slack:${people.engineer.id}`, details: { ticket: id } },
    ])
    expect(JSON.stringify(await world.audit())).not.toContain('secret')
  })

  test('a ticket that somebody has answered since the preview is left alone', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    const shown = await preview(world, `redirect-ticket ${ticket.id} deletion`)
    await world.advance({ seconds: 5 })
    world.zendesk.someoneComments(ticket.id, { body: 'We are on it.', public: false })

    await world.slack.submit(people.engineer.id, shown?.id ?? '')
    await world.settle()

    expect(world.told(people.engineer.id).at(-1)).toBe(
      `Ticket ${ticket.id} wasn’t redirected. Somebody changed ticket ${ticket.id} in the meantime. Nothing was sent or changed. Read the ticket, then run the command again.`,
    )
    expect(ticket.status).not.toBe('solved')
  })

  test('a macro that was changed since the preview sends nothing', async () => {
    const world = await startZendeskWorld({
      deskYaml: (text) => text.replace(/^ {2}deletion: #/m, '  deletion: 7 #'),
    })
    world.zendesk.macros.set(7, { id: 7, body: 'Deletion by the form.' })
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    const shown = await preview(world, `redirect-ticket ${ticket.id} deletion`)
    world.zendesk.macros.set(7, { id: 7, body: 'Something else.' })

    await world.slack.submit(people.engineer.id, shown?.id ?? '')
    await world.settle()

    expect(world.told(people.engineer.id).at(-1)).toBe(
      `Ticket ${ticket.id} wasn’t redirected. A macro has changed since you were shown the text for ticket ${ticket.id}. Nothing was sent or changed. Run the command again.`,
    )
    expect(puts(world)).toEqual([])
  })

  test('a macro that cannot be applied is named, and nothing is shown', async () => {
    const world = await startZendeskWorld({
      deskYaml: (text) => text.replace(/^ {2}deletion: #/m, '  deletion: 7 #'),
    })
    const { id } = world.zendesk.submitTicket('Please see to my data', toSupport)

    expect(await ask(world, `redirect-ticket ${id} deletion`)).toContain(
      `Ticket ${id} can’t be redirected. Macro 7 (zendesk-macros.deletion in config/desk.yaml) can’t be applied`,
    )
  })

  test('Zendesk that cannot be read is said, and nothing waits for it', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    const answer = { status: 503, body: {} }
    world.zendesk.fake.fail({ method: 'GET', path: aTicket, failure: { answer } })

    expect(await ask(world, `redirect-ticket ${ticket.id} deletion`)).toBe(
      `Zendesk can’t be read right now, so I can’t show ticket ${ticket.id}. Nothing was sent or changed. Run the command again in a few minutes.`,
    )
    await world.advance({ hours: 1 })
    expect(puts(world)).toEqual([])
  })
})

describe('A ticket of the security desk', () => {
  test('that it tracks is not sent to the form', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please send us your SOC 2 report')
    await world.settle()

    const answer = await ask(world, `redirect-ticket ${ticket.id} deletion`)

    expect(answer).toBe(
      `Ticket ${ticket.id} belongs to the security desk, and its card is in their channel. Nothing was sent or changed. Field Security answers it there.`,
    )
    expect([ticket.status, puts(world)]).toEqual(['new', []])
  })

  test('that only the search of its queue finds, since the preview was shown, is not sent to the form, either', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please send us your SOC 2 report', toSupport)
    const shown = await preview(world, `redirect-ticket ${ticket.id} deletion`)
    Object.assign(ticket, { recipient: 'security@gitlab.com' })

    await world.slack.submit(people.engineer.id, shown?.id ?? '')
    await world.settle()

    expect(world.told(people.engineer.id).at(-1)).toBe(
      `Ticket ${ticket.id} is in the security desk’s queue. Nothing was sent or changed. Field Security answers it.`,
    )
    expect(puts(world)).toEqual([])
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
        `${mention(people.engineer.id)} already redirected ticket ${id}, Mar 1, 10:00 AM UTC. Nothing was sent again.`,
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
      `${mention(people.engineer.id)} is already redirecting ticket ${id} (asked Mar 1, 10:00 AM UTC) and will hear how it ends.`,
    )
    expect(puts(world)).toHaveLength(1)
  })

  test('is not sent again where Zendesk has left the ticket open', async () => {
    const world = await startZendeskWorld()
    world.zendesk.account.undoes = ['status']
    const { id, comments } = world.zendesk.submitTicket('Please see to my data', toSupport)
    await ask(world, `redirect-ticket ${id} deletion`)

    const second = await ask(world, `redirect-ticket ${id} deletion`, people.manager.id)

    expect(second).toBe(
      `${mention(people.engineer.id)} already redirected ticket ${id}, Mar 1, 10:00 AM UTC. Nothing was sent again.`,
    )
    expect(comments).toHaveLength(2)
    expect(puts(world)).toHaveLength(1)
    const log = (await world.audit()).map(({ details }) => details)
    expect(log).toContainEqual(
      expect.objectContaining({
        ...{ effect: 'redirect-ticket', outcome: 'done', ticket: id, to: 'deletion' },
        because: expect.stringContaining('the ticket is new, not solved.'),
      }),
    )
  })

  test('is not sent again where it can’t be seen whether the requester has the reply', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    loseSightOf(world)
    await ask(world, `redirect-ticket ${ticket.id} deletion`)
    await world.passTime(3, 10)
    const told = world.told(people.engineer.id).at(-1)
    ticket.status = 'open'

    const second = await ask(world, `redirect-ticket ${ticket.id} deletion`, people.manager.id)
    await world.advance({ hours: 25 })
    const nextDay = await ask(world, `redirect-ticket ${ticket.id} deletion`)

    expect(told).toBe(
      `It can’t be seen whether ticket ${ticket.id} was redirected: look in Zendesk whether the requester has the reply. The bot's account isn't allowed to change ticket ${ticket.id} (403).`,
    )
    expect(second).toBe(
      `${mention(people.engineer.id)} may have redirected ticket ${ticket.id} already, Mar 1, 10:00 AM UTC: it couldn’t be seen. Nothing was sent again. Look in Zendesk whether the requester has the reply; if not, write to them there.`,
    )
    expect(nextDay).toBe(redirected(ticket.id))
  })

  test('by two people at once is redirected once', async () => {
    const world = await startZendeskWorld()
    const { id, comments } = world.zendesk.submitTicket('Please see to my data', toSupport)

    const two = [people.engineer.id, people.secondEngineer.id]
    const shown = await Promise.all(two.map((by) => preview(world, `redirect-ticket ${id} both`, by)))

    await Promise.all(two.map((by, index) => world.slack.submit(by, shown[index]?.id ?? '')))
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

    expect(solved).toBe(
      `Ticket ${ticket.id} is already solved. Nothing was sent or changed. If its sender still needs the form, reopen it in Zendesk first.`,
    )
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
      `Ticket ${ticket.id} wasn’t redirected. Somebody changed ticket ${ticket.id} in the meantime. Nothing was sent or changed. Read the ticket, then run the command again.`,
    )
    expect(sent).toBe(1)
    expect(second).toBe(redirected(ticket.id))
    expect(ticket.comments).toHaveLength(2)
  })

  test('after one whose answer was lost is certain to have come to nothing is redirected', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)
    world.zendesk.fake.fail({ method: 'PUT', failure: { drop: 'connection' } })
    await ask(world, `redirect-ticket ${ticket.id} deletion`)
    world.zendesk.someoneComments(ticket.id, { body: 'We are on it.', public: false })
    await world.passTime(20, 10)
    const first = world.told(people.engineer.id).at(-1)

    const second = await ask(world, `redirect-ticket ${ticket.id} deletion`)

    expect(first).toBe(
      `Ticket ${ticket.id} wasn’t redirected. Somebody changed ticket ${ticket.id} in the meantime. Nothing was sent or changed. Read the ticket, then run the command again.`,
    )
    expect(second).toBe(redirected(ticket.id))
  })
})

describe('A ticket is not redirected', () => {
  test('by who is no support engineer or manager', async () => {
    const world = await startZendeskWorld()
    const ticket = world.zendesk.submitTicket('Please see to my data', toSupport)

    const privacy = await ask(world, `redirect-ticket ${ticket.id} deletion`, people.privacy.id)
    const member = await ask(world, `redirect-ticket ${ticket.id} deletion`, people.member.id)
    const manager = await ask(world, `redirect-ticket ${ticket.id} deletion`, people.manager.id)

    expect(privacy).toBe('Only a support engineer or a support manager can use Redirect Ticket.')
    expect(member).toContain('Only support engineers, support managers and Privacy can do that')
    expect(manager).toBe(redirected(ticket.id))
    expect(puts(world)).toHaveLength(1)
  })

  test.each([
    [
      'solved',
      'is already solved. Nothing was sent or changed. If its sender still needs the form, reopen it in Zendesk first.',
    ],
    [
      'closed',
      'is closed, and Zendesk doesn’t allow changes to closed tickets. Nothing was sent or changed. If its sender still needs the form, write to them in a new ticket.',
    ],
    ['deleted', 'was deleted. Nothing was sent or changed. Check the number.'],
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
      'I can’t find ticket 77 (Zendesk: 404); it may have been deleted. Nothing was sent or changed. Check the number, then run the command again.',
    ],
    [
      401,
      'Zendesk doesn’t accept the bot’s token (401), so I can’t read ticket 77. Nothing was sent or changed. Tell your admins.',
    ],
    [
      403,
      'Zendesk doesn’t let the bot read ticket 77 (403). Nothing was sent or changed. Ask your admins to give the bot’s account access to it.',
    ],
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
    // A 401 once more, with an access token made anew; a 404 once more, as the help desk may have come back.
    expect(world.zendesk.fake.received('GET', aTicket)).toHaveLength(status === 403 ? 1 : 2)
    expect(puts(world)).toEqual([])
  })

  test('without ZENDESK_URL', async () => {
    const world = await startWorld()

    expect(await ask(world, 'redirect-ticket 77 deletion')).toBe(
      'Zendesk isn’t connected, so ticket 77 can’t be redirected. Nothing was sent or changed. Ask your admins to connect it.',
    )
  })

  test.each(['77', '77 all', 'x both'])('by what is no command: %s', async (text) => {
    const world = await startZendeskWorld()

    expect(await ask(world, `redirect-ticket ${text}`)).toBe(
      `I don’t understand “${text}” after \`/privacy redirect-ticket\`, so nothing was done. Did you mean \`/privacy redirect-ticket 456 deletion|access|both\`?`,
    )
    expect(world.zendesk.fake.received('GET', aTicket)).toEqual([])
    expect(puts(world)).toEqual([])
  })
})

test('The audit log tells who redirected which ticket, who was refused and what came of it', async () => {
  const world = await startZendeskWorld()
  const { id } = world.zendesk.submitTicket('I am Jane Doe, jane@example.com', toSupport)
  await ask(world, `redirect-ticket ${id} deletion`, people.privacy.id)
  await ask(world, `redirect-ticket ${id} deletion`)

  const entries = (await world.audit()).filter((one) =>
    /redirect-ticket|send-to-form/.test(JSON.stringify(one)),
  )

  expect(entries.map(({ what, who, details }) => ({ what, who, details }))).toEqual([
    {
      what: 'refused',
      who: `slack:${people.privacy.id}`,
      details: {
        decision: 'send-to-form',
        ticket: id,
        because: 'Only a support engineer or a support manager can use Redirect Ticket.',
      },
    },
    {
      what: 'decided',
      who: `slack:${people.engineer.id}`,
      details: {
        ticket: id,
        decision: 'send-to-form',
        roles: ['support-engineer'],
        from: 'ticket-past-the-form/sent-as-ticket',
        to: 'ticket-past-the-form/sent-to-form',
        effects: [{ kind: 'redirect-ticket', ticket: id, to: 'deletion' }],
      },
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
