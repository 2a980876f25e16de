/** The port of a service in which requests are: what each of them has to give, and no more. */
import type { Observation } from '../engine/event.ts'
import type { Instant } from '../engine/time.ts'
import type { Route } from '../http/server.ts'
import type { Snapshot } from '../requests/snapshot.ts'
import type { RequestRow, Tables, Work } from '../store/store.ts'
import type { ShownTicket } from '../views/ticket-blocks.ts'
import type { CallFailed } from './call-failed.ts'
import type { EffectHandler } from './effect-handler.ts'

/** All of them, by name: a request's source. */
export type Services = Readonly<Record<string, Service>>

/** A service whose subjects are requests, as everything outside its folder sees it. */
export interface Service {
  readonly name: string
  /** As people say it: `GitLab`. */
  readonly title: string
  /** Reads one afresh. Throws CallFailed where the service does not answer or does not show it. */
  read(number: number, known: RequestRow | undefined): Promise<Read>
  /** Why it could not be read, in a sentence for the person who decides on it or wants it taken in. */
  explain(failure: CallFailed, number: number, wanted: 'decision' | 'track'): string
  /** An answer of 404 means that it was deleted. */
  readonly isGoneAt404?: true
  /** One round: a hint into the inbox for each request that may have changed. Throws CallFailed. */
  poll(): Promise<void>
  readonly pollSeconds: number
  /** Takes `POST /webhooks/NAME`; left out where the service tells nothing by itself. */
  readonly webhook?: Route
  /** Reads a request that may have changed; undefined where it is known already. Left out: the same as `read`. */
  readHinted?(number: number, known: RequestRow | undefined, hint: Hint): Promise<Hinted | undefined>
  /**
   * Reads how a request stands after the bot's own changes, so that whatever the service tells of those need not be read.
   * `done`: the last of them, in order. Left out where each change says by itself what came of it. Throws CallFailed.
   */
  readBack?(request: RequestRow, done: readonly Work[]): Promise<Read>
  /** Searches for requests, unless that was done after this instant; given where the number alone does not say whether it is one. */
  lookForRequests?(since: Instant): Promise<void>
  /** Inside the caller's transaction: it could not be read, so that it has to be asked for again. */
  rememberUnread?(tables: Tables, number: number, now: Instant): Promise<void>
  /** Returns the request's content, for one person's eyes, and what has changed since the instant asked about. */
  show?(row: RequestRow, since?: Instant): Promise<Shown>
  /**
   * Counts the people besides the requester who are e-mailed what is said on it; undefined where the service does not
   * say. Left out where `show` says it. Throws CallFailed.
   */
  countOthers?(row: RequestRow): Promise<number | undefined>
  /** Returns the lines about the service for the desk's digest, a sentence each. */
  digestNotes?(): Promise<readonly string[]>
  /** The handlers of effects on requests of this service, for kinds that do not name a service themselves. */
  readonly handlers?: Readonly<Record<string, EffectHandler>>
}

/** Why a request may have changed. */
export interface Hint {
  /** A search has found it. */
  readonly isListed: boolean
  /** It is known to be about this note alone; `isNew`: the note was written, and not changed. */
  readonly note?: { readonly id: number; readonly isNew: boolean } | undefined
}

/** A request that was read from its service. */
export interface Read {
  readonly snapshot: Snapshot
  /** The instant of the last change, given if a decision depends on exactly that state. */
  readonly stamp?: Instant
  /** In sentences, what anybody has changed since then; empty where only the bot has, and told nobody anything. */
  changesSince?(stamp: Instant): Promise<readonly string[]>
}

/** A request, or what is no request and says something new of one. */
export type Hinted = Read | { readonly requestId: string; readonly observation: Observation }

/** A request's content as it is shown, with `changes` as `Read` tells them, or a sentence that says why it can't be. */
export type Shown =
  | { readonly ticket: ShownTicket; readonly snapshot: Snapshot; readonly changes: readonly string[] }
  | { readonly because: string }

/**
 * The beginning of the key of a hint that the bot gives itself. A webhook's key begins with the service's name and
 * ends as its sender likes: were it the same, one delivery could take the place of what a poll has yet to find.
 */
export function hintKey(source: string, number: number): string {
  return `hint:${source}:${number}:`
}

/**
 * The end of the key of a hint that is given again where nothing of it has changed: what came to nothing, for whatever
 * reason, is then read again once a day.
 */
export function onceADay(now: Instant): string {
  return `:${now.slice(0, 'YYYY-MM-DD'.length)}`
}
