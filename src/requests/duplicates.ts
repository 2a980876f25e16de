/** Requests of one person, told to each other. */
import type { Happening } from '../engine/event.ts'
import type { RequestRow, Tables } from '../store/store.ts'
import { type DeskContext, nowOf } from './desk-context.ts'
import { handleHappenings } from './handle-event.ts'

/** Whoever mails the form may mail it a thousand times: of others of the same person no more than these are named. */
const mostNamed = 5

/** "another open request of the same requester (same e-mail or username) and type": said on both cards, acted on by nobody but a person. */
export async function suggestDuplicates(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
): Promise<RequestRow> {
  if (!row.hashes) return row
  if (context.flows[row.flow]?.isTypeUnknown) return comparePerson(context, tables, row, row.hashes)
  const others = await tables.requests.sameRequester(row.hashes, [row.flow], row.id, mostNamed + 1)
  if (others.length === 0) return row
  const at = nowOf(context)
  const suggested = (all: readonly number[]): Happening => ({
    name: 'duplicates-suggested',
    iids: all.slice(0, mostNamed),
    ...(all.length > mostNamed ? { hasMore: true } : {}),
    at,
  })
  const compared = await handleHappenings(context, tables, row, [suggested(others.map(({ iid }) => iid))])
  for (const other of others.slice(0, mostNamed)) {
    const { suggestedDuplicates = [], hasMoreDuplicates } = other.facts
    if (!hasMoreDuplicates && !suggestedDuplicates.includes(row.iid))
      await handleHappenings(context, tables, other, [suggested([...suggestedDuplicates, row.iid])])
  }
  return compared
}

/** An issue without a form may hold the answer that another request of the same person waits for. */
async function comparePerson(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  hashes: NonNullable<RequestRow['hashes']>,
): Promise<RequestRow> {
  const typed = Object.keys(context.flows).filter((flow) => !context.flows[flow]?.isTypeUnknown)
  const others = await tables.requests.sameRequester(hashes, typed, row.id, mostNamed)
  if (others.length === 0) return row
  const at = nowOf(context)
  for (const other of others) {
    const known = other.facts.laterIssues ?? []
    if (known.length < mostNamed && !known.includes(row.iid))
      await handleHappenings(context, tables, other, [
        { name: 'other-issues-seen', later: [...known, row.iid], at },
      ])
  }
  const earlier = others.map(({ iid }) => iid)
  return handleHappenings(context, tables, row, [{ name: 'other-issues-seen', earlier, at }])
}
