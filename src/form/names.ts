/** The names of fields and request types, as leniently matched as they can be without a guess between two. */
import { withoutInvisibles } from './markup.ts'

/** A name as it is compared: case, width, spaces, punctuation and the plural make no difference. */
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
 * Which value goes by a name. A name that belongs to two values is no name for either. Words in brackets may be left
 * out ("Data Export Request (Right to Portability)"), but not where they could tell two values apart: not if another
 * value has the same name with other words in brackets, nor if one of the words stands in a name of another value.
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
