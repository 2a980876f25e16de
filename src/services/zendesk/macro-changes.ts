/** What macros change in a ticket beside its comment. Applying one only shows the ticket as it would be afterwards. */

import type { CustomField, MacroEffect, Ticket } from './answers.ts'
import type { TicketUpdate } from './client.ts'

/** One macro after the other; what they leave as it is, is not sent. */
export function changesOf(
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
