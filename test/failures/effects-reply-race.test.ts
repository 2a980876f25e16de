/** The requester writes between the click on Close No Response and the moment at which its reply would be sent. */
import { describe, expect, it } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { formCopy, people, snippet, startWorld, type World } from '../app/desk-world.ts'

const busy = { answer: { status: 429, headers: { 'retry-after': '1' }, body: {} } }
const stopped = 'Closing was stopped: the requester had written'
const said = (iid: number) =>
  `<@${people.engineer.id}> #${iid} was not closed: the requester replied in the meantime. Nothing was sent.`

/** Whoever looks for what is new is kept from seeing it, so that only the effect can. */
function blindPoll({ gitlab }: World): void {
  gitlab.fake.fail({ method: 'GET', path: /\/issues$/, times: Infinity, failure: busy })
}

/** Close No Response is clicked, GitLab takes no note, the requester writes, GitLab takes notes again. */
async function race(world: World, iid: number, { pollSeesFirst = false } = {}) {
  world.gitlab.fake.fail({ method: 'POST', times: Infinity, failure: busy })
  if (!pollSeesFirst) blindPoll(world)
  await world.click(iid, 'Close No Response')
  const waiting = world.cardText(iid)
  world.gitlab.requesterReplies(iid, 'Sorry for the delay: here are my answers.')
  world.gitlab.fake.heal()
  if (!pollSeesFirst) blindPoll(world)
  await world.passTime(4, 30)
  return waiting
}

async function unanswered(): Promise<{ world: World; iid: number }> {
  const world = await startWorld({ webhook: false })
  const iid = await world.request()
  await world.advance({ days: 8 })
  return { world, iid }
}

describe('account deletion: the requester writes while the closing reply waits', () => {
  it.each([
    ['and nobody has seen it', false],
    ['and the poll has seen it', true],
  ])('%s: nothing is sent, set or closed, and the reply is evaluated', async (_how, pollSeesFirst) => {
    const { world, iid } = await unanswered()

    const waiting = await race(world, iid, { pollSeesFirst })

    expect(waiting).toContain('*In progress:* 0 of 3 steps done.')
    expect(world.done(iid)).toEqual([])
    expect(world.gitlab.mails.map(({ text }) => text)).not.toContain(snippet('closed-no-response'))
    expect(world.gitlab.issueView(iid)).toMatchObject({ state: 'opened', labels: [] })
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.cardText(iid)).toContain(stopped)
    expect(world.cardText(iid)).toContain('*Stopped:* 0 of 3 steps done.')
    expect(world.cardText(iid)).not.toContain('FAILED')
    expect(world.slack.buttons(world.card(iid))).not.toContain('Try Again')
    expect(world.thread(iid)).toContain(said(iid))
  })

  it.each([
    ['and nobody has seen it', false],
    ['and the poll has seen it', true],
  ])(
    'of an export that is closed without a reply, %s: it stays open, and is helped with',
    async (_how, pollSeesFirst) => {
      const world = await startWorld({ webhook: false })
      const iid = await world.request({ description: formCopy('Data Export Request') })
      await world.advance({ days: 8 })
      world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure: busy })
      if (!pollSeesFirst) blindPoll(world)
      await world.click(iid, 'Close Self-Serve')
      world.gitlab.requesterReplies(iid, 'The export ends with an error.')
      if (pollSeesFirst) await world.passTime(2, 30)
      world.gitlab.fake.heal()
      if (!pollSeesFirst) blindPoll(world)

      await world.passTime(4, 30)

      expect(world.done(iid)).not.toContain('closed')
      expect(world.gitlab.issueView(iid).state).toBe('opened')
      expect(world.cardText(iid)).toContain('Self-serve failed: help the requester')
      // Once their message is known, who decided before is not the last who did something.
      const whom = pollSeesFirst ? '<!subteam^S01ENGINEERS>' : `<@${people.engineer.id}>`
      expect(world.thread(iid)).toContain(said(iid).replace(`<@${people.engineer.id}>`, whom))
    },
  )

  it('stands in the audit log, with everything that was not done', async () => {
    const { world, iid } = await unanswered()

    await race(world, iid)

    const entries = await world.audit()
    const inGitLab = ['reply', 'labels', 'close']
    const effects = entries.filter(({ details }) => inGitLab.includes(String(details.effect)))
    expect(effects.map(({ details }) => [details.effect, details.outcome])).toEqual([
      ['reply', 'later'],
      ['reply', 'stopped'],
      ['labels', 'cancelled'],
      ['close', 'cancelled'],
    ])
    expect(entries.filter(({ what }) => what === 'seen')).toMatchObject([
      {
        iid,
        details: {
          name: 'close-stopped',
          from: 'account-deletion/closed',
          to: 'account-deletion/evaluating',
        },
      },
    ])
  })

  it('and goes on from there: verification fails, and its reply is sent', async () => {
    const { world, iid } = await unanswered()
    await race(world, iid)
    world.gitlab.fake.heal()

    await world.click(iid, 'Fail Verification')

    expect(world.done(iid)).toEqual([
      `reply: ${snippet('closed-verification-failed')}`,
      'add Account Verification Failed',
      'add deletion request::denied',
      'closed',
    ])
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it('who has answered is not closed for no response afterwards, though nothing was sent', async () => {
    const { world, iid } = await unanswered()
    await race(world, iid)
    world.gitlab.fake.heal()

    await world.click(iid, 'Close No Response')

    expect(world.told(people.engineer.id)).toHaveLength(1)
    expect(world.done(iid)).toEqual([])
  })

  it('a process that dies before it knew goes on the same way', async () => {
    const { world, iid } = await unanswered()
    world.gitlab.fake.fail({ method: 'POST', times: Infinity, failure: busy })
    await world.click(iid, 'Close No Response')
    await world.stop()
    world.gitlab.requesterReplies(iid, 'Here are my answers.')
    world.gitlab.fake.heal()

    await world.restart()
    await world.passTime(4, 30)

    expect(world.done(iid)).toEqual([])
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.thread(iid)).toContain(said(iid))
  })
})

/** What people do in GitLab while Close No Response waits, is read there, and then the close is stopped. */
async function doneMeanwhile(act: (world: World, iid: number) => void) {
  const given = await unanswered()
  const { world, iid } = given
  const later = { answer: { status: 429, headers: { 'retry-after': '600' }, body: {} } }
  world.gitlab.fake.fail({ method: 'POST', failure: later })
  await world.click(iid, 'Close No Response')
  world.gitlab.requesterReplies(iid, 'Sorry for the delay: here are my answers.')
  act(world, iid)
  await world.passTime(4, 30)
  const waiting = world.cardText(iid)
  await world.passTime(22, 30)
  return { ...given, waiting }
}

describe('what somebody does in GitLab while the closing reply waits counts once the close is stopped', () => {
  it('an issue that was closed by hand is not open at the desk', async () => {
    const { world, iid, waiting } = await doneMeanwhile(({ gitlab }, number) =>
      gitlab.someoneCloses(number, usernames.engineer),
    )

    expect(waiting).toContain('*In progress:* 0 of 3 steps done.')
    expect(world.done(iid)).toEqual([])
    expect(world.cardText(iid)).toContain('Closed in GitLab')
    expect(world.cardText(iid)).not.toContain('Answers are in: check them')
    expect(world.thread(iid)).toContain(said(iid))
    expect(world.thread(iid).at(-1)).toContain(`#${iid} was closed in GitLab, not by the bot.`)
  })

  it('one that was closed and reopened by hand is open, and nothing closes it', async () => {
    const { world, iid } = await doneMeanwhile(({ gitlab }, number) => {
      gitlab.someoneCloses(number, usernames.engineer)
      gitlab.someoneReopens(number, usernames.engineer)
    })

    expect(world.gitlab.issueView(iid).state).toBe('opened')
    expect(world.cardText(iid)).toContain('Reopened in GitLab')
    expect(world.slack.buttons(world.card(iid))).toContain('Answers Received')
  })

  it('a label that approves the exception has approved it', async () => {
    const { world, iid } = await doneMeanwhile(({ gitlab }, number) =>
      gitlab.someoneLabels(number, usernames.manager, ['Deletion Request::Exception Approved']),
    )

    expect(world.cardText(iid)).toContain('Ready')
    expect(world.slack.buttons(world.card(iid))).toContain('Start Deletion')
  })

  it('a label of failed checks stands on the card', async () => {
    const { world, iid } = await doneMeanwhile(({ gitlab }, number) =>
      gitlab.someoneLabels(number, usernames.engineer, ['account-deletion::invalid']),
    )

    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.cardText(iid)).toContain('*Marked as failing the automated checks*')
  })
})

describe('while the requester is silent', () => {
  it('the reply that waited is sent, once, and the request is closed', async () => {
    const { world, iid } = await unanswered()
    world.gitlab.fake.fail({ method: 'POST', times: Infinity, failure: busy })
    await world.click(iid, 'Close No Response')
    world.gitlab.fake.heal()

    await world.passTime(4, 30)

    expect(world.done(iid)).toEqual([
      `reply: ${snippet('closed-no-response')}`,
      'add Account Verification Failed',
      'add deletion request::denied',
      'add denied-reason::no_response',
      'closed',
    ])
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it('while GitLab can’t be read nothing is sent, and then it is', async () => {
    const { world, iid } = await unanswered()
    world.gitlab.fake.fail({ method: 'GET', path: /\/notes$/, after: 2, times: Infinity, failure: busy })
    await world.click(iid, 'Close No Response')
    await world.passTime(4, 30)
    const meanwhile = world.done(iid)
    world.gitlab.fake.heal()

    await world.passTime(12, 30)

    expect(meanwhile).toEqual([])
    expect(world.done(iid)).toHaveLength(5)
    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })
})

describe('data export: the requester writes while the closing reply waits', () => {
  const challenges = 'Please answer these questions within 7 days.'

  async function challenged(): Promise<{ world: World; iid: number }> {
    const world = await startWorld({ webhook: false })
    const iid = await world.request({ type: 'Data Export Request' })
    await world.advance({ minutes: 2 })
    world.gitlab.requesterReplies(iid, 'The export ends with an error.')
    await world.advance({ minutes: 1 })
    await world.decide(iid, 'Send Challenges', { 'Verification challenge questions': challenges })
    await world.advance({ days: 8 })
    return { world, iid }
  }

  it('nothing is sent, set or closed, and the reply is evaluated', async () => {
    const { world, iid } = await challenged()
    const before = world.done(iid)

    await race(world, iid)

    expect(before).toEqual([
      'add Export Request::self-serve',
      `reply: ${challenges}`,
      'add Awaiting::Challenge Answers',
    ])
    expect(world.done(iid)).toEqual(before)
    expect(world.gitlab.issueView(iid).state).toBe('opened')
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.cardText(iid)).toContain(stopped)
    expect(world.thread(iid)).toContain(said(iid))
  })

  it('nor is anything sent, set or closed when the poll has seen it first', async () => {
    const { world, iid } = await challenged()
    const before = world.done(iid)

    await race(world, iid, { pollSeesFirst: true })

    expect(world.done(iid)).toEqual(before)
    expect(world.gitlab.issueView(iid)).toMatchObject({
      state: 'opened',
      labels: ['Awaiting::Challenge Answers', 'Export Request::self-serve'],
    })
    expect(world.cardText(iid)).not.toContain('FAILED')
  })

  // "If they reply after the issue has been closed, re-open the issue": but it has never been closed.
  it('and the reply that the poll has seen first is evaluated as well', async () => {
    const { world, iid } = await challenged()

    await race(world, iid, { pollSeesFirst: true })

    expect(world.cardText(iid)).toContain('Answers are in: check them')
  })

  it('is closed while the requester is silent', async () => {
    const { world, iid } = await challenged()

    await world.click(iid, 'Close No Response')

    expect(world.done(iid).slice(3)).toEqual([
      `reply: ${snippet('closed-no-response')}`,
      'add Account Verification Failed',
      'add denied-reason::no_response',
      'remove Awaiting::Challenge Answers',
      'closed',
    ])
  })
})
