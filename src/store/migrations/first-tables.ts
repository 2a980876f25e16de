import type { Kysely } from 'kysely'
import { carryOut, type Ddl } from './ddl.ts'

export async function firstTables(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  const statements = [
    ...requestTable(ddl),
    ...inboxTable(ddl),
    ...outboxTable(ddl),
    ...auditTable(ddl),
    `create table setting (name text primary key, value text not null, set_at text not null) ${ddl.tableEnd}`,
  ]
  await carryOut(db, ddl, statements)
}

const requestTable = (ddl: Ddl) => [
  `create table request (
    id text primary key,
    source text not null check (source in ('gitlab', 'zendesk')),
    iid integer not null,
    url text not null,
    flow text not null,
    step text not null,
    step_since text not null,
    created_at text not null,
    closed_at text,
    assignee text,
    facts text not null,
    version integer not null,
    seen text not null,
    hash_key text,
    email_hash text,
    username_hash text,
    card_channel text,
    card_ts text,
    changes_at text,
    promised_for text,
    unique (source, iid)
  ) ${ddl.tableEnd}`,
  'create index request_closed on request (closed_at)',
  'create index request_changes on request (changes_at) where closed_at is null',
  'create index request_promised on request (promised_for) where promised_for is not null',
  'create index request_email on request (email_hash) where closed_at is null',
  'create index request_username on request (username_hash) where closed_at is null',
]

const inboxTable = (ddl: Ddl) => [
  `create table inbox (
    id ${ddl.identity},
    key text not null unique,
    kind text not null,
    payload text,
    received_at text not null,
    due_at text not null,
    attempts integer not null,
    finished_at text,
    error text
  ) ${ddl.tableEnd}`,
  'create index inbox_pending on inbox (id) where finished_at is null',
  'create index inbox_finished on inbox (finished_at)',
]

const outboxTable = (ddl: Ddl) => [
  `create table outbox (
    id ${ddl.identity},
    op_id text not null unique,
    request_id text,
    subject text,
    lane text not null check (lane in ('gitlab', 'thread', 'card', 'channel', 'zendesk')),
    position integer not null,
    kind text not null,
    work text not null,
    status text not null check (status in ('pending', 'in-flight', 'unknown', 'done', 'failed', 'cancelled')),
    attempts integer not null,
    due_at text not null,
    created_at text not null,
    started_at text,
    finished_at text,
    error text,
    result text,
    lookups integer not null,
    unique (request_id, position)
  ) ${ddl.tableEnd}`,
  "create index outbox_due on outbox (due_at) where status in ('pending', 'unknown')",
  "create index outbox_lane on outbox (request_id, lane, position) where status <> 'done' and status <> 'cancelled'",
  'create index outbox_finished on outbox (finished_at)',
  'create index outbox_subject on outbox (subject) where subject is not null',
]

const auditTable = (ddl: Ddl) => [
  `create table audit (
    seq integer primary key,
    at text not null,
    request_id text,
    iid integer,
    what text not null,
    who text not null,
    details text not null,
    previous_hash text not null,
    hash text not null
  ) ${ddl.tableEnd}`,
  'create index audit_request on audit (request_id, seq)',
  'create index audit_iid on audit (iid, seq)',
  ...ddl.appendOnly('audit', 'seq'),
]
