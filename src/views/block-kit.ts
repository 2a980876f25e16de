/** The blocks that the views are made of, within Slack's limits: https://docs.slack.dev/reference/block-kit/blocks */

import type {
  ActionsBlock,
  Button,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  SectionBlock,
} from '@slack/types'
import { plain } from './escape.ts'

/**
 * The table of Slack's limits, in characters unless it says otherwise. Beyond them a whole message or modal is
 * refused.
 */
export const limits = {
  /** https://docs.slack.dev/reference/block-kit/block-elements/button-element: the words, and those for screen readers. */
  button: 75,
  /** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
  option: 75,
  /** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
  confirmTitle: 100,
  confirmText: 300,
  /** https://docs.slack.dev/reference/block-kit/blocks/header-block */
  header: 150,
  /** https://docs.slack.dev/reference/block-kit/composition-objects/text-object, as in a section or a context. */
  text: 3000,
  /** https://docs.slack.dev/reference/block-kit/blocks/input-block */
  inputLabel: 2000,
  inputHint: 2000,
  /** https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
  textInput: 3000,
  placeholder: 150,
  /** https://docs.slack.dev/reference/block-kit/blocks/image-block */
  imageAlt: 2000,
  /** https://docs.slack.dev/reference/block-kit/block-elements/radio-button-group-element, in options. */
  radioButtons: 10,
  /** https://docs.slack.dev/reference/views/modal-views: the title, and the words of both its buttons. */
  modalTitle: 24,
  /** The same page, in blocks. */
  modalBlocks: 100,
} as const

/** A message of Slack: its blocks, and the text that stands in for them. */
export interface Message {
  /** For notifications and screen readers. */
  readonly text: string
  readonly blocks: KnownBlock[]
}

/**
 * The characters that lines may take beside a header and a note or two. Slack refuses a message whose blocks hold
 * more characters together (`msg_blocks_too_long`). It does not say how many: measured were 11,341 to 13,200.
 */
export const lineCharacters = 9_500
/** Slack takes 25; five stand in one line on a desktop. */
const buttonsPerRow = 5

/** Makes a plain-text object, shortened to so many characters. */
export function plainText(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: plain(text, max), emoji: false }
}

/** Makes a header block, shortened to what it holds. */
export function header(text: string): HeaderBlock {
  return { type: 'header', text: plainText(text, limits.header) }
}

/** Counts all that blocks hold, the values of their buttons too: Slack does not say what it counts. */
export function charactersIn(blocks: readonly KnownBlock[]): number {
  let sum = 0
  JSON.stringify(blocks, (_key, value: unknown) => {
    if (typeof value === 'string') sum += value.length
    return value
  })
  return sum
}

/** Returns as many of the lines as a message holds, of at most so many. */
export function fitting(
  lines: readonly string[],
  most: number,
  characters = lineCharacters,
): readonly string[] {
  let room = characters
  const count = lines.findIndex((line) => {
    room -= line.length + 1
    return room < 0
  })
  return lines.slice(0, count < 0 ? most : Math.min(most, count))
}

/**
 * Puts lines of mrkdwn into as many sections as they need; `verbatim` keeps Slack from making links of bare
 * addresses.
 */
export function sections(lines: readonly string[]): SectionBlock[] {
  const texts: string[] = []
  for (const line of lines) {
    const last = texts.at(-1)
    if (last !== undefined && last.length + 1 + line.length <= limits.text)
      texts[texts.length - 1] = `${last}\n${line}`
    else texts.push(line)
  }
  return texts.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }))
}

/** Makes a section of a text that keeps its lines and is shown as it is. */
export function quoted(text: string): SectionBlock {
  return { type: 'section', text: { type: 'plain_text', text, emoji: false } }
}

/**
 * Makes a frame around a text that is shown as it is: Slack draws a bar beside it, and reads no mention, link or mark in
 * it. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
export function framed(text: string): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_quote', elements: [{ type: 'text', text }] }],
  }
}

/** Makes a context block of one line of mrkdwn. */
export function context(text: string): ContextBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] }
}

/** The line between two parts of a message. */
export const divider: DividerBlock = { type: 'divider' }

/** Puts buttons into as few rows as hold them, of about the same length: six stand 3 + 3. */
export function rowsOf(buttons: readonly Button[]): ActionsBlock[] {
  const perRow = Math.ceil(buttons.length / Math.ceil(buttons.length / buttonsPerRow))
  const rows: ActionsBlock[] = []
  for (let start = 0; start < buttons.length; start += perRow)
    rows.push({ type: 'actions', elements: buttons.slice(start, start + perRow) })
  return rows
}

/** Returns a number with its noun: `1 day`, `2 days`, `2 criteria`. */
export function counted(count: number, noun: string, several = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : several}`
}
