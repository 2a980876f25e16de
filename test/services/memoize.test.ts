/** One reading for many who ask: never one that began before they knew what to ask about. */
import { describe, expect, test } from 'vitest'
import { toInstant } from '../../src/engine/time.ts'
import { coalesce } from '../../src/services/memoize.ts'

const minute = 60_000

/** Work that is under way until it is ended, by a clock that is set by hand. */
function aDesk() {
  let ms = Date.parse('2026-03-02T10:00:00.000Z')
  const underWay: PromiseWithResolvers<void>[] = []
  const work = () => {
    const one = Promise.withResolvers<void>()
    underWay.push(one)
    return one.promise
  }
  const now = () => new Date(ms)
  const ask = coalesce(now, work)
  return {
    /** For something that came in just now. */
    ask: () => ask(toInstant(now())),
    underWay,
    pass: (by: number) => {
      ms += by
    },
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('whoever asks', () => {
  test('before it began shares what has begun since', async () => {
    const desk = aDesk()
    const first = desk.ask()
    const second = desk.ask()
    await settled()
    desk.underWay[0]?.resolve()
    await Promise.all([first, second])

    expect(desk.underWay).toHaveLength(1)
  })

  test('while it is under way waits for the next, all of them for the same', async () => {
    const desk = aDesk()
    const first = desk.ask()
    await settled()
    desk.pass(1)
    const later = [desk.ask(), desk.ask()]
    await settled()
    expect(desk.underWay).toHaveLength(1)

    desk.underWay[0]?.resolve()
    await first
    await settled()
    desk.underWay[1]?.resolve()
    await Promise.all(later)

    expect(desk.underWay).toHaveLength(2)
  })

  test('after the clock was set back shares nothing that began before', async () => {
    const desk = aDesk()
    const first = desk.ask()
    await settled()
    desk.underWay[0]?.resolve()
    await first

    desk.pass(-50 * minute)
    void desk.ask()
    await settled()

    expect(desk.underWay).toHaveLength(2)
  })

  test('is told of a failure, and the next asks anew', async () => {
    const desk = aDesk()
    const first = desk.ask()
    await settled()
    desk.underWay[0]?.reject(new Error('Zendesk is down'))

    await expect(first).rejects.toThrow('Zendesk is down')
    void desk.ask()
    await settled()
    expect(desk.underWay).toHaveLength(2)
  })
})
