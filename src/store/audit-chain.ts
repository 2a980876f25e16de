/** The audit log as a chain: each entry holds the hash of the one before, so that no change goes unseen. */
import { createHash } from 'node:crypto'
import type { AuditEntry, Tables } from './store.ts'

/** The start of the chain: the first entry follows this one. */
export const genesis = { seq: 0, hash: '0'.repeat(64) } as const

export type Verdict =
  | { readonly ok: true; readonly count: number; readonly head: string }
  | { readonly ok: false; readonly seq: number; readonly why: string }

/** JSON with sorted keys: the same value always gives the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isPlain(inner) ? sorted(inner) : inner))
}

/** SHA-256 of the hash before and the entry without the hashes, in hexadecimal. */
export function hashOf({ hash: _, previousHash, ...entry }: AuditEntry): string {
  return createHash('sha256')
    .update(previousHash + canonicalJson(entry))
    .digest('hex')
}

/**
 * Reads the whole log and recomputes every hash. An edit, a gap and another order are found by the chain itself;
 * a tail that was cut off only by a head noted elsewhere (the daily digest carries it).
 */
export async function verifyAudit(
  { audit }: Tables,
  expected?: { readonly seq: number; readonly hash: string },
): Promise<Verdict> {
  let head: { seq: number; hash: string } = genesis
  for (;;) {
    const page = await audit.page(head.seq, 500)
    for (const entry of page) {
      const why = whatIsWrong(entry, head, expected)
      if (why !== undefined) return { ok: false, seq: head.seq + 1, why }
      head = { seq: entry.seq, hash: entry.hash }
    }
    if (page.length === 0) break
  }
  if (expected !== undefined && expected.seq > head.seq) {
    return {
      ok: false,
      seq: head.seq + 1,
      why: `the log ends at ${head.seq}, but ${expected.seq} was the last`,
    }
  }
  return { ok: true, count: head.seq, head: head.hash }
}

type Head = { readonly seq: number; readonly hash: string }

function whatIsWrong(entry: AuditEntry, before: Head, expected: Head | undefined): string | undefined {
  if (entry.seq !== before.seq + 1) return `entry ${before.seq + 1} is missing`
  if (entry.previousHash !== before.hash) return 'it does not follow the entry before it'
  if (hashOf(entry) !== entry.hash) return 'its content was changed'
  if (entry.seq === expected?.seq && entry.hash !== expected.hash)
    return 'it is not the entry that was expected'
  return undefined
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
