/** The listeners' port to the rest of the bot. They translate what arrives and decide nothing. */

import { type Desk, worksAt } from '../desks/desk.ts'
import type { Effect } from '../engine/effect.ts'
import type { RedirectTo } from '../engine/effects/tickets.ts'
import type { Input } from '../engine/event.ts'
import type { Lack } from '../engine/need.ts'
import type { AnswerTo, Person, WhoAnswer, WhoIs } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'
import type {
  AssignEntry,
  AttachEntry,
  CommandEntry,
  DecisionEntry,
  HomeEntry,
  LinksEntry,
  PaneEntry,
  PostCardsEntry,
  PostDigestEntry,
  RedirectTicketEntry,
  TryAgainEntry,
  UndoEntry,
} from '../inbox/payloads.ts'
import type { BatchState } from '../requests/batches.ts'
import type { CardState } from '../requests/card-states.ts'
import type { DigestState } from '../requests/digest.ts'
import type { ListFilter, RequestList } from '../requests/list.ts'
import type { StatsState } from '../requests/stats.ts'
import type { AttachValue } from '../views/attach-modal.ts'
import type { ModalOptions } from '../views/decision-modal.ts'
import type { RedirectPreview } from '../views/redirect-modal.ts'
import type { ShownTicket } from '../views/ticket-blocks.ts'
import type { Command } from './read-command.ts'

/** A refusal: a sentence for the person. */
export interface Refused {
  readonly because: string
  /** The modal's field that would mend it. */
  readonly field?: string
  /** Mentions of those who may, in mrkdwn. */
  readonly ask?: string
  /** What the decision needs outside and is not there. */
  readonly lack?: Lack
}

/**
 * A ticket shown to one person, or the sentence that refuses it. `changes` says what has changed since the instant
 * that was asked about.
 */
export type ShownTo =
  | { readonly ticket: ShownTicket; readonly changes: readonly string[] }
  | { readonly because: string }

/** The questions and messages that listeners have for the desks. */
export interface DeskQueries {
  /** Stored durably before this resolves; false when the same key was stored before. Handled soon after. */
  receive(
    kind:
      | 'decision'
      | 'command'
      | 'assign'
      | 'home'
      | 'attach'
      | 'links'
      | 'pane'
      | 'redirect-ticket'
      | 'post-cards'
      | 'post-digest'
      | 'try-again'
      | 'undo',
    key: string,
    payload:
      | DecisionEntry
      | CommandEntry
      | AssignEntry
      | HomeEntry
      | LinksEntry
      | PaneEntry
      | AttachEntry
      | RedirectTicketEntry
      | PostCardsEntry
      | PostDigestEntry
      | TryAgainEntry
      | UndoEntry,
  ): Promise<boolean>
  readonly whoIs: WhoIs
  cardState(requestId: string): Promise<CardState | undefined>
  cardStateByNumber(number: number, desk: Desk): Promise<CardState | undefined>
  /**
   * Takes in what GitLab says now, as far as it answers in time: a modal opens within three seconds or not at all.
   * Returns the sentence for the person where it did not.
   */
  readAfresh(requestId: string): Promise<string | undefined>
  /** Counts the people besides the requester who get what is e-mailed; undefined where that can't be read in time. */
  countOthers(requestId: string): Promise<number | undefined>
  /**
   * Shows the ticket's text to this person alone; in the audit log as shown, unless nothing has changed since the instant
   * that is asked about. Not for people without the role: ask first.
   */
  showTicket(requestId: string, userId: string, since?: Instant): Promise<ShownTo>
  /** Returns what a ticket's writer would get; a refusal, which stands in the audit log, comes as its sentence. */
  previewRedirect(
    ticket: number,
    to: RedirectTo,
    answerTo: AnswerTo,
  ): Promise<{ readonly shown: RedirectPreview } | { readonly because: string }>
  /**
   * Returns what `decide` would answer now from what is stored: the refusal, or what it would do, in its order.
   * `shownAt` is the step at which the button was drawn.
   */
  tryOut(
    requestId: string,
    decision: string,
    person: Person,
    input: Input,
    shownAt: string,
  ): Promise<Refused | { readonly effects: readonly Effect[] }>
  /**
   * Answers the same, and looks in the services for what the decision needs, as far as they tell in time: what they
   * don't tell refuses nothing here, since it is looked for again when it is decided.
   */
  tryWithNeeds: DeskQueries['tryOut']
  /** Returns the refusal of a person whose roles may not take the decision, wherever the request stands. */
  refusedByRole(requestId: string, decision: string, person: Person): Promise<Refused | undefined>
  /**
   * A refusal that was given before anything was stored stands in the audit log like every other. Without a request
   * the id is empty; `decision` is then a command's name.
   */
  recordRefusal(requestId: string, decision: string, userId: string, because: string): Promise<void>
  /** Counts what the filter lets through, with the first `most` of it. */
  list(desk: Desk, filter: ListFilter, person: Person, most: number): Promise<RequestList>
  /** The list of a distribution day, `2026-11-30`. */
  batch(day: string): Promise<BatchState>
  /** The next distribution days and what is promised for them. */
  nextBatches(): Promise<readonly BatchState[]>
  /** Returns the address of a message in Slack. */
  permalink(message: AttachValue): string
  /** Reads today's digest as it stands now. */
  digest(desk: Desk): Promise<DigestState>
  /** All entries of a request's audit log, oldest first, as sentences without personal data. */
  wholeLog(requestId: string): Promise<readonly string[]>
  /** The same of a request of the desk that is no longer stored; empty where there never was one. */
  purgedLog(desk: Desk, number: number): Promise<readonly string[]>
  /** Counts how the desk has done in the last days. */
  stats(desk: Desk, days: number): Promise<StatsState>
  /** The last entries of a request's audit log, newest first, as sentences without personal data. */
  recentLog(requestId: string): Promise<readonly string[]>
  /** The texts of the snippets by name, for previews. */
  readonly snippets: ModalOptions['snippets']
  readonly snippetTitles: Readonly<Record<string, string>>
  readonly desks: readonly Desk[]
  /** Links to requests that people post are shown. */
  readonly showsLinks: boolean
  /** True when there is the service that the desk's requests are in. */
  isOn(desk: Desk): boolean
}

/**
 * Returns the sentence for a person who may not take the decision whatever the request's step, with the refusal in
 * the audit log; else the person. It is asked before anything is said of how the request stands.
 */
export async function whoMayDecide(
  desk: Pick<DeskQueries, 'whoIs' | 'refusedByRole' | 'recordRefusal'>,
  requestId: string,
  decision: string,
  { userId, teamId }: AnswerTo,
): Promise<{ readonly person: Person } | Refused> {
  const who = await desk.whoIs(userId, teamId)
  const refused =
    'refused' in who ? { because: who.refused } : await desk.refusedByRole(requestId, decision, who.person)
  if (!refused) return { person: 'person' in who ? who.person : { id: userId, roles: [] } }
  await desk.recordRefusal(requestId, decision, userId, refused.because)
  return refused
}

/** A refusal stands in the audit log, also of what would only have read. */
export async function whoMayAsk(
  queries: DeskQueries,
  desk: Desk,
  command: Command,
  { userId, teamId }: AnswerTo,
): Promise<WhoAnswer> {
  const who = await queries.whoIs(userId, teamId)
  if (!('refused' in who) && worksAt(desk, who.person.roles)) return who
  const refused = 'refused' in who ? who.refused : desk.words.rolesOnly
  const about = 'number' in command ? await queries.cardStateByNumber(command.number, desk) : undefined
  await queries.recordRefusal(about?.request.id ?? '', command.name, userId, refused)
  return { refused }
}
