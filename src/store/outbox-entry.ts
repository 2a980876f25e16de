import type { Selectable } from 'kysely'
import { readResult, readWork } from './json-column.ts'
import type { OutboxTable } from './schema.ts'
import type { OutboxEntry } from './store.ts'

export function toEntry(row: Selectable<OutboxTable>): OutboxEntry {
  const { kind, requestId, subject, work, startedAt, finishedAt, error, result, ...plain } = row
  return {
    ...plain,
    work: readWork(work),
    ...(requestId !== null && { requestId }),
    ...(subject !== null && { subject }),
    ...(startedAt !== null && { startedAt }),
    ...(finishedAt !== null && { finishedAt }),
    ...(error !== null && { error }),
    ...(result !== null && { result: readResult(result) }),
  }
}
