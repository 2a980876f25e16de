import { describe, expect, it } from 'vitest'
import type { Failure } from '../../sandbox/fake-server.ts'
import { channel, people, shortLimitMs, snippet, startWorld, type World } from '../app/desk-world.ts'

async function evaluated(world: World): Promise<number> {
  const iid = await world.request()
  world.gitlab.requesterReplies(iid, 'My answers')
  await world.settle()
  return iid
}

const failed = [
  `reply: ${snippet('closed-verification-failed')}`,
  'add Account Verification Failed',
  'add deletion request::denied',
  'closed',
]

const mailsOf = (world: World, name: string) =>
  world.gitlab.mails.filter(({ text }) => text === snippet(name)).length

const downs: [string, Failure][] = [
  ['refuses connections half way (dropped)', { drop: 'connection' }],
  ['breaks off in the middle of its answers', { drop: 'half-body' }],
  ['answers 502', { answer: { status: 502, body: '<html>Bad Gateway</html>' } }],
  [
    'answers 503 with HTML',
    { answer: { status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>Down</h1>' } },
  ],
  ['answers 429 without saying for how long', { answer: { status: 429, body: {} } }],
  ['answers 429 and asks to wait', { answer: { status: 429, headers: { 'retry-after': '90' }, body: {} } }],
  [
    'answers 200 with HTML',
    { answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' } },
  ],
]

describe('GitLab is down for an hour in the middle of a decision', () => {
  it.each(downs)('%s: afterwards every effect is done exactly once, in order', async (_how, failure) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    // The reply is done; what comes after it is not.
    world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure })
    await world.click(iid, 'Fail Verification')
    const atFirst = world.cardText(iid)
    world.gitlab.fake.fail({ times: Infinity, failure })

    await world.passTime(12, 300)
    const meanwhile = world.cardText(iid)
    world.gitlab.fake.heal()
    await world.passTime(20, 600)

    expect(atFirst).toContain('*In progress:* 1 of 3 steps done.')
    expect(meanwhile).toContain('*In progress:* 1 of 3 steps done.')
    expect(meanwhile).not.toContain('*Done.*')
    expect(world.done(iid)).toEqual(failed)
    expect(mailsOf(world, 'closed-verification-failed')).toBe(1)
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it.each(downs)('%s from the first effect on: the reply goes out once', async (_how, failure) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    world.gitlab.fake.fail({ method: 'POST', times: Infinity, failure })
    await world.click(iid, 'Fail Verification')
    world.gitlab.fake.fail({ times: Infinity, failure })

    await world.passTime(12, 300)
    const meanwhile = world.cardText(iid)
    world.gitlab.fake.heal()
    await world.passTime(20, 600)

    expect(meanwhile).toContain('*In progress:* 0 of 3 steps done.')
    expect(world.done(iid)).toEqual(failed)
    expect(mailsOf(world, 'closed-verification-failed')).toBe(1)
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it('a 429 is believed: nothing is tried again before the time that GitLab asked for', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const failure = { answer: { status: 429, headers: { 'retry-after': '600' }, body: {} } }
    world.gitlab.fake.fail({ method: 'POST', failure })

    await world.click(iid, 'Fail Verification')
    await world.passTime(9, 60)
    const early = world.gitlab.fake.received('POST', /\/notes$/).length
    const meanwhile = world.cardText(iid)
    await world.passTime(2, 60)

    expect(early).toBe(1)
    expect(meanwhile).toContain(': to do: GitLab asks to wait (429).')
    expect(world.done(iid)).toEqual(failed)
  })
})

describe('what was carried out although the answer was lost', () => {
  const lost: [string, Failure][] = [
    ['the connection dropped', { applied: true, drop: 'connection' }],
    ['the answer broke off', { applied: true, drop: 'half-body' }],
    ['502 from a proxy', { applied: true, answer: { status: 502, body: 'Bad Gateway' } }],
    [
      '200 with HTML',
      { applied: true, answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>ok' } },
    ],
    [
      '201 with half a body',
      {
        applied: true,
        answer: { status: 201, headers: { 'content-type': 'application/json' }, body: '{"id":' },
      },
    ],
  ]

  it.each(lost)('a reply, %s: it is looked up, and the requester gets one e-mail', async (_how, failure) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    world.gitlab.fake.fail({ method: 'POST', path: /\/notes$/, failure })

    await world.click(iid, 'Fail Verification')
    await world.passTime(10, 10)

    expect(world.done(iid)).toEqual(failed)
    expect(mailsOf(world, 'closed-verification-failed')).toBe(1)
    expect(world.gitlab.fake.received('POST', /\/notes$/)).toHaveLength(1)
  })

  it.each(lost)('labels and the close, %s: each is there once', async (_how, failure) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    world.gitlab.fake.fail({ method: 'PUT', times: 4, failure })

    await world.click(iid, 'Fail Verification')
    await world.passTime(10, 30)

    expect(world.done(iid)).toEqual(failed)
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it.each(lost)('a meta issue, %s: there is one, and it is linked once', async (_how, failure) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
    world.gitlab.fake.fail({ method: 'POST', path: /\/issues$/, failure })
    world.gitlab.fake.fail({ method: 'POST', path: /\/links$/, failure })

    await world.click(iid, 'Start Deletion')
    await world.passTime(12, 30)

    const metas = world.gitlab.world.issues.filter(({ title }) => title === 'requester@example.com')
    expect(metas).toHaveLength(1)
    expect(world.gitlab.issue(iid).links.map(({ to }) => to.iid)).toEqual([metas[0]?.iid])
    expect(world.done(iid).filter((line) => line.startsWith('reply: '))).toHaveLength(1)
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it('a reply whose fate cannot be looked up for an hour is not repeated meanwhile', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    world.gitlab.fake.fail({
      method: 'POST',
      path: /\/notes$/,
      failure: { applied: true, drop: 'connection' },
    })
    // The preview and the decision itself still read the notes; nobody does after them.
    const unreadable = { answer: { status: 503, body: {} } }
    world.gitlab.fake.fail({
      method: 'GET',
      path: /\/notes$/,
      after: 2,
      times: Infinity,
      failure: unreadable,
    })

    await world.click(iid, 'Fail Verification')
    await world.passTime(12, 300)
    const meanwhile = world.cardText(iid)
    world.gitlab.fake.heal()
    await world.passTime(20, 600)

    expect(meanwhile).toContain('NO CLEAR ANSWER since')
    expect(world.gitlab.fake.received('POST', /\/notes$/)).toHaveLength(1)
    expect(world.done(iid)).toEqual(failed)
  })
})

it('GitLab takes a reply and never answers: after the limit it is looked up, and sent once', async () => {
  const world = await startWorld({ answerWithinMs: shortLimitMs })
  const iid = await evaluated(world)
  const failure: Failure = { applied: true, hang: true }
  world.gitlab.fake.fail({ method: 'POST', path: /\/notes$/, failure })

  await world.click(iid, 'Fail Verification')
  const meanwhile = world.cardText(iid)
  await world.passTime(6, 10)

  expect(meanwhile).toContain('no response yet; checking whether it went through')
  expect(world.done(iid)).toEqual(failed)
  expect(mailsOf(world, 'closed-verification-failed')).toBe(1)
})

describe('GitLab is down when a core button is clicked', () => {
  it.each(downs)('%s: the person is told privately, and nothing is changed', async (_how, failure) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    world.gitlab.fake.fail({ times: Infinity, failure })

    await world.click(iid, 'Fail Verification')

    expect(world.told(people.engineer.id)).toEqual([
      `GitLab isn’t responding, so I can’t check #${iid} for a reply. Nothing was changed: try again in a few minutes.`,
    ])
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    world.gitlab.fake.heal()
    await world.passTime(5, 60)
    expect(world.done(iid)).toEqual([])
    const audit = await world.audit()
    expect(audit.filter(({ what }) => what === 'refused')).toHaveLength(1)
    expect(audit.filter(({ what }) => what === 'decided')).toEqual([])
  })

  it('clicked again after it is back, it is done', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    world.gitlab.fake.fail({ times: Infinity, failure: { drop: 'connection' } })
    await world.click(iid, 'Fail Verification')
    world.gitlab.fake.heal()

    await world.click(iid, 'Fail Verification')

    expect(world.done(iid)).toEqual(failed)
  })
})

describe('the bot’s token has expired or was revoked', () => {
  it.each([
    ['a decision', (world: World, iid: number) => world.click(iid, 'Fail Verification')],
    ['Show Details', (world: World, iid: number) => world.openModal(iid, 'Show Details')],
    [
      'track',
      async (world: World, iid: number) => {
        await world.slack.command(people.engineer.id, channel, '/privacy', `track ${iid}`)
        await world.drain()
      },
    ],
  ])('%s: the person is told that it isn’t accepted, and not to try again', async (_what, ask) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const failure = { answer: { status: 401, body: { message: '401 Unauthorized' } } }
    world.gitlab.fake.fail({ times: Infinity, failure })

    await ask(world, iid)

    expect(world.told(people.engineer.id)).toEqual([
      'GitLab does not accept the bot’s token (401): tell your admins. Nothing was changed.',
    ])
    expect(world.done(iid)).toEqual([])
  })
})

describe('GitLab refuses for good', () => {
  it.each([
    ['401', 401, "GitLab doesn't accept the bot's token (401). Tell your admins: it has to be renewed."],
    ['422', 422, 'GitLab refused this on issue #1 (422).'],
    ['400', 400, 'GitLab refused this on issue #1 (400).'],
  ])('%s: the card says what and offers Try Again; what follows waits', async (_code, status, says) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure: { answer: { status, body: {} } } })

    await world.click(iid, 'Fail Verification')
    await world.passTime(3, 60)

    expect(world.cardText(iid)).toContain(says)
    expect(world.cardText(iid)).toContain('*1 of 3 steps failed; the rest are waiting.* Fix the cause')
    expect(world.card(iid).text).toContain('Something failed: see the card.')
    expect(world.done(iid)).toEqual(failed.slice(0, 1))

    world.gitlab.fake.heal()
    await world.click(iid, 'Try Again')
    await world.passTime(3, 60)

    expect(world.done(iid)).toEqual(failed)
    expect(world.cardText(iid)).toContain('*Done.*')
  })
})

describe('a request that comes in while GitLab cannot be read', () => {
  it('gets its card once GitLab can be read again', async () => {
    const world = await startWorld()
    world.gitlab.fake.fail({ times: Infinity, failure: { drop: 'connection' } })
    const { iid } = world.gitlab.submitRequest({
      description: 'Request Type: Full Deletion\nEmail: a@example.com',
    })
    await world.settle()
    await world.passTime(6, 600)
    expect(world.slack.messages('privacy-team_help').filter(({ text }) => text.startsWith('#'))).toEqual([])

    world.gitlab.fake.heal()
    await world.passTime(2, 300)

    expect(world.slack.buttons(world.card(iid))).toContain('Start')
  })
})
