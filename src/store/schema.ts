/** The tables as Kysely sees them; columns are in snake case in the database. JSON is text. */

import type { Generated, GeneratedAlways } from 'kysely'
import type { Actor } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'
import type { OutboxStatus, Priority } from './store.ts'

export interface Schema {
  readonly request: RequestTable
  readonly inbox: InboxTable
  readonly outbox: OutboxTable
  readonly audit: AuditTable
  readonly kv: KvTable
}

export interface RequestTable {
  id: string
  source: string
  number: number
  url: string
  flow: string
  step: string
  stepSince: Instant
  createdAt: Instant
  closedAt: Instant | null
  assignee: string | null
  facts: string
  version: number
  seen: string
  hashKey: string | null
  emailHash: string | null
  usernameHash: string | null
  cardChannel: string | null
  cardTs: string | null
  refreshAt: Instant | null
  /** The distribution day of the promised report, beside the facts so that a day's can be found. */
  promisedFor: string | null
  /** Given while its card waits to be asked for. */
  cardWaitsSince: Instant | null
  /** The number of its meta issue, beside the facts so that the request is found by it. */
  metaIssue: number | null
  /** What lists count, group and sort it by, as the requests' own file writes it; null: not yet known. */
  standing: string | null
  /** The version of the request of which that is: of another one it holds for nothing. */
  standingOf: number | null
  /** The instant from which time alone may have made it untrue. */
  standingUntil: Instant | null
  /** By when the request is due, for the order of those with the same standing. */
  standingDue: Instant | null
}

export interface InboxTable {
  id: Generated<number>
  key: string
  kind: string
  payload: string | null
  receivedAt: Instant
  dueAt: Instant
  attempts: number
  finishedAt: Instant | null
  error: string | null
  /** Entries with the same subject wait for each other; null: this one waits for none. */
  subject: string | null
  /** The place at which it waits: `gitlab`, and `hint:gitlab` apart from it. */
  place: GeneratedAlways<string>
  claimedBy: string | null
  claimedUntil: Instant | null
  /** The number of times the entry was claimed. */
  token: Generated<number>
  /** How many lives of a process in a row ended with it in hand. */
  ends: Generated<number>
}

export interface OutboxTable {
  id: Generated<number>
  opId: string
  requestId: string | null
  subject: string | null
  lane: string
  position: number
  priority: Priority
  kind: string
  work: string
  status: OutboxStatus
  attempts: number
  dueAt: Instant
  createdAt: Instant
  startedAt: Instant | null
  finishedAt: Instant | null
  error: string | null
  result: string | null
  lookups: number
  /** Since when no clear answer has come; null once one has. */
  unclearSince: Instant | null
  /** When people were called about that. */
  calledAt: Instant | null
  decisionId: string | null
  claimedBy: string | null
  claimedUntil: Instant | null
  /** The number of times the entry was claimed. */
  token: Generated<number>
  /** How many lives of a process in a row ended with it in hand. */
  ends: Generated<number>
}

export interface AuditTable {
  seq: number
  at: Instant
  requestId: string | null
  iid: number | null
  what: string
  who: Actor
  details: string
  previousHash: string
  hash: string
}

interface KvTable {
  name: string
  value: string
  setAt: Instant
}
