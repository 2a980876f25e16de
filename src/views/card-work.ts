/** What has been decided and how far it is carried out: never "Done" before it is. */
import type { Facts } from '../engine/request.ts'
import type { CardState, WorkLine } from '../requests/card-states.ts'
import { counted } from './block-kit.ts'
import { at } from './clock-text.ts'
import { escaped, sentence, who } from './escape.ts'
import { ticketEndTitle } from './ticket-facts.ts'

const statuses: Readonly<Record<WorkLine['status'], string>> = {
  pending: 'to do',
  'in-flight': 'being done',
  unknown: 'no answer came, the outcome is being checked',
  done: 'done',
  failed: 'FAILED',
  cancelled: 'not done',
}

/** More than one decision does not make; the message has 50 blocks in all. */
const linesShown = 20

export function hasFailed(state: CardState): boolean {
  return state.work.some(({ status }) => status === 'failed')
}

/** Something of what was decided is still to be done. */
export function isUnderWay(state: CardState): boolean {
  return state.work.some(({ status }) => status !== 'done' && status !== 'cancelled')
}

/** The last move, by whom and when, then each of its effects with its status in words. */
export function workLines(state: CardState): readonly string[] {
  const lastMove = moveOf(state)
  const shown = state.work.slice(0, linesShown)
  const more = state.work.length - shown.length
  return [
    ...(lastMove
      ? [`*${escaped(lastMove.what, 150)}*${byText(lastMove.by)}, ${at(state, lastMove.at)}`]
      : []),
    ...(state.work.length > 0 ? [summary(state.work)] : []),
    ...shown.map((line) => workLine(line, state)),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
}

/** A ticket that was closed in Zendesk is headed by just that. */
function moveOf(state: CardState): Facts['lastMove'] {
  const { lastMove } = state.request.facts
  return lastMove?.by === state.request.source && ticketEndTitle(state) !== undefined ? undefined : lastMove
}

/** What the requester did says so by itself. */
function byText(by: string): string {
  return by === 'requester' ? '' : `, by ${who(by)}`
}

function summary(work: readonly WorkLine[]): string {
  const failed = work.filter(({ status }) => status === 'failed').length
  if (failed > 0)
    return `*${counted(failed, 'task')} of ${work.length} failed.* What comes after it waits: mend the cause, then Try Again.`
  const done = work.filter(({ status }) => status === 'done').length
  if (done === work.length) return '*Done.*'
  const cancelled = work.filter(({ status }) => status === 'cancelled').length
  const word = done + cancelled === work.length ? 'Stopped' : 'In progress'
  return `*${word}:* ${done} of ${counted(work.length, 'task')} done.`
}

function workLine(line: WorkLine, state: CardState): string {
  const when = line.status === 'done' && line.at !== undefined ? ` ${at(state, line.at)}` : ''
  const why = reasonOf(line)
  return `• ${escaped(line.what, 250)}: ${statuses[line.status]}${when}${why === '' ? '' : `: ${sentence(why, 300)}`}`
}

/** Why it failed, why it never will be done, or why it has not been done yet where an attempt has said so. */
function reasonOf({ status, error }: WorkLine): string {
  if (status === 'failed') return error ?? 'no reason was given'
  return status === 'pending' || status === 'cancelled' ? (error ?? '') : ''
}
