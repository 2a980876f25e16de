/** Something may have changed in GitLab (a webhook or the poll says so): read the issue and tell what is new. */

import type { Happening } from '../engine/event.ts'
import { nowOf } from '../requests/desk-context.ts'
import { handleEvent } from '../requests/handle-event.ts'
import { sight } from '../requests/sight.ts'
import { CallFailed } from '../services/call-failed.ts'
import type { Issue } from '../services/gitlab/answers.ts'
import { metaIssueOf } from '../services/gitlab/meta-issue-of.ts'
import { sightingOf } from '../services/gitlab/read-issue.ts'
import { forgetUnread, rememberUnread } from '../services/gitlab/unread-issues.ts'
import type { InboxEntry, RequestRow } from '../store/store.ts'
import type { Intake } from './intake.ts'
import type { HintEntry } from './payloads.ts'

export async function handleHint(intake: Intake, entry: InboxEntry, { iid }: HintEntry): Promise<void> {
  const { context, reader } = intake
  const known = await context.store.tables.requests.byIid(iid)
  const issue = await readOrStatus(reader.gitlab.issue(iid))
  if (typeof issue === 'number') return unreadable(intake, entry, iid, issue)
  await forgetUnread(context, iid)
  const metaOf = known ? undefined : await requestOfMeta(intake, iid)
  if (metaOf) return metaSeen(intake, entry, metaOf, issue)
  const madeFor = known ? undefined : await requestTitledBy(intake, issue)
  if (madeFor) return metaMade(intake, entry, madeFor, issue)
  const sighting = await sightingOf(reader, issue, known?.seen)
  await context.store.transaction(async (tables) => {
    await sight(context, tables, sighting)
    await tables.inbox.done(entry.id, nowOf(context))
  })
  context.wakeWorker()
}

/** The issue, or 404 or 403 when GitLab does not show it to our token. */
async function readOrStatus(reading: Promise<Issue>): Promise<Issue | 404 | 403> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof CallFailed && (error.status === 404 || error.status === 403)) return error.status
    throw error
  }
}

async function unreadable(intake: Intake, entry: InboxEntry, iid: number, status: 404 | 403): Promise<void> {
  const { context } = intake
  const at = nowOf(context)
  await context.store.transaction(async (tables) => {
    await rememberUnread(tables, iid, at)
    const known = await tables.requests.byIid(iid)
    // It is asked for again and again: what is known already is not said again, nor written to the log.
    if (known && known.facts.unreadable?.status !== status)
      await handleEvent(context, tables, known.id, {
        kind: 'happening',
        happening: { name: 'issue-unreadable', status, at },
      })
    await tables.inbox.done(entry.id, at)
  })
  context.wakeWorker()
}

async function requestOfMeta({ context }: Intake, iid: number): Promise<RequestRow | undefined> {
  const open = await context.store.tables.requests.open('gitlab')
  return open.find(({ facts }) => facts.metaIssue?.iid === iid)
}

/** "populating the title with the email address of the original request": by hand too, and not by a requester. */
async function requestTitledBy({ context, reader }: Intake, issue: Issue): Promise<RequestRow | undefined> {
  if (reader.supportBots.includes(issue.author.username) || issue.author.id === (await reader.ownId()))
    return undefined
  const { keyId, email } = reader.hash({ email: issue.title })
  const open = await context.store.tables.requests.open('gitlab')
  return open.find(
    ({ hashes, facts }) => hashes?.keyId === keyId && hashes.email === email && !facts.metaIssue,
  )
}

async function metaMade(intake: Intake, entry: InboxEntry, row: RequestRow, issue: Issue): Promise<void> {
  const { author } = issue
  const at = nowOf(intake.context)
  await handOver(intake, entry, row.id, {
    name: 'meta-issue-made',
    issue: metaIssueOf(issue),
    by: `gitlab:${author.id}`,
    at,
  })
}

async function metaSeen(intake: Intake, entry: InboxEntry, row: RequestRow, issue: Issue): Promise<void> {
  const at = nowOf(intake.context)
  await handOver(intake, entry, row.id, { name: 'meta-issue-seen', issue: metaIssueOf(issue), at })
}

async function handOver(
  { context }: Intake,
  entry: InboxEntry,
  requestId: string,
  happening: Happening,
): Promise<void> {
  await context.store.transaction(async (tables) => {
    await handleEvent(context, tables, requestId, { kind: 'happening', happening })
    await tables.inbox.done(entry.id, nowOf(context))
  })
  context.wakeWorker()
}
