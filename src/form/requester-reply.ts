/**
 * This file tells which note is a requester's reply. REST does not tell the sender's address, so the rule is the same
 * for everybody who mails in.
 */
import type { Instant } from '../engine/time.ts'
import { type SnippetName, type Snippets, snippetNames, snippetPlaceholders } from '../flows/snippets.ts'
import { withoutInvisibles } from './markup.ts'

/** A note on an issue, as far as the rule needs it. */
export interface WrittenNote {
  readonly id: number
  readonly body: string
  readonly author: { readonly username: string }
  readonly system: boolean
  readonly internal: boolean
  readonly createdAt: Instant
}

/** The rule's settings: the accounts of the Support Bot, and the automatic responses. */
export interface ReplyRule {
  /** Usernames of GitLab's Support Bot, under which requesters' e-mails come in, where the issue does not tell it. */
  readonly supportBots: readonly string[]
  readonly automaticResponses: AutomaticResponses
}

/** The issue on which the notes stand, as far as it tells who writes for the requester. */
export interface Opened {
  readonly createdAt: Instant
  /** The account that opened the Service Desk issue: the Support Bot, whatever GitLab has called it. */
  readonly supportBot?: string
}

/**
 * True for the account of GitLab's Support Bot: "The Support Bot is the account that opened the Service Desk issue,
 * whatever its name."
 */
export function isSupportBot(
  username: string,
  { supportBot }: Pick<Opened, 'supportBot'>,
  rule: ReplyRule,
): boolean {
  return username === supportBot || rule.supportBots.includes(username)
}

/**
 * Returns the latest "public note, not a system note, by GitLab's Support Bot", whose text is none of the automatic
 * responses. `allNotes` is asked only for a note that begins like one, since the first of them tells what is more
 * than it.
 */
export async function latestReply<Note extends WrittenNote>(
  notes: readonly Note[],
  opened: Opened,
  rule: ReplyRule,
  allNotes: () => Promise<readonly Note[]>,
): Promise<Note | undefined> {
  const mails = mailsIn(notes, opened, rule)
  let known: readonly Note[] | undefined
  for (const note of mails.toReversed()) {
    const kind = kindOf(note.body, rule.automaticResponses)
    if (kind === 'reply') return note
    if (kind === 'automatic') continue
    known ??= mailsIn(await allNotes(), opened, rule)
    const same = known.find(({ id }) => id === note.id) ?? note
    if (!isAutomatic(same, known, opened.createdAt, rule.automaticResponses)) return note
  }
  return undefined
}

function mailsIn<Note extends WrittenNote>(
  notes: readonly Note[],
  opened: Opened,
  rule: ReplyRule,
): readonly Note[] {
  return notes
    .filter((note) => !note.system && !note.internal && isSupportBot(note.author.username, opened, rule))
    .toSorted((one, other) => one.id - other.id)
}

// The notes of the Support Bot that no requester wrote: GitLab's own, and the automatic responses of the team.

/** The texts that GitLab or the team sends under the Support Bot's name by itself. */
export interface AutomaticResponses {
  /** Whole texts. */
  readonly texts: readonly string[]
  /** The beginnings of the others. */
  readonly beginnings: readonly string[]
}

/**
 * What GitLab itself writes under the Support Bot's name, in English; an instance in another language has them in
 * that, to be given as `texts`.
 * https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/email/handler/service_desk_handler.rb,
 * .../lib/gitlab/email/handler/create_note_handler.rb, .../app/services/issues/convert_to_ticket_service.rb
 */
const gitlabsOwn: readonly RegExp[] = [
  /^WARNING: The template file .{0,255} used for service desk [a-z ]{1,20} is empty or could not be found\. Please check service desk settings and update the file to be used\.$/i,
  /^(?:@[\w.-]{1,255},? (?:and )?){0,50}(?::wave:|👋) This [a-z ]{1,20} has been reopened because it received a new comment from an external participant\.$/,
  /^This [a-z ]{1,20} has been converted to a Service Desk ticket\. The email address .{1,300} is the new author of this [a-z ]{1,20}\. GitLab didn't send a `thank_you` Service Desk email\.(?: The original author of this [a-z ]{1,20} was .{1,300}\.)?$/,
]

/** An automatic response is shorter than a hundred thousand characters; a longer note is somebody's. */
const longestNote = 100_000

/** Automatic responses come with the issue; what begins like one later may be the requester's answer inside of it. */
const automaticForMs = 10 * 60_000

interface Dated {
  readonly body: string
  readonly createdAt: Instant
}

/**
 * The kind of a note of the Support Bot. `begins like one`: its text begins as an automatic response does, but may
 * hold more than it.
 */
export type Kind = 'automatic' | 'begins like one' | 'reply'

/** Tells the kind of a note by its text alone. */
export function kindOf(note: string, { texts, beginnings }: AutomaticResponses): Kind {
  if (note.length > longestNote) return 'reply'
  const text = comparable(note)
  if (gitlabsOwn.some((pattern) => pattern.test(text)) || texts.some((known) => text === comparable(known)))
    return 'automatic'
  return beginningOf(text, beginnings) === undefined ? 'reply' : 'begins like one'
}

/**
 * True when a note that begins like an automatic response is one: the first that came with the issue, or one that has
 * no word that this first one has not, its quotations apart. `others` are all notes of the Support Bot that are
 * known.
 */
export function isAutomatic<Note extends Dated>(
  note: Note,
  others: readonly Note[],
  openedAt: Instant,
  { beginnings }: AutomaticResponses,
): boolean {
  const beginning = beginningOf(comparable(note.body), beginnings)
  if (beginning === undefined) return false
  const first = others.find(
    (other) => comparable(other.body).startsWith(beginning) && isWithIssue(other, openedAt),
  )
  const known = first === undefined ? beginning : comparable(first.body)
  return first === note || isContained(unquoted(note.body), known)
}

/**
 * The wording of out-of-office answers, in the languages of most mail programs, and of delivery failures, as
 * servers put them.
 */
const automaticWording: readonly RegExp[] = [
  /\b(?:out of (?:the |my )?office|away from (?:the |my )?(?:office|desk)|auto(?:matic|mated)?[ -]?(?:reply|response)|autoreply)\b/,
  /\b(?:on|am on|currently on) (?:annual |parental |maternity |paternity |sick |medical )?(?:leave|vacation|holidays?)\b.{0,200}\b(?:until|return|back|from|between|e-?mail)/s,
  /\b(?:abwesenheitsnotiz|automatische antwort|nicht im b[üu]ro|derzeit abwesend|nicht im hause)\b/,
  /(?:r[ée]ponse automatique|absente?s? du bureau|message d['’]absence|actuellement absente?)/,
  /(?:respuesta autom[áa]tica|fuera de la oficina|fuera de oficina|resposta autom[áa]tica|fora do escrit[óo]rio|ausente do escrit[óo]rio)/,
  /(?:risposta automatica|fuori (?:sede|ufficio)|automatisch antwoord|afwezigheidsbericht|niet op kantoor|autosvar|automatiskt svar|fr[åa]nvarande)/,
  /(?:automatyczna odpowied[źz]|poza biurem|автоответ|автоматический ответ|нет на рабочем месте|в отпуске|自動返信|自動応答|不在にして|自动回复|自动答复|自動回覆|부재중|자동 응답)/,
  /\b(?:delivery status notification|delivery (?:has )?fail(?:ed|ure)|mail delivery (?:failed|subsystem|system)|undeliverable|undelivered mail|returned mail|unzustellbar)\b/,
  /\b(?:could not|couldn['’]t|was not|can(?:no|['’])t) be delivered\b|\b(?:address not found|user unknown|no such user|recipient address rejected|mailbox (?:is )?(?:full|unavailable)|over quota)\b/,
  /\b(?:mailer-daemon|reporting-mta:|final-recipient:|diagnostic-code:|auto-submitted: ?auto|x-auto-response-suppress:|precedence: ?(?:bulk|auto_reply|junk))/,
  /\b5\d\d[ -]5\.\d\.\d{1,3}\b/,
]

/** Such a mail says at its beginning what it is; below may stand the mail that it answers. */
const longestOpening = 1500

/** True when a reply is probably none: by its wording alone, so that a person decides. */
export function looksAutomatic(note: string): boolean {
  const opening = withoutInvisibles(note.slice(0, longestOpening))
    .replace(/^[ \t]*>.*$/gm, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\S\n]+/g, ' ')
  return automaticWording.some((pattern) => pattern.test(opening))
}

function isWithIssue({ createdAt }: Dated, openedAt: Instant): boolean {
  return Date.parse(createdAt) - Date.parse(openedAt) <= automaticForMs
}

function beginningOf(text: string, beginnings: readonly string[]): string | undefined {
  return beginnings.map(comparable).find((known) => text.startsWith(known))
}

/** No word more often than in the other; mail programs break lines elsewhere. */
function isContained(text: string, other: string): boolean {
  const left = new Map<string, number>()
  for (const word of other.split(' ')) left.set(word, (left.get(word) ?? 0) + 1)
  return text.split(' ').every((word) => {
    const count = left.get(word) ?? 0
    left.set(word, count - 1)
    return count > 0
  })
}

/** Mail programs put `>` before what they quote. */
function unquoted(note: string): string {
  return comparable(note.replace(/^[ \t]*>.*$/gm, ''))
}

function comparable(text: string): string {
  return withoutInvisibles(text).split(/\s+/).join(' ').trim()
}

/** A reply of the handbook that stands in a note, and the number of the issue that it names in place of `#123`. */
export interface SnippetInNote {
  readonly snippet: SnippetName
  readonly names?: number
}

/**
 * Returns a function that names the snippet that a note holds word for word, since a colleague may have sent it by
 * hand. Spaces, line ends and additions of Markdown editors make no difference; other words before or after neither. One in
 * which a word stands that should have been replaced is none: nobody was told what it should say.
 */
export function snippetIn(snippets: Snippets): (text: string) => SnippetInNote | undefined {
  const patterns = snippetNames.map((name) => ({
    name,
    parts: partsOf(snippets[name], snippetPlaceholders[name] ?? []),
  }))
  return (text) => {
    const note = folded(text.slice(0, 100_000))
    for (const { name, parts } of patterns) {
      const filled = filledIn(note, parts)
      if (!filled || filled.some(isLeftOpen)) continue
      const number = filled.flatMap((one) => /^#(\d{1,15})$/.exec(one)?.[1] ?? [])[0]
      return { snippet: name, ...(number !== undefined && { names: Number(number) }) }
    }
    return undefined
  }
}

/** A number stands for itself: `#123` is an issue, too. */
function isLeftOpen(filled: string): boolean {
  return Object.values(snippetPlaceholders).some((all) => all.includes(filled) && !filled.startsWith('#'))
}

/** The text between its placeholders. */
function partsOf(text: string, placeholders: readonly string[]): readonly string[] {
  return placeholders.reduce<readonly string[]>(
    (parts, placeholder) => parts.flatMap((part) => part.split(placeholder)),
    [folded(text)],
  )
}

/** What stands between the parts, in their order; undefined where they do not stand in it. */
function filledIn(note: string, parts: readonly string[]): readonly string[] | undefined {
  const filled: string[] = []
  let from: number | undefined
  for (const part of parts) {
    const at = note.indexOf(part, from)
    if (at < 0) return undefined
    if (from !== undefined) filled.push(note.slice(from, at).trim())
    from = at + part.length
  }
  return filled
}

function folded(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
