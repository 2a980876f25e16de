// Reads the copy of the form entries in an issue's description. It never guesses: what can't be read stays undefined.
import { type RequestType, typeNames } from '../flows/request-types.ts'
import { type Entry, findEntries, withoutListMark } from './form-entries.ts'
import { cellsOf, comparableName, isTableRow, linesOf, plainText, withoutInvisibles } from './form-text.ts'
import { isCountry, isEmail, isUsername, withoutLink } from './form-values.ts'

/** The fields of the form by the names they go by; a team adds its own in config/desk.yaml. */
export const fieldNames = {
  type: ['Request Type', 'Type of Request'],
  username: ['Username', 'GitLab Username'],
  email: ['Email Address', 'Email', 'E-mail'],
  country: ['Country', 'Country/Region'],
  comment: ['Comments', 'Additional Comments'],
} as const

export type FormField = keyof typeof fieldNames

/** Further names beside the form's own. */
export interface FormAliases {
  readonly fields: Readonly<Partial<Record<FormField, readonly string[]>>>
  readonly types: Readonly<Partial<Record<RequestType, readonly string[]>>>
}

/** Personal data: for the effects and Show Details only, never for a channel, the database or the log. */
export interface Form {
  readonly type?: RequestType | undefined
  /** What stands in the type field, as written by the requester: to be compared, never to be shown. */
  readonly typeText?: string | undefined
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly country?: string | undefined
  readonly comment?: string | undefined
  /** A line begins with "I confirm", and its box, if it has one, is ticked. */
  readonly intent: boolean
  /** Neither the type nor the e-mail field is there: sent by e-mail, past the form. */
  readonly direct: boolean
  /** Sentences without personal data: they may be shown in a channel. */
  readonly problems: readonly string[]
}

/** GitLab's descriptions end at 1 MiB; the form fills a few hundred characters of it. */
export const longestDescription = 256 * 1024
const longestComment = 10_000

const fieldTitles: Readonly<Record<FormField, string>> = {
  type: 'request type',
  username: 'username',
  email: 'e-mail address',
  country: 'country',
  comment: 'comment',
}

/** The form entries of a description, in any order and any of the usual shapes. */
export function readForm(description: string, aliases: FormAliases): Form {
  const problems: string[] = []
  const isCut = description.length > longestDescription
  if (isCut) problems.push('The description is too long: only its first 256 KiB were read.')
  const lines = linesOf(description.slice(0, longestDescription))
  const fields = namesToValues(fieldNames, aliases.fields)
  const entries = findEntries(lines, {
    fieldOf: (name) => fields.get(comparableName(name)),
    isLong: (field) => field === 'comment',
    endsValue: confirmsIntent,
  })
  const typeText = theOneValue('type', entries, problems)
  return {
    type: readType(typeText, aliases, problems),
    typeText: typeText?.slice(0, 120),
    username: readChecked('username', isUsername, entries, problems),
    email: readChecked('email', isEmail, entries, problems),
    country: readChecked('country', isCountry, entries, problems),
    comment: readComment(theOneValue('comment', entries, problems), problems),
    intent: lines.some((line) => confirmsIntent(line) && !hasEmptyBox(line)),
    direct: !isCut && !entries.some(({ field }) => field === 'type' || field === 'email'),
    problems,
  }
}

/** An e-mail address or username as it is compared, to find another open request of the same person. */
export function normaliseIdentity(identity: string): string {
  const folded = withoutInvisibles(identity.normalize('NFKC')).toLowerCase()
  return folded.normalize('NFKC').trim()
}

/** A name that belongs to two values is no name for either: better unread than guessed. */
function namesToValues<Value extends string>(
  own: Readonly<Record<Value, readonly string[]>>,
  further: Readonly<Partial<Record<Value, readonly string[]>>>,
): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>()
  const ambiguous = new Set<string>()
  for (const value of Object.keys(own) as Value[]) {
    for (const name of [...own[value], ...(further[value] ?? [])].map(comparableName)) {
      if (values.has(name) && values.get(name) !== value) ambiguous.add(name)
      values.set(name, value)
    }
  }
  for (const name of ambiguous) values.delete(name)
  return values
}

/** The value of a field; undefined when it is absent or empty, or when it stands there twice with different values. */
function theOneValue(
  field: FormField,
  entries: readonly Entry<FormField>[],
  problems: string[],
): string | undefined {
  const values = new Map<string, string>()
  for (const entry of entries) {
    if (entry.field !== field) continue
    const value = withoutLink(plainText(entry.value))
    const same = normaliseIdentity(value)
    if (value !== '' && !values.has(same)) values.set(same, value)
  }
  const [value] = values.values()
  if (values.size <= 1) return value
  problems.push(`The ${fieldTitles[field]} is given more than once, with different values.`)
  return undefined
}

function readType(
  text: string | undefined,
  aliases: FormAliases,
  problems: string[],
): RequestType | undefined {
  if (text === undefined) return undefined
  const type = namesToValues(typeNames, aliases.types).get(comparableName(text))
  if (type === undefined) problems.push('The request type is none that the desk knows.')
  return type
}

function readChecked(
  field: FormField,
  isWellFormed: (value: string) => boolean,
  entries: readonly Entry<FormField>[],
  problems: string[],
): string | undefined {
  const value = theOneValue(field, entries, problems)
  const bare = field === 'username' ? value?.replace(/^@/, '') : value
  if (bare === undefined || isWellFormed(bare)) return bare
  problems.push(`The ${fieldTitles[field]} is not well formed.`)
  return undefined
}

function readComment(text: string | undefined, problems: string[]): string | undefined {
  if (text === undefined || text.length <= longestComment) return text
  problems.push('The comment is too long: only its first 10,000 characters were read.')
  return text.slice(0, longestComment)
}

function confirmsIntent(line: string): boolean {
  const parts = isTableRow(line) ? cellsOf(line) : [line]
  return parts.some((part) => /^[*_]*i confirm\b/i.test(withoutListMark(part).text))
}

function hasEmptyBox(line: string): boolean {
  const parts = isTableRow(line) ? cellsOf(line) : [line]
  return parts.some((part) => withoutListMark(part).box === ' ')
}

/** The comment holds an e-mail address that is not the one of the request. */
export function offersOtherAddress({ email, comment }: Pick<Form, 'email' | 'comment'>): boolean {
  const words = (comment ?? '').split(/[\s<>()[\],;:"']+/).map((word) => word.replace(/\.+$/, ''))
  return words.some((word) => isEmail(word) && normaliseIdentity(word) !== normaliseIdentity(email ?? ''))
}
