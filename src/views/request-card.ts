/**
 * The card: the one message that stands for a request, drawn whole from its state. It says what comes next, whose turn
 * it is and until when, then what matters now, then the buttons; all else is a command away.
 */

import type { ActionsBlock, Button, KnownBlock, Overflow } from '@slack/types'
import { showCommand, stepOf } from '../desks/desk.ts'
import { type Decision, own, requestName } from '../engine/flow.ts'
import type { Instant } from '../engine/time.ts'
import type { CardState } from '../requests/card-states.ts'
import {
  context,
  counted,
  divider,
  fitting,
  header,
  limits,
  lineCharacters,
  type Message,
  plainText,
  rowsOf,
  sections,
} from './block-kit.ts'
import {
  assignAction,
  buttonValueText,
  claimAction,
  decideAction,
  detailsAction,
  menuAction,
  menuValueText,
  releaseAction,
  tryAgainAction,
  undoAction,
} from './button-value.ts'
import {
  exceptionLines,
  flagLines,
  hasFailed,
  issueLines,
  isUnderWay,
  lastLines,
  ticketEndTitle,
} from './card-facts.ts'
import { dueText, moment } from './clock-text.ts'
import {
  buttonNote,
  isClosed,
  menuDecisions,
  type NamedDecision,
  nextDecision,
  otherDecisions,
  pinnedDecisions,
} from './decisions.ts'
import { escaped, link, plain, who } from './escape.ts'

/** The most lines that a card has on a desktop: with its buttons as much as a phone shows at once. */
const mostLines = 12

/** Draws the card. */
export function requestCard(state: CardState): Message {
  return { text: cardText(state), blocks: [...cardLines(state), ...cardButtons(state)] }
}

function cardLines(state: CardState): KnownBlock[] {
  const headline = headlineOf(state)
  const about = [dueText(state), aboutLine(state)].filter((line) => line !== undefined)
  const { move, work } = lastLines(state)
  const flags = flagLines(state)
  const issues = issueLines(state)
  const head = [header(titleText(state)), ...sections([headline]), context(about.join(' · '))]
  if (isClosed(state) && state.next === undefined)
    return [...head, ...sections(lastOfClosed(state, flags, move, work))]
  const room = mostLines - 3 - (move === undefined ? 0 : 1)
  // What failed or is being done comes first.
  const shown = inRoom([work, flags, exceptionLines(state), issues], room, state)
  const done = shown.get(work) ?? []
  const matters = [...shown].flatMap(([group, lines]) => (group === work ? [] : lines))
  return [...head, ...sections(matters), ...sections([...(move === undefined ? [] : [move]), ...done])]
}

/** The one line below the end of a closed request: what somebody should still know of it, else who did it and when. */
function lastOfClosed(
  state: CardState,
  flags: readonly string[],
  move: string | undefined,
  work: readonly string[],
): readonly string[] {
  const { desk, request } = state
  // What came to nothing, or came after the end, says more than how it ended.
  if (move !== undefined && work.length > 0) return [[move, ...work].join(' · ')]
  if (ticketEndTitle(state) !== undefined && move !== undefined) return [move]
  const [flag, ...more] = flags
  if (flag === undefined) return move === undefined ? [] : [move]
  const rest = more.length === 0 ? '' : ` · and ${more.length} more: \`${showCommand(desk, request.number)}\``
  return [`${flag}${rest}`]
}

/**
 * Keeps as many lines as there is room for, the first groups first, and says how to see the rest. Text from outside may
 * be of any length, and gives way to what the bot has to say.
 */
function inRoom(
  groups: readonly (readonly string[])[],
  most: number,
  { desk, request }: CardState,
): ReadonlyMap<readonly string[], readonly string[]> {
  const all = groups.reduce((sum, group) => sum + group.length, 0)
  let room = all > most ? most - 1 : most
  let characters = lineCharacters
  const shown = groups.map((group) => {
    const lines = fitting(group, room, characters)
    room -= lines.length
    characters -= lines.reduce((sum, line) => sum + line.length + 1, 0)
    return [group, lines] as const
  })
  const left = all - shown.reduce((sum, [, lines]) => sum + lines.length, 0)
  const rest = [`and ${counted(left, 'more line')}: \`${showCommand(desk, request.number)}\``]
  return new Map<readonly string[], readonly string[]>([
    ...shown,
    ...(left > 0 ? [[rest, rest] as const] : []),
  ])
}

/** Returns the card's title: `#123 GitLab.com Account Deletion`, `Security ticket 456`. */
export function titleText(state: CardState): string {
  return worded(state, state.desk.words.title)
}

/** Fills the request's number and type into words of its desk. */
export function worded({ request, flow }: CardState, words: string): string {
  return words.replace('{number}', String(request.number)).replace('{flow}', flow.title)
}

/** For notifications and screen readers: where it stands, and what comes next. */
function cardText(state: CardState): string {
  const { next, request } = state
  const due = next && dueText(state)
  const until = due === undefined ? '' : ` ${spoken(due)}.`
  const failed = hasFailed(state) ? ' Something failed: see the card.' : ''
  const whose = request.assignee === undefined ? '' : ` Assigned to ${who(request.assignee)}.`
  const then = next ? ` ${escaped(next.words, 150)}.${whose}${until}` : ''
  const stands = next?.words === titleOf(state) ? '' : ` ${escaped(titleOf(state), 150)}.`
  return `${escaped(titleText(state), 200)}:${stands}${failed}${then}`
}

/** Without marks, and the dates as the team has them. */
function spoken(line: string): string {
  return line.replace(/<!date\^[^|]*\|([^>]*)>/g, '$1').replaceAll('*', '')
}

/** What comes next and who has it; of a closed request on which nothing is left to decide how it ended and when. */
function headlineOf(state: CardState): string {
  const { next, request } = state
  const isToFinish = next?.kind === 'finish' && ticketEndTitle(state) === undefined
  if (isClosed(state) && !isToFinish) {
    const closedAt = closedAtOf(state)
    const when = closedAt === undefined ? '' : `, ${moment(state, closedAt)}`
    return `*${escaped(endingOf(state), 150)}*${when}`
  }
  const words = next?.words ?? titleOf(state)
  const whose = request.assignee === undefined ? 'Unassigned' : `Assigned to ${who(request.assignee)}`
  return `*${escaped(words, 150)}* · ${whose}`
}

/** Returns when a request was closed; undefined while it is open, and as long as its close is not done. */
export function closedAtOf(state: CardState): Instant | undefined {
  const isDone = isClosed(state) && (!isUnderWay(state) || ticketEndTitle(state) !== undefined)
  return isDone ? state.request.closedAt : undefined
}

/** Returns how a request ended: `Closed: denied, no response`, `Closed: duplicate of #15`, `Solved in Zendesk`. */
export function endingOf(state: CardState): string {
  const { endedBy, closedFrom = '' } = state.request.facts
  const from = own(state.flow.steps, closedFrom)?.decisions ?? {}
  const decision = endedBy && (own(from, endedBy.decision) ?? own(state.flow.anytime, endedBy.decision))
  const title = titleOf(state)
  if (decision?.ends === undefined || ticketEndTitle(state) !== undefined || stepOf(state)?.outcome)
    return title
  return `${isUnderWay(state) ? 'Closing' : title}: ${decision.ends.replace('#{of}', endedBy?.of === undefined ? 'another' : `#${endedBy.of}`)}`
}

/** Returns where it stands. A decision is not its effect: a request is closed when GitLab or Zendesk has closed it. */
export function titleOf(state: CardState): string {
  const end = ticketEndTitle(state)
  if (end !== undefined) return end
  if (isClosed(state) && isUnderWay(state)) return 'Closing: what is left to do is below'
  return stepOf(state)?.title ?? state.request.step
}

function aboutLine(state: CardState): string {
  const { request, flow } = state
  return [
    link(request.url, worded(state, state.desk.words.link)),
    `Handbook: ${handbookLink(state, stepOf(state)?.handbook ?? flow.handbook)}`,
  ].join(' · ')
}

/** A heading of the page, linked the way its site makes anchors: lower case, hyphens, no punctuation. */
export function handbookLink({ desk }: CardState, heading: string): string {
  const anchor = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
  return link(`${desk.words.handbookPage}#${anchor}`, heading)
}

/**
 * Draws the buttons: what comes next first, then Claim and the step's other decisions, then the pinned ones; what is
 * rare stands in a menu at the end of either row.
 */
export function cardButtons(state: CardState, hasDetails = !isClosed(state)): KnownBlock[] {
  const next = nextDecision(state)
  const pinned = pinnedDecisions(state)
  const nextFirst = next && pinned.some(({ name }) => name === next.name) ? [next] : []
  const [aside, ends] = menuDecisions(state)
  const first = [
    ...(hasFailed(state) ? [tryAgainButton(state)] : []),
    ...undoButton(state),
    ...[...nextFirst, ...otherDecisions(state)].map((one) => decisionButton(state, one)),
  ]
  const claim = isClosed(state) ? [] : [actionButton(state, claimAction, 'Claim')]
  const at = first.length > 0 ? 1 : 0
  const whole = state.request.assignee === undefined ? first.toSpliced(at, 0, ...claim) : first
  const { details } = state.desk.words
  const shows = hasDetails && details !== undefined ? [actionButton(state, detailsAction, details)] : []
  const work = [...whole, ...shows]
  const core = pinned.filter(({ name }) => !nextFirst.some((one) => one.name === name))
  const rows = [
    ...withMenu(rowsOf(work), asideOptions(state, aside ?? [])),
    ...withMenu(rowsOf(core.map((one) => decisionButton(state, one))), optionsOf(state, ends ?? [])),
  ]
  return rows.length > 0 ? [divider, ...rows] : []
}

/** Draws the button of a decision. It asks nothing itself: the modal that it opens does, once nothing speaks against it. */
export function decisionButton(state: CardState, named: NamedDecision): Button {
  const { name, decision } = named
  const { request } = state
  const note = buttonNote(state, named)
  // Nobody is urged to go on with what is held on purpose.
  const isNext = !hasFailed(state) && state.next?.kind !== 'paused' && nextDecision(state)?.name === name
  const style = isNext ? 'primary' : decision.style === 'danger' && note === undefined ? 'danger' : undefined
  return {
    ...button(state, decideAction + name, decision.button + (note === undefined ? '' : ` · ${note}`)),
    value: buttonValueText({ requestId: request.id, decision: name, step: request.step }),
    ...(style && { style }),
  }
}

/** A screen reader says the request with every button: there are many cards in a channel. */
function button({ desk, request }: CardState, actionId: string, text: string): Button {
  return {
    type: 'button',
    action_id: actionId,
    text: plainText(text, limits.button),
    accessibility_label: plain(`${text}, ${requestName(desk, request.number)}`, limits.button),
  }
}

/** A button of the card that is no decision. */
function actionButton(state: CardState, action: string, text: string): Button {
  const { id: requestId, step } = state.request
  return { ...button(state, action, text), value: buttonValueText({ requestId, decision: action, step }) }
}

function tryAgainButton(state: CardState): Button {
  return { ...actionButton(state, tryAgainAction, 'Try Again'), style: 'primary' }
}

/** It carries what it undoes: another decision may have come when it is clicked. */
function undoButton(state: CardState): readonly Button[] {
  const { canBeUndone: decision, request } = state
  if (decision === undefined) return []
  const value = buttonValueText({ requestId: request.id, decision, step: request.step })
  return [{ ...button(state, undoAction, 'Undo'), value }]
}

type Option = NonNullable<Overflow['options']>[number]

function optionsOf(state: CardState, decisions: readonly NamedDecision[]): readonly Option[] {
  return decisions.map(({ name, decision }) => option(state, name, decision))
}

/** Whose it is stands with what asks or holds: neither leads the request on. */
function asideOptions(state: CardState, decisions: readonly NamedDecision[]): readonly Option[] {
  if (isClosed(state)) return optionsOf(state, decisions)
  return [
    ...optionsOf(state, decisions),
    option(state, assignAction, { button: 'Assign…' }),
    ...(state.request.assignee === undefined ? [] : [option(state, releaseAction, { button: 'Unassign' })]),
  ]
}

function option({ request }: CardState, name: string, decision: Pick<Decision, 'button'>): Option {
  return {
    text: plainText(decision.button, limits.option),
    value: menuValueText({ requestId: request.id, decision: name, step: request.step }),
  }
}

/** The menu at the end of the last row. An overflow keeps no choice: the same can be chosen again after a Cancel. */
function withMenu(rows: readonly ActionsBlock[], options: readonly Option[]): readonly ActionsBlock[] {
  if (options.length === 0) return rows
  const menu: Overflow = { type: 'overflow', action_id: menuAction, options: [...options] }
  return [...rows.slice(0, -1), { type: 'actions', elements: [...(rows.at(-1)?.elements ?? []), menu] }]
}
