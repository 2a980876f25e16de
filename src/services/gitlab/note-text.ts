/** The texts of notes. No line of a person's text may begin with a slash: GitLab would run it with the bot's rights. */
import { beginsWithCommand, lineEnd } from '../../engine/effects/notes.ts'
import { renderSnippet, type SnippetName, type Snippets, snippetNames } from '../../flows/snippets.ts'
import { CannotDo } from '../failure.ts'

/**
 * The reply as it is e-mailed: the snippet word for word, and below it the words that a person added. Throws
 * `CannotDo` for a snippet that is not known and for a line that GitLab would run as a command.
 */
export function replyText(
  snippets: Snippets,
  reply: {
    readonly snippet: string
    readonly replacements: Readonly<Record<string, string>>
    readonly addition?: string
  },
): string {
  const name = snippetNames.find((known) => known === reply.snippet)
  if (!name) throw new CannotDo(`There is no reply named ${reply.snippet}.`)
  const text = rendered(snippets, name, reply.replacements)
  const addition = typedText(reply.addition ?? '', 'the further words')
  return addition === '' ? text : `${text}\n\n${addition}`
}

/** A reply that a person typed from beginning to end. Throws `CannotDo` where it is empty or a line is a command. */
export function typedReplyText(text: string): string {
  const typed = typedText(text, 'the text')
  if (typed === '') throw new CannotDo('The text is empty. Nothing was sent.')
  return typed
}

function typedText(typed: string, what: string): string {
  const text = linesOf(typed).join('\n').trim()
  if (beginsWithCommand(text))
    throw new CannotDo(
      `A line of ${what} begins with “/”, which GitLab would run as a command. Nothing was sent.`,
    )
  return text
}

/** An internal note. Every line is quoted, so that none is a command and nobody is mentioned by typed text. */
export async function internalNoteText(
  text: string,
  nameOf: (userId: string) => Promise<string>,
): Promise<string> {
  return quotedText(await withNames(text, nameOf))
}

/** Quotes a text that a person typed, to stand among text of ours. */
export function quotedText(text: string): string {
  return linesOf(text)
    .map((line) => `> ${harmless(line)}`.trimEnd())
    .join('\n')
}

/** Puts people's names where `{person:U1}` stands. */
export async function withNames(text: string, nameOf: (userId: string) => Promise<string>): Promise<string> {
  const ids = new Set(Array.from(text.matchAll(person), ([, id = '']) => id))
  const names = new Map<string, string>()
  for (const id of ids) names.set(id, linesOf(await nameOf(id)).join(' '))
  return text.replace(person, (_all, id: string) => names.get(id) ?? id)
}

/** Tells whether two texts are the same as GitLab may give one back: it drops white space at the end. */
export function isSameText(one: string, other: string): boolean {
  return linesOf(one).join('\n').trimEnd() === linesOf(other).join('\n').trimEnd()
}

const person = /\{person:([A-Z0-9]{2,20})\}/g

/**
 * `@all` would mention everyone, and so would `&commat;all`; a tag could hide what follows; a picture would be fetched
 * from anywhere; `#1`, `GL-1` and `[work_item:1]` would leave a trace at that issue.
 * https://docs.gitlab.com/user/markdown/#gitlab-specific-references
 */
function harmless(line: string): string {
  return line
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('@', '@\u2060')
    .replaceAll('![', '!\u2060[')
    .replace(/([#!$%]|&amp;|\bGL-)(?=\d)/gi, '$1\u2060')
    .replace(/\[(?=[a-z_]+:)/gi, '[\u2060')
}

function linesOf(text: string): readonly string[] {
  return text.split(lineEnd)
}

function rendered(snippets: Snippets, name: SnippetName, replacements: Readonly<Record<string, string>>) {
  try {
    return renderSnippet(snippets, name, replacements)
  } catch (error) {
    throw new CannotDo(`The reply ${name} could not be filled in. Nothing was sent.`, { cause: error })
  }
}
