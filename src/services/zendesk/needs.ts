/** What effects in Zendesk need: the fields without which a ticket can't be solved, and the support group. */
import type { Lack } from '../../engine/need.ts'
import { CallFailed } from '../call-failed.ts'
import type { LooksOf } from '../needs.ts'
import type { Ticket, TicketField, TicketForm } from './answers.ts'
import type { Zendesk } from './client.ts'

/** The calls that tell what a ticket lacks. */
type SolveReads = 'ticket' | 'ticketFields' | 'ticketForm' | 'assignsOnSolve'

interface Context {
  readonly zendesk: Pick<Zendesk, 'group' | SolveReads> | undefined
  readonly supportGroup: string | undefined
}

/** Makes the looks for what effects in Zendesk need. With everything Zendesk off, the effects say so themselves. */
export function zendeskLooks({
  zendesk,
  supportGroup,
}: Context): LooksOf<'solvable-ticket' | 'support-group'> {
  return {
    'solvable-ticket': async (_need, { number }) => zendesk && solveLack(zendesk, number),
    'support-group': async () => zendesk && groupLack(zendesk, supportGroup),
  }
}

/** Returns what is to be done where the group for support requests is not there. */
export async function groupLack(
  zendesk: Pick<Zendesk, 'group'>,
  supportGroup: string | undefined,
): Promise<Lack | undefined> {
  if (supportGroup === undefined)
    return {
      text: 'ZENDESK_SUPPORT_GROUP isn’t set, so I don’t know which Zendesk group handles support requests',
      mend: 'Ask your admins to set it and restart the bot',
    }
  if (await zendesk.group(supportGroup)) return undefined
  return {
    text: `Zendesk has no group ${supportGroup}, where support requests go`,
    mend: 'Ask your admins to correct ZENDESK_SUPPORT_GROUP and restart the bot',
  }
}

/** "agents must enter a value in the field to change the ticket status to solved" */
async function solveLack(zendesk: Pick<Zendesk, SolveReads>, number: number): Promise<Lack | undefined> {
  const ticket = await zendesk.ticket(number)
  const fields = await asFarAsSeen(() => zendesk.ticketFields())
  const form =
    ticket.formId === undefined ? undefined : await asFarAsSeen(() => zendesk.ticketForm(ticket.formId ?? 0))
  const empty = await withoutAssigned(zendesk, requiredEmpty(ticket, fields ?? [], form))
  if (empty.length === 0) return undefined
  const names = empty.map(({ title }) => `“${title}”`).join(', ')
  return {
    text: `Zendesk won’t let ticket ${number} be solved until ${names} ${empty.length === 1 ? 'is' : 'are'} filled in`,
    mend: `Fill ${empty.length === 1 ? 'it' : 'them'} in on the ticket in Zendesk`,
  }
}

/**
 * Returns the fields without those that Zendesk fills in by itself: it assigns what is solved to whoever solves it, and so
 * to their group, where the account is set so. Where it does not say, Zendesk itself says it when the ticket is solved.
 */
async function withoutAssigned(
  zendesk: Pick<Zendesk, 'assignsOnSolve'>,
  empty: readonly TicketField[],
): Promise<readonly TicketField[]> {
  if (!empty.some(isOfAssignment)) return empty
  const assigns = await asFarAsSeen(() => zendesk.assignsOnSolve())
  return assigns === false ? empty : empty.filter((field) => !isOfAssignment(field))
}

function isOfAssignment({ type }: TicketField): boolean {
  return type === 'assignee' || type === 'group'
}

/** An account that may not read fields or forms does not know: then Zendesk itself says it when the ticket is solved. */
async function asFarAsSeen<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof CallFailed && (error.status === 403 || error.status === 404)) return undefined
    throw error
  }
}

/** Returns the fields that every new ticket lacks and that have to be filled in before it is solved. Throws `CallFailed`. */
export async function requiredFields(
  zendesk: Pick<Zendesk, 'ticketFields' | 'assignsOnSolve'>,
): Promise<readonly TicketField[]> {
  const fields = await asFarAsSeen(() => zendesk.ticketFields())
  return withoutAssigned(zendesk, requiredEmpty({ subject: 'Any' }, fields ?? [], undefined))
}

type FilledIn = Pick<Ticket, 'subject' | 'type' | 'priority' | 'customFields' | 'assigneeId' | 'groupId'>

/**
 * Returns the fields that are empty and have to be filled in before the ticket is solved. A form narrows them: a field
 * that it does not hold is not asked for, nor one that a condition shows only where another field has a certain value.
 */
export function requiredEmpty(
  ticket: FilledIn,
  fields: readonly TicketField[],
  form: TicketForm | undefined,
): readonly TicketField[] {
  const value = (id: number) => ticket.customFields?.find((field) => field.id === id)?.value
  const isHeld = (id: number) => form === undefined || form.fieldIds.includes(id)
  const conditions = form?.conditions ?? []
  const ruled = new Set(conditions.flatMap(({ shown }) => shown.map(({ id }) => id)))
  const met = conditions
    .filter((one) => String(value(one.fieldId) ?? '') === one.value)
    .flatMap(({ shown }) => shown)
  const isRequired = ({ id, isRequired }: TicketField) =>
    ruled.has(id) ? met.some((one) => one.id === id && one.isRequiredToSolve) : isRequired
  return fields.filter(
    (field) => isHeld(field.id) && isRequired(field) && isEmpty(ticket, field, value(field.id)),
  )
}

function isEmpty(ticket: FilledIn, { type }: TicketField, value: unknown): boolean {
  switch (type) {
    case 'subject':
      return ticket.subject === ''
    case 'tickettype':
      return ticket.type === undefined
    case 'priority':
      return ticket.priority === undefined
    case 'assignee':
      return ticket.assigneeId === undefined
    case 'group':
      return ticket.groupId === undefined
    // The description is the first comment, the status is what is being set.
    case 'description':
    case 'status':
    case 'custom_status':
      return false
    default:
      return value === undefined || value === null || value === '' || value === false || isEmptyList(value)
  }
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
