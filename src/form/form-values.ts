/**
 * This file tells e-mail addresses, usernames, countries and names, and undoes the ways in which people and mail
 * programs dress them up.
 */
import { withoutInvisibles } from './markup.ts'

/**
 * True for a text that can be a username:
 * https://docs.gitlab.com/user/reserved_names/#limitations-on-usernames-project-and-group-names-and-slugs
 */
export function isUsername(value: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/.test(value)
}

/** True for a text that can be the name of a country. */
export function isCountry(value: string): boolean {
  return value.length <= 100 && !value.includes('\n')
}

/** RFC 5321, 4.5.3.1, less the angle brackets. */
const longestAddress = 254
const longestLocalPart = 64

/**
 * True for a text that can be an e-mail address, by RFC 5321's lengths and by those of its characters that are in
 * use; a quoted local part is refused.
 */
export function isEmail(value: string): boolean {
  if (value.length > longestAddress) return false
  const [local = '', domain = '', ...more] = value.split('@')
  return more.length === 0 && isLocalPart(local) && isDomain(domain)
}

/**
 * The words that people write into a field that they leave empty, compared as names are. GitHub's forms write "_No
 * response_".
 */
const placeholders = new Set(
  [
    ...[
      'none',
      'no',
      'nil',
      'null',
      'nothing',
      'nobody',
      'empty',
      'blank',
      'undefined',
      'unknown',
      'anonymous',
    ],
    ...[
      'n/a',
      'na',
      'n.a.',
      'not applicable',
      'not available',
      'not given',
      'not known',
      'not sure',
      'tbd',
      'x',
      'xx',
      'xxx',
    ],
    ...[
      'no response',
      'no username',
      'no user name',
      'no account',
      'i do not have one',
      "i don't have one",
      'do not know',
    ],
    ...[
      "i don't know",
      "don't know",
      "don't remember",
      "i don't remember",
      'i forgot',
      'forgot',
      'forgotten',
      'same',
      'see above',
    ],
    ...['username', 'user name', 'my username', 'your username', 'email', 'my email'],
    ...[
      'aucun',
      'aucune',
      'keine',
      'keiner',
      'kein',
      'ninguno',
      'ninguna',
      'nessuno',
      'nenhum',
      'geen',
      'нет',
      'なし',
      '无',
      '無',
      '없음',
    ],
  ].map(comparableName),
)

/** True for "none", "N/A", "-": nobody's username and no country. */
export function isPlaceholder(value: string): boolean {
  const name = comparableName(value)
  return name === '' ? !/[_\p{L}\p{N}\p{So}]/u.test(value) : placeholders.has(name)
}

/**
 * Returns the address of a mailbox: `jane@example.com`, `<jane@example.com>`, `Jane Doe <jane@example.com>` (RFC
 * 5322's name-addr), `mailto:jane@example.com`, `jane@example.com (Jane)`; else the text as it is, to be refused.
 */
export function mailboxIn(value: string): string {
  const bare = withoutScheme(value)
  const [, name = '', inside = ''] = /^([^<>]*)<\s*([^<>]*?)\s*>$/.exec(bare) ?? []
  const address = withoutScheme(inside)
  if (isEmail(address)) {
    const before = withoutScheme(name.trim())
    return !before.includes('@') || before.toLowerCase() === address.toLowerCase() ? address : value
  }
  const [, commented = ''] = /^(\S+)\s+\([^()@]*\)$/.exec(bare) ?? []
  return isEmail(commented) ? commented : bare
}

function withoutScheme(value: string): string {
  return value.trim().replace(/^mailto:\s*/i, '')
}

/**
 * Returns every e-mail address that stands in a text, whatever surrounds it: "(new@example.net)!",
 * "mail:a@b.org;c@d.org", "new [at] example [dot] net". Each at sign is looked at with no more around it than an
 * address may have.
 */
export function addressesIn(text: string): readonly string[] {
  const plain = text
    .normalize('NFKC')
    .replace(/\s?[[({<]\s?at\s?[\])}>]\s?/gi, '@')
    .replace(/\s?[[({<]\s?dot\s?[\])}>]\s?/gi, '.')
  return [...plain.matchAll(/@/g)].flatMap(({ index }) => {
    const before = plain.slice(Math.max(0, index - longestLocalPart), index)
    const local = before.split(/[^\p{L}\p{M}\p{N}.!#$%&'*+/=?^_{}~-]/u).at(-1) ?? ''
    const domain =
      /^[\p{L}\p{M}\p{N}.-]*/u.exec(plain.slice(index + 1, index + 1 + longestAddress))?.[0] ?? ''
    const address = `${local.replace(/^[^\p{L}\p{N}_+]+/u, '')}@${domain.replace(/[^\p{L}\p{M}\p{N}]+$/u, '').replace(/-{2,}.*$/, '')}`
    return isEmail(address) ? [address] : []
  })
}

function isLocalPart(local: string): boolean {
  if (local.length > longestLocalPart || local.includes('..') || local.endsWith('.')) return false
  return /^[\p{L}\p{N}_+'-][\p{L}\p{M}\p{N}.!#$%&'*+/=?^_{}~-]*$/u.test(local)
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.')
  const isLabel = (label: string) =>
    label.length <= 63 && /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u.test(label)
  return labels.length > 1 && labels.every(isLabel)
}

/** Returns a name as it is compared: case, width, spaces, punctuation and the plural make no difference. */
export function comparableName(text: string): string {
  return withoutInvisibles(text)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’]/g, '')
    .split(/[^\p{L}\p{M}\p{N}+=<>|$]+/u)
    .filter((word) => word !== '')
    .map(singular)
    .join(' ')
}

function singular(word: string): string {
  return word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word
}

/**
 * Returns a function that tells the value that goes by a name, or undefined. A name that belongs to two values is no
 * name for either. Words in brackets may be left out ("Data Export Request (Right to Portability)"), but not where
 * they could tell two values apart: not if another value has the same name with other words in brackets, nor if one
 * of the words stands in a name of another value.
 */
export function nameReader<Value extends string>(
  own: Readonly<Record<Value, readonly string[]>>,
  further: Readonly<Partial<Record<Value, readonly string[]>>>,
): (name: string) => Value | undefined {
  const known = (Object.keys(own) as Value[]).flatMap((value) =>
    [...own[value], ...(further[value] ?? [])].map((name) => ({ value, name })),
  )
  const exact = onlyOnce(known.map(({ value, name }) => ({ value, key: comparableName(name) })))
  const bracketed = known.filter(({ name }) => brackets.test(name))
  const canLose = (base: string, words: readonly string[], value: Value) =>
    !bracketed.some(
      (one) => one.value !== value && comparableName(one.name.replace(brackets, ' ')) === base,
    ) &&
    !known.some(
      (one) =>
        one.value !== value &&
        wordsOf(one.name).some((word) => words.includes(word) && !isWordOf(value, word)),
    )
  const isWordOf = (value: Value, word: string) =>
    known.some((one) => one.value === value && wordsOf(one.name).includes(word))
  return (name) => {
    if (name.length > longestName) return undefined
    const key = comparableName(name)
    const value = exact.get(key)
    // A name that ends in a dash has lost what tells it from a longer one.
    if (/[-\u2010-\u2015\u2212]\s*$/.test(name)) return undefined
    if (value !== undefined || !brackets.test(name)) return value
    const base = comparableName(name.replace(brackets, ' '))
    const lenient = exact.get(base)
    if (lenient === undefined) return undefined
    const words = [...name.matchAll(new RegExp(brackets, 'gu'))].flatMap(([inside]) => wordsOf(inside))
    return canLose(base, words, lenient) ? lenient : undefined
  }
}

/** The longest of the form is 44 characters long. */
const longestName = 120
const brackets = /\([^()]*\)|\[[^[\]]*\]|（[^（）]*）/u

function wordsOf(text: string): readonly string[] {
  return comparableName(text).split(' ')
}

function onlyOnce<Value>(
  names: readonly { readonly value: Value; readonly key: string }[],
): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>()
  const shared = new Set<string>()
  for (const { value, key } of names) {
    if (values.has(key) && values.get(key) !== value) shared.add(key)
    values.set(key, value)
  }
  for (const key of ['', ...shared]) values.delete(key)
  return values
}
