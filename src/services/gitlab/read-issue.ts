/** Reads an issue afresh from GitLab and says what is new in it. */

import type { LabelApproval } from '../../engine/event.ts'
import { type Actor, outsideActor } from '../../engine/request.ts'
import { type Instant, plus, toInstant } from '../../engine/time.ts'
import { labelsAfter } from '../../engine/way-back.ts'
import { isHandbookLabel } from '../../flows/labels.ts'
import {
  type FormAliases,
  type HashIdentity,
  offersOtherAddress,
  readForm,
  suggestedReason,
} from '../../form/form.ts'
import { isEmail } from '../../form/form-values.ts'
import {
  isSupportBot,
  latestReply,
  looksAutomatic,
  type Opened,
  type ReplyRule,
} from '../../form/requester-reply.ts'
import type { RestoreGap } from '../../requests/desk-context.ts'
import { isInRestoreGap } from '../../requests/restore-gap.ts'
import type { Change } from '../../requests/snapshot.ts'
import type { SyncCursor, Work } from '../../store/store.ts'
import { type Issue, type LabelEvent, type Note, nobody, type StateEvent } from './answers.ts'
import type { GitLab } from './client.ts'
import { earliest } from './earliest.ts'
import { hasMarker } from './effect-context.ts'
import { isInvalid, isMark, isOwnMark } from './failed-checks.ts'
import { type IssueReading, metaIssueOf } from './issue-snapshot.ts'

/** A label as it was set in GitLab: on which issue, and by whose account. */
export interface SetLabel {
  readonly iid: number
  readonly label: string
  /** `bot`: by its own. */
  readonly by: 'bot' | { readonly username?: string }
}

/** The parts that issues are read with. */
export interface IssueReader extends ReplyRule {
  readonly gitlab: GitLab
  readonly now: () => Date
  /** The id of the account whose token the bot uses. */
  readonly ownId: () => Promise<number>
  readonly aliases: FormAliases
  /** The handbook's name of a label that may bear the team's own. */
  readonly handbookLabel: (name: string) => string
  readonly hash: HashIdentity
  /** The reply of the handbook that a note holds word for word, if it holds one. */
  readonly snippetIn: (text: string) => { readonly snippet: string; readonly names?: number } | undefined
  /** The person in Slack with this username; left out: nobody is known to have an account. */
  readonly personOf?: (username: string) => string | undefined
  /**
   * Who set this label on the issue, where it stands for an approval that needs a role; undefined for all other labels.
   * Left out: a label approves, whoever sets it.
   */
  readonly approvalOf?: (set: SetLabel) => Promise<LabelApproval | undefined>
  /** After a restore: what the bot itself did in this time is news. */
  readonly restoreGap?: RestoreGap
}

/**
 * Reads an issue with its news since it was last seen. Throws `CallFailed` where GitLab does not answer or does not
 * show the issue.
 */
export async function readIssue(
  reader: IssueReader,
  iid: number,
  before: SyncCursor | undefined,
): Promise<IssueReading> {
  return sightingOf(reader, await reader.gitlab.issue(iid), before)
}

/** What is known of why an issue is read, by which it can be read with fewer calls. */
export interface ReadingFor {
  /** What the bot itself has just done on it, after which it is read back. */
  readonly done?: readonly Work[]
  /** The issue is GitLab's answer to the last of that. */
  readonly isAnswer?: boolean
  /** GitLab has told of a note and of nothing else: what else changes, it tells apart. */
  readonly isOfNote?: boolean
}

/**
 * Reads the news of an issue that has itself just been read. Labels and state that are what they were, or what the bot
 * has made them, have no events asked for: whoever changed them and changed them back is heard of with the next reading.
 * Throws `CallFailed`.
 */
export async function sightingOf(
  reader: IssueReader,
  issue: Issue,
  before: SyncCursor | undefined,
  why: ReadingFor = {},
): Promise<IssueReading> {
  const { iid } = issue
  const { done = [] } = why
  const isBorn = isJustBorn(reader, issue, before)
  const isExpected = done.length > 0 || (why.isOfNote === true && reader.restoreGap === undefined)
  const isLeft = isBorn || (before !== undefined && isExpected && isAsLeft(reader, issue, before, done))
  const hasNoNote = why.isAnswer === true && before !== undefined && isWithoutNews(issue, before, done)
  // Before the notes are asked for: what is written while they come is read again.
  const readAt = toInstant(reader.now())
  const since = before && writtenSince(before, readAt)
  const [ownId, notes, labelEvents, stateEvents] = await Promise.all([
    reader.ownId(),
    hasNoNote ? [] : reader.gitlab.notes(iid, since ? { since } : {}),
    isLeft ? [] : reader.gitlab.labelEvents(iid, before?.labelEventId ?? 0),
    isLeft ? [] : reader.gitlab.stateEvents(iid, before?.stateEventId ?? 0),
  ])
  const opened = openedOf(issue)
  const form = readForm(issue.description, reader.aliases)
  const reason = suggestedReason(form.comment ?? '')
  const labels = issue.labels.map(reader.handbookLabel).filter(isHandbookLabel)
  // Its own changes move nothing; but whoever meets an issue for the first time takes its whole history.
  const isNews = (userId: number | undefined, at: Instant) =>
    before === undefined || userId !== ownId || isInRestoreGap(reader.restoreGap, at)
  return {
    iid,
    url: issue.webUrl,
    createdAt: issue.createdAt,
    isFromRequester: isSupportBot(issue.author.username, opened, reader),
    ...(issue.author.id === ownId && { isOwn: true }),
    isInvalid:
      isInvalid(issue, reader.handbookLabel) &&
      !isOwnMark(reader, issue, labelEvents, ownId, before !== undefined),
    form,
    ...(reason ? { suggestedReason: reason } : {}),
    isEmbargoed: form.isEmbargoed ?? false,
    hasOtherAddress: offersOtherAddress(form),
    hashes: reader.hash({ username: form.username, email: form.email ?? mailedFrom(issue) }),
    seen: {
      state: issue.state === 'closed' ? 'closed' : 'opened',
      labels,
      updatedAt: issue.updatedAt,
      noteId: lastId(notes, before?.noteId),
      labelEventId: lastId(labelEvents, before?.labelEventId),
      stateEventId: lastId(stateEvents, before?.stateEventId),
      assigneeIds: issue.assignees.map(({ id }) => id),
      ...(reader.personOf && {
        assignedTo: issue.assignees.flatMap(({ username }) => reader.personOf?.(username) ?? []),
      }),
      ...(opened.supportBot === undefined ? {} : { supportBot: opened.supportBot }),
      ...(form.type === undefined ? {} : { formType: form.type }),
      ...(issue.userNotes === undefined ? {} : { userNotes: issue.userNotes }),
      readAt: { first: firstReadAt(before, issue) ?? readAt, last: readAt },
    },
    news: [
      ...(await replyNews(
        reader,
        issue,
        notes,
        before?.noteId ?? 0,
        since === undefined || since <= issue.createdAt,
      )),
      ...snippetNews(reader, opened, notes, isNews),
      // A link leaves a line of GitLab's own on both issues.
      ...(isFirstReading(reader, before) && !(isBorn && notes.every(({ system }) => !system))
        ? await metaNews(reader, iid, ownId)
        : []),
      ...assigneeNews(notes, ownId, issue, before),
      ...(
        await Promise.all(
          labelEvents
            .filter((event) => isNews(event.userId, event.createdAt) || takesOffMark(reader, event))
            .map((event) => labelNews(reader, iid, ownId, event)),
        )
      ).flat(),
      ...stateEvents
        .filter((event) => isNews(event.userId, event.createdAt) && !isTakenBack(event, stateEvents, ownId))
        .flatMap((event) => stateNews(event, labels, ownId)),
      ...(before ? ownCloseNews(stateEvents, ownId, labels) : []),
    ].sort((one, other) => (one.observation.at < other.observation.at ? -1 : 1)),
  }
}

/** GitLab notes a change within a minute of another one under the time of that one (`ThrottledTouch`). */
const throttleMs = 60_000

/** Nobody has labelled or closed it since it was opened: there is nothing yet that its events could tell. */
function isJustBorn(
  { restoreGap }: IssueReader,
  { state, labels, createdAt, updatedAt }: Issue,
  before: SyncCursor | undefined,
): boolean {
  return (
    before === undefined &&
    restoreGap === undefined &&
    state === 'opened' &&
    labels.length === 0 &&
    updatedAt < plus(createdAt, throttleMs)
  )
}

/** What GitLab answers with the issue as it stands after it. */
const changeKinds: ReadonlySet<string> = new Set(['labels', 'close', 'reopen'])
/** The bot's notes on the request itself, of which GitLab counts each. */
const noteKinds: ReadonlySet<string> = new Set(['reply', 'typed-reply', 'internal-note'])

/**
 * Returns whether nobody but the bot has written on it since it was seen, by the count of notes in GitLab's answer to the
 * last change. What was done after that change is not in the answer. Who is assigned is told by a line that is not
 * counted.
 */
function isWithoutNews({ userNotes, assignees }: Issue, before: SyncCursor, done: readonly Work[]): boolean {
  if (userNotes === undefined || before.userNotes === undefined) return false
  if (!changeKinds.has(done.at(-1)?.kind ?? '')) return false
  const own = done.filter(({ kind }) => noteKinds.has(kind)).length
  const ids = assignees.map(({ id }) => id)
  return userNotes === before.userNotes + own && sameIds(before.assigneeIds, ids)
}

/** Returns whether the issue bears the labels and stands as it did when it was seen, but for the bot's own changes since. */
export function isAsLeft(
  { handbookLabel }: Pick<IssueReader, 'handbookLabel'>,
  { labels, state }: Pick<Issue, 'labels' | 'state'>,
  before: SyncCursor,
  done: readonly Work[],
): boolean {
  const now = labels.map(handbookLabel).filter(isHandbookLabel)
  const expected = new Set(labelsAfter(before.labels, done).filter(isHandbookLabel))
  const isClosed = done.some(({ kind }) => kind === 'close')
    ? true
    : done.some(({ kind }) => kind === 'reopen')
      ? false
      : before.state === 'closed'
  return (
    (state === 'closed') === isClosed &&
    new Set(now).size === expected.size &&
    now.every((label) => expected.has(label))
  )
}

/** Since when this is the latest change that is known of the issue. */
function firstReadAt(before: SyncCursor | undefined, { updatedAt }: Issue): Instant | undefined {
  return before?.updatedAt === updatedAt ? before.readAt?.first : undefined
}

/** Of an issue that nobody knows, or since the bot has forgotten. */
function isFirstReading({ restoreGap }: IssueReader, before: SyncCursor | undefined): boolean {
  return before === undefined || (restoreGap !== undefined && before.updatedAt < restoreGap.from)
}

/** Only an issue that came by e-mail has an address to reply to, and the Support Bot has opened it. */
export function openedOf({ author, createdAt, serviceDeskReplyTo }: Issue): Opened {
  const isKnown = serviceDeskReplyTo !== undefined && author.id !== nobody.id
  return { createdAt, ...(isKnown ? { supportBot: author.username } : {}) }
}

/** The address that an issue came from, where no form says it; to those who may not see it GitLab shows it with asterisks. */
function mailedFrom({ serviceDeskReplyTo }: Issue): string | undefined {
  return serviceDeskReplyTo?.includes('*') ? undefined : serviceDeskReplyTo
}

/** The latest of them says it all. */
async function replyNews(
  reader: IssueReader,
  issue: Issue,
  notes: readonly Note[],
  knownId: number,
  areAll: boolean,
): Promise<readonly Change[]> {
  const allNotes = async () => (areAll ? notes : reader.gitlab.notes(issue.iid))
  const replyAmong = (some: readonly Note[]) => latestReply(some, openedOf(issue), reader, allNotes)
  const last = await replyAmong(notes)
  // One more that is as new may be the answer, whatever the last one is.
  const other = last && (await replyAmong(notes.filter(({ id }) => id > knownId && id < last.id)))
  const all = [last, other].filter((one) => one !== undefined)
  return last
    ? [
        {
          observation: {
            name: 'requester-replied',
            ...(all.every(({ body }) => looksAutomatic(body)) ? { looksAutomatic: true } : {}),
            ...(all.length > 1 ? { isOneOfSeveral: true } : {}),
            at: last.createdAt,
          },
          from: 'noteId',
          id: last.id,
        },
      ]
    : []
}

async function labelNews(
  reader: IssueReader,
  iid: number,
  ownId: number,
  { id, action, label, userId, username, createdAt }: LabelEvent,
): Promise<readonly Change[]> {
  const name = action === 'add' ? 'label-added' : action === 'remove' ? 'label-removed' : undefined
  if (!name || label === undefined) return []
  const known = reader.handbookLabel(label)
  const shown = isHandbookLabel(known) ? known : 'another label'
  const by = userId === ownId ? ('bot' as const) : username === undefined ? {} : { username }
  const approval = name === 'label-added' ? await reader.approvalOf?.({ iid, label: shown, by }) : undefined
  const observation = {
    ...({ name, label: shown, by: userId === ownId ? 'bot' : byOf(userId) } as const),
    ...(approval && { approval }),
    ...(name === 'label-removed' && isMark(shown) && ({ clearsMarks: true } as const)),
    at: createdAt,
  }
  return [{ observation, from: 'labelEventId', id }]
}

/** Nobody decides that: a label of the same scope takes it off, also one that a decision had on its way when it was set. */
function takesOffMark({ handbookLabel }: IssueReader, { action, label }: LabelEvent): boolean {
  return action === 'remove' && label !== undefined && isMark(handbookLabel(label))
}

function stateNews(
  { id, state, userId, createdAt }: StateEvent,
  labels: readonly string[],
  ownId: number,
): readonly Change[] {
  const seen = { by: userId === ownId ? ('bot' as const) : byOf(userId), at: createdAt }
  if (state === 'closed')
    return [{ observation: { name: 'issue-closed', labels, ...seen }, from: 'stateEventId', id }]
  if (state === 'reopened')
    return [{ observation: { name: 'issue-reopened', ...seen }, from: 'stateEventId', id }]
  return []
}

/** The bot's own close, where nothing came after it: the request may have been reopened by what was read before it. */
function ownCloseNews(
  events: readonly StateEvent[],
  ownId: number,
  labels: readonly string[],
): readonly Change[] {
  const last = events.toSorted((one, other) => one.id - other.id).at(-1)
  if (last?.userId !== ownId || last.state !== 'closed') return []
  const observation = { name: 'issue-closed', labels, by: 'bot', at: last.createdAt } as const
  return [{ observation, from: 'stateEventId', id: last.id }]
}

/** Returns whether the bot, by a later decision, closed or reopened the issue again after this event: it then stands as the bot left it. */
function isTakenBack({ id, state }: StateEvent, events: readonly StateEvent[], ownId: number): boolean {
  return events.some((other) => other.userId === ownId && other.id > id && other.state !== state)
}

/** A colleague who pastes a reply of the handbook has sent it, and so has the bot before its database was lost. */
function snippetNews(
  reader: IssueReader,
  opened: Opened,
  notes: readonly Note[],
  isNews: (userId: number, at: Instant) => boolean,
): readonly Change[] {
  return notes.flatMap(({ id, body, author, system, internal, createdAt }) => {
    if (system || internal || isSupportBot(author.username, opened, reader)) return []
    const sent = reader.snippetIn(body)
    if (sent === undefined) return []
    const isOther = isNews(author.id, createdAt)
    return [
      {
        observation: { name: 'snippet-sent', ...sent, by: byOf(author.id), at: createdAt },
        from: 'handNoteId',
        id,
        // No reply to a requester bears a mark, which their mail might show: the outbox knows which ones it sent.
        ...(isOther ? {} : { isUnderOwnName: true }),
      },
    ]
  })
}

/** GitLab tells an assignment only as a system note. */
function assigneeNews(
  notes: readonly Note[],
  ownId: number,
  issue: Issue,
  before: SyncCursor | undefined,
): readonly Change[] {
  const now = issue.assignees.map(({ id }) => id)
  if (!before || sameIds(before.assigneeIds, now)) return []
  const note = notes.findLast(({ system, body }) => system && /^(?:un)?assigned\b/i.test(body))
  if (!note || note.author.id === ownId) return []
  const observation = { name: 'assignee-changed', by: byOf(note.author.id), at: note.createdAt } as const
  return [{ observation, from: 'handNoteId', id: note.id }]
}

/** After the database was lost: a meta issue of the bot's own says how far the request had come. */
async function metaNews({ gitlab }: IssueReader, iid: number, ownId: number): Promise<readonly Change[]> {
  const own = (await gitlab.links(iid)).filter(
    ({ author, description }) => author.id === ownId && hasMarker(description),
  )
  const meta = own.find(({ title }) => isEmail(title.trim()))
  if (!meta) return []
  const observation = {
    name: 'meta-issue-made',
    issue: metaIssueOf(meta),
    by: 'bot',
    at: meta.createdAt,
  } as const
  return [{ observation, from: 'handNoteId', id: meta.id }]
}

function sameIds(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((id) => other.includes(id))
}

/** A note becomes visible when it is committed, which may be after a later one was read. */
const overlapMs = 10 * 60_000

/** Also where GitLab's clock, or both, were ahead when it was seen. */
function writtenSince({ updatedAt, readAt }: SyncCursor, now: Instant): Instant {
  return plus(earliest(updatedAt, readAt?.last ?? updatedAt, now), -overlapMs)
}

/** Returns who did something in GitLab; an account that is gone is named no more. */
export function byOf(userId: number | undefined): Actor {
  return outsideActor('gitlab', userId === nobody.id ? undefined : userId)
}

function lastId(items: readonly { readonly id: number }[], before = 0): number {
  return items.reduce((highest, { id }) => Math.max(highest, id), before)
}
