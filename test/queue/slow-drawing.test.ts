/** A card's update that Slack carries out long after the bot has given it up, when newer ones stand: the newest stands last. */
import { expect, test } from 'vitest'
import type { Effect } from '../../src/engine/effect.ts'
import { anEffectDesk, type EffectDesk } from '../services/effect-desk.ts'
import { aDeskWithLateCalls } from './late-calls.ts'

const note = (text: string): Effect => ({ kind: 'internal-note', text })
/** The first so many updates of messages are carried out `seconds` after they began, the caller has long given them up. */
async function aSlowSlack(seconds: number, count: number) {
  let left = count
  const { desk, carryOut } = await aDeskWithLateCalls(
    seconds,
    (url) => url.endsWith('/chat.update') && left-- > 0,
  )
  return {
    desk,
    async workFor(length: number) {
      for (let second = 0; second < length; second++) {
        await desk.workFor(1_000)
        await carryOut()
      }
    },
  }
}

const slow = [11, 18, 30, 45, 59]

test.each(slow)(
  'a card that Slack updates after %i s shows the newest drawing in the end',
  async (seconds) => {
    const { desk, workFor } = await aSlowSlack(seconds, 1)
    const { id } = await desk.aRequest()
    await desk.toDo(id, note('one'))
    await workFor(5)
    await desk.toDo(id, note('two'))
    await workFor(5)
    await desk.toDo(id, note('three'))

    await workFor(180)

    expect(desk.slack.card('Card of').text).toBe(
      `Card of ${id}: internal-note done internal-note done internal-note done`,
    )
    expect(await desk.store.tables.outbox.unfinishedCount()).toBe(0)
  },
)

test('nor does one of several that Slack gave no answer to', async () => {
  const { desk, workFor } = await aSlowSlack(50, 4)
  const { id } = await desk.aRequest()
  for (const text of ['one', 'two', 'three', 'four']) {
    await desk.toDo(id, note(text))
    await workFor(15)
  }

  await workFor(240)

  expect(desk.slack.card('Card of').text).toBe(`Card of ${id}: ${'internal-note done '.repeat(4).trim()}`)
  expect(await desk.store.tables.outbox.unfinishedCount()).toBe(0)
})

test('what asks for a redraw while Slack answers the one after an unclear answer has it at once, too', async () => {
  const drawnAt: number[] = []
  const hold: { desk?: EffectDesk; id?: string } = {}
  const timeOf = () => hold.desk?.outsideNow().getTime() ?? 0
  const desk = await anEffectDesk({
    reach:
      (services) =>
      async (url, init = {}) => {
        if (!hold.desk || !String(url).endsWith('/chat.update')) return services(url, init)
        drawnAt.push(timeOf())
        if (drawnAt.length === 1) throw new DOMException('The operation timed out', 'TimeoutError')
        const answer = await services(url, init)
        const wish = { opId: 'wish', requestId: hold.id ?? '', work: { kind: 'card' } } as const
        const at = new Date(timeOf()).toISOString()
        if (drawnAt.length === 2)
          await hold.desk?.store.tables.outbox.wantRedraw({ ...wish, at, when: 'now' })
        return answer
      },
  })
  const { id } = await desk.aRequest()
  await desk.toDo(id, note('one'))
  await desk.workFor(3_000)
  Object.assign(hold, { desk, id })
  await desk.toDo(id, note('two'))

  for (let second = 0; second < 10; second++) await desk.workFor(1_000)
  const soon = drawnAt.length
  for (let second = 0; second < 110; second++) await desk.workFor(1_000)

  expect(soon).toBe(3)
  expect(drawnAt).toHaveLength(4)
  expect(Number(drawnAt[3]) - Number(drawnAt[0])).toBeGreaterThanOrEqual(75_000)
  expect(await desk.store.tables.outbox.unfinishedCount()).toBe(0)
})

test('a call about cards that wait, of which Slack gave no answer, is posted once more and then not again', async () => {
  let left = 1
  const { desk, begun, carryOut } = await aDeskWithLateCalls(
    11,
    (url) => url.endsWith('/chat.postMessage') && left-- > 0,
  )
  const { outbox } = desk.store.tables
  const ofBacklog = { requestId: 'backlog:privacy', work: { kind: 'backlog', desk: 'privacy' } } as const
  const at = desk.outsideNow().toISOString()
  const call = { ...ofBacklog, work: { ...ofBacklog.work, isCall: true } } as const
  await outbox.add([{ ...call, opId: 'call', lane: 'card', dueAt: at, createdAt: at }])

  for (let second = 0; second < 120; second++) {
    await desk.workFor(1_000)
    await carryOut()
    if (second % 20 === 0)
      await outbox.wantRedraw({
        ...ofBacklog,
        opId: `${second}`,
        at: desk.outsideNow().toISOString(),
        when: 'soon',
      })
  }

  expect(begun).toHaveLength(1)
  expect(desk.slack.fake.received('POST', /chat.postMessage/)).toHaveLength(2)
  expect(await outbox.unfinishedCount()).toBe(0)
})
