/** Whoever asked others to decide hears what they decided, and whoever decided hears what of it failed: by a mention, once. */
import { describe, expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { people } from './desk-world.ts'
import { aRequest, type InWorld, requesterWrites } from './flow-acts.ts'
import { aTicket, decideOnTicket, ticketThread } from './ticket-acts.ts'

const [ada, ben] = [people.engineer.id, people.secondEngineer.id]
const [mara, priya] = [people.manager.id, people.privacy.id]
const because = { Reason: 'The other owner has left the company.' }

async function exceptionAsked(env: Record<string, string> = {}): Promise<InWorld> {
  const given = await aRequest('GitLab.com Account Deletion', { env })
  await requesterWrites(given)
  await given.world.click(given.iid, 'Request Exception', ada)
  return given
}

async function privacyAsked(): Promise<InWorld> {
  const given = await aRequest('GitLab.com Account Deletion - Deceased User')
  await requesterWrites(given)
  await given.world.decide(
    given.iid,
    'Ask Privacy',
    { 'Your question for Privacy': 'Is the certificate enough?' },
    ada,
  )
  return given
}

const mentions = ({ world, iid }: InWorld, who: string) =>
  world.thread(iid).filter((text) => text.startsWith(`<@${who}>`))

describe('Whoever asked for an exception hears', () => {
  test('that it was approved, by whom, and where the request stands', async () => {
    const given = await exceptionAsked()

    await given.world.decide(given.iid, 'Approve Exception', because, mara)

    expect(mentions(given, ada)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^<@${ada}> what you asked on #1 is decided: Approve Exception, by <@${mara}>. It is now at “`,
        ),
      ),
    ])
  })

  test('that it was refused', async () => {
    const given = await exceptionAsked()

    await given.world.click(given.iid, 'Fail Verification', mara)

    expect(mentions(given, ada)).toEqual([
      `<@${ada}> what you asked on #1 is decided: Fail Verification, by <@${mara}>. It is now at “Closed”.`,
    ])
  })

  test('that it was approved by the label in GitLab', async () => {
    const given = await exceptionAsked()
    given.world.gitlab.someoneLabels(given.iid, usernames.engineer, ['Deletion Request::Exception Approved'])
    await given.world.drain()

    expect(mentions(given, ada)).toEqual([expect.stringContaining(', by somebody in GitLab. It is now at “')])
  })

  test('of two approvals once, with the second', async () => {
    const given = await exceptionAsked({ REQUIRE_PRIVACY_APPROVAL: 'true' })
    await given.world.decide(given.iid, 'Approve Exception', because, mara)
    expect(mentions(given, ada)).toEqual([])

    await given.world.decide(given.iid, 'Approve Exception', because, priya)

    expect(mentions(given, ada)).toEqual([expect.stringContaining(`Approve Exception, by <@${priya}>.`)])
  })

  test('nothing of what they decide themselves', async () => {
    const given = await exceptionAsked()

    await given.world.click(given.iid, 'Fail Verification', ada)

    expect(mentions(given, ada)).toEqual([])
  })
})

describe('Whoever asked Privacy hears', () => {
  test.each([['Continue'], ['Fail Verification']])('that they chose %s', async (button) => {
    const given = await privacyAsked()

    await given.world.click(given.iid, button, priya)

    expect(mentions(given, ada)).toEqual([
      expect.stringContaining(`what you asked on #1 is decided: ${button}, by <@${priya}>.`),
    ])
  })
})

describe('Whoever decided hears that something of it failed', () => {
  test('in GitLab, once for each failure, also after Try Again', async () => {
    const given = await aRequest('GitLab.com Account Deletion')
    const { world, iid } = given
    await requesterWrites(given)
    const refused = { answer: { status: 403, body: { message: '403 Forbidden' } } }
    world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure: refused })

    await world.click(iid, 'Fail Verification', ada)
    await world.settle()

    expect(mentions(given, ada)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^<@${ada}> a step of “Fail Verification” failed: .+ then choose Try Again on the card\\.$`,
        ),
      ),
    ])

    await world.click(iid, 'Try Again', ben)
    expect(mentions(given, ada)).toHaveLength(2)

    world.gitlab.fake.heal()
    await world.click(iid, 'Try Again', ben)
    expect(mentions(given, ada).slice(2)).toEqual([
      `<@${ada}> “Fail Verification” is done: reply sent, labels set, closed.`,
    ])
    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })

  test('that all of it is done, once, where it took longer than anybody looks on', async () => {
    const given = await aRequest('GitLab.com Account Deletion')
    const { world, iid } = given
    await requesterWrites(given)
    world.gitlab.fake.fail({ method: 'PUT', times: 2, failure: { answer: { status: 429, body: {} } } })

    await world.click(iid, 'Fail Verification', ada)
    await world.settle()
    const meanwhile = mentions(given, ada)
    await world.advance({ minutes: 10 })
    await world.advance({ hours: 1 })

    expect(meanwhile).toEqual([])
    expect(mentions(given, ada)).toEqual([
      `<@${ada}> “Fail Verification” is done: reply sent, labels set, closed.`,
    ])
  })

  test('nothing of what they see at once on the card', async () => {
    const given = await aRequest('GitLab.com Account Deletion')
    await requesterWrites(given)

    await given.world.click(given.iid, 'Fail Verification', ada)
    await given.world.settle()

    expect(given.world.gitlab.issueView(given.iid).state).toBe('closed')
    expect(mentions(given, ada)).toEqual([])
  })

  test('in Zendesk', async () => {
    const given = await aTicket()
    const { world } = given
    const refused = { answer: { status: 403, body: { error: 'Forbidden' } } }
    world.zendesk.fake.fail({ method: 'PUT', times: Infinity, failure: refused })

    await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'Yes.' })

    expect(ticketThread(given).filter((text) => text.startsWith(`<@${people.fieldSecurity.id}>`))).toEqual([
      expect.stringContaining('a step of “Reply” failed: '),
    ])
  })

  describe('or whoever works there does, where something else has come about since', () => {
    test('in GitLab', async () => {
      const given = await exceptionAsked()
      const { world, iid } = given
      const answers = (status: number) => ({ answer: { status, body: { message: 'No.' } } })
      world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure: answers(429) })
      await world.decide(iid, 'Approve Exception', because, mara)
      await world.click(iid, 'Start Deletion', ada)
      world.gitlab.fake.heal()
      world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure: answers(403) })

      await world.advance({ minutes: 10 })

      expect(world.thread(iid).filter((text) => text.includes('failed'))).toEqual([
        expect.stringMatching(
          /^<!subteam\^S01ENGINEERS> An earlier step failed: .+ then choose Try Again on the card\.$/,
        ),
      ])
    })

    test('in Zendesk, of an answer that was kept internal and found after the requester had written', async () => {
      const given = await aTicket()
      const { world, ticket } = given
      world.zendesk.account.onlyPrivateComments = true
      world.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })
      await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'Yes.' })
      world.zendesk.requesterReplies(ticket, 'And at rest?')
      await world.drain()

      await world.advance({ minutes: 10 })

      expect(ticketThread(given).filter((text) => text.includes('failed'))).toEqual([
        expect.stringMatching(
          /^<!subteam\^S01FIELDSEC> An earlier step failed: .+ it kept the answer as an internal comment; .+ The requester got nothing\./,
        ),
      ])
    })
  })
})
