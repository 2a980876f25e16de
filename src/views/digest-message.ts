/** The daily digest of a desk. It lists what is due, what waits, and what has come about since yesterday. */

import type { KnownBlock } from '@slack/types'
import { dayIn, dayText, instantText } from '../engine/time.ts'
import type { CardState } from '../requests/card-states.ts'
import type { DigestState } from '../requests/digest.ts'
import { byDueDate, requestLine } from './answers.ts'
import { backlogButtons, backlogNote } from './backlog-message.ts'
import { context, counted, fitting, header, type Message, sections } from './block-kit.ts'

/** Returns the digest's groups, most urgent first: each request in the first group that fits it, by due date. */
export function digestGroups({ desk, open, closed }: DigestState): readonly DigestGroup[] {
  const ended = closed.filter(([, requests]) => requests.length > 0)
  return [...groupsOf(open, desk.digest.groups), ...ended.map(([title, requests]) => ({ title, requests }))]
}

/** Draws the daily digest. */
export function digestMessage(digest: DigestState): Message {
  const { command } = digest.desk
  const title = `${digest.desk.digest.title}, ${dayText(dayIn(digest.timeZone, digest.now))}`
  const groups = digestGroups(digest)
  const counts = countsText(digest)
  const notes = notesOf(digest)
  const head = auditHead(digest)
  if (groups.length === 0 && notes.length === 0) {
    const line = `${title}: ${nothing(digest)}. ${counts}`
    return { text: line, blocks: sections([[line, ...head].join(' ')]) }
  }
  const due = groups.length === 0 ? nothing(digest) : groupCounts(groups)
  return {
    text: [`${title}: ${due}.`, ...notes, counts].join(' '),
    blocks: [
      header(title),
      ...groupBlocks(
        groups,
        `\`${command.name} list\` shows them, \`${command.name} list overdue\` the overdue ones.`,
      ),
      ...sections(notes),
      ...(digest.backlog ? backlogButtons(digest.backlog) : []),
      context(counts),
      ...head.map(context),
    ],
  }
}

/** What is not known is not said: the desk may be full of what the bot has not seen. */
function nothing({ stale }: DigestState): string {
  return stale ? 'nothing that the bot knows of is due or waiting' : 'nothing is due or waiting'
}

/** How old it is what the digest says, where the service has not been read lately. */
function staleText({ desk: { service }, stale, timeZone }: DigestState): readonly string[] {
  if (!stale) return []
  const { since } = stale
  return [
    since === undefined
      ? `*${service} has not been read yet*: tell the bot’s operators.`
      : `*${service} could not be read since ${instantText(since, timeZone)}*: this is how it stood then. Tell the bot’s operators if it stays so.`,
  ]
}

/** Returns the lines for somebody to look at besides the requests. */
function notesOf(state: DigestState): readonly string[] {
  const { desk, batch, backlog, holidaysUntil, notes } = state
  const unsent = batch?.reports.filter(({ isSent }) => !isSent).length ?? 0
  return [
    ...staleText(state),
    ...(batch && batch.reports.length > 0
      ? [
          `Compliance reports of today: ${batch.reports.length - unsent} of ${batch.reports.length} sent. \`${desk.command.name} batch\` lists them.`,
        ]
      : []),
    ...(backlog ? [backlogNote(backlog)] : []),
    ...notes,
    ...(holidaysUntil === undefined
      ? []
      : [
          `The US federal holidays are known only until ${dayText(holidaysUntil)}: business days and distribution days after it may be wrong. Tell the bot’s operators.`,
        ]),
  ]
}

/**
 * Returns the line that a later `audit verify --head` compares with, out of the reach of anybody who can change
 * the database.
 */
function auditHead({ auditHead: head }: DigestState): readonly string[] {
  return head ? [`Audit log: \`${head.seq}:${head.hash}\``] : []
}

function countsText(state: DigestState): string {
  const { desk, open, counts } = state
  const since = counts.map(([word, count]) => `${count} ${word}`).join(', ')
  return `${counted(open.length, `open ${desk.words.noun}`)}; since ${sinceText(state)} ${since}.`
}

/** `yesterday`, or the day of the last digest where that is another. */
function sinceText({ lastAt, now, timeZone }: DigestState): string {
  const day = lastAt === undefined ? undefined : dayIn(timeZone, lastAt)
  const yesterday = Temporal.PlainDate.from(dayIn(timeZone, now)).subtract({ days: 1 }).toString()
  return day === undefined || day === yesterday ? 'yesterday' : `the digest of ${dayText(day)}`
}

/** A group of requests in the digest, under its title. */
export interface DigestGroup {
  readonly title: string
  readonly requests: readonly CardState[]
}

/** Beyond forty lines nobody reads on. */
const linesShown = 40

/** Returns each request in the first group that fits it, by due date; groups that no request fits are left out. */
function groupsOf(
  open: readonly CardState[],
  kinds: readonly (readonly [string, (state: CardState) => boolean])[],
): readonly DigestGroup[] {
  const inOrder = byDueDate(open)
  const taken = new Set<CardState>()
  return kinds
    .map(([title, fits]) => {
      const requests = inOrder.filter((state) => !taken.has(state) && fits(state))
      for (const state of requests) taken.add(state)
      return { title, requests }
    })
    .filter(({ requests }) => requests.length > 0)
}

/** Draws the groups, as many lines as a message holds. `howToList` tells how to see the rest. */
function groupBlocks(groups: readonly DigestGroup[], howToList: string): readonly KnownBlock[] {
  const total = groups.reduce((sum, { requests }) => sum + requests.length, 0)
  const lines = firstLines(groups)
  const more = total - lines.reduce((sum, group) => sum + group.length - 1, 0)
  return [...lines.flatMap(sections), ...(more > 0 ? sections([`and ${more} more: ${howToList}`]) : [])]
}

/** Returns the groups' sizes: `Overdue: 1, Due today: 2`. */
function groupCounts(groups: readonly DigestGroup[]): string {
  return groups.map(({ title, requests }) => `${title}: ${requests.length}`).join(', ')
}

function firstLines(groups: readonly DigestGroup[]): readonly (readonly string[])[] {
  const first = groups.flatMap(({ requests }) => requests).slice(0, linesShown)
  const shown = fitting(
    first.map((state) => `• ${requestLine(state)}`),
    linesShown,
  )
  let before = 0
  return groups.flatMap(({ title, requests }) => {
    const own = shown.slice(before, before + requests.length)
    before += requests.length
    return own.length === 0 ? [] : [[`*${title}* (${requests.length})`, ...own]]
  })
}
