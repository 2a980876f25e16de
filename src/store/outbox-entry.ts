import type { Selectable } from 'kysely'
import { readResult, readWork } from './json-column.ts'
import type { OutboxTable } from './schema.ts'
import type { OutboxEntry } from './store.ts'

export function toEntry(row: Selectable<OutboxTable>): OutboxEntry {
  const {
    kind: _kind,
    claimedBy: _by,
    claimedUntil: _until,
    requestId,
    subject,
    decisionId,
    work,
    startedAt,
    unclearSince,
    calledAt,
    finishedAt,
    error,
    result,
    ends,
    ...plain
  } = row
  return {
    ...plain,
    ...(ends > 0 && { ends }),
    work: readWork(work),
    ...(requestId !== null && { requestId }),
    ...(subject !== null && { subject }),
    ...(decisionId !== null && { decisionId }),
    ...(startedAt !== null && { startedAt }),
    ...(unclearSince !== null && { unclearSince }),
    ...(calledAt !== null && { calledAt }),
    ...(finishedAt !== null && { finishedAt }),
    ...(error !== null && { error }),
    ...(result !== null && { result: readResult(result) }),
  }
}
