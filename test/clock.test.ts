import { expect, test } from 'vitest'
import { answerOrLate, type Clock, clockWith, serverClock } from '../src/clock.ts'

/** Sleeps until it is rung, or until the signal is aborted. */
function aBell() {
  const asked: number[] = []
  const bell = Promise.withResolvers<void>()
  const state = { isGivenUp: false }
  const sleep: Clock['sleep'] = (ms, signal) => {
    asked.push(ms)
    return new Promise((resolve, reject) => {
      bell.promise.then(resolve)
      signal?.addEventListener('abort', () => {
        state.isGivenUp = true
        reject(signal.reason)
      })
    })
  }
  return { sleep, ring: bell.resolve, asked, state }
}

test('an answer in time is given, and nobody goes on waiting', async () => {
  const { asked, state, sleep } = aBell()

  const answer = await answerOrLate({ sleep }, 2_000, Promise.resolve('read'), () => 'late')

  expect([answer, asked, state.isGivenUp]).toEqual(['read', [2_000], true])
})

test('what takes longer is late, and its failure afterwards is heard by nobody', async () => {
  const reading = Promise.withResolvers<string>()
  const { sleep, ring } = aBell()
  ring()

  const answer = await answerOrLate({ sleep }, 2_000, reading.promise, () => 'late')
  reading.reject(new Error('Zendesk is down'))
  await new Promise((resolve) => setImmediate(resolve))

  expect(answer).toBe('late')
})

test('a failure in time is the failure', async () => {
  const { sleep } = aBell()

  const answer = answerOrLate({ sleep }, 2_000, Promise.reject(new Error('refused')), () => 'late')

  await expect(answer).rejects.toThrow('refused')
})

test('the machine’s sleep ends when it is aborted, also before it begins', async () => {
  const { sleep } = clockWith(() => new Date(0))
  const stopping = new AbortController()
  const sleeping = sleep(60_000, stopping.signal)

  stopping.abort()

  await expect(sleeping).rejects.toThrow('aborted')
  await expect(sleep(60_000, stopping.signal)).rejects.toThrow('aborted')
})

test('a sleep that is aborted is told why, and leaves no timer behind', async () => {
  const { sleep } = clockWith(() => new Date(0))
  const stopping = new AbortController()
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  const sleeping = sleep(60_000, stopping.signal)
  const during = timers()

  stopping.abort('woken')

  expect([during, timers()]).toEqual([before + 1, before])
  await expect(sleeping).rejects.toBe('woken')
})

test('a server’s clock is told by how far the machine’s is from it, and looked at again', async () => {
  const machine = { at: Date.parse('2026-03-01T09:00:00.000Z') }
  const server = { aheadMs: 60_000 }
  const warned: object[] = []
  const clock = await serverClock(
    clockWith(() => new Date(machine.at)),
    async () => new Date(machine.at + server.aheadMs),
    { warn: (fields) => void warned.push(fields) },
  )

  expect(clock.now()).toEqual(new Date('2026-03-01T09:01:00.000Z'))
  machine.at += 1_000
  expect(clock.now()).toEqual(new Date('2026-03-01T09:01:01.000Z'))
  server.aheadMs = 20
  await clock.measure()
  expect(clock.now()).toEqual(new Date('2026-03-01T09:00:01.020Z'))
  expect(warned).toEqual([{ aheadMs: 60_000 }])
})

test('a server that takes long to say its time is not believed', async () => {
  const machine = { at: 0 }
  const clock = await serverClock(
    clockWith(() => new Date(machine.at)),
    async () => {
      machine.at += 2_000
      return new Date(machine.at + 60_000)
    },
    { warn: () => {} },
  )

  expect(clock.now()).toEqual(new Date(2_000))
})
