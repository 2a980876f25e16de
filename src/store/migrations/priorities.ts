import type { Kysely } from 'kysely'
import { carryOut, type Ddl } from './ddl.ts'

/** Whether somebody waits for an entry of the outbox, and an index in which these come first. */
export async function priorities(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, statements)
}

const statements = [
  "alter table outbox add column priority text not null default 'background'",
  'drop index outbox_due',
  // For each priority by itself: what is due comes out in order, and nothing that is not due is read.
  "create index outbox_due on outbox (priority, due_at, id) where status in ('pending', 'unknown')",
]
