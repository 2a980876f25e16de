import { describe, expect, it } from 'vitest'
import { toAssignee } from '../../../src/engine/outcome.ts'
import { amendRequest } from '../../../src/requests/handle-event.ts'
import { connectSlack } from '../../../src/services/slack/client.ts'
import { threadText } from '../../../src/services/slack/effects.ts'
import { claimAt, none } from '../../store/held.ts'
import { anEffectDesk, deskChannel, type EffectDesk } from '../effect-desk.ts'

const minute = 60_000
const postPath = /chat\.postMessage$/
const updatePath = /chat\.update$/
const ask = { kind: 'thread', text: 'Please review.', mention: ['support-manager'] } as const

const saidEnough =
  'Slack gave no clear answer twice, so it is not posted a third time: see whether it is there.'

const cards = (desk: EffectDesk) => desk.slack.messages('privacy-team_help')
const thread = (desk: EffectDesk) =>
  cards(desk).flatMap(({ ts }) => desk.slack.thread(ts).map(({ text }) => text))

async function aDeskWithCard(given: Parameters<typeof anEffectDesk>[0] = {}) {
  const desk = await anEffectDesk(given)
  const { id } = await desk.aRequest()
  await desk.toDo(id, { kind: 'card' })
  await desk.workFor(minute)
  return { desk, id }
}

describe('the card', () => {
  it('is posted once, kept with the request, and then updated', async () => {
    const { desk, id } = await aDeskWithCard()
    await desk.toDo(id, { kind: 'close' })

    await desk.workFor(minute)

    expect(cards(desk).map(({ text }) => text)).toEqual([`Card of ${id}: close done`])
    expect(desk.slack.fake.received('POST', postPath)).toHaveLength(1)
    expect((await desk.store.tables.requests.byId(id))?.card).toEqual({
      channel: deskChannel,
      ts: cards(desk)[0]?.ts,
    })
  })

  it('is drawn once for many changes', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    await desk.toDo(id, { kind: 'close' }, { kind: 'close' }, { kind: 'close' }, ask)
    desk.slack.fake.fail({ times: 2, failure: { answer: { status: 429, headers: { 'retry-after': '10' } } } })

    await desk.workFor(minute)

    expect(cards(desk).map(({ text }) => text)).toEqual([
      `Card of ${id}: close done close done close done thread pending`,
    ])
    expect(desk.slack.fake.requests.length).toBeLessThan(8)
  })

  it('is posted anew when somebody deleted it', async () => {
    const { desk, id } = await aDeskWithCard()
    const [old] = cards(desk)
    desk.slack.space.replace(old ?? expect.unreachable(), { deleted: true })
    await desk.toDo(id, { kind: 'card' })

    await desk.workFor(minute)

    expect(cards(desk)).toHaveLength(1)
    expect(cards(desk)[0]?.ts).not.toBe(old?.ts)
    expect((await desk.store.tables.requests.byId(id))?.card?.ts).toBe(cards(desk)[0]?.ts)
  })

  it('is posted again when nobody knows whether it was: both cards work', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    desk.slack.fake.fail({ failure: { applied: true, drop: 'connection' } })
    await desk.toDo(id, { kind: 'card' })

    await desk.workFor(minute)

    expect(cards(desk)).toHaveLength(2)
    expect((await desk.store.tables.requests.byId(id))?.card?.ts).toBe(cards(desk)[1]?.ts)
  })

  it('never gives up: it is where all else that failed is said', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    const answer = { status: 200, body: { ok: false, error: 'not_in_channel' } }
    desk.slack.fake.fail({ times: Number.POSITIVE_INFINITY, failure: { answer } })
    await desk.toDo(id, { kind: 'card' })

    await desk.workFor(60 * minute)
    expect(cards(desk)).toEqual([])
    desk.slack.fake.heal()
    await desk.workFor(5 * minute)

    expect(cards(desk)).toHaveLength(1)
  })
})

describe('a message in the thread', () => {
  it('stands under the card and mentions whoever holds the role', async () => {
    const { desk, id } = await aDeskWithCard()
    await desk.toDo(id, ask)

    await desk.workFor(minute)

    expect(thread(desk)).toEqual(['<!subteam^S01MANAGERS> Please review.'])
    const [posted] = desk.slack.thread(cards(desk)[0]?.ts ?? '')
    expect(posted?.metadata).toEqual({ event_type: 'privacy_desk', event_payload: { op_id: 'op-2' } })
  })

  it('for whoever has the request goes to whoever has it when it is posted', async () => {
    const { desk, id } = await aDeskWithCard()
    await desk.toDo(id, toAssignee('Look.'))
    const row = await desk.store.tables.requests.byId(id)
    if (!row) throw new Error('no request')
    await amendRequest(desk.store.tables, row, { assignee: 'U01ADA' })

    await desk.workFor(minute)

    expect(thread(desk)).toEqual(['<@U01ADA> Look.'])
  })

  it('and to those who work such requests where nobody has it', async () => {
    const { desk, id } = await aDeskWithCard({ workerOf: () => 'support-manager' })
    await desk.toDo(id, toAssignee('Look.'))

    await desk.workFor(minute)

    expect(thread(desk)).toEqual(['<!subteam^S01MANAGERS> Look.'])
  })

  it('waits for the card', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    await desk.toDo(id, ask)

    await desk.worker.runUntilIdle()
    expect(await desk.work(id)).toEqual([{ status: 'pending', error: 'Waiting for the card to be posted.' }])
    await desk.workFor(minute)

    expect(thread(desk)).toEqual(['<!subteam^S01MANAGERS> Please review.'])
  })

  it('goes under the new card when the old one was deleted', async () => {
    const { desk, id } = await aDeskWithCard()
    desk.slack.space.replace(cards(desk)[0] ?? expect.unreachable(), { deleted: true })
    await desk.toDo(id, ask)

    await desk.workFor(minute)

    expect(thread(desk)).toEqual(['<!subteam^S01MANAGERS> Please review.'])
  })

  it('of unknown outcome is said once more: a question that nobody sees is worse than one asked twice', async () => {
    const { desk, id } = await aDeskWithCard()
    desk.slack.fake.fail({ path: postPath, failure: { drop: 'connection' } })
    await desk.toDo(id, ask)

    await desk.workFor(minute)

    expect(thread(desk)).toEqual(['<!subteam^S01MANAGERS> Please review.'])
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('of unknown outcome a second time is left to a person, and the next one is posted', async () => {
    const { desk, id } = await aDeskWithCard()
    desk.slack.fake.fail({ path: postPath, times: 2, failure: { applied: true, answer: { status: 502 } } })
    await desk.toDo(id, ask)

    await desk.workFor(60 * minute)
    await desk.toDo(id, { ...ask, text: 'And another thing.' })
    await desk.workFor(minute)

    expect(thread(desk)).toEqual([
      '<!subteam^S01MANAGERS> Please review.',
      '<!subteam^S01MANAGERS> Please review.',
      '<!subteam^S01MANAGERS> And another thing.',
    ])
    expect(await desk.work(id)).toMatchObject([
      { status: 'cancelled', error: saidEnough },
      { status: 'done' },
    ])
  })

  it('of unknown outcome, which Slack then put off, is posted no third time after another one', async () => {
    const { desk, id } = await aDeskWithCard()
    const unclear = { applied: true, answer: { status: 502 } }
    const putOff = { answer: { status: 429, headers: { 'retry-after': '1' } } }
    for (const failure of [unclear, putOff, putOff, unclear])
      desk.slack.fake.fail({ path: postPath, failure })
    await desk.toDo(id, ask)

    await desk.workFor(60 * minute)

    expect(thread(desk)).toHaveLength(2)
    expect(await desk.work(id)).toMatchObject([{ status: 'cancelled', error: saidEnough }])
  })

  it('that a process was posting when it was killed, which Slack then put off, is posted no third time', async () => {
    const { desk, id } = await aDeskWithCard()
    await desk.toDo(id, ask)
    const { outbox } = desk.store.tables
    const entry = (await outbox.ofRequest(id)).at(-1)
    const at = desk.now().toISOString()
    const held = await outbox.claim(entry ?? none, claimAt(at, 'a stopped process'))
    await outbox.sends(held ?? none)
    await outbox.recover({ ...claimAt(at), unverifiable: ['thread', 'digest'] }, 'all-others')
    const putOff = { answer: { status: 429, headers: { 'retry-after': '1' } } }
    for (const failure of [putOff, { applied: true, answer: { status: 502 } }])
      desk.slack.fake.fail({ path: postPath, failure })

    await desk.workFor(60 * minute)

    // The other may be that of the process that was killed.
    expect(thread(desk)).toHaveLength(1)
    expect(await desk.work(id)).toMatchObject([{ status: 'cancelled', error: saidEnough }])
  })

  it('that two processes were posting when they were killed is not posted a third time', async () => {
    const { desk, id } = await aDeskWithCard()
    await desk.toDo(id, ask)
    const { outbox } = desk.store.tables
    const now = '2026-03-10T10:00:00.000Z'
    for (const _process of [1, 2]) {
      const entry = (await outbox.ofRequest(id)).at(-1)
      const held = await outbox.claim(entry ?? none, claimAt(now, 'a stopped process'))
      await outbox.sends(held ?? none)
      await outbox.recover({ ...claimAt(now), unverifiable: ['thread', 'digest'] }, 'all-others')
    }

    await desk.workFor(60 * minute)

    expect(thread(desk)).toEqual([])
    expect(await desk.work(id)).toMatchObject([{ status: 'cancelled' }])
  })

  it('is posted though two processes were killed while they asked whom to call', async () => {
    let asked = 0
    const { desk, id } = await aDeskWithCard({
      vacancy: async () => {
        asked += 1
        if (asked <= 2) await new Promise(() => {})
        return undefined
      },
    })
    await desk.toDo(id, ask)
    const { outbox } = desk.store.tables
    for (const life of [1, 2]) {
      // It never ends, as a process that is killed.
      void desk.newWorker({ owner: `life ${life}` }).runUntilIdle()
      await expect.poll(() => asked).toBe(life)
      await outbox.recover({ ...claimAt(desk.now().toISOString()), unverifiable: ['thread'] }, 'all-others')
    }

    await desk.workFor(60 * minute)

    expect(thread(desk)).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('that ends the process each time, whatever it does for it, is given up, and the log says so', async () => {
    const { desk, id } = await aDeskWithCard()
    await desk.toDo(id, ask)
    const { outbox } = desk.store.tables
    const now = '2026-03-10T10:00:00.000Z'
    for (let life = 1; life <= 20; life += 1) {
      const entry = (await outbox.ofRequest(id)).at(-1)
      await outbox.claim(entry ?? none, claimAt(now, 'a stopped process'))
      await outbox.recover({ ...claimAt(now), unverifiable: ['thread'] }, 'all-others')
    }

    await desk.workFor(60 * minute)

    const because = expect.stringContaining('The bot’s process ended 20 times in a row while it did this.')
    expect(thread(desk)).toEqual([])
    expect(await desk.work(id)).toEqual([{ status: 'cancelled', error: because }])
    expect(await desk.effectsInAudit(id)).toContainEqual(
      expect.objectContaining({ effect: 'thread', outcome: 'stopped', because }),
    )
  })

  it('that Slack refuses waits with Slack’s own word, and is said once Slack takes it', async () => {
    const { desk, id } = await aDeskWithCard()
    const answer = { status: 200, body: { ok: false, error: 'is_archived' } }
    desk.slack.fake.fail({ path: postPath, times: Infinity, failure: { answer } })
    await desk.toDo(id, ask)

    await desk.workFor(minute)
    const refused = await desk.work(id)
    desk.slack.fake.heal()
    await desk.workFor(10 * minute)

    expect(refused).toEqual([{ status: 'pending', error: 'Slack refused it (is_archived).' }])
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('keeps its lines, names people, and lets nothing typed mention or link anything', () => {
    const text = '{person:U01MANAGER} asks:\n<!channel> <https://example.com|GitLab> a & b'

    expect(threadText(text, [''])).toBe(
      '<@U01MANAGER> asks:\n&lt;!channel&gt; &lt;https://example.com|GitLab&gt; a &amp; b',
    )
  })

  it('mentions nobody twice', () => {
    expect(threadText('Look.', ['<@U1>', '<@U1>'])).toBe('<@U1> Look.')
    expect(threadText('Look.', ['<@U1> <!subteam^S1>', '<@U2> <@U1>'])).toBe(
      '<@U1> <!subteam^S1> <@U2> Look.',
    )
  })

  it('mentions nobody for a role whom the sentence names already', () => {
    expect(threadText('{person:U01ADA} look.', ['<@U01ADA> <@U01BEN>'])).toBe('<@U01BEN> <@U01ADA> look.')
  })
})

describe('a message in the channel', () => {
  it('is drawn when it is posted, in its desk’s own channel', async () => {
    const desk = await anEffectDesk()
    const at = desk.now().toISOString()
    const digests = (['privacy', 'security'] as const).map((name) => ({
      opId: `digest-${name}`,
      lane: 'channel' as const,
      work: { kind: 'digest', desk: name, day: '2026-11-22' },
      dueAt: at,
      createdAt: at,
    }))
    await desk.store.tables.outbox.add(digests)

    await desk.workFor(minute)

    expect(cards(desk).map(({ text }) => text)).toEqual(['Digest of privacy'])
    expect(desk.slack.messages('field-security').map(({ text }) => text)).toEqual(['Digest of security'])
    expect(desk.slack.fake.received('POST', updatePath)).toEqual([])
    expect(await desk.store.tables.outbox.unfinishedCount()).toBe(0)
  })
})

describe('a desk that has moved to another channel', () => {
  /** The card stands in #general, where it can be read but nothing more be said. */
  async function aMovedDesk() {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    const client = connectSlack({
      token: desk.slack.botToken,
      apiUrl: desk.slack.apiUrl,
      fetch: desk.fetch,
      sleep: async () => {},
    })
    const { ts } = await client.post({ channel: 'C01GENERAL', text: 'The card', opId: 'op-0' })
    const { requests } = desk.store.tables
    const row = (await requests.byId(id)) ?? expect.unreachable()
    await requests.update({ ...row, card: { channel: 'C01GENERAL', ts } })
    return { desk, id }
  }

  it('goes on there when the old one is archived: card and thread', async () => {
    const { desk, id } = await aMovedDesk()
    desk.slack.space.archive('general')
    await desk.toDo(id, { kind: 'card' }, ask)

    await desk.workFor(5 * minute)

    expect(cards(desk).map(({ text }) => text)).toEqual([`Card of ${id}: thread done`])
    expect(thread(desk)).toEqual(['<!subteam^S01MANAGERS> Please review.'])
    expect((await desk.store.tables.requests.byId(id))?.card?.channel).toBe(deskChannel)
  })

  it.each(['not_in_channel', 'channel_not_found', 'is_inactive', 'restricted_action_read_only_channel'])(
    'goes on there when Slack says %s of the old one',
    async (error) => {
      const { desk, id } = await aMovedDesk()
      const answer = { status: 200, body: { ok: false, error } }
      desk.slack.fake.fail({ path: updatePath, times: Number.POSITIVE_INFINITY, failure: { answer } })
      await desk.toDo(id, { kind: 'card' })

      await desk.workFor(minute)

      expect(cards(desk)).toHaveLength(1)
    },
  )

  it('stays where it is while the old one is open', async () => {
    const { desk, id } = await aMovedDesk()
    await desk.toDo(id, { kind: 'card' }, ask)

    await desk.workFor(minute)

    expect(cards(desk)).toEqual([])
    expect(desk.slack.messages('general').map(({ text }) => text)).toEqual([
      `Card of ${id}: thread in-flight`,
    ])
  })
})

describe('the message about cards that wait', () => {
  const draw = (desk: EffectDesk, opId: string, isCall?: true) =>
    desk.store.tables.outbox.add([
      {
        ...{ opId, requestId: 'backlog:privacy', lane: 'card' },
        work: { kind: 'backlog', desk: 'privacy', ...(isCall && { isCall }) },
        ...{ dueAt: '2026-03-01T00:00:00.000Z', createdAt: '2026-03-01T00:00:00.000Z' },
      },
    ])
  const said = (desk: EffectDesk) => cards(desk).map(({ text }) => text)

  it('is one message, which is updated', async () => {
    const desk = await anEffectDesk()
    await draw(desk, 'first')
    await desk.workFor(minute)
    await draw(desk, 'second')
    await desk.workFor(minute)

    expect(said(desk)).toEqual(['Backlog of privacy'])
    expect(desk.slack.fake.received('POST', updatePath)).toHaveLength(1)
  })

  it('is posted anew to call somebody, and from then on that one is updated', async () => {
    const desk = await anEffectDesk()
    await draw(desk, 'first')
    await desk.workFor(minute)
    await draw(desk, 'second', true)
    await desk.workFor(minute)
    await draw(desk, 'third')
    await desk.workFor(minute)

    expect(said(desk)).toEqual(['Backlog of privacy', 'Backlog of privacy'])
    expect(
      desk.slack.fake.received('POST', postPath).map(({ body }) => (body as { text: string }).text),
    ).toEqual(['Backlog of privacy', 'Backlog of privacy, with a call'])
  })

  it('is posted anew when somebody deleted it', async () => {
    const desk = await anEffectDesk()
    await draw(desk, 'first')
    await desk.workFor(minute)
    desk.slack.space.replace(cards(desk)[0] ?? expect.unreachable(), { deleted: true })
    await draw(desk, 'second')

    await desk.workFor(minute)

    expect(desk.slack.fake.received('POST', postPath)).toHaveLength(2)
  })
})

describe('a digest', () => {
  const refusing = (error: string) => ({
    path: postPath,
    failure: { answer: { status: 200, body: { ok: false, error } } },
  })

  it.each(['msg_blocks_too_long', 'msg_too_long', 'invalid_blocks'])(
    'that Slack refuses with %s goes out shorter, once',
    async (error) => {
      const desk = await anEffectDesk()
      desk.slack.fake.fail(refusing(error))
      await desk.toDo(undefined, { kind: 'digest', desk: 'privacy', day: '2026-03-10' })

      await desk.workFor(60 * minute)

      expect(cards(desk).map(({ text, blocks }) => [text, blocks])).toEqual([['Digest of privacy', []]])
    },
  )

  it('goes on in its thread, once it is posted, and carries the head of the audit log unseen', async () => {
    const digestReplies = ['First part', 'Second part'].map((text) => ({ text, blocks: [] }))
    const desk = await anEffectDesk({ digestReplies })
    await desk.toDo(undefined, { kind: 'digest', desk: 'privacy', day: '2026-03-10' })

    await desk.workFor(minute)

    const [digest] = cards(desk)
    expect(digest?.metadata).toMatchObject({ event_payload: { audit_head: '42:ab' } })
    expect(desk.slack.thread(digest?.ts ?? '').map(({ text }) => text)).toEqual(['First part', 'Second part'])
  })

  it('that Slack refuses for another reason is not made shorter', async () => {
    const desk = await anEffectDesk()
    desk.slack.fake.fail(refusing('not_in_channel'))
    await desk.toDo(undefined, { kind: 'digest', desk: 'privacy', day: '2026-03-10' })

    await desk.workFor(minute)

    const asked = desk.slack.fake.received('POST', postPath).map(({ body }) => 'blocks' in Object(body))
    expect(asked.every((hasBlocks) => hasBlocks)).toBe(true)
  })
})

describe('a question to a role that nobody holds', () => {
  const nobody = 'Nobody here is a support manager, so nobody can answer this: set SUPPORT_MANAGERS.'

  it('says so in the thread', async () => {
    const desk = await anEffectDesk({ vacancy: async () => nobody })
    const { id } = await desk.aRequest()
    await desk.toDo(id, { kind: 'card' }, ask)

    await desk.workFor(minute)

    expect(thread(desk)).toEqual([`<!subteam^S01MANAGERS> Please review. ${nobody}`])
  })
})
