import { shipped } from '../../src/desks/index.ts'
import type { Thread } from '../../src/engine/effects/messages.ts'
/** A desk over a real store, with a clock that the test moves; nothing is carried out. */

import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import type { Event } from '../../src/engine/event.ts'
import { flows } from '../../src/flows/index.ts'
import type { DeskContext } from '../../src/requests/desk-context.ts'
import { handleEvent, requestById } from '../../src/requests/handle-event.ts'
import type { RequestRow, Tables } from '../../src/store/store.ts'
import { aRow } from '../store/a-row.ts'
import { temporaryStore } from '../store/temporary-store.ts'

export type Desk = Awaited<ReturnType<typeof aDesk>>

export async function aDesk({ at = '2026-03-01T10:00:00.000Z', timeZone = 'UTC' } = {}) {
  const store = await temporaryStore()
  const clock = { at: Date.parse(at) }
  const counter = { ids: 0, wakes: 0 }
  const context: DeskContext = {
    store,
    desks: shipped,
    flows,
    now: () => new Date(clock.at),
    startedAt: at,
    newId: () => `id-${++counter.ids}`,
    timeZone,
    calendar: usFederalHolidays(),
    stuckAfterDays: 7,
    requirePrivacyApproval: false,
    settings: { 'trust-safety-project': false, 'feature-request': false, 'admin-token': false },
    wakeWorker: () => {
      counter.wakes += 1
    },
  }
  return {
    context,
    store,
    counter,
    setTime: (instant: string) => {
      clock.at = Date.parse(instant)
    },
    insert: (override: Partial<RequestRow> = {}) =>
      store.tables.requests.insert(
        aRow({ createdAt: '2026-03-01T09:00:00.000Z', refreshAt: '2026-03-01T09:00:00.000Z', ...override }),
      ),
    row: async (id = 'r1') => {
      const row = await store.tables.requests.byId(id)
      if (!row) throw new Error(`no request ${id}`)
      return row
    },
    /** What the threads would say, oldest first. */
    said: async (id = 'r1') =>
      (await store.tables.outbox.ofRequest(id)).flatMap(({ work }) =>
        work.kind === 'thread' ? [work as Thread] : [],
      ),
  }
}

/** Within a transaction, for a request that nobody has read yet. */
export async function handleById(
  { context }: Pick<Desk, 'context'>,
  tables: Tables,
  id: string,
  event: Event,
) {
  return (await handleEvent(context, tables, await requestById(tables, id), event)).outcome
}
