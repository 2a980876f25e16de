/**
 * The facts of a request as lines of its card, and the work that was decided. A ticket's text, its subject and names
 * are never among them.
 */
import { stepOf } from '../desks/desk.ts'
import { own } from '../engine/flow.ts'
import type { GuardRule } from '../engine/guard-rule.ts'
import {
  type Criterion,
  capital,
  type ExpertIssue,
  type Extension,
  type Facts,
  listed,
  readActor,
  senderWords,
  type TicketEnd,
} from '../engine/request.ts'
import { dayIn, endOfClock, type Instant } from '../engine/time.ts'
import { anyOf, isApproved, stillNeeded } from '../engine/two-approvals.ts'
import type { CardState, WorkLine } from '../requests/card-states.ts'
import { counted } from './block-kit.ts'
import { moment as at, dayOf as day, lastDayOf, second, weekday } from './clock-text.ts'
import { isClosed, menuDecisions, otherDecisions } from './decisions.ts'
import { escaped, link, sentence, who } from './escape.ts'

/** After it the account is permanently deleted (the reply "User initiated account deletion"). */
const selfInitiatedDays = 7

const reasons = { lost_2fa: 'lost 2FA', lost_access: 'lost e-mail access' } as const
const results = { met: 'met', contradicted: 'not met', unknown: 'unknown (counts as not met)' } as const

/** Returns the lines that a person should know before they decide. */
export function flagLines(state: CardState): readonly string[] {
  const { facts } = state.request
  const { service, words } = state.desk
  const { duplicates } = state
  return [
    facts.unreadable &&
      `*${service} has returned ${facts.unreadable.status} for this ${words.noun} since ${at(state, facts.unreadable.since)}.* ${words.whyUnreadable}`,
    facts.checksFailedAt &&
      (isClosed(state)
        ? `*Failed the automated checks*, seen ${at(state, facts.checksFailedAt)}: GitLab closes it by itself; no action is required.`
        : `*Marked as failing the automated checks*, seen ${at(state, facts.checksFailedAt)}: look at it in GitLab.`),
    !isClosed(state) &&
      facts.isEmbargoed &&
      heedsEmbargo(state) &&
      '*Embargoed country:* trade compliance law only lets us close this. Close Embargoed closes it and sends nothing.',
    ...(isClosed(state) ? [] : (facts.extensions ?? []).map((one) => extensionLine(state, one))),
    !isClosed(state) &&
      facts.formProblems !== undefined &&
      facts.formProblems.length > 0 &&
      `*Parts of the form can’t be read:* ${escaped(facts.formProblems.join(' '), 900)} They aren’t used: see the form in GitLab.`,
    !isClosed(state) &&
      facts.hasUnknownSender &&
      '*The requester’s replies can’t be seen here:* this issue wasn’t opened by GitLab’s Support Bot, under whose name e-mails come in. Check GitLab before you close it for no response.',
    facts.hasOtherAddress &&
      isCheckedHere(state, 'other-address-is-checked') &&
      '*The form’s comment gives another e-mail address:* the requester may not have gotten our e-mail. Close No Response is for Privacy, or asks for a reason.',
    !isClosed(state) &&
      facts.formChanged &&
      `*The form was changed in GitLab* (seen ${at(state, facts.formChanged.at)}): ${listed(facts.formChanged.what)}. What it says now counts.`,
    duplicates &&
      `*Possible duplicate* of ${listed([...duplicates.iids.map((iid) => issueLink(state, iid)), ...(duplicates.hasMore ? ['more'] : [])])}: same requester and type, still open.`,
    !isClosed(state) &&
      facts.laterIssues &&
      `*The requester has since opened ${listed(facts.laterIssues.map((iid) => issueLink(state, iid)))}* without the form: the answer may be there.${isCheckedHere(state, 'later-issue-is-checked') ? ' Close No Response asks for a reason.' : ''}`,
    !isClosed(state) &&
      facts.earlierIssues &&
      `Also from this person: ${listed(facts.earlierIssues.map((iid) => issueLink(state, iid)))}. This may be a reply to it.`,
    !isClosed(state) && facts.selfInitiatedAt && selfInitiatedLine(state, facts.selfInitiatedAt),
    !isClosed(state) &&
      facts.reopenedAt &&
      words.reopened !== undefined &&
      `*Reopened* ${at(state, facts.reopenedAt)}: ${words.reopened}`,
    !isClosed(state) &&
      facts.lastReplyAt &&
      facts.lastMove?.by !== 'requester' &&
      `The requester last wrote ${at(state, facts.lastReplyAt)}.`,
    keptInternalLine(state),
    !isClosed(state) &&
      facts.lastPublicReplyAt &&
      `Last reply to the requester: ${at(state, facts.lastPublicReplyAt)}.`,
    !isClosed(state) &&
      facts.lastReplyLooksAutomatic &&
      `*That looks like an automatic reply* (out of office, or a bounced e-mail): read it in GitLab.${wayBackText(state)}`,
    facts.repliedAfterClose &&
      `*The requester wrote after the close*, ${at(state, facts.repliedAfterClose)}. The ${words.noun} stays closed: read the reply in ${service}.`,
    !isClosed(state) &&
      !facts.started &&
      facts.suggestedReason &&
      asksReason(state) &&
      `The form’s comment mentions ${reasons[facts.suggestedReason]}.`,
    isClosed(state) &&
      facts.closedOutside &&
      !facts.isIncomplete &&
      facts.endedBy === undefined &&
      'Closed in GitLab, not by the bot.',
    ticketEndTitle(state) && `Handled in ${service}, outside Privacy Desk.`,
    ticketEndTitle(state) &&
      facts.isIncomplete &&
      `*No reply to the requester was seen:* answer in ${service}, or choose Leave as Closed.`,
  ].filter((line) => typeof line === 'string')
}

/** True at a step with a decision that looks at this. */
function isCheckedHere(state: CardState, guard: GuardRule): boolean {
  return Object.values(stepOf(state)?.decisions ?? {}).some(({ when = [] }) => when.includes(guard))
}

/** Names the button that takes the requester's last message for none, where the card has one. */
function wayBackText(state: CardState): string {
  const isReply = state.request.facts.wayBack?.isReply === true
  const back = [...otherDecisions(state), ...menuDecisions(state).flat()].find(
    ({ decision: { records } }) => records === 'no-answer' || (records === 'taken-back' && isReply),
  )
  return back ? ` ${back.decision.button} takes it back.` : ''
}

/** Until somebody has answered. */
function keptInternalLine(state: CardState): string | false {
  const { keptInternal, lastPublicReplyAt } = state.request.facts
  if (!keptInternal || (lastPublicReplyAt ?? '') > keptInternal.at) return false
  return `*${capital(senderWords[keptInternal.from])} wrote*, ${at(state, keptInternal.at)}, and Zendesk kept it as an internal comment: read it there. It doesn’t count as the requester’s reply.`
}

/**
 * Returns the lines of the exception as its card needs them: while it is to be decided who asked, who approved and what
 * was found; afterwards that it was approved, and against how much.
 */
export function exceptionLines(state: CardState): readonly string[] {
  const { exception, approvals = [], evidence } = state.request.facts
  if (isToApprove(state)) return evidenceLines(state)
  const [last] = approvals.slice(-1)
  if (!last) return []
  const open = evidence?.criteria.filter(({ result }) => result !== 'met').length ?? 0
  const against =
    open > 0
      ? ` (${open} of ${counted(evidence?.criteria.length ?? 0, 'criterion', 'criteria')} not met)`
      : ''
  const asked = exception ? `, requested by ${who(exception.requestedBy)}` : ''
  const said = isExceptionApproved(state) ? 'Exception approved' : 'First of two approvals'
  return [`${said} by ${listed(approvals.map(({ by }) => who(by)))}${against}${asked}.`]
}

/** Of two approvals the first decides nothing; where the request was led past the checks, one was enough. */
function isExceptionApproved({ flow, request, requirePrivacyApproval }: CardState): boolean {
  const { approvals = [], closedFrom = '' } = request.facts
  if (!requirePrivacyApproval || isApproved(approvals)) return true
  return [request.step, closedFrom].some((step) => own(flow.steps, step)?.isVerified === true)
}

function isToApprove(state: CardState): boolean {
  return Object.values(stepOf(state)?.decisions ?? {}).some(({ approves }) => approves === 'exception')
}

/** Returns who asked for the exception, who approved it, and what was found, each criterion in a line. */
export function evidenceLines(state: CardState): readonly string[] {
  const { exception, approvals, evidence } = state.request.facts
  return [
    ...(exception
      ? [`*Exception* requested by ${who(exception.requestedBy)}, ${at(state, exception.at)}.`]
      : []),
    ...(approvals ?? []).map((one) => `Approved by ${who(one.by)}, ${at(state, one.at)}.`),
    ...labelRefusedLines(state),
    ...waitsForSecondLines(state),
    ...(evidence ? evidence.criteria.slice(0, 12).map(criterionLine) : []),
  ]
}

/** Says why a label in GitLab approved nothing, as long as the approval is open. */
function labelRefusedLines(state: CardState): readonly string[] {
  const { labelRefused } = state.request.facts
  if (!labelRefused || !isApprovalOpen(state)) return []
  return [`*${escaped(labelRefused.because, 400)}* Seen ${at(state, labelRefused.at)}.`]
}

function isApprovalOpen(state: CardState): boolean {
  return Object.values(stepOf(state)?.decisions ?? {}).some(({ fourEyes }) => fourEyes)
}

/** Says whose approval is still missing, as long as the one that was given decides nothing. */
function waitsForSecondLines(state: CardState): readonly string[] {
  const { approvals = [] } = state.request.facts
  if (!state.requirePrivacyApproval || approvals.length === 0 || !isApprovalOpen(state)) return []
  return [`*Needs a second approval* by ${anyOf(state.desk, stillNeeded(approvals))}, somebody else.`]
}

/** Returns the lines of what was opened or promised for the request, and how far that is. */
export function issueLines(state: CardState): readonly string[] {
  const { metaIssue, reinstatementIssue, escalationIssue, exports } = state.request.facts
  return [
    ...(escalationIssue ? [link(escalationIssue.url, 'Privacy escalation issue')] : []),
    ...(reinstatementIssue ? [link(reinstatementIssue.url, 'Account reinstatement issue')] : []),
    ...(metaIssue
      ? [`${link(metaIssue.url, `Meta issue #${metaIssue.iid}`)}: ${progressText(metaIssue)}`]
      : []),
    ...(exports ? [exportsLine(exports)] : []),
    ...ticketWorkLines(state),
  ]
}

function issueLink(state: CardState, iid: number): string {
  return link(state.request.url.replace(/\d+\/?$/, String(iid)), `#${iid}`)
}

function criterionLine({ name, result, value }: Criterion): string {
  return `• ${escaped(name, 60)}: *${results[result]}*, ${escaped(value, 60)}`
}

function progressText(issue: NonNullable<CardState['request']['facts']['metaIssue']>): string {
  const done = `${issue.done} of ${counted(issue.total, 'step')} done`
  if (issue.closed) return `closed, ${done}.`
  return issue.next === undefined ? `${done}.` : `${done}, next: step ${issue.next} (Support Engineer)`
}

/** Tells whether a decision of the flow proposes the reason that the form's comment gives. */
function asksReason({ flow }: CardState): boolean {
  const decisions = Object.values(flow.steps).flatMap((step) => Object.values(step.decisions))
  return decisions.some(({ fields = [] }) =>
    fields.some((field) => field.kind === 'choice' && field.suggestedBy === 'suggestedReason'),
  )
}

/** Other flows work a request wherever it comes from. */
function heedsEmbargo({ flow }: CardState): boolean {
  return flow.unless?.fact === 'isEmbargoed'
}

function exportsLine({ done, total, failed }: NonNullable<CardState['request']['facts']['exports']>): string {
  const notDone = failed > 0 ? ` *${counted(failed, 'export')} failed:* look at the project in GitLab.` : ''
  return `Project exports: ${done} of ${total} done.${notDone}`
}

function extensionLine(state: CardState, { clock, step, days, by, at: since }: Extension): string {
  const rule = clock === 'step' ? state.flow.steps[step]?.clock : undefined
  return `${who(by)} extended “${escaped(rule?.name ?? state.clocks[0]?.name ?? 'Deadline', 60)}” by ${counted(days, 'day')}, ${day(state, since)}.`
}

function selfInitiatedLine(state: CardState, since: string): string {
  const end = endOfClock(since, selfInitiatedDays, state.timeZone)
  return `The user deleted the account ${day(state, since)}; it stays blocked until ${lastDayOf(end, state)}.`
}

/** The headlines of cards of tickets that were closed in Zendesk. */
const endTitles: Readonly<Record<TicketEnd, string>> = {
  solved: 'Solved in Zendesk',
  closed: 'Closed in Zendesk',
  merged: 'Merged into another ticket in Zendesk',
  deleted: 'Deleted in Zendesk',
  forwarded: 'Given to support in Zendesk',
}

/** Returns how a ticket ended outside of the bot, or undefined where a decision closed it and while it is open. */
export function ticketEndTitle(state: CardState): string | undefined {
  const { ticketEnd } = state.request.facts
  return ticketEnd && isClosed(state) ? endTitles[ticketEnd] : undefined
}

/** Returns the lines of the expert team's issue and of the report that was promised. */
function ticketWorkLines(state: CardState): readonly string[] {
  const { expertIssue, promisedReport } = state.request.facts
  return [
    ...(expertIssue ? [expertLine(expertIssue, state)] : []),
    ...(promisedReport ? [reportLine(promisedReport, state)] : []),
  ]
}

/** `*SOC 2 Type 1* report: due today (Mon, Nov 30)` */
function reportLine({ report, sendOn }: NonNullable<Facts['promisedReport']>, state: CardState): string {
  const today = dayIn(state.timeZone, state.now)
  const on = weekday(state, sendOn)
  const due = sendOn === today ? `due today (${on})` : `${sendOn < today ? 'was due' : 'due'} ${on}`
  return `*${escaped(report, 60)}* report: ${isClosed(state) ? `promised for ${on}` : due}.`
}

function expertLine({ team, url, answeredAt, closed }: ExpertIssue, state: CardState): string {
  const wrote = answeredAt === undefined ? 'no reply yet' : `last wrote ${at(state, answeredAt)}`
  return `${escaped(team, 100)}: ${link(url, 'issue in GitLab')}, ${wrote}${closed ? ', closed' : ''}.`
}

const statuses: Readonly<Record<WorkLine['status'], string>> = {
  pending: 'to do',
  'in-flight': 'being done',
  unknown: 'no response yet; checking whether it went through',
  done: 'done',
  failed: 'FAILED',
  cancelled: 'not done',
}

/** More than one decision does not make; the message has 50 blocks in all. */
const linesShown = 20

/** True when an effect has failed, or has had no clear answer for so long that people were called. */
export function hasFailed(state: CardState): boolean {
  return state.work.some(({ status, unclearSince }) => status === 'failed' || unclearSince !== undefined)
}

/** True while something of what was decided is still to be done. */
export function isUnderWay(state: CardState): boolean {
  return state.work.some(({ status }) => status !== 'done' && status !== 'cancelled')
}

/** So many effects of one decision a card spells out: the rest stands below them as a number. */
const spelledOut = 6

/**
 * Returns the last move in one line, and what of its effects is not done, spelled out: never "Done" before it is. What
 * an earlier decision has left to be done stands below, by itself.
 */
export function lastLines(state: CardState): { readonly move?: string; readonly work: readonly string[] } {
  const own = state.work.filter(({ isOlder }) => !isOlder)
  const older = state.work.filter(({ isOlder }) => isOlder)
  const [move] = headingLines(state)
  const isDone = own.every(({ status }) => status === 'done')
  const how = own.length > 0 ? summary(own, state) : ''
  const line = isDone && move !== undefined && how !== '' ? `${move} · ${how}` : move
  const work = [
    ...(isDone && move !== undefined ? [] : how === '' ? [] : [how]),
    ...(isDone ? [] : spelled(own, state)),
    ...(older.length > 0 ? [`*Not finished, from before:* ${summary(older, state)}`] : []),
    ...spelled(older, state),
  ]
  return { ...(line !== undefined && { move: line }), work }
}

/** What failed or waits says more than what is done. */
function spelled(work: readonly WorkLine[], state: CardState): readonly string[] {
  // Nothing of it is done, and perhaps nothing of it will be.
  if (work.some(({ sendAt }) => sendAt !== undefined)) return []
  const more = work.length - spelledOut
  return [
    ...work.slice(0, spelledOut).map((line) => workLine(line, state)),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
}

/**
 * Returns the last move, by whom and when, then each of its effects with its status in words: never "Done" before it
 * is. What an earlier decision has left to be done stands below, by itself.
 */
export function workLines(state: CardState): readonly string[] {
  const shown = state.work.slice(0, linesShown)
  const more = state.work.length - shown.length
  const own = shown.filter(({ isOlder }) => !isOlder)
  const older = shown.filter(({ isOlder }) => isOlder)
  return [
    ...headingLines(state),
    ...(own.length > 0 ? [summary(own, state)] : []),
    ...own.map((line) => workLine(line, state)),
    ...(older.length > 0 ? ['*Not finished, from before:*', summary(older, state)] : []),
    ...older.map((line) => workLine(line, state)),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
}

/** A move that was taken back is what happened last; the card stands as it did before it. */
function headingLines(state: CardState): readonly string[] {
  const { takenBack } = state.request.facts
  if (takenBack) return [doneBy(state, takenBack.by, 'took back', takenBack.what, takenBack.at)]
  const lastMove = moveOf(state)
  return lastMove ? [doneBy(state, lastMove.by, 'chose', lastMove.what, lastMove.at)] : []
}

/** A ticket that was closed in Zendesk is headed by just that. */
function moveOf(state: CardState): Facts['lastMove'] {
  const { lastMove } = state.request.facts
  return lastMove?.by === state.request.source && ticketEndTitle(state) !== undefined ? undefined : lastMove
}

/** `@Ada chose *Start*, 1:38 PM`; what was seen and not chosen says by itself where it was. */
function doneBy(state: CardState, by: string, verb: string, what: string, when: Instant): string {
  const isPerson = readActor(by).kind === 'slack'
  const done = `*${escaped(what, 150)}*`
  return `${isPerson ? `${who(by)} ${verb} ${done}` : done}, ${at(state, when)}`
}

function summary(work: readonly WorkLine[], state: CardState): string {
  const sendAt = work.find((line) => line.sendAt !== undefined)?.sendAt
  if (sendAt !== undefined) return `*Reply goes out at ${second(state, sendAt)}.* Undo stops it.`
  const failed = work.filter(({ status }) => status === 'failed').length
  if (failed > 0)
    return `*${failed} of ${counted(work.length, 'step')} failed; the rest are waiting.* Fix the cause, then Try Again.`
  const done = work.filter(({ status }) => status === 'done').length
  if (done === work.length) return '*Done.*'
  const cancelled = work.filter(({ status }) => status === 'cancelled').length
  const word = done + cancelled === work.length ? 'Stopped' : 'In progress'
  return `*${word}:* ${done} of ${counted(work.length, 'step')} done.`
}

function workLine(line: WorkLine, state: CardState): string {
  const when = line.status === 'done' && line.at !== undefined ? ` ${at(state, line.at)}` : ''
  const why = reasonOf(line)
  const status =
    line.unclearSince === undefined
      ? statuses[line.status]
      : `NO CLEAR ANSWER since ${at(state, line.unclearSince)}, so it may be done or not`
  return `• ${escaped(line.what, 250)}: ${status}${when}${why === '' ? '' : `: ${sentence(why, 300)}`}`
}

/** Why it failed, why it never will be done, or why it has not been done yet where an attempt has said so. */
function reasonOf({ status, error, unclearSince }: WorkLine): string {
  if (unclearSince !== undefined) return error ?? ''
  if (status === 'failed') return error ?? 'no reason was given'
  return status === 'pending' || status === 'cancelled' ? (error ?? '') : ''
}
