/** What Slack makes of a text, judged apart from the code that writes it: https://docs.slack.dev/messaging/formatting-message-text */

/** What cannot be seen and changes what can: control characters, and those that reorder. */
const unseen = /(?!\n)[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u

/**
 * A moment as the bot writes it, `<!date^1775001599^{date_short_pretty}|Mar 31>`: seconds, one of its two
 * formats, and a day for whoever can't see that. A token with a link, other words or another format is not the bot's:
 * https://docs.slack.dev/messaging/formatting-message-text/#date-formatting
 */
const moment =
  /^!date\^\d{9,10}\^\{date_short_pretty\}(?:\|[A-Z][a-z]{2} \d{1,2}(?:, \d{4})?|, \{time\}\|[A-Z][a-z]{2} \d{1,2}(?:, \d{4})?, \d{1,2}:\d\d [AP]M [A-Z]+)$/

/** Links that the bot makes go here, and nowhere else. */
export interface Made {
  readonly mentions: readonly string[]
  readonly hosts: readonly string[]
}

/** Everything in mrkdwn that the bot has not made itself. */
export function strayMrkdwn(text: string, { mentions, hosts }: Made): readonly string[] {
  const rest = text.replace(/<([^<>]*)>/g, (token, inner: string) => {
    const [target = ''] = inner.split('|')
    if (mentions.includes(target) || moment.test(inner)) return ''
    if (/^https?:\/\//.test(target) && URL.canParse(target) && hosts.includes(new URL(target).host)) return ''
    return token
  })
  const found: string[] = []
  if (/[<>]/.test(rest)) found.push('an unescaped < or >')
  if (/&(?!amp;|lt;|gt;)/.test(rest)) found.push('an unescaped &')
  if (unseen.test(text)) found.push('a character that is not seen')
  if (!text.isWellFormed()) found.push('half a character')
  return found
}

interface ShownText {
  readonly type: string
  readonly text: string
}

/** Every text of a message or modal, wherever it stands; a bare `text` is mrkdwn. */
function textsIn(shown: unknown): readonly ShownText[] {
  if (typeof shown !== 'object' || shown === null) return []
  const type = 'type' in shown ? String(shown.type) : 'mrkdwn'
  const own = 'text' in shown && typeof shown.text === 'string' ? [{ type, text: shown.text }] : []
  return [...own, ...Object.values(shown).flatMap(textsIn)]
}

export function strayIn(shown: unknown, made: Made): readonly string[] {
  return textsIn(shown).flatMap(({ type, text }) => {
    if (type !== 'plain_text' && type !== 'text') return strayMrkdwn(text, made)
    return unseen.test(text) || !text.isWellFormed() ? ['a plain text with what is not seen'] : []
  })
}

/** The texts in which Slack would look for mentions, links and marks. */
export function mrkdwnIn(shown: unknown): readonly string[] {
  return textsIn(shown).flatMap(({ type, text }) => (type === 'plain_text' || type === 'text' ? [] : [text]))
}
