/** The time of a simulated run, while the code under test gives others their turn. */
import { setImmediate as realTurn } from 'node:timers/promises'
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

/** An answer that comes in real time, after so many turns of the event loop. */
async function answerAfter<T>(turnsOfTheLoop: number, answer: T): Promise<T> {
  for (let turn = 0; turn < turnsOfTheLoop; turn++) await realTurn()
  return answer
}

test('answers from outside of the run are handed on in the order in which they were asked for, and take no time', async () => {
  const heard: (readonly [answer: string, at: number])[] = []
  const hear = (answer: string) => heard.push([answer, time.elapsed])
  setTimeout(() => {
    void time.answerOf(() => answerAfter(40, 'slow')).then(hear)
    void time.answerOf(() => answerAfter(1, 'quick')).then(hear)
    void time.answerOf(() => Promise.reject(new Error('failed'))).catch(({ message }) => hear(message))
  }, 1_000)
  setTimeout(() => hear('later'), 1_001)

  await time.run(5_000)

  expect(heard).toEqual([
    ['slow', 1_000],
    ['quick', 1_000],
    ['failed', 1_000],
    ['later', 1_001],
  ])
})

test('what follows from an answer is over before the next one is handed on', async () => {
  const seen: string[] = []
  setTimeout(() => {
    void time
      .answerOf(() => answerAfter(1, 'first'))
      .then(async (answer) => {
        await turns(20)
        seen.push(`what follows from the ${answer}`)
      })
    void time.answerOf(() => answerAfter(1, 'second')).then((answer) => seen.push(answer))
  }, 1_000)

  await time.run(2_000)

  expect(seen).toEqual(['what follows from the first', 'second'])
})

test('whoever has died hears no answer, and asks nothing more', async () => {
  const life = { isDead: false }
  const seen: string[] = []
  time.owners.run(life, () => {
    void time.answerOf(() => answerAfter(5, 'answer')).then((answer) => seen.push(answer))
    setTimeout(() => void time.answerOf(() => seen.push('asked')), 1_000)
  })
  life.isDead = true

  await time.run(2_000)
  time.owners.run(life, () => void time.answerOf(() => seen.push('asked')))
  await time.run(2_000)

  expect(seen).toEqual([])
})
