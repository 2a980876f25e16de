/** What has been changed of the tables since the first ones, in this order. What was released is never changed. */
import { type Kysely, sql } from 'kysely'
import { carryOut, type Ddl } from './ddl.ts'

/** Who has claimed an entry and until when, how often it was claimed, which entries wait for each other, and which decision asked for an effect. */
export async function queues(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, [
    ...['inbox', 'outbox'].flatMap((table) => [
      `alter table ${table} add column claimed_by text`,
      `alter table ${table} add column claimed_until text`,
      `alter table ${table} add column token integer not null default 0`,
    ]),
    'alter table inbox add column subject text',
    'create index inbox_subject on inbox (subject, id) where finished_at is null',
    'alter table outbox add column decision_id text',
  ])
}

/** Services have names of their own: which there are, the desks and services in force say, and no longer the tables. */
export async function openNames(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await ddl.withoutCheck(db, 'request', 'source')
  await ddl.withoutCheck(db, 'outbox', 'lane')
}

/** Rewrites what waits in the inbox under the earlier name of an observation, so that no crash before the upgrade loses it. */
export async function observations(db: Kysely<unknown>): Promise<void> {
  await sql`
    update inbox set kind = 'observation', payload = replace(payload, '"happening":', '"observation":')
    where kind = 'happening'`.execute(db)
}

/** Since when a request's card waits to be asked for, the issue in which its deletion is worked, and the indexes for many open requests. */
export async function backlog(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, [
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
  ])
  const worked = await sql<{ id: string; facts: string }>`
    select id, facts from request where facts like '%"metaIssue"%'`.execute(db)
  for (const { id, facts } of worked.rows) {
    const { metaIssue } = JSON.parse(facts) as { readonly metaIssue?: { readonly iid: number } }
    if (metaIssue) await sql`update request set meta_issue = ${metaIssue.iid} where id = ${id}`.execute(db)
  }
}

/** When a request's card is drawn anew has the name that the code gives it. */
export async function refreshAt(db: Kysely<unknown>): Promise<void> {
  await sql`alter table request rename column changes_at to refresh_at`.execute(db)
}

/** Indexes that the queries use, so that none reads all open requests or sorts them to find a few. */
export async function indexes(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, [
    // Without the condition that `request_open` has: SQLite would take that one, which holds all open requests.
    'drop index request_card_waits',
    'create index request_card_waits on request (source, created_at, iid) where card_waits_since is not null',
    // In the order in which the first of them are asked for.
    'drop index request_email',
    'create index request_email on request (email_hash, created_at, iid) where closed_at is null',
    'drop index request_username',
    'create index request_username on request (username_hash, created_at, iid) where closed_at is null',
    'drop index request_changes',
    'create index request_refresh on request (refresh_at, iid) where closed_at is null',
    'create index request_closed_of on request (source, closed_at, iid) where closed_at is not null',
    "create index outbox_in_flight on outbox (id) where status = 'in-flight'",
  ])
}

/**
 * The place at which an entry of the inbox waits: of each service the hints, and apart from them what a person asked
 * for. Computed from what is stored, so that what waits already has one.
 */
export async function places(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, [
    `alter table inbox add column place text generated always as (
     case when kind like '%-hint' then 'hint:' || substr(kind, 1, length(kind) - 5)
     else coalesce(${ddl.beforeColon('subject')}, '-') end) ${ddl.computed}`,
    'create index inbox_place on inbox (place, id) where finished_at is null',
  ])
}

/** Whether somebody waits for an entry of the outbox, and an index in which these come first. */
export async function priorities(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, [
    "alter table outbox add column priority text not null default 'background'",
    'drop index outbox_due',
    // For each priority by itself: what is due comes out in order, and nothing that is not due is read.
    "create index outbox_due on outbox (priority, due_at, id) where status in ('pending', 'unknown')",
  ])
}

/** Since when an effect has had no clear answer, and when people were called about it. */
export async function unclear(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(
    db,
    ddl,
    ['unclear_since', 'called_at'].map((column) => `alter table outbox add column ${column} text`),
  )
}

/** Takes out the words of a meta issue's next step, which a person may have written a name into: its number is kept now. */
export async function nextStep(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  const paths = [
    ['metaIssue', 'next'],
    ['wayBack', 'facts', 'metaIssue', 'next'],
  ]
  await carryOut(
    db,
    ddl,
    paths.map((path) => ddl.withoutText('request', 'facts', path)),
  )
}

/** A request's number has the same name for an issue and a ticket, and values noted by a key stand in `kv`. */
export async function names(db: Kysely<unknown>): Promise<void> {
  await sql`alter table request rename column iid to number`.execute(db)
  await sql`alter table setting rename to kv`.execute(db)
}

/** How many lives of a process in a row ended with an entry in hand. */
export async function ends(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(
    db,
    ddl,
    ['inbox', 'outbox'].map((table) => `alter table ${table} add column ends integer not null default 0`),
  )
}

/**
 * What lists count, group and sort by, beside each request: its standing, the version of the request of which that is,
 * until when it holds, and by when the request is due. An earlier version writes none of it, and need not: a standing of
 * another version than the request's own holds for nothing. How many open requests have each standing is counted by the
 * database, whoever writes.
 */
export async function standings(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, [
    'alter table request add column standing text',
    'alter table request add column standing_of integer',
    'alter table request add column standing_until text',
    'alter table request add column standing_due text',
    // Each standing's in the order in which they are due.
    'create index request_standing on request (source, standing, standing_due, number) where closed_at is null',
    // Those that have changed since: as few as there were changes.
    `create index request_changed on request (source, created_at, number)
   where closed_at is null and coalesce(standing_of, 0) <> version`,
    'create index request_standing_until on request (source, standing_until, number) where closed_at is null',
    `create table standing_count (
     source text not null,
     standing text not null,
     count integer not null,
     primary key (source, standing)
   ) ${ddl.tableEnd}`,
    `insert into standing_count (source, standing, count)
   select source, '', count(*) from request where closed_at is null group by source`,
    ...ddl.counted({
      table: 'request',
      counts: 'standing_count',
      by: ['source', 'standing'],
      whileEmpty: 'closed_at',
    }),
  ])
}

/** Finds the open requests at a step: what is watched at one is a few of all of them. */
export async function atStep(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, [
    'create index request_at_step on request (source, step, created_at, number) where closed_at is null',
  ])
}
