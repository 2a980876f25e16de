import type { Outbox, RequestRow } from '../../src/store/store.ts'

type NewRow = Omit<RequestRow, 'version'>
type NewEntry = Parameters<Outbox['add']>[0][number]

export function aRow(override: Partial<NewRow> = {}): NewRow {
  return {
    id: 'r1',
    source: 'gitlab',
    number: 1,
    url: 'https://gitlab.example/desk/-/issues/1',
    flow: 'account-deletion',
    step: 'awaiting-answers',
    stepSince: '2026-03-01T09:00:00.000Z',
    createdAt: '2026-03-01T08:00:00.000Z',
    facts: {},
    seen: {
      state: 'opened',
      labels: ['account-deletion::personal'],
      updatedAt: '2026-03-01T08:00:00.000Z',
      noteId: 0,
      labelEventId: 0,
      stateEventId: 0,
      assigneeIds: [],
    },
    ...override,
  }
}

export function anEntry(opId: string, override: Partial<NewEntry> = {}): NewEntry {
  return {
    opId,
    requestId: 'r1',
    lane: 'gitlab',
    work: { kind: 'close' },
    dueAt: '2026-03-01T09:00:00.000Z',
    createdAt: '2026-03-01T09:00:00.000Z',
    ...override,
  }
}
