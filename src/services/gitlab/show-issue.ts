/** The content of an issue, read for one person at the moment they ask, and kept nowhere. */

import { answerOrLate, type Clock } from '../../clock.ts'
import { requestTypes } from '../../flows/labels.ts'
import { type Form, readForm } from '../../form/form.ts'
import { isSupportBot, latestReply } from '../../form/requester-reply.ts'
import type { RequestRow } from '../../store/store.ts'
import type { ShownTicket } from '../../views/ticket-blocks.ts'
import { CallFailed } from '../call-failed.ts'
import type { Shown } from '../service.ts'
import { type Issue, type Note, nobody } from './answers.ts'
import { explain } from './failure.ts'
import { issueSnapshot } from './issue-snapshot.ts'
import { type IssueReader, openedOf, sightingOf } from './read-issue.ts'

/** The parts that an issue is read and shown with. */
export interface ShowIssue {
  readonly clock: Pick<Clock, 'sleep'>
  readonly reader: IssueReader
}

/** A trigger of Slack's lives three seconds; the modal needs the rest. */
const patienceMs = 2_000

/** Reads an issue for one person. It answers within two seconds, with a sentence where the issue can't be read. */
export async function showIssue(parts: ShowIssue, row: RequestRow): Promise<Shown> {
  return answerOrLate(parts.clock, patienceMs, shown(parts, row), () => ({
    because: `GitLab didn’t answer in time, so #${row.number} can’t be shown. Nothing was changed: click again.`,
  }))
}

async function shown({ reader }: ShowIssue, { number, seen }: RequestRow): Promise<Shown> {
  try {
    const issue = await reader.gitlab.issue(number)
    const [reading, notes] = await Promise.all([sightingOf(reader, issue, seen), reader.gitlab.notes(number)])
    const written = await Promise.all(
      notes.filter(({ system }) => !system).map((note) => commentOf(reader, issue, note, notes)),
    )
    const first = {
      by: writerOf(reader, issue, issue.author.username, true),
      at: issue.createdAt,
      isPublic: true,
      text: issue.description,
    }
    const ticket: ShownTicket = {
      subject: issue.title,
      stamp: issue.updatedAt,
      form: formOf(readForm(issue.description, reader.aliases)),
      recipients: [issue.serviceDeskReplyTo ?? reading.form.email ?? 'the requester'],
      comments: [first, ...written],
    }
    return { ticket, snapshot: issueSnapshot(reading), changes: [] }
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    return { because: explain(error, number, 'show') }
  }
}

async function commentOf(
  reader: IssueReader,
  issue: Issue,
  note: Note,
  all: readonly Note[],
): Promise<ShownTicket['comments'][number]> {
  const { author, createdAt, internal, body } = note
  const isReply = (await latestReply([note], openedOf(issue), reader, async () => all)) !== undefined
  return {
    by: writerOf(reader, issue, author.username, isReply),
    at: createdAt,
    isPublic: !internal,
    text: body,
  }
}

/** What the Support Bot writes has come by e-mail, unless it is a response that it sends by itself. */
function writerOf(reader: IssueReader, issue: Issue, username: string, isReply: boolean): string {
  if (username === nobody.username) return 'Somebody whose account is gone'
  if (!isSupportBot(username, openedOf(issue), reader)) return `@${username}`
  return isReply ? 'The requester, by e-mail' : 'An automatic response'
}

/** Empty where the requester wrote past the form. */
function formOf(form: Form): NonNullable<ShownTicket['form']> {
  if (form.direct) return []
  return [
    ['Request type', form.type === undefined ? 'not known to the desk' : requestTypes[form.type]],
    ['Username', form.username ?? ''],
    ['E-mail', form.email ?? ''],
    ['Country', form.country ?? ''],
    ['Comment', form.comment ?? ''],
    ['Confirmed that they want this', form.intent ? 'yes' : 'no'],
  ]
}
