/** A public reply waits with Undo on the card, and what is undone has never left the bot; through the whole app. */
import { describe, expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { openStore } from '../../src/store/open-store.ts'
import { inSlack, people, type WorldOptions } from './desk-world.ts'
import { aRequest, decideInMenu, type InWorld, requesterWrites, toldAfter } from './flow-acts.ts'
import {
  addedTo,
  agent,
  aTicket,
  decideOnTicket,
  mailsOf,
  ticketCard,
  ticketCardText,
  ticketThread,
  type WithTicket,
} from './ticket-acts.ts'

const deletion = 'GitLab.com Account Deletion'
const waits: WorldOptions = { env: { UNDO_SECONDS: '30' } }
const { engineer, manager, privacy, guest } = people

/** Fail Verification was chosen, which replies, sets labels and closes. */
async function failed(options: WorldOptions = waits): Promise<InWorld> {
  const given = await aRequest(deletion, options)
  await requesterWrites(given, 'I do not know.')
  await given.world.click(given.iid, 'Fail Verification')
  return given
}

const failedInGitLab = [
  expect.stringMatching(/^reply: /),
  'add Account Verification Failed',
  'add deletion request::denied',
  'closed',
]

const buttons = ({ world, iid }: InWorld) => world.slack.buttons(world.card(iid))
const undo = async (given: InWorld, by: string = engineer.id) => toldAfter(given, 'Undo', by)
/** What they were told last, once they are. */
const toldLast = ({ world }: Pick<InWorld, 'world'>, by: string = engineer.id) =>
  inSlack(world, () => world.told(by).at(-1))
const undone = ({ iid }: InWorld) =>
  `“Fail Verification” is undone: nothing was sent. #${iid} is back at “Answers are in: check them”.`

/** A few seconds: whoever shares our limits with others has nothing of them after a leap of the clock. */
async function soon({ world }: Pick<InWorld, 'world'>): Promise<void> {
  await world.passTime(4, 4)
}

/** Far beyond the wait. */
async function later({ world }: Pick<InWorld, 'world'>): Promise<void> {
  await world.passTime(4, 20)
}

describe('a public reply that waits', () => {
  test('goes out after the wait, in order, and the card says when and has Undo until then', async () => {
    const given = await failed()
    const { world, iid } = given
    expect(world.cardText(iid)).toMatch(/Reply goes out at 10:00:3\d AM UTC\.\* Undo stops it\./)
    expect(JSON.stringify(world.card(iid).blocks)).toMatch(/<!date\^\d+\^\{time_secs\}\|/)
    expect(JSON.stringify(world.card(iid).blocks)).toContain(`"accessibility_label":"Undo, #${iid}"`)
    expect(buttons(given)).toEqual(['Undo'])
    await world.advance({ seconds: 25 })
    expect(world.done(iid)).toEqual([])

    await soon(given)

    expect(world.done(iid)).toEqual(failedInGitLab)
    expect(buttons(given)).toEqual([])
    expect(world.cardText(iid)).toContain('*Done.*')
    expect(world.cardText(iid)).not.toContain('goes out')
  })

  test('is no reason to tell whoever decided that it took long', async () => {
    const given = await failed({ env: { UNDO_SECONDS: '120' } })
    const { world, iid } = given

    await world.passTime(8, 20)

    expect(world.done(iid)).toEqual(failedInGitLab)
    expect(world.thread(iid).filter((text) => text.includes('is done'))).toEqual([])
  })

  test('goes out at once, and without Undo, where nobody has asked for a wait', async () => {
    const given = await failed({})

    expect(given.world.done(given.iid)).toEqual(failedInGitLab)
    expect(buttons(given)).toEqual([])
  })

  test('holds up no decision that sends nothing, nor what tells people', async () => {
    const given = await aRequest(deletion, waits)
    const { world, iid } = given
    await requesterWrites(given, 'I do not know.')
    await world.click(iid, 'Request Exception')
    expect(world.cardText(iid)).not.toContain('goes out')

    await world.click(iid, 'Fail Verification', manager.id)

    expect(world.thread(iid).at(-1)).toContain('is decided: Fail Verification')
    expect(world.changes(iid).filter(({ internal }) => internal === false)).toEqual([])
  })

  test('survives a restart, and goes out at once where its time has come meanwhile', async () => {
    const given = await failed()
    const { world, iid } = given
    await world.restart()
    expect(buttons(given)).toEqual(['Undo'])
    expect(world.done(iid)).toEqual([])

    await world.stop()
    world.clock.advance({ minutes: 5 })
    await world.restart()
    await soon(given)

    expect(world.done(iid)).toEqual(failedInGitLab)
  })
})

describe('Undo', () => {
  test('leaves nothing of the decision: nothing is sent, and the request is where it was', async () => {
    const given = await aRequest(deletion, waits)
    const { world, iid } = given
    await requesterWrites(given, 'I do not know.')
    const before = world.cardText(iid).split('\n').slice(0, 4)
    await world.click(iid, 'Fail Verification')

    expect(await undo(given)).toBe(undone(given))
    await later(given)

    expect(world.changes(iid)).toEqual([])
    expect(world.gitlab.issueView(iid)).toMatchObject({ state: 'opened', labels: [] })
    expect(world.cardText(iid).split('\n').slice(0, 4)).toEqual(before)
    expect(world.cardText(iid)).toContain(`<@${engineer.id}> took back *Fail Verification*`)
    expect(world.cardText(iid)).not.toMatch(/goes out|not done|Stopped/)
    expect(buttons(given)).not.toContain('Undo')
    expect(world.thread(iid).at(-1)).toBe(
      `“Fail Verification” was undone by <@${engineer.id}> before anything was sent: #${iid} is back at “Answers are in: check them”.`,
    )
    await world.click(iid, 'Fail Verification')
    await later(given)
    expect(world.done(iid)).toEqual(failedInGitLab)
  })

  test('stands in the audit log with all that is not done', async () => {
    const given = await failed()
    const { world } = given
    await undo(given)

    const audit = await world.audit()

    const place = { from: 'account-deletion/closed', to: 'account-deletion/evaluating' }
    const [entry] = audit.filter(({ what }) => what === 'undone')
    expect(entry).toMatchObject({
      who: `slack:${engineer.id}`,
      details: { decision: 'fail-verification', ...place },
    })
    const cancelled = audit.filter(({ details }) => details.outcome === 'cancelled')
    expect(cancelled.map(({ details }) => [details.effect, details.because])).toEqual([
      ['reply', 'Undone before it was sent.'],
      ['labels', 'Undone before it was sent.'],
      ['close', 'Undone before it was sent.'],
    ])
  })

  test('is for others who may decide it, too, and whoever decided hears of it', async () => {
    const given = await failed()

    expect(await undo(given, manager.id)).toBe(undone(given))

    expect(given.world.thread(given.iid).at(-1)).toContain(
      `<@${engineer.id}> “Fail Verification” was undone by <@${manager.id}> before anything was sent`,
    )
  })

  test('is refused to whoever may not decide it', async () => {
    const given = await failed()

    expect(await undo(given, privacy.id)).toBe(
      `Only <@${engineer.id}> or a support engineer or a support manager can undo “Fail Verification”.`,
    )
    expect(await undo(given, guest.id)).toBe(
      'Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.',
    )
    await later(given)

    expect(given.world.done(given.iid)).toEqual(failedInGitLab)
    const refused = (await given.world.audit()).filter(({ what }) => what === 'refused')
    expect(refused.map(({ who, details }) => [who, details.decision])).toEqual([
      [`slack:${privacy.id}`, 'undo'],
      [`slack:${guest.id}`, 'undo'],
    ])
  })

  test('clicked twice is done once', async () => {
    const given = await failed()
    await undo(given)

    expect(await undo(given)).toBe(
      `“Fail Verification” on #${given.iid} was undone already, by you. Nothing was sent.`,
    )
    expect(await undo(given, manager.id)).toBe(
      `“Fail Verification” on #${given.iid} was undone already, by <@${engineer.id}>. Nothing was sent.`,
    )
  })

  test('by two people at once is done once, and both are told', async () => {
    const given = await failed()
    const { world, iid } = given
    const card = world.card(iid)

    await Promise.all([engineer, manager].map(({ id }) => world.slack.click(id, card, { button: 'Undo' })))
    await world.drain()
    await later(given)

    const told = await Promise.all([engineer, manager].map(({ id }) => toldLast(given, id)))
    expect(told.filter((text) => text.includes('is undone: nothing was sent'))).toHaveLength(1)
    expect(told.filter((text) => text.includes('was undone already'))).toHaveLength(1)
    expect(world.changes(iid)).toEqual([])
  })

  test('comes too late once the first of it is going out, and then all of it goes out', async () => {
    const given = await failed()
    const { world, iid } = given
    const busy = { answer: { status: 429, headers: { 'retry-after': '1' }, body: {} } }
    world.gitlab.fake.fail({ method: 'POST', times: Infinity, failure: busy })
    await world.advance({ seconds: 25 })
    await soon(given)
    expect(buttons(given)).toEqual([])

    expect(await undo(given)).toBe(
      `Too late: “Fail Verification” on #${iid} has started to go out. See its card.`,
    )
    world.gitlab.fake.heal()
    await later(given)

    expect(world.done(iid)).toEqual(failedInGitLab)
    expect(await undo(given)).toContain('Too late')
  })

  test('at the last second wins or comes too late, and never both', async () => {
    const given = await failed()
    const { world, iid } = given
    const card = world.card(iid)
    world.clock.advance({ seconds: 31 })

    await Promise.all([world.slack.click(engineer.id, card, { button: 'Undo' }), world.settle()])
    await later(given)

    const told = await toldLast(given)
    const isUndone = told === undone(given)
    expect(world.done(iid)).toEqual(isUndone ? [] : failedInGitLab)
    expect(world.gitlab.issueView(iid).state).toBe(isUndone ? 'opened' : 'closed')
    if (!isUndone) expect(told).toContain('Too late')
  })

  test('is done after a restart', async () => {
    const given = await failed()
    await given.world.restart()

    expect(await undo(given)).toBe(undone(given))
    await later(given)

    expect(given.world.changes(given.iid)).toEqual([])
  })

  test('that was stored in time wins, though the reply is due when the bot is back', async () => {
    const given = await failed()
    const { world, iid } = given
    const values: string[] = []
    JSON.stringify(world.card(iid).blocks, (key, part: unknown) => {
      if (key === 'value') values.push(String(part))
      return part
    })
    const { requestId, decision: decisionId } = JSON.parse(values[0] ?? '')
    await world.stop()
    const store = await openStore({ databaseUrl: world.databaseUrl, now: world.clock.now })
    const answerTo = { userId: engineer.id, teamId: 'T01DESK' }
    const payload = { requestId, decisionId, answerTo }
    const receivedAt = world.clock.now().toISOString()
    await store.tables.inbox.put({ key: 'click', kind: 'undo', payload, receivedAt })
    await store.close()
    world.clock.advance({ minutes: 5 })

    await world.restart()
    await later(given)

    expect(world.changes(iid)).toEqual([])
    expect(world.cardText(iid)).toContain('took back *Fail Verification*')
  })

  test('is of the last decision alone', async () => {
    const given = await aRequest(deletion, waits)
    const { world, iid } = given
    await decideInMenu(given, 'Self-Initiated Deletion', {})
    const stale = world.card(iid)
    expect(world.slack.buttons(stale)).toContain('Undo')
    await world.click(iid, 'Answers Received')
    expect(buttons(given)).not.toContain('Undo')

    await world.slack.click(engineer.id, stale, { button: 'Undo' })
    await world.drain()
    await later(given)

    expect(await toldLast(given)).toBe(
      `Too late: something else has happened on #${iid} since. See its card.`,
    )
    expect(world.changes(iid).filter(({ internal }) => internal === false)).toHaveLength(1)
  })

  test('gives a request that was closed by hand back as it was, to be completed', async () => {
    const given = await aRequest(deletion, waits)
    const { world, iid } = given
    await requesterWrites(given, 'I do not know.')
    world.gitlab.someoneCloses(iid, usernames.engineer)
    await world.drain()
    const offered = buttons(given)
    await world.click(iid, 'Fail Verification')

    await undo(given)
    await later(given)

    expect(world.changes(iid)).toEqual([])
    expect(buttons(given)).toEqual(offered)
    await world.click(iid, 'Fail Verification')
    await later(given)
    expect(world.done(iid)).toEqual(failedInGitLab.slice(0, 3))
  })

  test('leaves Undo Step as it was before the decision', async () => {
    const given = await aRequest(deletion, waits)
    const { world, iid } = given
    await world.click(iid, 'Answers Received')
    await world.click(iid, 'Fail Verification')
    await undo(given)
    expect(buttons(given)).toContain('Undo Step')

    await world.decide(iid, 'Undo Step', { 'Reason for undoing it': 'A slip of the mouse' })

    expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
  })
})

describe('what happens in GitLab during the wait', () => {
  async function silent(): Promise<InWorld> {
    const given = await aRequest(deletion, waits)
    await given.world.advance({ days: 8 })
    await given.world.click(given.iid, 'Close No Response')
    return given
  }

  test('a reply of the requester stops a close for silence, as ever', async () => {
    const given = await silent()
    const card = given.world.card(given.iid)
    await requesterWrites(given, 'Sorry for the delay.')

    await later(given)

    expect(given.world.done(given.iid)).toEqual([])
    expect(given.world.cardText(given.iid)).toContain('Answers are in: check them')
    expect(buttons(given)).not.toContain('Undo')
    await given.world.slack.click(engineer.id, card, { button: 'Undo' })
    await given.world.drain()
    expect(await toldLast(given)).toBe(
      `Too late: “Close No Response” on #${given.iid} was stopped before anything was sent. See its card.`,
    )
  })

  test('a reply of the requester counts once the close is undone', async () => {
    const given = await silent()
    await requesterWrites(given, 'Sorry for the delay.')
    expect(buttons(given)).toContain('Undo')

    // At once, by the reading that it asks for: nothing is polled in between.
    await undo(given)
    expect(given.world.cardText(given.iid)).toContain('Answers are in: check them')
    await later(given)

    expect(given.world.done(given.iid)).toEqual([])
    expect(given.world.cardText(given.iid)).toContain('Answers are in: check them')
    expect(given.world.cardText(given.iid)).not.toContain('after the close')
  })

  test('a label set by hand counts once the decision is undone', async () => {
    const given = await failed()
    const { world, iid } = given
    world.gitlab.someoneLabels(iid, usernames.manager, ['Deletion Request::Exception Approved'])
    await world.drain()
    expect(world.cardText(iid)).toContain('Closing')

    await undo(given)
    await later(given)

    expect(world.changes(iid)).toEqual([])
    expect(world.cardText(iid)).toMatch(/Start the deletion|Start Deletion/)
  })

  test('a close by hand is told once the decision is undone', async () => {
    const given = await failed()
    const { world, iid } = given
    world.gitlab.someoneCloses(iid, usernames.engineer)
    await world.drain()

    await undo(given)
    await later(given)

    expect(world.changes(iid)).toEqual([])
    expect(world.cardText(iid)).toContain('Closed in GitLab without the handbook’s reply')
  })
})

describe('of the security desk', () => {
  const answer = { 'Reply to the requester': 'Yes: AES-256.' }
  const ticketButtons = (given: WithTicket) => given.world.slack.buttons(ticketCard(given))

  async function replied(): Promise<WithTicket> {
    const given = await aTicket(waits)
    await decideOnTicket(given, 'Reply', answer)
    return given
  }

  async function undoOnTicket(given: WithTicket): Promise<void> {
    await given.world.slack.click(agent, ticketCard(given), { button: 'Undo' })
    await given.world.drain()
  }

  test('a reply waits, with Undo on the card, and then solves the ticket', async () => {
    const given = await replied()
    expect(ticketButtons(given)).toEqual(['Undo'])
    expect(ticketCardText(given)).toMatch(/Reply goes out at 10:00:3\d AM UTC/)
    expect(addedTo(given)).toEqual([])

    await later(given)

    expect(mailsOf(given)).toEqual(['Yes: AES-256.'])
    expect(given.world.zendesk.ticket(given.ticket).status).toBe('solved')
    expect(ticketButtons(given)).toEqual([])
  })

  test('undone, nothing reaches the ticket, and its business day goes on as before', async () => {
    const given = await aTicket(waits)
    const before = ticketCardText(given).split('\n').slice(0, 4)
    await decideOnTicket(given, 'Reply', answer)

    await undoOnTicket(given)
    await later(given)

    const { world, ticket } = given
    expect(world.zendesk.fake.received('PUT', /./)).toEqual([])
    expect(mailsOf(given)).toEqual([])
    expect(ticketCardText(given).split('\n').slice(0, 4)).toEqual(before)
    expect(ticketThread(given).at(-1)).toContain(`“Reply” was undone by <@${agent}> before anything was sent`)
    expect(await toldLast(given, agent)).toBe(
      `“Reply” is undone: nothing was sent. Ticket ${ticket} is back at “Needs a reply from Field Security”.`,
    )
    await decideOnTicket(given, 'Reply', answer)
    await later(given)
    expect(mailsOf(given)).toEqual(['Yes: AES-256.'])
  })

  test('what the requester writes during the wait stops the reply, as ever', async () => {
    const given = await replied()
    given.world.zendesk.requesterReplies(given.ticket, 'One more thing.')
    await given.world.drain()

    await later(given)

    expect(mailsOf(given)).toEqual([])
    expect(ticketCardText(given)).toContain('Not sent: the ticket had changed')
    expect(ticketButtons(given)).not.toContain('Undo')
  })

  test('what the requester writes during the wait is heard once the reply is undone', async () => {
    const given = await replied()
    given.world.zendesk.requesterReplies(given.ticket, 'One more thing.')
    await given.world.drain()

    await undoOnTicket(given)
    await later(given)

    expect(mailsOf(given)).toEqual([])
    expect(ticketCardText(given)).toContain('The requester last wrote')
  })
})
