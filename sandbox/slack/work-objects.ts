/**
 * Links that people post, as Slack deals with them: the app is told of those to its domains, shows what they lead to,
 * and fills the pane that one reader opens beside the conversation.
 * https://docs.slack.dev/messaging/work-objects-implementation
 */
import { z } from 'zod'
import type { Terms } from './terms.ts'

const text = z.string().min(1)

const Field = z.looseObject({
  label: z.string().optional(),
  value: z.union([z.string(), z.number()]).optional(),
  user: z.looseObject({ user_id: z.string() }).optional(),
})

const Button = z.looseObject({
  text: z.string().min(1).max(75),
  action_id: text,
  value: z.string().max(2000).optional(),
  accessibility_label: z.string().max(75).optional(),
})

/** What the app gives for a link, as far as it is drawn or checked. */
export const WorkObject = z.looseObject({
  entity_type: z.string().startsWith('slack#/entities/'),
  url: text,
  /** As it stands in the message. */
  app_unfurl_url: z.string().optional(),
  external_ref: z.looseObject({ id: text, type: z.string().optional() }),
  entity_payload: z.looseObject({
    attributes: z.looseObject({
      title: z.looseObject({ text }),
      display_id: z.string().optional(),
      display_type: z.string().optional(),
      product_name: z.string().optional(),
    }),
    fields: z.record(z.string(), Field).default({}),
    custom_fields: z.array(Field.extend({ key: text, label: text, type: text })).default([]),
    actions: z
      .looseObject({
        primary_actions: z.array(Button).max(2).default([]),
        overflow_actions: z.array(Button).max(5).default([]),
      })
      .prefault({}),
  }),
})
export type WorkObject = z.infer<typeof WorkObject>

/** What stands below a message for one of its links. */
export interface Unfurl {
  readonly entities?: readonly WorkObject[]
  /** Blocks by the address of the link. */
  readonly unfurls?: Readonly<Record<string, { readonly blocks?: unknown }>>
}

/** The pane that one person has open; without `entity` and `error` the app has not filled it yet. */
export interface Pane {
  readonly channel: string
  /** Of the message whose link it shows. */
  readonly ts: string
  readonly link: WorkObject
  readonly entity?: WorkObject
  readonly error?: { readonly custom_title?: string; readonly custom_message?: string }
}

/** What somebody typed, as Slack keeps it: `&`, `<` and `>` escaped, an address in angle brackets, without the comma after it. */
export function asTyped(typed: string): string {
  const escaped = typed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return escaped.replace(/https?:\/\/(?:(?!&[lg]t;)[^\s|])*(?!&[lg]t;)[^\s|.,;:!?)]/g, (url) => `<${url}>`)
}

/** The links to the app's domains in a message, each once, with its address as it was typed. */
export function linksIn(message: string, { unfurlDomains }: Terms) {
  const urls = [...message.matchAll(/<(https?:[^|>\s]+)/g)].map(([, url = '']) =>
    url.replaceAll('&amp;', '&'),
  )
  return [...new Set(urls)].flatMap((url) => {
    const host = URL.parse(url)?.host
    const domain = unfurlDomains.find((one) => one === host)
    return domain === undefined ? [] : [{ domain, url }]
  })
}

/** A button of the pane by its action id. */
export function paneButton({ entity }: Pane, actionId: string) {
  const { primary_actions: first = [], overflow_actions: more = [] } = entity?.entity_payload.actions ?? {}
  const found = [...first, ...more].find((one) => one.action_id === actionId)
  if (!found) throw new Error(`No button ${actionId} in the pane`)
  return found
}
