/** The answer to `/privacy show` and `/security show`: all that the card has no room for. */

import type { KnownBlock } from '@slack/types'
import { stepOf } from '../desks/desk.ts'
import type { CardState } from '../requests/card-states.ts'
import {
  charactersIn,
  counted,
  divider,
  fitting,
  header,
  lineCharacters,
  type Message,
  sections,
} from './block-kit.ts'
import { evidenceLines, flagLines, issueLines, workLines } from './card-facts.ts'
import { moment as at, clockText, logLine } from './clock-text.ts'
import { isClosed } from './decisions.ts'
import { escaped, link, sentence, who } from './escape.ts'
import {
  cardButtons,
  closedAtOf,
  endingOf,
  handbookLink,
  titleOf,
  titleText,
  worded,
} from './request-card.ts'

const entriesShown = 10

/**
 * Draws the request with every fact, its deadlines and why they end when they end, the last of the log, and the buttons. `log` holds
 * sentences, newest first.
 */
export function requestDetails(state: CardState, log: readonly string[]): Message {
  const clocks = state.clocks.map(
    (clock) => `• ${clockText(clock, state)}: “${sentence(clock.because, 200)}”`,
  )
  const entries = log.slice(0, entriesShown).map((entry) => `• ${logLine(entry, 250)}`)
  const head = header(titleText(state))
  const rest = [
    divider,
    ...sections(['*Deadlines*', ...(clocks.length > 0 ? clocks : ['None'])]),
    ...sections(['*History*', ...(entries.length > 0 ? entries : ['Nothing yet'])]),
    ...cardButtons(state, true),
  ]
  return {
    text: sentence(`${titleText(state)}: details`),
    blocks: [head, ...facts(state, lineCharacters - charactersIn([head, ...rest])), ...rest],
  }
}

function facts(state: CardState, room: number): KnownBlock[] {
  const [standing, work, flags] = [standingLines(state), workLines(state), flagLines(state)]
  const [exception, issue] = [evidenceLines(state), issueLines(state)]
  const shown = inRoom([standing, work, flags, exception, issue], room)
  const groups = [standing, flags, exception, issue, work].map((group) => shown.get(group) ?? [])
  return groups.flatMap(sections)
}

/** Keeps as many lines as there is room for, the first groups first. */
function inRoom(
  groups: readonly (readonly string[])[],
  most: number,
): ReadonlyMap<readonly string[], readonly string[]> {
  let room = most
  return new Map(
    groups.map((group) => {
      const shown = fitting(group, group.length, room)
      room -= shown.reduce((sum, line) => sum + line.length + 1, 0)
      const left = group.length - shown.length
      return [
        group,
        left === 0 ? shown : [...shown, `and ${counted(left, 'more line')}, too long for a message.`],
      ]
    }),
  )
}

function standingLines(state: CardState): readonly string[] {
  const { request } = state
  const step = stepOf(state)
  const closedAt = closedAtOf(state)
  const title = titleOf(state)
  const headline = isClosed(state) ? endingOf(state) : (state.next?.words ?? title)
  const stands = [
    ...(isClosed(state) || headline === title ? [] : [escaped(title, 150)]),
    ...(step ? [`Handbook: ${handbookLink(state, step.handbook ?? state.flow.handbook)}`] : []),
  ]
  return [
    `*${escaped(headline, 150)}*${closedAt === undefined ? '' : `, ${at(state, closedAt)}`}`,
    ...(stands.length > 0 ? [stands.join(' · ')] : []),
    [
      link(request.url, worded(state, state.desk.words.link)),
      `received ${at(state, request.createdAt)}`,
      request.assignee === undefined ? 'Unassigned' : `Assigned to ${who(request.assignee)}`,
    ].join(' · '),
  ]
}
