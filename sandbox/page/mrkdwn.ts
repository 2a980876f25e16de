/** Slack's mrkdwn as HTML. Whatever is not mrkdwn comes out as text: no markup of the source survives. */
import { toHTML } from 'slack-markdown'
import { dateText } from './date-text.ts'

export interface Names {
  readonly user: (id: string) => string | undefined
  readonly group: (id: string) => string | undefined
  readonly channel: (id: string) => string | undefined
  readonly now: Date
  readonly timeZone: string
}

/** Stand for characters that are text, while the parser looks for tokens. Private use: no message holds them. */
const LESS = '\uE000'
const GREATER = '\uE001'
const AND = '\uE002'

/** A `<` opens a token only before these; any other is text. */
const STRAY_LESS = /<(?!https?:\/\/|mailto:|tel:|@|#|!)/g

export function mrkdwnHtml(source: string, names: Names): string {
  const held = source
    .replace(/[\uE000-\uE002]/g, '')
    .replaceAll('&lt;', LESS)
    .replaceAll('&gt;', GREATER)
    .replaceAll('&amp;', AND)
    .replace(STRAY_LESS, LESS)
    .replace(new RegExp(`^${GREATER} ?`, 'gm'), '> ')
  const html = toHTML(held, {
    hrefTarget: '_blank',
    slackCallbacks: {
      user: ({ id }) => `@${escapeHtml(names.user(id) ?? id)}`,
      usergroup: ({ id }) => `@${escapeHtml(names.group(id) ?? id)}`,
      channel: ({ id }) => `#${escapeHtml(names.channel(id) ?? id)}`,
      date: ({ timestamp, format, fallback }) => {
        const shown = dateText(Number(timestamp), format, names)
        return shown === undefined ? fallback : escapeHtml(shown)
      },
    },
  })
  return html.replaceAll(LESS, '&lt;').replaceAll(GREATER, '&gt;').replaceAll(AND, '&amp;')
}

/** A plain text with its `:emoji:` shown. */
export function plainText(source: string): string {
  return source.replace(/:[a-z0-9_+-]+:/g, (code) => emoji(code.slice(1, -1)))
}

/** The character of an emoji by its short name, or the name itself where there is none. */
export function emoji(name: string): string {
  return /^[a-z0-9_+-]+$/.test(name) ? toHTML(`:${name}:`, { noExtraEmojiSpanTags: true }) : `:${name}:`
}

/** Standard Markdown, as the `markdown` block takes it, in the words of mrkdwn. */
export function fromMarkdown(source: string): string {
  return source
    .replace(/^#{1,6} +(.+)$/gm, '*$1*')
    .replace(/\*\*([^*\n]+)\*\*/g, '*$1*')
    .replace(/\[([^\]\n]+)\]\((https?:[^)\s]+)\)/g, '<$2|$1>')
    .replace(/^[-*] /gm, '• ')
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
