/** The result of an effect and the card that shows it, while somebody else works on the same request. */
import { expect, test } from 'vitest'
import { effects } from '../../src/engine/effect.ts'
import { settle } from '../../src/queue/settle.ts'
import { anEntry, aRow } from '../store/a-row.ts'
import { claimAt } from '../store/held.ts'
import { now, temporaryStore } from '../store/temporary-store.ts'

const at = now().toISOString()

/** The last effect of a request is done, and a redraw of its card waits. */
async function doneWithRedrawWaiting() {
  const store = await temporaryStore()
  const { outbox, requests } = store.tables
  await requests.insert(aRow())
  await outbox.add([{ ...anEntry('close'), lane: 'gitlab', work: { kind: 'close' } }])
  await outbox.wantRedraw({ opId: 'redraw', requestId: 'r1', work: { kind: 'card' }, at, when: 'now' })
  const [entry] = (await outbox.due(at, 10)).filter(({ lane }) => lane === 'gitlab')
  const redraw = await outbox.waitingRedraw('r1')
  if (!entry || !redraw) throw new Error('they are not there')
  const claim = await outbox.claim(entry, claimAt(at, 'own'))
  return {
    outbox,
    redraw,
    settled: (next?: typeof redraw) =>
      settle(store, {
        ...{ definitions: effects, about: () => ({ details: {} }), whom: () => [], owner: 'own', now: now() },
        entry: { ...entry, token: claim?.token ?? 0, startedAt: at },
        attempt: { outcome: 'done', done: { result: {} }, found: false },
        ...(next && { next }),
      }),
  }
}

test('a redraw that waits is claimed with the result, and shows it', async () => {
  const { outbox, redraw, settled } = await doneWithRedrawWaiting()

  expect((await settled(redraw)).next?.id).toBe(redraw.id)

  expect(await outbox.waitingRedraw('r1')).toBeUndefined()
})

test.each([
  ['and was to be claimed with the result', true],
  ['and was seen waiting before', false],
])(
  'a redraw that somebody else has begun meanwhile, %s, may not show it: another one waits',
  async (_, isNext) => {
    const { outbox, redraw, settled } = await doneWithRedrawWaiting()
    await outbox.claim(redraw, claimAt(at, 'another'))

    expect((await settled(isNext ? redraw : undefined)).next).toBeUndefined()

    const waiting = await outbox.waitingRedraw('r1')
    expect(waiting?.id).toBeGreaterThan(redraw.id)
  },
)
