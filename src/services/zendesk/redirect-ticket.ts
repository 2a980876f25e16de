/** Sends the writer of a ticket to the form: one public comment, and the ticket is solved. */
import { createHash } from 'node:crypto'
import type { RedirectTicket, RedirectTo, ticketEffects } from '../../engine/effects/tickets.ts'
import type { TicketElsewhere } from '../../requests/redirect-ticket.ts'
import type { RedirectPreview } from '../../views/redirect-modal.ts'
import { CallFailed } from '../call-failed.ts'
import type { Done, Entry, HandlersOf, Stopped } from '../effect-handler.ts'
import { CannotDo } from '../failure.ts'
import type { Audit, CustomField, MacroEffect, Ticket } from './answers.ts'
import type { TicketUpdate, Zendesk } from './client.ts'
import { connected, type MacroName, ownUpdate, type ZendeskContext } from './effect-context.ts'
import { asSaidOf, isConflict, onTicket } from './failure.ts'
import { expectAll, expectAllOf, LeftOut } from './left-out.ts'
import { recipientsOf } from './show-ticket.ts'
import type { TicketReader } from './ticket-reader.ts'

/** The settings of the redirect: the team's macros and the form. */
export type Redirecting = Pick<ZendeskContext, 'macros' | 'formUrl'>

/** The handler of the effect that sends a ticket's writer to the form. */
export function redirectTicket(
  context: Redirecting & Pick<ZendeskContext, 'zendesk'>,
): HandlersOf<typeof ticketEffects>['redirect-ticket'] {
  return {
    async execute(entry, work) {
      const zendesk = connected(context)
      const { preview, update } = await redirectReply(context, zendesk, work)
      if (preview !== work.preview)
        throw new CannotDo(
          `A macro has changed since you were shown the text for ticket ${work.ticket}. Nothing was sent or changed. Run the command again.`,
        )
      try {
        const { updatedStamp } = work
        const asked = { status: 'solved', ...update }
        const updated = await zendesk.updateTicket(work.ticket, { ...asked, updatedStamp, opId: entry.opId })
        return await cameOf(work, updated, () => expectAll(work.ticket, asked, updated))
      } catch (error) {
        if (!isConflict(error)) throw asSaidOf(work.ticket, error)
        return (await found(zendesk, entry, work)) ?? changedMeanwhile(work)
      }
    },

    async verify(entry, work) {
      return found(connected(context), entry, work)
    },
  }
}

/** The reply with everything else that the macros change. */
export interface RedirectReply {
  /** As a person reads it; HTML of a macro without its marks. */
  readonly text: string
  /** Fingerprint of what is sent. */
  readonly preview: string
  readonly update: Pick<TicketUpdate, 'comment' | 'customFields' | 'tags'>
}

/** Composes the reply that the ticket's writer gets. Throws `CannotDo` where a macro can't be applied. */
async function redirectReply(
  { macros, formUrl }: Redirecting,
  zendesk: Zendesk,
  { ticket: id, to }: Pick<RedirectTicket, 'ticket' | 'to'>,
): Promise<RedirectReply> {
  const wanted: readonly MacroName[] = to === 'both' ? ['deletion', 'access'] : [to]
  const known = wanted.flatMap((name) => macros[name] ?? [])
  if (known.length === 0) return replyOf([ownReply(to, formUrl)], {})
  const ticket = await onTicket(id, () => zendesk.ticket(id))
  const parts: Part[] = []
  const effects: MacroEffect[] = []
  for (const name of wanted) {
    const macro = macros[name]
    const effect = macro === undefined ? undefined : await applied(zendesk, ticket, name, macro)
    if (effect) effects.push(effect)
    parts.push(effect?.comment ?? ownReply(name, formUrl))
  }
  return replyOf(parts, changesOf(ticket, effects))
}

/** The SHA-256 of a comment, by which the text that was shown and the one that is sent are known to be the same. */
export function fingerprint(comment: NonNullable<TicketUpdate['comment']>): string {
  return createHash('sha256').update(JSON.stringify(comment)).digest('hex')
}

function replyOf(
  parts: readonly Part[],
  changes: Pick<TicketUpdate, 'customFields' | 'tags'>,
): RedirectReply {
  const comment = { ...joined(parts), public: true }
  return {
    text: parts.map(({ body }) => body).join('\n\n'),
    preview: fingerprint(comment),
    update: { comment, ...changes },
  }
}

/** The macro's effect, which has a comment that the requester may read. */
async function applied(
  zendesk: Zendesk,
  { id }: Ticket,
  name: MacroName,
  macro: number,
): Promise<MacroEffect> {
  const where = `Macro ${macro} (zendesk-macros.${name} in config/desk.yaml)`
  const effect = await zendesk.macroEffect(id, macro).catch((error: unknown) => {
    if (error instanceof CallFailed && error.kind === 'not-done' && error.status !== 401)
      throw new CannotDo(
        `${where} can’t be applied (${error.status}): it’s gone, switched off, or not shared with the bot’s account. Ask your admins to correct it, then run the command again.`,
        { cause: error },
      )
    throw error
  })
  if (!effect.comment)
    throw new CannotDo(
      `${where} writes no comment, so the requester wouldn’t know why. Ask your admins to give it one, then run the command again.`,
    )
  if (effect.comment.public === false)
    throw new CannotDo(
      `${where} writes an internal comment, which the requester doesn’t get. Ask your admins to make it public, then run the command again.`,
    )
  return effect
}

async function found(
  zendesk: Zendesk,
  { opId }: Entry,
  work: RedirectTicket,
): Promise<Done | Stopped | undefined> {
  const own = await ownUpdate(zendesk, work.ticket, opId)
  if (!own) return undefined
  const asked = { comment: { body: '', public: true }, status: 'solved' }
  return cameOf(work, own, () => expectAllOf(zendesk, work.ticket, asked, own))
}

/** Once the requester has the answer it is done, whatever else is left to do: it is an e-mail, and not sent again. */
async function cameOf(
  work: RedirectTicket,
  { isCommentPublic }: Pick<Audit, 'isCommentPublic'>,
  look: () => void | Promise<void>,
): Promise<Done | Stopped> {
  try {
    await look()
    return doneWith(work)
  } catch (error) {
    if (error instanceof LeftOut)
      return error.isUnsent ? { stopped: error.message, alone: true } : doneWith(work, error.message)
    if (!(error instanceof CallFailed) || error.kind !== 'not-done' || isCommentPublic === false) throw error
    return doneWith(
      work,
      `Zendesk doesn’t let the bot see whether all of it was done (${error.status}). The requester has the answer, and it is not sent again. See for yourself whether the ticket is solved.`,
    )
  }
}

function doneWith({ ticket, to }: RedirectTicket, leftOut?: string): Done {
  return { result: { ticket, to }, ...(leftOut !== undefined && { leftOut }) }
}

function changedMeanwhile({ ticket }: RedirectTicket): never {
  throw new CannotDo(
    `Somebody changed ticket ${ticket} in the meantime. Nothing was sent or changed. Read the ticket, then run the command again.`,
  )
}

/** The content of a comment: text, or HTML where a macro has it. */
interface Part {
  readonly body: string
  readonly htmlBody?: string
}

const requests: Readonly<Record<RedirectTo, string>> = {
  deletion: 'Requests to delete an account',
  access: 'Requests for access to personal data',
  both: 'Requests to delete an account and requests for access to personal data',
}

const submit: Readonly<Record<RedirectTo, string>> = {
  deletion: 'Please submit your request there',
  access: 'Please submit your request there',
  both: 'Please submit each of your requests there, one at a time',
}

/**
 * The reply for teams without a macro of their own. The handbook has no text for tickets; its tone is that of its
 * replies.
 */
export function ownReply(to: RedirectTo, formUrl: string): Part {
  return {
    body: [
      'Greetings,',
      `Thank you for contacting us. ${requests[to]} are processed through our Personal Data Request form, not through support tickets, since we have to verify first that the account is yours. ${submit[to]}:`,
      formUrl,
      'Doing so will allow us to process your request more quickly and securely. This ticket will now be marked as solved. Thank you!',
      'Regards,',
    ].join('\n\n'),
  }
}

/** One after the other, in one comment: as HTML when one of them is. */
export function joined(parts: readonly Part[]): { readonly body: string } | { readonly htmlBody: string } {
  if (parts.every(({ htmlBody }) => htmlBody === undefined))
    return { body: parts.map(({ body }) => body).join('\n\n') }
  return { htmlBody: parts.map(({ body, htmlBody }) => htmlBody ?? asHtml(body)).join('\n') }
}

function asHtml(text: string): string {
  const paragraphs = text.trim().split(/\r?\n[ \t]*\r?\n/)
  return paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph).replace(/\r?\n/g, '<br>')}</p>`).join('\n')
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/**
 * Returns the changes that macros make in a ticket beside its comment: applying one only shows the ticket as it would be
 * afterwards. The macros apply one after the other; unchanged fields are not sent.
 */
function changesOf(
  ticket: Ticket,
  effects: readonly MacroEffect[],
): Pick<TicketUpdate, 'customFields' | 'tags'> {
  const customFields = changedFields(ticket, effects)
  const tags = changedTags(ticket, effects)
  return { ...(customFields.length > 0 ? { customFields } : {}), ...(tags ? { tags } : {}) }
}

function changedFields(
  { customFields = [] }: Ticket,
  effects: readonly MacroEffect[],
): readonly CustomField[] {
  const before = new Map(customFields.map((field) => [field.id, textOf(field)]))
  const changed = effects
    .flatMap((effect) => effect.customFields)
    .filter((field) => textOf(field) !== (before.get(field.id) ?? 'null'))
  return [...new Map(changed.map((field) => [field.id, field])).values()]
}

function textOf({ value }: CustomField): string {
  return JSON.stringify(value)
}

/** The whole set, since Zendesk replaces it; undefined where it stays. */
function changedTags(
  { tags: before = [] }: Ticket,
  effects: readonly MacroEffect[],
): readonly string[] | undefined {
  const told = effects.flatMap(({ tags }) => (tags ? [tags] : []))
  const kept = before.filter((tag) => told.every((tags) => tags.includes(tag)))
  const added = told.flat().filter((tag) => !before.includes(tag))
  const after = [...new Set([...kept, ...added])]
  return added.length === 0 && kept.length === before.length ? undefined : after
}

// A ticket that may belong on the form, read when somebody asks for it: how it stands, and what its writer would get.

interface ReadElsewhere {
  readonly ticket: Ticket
  readonly stands: TicketElsewhere
}

/** Reads a ticket with whether it is in the queue. Throws `CallFailed`. */
export async function readElsewhere(reader: TicketReader, number: number): Promise<ReadElsewhere> {
  const ticket = await reader.zendesk.ticket(number)
  const { status, createdAt } = ticket
  const url = `${reader.url}/agent/tickets/${number}`
  const isInQueue = await isFound(reader, ticket)
  return { ticket, stands: { number, url, status, createdAt, isInQueue } }
}

/**
 * Search knows no id (https://support.zendesk.com/hc/en-us/articles/4408886879258), so the queue is asked for what was
 * created in the ticket's own second or beside it.
 */
async function isFound({ zendesk, query }: TicketReader, { id, createdAt }: Ticket): Promise<boolean> {
  const at = Date.parse(createdAt)
  const day = (ms: number) => new Date(at + ms).toISOString().replace(/\.\d+Z$/, 'Z')
  const found = zendesk.search(`${query} created>=${day(-1_000)} created<=${day(1_000)}`)
  for await (const page of found) if (page.some((ticket) => ticket.id === id)) return true
  return false
}

/** Composes the preview of a redirect. Throws `CallFailed`, and `CannotDo` where a macro can't be applied. */
export async function previewOf(
  reader: TicketReader,
  redirecting: Redirecting,
  { ticket }: ReadElsewhere,
  to: RedirectTo,
): Promise<Omit<RedirectPreview, 'button'>> {
  const [recipients, { text, preview }] = await Promise.all([
    recipientsOf(reader, ticket),
    redirectReply(redirecting, reader.zendesk, { ticket: ticket.id, to }),
  ])
  return {
    ticket: ticket.id,
    to,
    subject: ticket.subject,
    recipients,
    text,
    preview,
    stamp: ticket.updatedAt,
  }
}

/** The sentence that tells a person why the ticket can't be read and that nothing was sent. */
export function unreadableElsewhere({ status, kind }: CallFailed, number: number): string {
  if (kind !== 'not-done')
    return `Zendesk can’t be read right now, so I can’t show ticket ${number}. Nothing was sent or changed. Run the command again in a few minutes.`
  if (status === 404)
    return `I can’t find ticket ${number} (Zendesk: 404); it may have been deleted. Nothing was sent or changed. Check the number, then run the command again.`
  if (status === 401)
    return `Zendesk doesn’t accept the bot’s token (401), so I can’t read ticket ${number}. Nothing was sent or changed. Tell your admins.`
  return `Zendesk doesn’t let the bot read ticket ${number} (${status}). Nothing was sent or changed. Ask your admins to give the bot’s account access to it.`
}
