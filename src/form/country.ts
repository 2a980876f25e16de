/** This file tells from a form which country it names: one that is embargoed, another, or none that can be told. */
import { createRequire } from 'node:module'
import countries from 'i18n-iso-countries'

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
  known ??= allOf(readingNames())
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
 * Reads the names of all countries in all languages before a form needs them, which takes about 200 ms: a few at a
 * time, with a turn for others between.
 */
export async function learnCountries(nextTurn: () => Promise<unknown>): Promise<void> {
  const reading = readingNames()
  for (let piece = reading.next(); known === undefined; piece = reading.next()) {
    if (piece.done) known = piece.value
    else await nextTurn()
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
  /** By their first word: all their words. */
  readonly byFirstWord: ReadonlyMap<string, readonly (readonly string[])[]>
  /** Of scripts that put no space between words. */
  readonly unspaced: readonly string[]
}

let known: KnownNames | undefined

/** Gives way after each language and each few countries. */
function* readingNames(): Generator<undefined, KnownNames> {
  const require = createRequire(import.meta.url)
  const languages = countries.getSupportedLanguages()
  for (const language of languages) {
    countries.registerLocale(require(`i18n-iso-countries/langs/${language}.json`))
    yield
  }
  const displayed = yield* displayNames()
  const embargoed: string[] = [...furtherNames]
  const other: string[] = [...otherNames]
  const all = Object.keys(countries.getAlpha2Codes())
  for (const code of all) {
    const isEmbargoed = (embargoedCountries as readonly string[]).includes(code)
    const names = isEmbargoed ? embargoed : other
    for (const language of languages)
      names.push(...(countries.getName(code, language, { select: 'all' }) ?? []))
    for (const { long, short } of displayed) {
      names.push(long.of(code) ?? '')
      if (isEmbargoed) names.push(short.of(code) ?? '')
    }
    yield
  }
  const isEmbargoed = (code: string) => (embargoedCountries as readonly string[]).includes(code)
  return {
    embargoed: yield* namesBy(embargoed),
    other: yield* namesBy(other),
    embargoedCodes: new Set(all.filter(isEmbargoed).flatMap(codesOf)),
    otherCodes: new Set(all.filter((code) => !isEmbargoed(code)).flatMap(codesOf)),
  }
}

function codesOf(alpha2: string): readonly string[] {
  return [alpha2, countries.alpha2ToAlpha3(alpha2) ?? alpha2]
}

interface Displayed {
  readonly long: Intl.DisplayNames
  readonly short: Intl.DisplayNames
}

/** In each language that ICU knows by two letters, and the other scripts of some. */
function* displayNames(): Generator<undefined, readonly Displayed[]> {
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const languages = letters.flatMap((one) => letters.map((other) => one + other))
  const scripts = ['zh-Hant', 'sr-Latn', 'uz-Cyrl', 'az-Cyrl', 'bs-Cyrl', 'pa-Arab', 'kk-Arab', 'yue']
  const displayed: Displayed[] = []
  for (const locale of Intl.DisplayNames.supportedLocalesOf([...languages, ...scripts])) {
    const named = (style: 'long' | 'short') =>
      new Intl.DisplayNames([locale], { type: 'region', style, fallback: 'none' })
    displayed.push({ long: named('long'), short: named('short') })
    yield
  }
  return displayed
}

const unspacedScripts =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}]/u
/** Some milliseconds of folding. */
const foldedAtOnce = 1_000

function* namesBy(written: readonly string[]): Generator<undefined, Names> {
  const texts = new Set<string>()
  for (const [index, name] of [...new Set(written)].entries()) {
    const text = folded(name)
    if (text.length > 1) texts.add(text)
    if (index % foldedAtOnce === 0) yield
  }
  const byFirstWord = new Map<string, (readonly string[])[]>()
  const unspaced: string[] = []
  for (const text of texts) {
    const words = text.split(' ')
    const [first = ''] = words
    if (unspacedScripts.test(text)) unspaced.push(words.join(''))
    else if (!byFirstWord.get(first)?.push(words)) byFirstWord.set(first, [words])
  }
  return { texts, byFirstWord, unspaced }
}

/** Tells whether all words of one of the names stand in the text, in any order, with others between them. */
function holds(text: string, { byFirstWord, unspaced }: Names): boolean {
  const words = new Set(text.split(' '))
  for (const word of words)
    if (byFirstWord.get(word)?.some((name) => name.every((one) => words.has(one)))) return true
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
