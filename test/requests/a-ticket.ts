/** A ticket as it was read, with one override, and the desk that takes it in. */
import type { Observation } from '../../src/engine/event.ts'
import type { Facts } from '../../src/engine/request.ts'
import { reconcile } from '../../src/requests/reconcile.ts'
import type { Change, Snapshot, Stands } from '../../src/requests/snapshot.ts'
import type { RequestRow, SyncCursor } from '../../src/store/store.ts'
import { type Desk, handleById } from './a-desk.ts'

export const support = '8001'
export const security = '8002'

interface Read extends Stands {
  readonly at?: string
  readonly url?: string
  readonly createdAt?: string
  readonly iid?: number
  readonly seen?: Partial<SyncCursor>
  readonly news?: readonly Change[]
}

/** Received on Monday 2 March 2026 at 10:00. `at`: when it had last changed. */
export function aSighting({
  at = '2026-03-02T10:00:00.000Z',
  seen,
  solved,
  supportGroup = support,
  ...given
}: Read = {}): Snapshot {
  return {
    source: 'zendesk',
    number: 456,
    url: 'https://example.zendesk.com/agent/tickets/456',
    createdAt: '2026-03-02T10:00:00.000Z',
    isRequest: false,
    begins: { at: 'ticket' },
    facts: {},
    seen: {
      state: solved === undefined ? 'opened' : 'closed',
      labels: [],
      updatedAt: at,
      noteId: 1,
      labelEventId: 0,
      stateEventId: 0,
      assigneeIds: [],
      groupId: security,
      ...seen,
    },
    stands: { ...(solved && { solved }), supportGroup },
    news: [],
    ...given,
  }
}

export const wrote = (id: number, at: string) =>
  ({ observation: { name: 'requester-replied', at }, from: 'handNoteId', id }) as const

export const answered = (id: number, at: string) =>
  ({ observation: { name: 'public-reply-seen', by: 'zendesk:6002', at }, from: 'handNoteId', id }) as const

export const take = (desk: Desk, sighting: Snapshot, isInQueue = false) => {
  const isRequest = isInQueue && sighting.stands?.solved === undefined
  return desk.store.transaction((tables) => reconcile(desk.context, tables, { ...sighting, isRequest }))
}

/** In the queue, and taken in. */
export async function aTicketAt(desk: Desk, sighting: Snapshot = aSighting()): Promise<RequestRow> {
  await take(desk, sighting, true)
  return ticketRow(desk)
}

export async function ticketRow(desk: Desk, number = 456): Promise<RequestRow> {
  const row = await desk.store.tables.requests.byNumber(number, 'zendesk')
  if (!row) throw new Error(`no ticket ${number}`)
  return row
}

/** Puts it where a test needs it. */
export async function put(desk: Desk, change: Partial<RequestRow> & { readonly facts?: Facts }) {
  return desk.store.tables.requests.update({ ...(await ticketRow(desk)), ...change })
}

export const see = (desk: Desk, id: string, observation: Observation) =>
  desk.store.transaction((tables) => handleById(desk, tables, id, { kind: 'observation', observation }))

export const ticketThread = async (desk: Desk) =>
  (await desk.said((await ticketRow(desk)).id)).map(({ text }) => text)
