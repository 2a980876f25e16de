/** The daily deadline digest: what is due, what can be closed, what waits. */

import { dayIn, daysLeft, dayText } from '../engine/time.ts'
import { answersSilence } from '../engine/traits.ts'
import { context, counted, header, type Message, sections } from './block-kit.ts'
import type { CardState } from './card-state.ts'
import { isOverdue } from './clock-text.ts'
import { stepOf } from './decisions.ts'
import { type DigestGroup, groupBlocks, groupCounts, groupsOf } from './digest-groups.ts'
import type { DigestState } from './digest-state.ts'

const soonDays = 3

/** Most urgent first, each request in the first group that fits it, by due date. */
export function digestGroups(digest: DigestState): readonly DigestGroup[] {
  const open = groupsOf(digest.open, [
    ['Overdue', isOverdue],
    ['Due today', (state) => left(state) === 0],
    [`Due in the next ${soonDays} days`, (state) => left(state) > 0 && left(state) <= soonDays],
    ['Close No Response is open', closeNoResponseIsOpen],
    ['Waiting for approval', (state) => stepOf(state)?.waitsFor === 'approval'],
    ['Not yet started', isNotStarted],
    ['On hold', isOnHold],
  ])
  const replied = { title: 'The requester wrote after the close', requests: digest.repliedAfterClose }
  return replied.requests.length > 0 ? [...open, replied] : open
}

export function digestMessage(digest: DigestState): Message {
  const day = dayText(dayIn(digest.timeZone, digest.now))
  const groups = digestGroups(digest)
  const counts = countsText(digest)
  if (groups.length === 0) {
    const line = `Privacy requests, ${day}: nothing is due or waiting. ${counts}`
    return { text: line, blocks: sections([`${line} ${auditHead(digest)}`]) }
  }
  return {
    text: `Privacy requests, ${day}: ${groupCounts(groups)}. ${counts}`,
    blocks: [
      header(`Privacy requests, ${day}`),
      ...groupBlocks(groups, '`/privacy list` shows them, `/privacy list overdue` the overdue ones.'),
      context(counts),
      context(auditHead(digest)),
    ],
  }
}

/** What a later `audit verify --head` compares with: out of the reach of whoever can change the database. */
function auditHead({ auditHead: { seq, hash } }: DigestState): string {
  return `Audit log: \`${seq}:${hash}\``
}

function countsText({ open, sinceYesterday }: DigestState): string {
  const { new: fresh, closed, invalid } = sinceYesterday
  return `${counted(open.length, 'open request')}; since yesterday ${fresh} new, ${closed} closed, ${invalid} invalid.`
}

function left(state: CardState): number {
  const due = state.clocks[0]
  return due === undefined || due.isPaused
    ? Number.POSITIVE_INFINITY
    : daysLeft(due, state.now, state.timeZone)
}

function closeNoResponseIsOpen(state: CardState): boolean {
  const decisions = Object.values(stepOf(state)?.decisions ?? {})
  return decisions.some(answersSilence) && state.clocks[1]?.isOver === true
}

function isOnHold({ clocks }: CardState): boolean {
  return clocks[0]?.isPaused === true
}

function isNotStarted(state: CardState): boolean {
  const decisions = Object.values(stepOf(state)?.decisions ?? {})
  return state.request.facts.started === undefined && decisions.some(({ records }) => records === 'started')
}
