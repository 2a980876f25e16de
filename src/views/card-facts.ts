/** What is known of a request, as lines of the card. */
import type { Criterion } from '../engine/request.ts'
import { dayText, endOfClock } from '../engine/time.ts'
import { counted, listed } from './block-kit.ts'
import type { CardState } from './card-state.ts'
import { at, day } from './clock-text.ts'
import { isClosed } from './decisions.ts'
import { escaped, link, who } from './escape.ts'

/** After it the account is permanently deleted (the reply "User initiated account deletion"). */
const selfInitiatedDays = 7

const reasons = { lost_2fa: 'lost 2FA', lost_access: 'lost e-mail access' } as const
const results = { met: 'met', contradicted: 'NOT met', unknown: 'unknown, which is no pass' } as const

/** What somebody should know before they decide. */
export function flagLines(state: CardState): readonly string[] {
  const { facts } = state.request
  const duplicates = facts.suggestedDuplicates ?? []
  return [
    facts.unreadable &&
      `*Can't be read in GitLab:* it answers ${facts.unreadable.status} since ${at(state, facts.unreadable.since)}. The issue was moved, deleted or hidden from the bot.`,
    duplicates.length > 0 &&
      `*Possible duplicate* of ${listed(duplicates.slice(0, 10).map((iid) => issueLink(state, iid)))}: same requester and type, still open.`,
    facts.selfInitiatedAt && selfInitiatedLine(state, facts.selfInitiatedAt),
    !isClosed(state) && facts.lastReplyAt && `The requester last wrote ${at(state, facts.lastReplyAt)}.`,
    facts.repliedAfterClose &&
      `*The requester wrote after the close*, ${at(state, facts.repliedAfterClose)}. Nothing was reopened: read it in GitLab.`,
    !facts.started &&
      facts.suggestedReason &&
      `The form's comment suggests the reason: ${reasons[facts.suggestedReason]}.`,
    isClosed(state) && facts.closedOutside && 'Closed by hand in GitLab: the bot sent nothing.',
  ].filter((line) => typeof line === 'string')
}

/** The exception: who asked, who approved, and what was found. */
export function exceptionLines(state: CardState): readonly string[] {
  const { exception, approvals, evidence } = state.request.facts
  return [
    ...(exception
      ? [`*Exception* requested by ${who(exception.requestedBy)}, ${at(state, exception.at)}.`]
      : []),
    ...(approvals ?? []).map((one) => `Approved by ${who(one.by)}, ${at(state, one.at)}.`),
    ...(evidence
      ? [
          `*Evidence*, read ${at(state, evidence.readAt)}:`,
          ...evidence.criteria.slice(0, 12).map(criterionLine),
        ]
      : []),
  ]
}

/** The issues that were opened for it, and how far they are. */
export function issueLines(state: CardState): readonly string[] {
  const { metaIssue, reinstatementIssue } = state.request.facts
  return [
    ...(reinstatementIssue ? [link(reinstatementIssue.url, 'Account reinstatement issue')] : []),
    ...(metaIssue
      ? [`${link(metaIssue.url, `Deletion meta issue #${metaIssue.iid}`)}: ${progressText(metaIssue)}`]
      : []),
  ]
}

function issueLink(state: CardState, iid: number): string {
  return link(state.request.url.replace(/\d+\/?$/, String(iid)), `#${iid}`)
}

function criterionLine({ name, result, value, source }: Criterion): string {
  return `• ${escaped(name, 120)}: *${results[result]}*, ${escaped(value, 120)} (${escaped(source, 120)})`
}

function progressText(issue: NonNullable<CardState['request']['facts']['metaIssue']>): string {
  const done = `${issue.done} of ${counted(issue.total, 'step')} done`
  if (issue.closed) return `closed, ${done}.`
  return issue.next === undefined ? `${done}.` : `${done}, next: ${escaped(issue.next, 200)}`
}

function selfInitiatedLine(state: CardState, since: string): string {
  const end = endOfClock(since, selfInitiatedDays, state.timeZone)
  return `*The user deleted the account themselves.* It stays blocked for ${selfInitiatedDays} days, until ${dayText(end.lastDay)} (since ${day(state, since)}).`
}
