/** The audit log changed behind the bot's back, in every way: each is found by `privacy-desk audit verify`. */
import { copyFileSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { hashOf } from '../../src/store/audit-chain.ts'
import type { AuditEntry } from '../../src/store/store.ts'

export interface Tampering {
  readonly name: string
  /** The chain is whole again: only a head that was noted elsewhere tells. */
  readonly needsHead: boolean
  readonly tamper: (sqlite: Sqlite.Database) => void
}

const columns = ['seq', 'at', 'request_id', 'iid', 'what', 'who', 'details', 'previous_hash', 'hash'] as const
const triggers = ['audit_no_update', 'audit_no_delete', 'audit_grows']

/** On a copy of the file, without the triggers that keep the bot itself from it. */
export function tampered(file: string, copy: string, { tamper }: Tampering): void {
  copyFileSync(file, copy)
  const sqlite = new Sqlite(copy, { fileMustExist: true })
  try {
    for (const trigger of triggers) sqlite.exec(`drop trigger ${trigger}`)
    tamper(sqlite)
  } finally {
    sqlite.close()
  }
}

/** One of each for every entry of a log of so many, from the first to the last. */
export function tamperings(entries: readonly AuditEntry[]): readonly Tampering[] {
  const last = entries.length
  const numbers = entries.map(({ seq }) => seq)
  const chainTells = (name: string, tamper: Tampering['tamper']) => ({ name, needsHead: false, tamper })
  return [
    ...numbers.flatMap((seq) =>
      columns.map((column) => chainTells(`entry ${seq}: ${column} edited`, edit(seq, column, last))),
    ),
    ...numbers.slice(0, -1).map((seq) => chainTells(`entry ${seq} removed`, remove(seq))),
    ...numbers.slice(0, -1).map((seq) => chainTells(`entries ${seq} and ${seq + 1} swapped`, swap(seq))),
    ...numbers.map((seq) => chainTells(`an entry inserted before ${seq}`, insertBefore(seq))),
    ...numbers.map((seq) => ({
      ...{ name: `the chain rewritten from ${seq}`, needsHead: true },
      tamper: rewriteFrom(seq, entries),
    })),
    ...numbers.map((seq) => ({
      ...{ name: `the tail cut off from ${seq}`, needsHead: true },
      tamper: (sqlite: Sqlite.Database) => void sqlite.prepare('delete from audit where seq >= ?').run(seq),
    })),
  ]
}

function edit(seq: number, column: (typeof columns)[number], last: number): Tampering['tamper'] {
  const change = {
    ...{ seq: last + 100, iid: 'coalesce(iid, 0) + 1', at: "replace(at, '2026', '2025')" },
    ...{ request_id: "coalesce(request_id, '') || 'x'", what: "what || 'x'", who: "who || 'x'" },
    ...{ details: `json_set(details, '$.x', 1)`, previous_hash: "'0' || previous_hash", hash: "'0' || hash" },
  }[column]
  return (sqlite) => void sqlite.prepare(`update audit set ${column} = ${change} where seq = ?`).run(seq)
}

function remove(seq: number): Tampering['tamper'] {
  return (sqlite) => void sqlite.prepare('delete from audit where seq = ?').run(seq)
}

function swap(seq: number): Tampering['tamper'] {
  return (sqlite) => {
    for (const [from, to] of [
      [seq, -1],
      [seq + 1, seq],
      [-1, seq + 1],
    ])
      sqlite.prepare('update audit set seq = ? where seq = ?').run(to, from)
  }
}

/** Those behind it make room, as somebody would who knows that numbers have no gaps. */
function insertBefore(seq: number): Tampering['tamper'] {
  return (sqlite) => {
    sqlite.prepare('update audit set seq = -seq - 1 where seq >= ?').run(seq)
    sqlite.prepare('update audit set seq = -seq where seq < 0').run()
    sqlite
      .prepare(
        `insert into audit select ?, at, request_id, iid, what, 'slack:U0SOMEBODY', details, previous_hash, hash
         from audit where seq = ?`,
      )
      .run(seq, seq + 1)
  }
}

/** With every hash computed anew, as whoever has the code and the file can. */
function rewriteFrom(seq: number, entries: readonly AuditEntry[]): Tampering['tamper'] {
  return (sqlite) => {
    let previousHash = entries[seq - 2]?.hash ?? '0'.repeat(64)
    for (const entry of entries.slice(seq - 1)) {
      const forged = { ...entry, who: entry.seq === seq ? 'slack:U0SOMEBODY' : entry.who, previousHash }
      const hash = hashOf(forged)
      sqlite
        .prepare('update audit set who = ?, previous_hash = ?, hash = ? where seq = ?')
        .run(forged.who, previousHash, hash, entry.seq)
      previousHash = hash
    }
  }
}
