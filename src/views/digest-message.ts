/** The daily digest of a desk: what there is to do and for whom, and what has come about since the last one. */

import type { Button, KnownBlock } from '@slack/types'
import { isLate, type QueueFor, type WaitsFor } from '../desks/listed.ts'
import { fieldsOf } from '../engine/decision-rule.ts'
import { requestName, roleName } from '../engine/flow.ts'
import { capital } from '../engine/request.ts'
import { dayIn, daysLeft, shortDayText } from '../engine/time.ts'
import type { CardState } from '../requests/card-states.ts'
import type { DigestState } from '../requests/digest.ts'
import { backlogButtons, backlogNote } from './backlog-message.ts'
import {
  charactersIn,
  context,
  counted,
  header,
  limits,
  lineCharacters,
  type Message,
  plainText,
  sections,
} from './block-kit.ts'
import { buttonValueText, claimAction } from './button-value.ts'
import { at, leftText, weekday } from './clock-text.ts'
import { decisionAt, isClosed } from './decisions.ts'
import { type Queue, type QueueItem, queueOf } from './digest-queue.ts'
import { escaped, link, who } from './escape.ts'
import { openAction } from './home-value.ts'
import { decisionButton } from './request-card.ts'

/** A digest as it is posted: the message in the channel, and what continues it in its thread. */
export interface DrawnDigest {
  readonly message: Message
  readonly replies: readonly Message[]
}

/** Draws the daily digest. */
export function drawDigest(digest: DigestState): DrawnDigest {
  const queue = queueOf(digest)
  const title = `${digest.desk.digest.title}, ${weekday(digest, dayIn(digest.timeZone, digest.now))}`
  const glance = glanceText(digest, queue)
  const counts = countsText(digest)
  const notes = notesOf(digest)
  const items = queue.groups.flatMap((group) => group.items.map((item) => ({ whose: group.for, item })))
  const ends = endLines(queue, digest)
  const last: readonly KnownBlock[] = [
    ...sections([...ends, ...notes]),
    ...(digest.backlog ? backlogButtons(digest.backlog) : []),
    context(counts),
  ]
  const text = [`${title}: ${glance}.`, ...notes, counts].join(' ')
  const head = auditHead(digest)
  if (items.length === 0 && last.length === 1)
    return { message: { text, blocks: sections([text]) }, replies: head }
  const { shown, rest } = firstPage(digest, items, [header(title), ...last])
  const further = furtherPages(digest, items.slice(shown.count))
  const { pages } = further
  const left = further.left + queue.unlisted
  const more = [
    ...(rest > 0 ? [`The thread lists ${rest - further.left} more.`] : []),
    ...(left > 0 ? [`${left} more still: \`${digest.desk.command.name} list\` shows them all.`] : []),
  ]
  return {
    message: {
      text,
      blocks: [
        header(title),
        ...sections([`*${capital(glance)}*`]),
        ...shown.blocks,
        ...sections(more),
        ...last,
      ],
    },
    replies: [...pages, ...head],
  }
}

/** Draws the digest's own message alone, for whoever asks for it. */
export function digestMessage(digest: DigestState): Message {
  return drawDigest(digest).message
}

interface Placed {
  readonly whose: QueueFor
  readonly item: QueueItem
}

/** Of the 50 blocks of a message some are left for what is said besides. https://docs.slack.dev/reference/block-kit/blocks */
const mostBlocks = 44

/** As many requests as the message holds, each with its buttons, under the names of those who have them. */
function firstPage(digest: DigestState, items: readonly Placed[], besides: readonly KnownBlock[]) {
  const blocks: KnownBlock[] = []
  let room = lineCharacters - charactersIn(besides)
  let count = 0
  for (const [index, { whose, item }] of items.entries()) {
    const isFirst = index === 0 || !isSame(whose, items[index - 1]?.whose)
    const drawn = [...(isFirst ? sections([headingOf(digest, whose)]) : []), ...itemBlocks(item)]
    if (blocks.length + drawn.length + besides.length > mostBlocks || charactersIn(drawn) > room) break
    room -= charactersIn(drawn)
    blocks.push(...drawn)
    count += 1
  }
  return { shown: { blocks, count }, rest: items.length - count }
}

/** Some three hundred lines: beyond them nobody reads on. */
const mostReplies = 5

/** Lines without buttons, so that few messages hold many; each of them names whoever has the requests once. */
function furtherPages(digest: DigestState, items: readonly Placed[]) {
  const pages: string[][] = []
  let room = 0
  let count = 0
  for (const [index, { whose, item }] of items.entries()) {
    const line = `• ${itemLine(item)}`
    const heading = headingOf(digest, whose)
    const isFull = room < line.length + heading.length + 2
    if (isFull && pages.length === mostReplies) break
    const isNamed = !isFull && index > 0 && isSame(whose, items[index - 1]?.whose)
    const lines = isNamed ? [line] : [heading, line]
    if (isFull) {
      pages.push([])
      room = lineCharacters
    }
    pages.at(-1)?.push(...lines)
    room -= lines.reduce((sum, one) => sum + one.length + 1, 0)
    count += 1
  }
  const drawn = pages.map((lines) => ({
    text: `The digest goes on: ${counted(lines.length, 'line')}`,
    blocks: [...sections(lines)],
  }))
  return { pages: drawn, left: items.length - count }
}

function isSame(one: QueueFor, other: QueueFor | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function headingOf({ desk, mentions = {} }: DigestState, whose: QueueFor): string {
  if ('isUnassigned' in whose) return '*Unassigned*'
  if ('person' in whose) return `*${who(whose.person)}*`
  const names = whose.roles.map((role) => mentions[role] || `For ${roleName(desk, role)}`)
  return `*${names.join(' ')}*`
}

/** One block where one button serves, two where two do. */
function itemBlocks(item: QueueItem): readonly KnownBlock[] {
  const { state } = item
  const one = oneClick(state)
  const buttons = [
    ...(one ? [one] : []),
    ...(state.request.assignee === undefined && !isClosed(state) ? [claimButton(state)] : []),
  ]
  const [button = openButton(state), ...more] = buttons
  const text = { type: 'mrkdwn', text: itemLine(item), verbatim: true } as const
  if (more.length === 0) return [{ type: 'section', text, accessory: button }]
  return [
    { type: 'section', text },
    { type: 'actions', elements: [button, ...more] },
  ]
}

/** The decision that comes next, where it asks for nothing but a yes. */
function oneClick(state: CardState): Button | undefined {
  const { next, request } = state
  if (next?.decision === undefined || next.from !== undefined) return undefined
  const decision = decisionAt(state, request.step, next.decision)
  if (!decision || fieldsOf(decision, request).length > 0) return undefined
  return labelled(state, decisionButton(state, { name: next.decision, decision }))
}

function claimButton(state: CardState): Button {
  const { id, step } = state.request
  return labelled(state, {
    type: 'button',
    action_id: claimAction,
    text: plainText('Claim', limits.button),
    value: buttonValueText({ requestId: id, decision: claimAction, step }),
  })
}

/** Opens the request in a modal, with its decisions. */
function openButton(state: CardState): Button {
  const { id, step } = state.request
  return labelled(state, {
    type: 'button',
    action_id: openAction,
    text: plainText('Open', limits.button),
    value: buttonValueText({ requestId: id, decision: openAction, step }),
  })
}

/** A screen reader says which request a button is for. */
function labelled({ desk, request }: CardState, button: Button): Button {
  const label = `${button.text.text}: ${requestName(desk, request.number)}`
  return { ...button, accessibility_label: label.slice(0, limits.button) }
}

/** `#15 · GitLab.com Account Deletion · Answers are in: check them · due Dec 28 (9 days left)` */
function itemLine({ state, words }: QueueItem): string {
  const { desk, request, flow } = state
  const name = link(request.url, requestName(desk, request.number))
  return [
    name,
    ...(desk.flows.length > 1 ? [escaped(flow.title, 60)] : []),
    escaped(words, 150),
    ...dueWords(state),
  ].join(' · ')
}

function dueWords(state: CardState): readonly string[] {
  const [deadline] = state.clocks
  const due = isLate(state) ? deadline : (state.next?.due ?? deadline)
  if (due === undefined) return []
  const left = leftText(due, state)
  if (due.isOver) return [`*${left}*`]
  const isNamed = 'days' in due.length && !due.isPaused && daysLeft(due, state.now, state.timeZone) > 0
  return isNamed ? [`due ${shortDayText(due.lastDay, dayIn(state.timeZone, state.now))} (${left})`] : [left]
}

/** `5 to do, 1 overdue, 3 waiting on requesters` */
function glanceText({ stale }: DigestState, { groups, overdue, waiting, unlisted }: Queue): string {
  const toDo = groups.reduce((sum, { items }) => sum + items.length, unlisted)
  // What is not known is not said: the desk may be full of what the bot has not seen.
  const nothing = stale ? 'nothing to do that the bot knows of' : 'nothing to do'
  return [
    toDo === 0 ? nothing : `${toDo} to do`,
    ...(overdue > 0 ? [`${overdue} overdue`] : []),
    ...(waiting.requester ? [`${waiting.requester} waiting on requesters`] : []),
  ].join(', ')
}

const waitingWords: Readonly<Record<WaitsFor, string | undefined>> = {
  // Said at the top.
  requester: undefined,
  // Done before anybody reads it.
  bot: undefined,
  'expert-team': 'waiting on an expert team',
  'trust-and-safety': 'waiting on Trust and Safety',
  'distribution-day': 'waiting for the day their report goes out',
  paused: 'paused',
}

/** What waits for others, and what is coming. */
function endLines({ waiting, dueThisWeek }: Queue, { desk }: DigestState): readonly string[] {
  const names = Object.keys(waitingWords) as (keyof typeof waitingWords)[]
  const said = names.flatMap((name) => {
    const words = waitingWords[name]
    const count = waiting[name] ?? 0
    return words === undefined || count === 0 ? [] : [`${count} ${words}`]
  })
  const { deadline } = desk
  const days = deadline && 'days' in deadline ? counted(deadline.days, 'day') : 'their deadline'
  return [
    ...(said.length > 0 ? [`${said.join(', ')}.`] : []),
    ...(dueThisWeek > 0 ? [`${dueThisWeek} will pass ${days} this week.`] : []),
  ]
}

/** Returns how old it is what is said of a desk, where the service has not been read lately. */
export function staleText({
  desk: { service },
  stale,
  now,
  timeZone,
}: Pick<DigestState, 'desk' | 'stale' | 'now' | 'timeZone'>): readonly string[] {
  if (!stale) return []
  const { since } = stale
  return [
    since === undefined
      ? `*${service} hasn’t been read yet*: tell your admins.`
      : `*${service} can’t be read since ${at({ now, timeZone }, since)}*: this is as of then. If it keeps happening, tell your admins.`,
  ]
}

/** Returns the lines for somebody to look at besides the requests. */
function notesOf(state: DigestState): readonly string[] {
  const { desk, batch, backlog, holidaysUntil, notes, timeZone } = state
  const unsent = batch?.reports.filter(({ isSent }) => !isSent).length ?? 0
  return [
    ...staleText(state),
    ...(batch && batch.reports.length > 0
      ? [
          `Reports due today: ${batch.reports.length - unsent} of ${batch.reports.length} sent. \`${desk.command.name} batch\` lists them.`,
        ]
      : []),
    ...(backlog ? [backlogNote(backlog)] : []),
    ...notes,
    ...(holidaysUntil === undefined
      ? []
      : [
          `US federal holidays are only known until ${shortDayText(holidaysUntil, dayIn(timeZone, state.now))}: business days and distribution days after that may be wrong. Tell your admins.`,
        ]),
  ]
}

/**
 * Returns the message with which a later `audit verify --head` compares, out of the reach of anybody who can change the
 * database. It stands in the thread: nobody reads it on an ordinary day.
 */
function auditHead({ auditHead: head }: DigestState): readonly Message[] {
  if (!head) return []
  const text = `Audit log: \`${head.seq}:${head.hash}\``
  return [{ text, blocks: sections([text]) }]
}

/** `13 open requests; since yesterday 2 new, 1 closed.` Of what has not come about nothing is said. */
function countsText(state: DigestState): string {
  const { desk, open, unlisted, counts } = state
  const since = counts.filter(([, count]) => count > 0).map(([word, count]) => `${count} ${word}`)
  const news = since.length === 0 ? '' : `; since ${sinceText(state)} ${since.join(', ')}`
  return `${counted(open.length + (unlisted?.open ?? 0), `open ${desk.words.noun}`)}${news}.`
}

/** `yesterday`, or the day of the last digest where that is another. */
function sinceText({ lastAt, now, timeZone }: DigestState): string {
  const day = lastAt === undefined ? undefined : dayIn(timeZone, lastAt)
  const yesterday = Temporal.PlainDate.from(dayIn(timeZone, now)).subtract({ days: 1 }).toString()
  return day === undefined || day === yesterday
    ? 'yesterday'
    : `the digest of ${shortDayText(day, dayIn(timeZone, now))}:`
}
