import { canonicalJson } from '../store/audit-chain.ts'
import type { AuditEntry } from '../store/store.ts'

const columns = ['seq', 'at', 'iid', 'requestId', 'what', 'who', 'details', 'previousHash', 'hash'] as const

/** CSV as RFC 4180 has it: lines end with CR LF, fields with anything special are quoted. */
export const csvHeader = `${columns.join(',')}\r\n`

export function csvLine(entry: AuditEntry): string {
  const values = columns.map((column) =>
    column === 'details' ? canonicalJson(entry.details) : entry[column],
  )
  return `${values.map((value) => csvField(String(value ?? ''))).join(',')}\r\n`
}

/** One JSON object a line, whole, so that the chain can be checked from the export alone. */
export function jsonLine(entry: AuditEntry): string {
  return `${canonicalJson(entry)}\n`
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
