// What an e-mail address, a username and a country look like, and how mail programs dress them up.
import { plainText } from './form-text.ts'

/** https://docs.gitlab.com/user/reserved_names/#limitations-on-usernames-project-and-group-names-and-slugs */
export function isUsername(value: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/.test(value)
}

export function isCountry(value: string): boolean {
  return value.length <= 100 && !value.includes('\n')
}

/** RFC 5321's lengths, and of its characters those in use; a quoted local part is refused. */
export function isEmail(value: string): boolean {
  if (value.length > 254) return false
  const [local = '', domain = '', ...more] = value.split('@')
  return more.length === 0 && isLocalPart(local) && isDomain(domain)
}

/** "[jane@example.com](mailto:jane@example.com)" and "<jane@example.com>", as mail programs write them. */
export function withoutLink(value: string): string {
  if (value.startsWith('<') && !value.startsWith('<@') && value.endsWith('>'))
    return value
      .slice(1, -1)
      .replace(/^mailto:/i, '')
      .trim()
  const middle = value.indexOf('](')
  const isLink =
    value.startsWith('[') && value.endsWith(')') && middle > 0 && middle === value.lastIndexOf('](')
  return isLink ? plainText(value.slice(1, middle)) : value
}

function isLocalPart(local: string): boolean {
  if (local.length > 64 || local.includes('..') || local.endsWith('.')) return false
  return /^[\p{L}\p{N}_+'-][\p{L}\p{M}\p{N}.!#$%&'*+/=?^_{}~-]*$/u.test(local)
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.')
  const isLabel = (label: string) =>
    label.length <= 63 && /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u.test(label)
  return labels.length > 1 && labels.every(isLabel)
}
