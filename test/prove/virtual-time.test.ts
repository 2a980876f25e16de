/** The time of a simulated run, while the code under test gives others their turn. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { VirtualTime } from '../../prove/simulation/virtual-time.ts'
import { nextTurn } from '../../src/clock.ts'

let time: VirtualTime
let uninstall: () => void

beforeEach(() => {
  time = new VirtualTime('2026-03-02T10:00:00.000Z')
  uninstall = time.install()
})

afterEach(() => uninstall())

async function turns(count: number, each: () => void = () => {}): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await nextTurn()
    each()
  }
}

test('no time passes while somebody waits for turn after turn', async () => {
  const endedAt: number[] = []
  const work = async () => {
    await turns(50)
    endedAt.push(time.elapsed)
  }
  setTimeout(() => void work(), 1_000)
  setTimeout(() => endedAt.push(time.elapsed), 1_001)

  await time.run(5_000)

  expect(endedAt).toEqual([1_000, 1_001])
})

test('whoever has died has no turn any more', async () => {
  const life = { isDead: false }
  let taken = 0
  const work = () =>
    turns(50, () => {
      taken += 1
      life.isDead = taken === 3
    })
  time.owners.run(life, () => void work())

  await time.run(1_000)

  expect(taken).toBe(3)
})

test('what the clocks said at an instant of the run is told by the jumps before it', async () => {
  await time.run(1_000)
  time.jump(3_600_000)
  await time.run(1_000)

  expect([999, 1_000, 2_000].map((elapsed) => new Date(time.msAt(elapsed)).toISOString())).toEqual([
    '2026-03-02T10:00:00.999Z',
    '2026-03-02T11:00:01.000Z',
    '2026-03-02T11:00:02.000Z',
  ])
  expect(time.elapsedAt(time.msAt(2_000))).toBe(2_000)
})

test('what is under way outside comes before the clocks are set forward past it, and who waits goes on waiting', async () => {
  const came: (readonly [string, number, number])[] = []
  const began = time.ms
  const say = (what: string) => came.push([what, time.elapsed, time.ms - began])
  time.after(60_000, () => say('a late write'))
  time.after(400_000, () => say('a later one'))
  time.owners.run({ isDead: false }, () => setTimeout(() => say('the bot'), 10_000))
  await time.run(1_000)

  time.jump(300_000)
  await time.run(200_000)

  expect(came).toEqual([
    ['a late write', 1_000, 301_000],
    ['the bot', 10_000, 310_000],
    ['a later one', 100_000, 400_000],
  ])
})
