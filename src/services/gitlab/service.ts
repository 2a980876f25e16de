/** GitLab as a service of requests: the issues of the Service Desk project. */
import type { Clock } from '../../clock.ts'
import { isSupportBot } from '../../form/requester-reply.ts'
import type { Route } from '../../http/server.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import type { RequestRow } from '../../store/store.ts'
import type { Hinted, Service } from '../service.ts'
import type { Issue } from './answers.ts'
import { explain } from './failure.ts'
import { issueSnapshot, metaIssueOf } from './issue-snapshot.ts'
import { forgetUnread, rememberUnread } from './poll.ts'
import { byOf, type IssueReader, openedOf, readIssue, sightingOf } from './read-issue.ts'
import { showIssue } from './show-issue.ts'

/** The parts that the service is made of. */
export interface GitLabService {
  readonly clock: Pick<Clock, 'sleep'>
  readonly context: DeskContext
  readonly reader: IssueReader
  /** Returns the issue as GitLab showed it after the bot's last change of it; only once. */
  readonly lastAnswer?: (iid: number) => Issue | undefined
  readonly poll: () => Promise<void>
  /** Takes the number of an issue that is not remembered. */
  readonly dropped?: (iid: number) => void
  readonly pollSeconds: number
  readonly webhook?: Route
  readonly digestNotes: () => Promise<readonly string[]>
}

/** Makes the service whose requests are the issues of the Service Desk project. */
export function gitlabService({ clock, context, lastAnswer, ...given }: GitLabService): Service {
  const { reader, requesterOf } = rememberingRequesters(given.reader)
  return {
    name: 'gitlab',
    title: 'GitLab',
    ...given,
    async read(iid, known) {
      return { snapshot: issueSnapshot(await readIssue(reader, iid, known?.seen)) }
    },
    async readHinted(iid, known, { note }) {
      if (known && note?.isNew && isRead(known, note.id)) return undefined
      const issue = await reader.gitlab.issue(iid)
      await forgetUnread(context, iid)
      const ofRequest = known ? undefined : await metaIssueHint(context, reader, issue)
      if (ofRequest) return ofRequest
      const reading = await sightingOf(reader, issue, known?.seen, { isOfNote: note !== undefined })
      return { snapshot: issueSnapshot(reading) }
    },
    async readBack({ number, seen }, done) {
      const answer = lastAnswer?.(number)
      const issue = answer ?? (await reader.gitlab.issue(number))
      const reading = await sightingOf(reader, issue, seen, { done, isAnswer: answer !== undefined })
      return { snapshot: issueSnapshot(reading) }
    },
    rememberUnread: (tables, iid, now) => rememberUnread(tables, iid, now, () => given.dropped?.(iid)),
    show: (row) => showIssue({ clock, reader }, row),
    async countOthers({ number }) {
      const { id, isRequester } = await requesterOf(number)
      const all = await reader.gitlab.emailParticipants(id)
      // To whom the bot's account may not see the addresses, GitLab shows stars: nobody can say which is the requester's.
      if (!all || all.some((address) => address.includes('*'))) return undefined
      return all.filter((address) => !isRequester(address)).length
    },
    explain,
  }
}

/** The last note that was read is this one: of a new one there is nothing more to be read. */
function isRead({ seen, facts }: RequestRow, noteId: number): boolean {
  return seen.noteId === noteId && facts.unreadable === undefined
}

interface Requester {
  /** The global id of the issue. */
  readonly id: number
  readonly isRequester: (address: string) => boolean
}

/** More issues than are worked on in a day. */
const mostRequesters = 2_000

/**
 * Who an issue came from never changes, so it need not be asked for again once the issue was read. Of the address
 * nothing is kept but its keyed hash, and that in memory only.
 */
function rememberingRequesters(given: IssueReader): {
  readonly reader: IssueReader
  /** Throws `CallFailed` where it has not been read and can't be. */
  readonly requesterOf: (iid: number) => Promise<Requester>
} {
  const { gitlab, hash } = given
  const kept = new Map<number, Requester>()
  const requesterIn = ({ id, serviceDeskReplyTo }: Issue): Requester => {
    const { email } = hash({ email: serviceDeskReplyTo })
    return { id, isRequester: (address) => email !== undefined && hash({ email: address }).email === email }
  }
  const issue: typeof gitlab.issue = async (iid, project) => {
    const read = await gitlab.issue(iid, project)
    if (project !== undefined) return read
    kept.delete(iid)
    // An issue of the team's own can still be made a requester's.
    if (read.serviceDeskReplyTo !== undefined) kept.set(iid, requesterIn(read))
    const [oldest] = kept.keys()
    if (kept.size > mostRequesters && oldest !== undefined) kept.delete(oldest)
    return read
  }
  return {
    reader: { ...given, gitlab: { ...gitlab, issue } },
    requesterOf: async (iid) => kept.get(iid) ?? requesterIn(await issue(iid)),
  }
}

/** An issue that is none of the requests may be the meta issue of one. */
async function metaIssueHint(
  context: DeskContext,
  reader: IssueReader,
  issue: Issue,
): Promise<Hinted | undefined> {
  const { requests } = context.store.tables
  const at = nowOf(context)
  const known = await requests.withMetaIssue(issue.iid, 'gitlab')
  if (known) {
    const observation = { name: 'meta-issue-seen', issue: metaIssueOf(issue), at } as const
    return { requestId: known.id, observation }
  }
  if (!(await mayBeMetaIssue(reader, issue))) return undefined
  const titled = await requests.withoutMetaIssue(reader.hash({ email: issue.title }), 'gitlab')
  if (!titled) return undefined
  const by = byOf(issue.author.id)
  return {
    requestId: titled.id,
    observation: { name: 'meta-issue-made', issue: metaIssueOf(issue), by, at },
  }
}

/** "populating the title with the email address of the original request": by hand too, and not by a requester. */
async function mayBeMetaIssue(reader: IssueReader, issue: Issue): Promise<boolean> {
  return (
    !isSupportBot(issue.author.username, openedOf(issue), reader) &&
    issue.author.id !== (await reader.ownId())
  )
}
