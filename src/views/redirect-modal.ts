/** The modal before a ticket's writer is sent to the form. It shows who gets the text, and the text word for word. */

import type { ModalView } from '@slack/types'
import type { RedirectTo } from '../engine/effects/tickets.ts'
import { type Instant, secondsText } from '../engine/time.ts'
import { context, divider, framed, limits, plainText, sections } from './block-kit.ts'
import { readObject } from './button-value.ts'
import { plainChunks } from './escape.ts'
import { ticketHead } from './ticket-blocks.ts'

/** A ticket and the text for it, as they were read for one person. */
export interface RedirectPreview {
  /** Of the decision. */
  readonly button: string
  readonly ticket: number
  readonly to: RedirectTo
  readonly subject: string
  /** The requester first, then whoever is in copy. */
  readonly recipients: readonly string[]
  readonly text: string
  /** Fingerprint of what would be sent. */
  readonly preview: string
  /** The instant at which the ticket had last changed. */
  readonly stamp: Instant
  /** So long it waits before it goes out; left out: it goes out at once. */
  readonly undoSeconds?: number
}

/** The value that the modal carries back. */
export type RedirectValue = Pick<RedirectPreview, 'ticket' | 'to' | 'preview' | 'stamp'> & {
  readonly channel?: string
}

/** The callback id of the modal. */
export const redirectCallback = 'redirect-ticket'

/** Of the modal's 100 blocks: the others hold its addresses and the question. */
const textBlocks = 90

/** Draws the modal; `channel` is where its answer goes. */
export function redirectModal(shown: RedirectPreview, channel: string | undefined): ModalView {
  const { button, ticket, to, text, preview, stamp, undoSeconds } = shown
  const value: RedirectValue = { ticket, to, preview, stamp, ...(channel !== undefined && { channel }) }
  return {
    type: 'modal',
    callback_id: redirectCallback,
    private_metadata: JSON.stringify(value),
    title: plainText(button, limits.modalTitle),
    submit: plainText(button, limits.modalTitle),
    close: plainText('Cancel', limits.modalTitle),
    blocks: [
      ...sections([`*Ticket ${ticket}*`]),
      ...ticketHead(shown, true),
      divider,
      ...sections([
        '*When you confirm*',
        `• Sends this text as a public comment on ticket ${ticket}, which is an e-mail to them.`,
        `• Solves ticket ${ticket}.`,
      ]),
      ...plainChunks(text, limits.text).slice(0, textBlocks).map(framed),
      ...(undoSeconds === undefined
        ? []
        : [
            context(
              `Waits ${secondsText(undoSeconds)} before it goes out. Until then, Undo in the answer you get stops all of it.`,
            ),
          ]),
    ],
  }
}

/** Reads the value as it was written, or returns undefined where it is none of ours. */
export function readRedirectValue(text: string): RedirectValue | undefined {
  const value = readObject(text)
  if (!value) return undefined
  const { ticket, to, preview, stamp, channel } = value
  if (typeof ticket !== 'number' || typeof preview !== 'string' || typeof stamp !== 'string') return undefined
  if (to !== 'deletion' && to !== 'access' && to !== 'both') return undefined
  return { ticket, to, preview, stamp, ...(typeof channel === 'string' && { channel }) }
}
