/** A database that can be read and not written, as on a full disk: nothing is begun, and whatever else there is gets its turn. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
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

test('an effect that can’t be claimed is tried once a second, and goes out once when there is room again', async () => {
  const complaints: string[] = []
  const desk = await anEffectDesk()
  const { disk, store } = onAFullDisk(desk.store)
  const log = { warn: () => {}, error: (_fields: object, message: string) => void complaints.push(message) }
  const worker = desk.newWorker({ store, log })
  onTestFinished(() => worker.stop())
  const { id } = await desk.aRequest()
  await desk.toDo(id, ...closeNoResponse)

  await worker.start()
  await sleep(1_500)
  const { refusals } = disk
  const sentMeanwhile = desk.gitlab.mails.length
  disk.isFull = false
  await expect.poll(() => desk.statuses(id), { timeout: 20_000 }).toEqual(['done', 'done', 'done'])

  expect(refusals).toBeGreaterThan(0)
  expect(refusals).toBeLessThan(10)
  expect(complaints).toContain('The outbox could not be read or written')
  expect(sentMeanwhile).toBe(0)
  expect(desk.gitlab.mails.map(({ text }) => text)).toEqual([snippets['closed-no-response']])
}, 30_000)
