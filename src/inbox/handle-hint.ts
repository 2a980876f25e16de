/** Something may have changed in GitLab (a webhook or the poll says so): read the issue and tell what is new. */

import { outsideActor } from '../engine/actor.ts'
import type { Happening } from '../engine/event.ts'
import { isSupportBot } from '../form/requester-reply.ts'
import type { Handled } from '../queue/inbox-loop.ts'
import { nowOf } from '../requests/desk-context.ts'
import { handleHappenings, requestById } from '../requests/handle-event.ts'
import { sight } from '../requests/sight.ts'
import { CallFailed } from '../services/call-failed.ts'
import type { Issue } from '../services/gitlab/answers.ts'
import { metaIssueOf } from '../services/gitlab/meta-issue-of.ts'
import { openedOf, sightingOf } from '../services/gitlab/read-issue.ts'
import { forgetUnread, rememberUnread } from '../services/gitlab/unread-issues.ts'
import type { RequestRow } from '../store/store.ts'
import type { Handler, Intake } from './handler.ts'
import type { HintEntry } from './payloads.ts'

export const handleHint: Handler<HintEntry> = async (intake, entry, { iid }) => {
  const { context } = intake
  const known = await context.store.tables.requests.byIid(iid, 'gitlab')
  // Whatever came in until now is answered by what is read from now on: a storm of a thousand is one reading.
  const answered = await context.store.tables.inbox.alike(entry)
  const handled = await handleReading(intake, iid, known)
  return { ...handled, answered }
}

async function handleReading(intake: Intake, iid: number, known: RequestRow | undefined): Promise<Handled> {
  const { context, reader } = intake
  const issue = await readOrStatus(reader.gitlab.issue(iid))
  if (typeof issue === 'number') return unreadable(intake, iid, issue)
  await forgetUnread(context, iid)
  const metaOf = known ? undefined : await requestOfMeta(intake, iid)
  if (metaOf) return metaSeen(intake, metaOf, issue)
  const madeFor = known ? undefined : await requestTitledBy(intake, issue)
  if (madeFor) return metaMade(intake, madeFor, issue)
  const sighting = await sightingOf(reader, issue, known?.seen)
  return {
    write: async (tables) => {
      await sight(context, tables, sighting)
    },
  }
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

function unreadable({ context }: Intake, iid: number, status: 404 | 403): Handled {
  return {
    write: async (tables, at) => {
      await rememberUnread(tables, iid, at)
      const known = await tables.requests.byIid(iid, 'gitlab')
      // It is asked for again and again: what is known already is not said again, nor written to the log.
      if (known && known.facts.unreadable?.status !== status)
        await handleHappenings(context, tables, known, [{ name: 'issue-unreadable', status, at }])
    },
  }
}

async function requestOfMeta({ context }: Intake, iid: number): Promise<RequestRow | undefined> {
  const open = await context.store.tables.requests.open('gitlab')
  return open.find(({ facts }) => facts.metaIssue?.iid === iid)
}

/** "populating the title with the email address of the original request": by hand too, and not by a requester. */
async function requestTitledBy({ context, reader }: Intake, issue: Issue): Promise<RequestRow | undefined> {
  if (
    isSupportBot(issue.author.username, openedOf(issue), reader) ||
    issue.author.id === (await reader.ownId())
  )
    return undefined
  const { keyId, email } = reader.hash({ email: issue.title })
  const open = await context.store.tables.requests.open('gitlab')
  return open.find(
    ({ hashes, facts }) => hashes?.keyId === keyId && hashes.email === email && !facts.metaIssue,
  )
}

function metaMade(intake: Intake, row: RequestRow, issue: Issue): Handled {
  const { author } = issue
  const at = nowOf(intake.context)
  return handOver(intake, row.id, {
    name: 'meta-issue-made',
    issue: metaIssueOf(issue),
    by: outsideActor('gitlab', author.id),
    at,
  })
}

function metaSeen(intake: Intake, row: RequestRow, issue: Issue): Handled {
  const at = nowOf(intake.context)
  return handOver(intake, row.id, { name: 'meta-issue-seen', issue: metaIssueOf(issue), at })
}

function handOver({ context }: Intake, requestId: string, happening: Happening): Handled {
  return {
    write: async (tables) => {
      await handleHappenings(context, tables, await requestById(tables, requestId), [happening])
    },
  }
}
