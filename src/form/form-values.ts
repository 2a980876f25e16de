/** What an e-mail address, a username and a country look like, and how people and mail programs dress them up. */
import { comparableName } from './names.ts'

/** https://docs.gitlab.com/user/reserved_names/#limitations-on-usernames-project-and-group-names-and-slugs */
export function isUsername(value: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/.test(value)
}

export function isCountry(value: string): boolean {
  return value.length <= 100 && !value.includes('\n')
}

/** RFC 5321, 4.5.3.1, less the angle brackets. */
const longestAddress = 254
const longestLocalPart = 64

/** RFC 5321's lengths, and of its characters those in use; a quoted local part is refused. */
export function isEmail(value: string): boolean {
  if (value.length > longestAddress) return false
  const [local = '', domain = '', ...more] = value.split('@')
  return more.length === 0 && isLocalPart(local) && isDomain(domain)
}

/** What people write into a field that they leave empty, compared as names are. GitHub's forms write "_No response_". */
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

/** "none", "N/A", "-": nobody's username and no country. */
export function isPlaceholder(value: string): boolean {
  const name = comparableName(value)
  return name === '' ? !/[_\p{L}\p{N}\p{So}]/u.test(value) : placeholders.has(name)
}

/**
 * The address of a mailbox: `jane@example.com`, `<jane@example.com>`, `Jane Doe <jane@example.com>` (RFC 5322's
 * name-addr), `mailto:jane@example.com`, `jane@example.com (Jane)`; else the text as it is, to be refused.
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
 * Every e-mail address that stands in a text, whatever surrounds it: "(new@example.net)!", "mail:a@b.org;c@d.org",
 * "new [at] example [dot] net". Each at sign is looked at with no more around it than an address may have.
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
