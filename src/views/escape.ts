/** This file is the only way by which text from outside gets into a view. */
import { shipped } from '../desks/index.ts'
import { readActor, slackActor } from '../engine/request.ts'

/**
 * Control characters (a new line too) and those that reorder or hide text: a title could otherwise be made to read
 * as something else. https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
const unseen = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu
const unseenButNewLine =
  /(?!\n)[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/**
 * Returns one line of mrkdwn that can't mention, link or reorder anything: Slack asks for `&`, `<` and `>` and
 * decodes no more. https://docs.slack.dev/messaging/formatting-message-text/#escaping
 */
export function escaped(text: string, max = 300): string {
  return capped(piecesOf(oneLine(text)), max)
}

/** Characters, each escaped. */
function piecesOf(text: string): readonly string[] {
  return Array.from(text, (character) => entities[character] ?? character)
}

/** Returns plain text of one line, for `plain_text` objects, which Slack shows as they are. */
export function plain(text: string, max: number): string {
  return capped(Array.from(oneLine(text)), max)
}

/**
 * Returns mrkdwn of the bot's own as plain text, for where Slack reads no marks: without stars, with the words of its
 * links and instants, and whom only Slack can name as a colleague.
 */
export function unmarked(mrkdwn: string): string {
  return mrkdwn
    .replaceAll('*', '')
    .replace(/<@[^<>]+>/g, 'a colleague')
    .replace(/<[^<>|]+\|([^<>]+)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** Returns plain text that keeps its lines, in parts of at most `max` UTF-16 units that each fit a text object. */
export function plainChunks(text: string, max: number): readonly string[] {
  const clean = text.toWellFormed().replaceAll('\r\n', '\n').replace(unseenButNewLine, ' ')
  const chunks: string[] = []
  let chunk = ''
  for (const character of Array.from(clean)) {
    if (chunk.length + character.length > max) {
      chunks.push(chunk)
      chunk = ''
    }
    chunk += character
  }
  return chunk.trim() === '' ? chunks : [...chunks, chunk]
}

/** Returns a link in mrkdwn; only the words where the address is no web address. */
export function link(url: string, words: string): string {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address === undefined || !['http:', 'https:'].includes(address.protocol)) return escaped(words)
  const href = address.href.replaceAll('|', '%7C').replaceAll('&', '&amp;')
  return href.length > 1000 ? escaped(words) : `<${href}|${escaped(words, 150).replaceAll('|', '¦')}>`
}

/** Returns a sentence of the bot's own that may mention people: `<@U1>` stays a mention, all else is escaped. */
export function sentence(text: string, max = 1500): string {
  const parts = oneLine(text).split(/(<@[UW][A-Z0-9]{1,20}>)/)
  // Every other one is a mention: it stands whole or not at all.
  return capped(
    parts.flatMap((part, index) => (index % 2 === 1 ? [part] : piecesOf(part))),
    max,
  )
}

/**
 * Returns the person who did something: a Slack user (`U1`, or `slack:U1` as the engine notes it) as a mention;
 * others without a name.
 */
export function who(by: string): string {
  const actor = readActor(isSlackUser(by) ? slackActor(by) : by)
  switch (actor.kind) {
    case 'slack':
      return isSlackUser(actor.userId) ? `<@${actor.userId}>` : 'somebody in GitLab'
    case 'requester':
      return 'the requester'
    case 'bot':
      return 'the bot'
    case 'forgotten':
      return `the bot or somebody in ${titleOf(actor.service)}`
    case 'outside':
      return `somebody in ${titleOf(actor.service)}`
  }
}

/** Returns the name of a service; an entry from before services were named is taken for GitLab's. */
function titleOf(source: string): string {
  return shipped.all.find((desk) => desk.source === source)?.service ?? 'GitLab'
}

function isSlackUser(id: string): boolean {
  return /^[UW][A-Z0-9]{1,20}$/.test(id)
}

/** As many whole pieces (characters or entities) as fit, with an ellipsis where some did not. */
function capped(pieces: readonly string[], max: number): string {
  const whole = pieces.join('')
  if (whole.length <= max) return whole
  let text = ''
  for (const piece of pieces) {
    if (text.length + piece.length > max - 1) break
    text += piece
  }
  return `${text}…`
}

function oneLine(text: string): string {
  return text.toWellFormed().replace(unseen, ' ').replace(/ {2,}/g, ' ').trim()
}
