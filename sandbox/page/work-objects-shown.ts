/** What the app shows for a link: below the message for everybody, and in the pane for one reader. */
import type { Pane, Unfurl, WorkObject } from '../slack/work-objects.ts'
import { drawn } from './drawn.ts'
import type { Names } from './mrkdwn.ts'

/** Work Objects as they stand below a message; blocks where the app gave those. */
export function linksShown(unfurl: Unfurl | undefined, names: Names) {
  const objects = (unfurl?.entities ?? []).map((entity) => ({ object: objectShown(entity, names) }))
  const blocks = Object.values(unfurl?.unfurls ?? {}).map((one) => ({ blocks: drawn(one.blocks, names) }))
  return [...objects, ...blocks]
}

/** The pane: what the link shows to everybody until the app has filled it, or why it does not. */
export function paneShown(pane: Pane | undefined, names: Names) {
  if (!pane) return undefined
  const { link, entity, error } = pane
  return {
    object: objectShown(entity ?? link, names),
    isFilled: entity !== undefined,
    buttons: [
      ...(entity?.entity_payload.actions.primary_actions ?? []),
      ...(entity?.entity_payload.actions.overflow_actions ?? []),
    ].map(({ text, action_id, accessibility_label }) => ({ text, action_id, accessibility_label })),
    error: error && { title: error.custom_title, text: error.custom_message },
  }
}

function objectShown(
  { url, entity_payload: { attributes, fields, custom_fields } }: WorkObject,
  names: Names,
) {
  const known = Object.entries(fields).map(([key, field]) => ({ label: labelOf(key), ...field }))
  return {
    url,
    title: attributes.title.text,
    kind: [attributes.product_name, attributes.display_type].filter(Boolean).join(' · '),
    fields: [...known, ...custom_fields].map(({ label, value, user }) => ({
      label: label ?? '',
      value: user ? `@${names.user(user.user_id) ?? user.user_id}` : String(value ?? ''),
    })),
  }
}

/** `due_date` is shown as Due date. */
function labelOf(key: string): string {
  const words = key.replaceAll('_', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
