/** What Zendesk answers, in our form: only the fields used. https://developer.zendesk.com/api-reference/ticketing/ */
import { z } from 'zod'
import { Instant } from './parse.ts'

export interface Ticket {
  readonly id: number
  /** `new`, `open`, `pending`, `hold`, `solved`, `closed`; a closed ticket can't be changed any more. */
  readonly status: string
  readonly updatedAt: Instant
  /** Left out where there are none. */
  readonly customFields?: readonly CustomField[]
  readonly tags?: readonly string[]
}

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

export interface Audit {
  readonly id: number
  readonly createdAt: Instant
  /** The mark that our own update left, if it was ours. */
  readonly opId?: string
}

const CustomField = z.object({
  id: z.number(),
  value: z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
})

export const Ticket = z
  .object({
    id: z.number(),
    status: z.string(),
    updated_at: Instant,
    custom_fields: z.array(CustomField).nullish(),
    tags: z.array(z.string()).nullish(),
  })
  .transform(
    ({ id, status, updated_at, custom_fields, tags }): Ticket => ({
      id,
      status: status.toLowerCase(),
      updatedAt: updated_at,
      ...(custom_fields && custom_fields.length > 0 ? { customFields: custom_fields } : {}),
      ...(tags && tags.length > 0 ? { tags } : {}),
    }),
  )

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

export const Audit = z
  .object({
    id: z.number(),
    created_at: Instant,
    metadata: z
      .object({ custom: z.object({ op_id: z.string().optional().catch(undefined) }).nullish() })
      .nullish(),
  })
  .transform((raw): Audit => {
    const opId = raw.metadata?.custom?.op_id
    return { id: raw.id, createdAt: raw.created_at, ...(opId ? { opId } : {}) }
  })
