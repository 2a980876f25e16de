/**
 * What a requester wrote, for the modal of one person with a role at the desk and nowhere else. Nothing in it can turn
 * into a mention or a link.
 */

import type { ContextBlock, KnownBlock } from '@slack/types'
import { listed } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'
import type { CardState } from '../requests/card-states.ts'
import { context, counted, limits, plainText, quoted, sections } from './block-kit.ts'
import { moment } from './clock-text.ts'
import { plain, plainChunks } from './escape.ts'

/** A ticket or an issue as one person sees it. */
export interface ShownTicket {
  readonly subject: string
  /** The fields of the form as the requester filled them in, in its order; left out where there was no form. */
  readonly form?: readonly (readonly [label: string, value: string])[]
  /** The instant of its last change: what is decided on it is refused when it has changed since. */
  readonly stamp: Instant
  /** Everybody who gets a public comment, the requester first: `Kim <kim@example.com>`. */
  readonly recipients: readonly string[]
  /** Oldest first. */
  readonly comments: readonly {
    readonly by: string
    readonly at: Instant
    readonly isPublic: boolean
    readonly text: string
    /** The names of the files on it. */
    readonly attachments?: readonly string[]
  }[]
  /** The expert team's latest text on its issue. */
  readonly expertAnswer?: string
}

type Comment = ShownTicket['comments'][number]

/** A view may have 250 kB, says views.open (`view_too_large`); drafts and previews need some of it. */
const bytesOfComments = 120_000
/** UTF-8 takes so many at most for each of JavaScript's. */
const bytesOfCharacter = 3

/** Draws who gets the answer, and what the ticket is about. */
export function ticketHead(
  { recipients, subject }: Pick<ShownTicket, 'recipients' | 'subject'>,
  isSent: boolean,
): readonly KnownBlock[] {
  const [first = 'nobody the bot knows of', ...inCopy] = recipients.map((one) => plain(one, 300))
  const goesTo = [first, ...(inCopy.length > 0 ? [`cc ${inCopy.join(', ')}`] : [])].join(', ')
  return [
    ...(isSent ? plainChunks(`Goes to: ${goesTo}`, limits.text).map(quoted) : []),
    quoted(`Subject: ${plain(subject, 1000) || '(none)'}`),
  ]
}

/** Draws the fields of the form; none where there was no form. */
export function formBlocks({ form = [] }: ShownTicket): readonly KnownBlock[] {
  return form.flatMap(([label, value]) =>
    plainChunks(`${label}: ${value === '' ? '(empty)' : value}`, limits.text).map(quoted),
  )
}

/** Draws the newest comments that fit into so many blocks, the oldest of them first. */
export function commentBlocks(
  { comments }: ShownTicket,
  state: CardState,
  room: number,
): readonly KnownBlock[] {
  const [last, ...older] = comments.toReversed()
  if (last === undefined) return sections(['*No comments were read.*'])
  const newest = commentText(last, state)
  const shown = [withinRoom(newest, room - 1, state)]
  let blocks = room - 1 - sizeOf(newest)
  let bytes = bytesOfComments - bytesIn(newest)
  for (const comment of older) {
    const one = commentText(comment, state)
    blocks -= sizeOf(one)
    bytes -= bytesIn(one)
    if (blocks < 0 || bytes < 0) break
    shown.unshift(blocksOf(one))
  }
  const hidden = comments.length - shown.length
  return [...(hidden > 0 ? sections([hiddenText(hidden, state)]) : []), ...shown.flat()]
}

/** One comment: a line with who, when and for whom, then its text in parts that each fit a block. */
interface Drawn {
  readonly line: ContextBlock
  readonly parts: readonly string[]
}

function commentText({ by, at: when, isPublic, text, attachments = [] }: Comment, state: CardState): Drawn {
  const parts = plainChunks(text, limits.text)
  return {
    line: commentLine(
      plain(by, 300),
      moment(state, when),
      [
        isPublic ? 'public' : 'internal',
        ...(attachments.length > 0 ? [attachmentsText(attachments, state)] : []),
      ].join(' · '),
    ),
    parts: parts.length > 0 ? parts : ['(no text)'],
  }
}

/** Only the instant is read for marks: names of people and files stay as they are. */
function commentLine(by: string, when: string, forWhom: string): ContextBlock {
  const instant = { type: 'mrkdwn', text: `${when} ·`, verbatim: true } as const
  return { type: 'context', elements: [plainText(`${by} ·`, 500), instant, plainText(forWhom, 1500)] }
}

const namesShown = 10

/** `1 attachment: poc.pdf, open it in Zendesk` */
function attachmentsText(names: readonly string[], { desk }: CardState): string {
  const shown = names.slice(0, namesShown).map((name) => plain(name, 80) || 'without a name')
  const more = names.length - shown.length
  const all = more > 0 ? `${shown.join(', ')} and ${more} more` : listed(shown)
  return `${counted(names.length, 'attachment')}: ${all}, open ${names.length === 1 ? 'it' : 'them'} in ${desk.service}`
}

function blocksOf({ line, parts }: Drawn): readonly KnownBlock[] {
  return [line, ...parts.map(quoted)]
}

/** The beginning of a comment too long to be shown whole. */
function withinRoom(one: Drawn, room: number, { desk }: CardState): readonly KnownBlock[] {
  const most = Math.min(room - 2, Math.floor(bytesOfComments / (limits.text * bytesOfCharacter)))
  if (sizeOf(one) <= room && bytesIn(one) <= bytesOfComments) return blocksOf(one)
  const cut = { ...one, parts: one.parts.slice(0, Math.max(1, most)) }
  return [...blocksOf(cut), context(`The rest of this comment is not shown: read it in ${desk.service}.`)]
}

function sizeOf({ parts }: Drawn): number {
  return 1 + parts.length
}

function bytesIn({ line, parts }: Drawn): number {
  return Buffer.byteLength(JSON.stringify([line, ...parts]))
}

function hiddenText(count: number, { desk: { service } }: CardState): string {
  return count === 1
    ? `*1 older comment is not shown:* read it in ${service}.`
    : `*${count} older comments are not shown:* read them in ${service}.`
}
