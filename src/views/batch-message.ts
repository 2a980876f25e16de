/** The compliance reports of a distribution day: the message of that day, its modal, and the answer to `/security batch`. */

import type { Button, KnownBlock, ModalView } from '@slack/types'
import { type DeskRules, requestName } from '../engine/flow.ts'
import { listed } from '../engine/request.ts'
import { secondsText, shortWeekdayText } from '../engine/time.ts'
import type { NamedDecision } from '../engine/traits.ts'
import type { BatchState } from '../requests/batches.ts'
import {
  charactersIn,
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
import { buttonValueText, decideAction, fieldBlock, fieldInput, readObject } from './button-value.ts'
import { escaped, link, plainChunks } from './escape.ts'

/** The action id of the button that opens the modal. */
export const batchAction = 'send-batch'
/** The callback id of the modal. */
export const batchCallback = 'send-batch'

type Report = BatchState['reports'][number]

/** A message has 50 blocks; each report with a button has one of its own. */
const reportsShown = 40
/** Beyond a hundred lines nobody reads on. */
const linesShown = 100
const button = 'All Sent'
const field = 'notice'

/** Draws the day's list, with a button for each report that is still to be sent, as far as Slack takes them. */
export function batchMessage(state: BatchState): Message {
  const title = titleOf(state)
  const unsent = unsentOf(state)
  // What is still to be done must not be what does not fit.
  const inOrder = [...unsent, ...state.reports.filter(({ isSent }) => isSent)]
  const allSent: Button = {
    type: 'button',
    action_id: batchAction,
    text: plainText(button, limits.button),
    value: state.day,
    style: 'primary',
  }
  const head = [header(title), ...sections([countText(state)])]
  const end = unsent.length > 1 ? [divider, ...rowsOf([allSent])] : []
  const room = lineCharacters - charactersIn([...head, ...end])
  const lines = fitting(
    inOrder.map((one) => reportLine(state.desk, one)),
    reportsShown,
    room,
  )
  const more = inOrder.length - lines.length
  return {
    text: `${title}: ${countText(state)}`,
    blocks: [
      ...head,
      ...reportBlocks(state, inOrder.slice(0, lines.length), room),
      ...(more > 0 ? sections([`and ${more} more: \`/security batch\` lists them.`]) : []),
      ...end,
    ],
  }
}

/** The first have their buttons; a line alone takes less room, so that none of the others is left out. */
function reportBlocks(state: BatchState, reports: readonly Report[], room: number): readonly KnownBlock[] {
  const all = reports.map((one) => ({ line: reportLine(state.desk, one), block: reportBlock(state, one) }))
  let left = room - charactersIn(sections(all.map(({ line }) => line)))
  const count = all.findIndex(({ line, block }) => {
    left -= charactersIn([block]) - line.length
    return left < 0
  })
  const drawn = count < 0 ? all : all.slice(0, count)
  return [...drawn.map(({ block }) => block), ...sections(all.slice(drawn.length).map(({ line }) => line))]
}

/** Draws the modal with the text that every requester is told, for the person to change. */
export function batchModal(state: BatchState, channel?: string): ModalView {
  const unsent = unsentOf(state)
  const names = unsent.map(({ request }) => requestName(state.desk, request.number))
  const asked = state.decision?.decision.fields?.find(({ name }) => name === field)
  const label = asked?.label ?? field
  const [draft] = plainChunks((asked?.kind === 'text' && asked.draft) || '', limits.textInput)
  return {
    type: 'modal',
    callback_id: batchCallback,
    private_metadata: JSON.stringify({ day: state.day, ...(channel !== undefined && { channel }) }),
    title: plainText(button, limits.modalTitle),
    submit: plainText(button, limits.modalTitle),
    close: plainText('Cancel', limits.modalTitle),
    blocks: [
      ...sections([`*${titleOf(state)}*`]),
      {
        type: 'input',
        block_id: fieldBlock + field,
        label: plainText(label, limits.inputLabel),
        hint: plainText('Sent on each ticket exactly as written.', limits.inputHint),
        element: {
          type: 'plain_text_input',
          action_id: fieldInput,
          multiline: true,
          max_length: limits.textInput,
          ...(draft !== undefined && { initial_value: draft }),
        },
      },
      divider,
      ...sections([
        `*When you confirm, on each of ${counted(unsent.length, 'ticket')}*`,
        '• E-mails your text to the requester.',
        '• Solves the ticket.',
        `Goes to: ${listed(names.slice(0, linesShown))}${names.length > linesShown ? `, and ${names.length - linesShown} more` : ''}.`,
      ]),
      ...waitBlocks(state),
    ],
  }
}

/** Each of them is a decision of its own, with its own Undo. */
function waitBlocks({ undoSeconds: seconds }: BatchState): readonly KnownBlock[] {
  if (seconds === undefined) return []
  return [
    context(
      `Each waits ${secondsText(seconds)} before it goes out. Until then, Undo on its card stops all of it.`,
    ),
  ]
}

/** Draws the answer to `/security batch`: each of the next distribution days with what is promised for it. */
export function batchAnswer(states: readonly BatchState[]): Message {
  const all = states.flatMap(({ desk, reports }) => reports.map((report) => `• ${reportLine(desk, report)}`))
  const fit = fitting(all, linesShown)
  let before = 0
  const lines = states.flatMap((state) => {
    const shown = fit.slice(before, before + state.reports.length)
    const more = state.reports.length - shown.length
    before += state.reports.length
    return [
      `*${onDay(state)}*: ${countText(state)}`,
      ...shown,
      ...(more > 0 ? [`and ${more} more: find them in Zendesk.`] : []),
    ]
  })
  return {
    text: 'Compliance reports of the next distribution days',
    blocks: [
      header('Compliance reports of the next distribution days'),
      ...sections(lines.length > 0 ? lines : ['No distribution day is known.']),
    ],
  }
}

/**
 * Reads the day, and where the modal was opened from, as the button or the modal carries it; undefined where it is
 * none of ours.
 */
export function readBatchValue(
  text: string | undefined,
): { readonly day: string; readonly channel?: string } | undefined {
  if (isDay(text)) return { day: text }
  const value = readObject(text)
  if (!value) return undefined
  const { day, channel } = value
  return isDay(day) ? { day, ...(typeof channel === 'string' && { channel }) } : undefined
}

function titleOf(state: BatchState): string {
  return `Reports due ${onDay(state)}`
}

/** Never half a year away. */
function onDay({ day }: BatchState): string {
  return shortWeekdayText(day, day)
}

function unsentOf({ reports }: BatchState): readonly Report[] {
  return reports.filter(({ isSent }) => !isSent)
}

function countText(state: BatchState): string {
  const { length } = state.reports
  if (length === 0) return 'no reports are promised.'
  const unsent = unsentOf(state).length
  if (unsent === 0) return `${counted(length, 'report')}, all sent.`
  return `${counted(length, 'report')}, ${unsent === length ? 'none sent yet' : `${unsent} still to be sent`}.`
}

/** `ticket 456 · SOC 2 Type 1 · not sent yet · Card` */
function reportLine(desk: DeskRules, { request, report, isSent, cardUrl }: Report): string {
  return [
    link(request.url, requestName(desk, request.number)),
    escaped(report, 60),
    isSent ? 'sent' : 'not sent yet',
    cardUrl === undefined ? 'no card' : link(cardUrl, 'Card'),
  ].join(' · ')
}

/** The same button as on the ticket's card. */
function reportBlock({ desk, decision: named }: BatchState, one: Report): KnownBlock {
  const { request, isSent } = one
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: reportLine(desk, one), verbatim: true },
    ...(isSent || !named ? {} : { accessory: reportButton(desk, request, named) }),
  }
}

function reportButton(
  desk: DeskRules,
  request: Report['request'],
  { name, decision }: NamedDecision,
): Button {
  return {
    type: 'button',
    action_id: decideAction + name,
    text: plainText(decision.button, limits.button),
    value: buttonValueText({ requestId: request.id, decision: name, step: request.step }),
    accessibility_label: plainText(`${decision.button}: ${requestName(desk, request.number)}`, limits.button)
      .text,
  }
}

function isDay(text: unknown): text is string {
  return typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text)
}
