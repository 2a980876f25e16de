/** Zendesk's answers, in our form: only the fields used. https://developer.zendesk.com/api-reference/ticketing/ */

import { z } from 'zod'
import type { Instant } from '../../engine/time.ts'
import { AnyInstant } from '../ask.ts'

/** A ticket. https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/ */
export interface Ticket {
  readonly id: number
  readonly createdAt: Instant
  /** `new`, `open`, `pending`, `hold`, `solved`, `closed`; a closed ticket can't be changed any more. */
  readonly status: string
  readonly updatedAt: Instant
  /** Empty where there is none. */
  readonly subject: string
  readonly requesterId: number
  /** E-mail CCs: they get every public comment, too. */
  readonly ccIds: readonly number[]
  /** As text. */
  readonly groupId?: string
  /** The agent who has it. */
  readonly assigneeId?: number
  /** Closed by being merged into another. */
  readonly isMerged: boolean
  /** The form that it is filled in by; left out where the account has none. */
  readonly formId?: number
  /** `problem`, `incident`, `question` or `task`; left out where nobody has said. */
  readonly type?: string
  readonly priority?: string
  /** Left out where there are none. */
  readonly customFields?: readonly CustomField[]
  readonly tags?: readonly string[]
}

/** A ticket as a search finds it: its number, and when it has changed. The ticket itself is read by its number. */
export interface FoundTicket {
  readonly id: number
  readonly updatedAt: Instant
}

/** A comment on a ticket. https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/ */
export interface Comment {
  readonly id: number
  readonly authorId: number
  readonly public: boolean
  readonly createdAt: Instant
  /** Without HTML. */
  readonly text: string
  /** The update that it came with. */
  readonly auditId?: number
  /** The names of the files on it; left out where there are none. */
  readonly attachments?: readonly string[]
}

/** A user of Zendesk. */
export interface ZendeskUser {
  readonly id: number
  readonly name: string
  readonly email?: string
  /** They write to the help desk, and do not work there. */
  readonly isEndUser: boolean
}

/** The account that the bot acts as. */
export interface Me {
  readonly id: number
  /** `agent` or `admin`. */
  readonly role: string
  /** True if Zendesk keeps the account's public comments as internal ones. */
  readonly onlyPrivateComments: boolean
}

/** A group of agents, to which tickets are assigned. */
export interface Group {
  readonly id: string
  readonly name: string
}

/** A field of tickets. https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_fields/ */
export interface TicketField {
  readonly id: number
  /** `checkbox`, `text` … or, of Zendesk's own fields, `assignee`, `group`, `priority`, `tickettype` … */
  readonly type: string
  readonly title: string
  /** "agents must enter a value in the field to change the ticket status to solved" */
  readonly isRequired: boolean
}

/** A form that says which fields a ticket has, and under which conditions. */
export interface TicketForm {
  readonly fieldIds: readonly number[]
  readonly conditions: readonly FieldCondition[]
}

/** Where the field has this value, the other fields are shown, and required if it says so. */
interface FieldCondition {
  readonly fieldId: number
  readonly value: string
  readonly shown: readonly { readonly id: number; readonly isRequiredToSolve: boolean }[]
}

/** The value of a custom field of a ticket. */
export interface CustomField {
  readonly id: number
  readonly value: string | number | boolean | null | readonly string[]
}

/** The ticket as it would be after the macro; nothing has been changed yet. */
export interface MacroEffect {
  readonly comment?: { readonly body: string; readonly htmlBody?: string; readonly public?: boolean }
  readonly status?: string
  readonly customFields: readonly CustomField[]
  /** All of the ticket's, those that were there before too. */
  readonly tags?: readonly string[]
}

/**
 * One update of a ticket, as its audit keeps it.
 * https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/
 */
export interface Audit {
  readonly id: number
  readonly createdAt: Instant
  /** The mark that our own update left, if it was ours. */
  readonly opId?: string
  /** As they came out at last, where the update changed them: a trigger may have set them back in the same audit. */
  readonly status?: string
  readonly groupId?: string
  /** Left out where nothing was written, or where that is not said. */
  readonly isCommentPublic?: boolean
}

/** A ticket as an update of ours has left it. */
export interface UpdatedTicket extends Ticket {
  /** False where Zendesk kept a public comment as an internal one. */
  readonly isCommentPublic?: boolean
}

const CustomField = z.object({
  id: z.number(),
  value: z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
})

/** Zendesk sets it on a ticket that was merged away: https://support.zendesk.com/hc/en-us/articles/4408882445594 */
const mergedTag = 'closed_by_merge'

/** The schema of a ticket. */
export const Ticket = z
  .object({
    id: z.number(),
    status: z.string(),
    created_at: AnyInstant,
    updated_at: AnyInstant,
    subject: z.string().nullish(),
    requester_id: z.number(),
    // Where an account has e-mail CCs, `collaborator_ids` holds its followers, too, who are agents.
    email_cc_ids: z.array(z.number()).nullish(),
    collaborator_ids: z.array(z.number()).nullish(),
    group_id: z.number().nullish(),
    assignee_id: z.number().nullish(),
    ticket_form_id: z.number().nullish().catch(undefined),
    type: z.string().nullish().catch(undefined),
    priority: z.string().nullish().catch(undefined),
    custom_fields: z.array(CustomField).nullish(),
    tags: z.array(z.string()).nullish(),
  })
  .transform((raw): Ticket => {
    const { custom_fields: customFields, tags } = raw
    return {
      id: raw.id,
      status: raw.status.toLowerCase(),
      createdAt: raw.created_at,
      updatedAt: raw.updated_at,
      subject: raw.subject ?? '',
      requesterId: raw.requester_id,
      ccIds: raw.email_cc_ids ?? raw.collaborator_ids ?? [],
      isMerged: tags?.includes(mergedTag) ?? false,
      ...(raw.group_id ? { groupId: String(raw.group_id) } : {}),
      ...(raw.assignee_id ? { assigneeId: raw.assignee_id } : {}),
      ...(raw.ticket_form_id ? { formId: raw.ticket_form_id } : {}),
      ...(raw.type ? { type: raw.type } : {}),
      ...(raw.priority ? { priority: raw.priority } : {}),
      ...(customFields && customFields.length > 0 ? { customFields } : {}),
      ...(tags && tags.length > 0 ? { tags } : {}),
    }
  })

/** The schema of a found ticket. It asks for no more, so that one ticket of an odd form hides none of the others. */
export const FoundTicket = z
  .object({ id: z.number(), updated_at: AnyInstant })
  .transform(({ id, updated_at: updatedAt }): FoundTicket => ({ id, updatedAt }))

/** The schema of a comment. */
export const Comment = z
  .object({
    id: z.number(),
    author_id: z.number(),
    public: z.boolean(),
    created_at: AnyInstant,
    plain_body: z.string().nullish(),
    body: z.string().nullish(),
    audit_id: z.number().nullish(),
    attachments: z.array(z.object({ file_name: z.string().nullish() })).nullish(),
  })
  .transform(
    (raw): Comment => ({
      id: raw.id,
      authorId: raw.author_id,
      public: raw.public,
      createdAt: raw.created_at,
      text: textOf(raw.plain_body ?? '', raw.body ?? ''),
      ...(raw.audit_id ? { auditId: raw.audit_id } : {}),
      ...(raw.attachments?.length
        ? { attachments: raw.attachments.map(({ file_name: name }) => name ?? '') }
        : {}),
    }),
  )

/** The plain text, or the text as it was written where Zendesk has put entities (`&nbsp;`, `&amp;`) into the plain one. */
function textOf(plain: string, written: string): string {
  const entity = /&(?:[a-z]+|#\d+);/i
  const isEncoded = entity.test(plain) && written !== '' && !entity.test(written)
  return plain === '' || isEncoded ? written : plain
}

/** The schema of a user. */
export const ZendeskUser = z
  .object({ id: z.number(), name: z.string(), email: z.string().nullish(), role: z.string().nullish() })
  .transform(
    ({ id, name, email, role }): ZendeskUser => ({
      ...{ id, name, isEndUser: role === 'end-user' },
      ...(email ? { email } : {}),
    }),
  )

/**
 * Undefined where nobody who works there is signed in: a wrong API token is not refused, but answered with an anonymous
 * end user. https://developer.zendesk.com/api-reference/ticketing/users/users/#show-self
 */
export const Me = z
  .union([
    z.object({ role: z.literal('end-user') }),
    z.object({ id: z.number(), role: z.string(), only_private_comments: z.boolean().nullish() }),
  ])
  .transform((raw): Me | undefined =>
    'id' in raw
      ? { id: raw.id, role: raw.role, onlyPrivateComments: raw.only_private_comments ?? false }
      : undefined,
  )

/** The schema of the account's settings, as far as they say whether Zendesk assigns what is solved to whoever solves it. */
export const AccountSettings = z
  .object({
    settings: z.object({
      tickets: z.object({ assign_tickets_upon_solve: z.boolean().nullish() }).nullish(),
    }),
  })
  .transform(({ settings }) => settings.tickets?.assign_tickets_upon_solve ?? undefined)

/** The schema of a ticket field; one that is switched off is no field. */
export const TicketField = z
  .object({
    id: z.number(),
    type: z.string(),
    title: z.string().default(''),
    active: z.boolean().default(true),
    required: z.boolean().default(false),
  })
  .transform(
    ({ id, type, title, active, required }): TicketField => ({
      id,
      type,
      title,
      isRequired: active && required,
    }),
  )

const RequiredOn = z
  .object({ type: z.string(), statuses: z.array(z.string()).nullish() })
  .nullish()
  .catch(undefined)

/**
 * The schema of a ticket form. `required_on_statuses` is newer than `is_required` and says more.
 * https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_forms/
 */
export const TicketFormAnswer = z
  .object({
    ticket_form: z.object({
      ticket_field_ids: z.array(z.number()).default([]),
      agent_conditions: z
        .array(
          z.object({
            parent_field_id: z.number(),
            value: z.union([z.string(), z.boolean(), z.number()]),
            child_fields: z.array(
              z.object({
                id: z.number(),
                is_required: z.boolean().nullish(),
                required_on_statuses: RequiredOn,
              }),
            ),
          }),
        )
        .nullish()
        .catch(undefined),
    }),
  })
  .transform(
    ({ ticket_form: form }): TicketForm => ({
      fieldIds: form.ticket_field_ids,
      conditions: (form.agent_conditions ?? []).map((condition) => ({
        fieldId: condition.parent_field_id,
        value: String(condition.value),
        shown: condition.child_fields.map(({ id, is_required: is, required_on_statuses: on }) => ({
          id,
          isRequiredToSolve: on
            ? on.type === 'ALL_STATUSES' || (on.statuses?.includes('solved') ?? false)
            : (is ?? false),
        })),
      })),
    }),
  )

/** The schema of a group. A deleted group is still there, but takes no tickets: undefined. */
export const GroupAnswer = z
  .object({ group: z.object({ id: z.number(), name: z.string(), deleted: z.boolean().nullish() }) })
  .transform(({ group: { id, name, deleted } }): Group | undefined =>
    deleted ? undefined : { id: String(id), name },
  )

/**
 * The schema of an e-mail that Zendesk holds back.
 * https://developer.zendesk.com/api-reference/ticketing/tickets/suspended_tickets/
 */
export const SuspendedTicket = z.object({ recipient: z.string().nullish() })

const rawMacroEffect = z.object({
  result: z.object({
    ticket: z.object({
      comment: z
        .object({
          body: z.string().nullish(),
          html_body: z.string().nullish(),
          public: z.boolean().nullish(),
        })
        .nullish(),
      status: z.string().nullish(),
      // The specification says one object, the examples a list.
      fields: z.union([z.array(CustomField), CustomField]).nullish(),
      tags: z.array(z.string()).nullish(),
    }),
  }),
})

/** The schema of a macro's effect. */
export const MacroEffect = rawMacroEffect.transform(({ result: { ticket } }): MacroEffect => {
  const { body, html_body: htmlBody, public: isPublic } = ticket.comment ?? {}
  const comment = {
    body: body ?? '',
    ...(htmlBody ? { htmlBody } : {}),
    ...(typeof isPublic === 'boolean' ? { public: isPublic } : {}),
  }
  return {
    ...(body || htmlBody ? { comment } : {}),
    ...(ticket.status ? { status: ticket.status } : {}),
    customFields: [ticket.fields ?? []].flat(),
    ...(ticket.tags ? { tags: ticket.tags } : {}),
  }
})

/** https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference/ */
const AuditEvent = z.object({
  type: z.string().nullish(),
  field_name: z.string().nullish(),
  value: z.unknown().optional(),
  public: z.boolean().nullish(),
})

const AuditEvents = z.array(AuditEvent).nullish().catch(undefined)

/** The schema of an audit. */
export const Audit = z
  .object({
    id: z.number(),
    created_at: AnyInstant,
    metadata: z
      .object({ custom: z.object({ op_id: z.string().optional().catch(undefined) }).nullish() })
      .nullish(),
    events: AuditEvents,
  })
  .transform((raw): Audit => {
    const opId = raw.metadata?.custom?.op_id
    const last = (name: string) => raw.events?.findLast(({ field_name: field }) => field === name)?.value
    const [status, groupId] = [last('status'), last('group_id')]
    return {
      ...{ id: raw.id, createdAt: raw.created_at },
      ...(opId ? { opId } : {}),
      ...(typeof status === 'string' ? { status: status.toLowerCase() } : {}),
      ...(groupId ? { groupId: String(groupId) } : {}),
      ...publicness(raw.events),
    }
  })

function publicness(events: z.infer<typeof AuditEvents>): Pick<Audit, 'isCommentPublic'> {
  const isPublic = events?.find(({ type }) => type === 'Comment')?.public
  return typeof isPublic === 'boolean' ? { isCommentPublic: isPublic } : {}
}

/** The schema of the answer to an update, which tells beside the ticket what came of the comment. */
export const UpdateAnswer = z
  .object({ ticket: Ticket, audit: z.object({ events: AuditEvents }).nullish().catch(undefined) })
  .transform(({ ticket, audit }): UpdatedTicket => ({ ...ticket, ...publicness(audit?.events) }))
