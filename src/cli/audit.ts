import type { Instant } from '../engine/time.ts'
import { canonicalJson, verifyAudit } from '../store/audit-chain.ts'
import { openStore } from '../store/open-store.ts'
import type { AuditEntry, Tables } from '../store/store.ts'
import { type Env, type ExitCode, type Io, Misused, readArguments, readSettings } from './io.ts'

/**
 * The command `audit verify`. The exit code is 1 when the chain is broken, or does not reach the head that was noted.
 */
export async function auditVerify(args: readonly string[], env: Env, io: Io): Promise<ExitCode> {
  const { values } = readArguments(args, { head: { type: 'string' } })
  const expected = values.head === undefined ? undefined : headOf(values.head)
  return withTables(env, io, async (tables) => {
    const verdict = await verifyAudit(tables, expected)
    io.out.write(
      verdict.ok
        ? `ok: the chain of ${verdict.count} entries is whole; its head is ${verdict.count}:${verdict.head}\n`
        : `broken at entry ${verdict.seq}: ${verdict.why}\n`,
    )
    return verdict.ok ? 0 : 1
  })
}

interface Given {
  readonly request?: string | undefined
  readonly ticket?: string | undefined
}

/** The command `audit export`. It writes the log to standard output, from the first entry on. Throws `Misused`. */
export async function auditExport(args: readonly string[], env: Env, io: Io): Promise<ExitCode> {
  const { values } = readArguments(args, {
    format: { type: 'string' },
    request: { type: 'string' },
    ticket: { type: 'string' },
    since: { type: 'string' },
  })
  const { format } = values
  if (format !== 'csv' && format !== 'jsonl') throw new Misused('--format must be csv or jsonl')
  const isOfSubject = subjectFilter(values)
  const since = values.since === undefined ? undefined : instantOf(values.since, readSettings(env).timeZone)
  const line = format === 'csv' ? csvLine : jsonLine
  return withTables(env, io, async (tables) => {
    if (format === 'csv') io.out.write(csvHeader)
    for await (const entry of everyEntry(tables)) {
      if (!isOfSubject(entry)) continue
      if (since !== undefined && entry.at < since) continue
      io.out.write(line(entry))
    }
    return 0
  })
}

async function withTables(env: Env, io: Io, work: (tables: Tables) => Promise<ExitCode>): Promise<ExitCode> {
  const store = await openStore({ databaseUrl: readSettings(env).databaseUrl, now: io.now, beside: true })
  try {
    return await work(store.tables)
  } finally {
    await store.close()
  }
}

async function* everyEntry({ audit }: Tables) {
  let last = 0
  for (;;) {
    const page = await audit.page(last, 500)
    yield* page
    const end = page.at(-1)
    if (end === undefined) return
    last = end.seq
  }
}

function headOf(text: string): { seq: number; hash: string } {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined)
    throw new Misused('--head must be COUNT:HASH, as verify prints it')
  return { seq: Number(seq), hash }
}

/** Of one issue, of one ticket, or every entry. A ticket's number is no iid: it stands among the details. */
function subjectFilter({ request, ticket }: Given): (entry: AuditEntry) => boolean {
  if (request !== undefined && ticket !== undefined) {
    throw new Misused('--request and --ticket exclude each other: an entry is about an issue or a ticket')
  }
  if (request !== undefined) {
    const iid = numberOf(request, '--request must be the number of a request')
    return (entry) => entry.iid === iid
  }
  if (ticket === undefined) return () => true
  const id = numberOf(ticket, '--ticket must be the number of a ticket')
  return ({ details }) => details.ticket === id || details.subject === `ticket:${id}`
}

function numberOf(text: string, otherwise: string): number {
  if (!/^#?[1-9]\d{0,14}$/.test(text)) throw new Misused(otherwise)
  return Number(text.replace('#', ''))
}

/** A day begins at 00:00 in the time zone. */
function instantOf(text: string, timeZone: string): Instant {
  try {
    const instant = /^\d{4}-\d\d-\d\d$/.test(text)
      ? Temporal.PlainDate.from(text).toZonedDateTime(timeZone).toInstant()
      : Temporal.Instant.from(text)
    return new Date(instant.epochMilliseconds).toISOString()
  } catch {
    throw new Misused('--since must be a day (2026-03-01) or an instant (2026-03-01T09:00:00Z)')
  }
}

const columns = ['seq', 'at', 'iid', 'requestId', 'what', 'who', 'details', 'previousHash', 'hash'] as const

/** CSV as RFC 4180 has it: lines end with CR LF, fields with anything special are quoted. */
const csvHeader = `${columns.join(',')}\r\n`

function csvLine(entry: AuditEntry): string {
  const values = columns.map((column) =>
    column === 'details' ? canonicalJson(entry.details) : entry[column],
  )
  return `${values.map((value) => csvField(String(value ?? ''))).join(',')}\r\n`
}

/** One JSON object a line, whole, so that the chain can be checked from the export alone. */
function jsonLine(entry: AuditEntry): string {
  return `${canonicalJson(entry)}\n`
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
