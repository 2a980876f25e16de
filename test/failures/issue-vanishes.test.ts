import { describe, expect, it } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { channel, formCopy, people, snippet, startWorld, type World } from '../app/desk-world.ts'

async function evaluated(world: World): Promise<number> {
  const iid = await world.request()
  world.gitlab.requesterReplies(iid, 'My answers')
  await world.settle()
  return iid
}

const write = { path: /\/issues\/\d+(\/notes)?$/ }

const failed = [
  `reply: ${snippet('closed-verification-failed')}`,
  'add Account Verification Failed',
  'add deletion request::denied',
  'closed',
]

describe('an issue that vanishes between the card and the click', () => {
  it('deleted (404): the person is told, nothing is changed, the card says so', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    world.gitlab.remove(iid)

    await world.click(iid, 'Fail Verification')

    expect(world.told(people.engineer.id)).toEqual([
      `GitLab no longer shows issue #${iid} (404): it was deleted or moved, or the bot’s token can’t see it. Nothing was changed.`,
    ])
    expect(world.done(iid)).toEqual([])
    expect(world.cardText(iid)).toContain('GitLab has returned 404 for this request since Mar 1')
    expect(world.cardText(iid)).toContain('Answers are in: check them')
  })

  it.each([
    ['hidden (404)', 404, 'it was deleted or moved, or the bot’s token can’t see it. Nothing was changed.'],
    ['refused to the token (403)', 403, 'GitLab does not let the bot’s token read issue #1 (403).'],
  ])(
    '%s: the same, and once it is shown again the click works and the card is clean',
    async (how, status, says) => {
      const world = await startWorld()
      const iid = await evaluated(world)
      const { shown } = vanish(world, iid, how)

      await world.click(iid, 'Fail Verification')
      const meanwhile = world.cardText(iid)
      shown()
      await world.click(iid, 'Fail Verification')

      expect(world.told(people.engineer.id)).toEqual([expect.stringContaining(says)])
      expect(meanwhile).toContain(`GitLab has returned ${status} for this request`)
      expect(world.done(iid)).toEqual(failed)
      expect(world.cardText(iid)).not.toContain('has returned')
    },
  )

  it('a refusal because of it stands in the audit log', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    world.gitlab.remove(iid)

    await world.click(iid, 'Fail Verification')

    const refused = (await world.audit()).filter(({ what }) => what === 'refused')
    expect(refused).toMatchObject([
      {
        who: `slack:${people.engineer.id}`,
        iid,
        details: { decision: 'fail-verification', because: expect.stringContaining('(404)') },
      },
    ])
  })

  it('a webhook of an issue that GitLab no longer shows is said on the card and handled once', async () => {
    const world = await startWorld()
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'My answers')
    world.gitlab.remove(iid)

    await world.settle()

    expect(world.cardText(iid)).toContain('GitLab has returned 404 for this request')
    expect(world.logged.filter((line) => line.includes('"level":50'))).toEqual([])
  })
})

describe('an issue that GitLab does not show when it comes in', () => {
  it.each([403, 404])(
    '%i: it is a request like any other once it can be read, though nothing on it has changed',
    async (status) => {
      const world = await startWorld()
      const path = /\/issues\/1$/
      world.gitlab.fake.fail({ path, times: Number.POSITIVE_INFINITY, failure: { answer: { status } } })
      const { iid } = world.gitlab.submitRequest({ description: formCopy() })
      await world.settle()
      const meanwhile = world.slack.messages(channel).filter(({ text }) => text.startsWith('#'))
      await world.advance({ hours: 2 })

      world.gitlab.fake.heal()
      await world.advance({ hours: 1 })

      expect(meanwhile).toEqual([])
      expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
    },
  )

  it('one that is known and hidden is clean again once it is shown, without a click', async () => {
    const world = await startWorld()
    const iid = await world.request()
    world.gitlab.hide(iid)
    await world.gitlab.webhooks.settled()
    const [delivery] = world.gitlab.webhooks.deliveries
    if (delivery) world.gitlab.webhooks.resend({ ...delivery, id: 'another' })
    await world.settle()
    const meanwhile = world.cardText(iid)

    world.gitlab.unhide(iid)
    await world.advance({ hours: 1 })

    expect(meanwhile).toContain('GitLab has returned')
    expect(world.cardText(iid)).not.toContain('has returned')
    const seen = (await world.audit()).filter(({ what }) => what === 'seen')
    expect(seen.map(({ details }) => details.name)).toEqual(['issue-unreadable', 'issue-readable'])
  })

  it('one that was hidden for more than a month and reopened meanwhile stands where GitLab has it', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    await world.click(iid, 'Fail Verification')
    world.gitlab.hide(iid)
    world.gitlab.someoneReopens(iid, usernames.manager)
    await world.settle()
    await world.advance({ days: 40 })
    // The poll asks for what has changed since this one, and so for nothing of before.
    await world.request()
    await world.passTime(2, 60)

    world.gitlab.unhide(iid)
    await world.advance({ days: 1 })
    await world.passTime(2, 60)

    expect(world.gitlab.issueView(iid).state).toBe('opened')
    expect(world.cardText(iid)).toContain('Answers are in: check them')
  })

  it('deleted for good, it is asked for ever less often, once a day after 30 days, and no more after a year', async () => {
    const world = await startWorld()
    const { iid } = world.gitlab.submitRequest({ description: formCopy() })
    world.gitlab.remove(iid)
    await world.settle()
    const asked = () => world.gitlab.fake.received('GET', new RegExp(`/issues/${iid}$`)).length

    const [atFirst, inAnHour, inAnotherHour] = [asked(), await askedIn(60), await askedIn(60)]
    await world.advance({ days: 31 })
    await world.passTime(2, 60)
    const [inADay, inAnotherDay] = [await askedIn(24, 3_600), await askedIn(24, 3_600)]
    await world.advance({ days: 366 })
    await world.passTime(2, 60)
    const atLast = asked()
    await world.passTime(3, 86_400)

    expect([inADay, inAnotherDay]).toEqual([1, 1])
    expect(atFirst).toBeGreaterThan(0)
    expect(inAnHour).toBeGreaterThan(inAnotherHour)
    expect(asked()).toBe(atLast)

    async function askedIn(times: number, seconds = 60): Promise<number> {
      const before = asked()
      await world.passTime(times, seconds)
      return asked() - before
    }
  })
})

describe('what changes while GitLab hides the issue, and no webhook tells of it', () => {
  const longLooks = (world: World) =>
    world.gitlab.fake.requests.filter(
      ({ path, query, at }) =>
        path.endsWith('/issues') &&
        at.getTime() - Date.parse(query.get('updated_after') ?? '') > 59 * 86_400_000,
    ).length

  /** One that was closed has been reopened and another has come in; the poll is past both; all are shown again. */
  async function shownAgain() {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    await world.click(iid, 'Mark Spam')
    world.gitlab.hide(iid)
    world.gitlab.someoneReopens(iid, usernames.manager)
    const other = world.gitlab.submitRequest({ description: formCopy() }).iid
    world.gitlab.hide(other)
    await world.advance({ minutes: 10 })
    await world.request()
    await world.passTime(2, 600)
    world.gitlab.unhide(iid)
    world.gitlab.unhide(other)
    return { world, iid, other }
  }

  it('is found within a day after it is shown again: the reopened and the new one', async () => {
    const { world, iid, other } = await shownAgain()

    await world.advance({ days: 1 })

    expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
    expect(world.cardText(other)).toContain('Waiting for the challenge answers')
  })

  it('is found an hour after a look that broke off; what is new comes in all the same', async () => {
    const { world, other } = await shownAgain()
    world.gitlab.fake.fail({ path: /\/issues$/, after: 1, failure: { answer: { status: 502 } } })
    await world.advance({ days: 1 })
    const isThere = () => world.slack.messages(channel).some(({ text }) => text.startsWith(`#${other} `))

    const atFirst = isThere()
    const third = await world.request()
    await world.advance({ hours: 1 })

    expect(atFirst).toBe(false)
    expect(world.cardText(third)).toContain('Waiting for the challenge answers')
    expect(isThere()).toBe(true)
  })

  it('is not what was over and has been purged: that is not taken in, and counted, a second time', async () => {
    const world = await startWorld({ webhook: false, env: { RETENTION_DAYS: '30' } })
    const { iid } = world.gitlab.submitRequest({
      title: 'Invalid Request Received: account deletion',
      description: formCopy(),
    })
    const spam = await world.request()
    await world.click(spam, 'Mark Spam')
    await world.advance({ minutes: 10 })
    await world.request()

    await world.advance({ days: 31 })
    await world.restart()
    await world.passTime(2, 86_400)

    const opened = (await world.audit()).filter(({ what }) => what === 'opened' || what === 'purged')
    expect(opened.map((entry) => entry.iid ?? entry.details.requests)).toEqual([0, iid, spam, 3, 2])
  })

  it('is looked for once a day, also after the clock was set back', async () => {
    const world = await startWorld({ webhook: false })
    await world.request()
    const atStart = longLooks(world)

    await world.passTime(6, 3_600)
    const inHours = longLooks(world)
    await world.advance({ days: 1 })
    const inADay = longLooks(world)
    world.clock.advance({ days: -3 })
    await world.settle()

    expect([inHours, inADay, longLooks(world)].map((count) => count - atStart)).toEqual([0, 1, 2])
  })
})

describe('an issue that vanishes between the decision and its effects', () => {
  it.each([
    ['deleted', `Issue #1 is gone (404), or the bot's token can't see it.`],
    ['hidden', `Issue #1 is gone (404), or the bot's token can't see it.`],
    ['refused', `The bot's token isn't allowed to do this on issue #1 (403).`],
  ])('%s: the card says what failed and offers Try Again, and nothing counts as done', async (how, says) => {
    const { world, iid } = await decidedThenVanished(how)

    expect(world.cardText(iid)).toContain('FAILED')
    expect(world.cardText(iid)).toContain(says)
    expect(world.cardText(iid)).not.toContain('*Done.*')
    expect(world.slack.buttons(world.card(iid))).toEqual(['Try Again'])
    expect(world.done(iid)).toEqual([])
  })

  it('Try Again while it is still gone says so again and does nothing twice', async () => {
    const { world, iid } = await decidedThenVanished('hidden')

    await world.click(iid, 'Try Again')
    await world.passTime(3, 10)

    expect(world.cardText(iid)).toContain('FAILED')
    expect(world.slack.buttons(world.card(iid))).toEqual(['Try Again'])
    expect(world.done(iid)).toEqual([])
  })

  it('Try Again after it is back completes the decision, each effect once and in order', async () => {
    const { world, iid } = await decidedThenVanished('hidden')
    world.gitlab.unhide(iid)

    await world.click(iid, 'Try Again')
    await world.passTime(3, 10)

    expect(world.done(iid)).toEqual(failed)
    expect(world.cardText(iid)).toContain('*Done.*')
    expect(world.cardText(iid)).not.toContain('FAILED')
    expect(world.slack.buttons(world.card(iid))).toEqual([])
    expect(
      world.gitlab.mails.filter(({ text }) => text === snippet('closed-verification-failed')),
    ).toHaveLength(1)
  })

  it('Try Again by two people at once, and again when all is done, does each effect once', async () => {
    const { world, iid } = await decidedThenVanished('hidden')
    world.gitlab.unhide(iid)
    const card = world.card(iid)

    await Promise.all([
      world.slack.click(people.engineer.id, card, { button: 'Try Again' }),
      world.slack.click(people.secondEngineer.id, card, { button: 'Try Again' }),
    ])
    await world.settle()
    await world.passTime(3, 10)
    await world.slack.click(people.engineer.id, card, { button: 'Try Again' })
    await world.settle()

    expect(world.done(iid)).toEqual(failed)
    expect(world.told(people.engineer.id).at(-1)).toBe(
      'Already retried: somebody was quicker, or it’s done by now.',
    )
  })

  it.each([
    [
      'a member without a role',
      people.member.id,
      'Only support engineers, support managers and Privacy can do that.',
    ],
    ['a guest', people.guest.id, 'Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.'],
  ])('Try Again by %s is refused, and the refusal stands in the audit log', async (_who, by, because) => {
    const { world, iid } = await decidedThenVanished('hidden')
    world.gitlab.unhide(iid)

    await world.click(iid, 'Try Again', by)
    await world.passTime(3, 10)

    expect(world.done(iid)).toEqual([])
    expect(world.told(by)).toEqual([because])
    expect(world.cardText(iid)).toContain('FAILED')
    expect((await world.audit()).filter(({ what }) => what === 'refused')).toMatchObject([
      { iid, who: `slack:${by}`, details: { decision: 'try-again', because } },
    ])
  })

  it('the meta issue’s project refuses: the reply before it stands, and what follows waits', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
    const creation = { method: 'POST', path: /\/issues$/ }
    world.gitlab.fake.fail({ ...creation, times: Infinity, failure: { answer: { status: 403, body: {} } } })

    await world.click(iid, 'Start Deletion')
    await world.passTime(3, 10)
    const meanwhile = world.cardText(iid)
    world.gitlab.fake.heal()
    await world.click(iid, 'Try Again')
    await world.passTime(3, 10)

    expect(meanwhile).toContain('FAILED')
    expect(world.done(iid).filter((line) => line.startsWith('reply: '))).toHaveLength(1)
    expect(world.gitlab.world.issues.filter(({ title }) => title === 'requester@example.com')).toHaveLength(1)
    expect(world.cardText(iid)).toContain('*Done.*')
  })
})

/** GitLab takes no change while the decision is made; when it does again, the issue is gone. */
async function decidedThenVanished(how: string): Promise<{ world: World; iid: number }> {
  const world = await startWorld()
  const iid = await evaluated(world)
  const busy = { answer: { status: 429, headers: { 'retry-after': '1' }, body: {} } }
  world.gitlab.fake.fail({ ...write, method: 'POST', times: Infinity, failure: busy })
  await world.click(iid, 'Fail Verification')
  world.gitlab.fake.heal()
  vanish(world, iid, how)
  await world.passTime(3, 10)
  return { world, iid }
}

/** A token that lost its role is refused (403) what it may still know of; what it may not know of is not there (404). */
function vanish({ gitlab }: World, iid: number, how: string): { readonly shown: () => void } {
  if (how.startsWith('refused')) {
    const path = new RegExp(`/issues/${iid}(/|$)`)
    gitlab.fake.fail({ path, times: Infinity, failure: { answer: { status: 403, body: {} } } })
    return { shown: () => gitlab.fake.heal() }
  }
  if (how === 'deleted') gitlab.remove(iid)
  else gitlab.hide(iid)
  return { shown: () => gitlab.unhide(iid) }
}
