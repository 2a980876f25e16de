import type { Kysely } from 'kysely'
import { carryOut, type Ddl } from './ddl.ts'

/** Who has claimed an entry and until when, how often it was claimed, which entries wait for each other, and which decision asked for an effect. */
export async function queues(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, statements)
}

const statements = [
  ...['inbox', 'outbox'].flatMap((table) => [
    `alter table ${table} add column claimed_by text`,
    `alter table ${table} add column claimed_until text`,
    `alter table ${table} add column token integer not null default 0`,
  ]),
  'alter table inbox add column subject text',
  'create index inbox_subject on inbox (subject, id) where finished_at is null',
  'alter table outbox add column decision_id text',
]
