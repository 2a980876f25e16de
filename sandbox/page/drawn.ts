/** Messages and views made ready for the page: every text object gets its HTML, every mention its name. */

import { dateText } from './date-text.ts'
import { emoji, fromMarkdown, mrkdwnHtml, type Names, plainText } from './mrkdwn.ts'

type Json = Readonly<Record<string, unknown>>

/** A copy of blocks in which `mrkdwn` texts carry `html` and leaves of rich text carry `shown`. */
export function drawn(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((one) => drawn(one, names))
  if (typeof value !== 'object' || value === null) return value
  const given = value as Json
  const text = given.text
  if (typeof text === 'string' && given.type === 'mrkdwn') return { ...given, html: mrkdwnHtml(text, names) }
  if (typeof text === 'string' && given.type === 'markdown')
    return { ...given, html: mrkdwnHtml(fromMarkdown(text), names) }
  if (typeof text === 'string' && given.type === 'plain_text')
    return { ...given, text: given.emoji === false ? text : plainText(text) }
  const leaf = leafText(given, names)
  const copy = Object.fromEntries(Object.entries(given).map(([name, one]) => [name, drawn(one, names)]))
  return leaf === undefined ? copy : { ...copy, shown: leaf }
}

function leafText(leaf: Json, names: Names): string | undefined {
  switch (leaf.type) {
    case 'user':
      return `@${names.user(String(leaf.user_id)) ?? leaf.user_id}`
    case 'usergroup':
      return `@${names.group(String(leaf.usergroup_id)) ?? leaf.usergroup_id}`
    case 'channel':
      return `#${names.channel(String(leaf.channel_id)) ?? leaf.channel_id}`
    case 'broadcast':
      return `@${leaf.range}`
    case 'emoji':
      return emoji(String(leaf.name))
    case 'date':
      return dateText(Number(leaf.timestamp), String(leaf.format), names) ?? String(leaf.fallback ?? '')
    default:
      return undefined
  }
}
