/**
 * Zendesk answers 200 to an update of which it leaves a part out: an account that may write only internal comments, a
 * trigger that sets a status or a tag back. What was asked for is compared with what came of it. An answer that the
 * requester has is an e-mail, so it is never sent once more for the rest.
 */

import { CannotDo } from '../failure.ts'
import type { Audit, CustomField, Ticket, UpdatedTicket } from './answers.ts'
import type { TicketUpdate, Zendesk } from './client.ts'
import { sendersAmong } from './ticket-reader.ts'

type Asked = Pick<TicketUpdate, 'comment' | 'status' | 'groupId' | 'tags' | 'customFields'>

/** Zendesk left something out of an update that it has made. */
export class LeftOut extends CannotDo {
  /** The requester got nothing. */
  readonly isUnsent: boolean

  constructor(sentence: string, isUnsent: boolean) {
    super(sentence)
    this.isUnsent = isUnsent
  }
}

/** Throws `LeftOut` with what is missing, and what a person does about it. `then`: what they do last of all. */
export function expectAll(id: number, asked: Asked, updated: UpdatedTicket, then?: string): void {
  const isUnsent = asked.comment?.public === true && updated.isCommentPublic === false
  const missing = missingOn(asked, updated)
  if (isUnsent || missing.length > 0) throw leftOut(id, { missing, isUnsent, then }, asked)
}

/**
 * The same of an update that was found by its mark, which somebody may have mended since: throws `LeftOut` where
 * neither the audit nor the ticket as it is now shows all of it, and `CallFailed`.
 */
export async function expectAllOf(
  zendesk: Zendesk,
  id: number,
  asked: Asked,
  audit: Audit,
  then?: string,
): Promise<void> {
  const wasUnsent = asked.comment?.public === true && audit.isCommentPublic === false
  const isShown =
    (asked.status === undefined || isAsGood(asked.status, audit.status)) &&
    (asked.groupId === undefined || asked.groupId === audit.groupId)
  if (isShown && !wasUnsent) return
  const ticket = await zendesk.ticket(id)
  const isUnsent = wasUnsent && !(await isAnsweredSince(zendesk, ticket, audit))
  const missing = missingOn(asked, ticket)
  if (isUnsent || missing.length > 0) throw leftOut(id, { missing, isUnsent, then }, asked)
}

function missingOn(
  { status, groupId, tags = [], customFields = [] }: Asked,
  ticket: Ticket,
): readonly string[] {
  const missingTags = tags.filter((tag) => !(ticket.tags ?? []).includes(tag)).length
  const valueIn = (id: number) => ticket.customFields?.find((field) => field.id === id)?.value
  const unset = customFields.filter(({ id, value }) => textOf(valueIn(id)) !== textOf(value))
  return [
    ...(status === undefined || isAsGood(status, ticket.status)
      ? []
      : [`the ticket is ${ticket.status}, not ${status}`]),
    ...(groupId === undefined || ticket.groupId === groupId ? [] : [`the ticket is not in group ${groupId}`]),
    ...(missingTags > 0 ? [`${missingTags} of ${tags.length} tags are not on it`] : []),
    ...unset.map(({ id }) => `field ${id} is not set`),
  ]
}

/** Numbers come back as text, and what is empty as nothing. */
function textOf(value: CustomField['value'] | undefined): string {
  return Array.isArray(value) ? value.toSorted().join() : String(value ?? '')
}

/** A trigger may close at once what is solved. */
function isAsGood(asked: string, status: string | undefined): boolean {
  return status === asked || (asked === 'solved' && status === 'closed')
}

/** By hand, under whatever account: by somebody who works there. */
async function isAnsweredSince(zendesk: Zendesk, ticket: Ticket, { createdAt }: Audit): Promise<boolean> {
  const comments = await zendesk.comments(ticket.id)
  const since = comments.filter((one) => one.public && one.createdAt >= createdAt)
  const senderOf = await sendersAmong({ zendesk }, ticket, since)
  return since.some((one) => senderOf(one) === 'somebody-else')
}

interface Missing {
  readonly missing: readonly string[]
  readonly isUnsent: boolean
  readonly then: string | undefined
}

function leftOut(id: number, { missing, isUnsent, then }: Missing, { comment }: Asked): LeftOut {
  const what = [...(isUnsent ? ['it kept the answer as an internal comment'] : []), ...missing].join('; ')
  const sent = isUnsent
    ? 'The requester got nothing. Give the bot’s account a role that may write public comments, and answer this one by hand in Zendesk'
    : `${comment?.public ? 'The requester has the answer, and it is not sent again. Do the rest' : 'Do that'} by hand in Zendesk`
  return new LeftOut(`Zendesk did not do all of it on ticket ${id}: ${what}. ${sent}${then ?? ''}.`, isUnsent)
}
