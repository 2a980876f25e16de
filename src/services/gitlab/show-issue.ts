/** The content of an issue, read for one person at the moment they ask, and kept nowhere. */

import { answerOrLate, type Clock } from '../../clock.ts'
import { requestTypes } from '../../flows/labels.ts'
import { type Form, readForm } from '../../form/form.ts'
import { isSupportBot } from '../../form/requester-reply.ts'
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
    because: `GitLab didn’t answer in time, so #${row.iid} can’t be shown. Nothing was changed: click again.`,
  }))
}

async function shown({ reader }: ShowIssue, { iid, seen }: RequestRow): Promise<Shown> {
  try {
    const issue = await reader.gitlab.issue(iid)
    const [reading, notes] = await Promise.all([sightingOf(reader, issue, seen), reader.gitlab.notes(iid)])
    const written = notes.filter(({ system }) => !system).map((note) => commentOf(reader, issue, note))
    const first = {
      by: writerOf(reader, issue, issue.author.username),
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
    return { ticket, read: { snapshot: issueSnapshot(reading) } }
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    return { because: explain(error, iid, 'show') }
  }
}

function commentOf(reader: IssueReader, issue: Issue, note: Note): ShownTicket['comments'][number] {
  const { author, createdAt, internal, body } = note
  return { by: writerOf(reader, issue, author.username), at: createdAt, isPublic: !internal, text: body }
}

/** What the Support Bot writes has come by e-mail. */
function writerOf(reader: IssueReader, issue: Issue, username: string): string {
  if (username === nobody.username) return 'Somebody whose account is gone'
  return isSupportBot(username, openedOf(issue), reader) ? 'The requester, by e-mail' : `@${username}`
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
