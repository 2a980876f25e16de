/** The card: the one message that stands for a request, drawn whole from its state. */

import type { ActionsBlock, Button, KnownBlock, Overflow } from '@slack/types'
import { stepOf } from '../desks/desk.ts'
import { fieldsOf } from '../engine/decision-rule.ts'
import { type Decision, requestName } from '../engine/flow.ts'
import type { CardState } from '../requests/card-states.ts'
import {
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
  buttonValueText,
  decideAction,
  detailsAction,
  menuAction,
  menuValueText,
  tryAgainAction,
} from './button-value.ts'
import {
  exceptionLines,
  flagLines,
  hasFailed,
  issueLines,
  isUnderWay,
  ticketEndTitle,
  workLines,
} from './card-facts.ts'
import { at, clockText } from './clock-text.ts'
import { isClosed, menuDecisions, type NamedDecision, otherDecisions, pinnedDecisions } from './decisions.ts'
import { confirmationText } from './effect-text.ts'
import { escaped, link, plain, sentence, who } from './escape.ts'

/** Draws the card. */
export function requestCard(state: CardState): Message {
  return {
    text: cardText(state),
    blocks: [...cardFacts(state), ...cardButtons(state)],
  }
}

/** Draws all of the card above its buttons. */
function cardFacts(state: CardState): KnownBlock[] {
  const clocks = isClosed(state)
    ? []
    : state.clocks.map(
        (clock) => `${clock.isOver ? '*' : ''}${clockText(clock, state)}${clock.isOver ? '*' : ''}`,
      )
  const [standing, work, flags] = [standingLines(state), workLines(state), flagLines(state)]
  const [exception, issue] = [exceptionLines(state), issueLines(state)]
  const shown = inRoom([standing, clocks, work, flags, exception, issue])
  const groups = [standing, clocks, flags, exception, issue, work].map((group) => shown.get(group) ?? [])
  return [header(titleText(state)), ...groups.flatMap(sections)]
}

/**
 * Keeps as many lines as a message holds, the first ones first: text from outside may be of any length, and gives
 * way to what the bot has to say.
 */
function inRoom(groups: readonly (readonly string[])[]): ReadonlyMap<readonly string[], readonly string[]> {
  let room = lineCharacters
  return new Map(
    groups.map((group) => {
      const shown = fitting(group, group.length, room)
      room -= shown.reduce((sum, line) => sum + line.length + 1, 0)
      const left = group.length - shown.length
      return [
        group,
        left === 0 ? shown : [...shown, `and ${counted(left, 'more line')}, too long for a card.`],
      ]
    }),
  )
}

/**
 * Draws the buttons: the pinned decisions in the first row, the others below with the menu last; Try Again alone once
 * it is closed.
 */
function cardButtons(state: CardState, details = isClosed(state) ? [] : detailsButton(state)): KnownBlock[] {
  const core = rowsOf(pinnedDecisions(state).map((one) => decisionButton(state, one)))
  const others = withMenu(
    withLast(rowsOf(otherDecisions(state).map((one) => decisionButton(state, one))), details),
    menuDecisions(state),
    state,
  )
  const again = hasFailed(state) ? rowsOf([tryAgainButton(state)]) : []
  const rows = [...core, ...others, ...again]
  return rows.length > 0 ? [divider, ...rows] : []
}

/** Returns the card's title: `#123 GitLab.com Account Deletion`, `Security ticket 456`. */
export function titleText(state: CardState): string {
  return worded(state, state.desk.words.title)
}

function worded({ request, flow }: CardState, words: string): string {
  return words.replace('{iid}', String(request.iid)).replace('{flow}', flow.title)
}

function cardText(state: CardState): string {
  const step = titleOf(state)
  const clock = state.clocks[0]
  const due = isClosed(state) || clock === undefined ? '' : ` ${clockText(clock, state)}.`
  const failed = hasFailed(state) ? ' Something failed: see the card.' : ''
  return `${escaped(titleText(state), 200)}: ${escaped(step, 150)}.${failed}${due}`
}

/** Returns the headline. A decision is not its effect: a request is closed when GitLab or Zendesk has closed it. */
function titleOf(state: CardState): string {
  const end = ticketEndTitle(state)
  if (end !== undefined) return end
  if (isClosed(state) && isUnderWay(state)) return 'Being closed: what is still to be done stands below'
  return stepOf(state)?.title ?? state.request.step
}

function standingLines(state: CardState): readonly string[] {
  const { request } = state
  const step = stepOf(state)
  const isDone = isClosed(state) && (!isUnderWay(state) || ticketEndTitle(state) !== undefined)
  const closedAt = isDone && request.closedAt !== undefined ? `, ${at(state, request.closedAt)}` : ''
  return [
    `*${escaped(titleOf(state), 150)}*${closedAt}`,
    ...(step ? [`Handbook: ${handbookLink(state, step.handbook ?? state.flow.handbook)}`] : []),
    [
      link(request.url, worded(state, state.desk.words.link)),
      // What is left of a business day depends on the time of day.
      ...(state.desk.deadline === undefined ? [`received ${at(state, request.createdAt)}`] : []),
      request.assignee === undefined ? 'claimed by nobody' : `claimed by ${who(request.assignee)}`,
    ].join(' · '),
  ]
}

/** A heading of the page, linked the way its site makes anchors: lower case, hyphens, no punctuation. */
function handbookLink({ desk }: CardState, heading: string): string {
  const anchor = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
  return link(`${desk.words.handbookPage}#${anchor}`, heading)
}

/** Draws the button of a decision, with the question before it where no modal asks. */
export function decisionButton(state: CardState, { name, decision }: NamedDecision): Button {
  const { request } = state
  const asks = fieldsOf(decision, state.request).length === 0
  const style = decision.style === 'primary' && isDone(decision, state) ? undefined : decision.style
  return {
    type: 'button',
    action_id: decideAction + name,
    text: plainText(decision.button, limits.button),
    value: buttonValueText({ requestId: request.id, decision: name, step: request.step }),
    ...(style && { style }),
    ...(asks && {
      confirm: {
        title: plainText(`${decision.button}: ${requestName(state.desk, request.iid)}`, limits.confirmTitle),
        text: {
          type: 'plain_text',
          text: confirmationText(state, decision, limits.confirmText),
          emoji: false,
        },
        confirm: plainText(decision.button, 30),
        deny: plainText('Cancel', 30),
        ...(style && { style }),
      },
    }),
  }
}

/** What is done already and may be done again is not the next step. */
function isDone({ goto, records }: Decision, { request }: CardState): boolean {
  const { started, reinstatementIssue } = request.facts
  if (goto !== undefined) return false
  return (
    (records === 'started' && started !== undefined) ||
    (records === 'reinstatement-link' && reinstatementIssue !== undefined)
  )
}

/** At the end of the last row, or in a row of its own where there is none. */
function withLast(rows: readonly ActionsBlock[], last: readonly Button[]): readonly ActionsBlock[] {
  const elements = [...(rows.at(-1)?.elements ?? []), ...last]
  return elements.length === 0 ? rows : [...rows.slice(0, -1), { type: 'actions', elements }]
}

/** The menu at the end of the last row. */
function withMenu(
  rows: readonly ActionsBlock[],
  decisions: readonly NamedDecision[],
  { request }: CardState,
): readonly ActionsBlock[] {
  if (decisions.length === 0) return rows
  // An overflow menu keeps no choice: the same can be chosen again after the modal was cancelled.
  const menu: Overflow = {
    type: 'overflow',
    action_id: menuAction,
    options: decisions.map(({ name, decision }) => ({
      text: plainText(decision.button, limits.button),
      value: menuValueText({ requestId: request.id, decision: name, step: request.step }),
    })),
  }
  return [...rows.slice(0, -1), { type: 'actions', elements: [...(rows.at(-1)?.elements ?? []), menu] }]
}

function tryAgainButton({ request }: CardState): Button {
  return {
    type: 'button',
    action_id: tryAgainAction,
    text: { type: 'plain_text', text: plain('Try Again', limits.button) },
    value: buttonValueText({ requestId: request.id, decision: tryAgainAction, step: request.step }),
  }
}

/** What the requester wrote, for whoever clicks and holds a role at the desk. */
function detailsButton({ desk, request }: CardState): readonly Button[] {
  const { details } = desk.words
  if (details === undefined) return []
  return [
    {
      type: 'button',
      action_id: detailsAction,
      text: plainText(details, limits.button),
      accessibility_label: plain(`${details}: ${requestName(desk, request.iid)}`, limits.button),
      value: buttonValueText({ requestId: request.id, decision: detailsAction, step: request.step }),
    },
  ]
}

const entriesShown = 10

/**
 * Draws the answer to `/privacy show` and `/security show`: the card's facts, why the clocks end when they end, the
 * last of the log, the buttons. `log` holds sentences, newest first.
 */
export function requestDetails(state: CardState, log: readonly string[]): Message {
  const clocks = state.clocks.map(
    (clock) => `• ${clockText(clock, state)}: “${sentence(clock.because, 200)}”`,
  )
  const entries = log.slice(0, entriesShown).map((entry) => `• ${sentence(entry, 250)}`)
  return {
    text: sentence(`${titleText(state)}: where it stands`),
    blocks: [
      ...cardFacts(state),
      divider,
      ...sections([
        '*Why the clocks end when they end*',
        ...(clocks.length > 0 ? clocks : ['no clock runs']),
      ]),
      ...sections(['*Last entries of its log*', ...(entries.length > 0 ? entries : ['nothing yet'])]),
      ...cardButtons(state, detailsButton(state)),
    ],
  }
}
