/** What counts as a requester's reply. REST does not tell the sender's address, so it is the same for everybody who mails in. */
import type { Instant } from '../engine/time.ts'
import { type AutomaticResponses, isAutomatic, kindOf } from './automatic-responses.ts'

export interface WrittenNote {
  readonly id: number
  readonly body: string
  readonly author: { readonly username: string }
  readonly system: boolean
  readonly internal: boolean
  readonly createdAt: Instant
}

export interface ReplyRule {
  /** Usernames of GitLab's Support Bot, under which requesters' e-mails come in, where the issue does not tell it. */
  readonly supportBots: readonly string[]
  readonly automaticResponses: AutomaticResponses
}

/** The issue on which the notes stand, as far as it tells who writes for the requester. */
export interface Opened {
  readonly createdAt: Instant
  /** The account that opened the Service Desk issue: the Support Bot, whatever GitLab has called it. */
  readonly supportBot?: string
}

/** "The Support Bot is the account that opened the Service Desk issue, whatever its name." */
export function isSupportBot(
  username: string,
  { supportBot }: Pick<Opened, 'supportBot'>,
  rule: ReplyRule,
): boolean {
  return username === supportBot || rule.supportBots.includes(username)
}

/**
 * The latest "public note, not a system note, by GitLab's Support Bot", whose text is none of the automatic responses.
 * `allNotes` is asked only for a note that begins like one, since the first of them tells what is more than it.
 */
export async function latestReply<Note extends WrittenNote>(
  notes: readonly Note[],
  opened: Opened,
  rule: ReplyRule,
  allNotes: () => Promise<readonly Note[]>,
): Promise<Note | undefined> {
  const mails = mailsIn(notes, opened, rule)
  let known: readonly Note[] | undefined
  for (const note of mails.toReversed()) {
    const kind = kindOf(note.body, rule.automaticResponses)
    if (kind === 'reply') return note
    if (kind === 'automatic') continue
    known ??= mailsIn(await allNotes(), opened, rule)
    const same = known.find(({ id }) => id === note.id) ?? note
    if (!isAutomatic(same, known, opened.createdAt, rule.automaticResponses)) return note
  }
  return undefined
}

function mailsIn<Note extends WrittenNote>(
  notes: readonly Note[],
  opened: Opened,
  rule: ReplyRule,
): readonly Note[] {
  return notes
    .filter((note) => !note.system && !note.internal && isSupportBot(note.author.username, opened, rule))
    .toSorted((one, other) => one.id - other.id)
}
