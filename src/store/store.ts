/** The interface of the database, and the only way to reach it. Every call is asynchronous, so that PostgreSQL can stand behind it. */

import type { AnyEffect } from '../engine/effects/definition.ts'
import type { Actor, Request } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'

export interface Store {
  readonly sharing: Sharing
  /** Reads the clock of the server, which all its processes share; left out where there is no server. */
  readonly serverTime?: () => Promise<Date>
  /**
   * All of it or nothing of it, and on the disk when it resolves: those that wait at the same time share a commit. Inside,
   * only `tables` is used. Whoever does one after the other holds up nobody: after each of them everything else of this
   * process has its turn. One that goes first waits for no other that has not begun.
   */
  transaction<T>(work: (tables: Tables) => Promise<T>, how?: { readonly goesFirst?: boolean }): Promise<T>
  /** Outside a transaction, for reading and for single writes. */
  readonly tables: Tables
  /** Deletes what is kept of requests closed before this instant, and what was handled before it; the audit log stays. */
  purge(before: Instant): Promise<Purged>
  /** Removes cleared data from the database's journal too. For a timer: not after every write. */
  checkpoint(): Promise<void>
  close(): Promise<void>
}

/** Whether other processes work on the same database. */
export interface Sharing {
  readonly isShared: boolean
  /** The time for which others leave a claimed entry alone, in milliseconds; renewed while it is worked on. */
  readonly leaseMs: number
}

/** The number of rows that were deleted. */
export interface Purged {
  readonly requests: number
  readonly inbox: number
  readonly outbox: number
}

export interface Tables {
  readonly requests: Requests
  readonly inbox: Inbox
  readonly outbox: Outbox
  readonly audit: Audit
  readonly settings: Settings
}

/** The last state seen of the issue or the ticket, so that only news becomes an observation. */
export interface SyncCursor {
  readonly state: 'opened' | 'closed'
  readonly labels: readonly string[]
  readonly updatedAt: Instant
  /** The highest ids read so far; 0 when none. A ticket has comments for notes, and no more. */
  readonly noteId: number
  readonly labelEventId: number
  readonly stateEventId: number
  readonly assigneeIds: readonly number[]
  /** Those of the assignees whose accounts are linked, as Slack user ids; left out where nobody's is. */
  readonly assignedTo?: readonly string[]
  /** Of a ticket: whose it is in Zendesk. */
  readonly groupId?: string
  /** Whose it was while it stood in the queue. */
  readonly homeGroupId?: string
  /** Of an issue: the account that opened it for a requester, under whose name the requester's mails come in. */
  readonly supportBot?: string
  /** Of an issue: the request type that its form names. */
  readonly formType?: string
  /** Of an issue: how many notes GitLab counted on it when it was last read; left out where that says nothing. */
  readonly userNotes?: number
  /** Of an issue, by the bot's own clock: when it was first and last read with this `updatedAt`. */
  readonly readAt?: { readonly first: Instant; readonly last: Instant }
  /** Of an issue: the `updatedAt` up to which its state was told without an event. */
  readonly stateToldAt?: Instant
}

/** Keyed hashes of the requester's e-mail and username, and which key made them. */
export interface RequesterHashes {
  readonly keyId: string
  readonly email?: string
  readonly username?: string
}

export interface Card {
  readonly channel: string
  readonly ts: string
}

/** The request with what only the shell around the engine needs. */
export interface RequestRow extends Request {
  /** Counts every change; a write with another version is refused. */
  readonly version: number
  readonly seen: SyncCursor
  readonly hashes?: RequesterHashes
  readonly card?: Card
  /** The next instant at which a clock changes what the card says. */
  readonly refreshAt?: Instant
  /** Given while there is no card of it because nobody has asked for one yet: it was found together with many others. */
  readonly cardWaitsSince?: Instant
}

/** Somebody else has changed the request since it was read: read it again. */
export class StaleRequest extends Error {
  override readonly name = 'StaleRequest'
}

/** The open requests of a service whose cards wait to be asked for. */
export interface WaitingCards {
  readonly count: number
  /** The instant at which the first of them was created; left out where there is none. */
  readonly oldest?: Instant
}

/** What lists count, group and sort an open request by, kept beside it. */
export interface Standing {
  /** In the words of whoever keeps it; requests with the same are counted together. */
  readonly standing: string
  /** The first instant at which time alone may have made it untrue. */
  readonly until: Instant
  /** Those with the same standing come in this order, and then by number. */
  readonly due: Instant
}

/** A request with the standing that is kept of it, whether it still holds or not; left out: none is. */
export interface KeptRow {
  readonly row: RequestRow
  readonly standing?: string
}

/** An open request as the order of its standing has it. */
export interface Placed {
  readonly id: string
  readonly number: number
  readonly due: Instant
}

export interface Requests {
  insert(row: Omit<RequestRow, 'version'>): Promise<RequestRow>
  byId(id: string): Promise<RequestRow | undefined>
  byNumber(iid: number, source: string): Promise<RequestRow | undefined>
  /** Returns the highest number that is known; 0 where none is. */
  highestIid(source: string): Promise<number>
  /** Not closed, by creation: read a page at a time, so that everything else has its turn in between. */
  eachOpen(source: string): AsyncIterable<RequestRow>
  /** Those of them at steps of this name, in whichever flow. */
  eachAt(source: string, step: string): AsyncIterable<RequestRow>
  /** The numbers of all of them. */
  openNumbers(source: string): AsyncIterable<number>
  /** All of them at once. */
  open(source: string): Promise<RequestRow[]>
  /** By their close, a page at a time as well. */
  eachClosedSince(at: Instant, source: string): AsyncIterable<RequestRow>
  closedSince(at: Instant, source: string): Promise<RequestRow[]>
  /** Those of these ids that are known, in any order. */
  byIds(ids: readonly string[]): Promise<KeptRow[]>
  /** Counts the open ones by the standing that is kept of them; left out in those of which none is. */
  standings(source: string): Promise<readonly { readonly standing?: string; readonly count: number }[]>
  /** The first open ones of a standing by when they are due. */
  firstOf(source: string, standing: string, most: number): Promise<Placed[]>
  /** All open ones of a standing in that order, a page at a time. */
  eachOf(source: string, standing: string): AsyncIterable<KeptRow>
  /** The open ones of whose standing the kept one says nothing: they have changed since, or its time is over. */
  eachWithoutStanding(now: Instant, source: string): AsyncIterable<KeptRow>
  /** Keeps the standing of this version of the request; changes nothing where it has moved on. */
  keepStanding(row: Pick<RequestRow, 'id' | 'version'>, standing: Standing): Promise<void>
  /** Forgets the standings that no request has any more. */
  forgetUnused(): Promise<void>
  /** Counts the open ones that were created from the one instant on and before the other, by flow: each is read. */
  openedWithin(from: Instant, until: Instant, source: string): Promise<ReadonlyMap<string, number>>
  /** Counts the open ones of all services with a promised report. */
  openWithPromise(): Promise<number>
  /** Open requests of these flows that share a hash made with the same key, but not `exceptId`: the first by creation. */
  sameRequester(
    hashes: RequesterHashes,
    flows: readonly string[],
    exceptId: string,
    most: number,
  ): Promise<RequestRow[]>
  /** The open request whose meta issue this is. */
  withMetaIssue(iid: number, source: string): Promise<RequestRow | undefined>
  /** The first open request by creation that shares the e-mail's hash, made with the same key, and has no meta issue. */
  withoutMetaIssue(
    hashes: Pick<RequesterHashes, 'keyId' | 'email'>,
    source: string,
  ): Promise<RequestRow | undefined>
  /** Throws `StaleRequest` when the version has moved on. */
  update(row: RequestRow): Promise<RequestRow>
  /** The first of the open requests of all desks whose `refreshAt` has come. */
  dueForRedraw(now: Instant, most: number): Promise<RequestRow[]>
  /** Open requests whose card waits to be asked for, by creation. */
  withWaitingCard(source: string, most: number): Promise<RequestRow[]>
  /** Counts them, and says when the first was created. */
  waitingCards(source: string): Promise<WaitingCards>
  /** The days before this one for which something open has a report promised, each once and in order. */
  missedDays(today: string, source: string): Promise<string[]>
  /** Tickets with a report promised for this day, sent or not. */
  promisedFor(day: string): Promise<RequestRow[]>
}

/** A place in a queue that somebody has taken: what comes of it is written only while nobody has taken it since. */
export interface Held {
  readonly id: number
  /** Counts the claims of this entry, and the hints that have joined it: whoever claims it anew has a higher one. */
  readonly token: number
}

/** For whom an entry is claimed, and how long others keep away from it. */
export interface Claim {
  readonly now: Instant
  /** One life of a process. */
  readonly owner: string
  readonly until: Instant
}

/** The entry was claimed by somebody else meanwhile, or is finished: nothing may be written of it. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost'
}

export interface InboxEntry extends Held {
  /** Unique for ever: the same delivery twice has the same key. */
  readonly key: string
  readonly kind: string
  readonly payload: unknown
  readonly receivedAt: Instant
  readonly attempts: number
  /** How many lives of a process in a row ended with it in hand; left out where none has. */
  readonly ends?: number
  /** Entries with the same subject are handled one after the other: `gitlab:12`, `zendesk:456`. */
  readonly subject?: string
  /**
   * Entries of different places wait for none of each other: those of a service, and apart from them its hints, kinds
   * whose name ends in `-hint`, which say only that something may have changed.
   */
  readonly place: string
}

/** The number of entries that may be handled at each place, and how many are by now. */
export interface Room {
  readonly most: number
  readonly busy: ReadonlyMap<string, number>
}

export interface Inbox {
  /**
   * True when it is new; false when the key is known (handled or not). A hint of what has one waiting already is
   * answered by that one, whose payload says `isOfSeveral` from then on: of it only the key is kept.
   */
  put(entry: { key: string; kind: string; payload: unknown; receivedAt: Instant }): Promise<boolean>
  /** Returns the entries that are due and not handled, oldest first. */
  pending(now: Instant, limit: number): Promise<InboxEntry[]>
  pendingCount(): Promise<number>
  /** Returns whether so many entries, or more, wait to be handled. */
  hasWaiting(most: number): Promise<boolean>
  /**
   * Of each place the oldest of what is due, at most one of each subject and none of a subject that is being handled.
   * Nothing waits for a hint that waits itself. `except` what the owner is handling or has shelved.
   */
  claim(claim: Claim, room: Room, except: readonly number[]): Promise<InboxEntry[]>
  /** Goes on holding what takes longer than its lease, and returns what of it the owner holds. */
  renew(claim: Claim, ids: readonly number[]): Promise<readonly Held[]>
  /** Takes what others than the owner are handling from them, and counts that their lives ended: anybody may claim it. */
  release(claim: Pick<Claim, 'owner'>): Promise<void>
  /** Handled: the payload is cleared, the key stays. Throws `ClaimLost`. */
  done(held: Held, at: Instant): Promise<void>
  /** Handled together with another entry: those that are as they were when `alike` found them. */
  doneToo(others: readonly Held[], at: Instant): Promise<void>
  /** Tried and not handled: again at `dueAt`. It is one more attempt unless `isCounted` is false. Throws `ClaimLost`. */
  postpone(held: Held, dueAt: Instant, error: string, isCounted?: boolean): Promise<void>
  /** What is not handled and says no more than this entry, by now: of the same kind, about the same subject. */
  alike(entry: Pick<InboxEntry, 'id' | 'kind' | 'subject'>): Promise<readonly Held[]>
  /** Given up: the payload is cleared, the error stays. Throws `ClaimLost`. */
  failed(held: Held, at: Instant, error: string): Promise<void>
}

/**
 * Effects of one request and lane are carried out one after the other; lanes do not wait for each other. `thread`, `card`
 * and `channel` are Slack's; every other is named like the service in which the request is.
 */
export type Lane = string

/** An effect as the outbox knows it: by its kind. What else is in it, its definition checks when it is carried out. */
export type Work = AnyEffect | (AnyEffect & Readonly<Record<string, unknown>>)

/** `awaited`: a person has asked for it and waits. It goes before what a clock, a poll or a webhook has caused. */
export type Priority = 'awaited' | 'background'

/** `cancelled`: it will never be done, because what it was decided on no longer held. */
export type OutboxStatus = 'pending' | 'in-flight' | 'unknown' | 'done' | 'failed' | 'cancelled'

export interface OutboxEntry extends Held {
  /** Opaque and unique: the marker by which our own work is found again outside. */
  readonly opId: string
  /** Whose order it keeps: a request's id, or `batch:` and a distribution day, or `backlog:` and a desk. */
  readonly requestId?: string
  /** The subject of an entry that belongs to no request: `ticket:456`. */
  readonly subject?: string
  readonly lane: Lane
  readonly position: number
  readonly priority: Priority
  readonly work: Work
  /** The handled event that asked for it; what has none is about no decision. */
  readonly decisionId?: string
  readonly status: OutboxStatus
  readonly attempts: number
  readonly dueAt: Instant
  readonly createdAt: Instant
  /** The instant at which the first attempt began: our own note can't be older. */
  readonly startedAt?: Instant
  readonly finishedAt?: Instant
  readonly error?: string
  /** The result of the work: a note's id, an issue's number. */
  readonly result?: Readonly<Record<string, string | number>>
  /** Since when no clear answer has come, whatever was tried; left out once one has. */
  readonly unclearSince?: Instant
  /** When people were called because it had been unclear for long. */
  readonly calledAt?: Instant
  /** Empty look-ups since the outcome became unknown; of a message that can't be looked up, its unclear outcomes. */
  readonly lookups: number
  /** How many lives of a process in a row ended with it in hand; left out where none has. */
  readonly ends?: number
}

export interface ClaimedOutboxEntry extends OutboxEntry {
  /** The request as it stood when the attempt began. */
  readonly request?: RequestRow
  /** True where it follows what was carried out just before it: nothing has waited between, whatever the clock says. */
  readonly isAtOnce?: boolean
}

export interface OutboxClaim extends Held {
  /** The version at which its request stands. */
  readonly requestVersion?: number
}

export interface Cancelling {
  readonly at: Instant
  readonly because: string
  readonly alone: boolean
  /** It may have been done all the same: since when that is unclear is kept. */
  readonly isUnclear?: boolean
  /** Returns the part of the work that is kept. */
  readonly redact: (work: Work) => Work
}

/** What is passed over: whole lanes, and entries by their ids as long as they have this priority. */
export interface Passed {
  readonly lanes?: readonly Lane[]
  readonly ids?: Readonly<Record<Priority, readonly number[]>>
}

export interface Outbox {
  add(
    entries: readonly {
      opId: string
      requestId?: string
      subject?: string
      lane: Lane
      /** In the background unless given. What is awaited brings all that waits before it in its lane forward. */
      priority?: Priority
      work: Work
      decisionId?: string
      dueAt: Instant
      createdAt: Instant
    }[],
  ): Promise<void>
  /**
   * The first unfinished entry of every (request, lane) that is due and neither in flight nor failed: what is awaited
   * first, then what is due longest.
   */
  due(now: Instant, limit: number, but?: Passed): Promise<OutboxEntry[]>
  /** The first unfinished entry behind this one in its lane, due or not. */
  behind(entry: Pick<OutboxEntry, 'requestId' | 'lane' | 'position'>): Promise<OutboxEntry | undefined>
  /** Marks it in flight and counts the attempt, in a commit before the call is made. Undefined when somebody else has it. */
  claim(entry: Held, claim: Claim): Promise<OutboxClaim | undefined>
  /** Goes on holding what takes longer than its lease, and returns what of it the owner holds. */
  renew(claim: Claim, ids: readonly number[]): Promise<readonly Held[]>
  /** `kept`: of the work, what stays. Throws `ClaimLost`, like the three after it. */
  done(entry: Held, at: Instant, result: Readonly<Record<string, string | number>>, kept: Work): Promise<void>
  /**
   * Of what can't be looked up: from now on it may show, and counts as an unclear outcome until another is written. Throws
   * `ClaimLost`.
   */
  sends(entry: Held): Promise<void>
  /**
   * Not done by this attempt, certainly: again at `dueAt`. `calledAt`: people are called about an earlier one. `lookups`: as
   * before the attempt.
   */
  later(
    entry: Held,
    dueAt: Instant,
    error: string,
    given?: Partial<Pick<OutboxEntry, 'calledAt' | 'lookups'>>,
  ): Promise<void>
  /** Done, and to be done once more at `dueAt`: what was unclear until `unclearSince` may still come and undo it. */
  again(entry: Held, dueAt: Instant, unclearSince: Instant): Promise<void>
  /** Nobody has begun it, and what was unclear until `unclearSince` and went before it may still come and undo it. */
  stillUnclear(entry: Pick<OutboxEntry, 'id'>, unclearSince: Instant): Promise<void>
  /** Perhaps done: look first, not before `dueAt`. */
  unknown(
    entry: Held,
    dueAt: Instant,
    error: string,
    lookups: number,
    unclear?: Pick<OutboxEntry, 'unclearSince' | 'calledAt'>,
  ): Promise<void>
  /** Not done for good: everything behind it in its lane waits for Try Again. `lookups`: where they are others than before. */
  failed(entry: Held, at: Instant, error: string, lookups?: number): Promise<void>
  /**
   * It and, unless it is `alone`, what waits behind it of the same decision will never be done; gives all of them, in
   * order. Throws `ClaimLost`.
   */
  cancel(entry: Held, given: Cancelling): Promise<OutboxEntry[]>
  /**
   * What the decision asked for in this lane of the request, or of a subject without one, will never be done; gives all of it, in order. Undefined, and
   * nothing is changed, where there is none, or any of it has been begun: of this and a claim one alone comes first.
   */
  cancelUnbegun(
    decision: { readonly lane: Lane; readonly decisionId: string } & (
      | { readonly requestId: string }
      | { readonly subject: string }
    ),
    given: Omit<Cancelling, 'alone'>,
  ): Promise<OutboxEntry[] | undefined>
  /** Failed entries of the request, and those that people were called about, are due now, and awaited; how many. */
  tryAgain(requestId: string, now: Instant): Promise<number>
  /** In a copy of the database: whatever is unfinished may have been done, and is looked up first; messages of these kinds, which can't be, are not posted. */
  markUnverified(
    now: Instant,
    unverifiable: readonly string[],
  ): Promise<{ readonly lookedUp: number; readonly notPosted: number }>
  /**
   * Marks the outcome of entries in flight with another owner as unknown, and counts that end; but for kinds that can't
   * be looked up, look-ups begin anew, since the effect may just have been sent. Takes all such entries, or those whose
   * lease has run out.
   */
  recover(
    given: Pick<Claim, 'now' | 'owner'> & { readonly unverifiable: readonly string[] },
    whose: 'all-others' | 'run-out',
  ): Promise<number>
  /** Every entry of the request but redraws, in order. */
  ofRequest(requestId: string): Promise<OutboxEntry[]>
  /** By request, how many entries but messages and redraws are failed, of unknown outcome, or still to be done. */
  openWork(): Promise<
    {
      readonly requestId: string
      readonly failed: number
      /** Unknown for so long that people were called. */
      readonly unclear: number
      readonly unknown: number
      readonly pending: number
    }[]
  >
  /** The last that was asked for about what is no request. */
  lastOfSubject(subject: string): Promise<OutboxEntry | undefined>
  /** The redraw of the request, or of the list of that name, that waits already. */
  waitingRedraw(requestId: string): Promise<OutboxEntry | undefined>
  /** One that waits is enough, at the sooner of both times. `soon`: more is about to change. */
  wantRedraw(redraw: {
    readonly opId: string
    readonly requestId: string
    readonly work: Work
    readonly at: Instant
    readonly when: 'now' | 'soon'
    /** In the background unless given. */
    readonly priority?: Priority
  }): Promise<void>
  /** What waits in this lane of the request for a time to come is due now. */
  bringForward(requestId: string, lane: Lane, now: Instant): Promise<void>
  /** Counts the entries that are to be done, and those that wait for Try Again. */
  unfinishedCount(): Promise<number>
  /** The earliest instant at which an entry is due, but for those that are passed over. */
  nextDueAt(but?: Passed): Promise<Instant | undefined>
}

export interface AuditDraft {
  readonly at: Instant
  readonly requestId?: string
  readonly iid?: number
  /** `decided`, `refused`, `seen`, `effect`, `started`, … */
  readonly what: string
  readonly who: Actor
  /** No personal data. */
  readonly details: Readonly<Record<string, unknown>>
}

export interface AuditEntry extends AuditDraft {
  readonly seq: number
  readonly previousHash: string
  readonly hash: string
}

export interface Audit {
  append(entry: AuditDraft): Promise<AuditEntry>
  ofRequest(requestId: string, limit?: number): Promise<AuditEntry[]>
  /** Of the requests with the number, also of those that were purged; `detail` names what holds it, where that isn't `iid`. */
  ofNumber(number: number, detail?: string): Promise<AuditEntry[]>
  /** From the first, in order; `afterSeq` to page on. */
  page(afterSeq: number, limit: number): Promise<AuditEntry[]>
  head(): Promise<{ seq: number; hash: string }>
}

export interface Settings {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
  remove(name: string): Promise<void>
  /** True where nobody else has this lease, or theirs has run out: it is the owner's from now on, or still. */
  takeLease(name: string, claim: Claim): Promise<boolean>
  endLease(name: string, owner: string): Promise<void>
  /** Takes the lease `own`, and returns how many whose names begin with `prefix` are held; those that have run out it removes. */
  countLeases(prefix: string, own: string, claim: Claim): Promise<number>
  /** True for the first who claims the name. */
  claimOnce(name: string, at: Instant): Promise<boolean>
}
