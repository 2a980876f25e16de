/** This file tells from a form which country it names: one that is embargoed, another, or none that can be told. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { LocaleData } from 'i18n-iso-countries'

/**
 * "This workflow cannot be completed if the request indicates the user's country is Cuba, Iran, North Korea, Syria,
 * Russia, Belaru or the Crimea, Donetsk or Luhanks regions of Ukraine" (Data Export Requests).
 */
const embargoedCountries = ['CU', 'IR', 'KP', 'SY', 'RU', 'BY'] as const

/** ISO 3166-2, as it is folded; Sevastopol is the city of the Crimean peninsula that has a code of its own. */
const embargoedRegions = ['ua 43', 'ua 40', 'ua 14', 'ua 09'] as const

/**
 * The names that no list of ISO's holds: the handbook's own spellings, official and older names, and the three
 * regions.
 */
const furtherNames: readonly string[] = [
  ...['Belaru', 'Byelorussia', 'Belorussia', 'Bielorussia', 'Republic of Belarus'],
  ...[
    "Democratic People's Republic of Korea",
    "Korea Democratic People's Republic",
    "Korea Democratic People's",
  ],
  ...[
    'Korea Democratic Republic',
    'Korea Dem Rep',
    "Korea Dem People's Rep",
    'Dem Rep Korea',
    'DPRK',
    'DPR Korea',
    'D P R K',
  ],
  ...[
    'D P R Korea',
    'PDR Korea',
    'N Korea',
    'NKorea',
    'Northkorea',
    'Korea North',
    'Korean Democratic Republic',
    '朝鮮民主主義人民共和国',
  ],
  ...['朝鲜民主主义人民共和国', '조선민주주의인민공화국', '조선', 'КНДР'],
  ...[
    'Weißrussland',
    'Weissrussland',
    'Wit Rusland',
    'Vitryssland',
    'Hviterussland',
    'Hviderusland',
    'Белоруссия',
    'РБ',
  ],
  ...[
    'السورية',
    'الروسية',
    'روسيا الاتحادية',
    'Islamic Republic of Iran',
    'Persia',
    'Syrian Arab Republic',
    'Syrian',
    'Russian Federation',
    'Russian',
    'Rossiya',
    'РФ',
  ],
  ...[
    'Crimea',
    'Crimean',
    'Krym',
    'Krim',
    'Krimea',
    'Crimée',
    'Crimeia',
    'Krymas',
    'Kırım',
    'Qırım',
    'Крым',
    'Крим',
    'Κριμαία',
  ],
  ...[
    '克里米亚',
    '克里米亞',
    'クリミア',
    '크림반도',
    'القرم',
    'קרים',
    'Sevastopol',
    'Севастополь',
    'Sewastopol',
    'Sébastopol',
  ],
  ...[
    'Donetsk',
    'Donetzk',
    'Donezk',
    'Donieck',
    'Doneck',
    'Donetsʹk',
    'Donechchyna',
    'Донецк',
    'Донецьк',
    'Донецкая',
    'Донецька',
  ],
  ...[
    'Донеччина',
    '顿涅茨克',
    'ドネツク',
    '도네츠크',
    'Donbas',
    'Donbass',
    'Донбас',
    'Донбасс',
    'DNR',
    'ДНР',
    'LNR',
    'ЛНР',
  ],
  ...[
    'Luhansk',
    'Luhanks',
    'Luhask',
    'Lugansk',
    'Lugandsk',
    'Lougansk',
    'Luhanschyna',
    'Luhanshchyna',
    'Ługańsk',
    'Луганск',
    'Луганськ',
  ],
  ...['Луганская', 'Луганська', 'Луганщина', '卢甘斯克', 'ルハンスク', 'ルガンスク', '루한스크'],
]

/** Names that people write for a country that ISO names otherwise, so that nobody is asked to look at it. */
const otherNames: readonly string[] = [
  ...[
    'USA',
    'US',
    'U S A',
    'U S',
    'America',
    'UK',
    'U K',
    'Great Britain',
    'Britain',
    'England',
    'Scotland',
    'Wales',
  ],
  ...[
    'Northern Ireland',
    'Holland',
    'UAE',
    'South Korea',
    'Republic of Korea',
    'Korea South',
    'S Korea',
    'Kosovo',
    'Taiwan',
    'Türkiye',
    'Czechia',
  ],
]

/**
 * The kind of country that a text names. `unknown`: it is no country's name in any language; it may be one all the
 * same.
 */
export type CountryReading = 'embargoed' | 'other' | 'unknown'

/** More than the longest name of a country has, with a region before it. */
const longestCountry = 300

/**
 * Tells the kind of country that the requester wrote, by its name in any language, its code or its flag. An embargoed
 * country's code or flag counts before all else.
 */
export function readCountry(written: string): CountryReading {
  known ??= knownBy(allOf(readingNames()))
  const names = known
  const text = written.slice(0, longestCountry)
  const flags = [...text.matchAll(/[\u{1F1E6}-\u{1F1FF}]{2}/gu)].map(([flag]) => codeOfFlag(flag))
  const codes = [...flags, ...codesIn(text)]
  const name = folded(text)
  if (codes.some((code) => names.embargoedCodes.has(code)) || hasEmbargoedRegion(name)) return 'embargoed'
  // "Siria" and "Siri Lanka": a name that is another country's to the letter is not searched for parts of it.
  if (names.other.texts.has(name) && !names.embargoed.texts.has(name)) return 'other'
  if (holds(name, names.embargoed)) return 'embargoed'
  return codes.some((code) => names.otherCodes.has(code)) || holds(name, names.other) ? 'other' : 'unknown'
}

/**
 * Knows the names of all countries in all languages before a form needs them. They are read from the file that the build
 * has written, or else, which takes about 200 ms, from what Node and the packages know: a few at a time, with a turn for
 * others between.
 */
export async function learnCountries(nextTurn: () => Promise<unknown>, file = writtenNames): Promise<void> {
  if (known !== undefined) return
  const written = readWritten(file)
  if (written) known = knownBy(written)
  const reading = readingNames()
  while (known === undefined) {
    const piece = reading.next()
    if (piece.done) known = knownBy(piece.value)
    else await nextTurn()
  }
}

/** Beside the bundle; beside this file there is none. */
const writtenNames = new URL('country-names.json', import.meta.url)

/** For the build: what `learnCountries` reads. */
export function countryNames(): string {
  return JSON.stringify(allOf(readingNames()))
}

/** Undefined where there is none that can be read, or it was written with another Node: each brings languages of its own. */
function readWritten(file: URL): CountryNames | undefined {
  try {
    const names: CountryNames = JSON.parse(readFileSync(file, 'utf8'))
    const lists = [names.embargoed, names.other, names.embargoedCodes, names.otherCodes]
    return names.icu === process.versions.icu && lists.every(Array.isArray) ? names : undefined
  } catch {
    return undefined
  }
}

function allOf<T>(reading: Generator<undefined, T>): T {
  for (;;) {
    const piece = reading.next()
    if (piece.done) return piece.value
  }
}

function hasEmbargoedRegion(name: string): boolean {
  return embargoedRegions.some((code) => ` ${name} `.includes(` ${code} `))
}

interface KnownNames {
  readonly embargoed: Names
  readonly other: Names
  readonly embargoedCodes: ReadonlySet<string>
  readonly otherCodes: ReadonlySet<string>
}

/** Names that are found without a look at each: a form may name a thousand countries. */
interface Names {
  /** Folded, each to the letter. */
  readonly texts: ReadonlySet<string>
  /** Those of several words, by their first word. */
  readonly byFirstWord: ReadonlyMap<string, readonly string[]>
  /** Of scripts that put no space between words. */
  readonly unspaced: readonly string[]
}

let known: KnownNames | undefined

/** Names folded, and codes. */
interface CountryNames {
  /** The version of ICU that named them. */
  readonly icu: string | undefined
  readonly embargoed: readonly string[]
  readonly other: readonly string[]
  readonly embargoedCodes: readonly string[]
  readonly otherCodes: readonly string[]
}

function knownBy({ embargoed, other, embargoedCodes, otherCodes }: CountryNames): KnownNames {
  return {
    ...{ embargoed: namesBy(embargoed), other: namesBy(other) },
    ...{ embargoedCodes: new Set(embargoedCodes), otherCodes: new Set(otherCodes) },
  }
}

/**
 * Gives way after each language. What a language needs is let go before the next one's is read: all of them together are
 * some 20 MB, of which 2 are names.
 */
function* readingNames(): Generator<undefined, CountryNames> {
  const require = createRequire(import.meta.url)
  // The package's own entry loads all languages, and keeps them.
  const countries: typeof import('i18n-iso-countries') = require('i18n-iso-countries/index.js')
  const all = Object.keys(countries.getAlpha2Codes())
  const isEmbargoed = (code: string) => (embargoedCountries as readonly string[]).includes(code)
  const codesOf = (alpha2: string) => [alpha2, countries.alpha2ToAlpha3(alpha2) ?? alpha2]
  const embargoed = new Set(furtherNames)
  const other = new Set(otherNames)
  const namesOf = (code: string) => (isEmbargoed(code) ? embargoed : other)
  for (const language of countries.getSupportedLanguages()) {
    const file = require.resolve(`i18n-iso-countries/langs/${language}.json`)
    const { countries: named }: LocaleData = JSON.parse(readFileSync(file, 'utf8'))
    for (const code of all) for (const name of [named[code] ?? []].flat()) namesOf(code).add(name)
    yield
  }
  for (const locale of displayLocales()) {
    const displayed = (style: 'long' | 'short') =>
      new Intl.DisplayNames([locale], { type: 'region', style, fallback: 'none' })
    const long = displayed('long')
    for (const code of all) namesOf(code).add(long.of(code) ?? '')
    const short = displayed('short')
    for (const code of embargoedCountries) embargoed.add(short.of(code) ?? '')
    yield
  }
  return {
    icu: process.versions.icu,
    embargoed: yield* foldedAll(embargoed),
    other: yield* foldedAll(other),
    embargoedCodes: embargoedCountries.flatMap(codesOf),
    otherCodes: all.filter((code) => !isEmbargoed(code)).flatMap(codesOf),
  }
}

/** Each language that ICU knows by two letters, and the other scripts of some. */
function displayLocales(): readonly string[] {
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const languages = letters.flatMap((one) => letters.map((other) => one + other))
  const scripts = ['zh-Hant', 'sr-Latn', 'uz-Cyrl', 'az-Cyrl', 'bs-Cyrl', 'pa-Arab', 'kk-Arab', 'yue']
  return Intl.DisplayNames.supportedLocalesOf([...languages, ...scripts])
}

const unspacedScripts =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}]/u
/** Some milliseconds of folding. */
const foldedAtOnce = 1_000

function* foldedAll(written: ReadonlySet<string>): Generator<undefined, string[]> {
  const texts = new Set<string>()
  let read = 0
  for (const name of written) {
    const text = folded(name)
    if (text.length > 1) texts.add(text)
    read += 1
    if (read % foldedAtOnce === 0) yield
  }
  return [...texts]
}

function namesBy(folded: readonly string[]): Names {
  const texts = new Set(folded)
  const byFirstWord = new Map<string, string[]>()
  const unspaced: string[] = []
  for (const text of texts) {
    const [first = '', ...more] = text.split(' ')
    if (unspacedScripts.test(text)) unspaced.push(text.replaceAll(' ', ''))
    else if (more.length > 0 && !byFirstWord.get(first)?.push(text)) byFirstWord.set(first, [text])
  }
  return { texts, byFirstWord, unspaced }
}

/** Tells whether all words of one of the names stand in the text, in any order, with others between them. */
function holds(text: string, { texts, byFirstWord, unspaced }: Names): boolean {
  const words = new Set(text.split(' '))
  for (const word of words)
    if (
      texts.has(word) ||
      byFirstWord.get(word)?.some((name) => name.split(' ').every((one) => words.has(one)))
    )
      return true
  if (!unspacedScripts.test(text)) return false
  const bare = text.replaceAll(' ', '')
  return unspaced.some((name) => bare.includes(name))
}

/** A part of the text that is nothing but a code: "RU", "Moscow, RU", "Belarus (BY)". Small letters only if it is all. */
function codesIn(text: string): readonly string[] {
  const whole = text.trim()
  const parts = whole.split(/[,;:|/()[\]\n-]+/).map((part) => part.trim())
  return [
    ...(/^[a-z]{2,3}$/.test(whole) ? [whole.toUpperCase()] : []),
    ...parts.filter((part) => /^[A-Z]{2,3}$/.test(part)),
  ]
}

/** https://unicode.org/reports/tr51/#Flags: two regional indicators. */
function codeOfFlag(flag: string): string {
  return [...flag].map((sign) => String.fromCodePoint((sign.codePointAt(0) ?? 0) - 0x1f1e6 + 65)).join('')
}

/** Without case, accents (the vowel signs of other scripts stay), width, apostrophes and punctuation. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\p{Cf}'’ʹʼ`´]/gu, '')
    .toLowerCase()
    .replace(/ı/g, 'i')
    .replace(/ł/g, 'l')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
}
