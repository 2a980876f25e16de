/** The clock of the bot in the simulation: what it said when, however often it was set. */
import { describe, expect, test } from 'vitest'
import { BotClock } from '../../prove/simulation/bot-clock.ts'
import { History } from '../../prove/simulation/history.ts'
import type { Prng } from '../../prove/simulation/prng.ts'
import { VirtualTime } from '../../prove/simulation/virtual-time.ts'

const minute = 60_000

/** Ahead of the services by so many seconds: at first, and each time that it is set. */
function clockAhead(...seconds: number[]) {
  const time = new VirtualTime('2026-03-02T10:00:00.000Z')
  const ahead = seconds.map((one) => one * 1000)
  const prng = { between: () => ahead.shift() ?? 0 } as Partial<Prng> as Prng
  const history = new History(time.now)
  return { time, history, clock: new BotClock({ time, prng, history, isKept: false }) }
}

describe('a clock that was set back', () => {
  test('said some instants twice', async () => {
    const { time, clock } = clockAhead(20, -10)
    await time.run(minute)
    const said = clock.now().toISOString()
    clock.setRight()
    await time.run(minute)

    expect(clock.whenItSaid(said)).toEqual({ first: minute, last: minute + 30_000 })
  })

  test('said once what was before and what came after', async () => {
    const { time, clock } = clockAhead(20, -10)
    await time.run(minute)
    clock.setRight()
    await time.run(minute)

    expect(clock.whenItSaid('2026-03-02T10:00:21.000Z')).toEqual({ first: 1_000, last: 1_000 })
    expect(clock.whenItSaid(clock.now().toISOString())).toEqual({ first: 2 * minute, last: 2 * minute })
  })
})

describe('a clock that was set forward', () => {
  test('left some instants out', async () => {
    const { time, clock, history } = clockAhead(-10, 20)
    await time.run(minute)
    clock.setRight()
    await time.run(minute)

    expect(() => clock.whenItSaid('2026-03-02T10:01:00.000Z')).toThrow(/never said/)
    expect(history.reached.get('the clock of the bot was set forward')).toBe(1)
  })

  test('never said what all clocks have jumped over', async () => {
    const { time, clock } = clockAhead(0, 600)
    await time.run(minute)
    time.jump(24 * 60 * minute)
    await time.run(minute)
    const said = clock.now().toISOString()
    clock.setRight()
    await time.run(minute)

    expect(clock.whenItSaid(said)).toEqual({ first: 2 * minute, last: 2 * minute })
  })

  test('said what it said just before all clocks jumped', async () => {
    const { time, clock } = clockAhead(-10)
    await time.run(minute)
    const said = clock.now().toISOString()
    time.jump(24 * 60 * minute)

    expect(clock.whenItSaid(said)).toEqual({ first: minute, last: minute })
  })

  test('is told apart from all clocks that jump', async () => {
    const { time, clock } = clockAhead(-10, 20)
    await time.run(minute)
    time.jump(60 * minute)
    clock.setRight()
    await time.run(minute)

    const { first, last } = clock.whenItSaid(clock.now().toISOString())

    expect([first, last]).toEqual([2 * minute, 2 * minute])
  })
})
