/** A database that can be read and not written, as on a full disk: nothing is begun, and whatever else there is gets its turn. */
import { expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import type { Store } from '../../src/store/store.ts'
import { anEffectDesk, closeNoResponse, snippets } from '../services/effect-desk.ts'

/** As SQLite is on a full disk: what is read is read, and a claim fails. */
function onAFullDisk(store: Store) {
  const disk = { isFull: true, refusals: 0 }
  const { outbox } = store.tables
  const claim: typeof outbox.claim = async (entry, by) => {
    if (!disk.isFull) return outbox.claim(entry, by)
    disk.refusals += 1
    // A worker that never waits would let no timer ring, this test’s own among them.
    if (disk.refusals > mostRefusals) disk.isFull = false
    throw new Error('database or disk is full')
  }
  return { disk, store: { ...store, tables: { ...store.tables, outbox: { ...outbox, claim } } } }
}

const mostRefusals = 1_000

/** The machine's timers, which ring when the test says so. */
function aBell(now: Clock['now']) {
  const asked: number[] = []
  let ring: (() => void) | undefined
  const sleep: Clock['sleep'] = (ms) => {
    asked.push(ms)
    return new Promise((resolve) => {
      ring = resolve
    })
  }
  return {
    clock: { now, sleep },
    asked,
    /** Once the worker waits. */
    ring: async () => {
      await expect.poll(() => ring, { interval: 1 }).toBeDefined()
      ring?.()
      ring = undefined
    },
  }
}

test('an effect that can’t be claimed is tried once a second, and goes out once when there is room again', async () => {
  const complaints: string[] = []
  const desk = await anEffectDesk()
  const { disk, store } = onAFullDisk(desk.store)
  const { clock, asked, ring } = aBell(desk.now)
  const log = { warn: () => {}, error: (_fields: object, message: string) => void complaints.push(message) }
  const worker = desk.newWorker({ store, log, clock })
  onTestFinished(async () => {
    worker.stop()
    await ring()
  })
  const { id } = await desk.aRequest()
  await desk.toDo(id, ...closeNoResponse)

  await worker.start()
  for (let second = 0; second < 3; second += 1) await ring()
  await expect.poll(() => asked.length, { interval: 1 }).toBe(4)
  const { refusals } = disk
  const sentMeanwhile = desk.gitlab.mails.length
  disk.isFull = false
  await ring()
  await expect.poll(() => desk.statuses(id)).toEqual(['done', 'done', 'done'])

  expect(refusals).toBe(4)
  expect(asked.slice(0, 4)).toEqual([1_000, 1_000, 1_000, 1_000])
  expect(complaints).toContain('The outbox could not be read or written')
  expect(sentMeanwhile).toBe(0)
  expect(desk.gitlab.mails.map(({ text }) => text)).toEqual([snippets['closed-no-response']])
})
