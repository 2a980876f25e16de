/** The audit log is whole, and every effect that it tells of once was done once. */
import { verifyAudit } from '../../../src/store/audit-chain.ts'
import type { Evidence } from '../check.ts'

export async function checkAudit({ store, audit, outbox, findings }: Evidence): Promise<void> {
  const verdict = await verifyAudit(store.tables)
  if (!verdict.ok) findings.broken.push(`the audit log is broken at ${verdict.seq}: ${verdict.why}`)
  const done = audit.filter(({ what, details }) => what === 'effect' && details.outcome === 'done')
  const times = Map.groupBy(done, ({ details }) => String(details.opId))
  for (const [opId, entries] of times)
    if (entries.length > 1)
      findings.duplicated.push(`effect ${opId} was done ${entries.length} times by the audit log`)
  for (const row of outbox) {
    findings.effectsChecked += 1
    if (row.status === 'done' && row.lane !== 'card' && !times.has(row.op_id))
      findings.broken.push(`effect ${row.kind} ${row.op_id} is done and the audit log does not say so`)
    if (row.error?.includes('Something in the bot went wrong'))
      findings.broken.push(`effect ${row.kind} ${row.op_id}: ${row.error}`)
  }
}
