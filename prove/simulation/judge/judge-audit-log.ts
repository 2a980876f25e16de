/** The bot's own log is a claim; before anything is compared with it, it has to be whole, and to say nothing twice. */
import { createHash } from 'node:crypto'
import type { Evidence } from '../check.ts'
import type { AuditEntry } from '../database.ts'

/** As SECURITY.md has it: an entry holds the hash of the one before, so that no change goes unseen. */
export function judgeAuditLog({ audit, findings }: Evidence): void {
  let before = { seq: 0, hash: '0'.repeat(64) }
  for (const entry of audit) {
    const isNext = entry.seq === before.seq + 1 && entry.previousHash === before.hash
    if (!isNext || hashOf(entry) !== entry.hash) {
      findings.broken.push(`the audit log is broken at ${before.seq + 1}`)
      return
    }
    before = entry
  }
  const done = audit.filter(({ what, details }) => what === 'effect' && details.outcome === 'done')
  for (const [opId, { length }] of Map.groupBy(done, ({ details }) => String(details.opId)))
    if (length > 1) findings.duplicated.push(`effect ${opId} was done ${length} times by the audit log`)
  for (const { what, at, details } of audit)
    if (what === 'effect' && /Something in the bot went wrong/.test(String(details.error)))
      findings.broken.push(`effect ${details.effect} of ${at}: ${details.error}`)
}

/** SHA-256 of the hash before and of the entry without its hashes, as JSON with its keys sorted. */
function hashOf({ hash: _, previousHash, ...entry }: AuditEntry): string {
  return createHash('sha256')
    .update(previousHash + JSON.stringify(inOrder(entry)))
    .digest('hex')
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]))
}
