/** The outbox holds what is about a ticket too, and what was cancelled. A table's checks can't be changed: it is made anew. */
import { type Kysely, sql } from 'kysely'
import type { Ddl } from './ddl.ts'

const kept = `id, op_id, request_id, lane, position, kind, work, status, attempts, due_at, created_at, started_at, finished_at,
  error, result, lookups`

export async function widerOutbox(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  const statements = [
    `create table outbox_next (
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
    `insert into outbox_next (${kept}) select ${kept} from outbox`,
    'drop table outbox',
    'alter table outbox_next rename to outbox',
    "create index outbox_due on outbox (due_at) where status in ('pending', 'unknown')",
    "create index outbox_lane on outbox (request_id, lane, position) where status <> 'done' and status <> 'cancelled'",
    'create index outbox_finished on outbox (finished_at)',
    'create index outbox_subject on outbox (subject) where subject is not null',
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
