/** What was decided waits, since GitLab takes no notes, while a colleague closes the issue and opens it again. */
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../sandbox/fake-server.ts'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { snippet } from '../app/desk-world.ts'
import { aRequest, type InWorld, requesterWrites } from '../app/flow-acts.ts'
import { aTicket, decideOnTicket, mailsOf, ticketCardText } from '../app/ticket-acts.ts'

const answerTo = 'Reply to the requester'
const deletion = 'GitLab.com Account Deletion'
const busy: Failure = { answer: { status: 429, headers: { 'retry-after': '30' }, body: {} } }
const failed = snippet('closed-verification-failed')
const why = 'The request was reopened in GitLab, which was not known when this was decided.'

async function evaluating(): Promise<InWorld> {
  const given = await aRequest(deletion)
  await requesterWrites(given)
  return given
}

function takesNoNotes({ world }: InWorld, failure: Failure = busy): void {
  world.gitlab.fake.fail({ method: 'POST', path: /\/notes$/, times: Infinity, failure })
}

async function closedAndReopened({ world, iid }: InWorld): Promise<void> {
  await world.advance({ seconds: 1 })
  world.gitlab.someoneCloses(iid, usernames.manager)
  await world.drain()
  await world.advance({ seconds: 1 })
  world.gitlab.someoneReopens(iid, usernames.manager)
  await world.drain()
}

async function takesNotesAgain({ world }: InWorld): Promise<void> {
  world.gitlab.fake.heal()
  await world.passTime(20, 30)
}

const mails = ({ world }: InWorld) => world.gitlab.mails.map(({ text }) => text)

describe('A closing reply that waits while the issue is closed and reopened by hand', () => {
  test('is not sent, nor is anything set or closed: card and audit log say why', async () => {
    const given = await evaluating()
    const { world, iid } = given
    takesNoNotes(given)
    await world.click(iid, 'Fail Verification')
    await closedAndReopened(given)

    await takesNotesAgain(given)

    expect(mails(given)).not.toContain(failed)
    expect(world.gitlab.issueView(iid)).toMatchObject({ state: 'opened', labels: [] })
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.cardText(iid)).toContain('*Stopped:* 0 of 3 steps done.')
    expect(world.cardText(iid)).toContain(`not done: ${why}`)
    const effects = (await world.audit()).filter(({ details }) => details.because === why)
    expect(effects.map(({ details }) => [details.effect, details.outcome])).toEqual([
      ['reply', 'stopped'],
      ['labels', 'cancelled'],
      ['close', 'cancelled'],
    ])
  })

  test('is sent once where the same is decided again', async () => {
    const given = await evaluating()
    const { world, iid } = given
    takesNoNotes(given)
    await world.click(iid, 'Fail Verification')
    await closedAndReopened(given)
    await world.advance({ seconds: 1 })
    await world.click(iid, 'Fail Verification')

    await takesNotesAgain(given)

    expect(mails(given).filter((text) => text === failed)).toHaveLength(1)
    expect(world.gitlab.issueView(iid).state).toBe('closed')
    expect(world.cardText(iid)).toContain('*Done.*')
    expect(world.cardText(iid)).toContain(why)
  })

  test('is not sent where its outcome was unknown and no look finds it', async () => {
    const given = await evaluating()
    const { world, iid } = given
    takesNoNotes(given, { drop: 'connection' })
    await world.click(iid, 'Fail Verification')
    await closedAndReopened(given)
    await world.advance({ seconds: 1 })
    await world.click(iid, 'Fail Verification')

    await takesNotesAgain(given)

    expect(mails(given).filter((text) => text === failed)).toHaveLength(1)
  })

  test('counts as sent where a look finds it; what follows it is not done', async () => {
    const given = await evaluating()
    const { world, iid } = given
    takesNoNotes(given, { applied: true, drop: 'connection' })
    await world.click(iid, 'Fail Verification')
    await closedAndReopened(given)

    await takesNotesAgain(given)

    expect(world.done(iid)).toEqual([expect.stringContaining(failed.slice(0, 40))])
    expect(world.cardText(iid)).toContain(why)
  })

  test('is not sent again by the next decision where a look finds it', async () => {
    const given = await evaluating()
    const { world, iid } = given
    takesNoNotes(given, { applied: true, drop: 'connection' })
    await world.click(iid, 'Fail Verification')
    await closedAndReopened(given)
    await world.advance({ seconds: 1 })
    await world.click(iid, 'Fail Verification')

    await takesNotesAgain(given)

    expect(mails(given).filter((text) => text === failed)).toHaveLength(1)
    expect(world.cardText(iid)).toContain('not done: The requester already got this reply.')
    expect(world.gitlab.issueView(iid)).toMatchObject({
      state: 'closed',
      labels: expect.arrayContaining(['Account Verification Failed']),
    })
  })

  test('that went out before the reopening may be sent anew; only the close that had not come is not done', async () => {
    const given = await evaluating()
    const { world, iid } = given
    world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure: busy })
    await world.click(iid, 'Fail Verification')
    await closedAndReopened(given)
    world.gitlab.fake.heal()
    await world.passTime(4, 30)
    expect(world.gitlab.issueView(iid)).toMatchObject({ state: 'opened', labels: [] })

    await world.click(iid, 'Fail Verification')

    expect(mails(given).filter((text) => text === failed)).toHaveLength(2)
    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })

  test('is not sent after Try Again, either', async () => {
    const given = await evaluating()
    const { world, iid } = given
    takesNoNotes(given, { answer: { status: 403, body: { message: '403 Forbidden' } } })
    await world.click(iid, 'Fail Verification')
    await closedAndReopened(given)
    world.gitlab.fake.heal()

    await world.click(iid, 'Try Again')
    await world.passTime(20, 30)

    expect(mails(given)).not.toContain(failed)
    expect(world.cardText(iid)).toContain(`not done: ${why}`)
    expect(world.slack.buttons(world.card(iid))).not.toContain('Try Again')
  })

  test('goes out, with what follows it, where the issue was only closed: it was owed', async () => {
    const given = await evaluating()
    const { world, iid } = given
    takesNoNotes(given)
    await world.click(iid, 'Fail Verification')
    world.gitlab.someoneCloses(iid, usernames.manager)
    await world.drain()

    await takesNotesAgain(given)

    expect(mails(given).filter((text) => text === failed)).toHaveLength(1)
    expect(world.gitlab.issueView(iid).labels).toContain('Account Verification Failed')
  })
})

describe('A reply that closes nothing and waits while the issue is closed and reopened by hand', () => {
  const blocked = snippet('blocked-user-initiated')

  test('goes out', async () => {
    const given = await evaluating()
    takesNoNotes(given)
    await given.world.click(given.iid, 'Self-Initiated Deletion')
    await closedAndReopened(given)

    await takesNotesAgain(given)

    expect(mails(given).filter((text) => text === blocked)).toHaveLength(1)
  })

  test('goes out once where it is chosen again', async () => {
    const given = await evaluating()
    takesNoNotes(given)
    await given.world.click(given.iid, 'Self-Initiated Deletion')
    await closedAndReopened(given)
    await given.world.advance({ seconds: 1 })
    await given.world.click(given.iid, 'Self-Initiated Deletion')

    await takesNotesAgain(given)

    expect(mails(given).filter((text) => text === blocked)).toHaveLength(1)
  })
})

test('An answer on a ticket that waits while it is solved by hand and reopened by its writer is not sent', async () => {
  const given = await aTicket()
  const { world, ticket } = given
  world.zendesk.fake.fail({ method: 'PUT', path: /\/tickets\//, times: Infinity, failure: busy })
  await decideOnTicket(given, 'Reply', { [answerTo]: 'Yes, it is.' })
  await world.advance({ seconds: 1 })
  world.zendesk.someoneSolves(ticket)
  await world.settle()
  await world.advance({ seconds: 1 })
  world.zendesk.requesterReplies(ticket, 'And the backups?')
  await world.settle()

  world.zendesk.fake.heal()
  await world.passTime(4, 30)

  expect(mailsOf(given)).toEqual([])
  expect(ticketCardText(given)).toContain('Needs a reply from Field Security')
})
