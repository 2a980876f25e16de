import { describe, expect, it } from 'vitest'
import { type Effect, effects } from '../../src/engine/effect.ts'
import { limitsWith } from '../../src/queue/limits.ts'
import { takeOfEach } from '../../src/queue/token-bucket.ts'
import { anEffectDesk } from '../services/effect-desk.ts'
import { aTicketDesk, minute } from '../services/zendesk/ticket-desk.ts'

const card = { kind: 'card' } as const
const say = { kind: 'thread', text: 'Seen.', mention: [] } as const
const updates = /chat\.(?:update|postMessage)$/

function limits() {
  let time = Date.parse('2026-11-22T09:00:00.000Z')
  const { of } = limitsWith({
    now: () => new Date(time),
    definitions: effects,
    channelOfDesk: (desk) => (desk === 'security' ? 'C01SECURITY' : 'C01PRIVACY'),
    channelOfRequest: async (requestId) => (requestId.startsWith('t') ? 'C01SECURITY' : 'C01PRIVACY'),
    sizes: { slackPosts: { burst: 2, perMinute: 60 } },
  })
  return {
    take: async (work: Effect, requestId: string) => takeOfEach(await of({ work, requestId })),
    pass: (ms: number) => {
      time += ms
    },
  }
}

describe('a card', () => {
  it('is redrawn at most once a second, however often its request changes', async () => {
    const { take, pass } = limits()

    const taken = [await take(card, 'r1'), await take(card, 'r1'), await take(card, 'r2')]
    pass(1000)

    expect([...taken, await take(card, 'r1')]).toEqual([true, false, true, true])
  })

  it('that has to wait for its own second takes nothing from its channel', async () => {
    const { take } = limits()
    await take(card, 'r1')
    await take(card, 'r1')

    expect([await take(say, 'r1'), await take(say, 'r1')]).toEqual([true, false])
  })

  it('takes from the channel of its desk only', async () => {
    const { take } = limits()
    const taken = [await take(card, 'r1'), await take(say, 'r1'), await take(say, 'r2')]

    expect([...taken, await take(card, 't1'), await take(say, 't1'), await take(say, 't1')]).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
    ])
  })

  it('is limited alone also after a thousand others were drawn', async () => {
    const { take, pass } = limits()
    for (let number = 0; number < 1000; number += 1) {
      pass(1000)
      await take(card, `r${number}`)
    }

    expect([await take(card, 'r999'), await take(card, 'r1')]).toEqual([false, true])
  })
})

it('The list of a distribution day takes from Field Security’s channel, and once a second', async () => {
  const { take, pass } = limits()
  const batch = { kind: 'batch', desk: 'security', day: '2026-11-30' } as const
  const first = [await take(batch, 'batch:2026-11-30'), await take(batch, 'batch:2026-11-30')]
  await take(say, 't1')
  pass(500)

  expect([...first, await take(say, 't1')]).toEqual([true, false, false])
})

it('An issue with an expert team waits for nothing', async () => {
  const { take } = limits()
  const ask = { kind: 'open-expert-issue', team: 'Abuse', question: 'Why?' } as const

  const taken = await Promise.all(Array.from({ length: 200 }, () => take(ask, 't1')))

  expect(new Set(taken)).toEqual(new Set([true]))
})

it('A storm of changes within a second is two redraws, and the last shows all of it', async () => {
  const desk = await anEffectDesk()
  const { id } = await desk.aRequest()
  for (let change = 0; change < 20; change += 1) {
    await desk.toDo(id, { kind: 'close' })
    await desk.worker.runUntilIdle()
    desk.pass(40)
  }

  await desk.workFor(minute)

  expect(desk.slack.fake.received('POST', updates)).toHaveLength(2)
  expect(desk.slack.messages('privacy-team_help').map(({ text }) => text)).toEqual([
    `Card of ${id}: ${Array(20).fill('close done').join(' ')}`,
  ])
})

it('The card of a ticket stands in Field Security’s channel, and so does its thread', async () => {
  const desk = await aTicketDesk()
  await desk.carryOut(say)

  const [drawn] = desk.slack.messages('field-security')
  expect(drawn?.text).toBe('Card of t456: thread pending')
  expect(desk.slack.thread(drawn?.ts ?? '').map(({ text }) => text)).toEqual(['Seen.'])
  expect(desk.slack.messages('privacy-team_help')).toEqual([])
})
