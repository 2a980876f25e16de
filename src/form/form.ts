/**
 * This file reads the copy of the form entries in an issue's description. It never guesses: an entry that can't be
 * read stays undefined.
 */

import { createHash, createHmac, hkdfSync } from 'node:crypto'
import { type RequestType, typeNames } from '../flows/labels.ts'
import type { RequesterHashes } from '../store/store.ts'
import { readCountry } from './country.ts'
import { type Entry, findEntries, textsOf, withoutBox } from './form-entries.ts'
import {
  addressesIn,
  isCountry,
  isEmail,
  isPlaceholder,
  isUsername,
  mailboxIn,
  nameReader,
} from './form-values.ts'
import { type Line, readMarkup, withoutInvisibles } from './markup.ts'

/** The fields of the form by the names they go by; a team adds its own in config/desk.yaml. */
export const fieldNames = {
  type: ['Request Type', 'Type of Request'],
  username: ['Username', 'GitLab Username'],
  email: ['Email Address', 'Email', 'E-mail'],
  country: ['Country', 'Country/Region'],
  comment: ['Comments', 'Additional Comments'],
} as const

/** A field of the form. */
export type FormField = keyof typeof fieldNames

/** The team's further names for fields and types, beside the form's own. */
export interface FormAliases {
  readonly fields: Readonly<Partial<Record<FormField, readonly string[]>>>
  readonly types: Readonly<Partial<Record<RequestType, readonly string[]>>>
}

/**
 * The form as the requester filled it in. It is personal data: for the effects and Show Details only, never for a
 * channel, the database or the log.
 */
export interface Form {
  readonly type?: RequestType | undefined
  /** The text of the type field, as written by the requester: to be compared, never to be shown. */
  readonly typeText?: string | undefined
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly country?: string | undefined
  /** A country of the form is an embargoed one, though it may be given twice or not be well formed. */
  readonly isEmbargoed?: true
  readonly comment?: string | undefined
  /** A line begins with "I confirm", and its box, if it has one, is ticked. */
  readonly intent: boolean
  /** Neither the type nor the e-mail field is there: sent by e-mail, past the form. */
  readonly direct: boolean
  /** Sentences without personal data: they may be shown in a channel. */
  readonly problems: readonly string[]
}

/**
 * The longest description that is read whole, in UTF-16 units. GitLab's descriptions end at 1 MiB; the form fills a
 * few hundred characters of it, and its comment counts up to 10,000. The worst text of this length takes about 60 ms,
 * so that no click waits for it.
 */
export const longestDescription = 16 * 1024
const longestComment = 10_000

const fieldTitles: Readonly<Record<FormField, string>> = {
  type: 'request type',
  username: 'username',
  email: 'e-mail address',
  country: 'country',
  comment: 'comment',
}

/** Reads the form entries of a description, in any order and any of the usual shapes. */
export function readForm(description: string, aliases: FormAliases): Form {
  const problems: string[] = []
  const isCut = description.length > longestDescription
  if (isCut)
    problems.push(
      'The description is too long: only its first 16,384 characters were read, and further down the lines that name a field.',
    )
  const lines = readMarkup(isCut ? shortened(description, aliases) : description)
  const entries = entriesOf(lines, aliases)
  const typeText = theOneValue('type', entries, problems)
  const country = readCountryField(entries, problems)
  return {
    type: readType(typeText, aliases, problems),
    typeText: typeText?.slice(0, 120),
    username: readChecked('username', isUsername, entries, problems),
    email: readChecked('email', isEmail, entries, problems),
    ...country,
    comment: readComment(theOneValue('comment', entries, problems), problems),
    intent: lines.some((line) => textsOf(line).some((text) => confirmsIntent(text) && !hasEmptyBox(text))),
    direct: !isCut && !entries.some(({ field }) => field === 'type' || field === 'email'),
    problems,
  }
}

/** GitLab's descriptions end here. */
const longestOfGitLab = 1024 * 1024
/** A field's name, and its value in the same line. */
const longestFieldLine = 400
/** A heading or a bold name has its value in a line below it. */
const linesBelow = 2

/** The beginning, and of the rest, as far as it goes into the same length again, the lines that may hold an entry: an embargoed country below a thousand lines of comment counts. */
function shortened(description: string, { fields }: FormAliases): string {
  const end = description.lastIndexOf('\n', longestDescription)
  const beginning = description.slice(0, end > 0 ? end : longestDescription)
  const names = [...Object.values(fieldNames), ...Object.values(fields)].flat()
  const named = new RegExp([...names.map(inAnySpacing), 'i confirm'].join('|'), 'iu')
  const rest = description.slice(beginning.length, longestOfGitLab)
  // Line by line it takes two to five times as long.
  if (!named.test(rest)) return beginning
  const kept: string[] = []
  let room = longestDescription
  let below = 0
  for (const line of rest.split(/[\r\n]+/)) {
    const isNamed = line.length <= longestFieldLine && named.test(line)
    if (!isNamed && (below === 0 || line.trim() === '')) continue
    below = isNamed ? linesBelow : below - 1
    room -= line.length + 2
    if (room < 0) break
    kept.push(line)
  }
  return [beginning, ...kept].join('\n\n')
}

function inAnySpacing(name: string): string {
  return name.split(/\s+/).map(RegExp.escape).join('\\s*')
}

function entriesOf(lines: readonly Line[], aliases: FormAliases): readonly Entry<FormField>[] {
  const names = {
    fieldOf: nameReader(fieldNames, aliases.fields),
    isLong: (field: FormField) => field === 'comment',
    endsValue: (line: Line) => textsOf(line).some(confirmsIntent),
  }
  const entries = findEntries(lines, { ...names, takesBareNames: false })
  const isForm = entries.some(({ field }) => field === 'type' || field === 'email')
  return isForm ? entries : findEntries(lines, { ...names, takesBareNames: true })
}

/** Returns an e-mail address or username as it is compared, to find another open request of the same person. */
export function normaliseIdentity(identity: string): string {
  const folded = withoutInvisibles(identity.normalize('NFKC')).toLowerCase()
  return folded.normalize('NFKC').trim()
}

/** The value of a field; undefined when it is absent or empty, or when it stands there twice with different values. */
function theOneValue(
  field: FormField,
  entries: readonly Entry<FormField>[],
  problems: string[],
): string | undefined {
  const values = valuesOf(field, entries)
  if (values.length <= 1) return values[0]
  problems.push(`The ${fieldTitles[field]} is given more than once, with different values.`)
  return undefined
}

/** Each once; what people write into a field that they leave empty is no value. */
function valuesOf(field: FormField, entries: readonly Entry<FormField>[]): readonly string[] {
  const values = new Map<string, string>()
  for (const entry of entries) {
    if (entry.field !== field) continue
    const written = withoutCodeMark(entry.value)
    const value = field === 'email' ? mailboxIn(written) : written
    const same = normaliseIdentity(value)
    const isEmpty = value === '' || (field !== 'comment' && isPlaceholder(value))
    if (!isEmpty && !values.has(same)) values.set(same, value)
  }
  return [...values.values()]
}

/** "`value`" */
function withoutCodeMark(value: string): string {
  const [, mark = '', inside = ''] = /^(`+)([^`]*)`+$/.exec(value) ?? []
  return mark === '' ? value : inside.trim()
}

function readType(
  text: string | undefined,
  aliases: FormAliases,
  problems: string[],
): RequestType | undefined {
  if (text === undefined) return undefined
  const type = nameReader(typeNames, aliases.types)(text)
  if (type === undefined) problems.push('The request type is none that the desk knows.')
  return type
}

function readChecked(
  field: 'username' | 'email' | 'country',
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

/**
 * Reads the country. A value that can't be read is not harmless: each one counts, and one that names no country is
 * said.
 */
function readCountryField(
  entries: readonly Entry<FormField>[],
  problems: string[],
): Pick<Form, 'country' | 'isEmbargoed'> {
  const country = readChecked('country', isCountry, entries, problems)
  const readings = valuesOf('country', entries).map(readCountry)
  const isEmbargoed = readings.includes('embargoed')
  if (!isEmbargoed && country !== undefined && readings.includes('unknown'))
    problems.push('The country is none that the desk knows: see in GitLab whether it is an embargoed one.')
  return { country, ...(isEmbargoed ? { isEmbargoed } : {}) }
}

function readComment(text: string | undefined, problems: string[]): string | undefined {
  if (text === undefined || text.length <= longestComment) return text
  problems.push('The comment is too long: only its first 10,000 characters were read.')
  return text.slice(0, longestComment)
}

function confirmsIntent(text: string): boolean {
  return /^[*_]*i confirm\b/i.test(withoutBox(text).text)
}

function hasEmptyBox(text: string): boolean {
  return withoutBox(text).box === ' '
}

/** True when the comment holds an e-mail address that is not the one of the request. */
export function offersOtherAddress({ email, comment }: Pick<Form, 'email' | 'comment'>): boolean {
  const own = normaliseIdentity(email ?? '')
  return addressesIn(comment ?? '').some((address) => normaliseIdentity(address) !== own)
}

/**
 * The reason that the Start modal proposes; its label is `RequestReason::lost_2fa` or `RequestReason::lost_access`.
 */
export type RequestReason = 'lost_2fa' | 'lost_access'

const loss =
  /\b(?:lost|lose|losing|loss|no longer|no access|any ?more|can'?t|cannot|can not|could not|couldn'?t|unable|don'?t have|do not have|doesn'?t work|without|forgot|forgotten|locked out|broken|broke|stolen|deleted|expired|closed|hacked)\b/
const secondFactor =
  /\b(?:2fa|mfa|2[ -]factor|two[ -]?factor|authenticator|recovery codes?|one[ -]time (?:passwords?|codes?)|otp|totp|security key)\b/
const mailbox = /\b(?:e-?mails?|mailbox|inbox|mail account|mail address)\b/

/**
 * Returns the reason that the Start modal proposes, by the sentences of the form's comment: "References lost 2FA or
 * loss of access to the email address connected to the account". A comment that speaks of both gives none, since the
 * labels share a scope. A person picks.
 */
export function suggestedReason(comment: string): RequestReason | undefined {
  const sentences = withoutInvisibles(comment.slice(0, 10_000))
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .toLowerCase()
    .split(/[.!?](?=\s|$)|\n/)
    .filter((sentence) => loss.test(sentence))
  const lost2fa = sentences.some((sentence) => secondFactor.test(sentence))
  const lostAccess = sentences.some((sentence) => mailbox.test(sentence))
  if (lost2fa === lostAccess) return undefined
  return lost2fa ? 'lost_2fa' : 'lost_access'
}

/** Makes keyed hashes (HMAC-SHA256, base64url) of the requester's address and username. */
export type HashIdentity = (form: Pick<Form, 'email' | 'username'>) => RequesterHashes

/**
 * Returns the function that hashes identities: two requests can be compared, and nobody can be named from the
 * database. The key is derived from a secret of the environment, so that the database alone is not enough to try
 * addresses. With another secret the hashes change; `keyId` says which ones can be compared, and the next read renews
 * them.
 */
export function identityHash(secret: string): HashIdentity {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'privacy-desk requester identity', 32))
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8)
  const hash = (kind: string, value: string) =>
    createHmac('sha256', key)
      .update(`${kind}:${normaliseIdentity(value)}`)
      .digest('base64url')
  return ({ email, username }) => ({
    keyId,
    ...(email ? { email: hash('email', email) } : {}),
    ...(username ? { username: hash('username', username) } : {}),
  })
}
