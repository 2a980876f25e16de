import { type Kysely, sql } from 'kysely'
import { carryOut, type Ddl } from './ddl.ts'

/** Since when a request's card waits to be asked for, the issue in which its deletion is worked, and the indexes for many open requests. */
export async function backlog(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, statements)
  const worked = await sql<{ id: string; facts: string }>`
    select id, facts from request where facts like '%"metaIssue"%'`.execute(db)
  for (const { id, facts } of worked.rows) {
    const { metaIssue } = JSON.parse(facts) as { readonly metaIssue?: { readonly iid: number } }
    if (metaIssue) await sql`update request set meta_issue = ${metaIssue.iid} where id = ${id}`.execute(db)
  }
}

const statements = [
  'alter table request add column card_waits_since text',
  `create index request_card_waits on request (source, created_at, iid)
   where card_waits_since is not null and closed_at is null`,
  'alter table request add column meta_issue integer',
  'create index request_meta_issue on request (meta_issue) where meta_issue is not null',
  // The open ones of a service by creation: a page of them is read without the others, and without a sort.
  'create index request_open on request (source, created_at, iid) where closed_at is null',
  // Of all of them it was taken for the open ones, too, which are nearly all where it finds them.
  'drop index request_closed',
  'create index request_closed on request (closed_at) where closed_at is not null',
]
