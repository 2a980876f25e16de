/** The daily digest of the security desk: what is due, what is promised, what waits. */
import { dayIn, dayText } from '../engine/time.ts'
import { context, counted, header, type Message, sections } from './block-kit.ts'
import type { CardState } from './card-state.ts'
import { isOverdue } from './clock-text.ts'
import { stepOf } from './decisions.ts'
import { type DigestGroup, groupBlocks, groupCounts, groupsOf } from './digest-groups.ts'
import type { SecurityDigestState } from './security-digest-state.ts'

/** Most urgent first, each ticket in the first group that fits it, by due date. */
export function securityDigestGroups({ open }: SecurityDigestState): readonly DigestGroup[] {
  return groupsOf(open, [
    ['Overdue', (state) => isOverdue(state) && !waitsForExpert(state)],
    ['Due today', (state) => endsToday(state) && !waitsForExpert(state) && !isPromised(state)],
    [
      'An update to the requester is due',
      (state) => waitsForExpert(state) && (isOverdue(state) || endsToday(state)),
    ],
    ['Reports to be sent today', (state) => isPromised(state) && endsToday(state)],
    ['Waiting for an expert team', waitsForExpert],
    ['Not claimed yet', (state) => state.request.assignee === undefined && !isPromised(state)],
  ])
}

export function securityDigest(digest: SecurityDigestState): Message {
  const title = `Security tickets, ${dayText(dayIn(digest.timeZone, digest.now))}`
  const groups = securityDigestGroups(digest)
  const counts = countsText(digest)
  const notes = notesOf(digest)
  if (groups.length === 0 && notes.length === 0) {
    const line = `${title}: nothing is due or waiting. ${counts}`
    return { text: line, blocks: sections([line]) }
  }
  const due = groups.length === 0 ? 'nothing is due or waiting' : groupCounts(groups)
  return {
    text: [`${title}: ${due}.`, ...notes, counts].join(' '),
    blocks: [
      header(title),
      ...groupBlocks(groups, '`/security list` shows them, `/security list overdue` the overdue ones.'),
      ...sections(notes),
      context(counts),
    ],
  }
}

/** What somebody has to look at besides the tickets. */
function notesOf(digest: SecurityDigestState) {
  const { batch, suspended = 0, apiTokensEnd, calendarEndsSoon, checkedUntil } = digest
  const unsent = batch?.reports.filter(({ isSent }) => !isSent).length ?? 0
  return [
    ...(batch && batch.reports.length > 0
      ? [
          `Compliance reports of today: ${batch.reports.length - unsent} of ${batch.reports.length} sent. \`/security batch\` lists them.`,
        ]
      : []),
    ...(suspended > 0 ? [suspendedText(suspended)] : []),
    ...(apiTokensEnd === undefined
      ? []
      : [`${apiTokensEnd}, and with them this desk: its operators have to set up an OAuth client.`]),
    ...(calendarEndsSoon
      ? [
          `The US federal holidays are known only until ${dayText(checkedUntil)}: business days and distribution days after it may be wrong. Tell the bot’s operators.`,
        ]
      : []),
  ]
}

function suspendedText(count: number): string {
  return count === 1
    ? '1 e-mail to security@ is held back by Zendesk as suspected spam: look at it there.'
    : `${count} e-mails to security@ are held back by Zendesk as suspected spam: look at them there.`
}

function countsText({ open, sinceYesterday }: SecurityDigestState): string {
  const { new: fresh, solved, redirected, reopened } = sinceYesterday
  return `${counted(open.length, 'open ticket')}; since yesterday ${fresh} new, ${solved} solved, ${redirected} redirected, ${reopened} reopened.`
}

function waitsForExpert(state: CardState): boolean {
  return stepOf(state)?.waitsFor === 'expert'
}

/** Its clock runs until the day that a report was promised for. */
function isPromised({ clocks: [clock] }: CardState): boolean {
  return clock !== undefined && 'until' in clock.length
}

/** Before midnight; a clock that is over has ended already. */
function endsToday({ clocks: [clock], now, timeZone }: CardState): boolean {
  return clock !== undefined && !clock.isOver && clock.lastDay === dayIn(timeZone, now)
}
