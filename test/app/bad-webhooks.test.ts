import { describe, expect, it } from 'vitest'
import { signature } from '../../sandbox/gitlab/webhooks.ts'
import { gitlabWebhookSecret } from '../../sandbox/services.ts'
import { channel, formCopy, people, startWorld, type World } from './desk-world.ts'

const secret = gitlabWebhookSecret
const mebibyte = 1024 * 1024

async function post(
  world: World,
  body: string | ReadableStream,
  headers: Readonly<Record<string, string>> = { 'x-gitlab-token': secret },
) {
  const response = await fetch(`${world.url}/webhooks/gitlab`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit)
  return { status: response.status, line: await response.text() }
}

/** What a webhook may change: cards, and anything asked of GitLab. */
async function effectsOf(world: World, act: () => Promise<unknown>) {
  await world.settle()
  const before = world.slack.fake.requests.length
  const asked = world.gitlab.fake.requests.length
  await act()
  // Whatever would have been stored is handled; nothing is polled in between.
  await world.drain()
  return {
    slack: world.slack.fake.requests.slice(before).map(({ path }) => path),
    gitlab: world.gitlab.fake.requests.slice(asked).map(({ method, path }) => `${method} ${path}`),
  }
}

const cards = (world: World) => world.slack.messages(channel).filter(({ text }) => text.startsWith('#'))

const nothing = { slack: [], gitlab: [] }

const issueEvent = (iid: number, more: object = {}) =>
  JSON.stringify({
    object_kind: 'issue',
    event_type: 'confidential_issue',
    project: { id: 101, path_with_namespace: 'support/personal-account-requests' },
    object_attributes: { iid, action: 'update' },
    ...more,
  })

describe('a webhook that is no webhook of ours changes nothing', () => {
  it.each([
    ['no JSON', '{"object_kind":', 400, 'The body is not JSON\n'],
    ['nothing', '', 400, 'The body is not JSON\n'],
    ['no object', '[1,2,3]', 400, 'Not a GitLab event: missing or malformed the body\n'],
    ['null', 'null', 400, 'Not a GitLab event: missing or malformed the body\n'],
    ['another form', '{"hello":"world"}', 400, 'Not a GitLab event: missing or malformed object_kind\n'],
    [
      'an issue without a number',
      '{"object_kind":"issue","project":{"id":101},"object_attributes":{}}',
      400,
      'Not a GitLab event: missing or malformed object_attributes.iid\n',
    ],
    [
      'a number that is none',
      '{"object_kind":"issue","project":{"id":101},"object_attributes":{"iid":"1; drop table request"}}',
      400,
      'Not a GitLab event: missing or malformed object_attributes.iid\n',
    ],
  ])('%s is answered 400 with one line that says what is wrong', async (_what, body, status, line) => {
    const world = await startWorld({ sockets: true })
    const answers: object[] = []

    const effects = await effectsOf(world, async () => answers.push(await post(world, body)))

    expect(answers).toEqual([{ status, line }])
    expect(effects).toEqual(nothing)
  })

  it('an event that the bot does not work with is answered 200 and dropped: GitLab disables a hook that is refused', async () => {
    const world = await startWorld({ sockets: true })
    const statuses: number[] = []

    const effects = await effectsOf(world, async () => {
      statuses.push((await post(world, '{"object_kind":"pipeline"}')).status)
      const onMergeRequest = { object_kind: 'note', object_attributes: { noteable_type: 'MergeRequest' } }
      statuses.push((await post(world, JSON.stringify(onMergeRequest))).status)
    })

    expect(statuses).toEqual([200, 200])
    expect(effects).toEqual(nothing)
  })

  it('the same event of another project is dropped', async () => {
    const world = await startWorld({ sockets: true })
    await world.request()
    const statuses: number[] = []

    const effects = await effectsOf(world, async () => {
      const other = { project: { id: 999, path_with_namespace: 'somebody/else' } }
      statuses.push((await post(world, issueEvent(1, other))).status)
    })

    expect(statuses).toEqual([200])
    expect(effects).toEqual(nothing)
  })
})

describe('what is larger than 1 MiB is refused before it is read', () => {
  const tooLarge = issueEvent(1, { padding: 'x'.repeat(mebibyte) })

  it('by its declared length', async () => {
    const world = await startWorld({ sockets: true })
    await world.request()
    const statuses: number[] = []

    const effects = await effectsOf(world, async () => statuses.push((await post(world, tooLarge)).status))

    expect(statuses).toEqual([413])
    expect(effects).toEqual(nothing)
  })

  it('in chunks whose sum nobody has declared', async () => {
    const world = await startWorld({ sockets: true })
    await world.request()
    const statuses: number[] = []
    const chunked = new Blob([tooLarge]).stream()

    const effects = await effectsOf(world, async () => statuses.push((await post(world, chunked)).status))

    expect(statuses).toEqual([413])
    expect(effects).toEqual(nothing)
  })

  it('and one just below the limit is taken', async () => {
    const world = await startWorld({ sockets: true })
    const body = issueEvent(1, { padding: 'x'.repeat(mebibyte - 1000) })

    const { status } = await post(world, body)

    expect(status).toBe(200)
  })
})

describe('a forged webhook is refused and changes nothing', () => {
  it.each([
    ['without a secret', {}],
    ['with an empty secret', { 'x-gitlab-token': '' }],
    ['with another secret', { 'x-gitlab-token': 'guessed' }],
    ['with the beginning of the secret', { 'x-gitlab-token': secret.slice(0, -1) }],
    [
      'with the right secret beside a wrong signature',
      {
        'x-gitlab-token': secret,
        'webhook-id': 'a',
        'webhook-timestamp': '1772359200',
        'webhook-signature': 'v1,AAAA',
      },
    ],
  ])('%s', async (_how, headers) => {
    const world = await startWorld({ sockets: true })
    await world.request()
    const answers: object[] = []

    const effects = await effectsOf(world, async () =>
      answers.push(await post(world, issueEvent(1), headers)),
    )

    expect(answers).toEqual([{ status: 401, line: '' }])
    expect(effects).toEqual(nothing)
  })

  it('and somebody is told in the log, since GitLab disables a webhook whose secret is wrong', async () => {
    const world = await startWorld({ sockets: true })

    await post(world, issueEvent(1), { 'x-gitlab-token': 'guessed' })

    expect(world.logged.join('\n')).toContain('A GitLab webhook had a wrong secret or signature')
    expect(world.logged.join('\n')).not.toContain('guessed')
  })
})

describe('a delivery that comes again is done once', () => {
  it('the same bytes, recorded and replayed', async () => {
    const world = await startWorld({ sockets: true })
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.settle()
    const card = world.cardText(iid)

    const effects = await effectsOf(world, async () => {
      for (const delivery of [...world.gitlab.webhooks.deliveries]) world.gitlab.webhooks.replay(delivery)
    })
    await world.settle()

    expect(effects).toEqual(nothing)
    expect(world.gitlab.webhooks.deliveries.flatMap(({ answers }) => answers)).not.toContain(401)
    expect(world.cardText(iid)).toBe(card)
    expect(world.thread(iid)).toEqual([
      `<!subteam^S01ENGINEERS> The requester replied on #${iid}. Next: “Answers are in: check them”.`,
    ])
  })

  it('the same delivery that GitLab sends again under its own id', async () => {
    const world = await startWorld({ sockets: true })
    const iid = await world.request()

    const effects = await effectsOf(world, async () => {
      for (const delivery of [...world.gitlab.webhooks.deliveries]) world.gitlab.webhooks.resend(delivery)
    })

    expect(effects).toEqual(nothing)
    expect(cards(world)).toHaveLength(1)
    expect(world.done(iid)).toEqual([])
  })

  it('every delivery doubled from the first to the last', async () => {
    const world = await startWorld({ sockets: true })
    world.gitlab.webhooks.twice = true
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.settle()

    await world.click(iid, 'Fail Verification')

    expect(world.done(iid).map((line) => line.slice(0, 40))).toEqual([
      expect.stringMatching(/^reply: /),
      'add Account Verification Failed',
      'add deletion request::denied',
      'closed',
    ])
    expect(cards(world)).toHaveLength(1)
    expect(world.thread(iid)).toEqual([
      `<!subteam^S01ENGINEERS> The requester replied on #${iid}. Next: “Answers are in: check them”.`,
    ])
  })

  it('in the reverse order of their observation, from the close back to the submission', async () => {
    const world = await startWorld({ sockets: true })
    world.gitlab.webhooks.hold()
    const { iid } = world.gitlab.submitRequest({ description: formCopy() })
    world.gitlab.requesterReplies(iid, 'My answers')
    world.gitlab.someoneLabels(iid, 'mona.manager', ['Deletion Request::Exception Approved'])

    world.gitlab.webhooks.release((held) => held.toReversed())
    await world.settle()
    // The thread waits for the card it belongs to.
    await world.advance({ seconds: 2 })

    expect(world.cardText(iid)).toContain('Ready: start the deletion')
    expect(world.thread(iid)).toEqual([
      `<!subteam^S01ENGINEERS> The requester replied on #${iid}. Next: “Ready: start the deletion”.`,
      `<!subteam^S01ENGINEERS> Label Deletion Request::Exception Approved set in GitLab: #${iid} is now at “Ready: start the deletion”.`,
    ])
    expect(cards(world)).toHaveLength(1)
  })

  it('and an old event that comes after newer ones takes nothing back', async () => {
    const world = await startWorld({ sockets: true })
    const iid = await world.request()
    const [opened] = world.gitlab.webhooks.deliveries
    world.gitlab.someoneCloses(iid, 'ines.engineer')
    await world.settle()
    if (!opened) throw new Error('no delivery')
    const headers = { ...opened.headers, 'idempotency-key': 'another-id' }

    const { status } = await post(world, opened.body, headers)
    await world.settle()

    expect(status).toBe(200)
    expect(world.cardText(iid)).toContain('Closed in GitLab without the handbook’s reply')
    expect(world.slack.buttons(world.card(iid))).not.toContain('Start')
  })
})

describe('all four kinds of hook bring the news', () => {
  it.each([
    ['Issue Hook', false],
    ['Confidential Issue Hook', true],
  ])('%s', async (event, confidential) => {
    const world = await startWorld({ sockets: true })
    const iid = await world.request()
    world.gitlab.issue(iid).confidential = confidential
    await world.gitlab.webhooks.settled()

    world.gitlab.someoneCloses(iid, 'ines.engineer')
    await world.settle()

    expect(world.gitlab.webhooks.deliveries.at(-1)).toMatchObject({ event, answers: [200] })
    expect(world.cardText(iid)).toContain('Closed in GitLab without the handbook’s reply')
  })

  it.each([
    ['Note Hook', false],
    ['Confidential Note Hook', true],
  ])('%s', async (event, confidential) => {
    const world = await startWorld({ sockets: true })
    const iid = await world.request()
    world.gitlab.issue(iid).confidential = confidential

    world.gitlab.requesterReplies(iid, 'My answers')
    await world.settle()

    expect(world.gitlab.webhooks.deliveries.at(-1)).toMatchObject({ event, answers: [200] })
    expect(world.cardText(iid)).toContain('Answers are in: check them')
  })
})

describe('with a signing token', () => {
  const signingToken = `whsec_${Buffer.from('thirty-two bytes of a signing key').toString('base64')}`

  async function signedWorld() {
    const world = await startWorld({ sockets: true, env: { GITLAB_WEBHOOK_SECRET: signingToken } })
    world.gitlab.webhook = { url: `${world.url}/webhooks/gitlab`, signingToken }
    return world
  }

  const signed = (body: string, id: string, at: number, token = signingToken) => ({
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': signature(token, id, String(at), body),
    'x-gitlab-event': 'Confidential Issue Hook',
  })

  it('signed deliveries are taken, once each', async () => {
    const world = await signedWorld()
    world.gitlab.webhooks.twice = true

    const iid = await world.request()

    expect(world.gitlab.webhooks.deliveries.flatMap(({ answers }) => answers)).toEqual([200, 200, 200, 200])
    expect(world.slack.buttons(world.card(iid))).toContain('Start')
  })

  it('a signature of six minutes ago, of another key, of another body or of another id is refused', async () => {
    const world = await signedWorld()
    const iid = await world.request()
    const now = world.clock.now().getTime() / 1000
    const body = issueEvent(iid)
    const other = `whsec_${Buffer.from('somebody else').toString('base64')}`
    const forgeries = [
      signed(body, 'one', now - 360),
      signed(body, 'one', now + 360),
      signed(body, 'one', now, other),
      signed(body, 'one', now, 'whsec_'),
      signed(`${body} `, 'one', now),
      { ...signed(body, 'one', now), 'webhook-id': 'two' },
      { 'x-gitlab-token': signingToken.slice(0, -1) },
      { 'webhook-signature': '' },
    ]
    const statuses: number[] = []

    const effects = await effectsOf(world, async () => {
      for (const headers of forgeries) statuses.push((await post(world, body, headers)).status)
    })

    expect(statuses).toEqual(forgeries.map(() => 401))
    expect(effects).toEqual(nothing)
  })
})

it('a person without a role who knows the webhook address can decide nothing through it', async () => {
  const world = await startWorld({ sockets: true })
  const iid = await world.request()

  const { status } = await post(
    world,
    issueEvent(iid, {
      object_attributes: { iid, action: 'close', state: 'closed' },
      user: { id: 9, username: people.manager.name },
    }),
  )
  await world.settle()

  expect(status).toBe(200)
  expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
})
