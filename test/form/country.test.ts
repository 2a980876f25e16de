import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import countries from 'i18n-iso-countries'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { readCountry } from '../../src/form/country.ts'
import { temporaryFolder } from '../store/temporary-store.ts'

let loaded = 0

/** What a test before this one has learned is known to the module. */
function anew(): Promise<typeof import('../../src/form/country.ts')> {
  loaded += 1
  return import(new URL(`../../src/form/country.ts?loaded=${loaded}`, import.meta.url).href)
}

test('The names of all countries are learned a few at a time, and are the same as when a form needs them first', async () => {
  const { learnCountries, readCountry } = await anew()
  let turns = 0
  const learning = learnCountries(async () => {
    turns += 1
  })
  const meanwhile = ['Iran', 'Netherlands', 'Nowhere', '朝鲜民主主义人民共和国'].map(readCountry)
  await learning

  expect(turns).toBeGreaterThan(0)
  expect(meanwhile).toEqual(['embargoed', 'other', 'unknown', 'embargoed'])
  expect(['Iran', 'Netherlands', 'Nowhere', '朝鲜民主主义人民共和国'].map(readCountry)).toEqual(meanwhile)
})

describe('What the build has written of the names', () => {
  test('is what they are read as, and all that is read', async () => {
    const { countryNames, learnCountries, readCountry } = await anew()
    const file = fileOf({ ...JSON.parse(countryNames()), other: ['nowhere'] })
    const reading = vi.spyOn(Intl, 'DisplayNames')
    onTestFinished(() => reading.mockRestore())

    await learnCountries(async () => {}, file)

    expect(['Iran', 'Netherlands', 'Nowhere', 'RU', 'NL'].map(readCountry)).toEqual([
      'embargoed',
      'unknown',
      'other',
      'embargoed',
      'other',
    ])
    expect(reading).not.toHaveBeenCalled()
  })

  test.each([
    ['was written with another Node', { icu: '1.0' }],
    ['lacks some of them', { embargoed: undefined }],
    ['is cut off', undefined],
  ])('is not believed where it %s', async (_, wrong) => {
    const { countryNames, learnCountries, readCountry } = await anew()
    const file = fileOf({ ...JSON.parse(countryNames()), other: ['nowhere'], ...wrong })
    if (!wrong) truncateSync(file, 100_000)

    await learnCountries(async () => {}, file)

    expect(['Iran', 'Netherlands', 'Nowhere'].map(readCountry)).toEqual(['embargoed', 'other', 'unknown'])
  })

  function fileOf(names: object): URL {
    const file = join(temporaryFolder(), 'country-names.json')
    writeFileSync(file, JSON.stringify(names))
    return pathToFileURL(file)
  }
})

test.each([
  'Cuba',
  'Iran',
  'Iran, Islamic Republic of',
  'Islamic Republic of Iran',
  'North Korea',
  "Korea, Democratic People's Republic of",
  'Democratic People’s Republic of Korea',
  'Syria',
  'Syrian Arab Republic',
  'Russia',
  'RUSSIAN FEDERATION',
  'The Russian Federation',
  'Belarus',
  'Belaru',
  'Crimea',
  'Ukraine (Crimea)',
  'Donetsk region of Ukraine',
  'Luhansk',
  'Luhanks region of Ukraine',
  'Lugansk',
  "Korea (the Democratic People's Republic of)",
  'Korea, North',
  'Korea, Dem. Rep.',
  "Korea, Dem. People's Rep.",
  'N. Korea',
  'D.P.R.K.',
  'Republic of Cuba',
  '🇨🇺 Cuba',
  '🇸🇾',
  'cu',
  'CUB',
  'Moscow, RU',
  'Minsk (BY)',
  'Corea del Norte',
  'Russland',
  'Россия',
  'Fédération de Russie',
  'Weißrussland',
  'سوريا',
  'ایران',
  '北朝鮮',
  '俄罗斯联邦',
  'UA-43',
  'Simferopol, Autonomous Republic of Crimea',
  'Донецька область',
  'Sevastopol',
])('%s is embargoed', (country) => {
  expect(readCountry(country)).toBe('embargoed')
})

test.each([
  '',
  'Ukraine',
  'South Korea',
  'Korea, Republic of',
  'Netherlands',
  'Prussia',
  'Cubao, Philippines',
  'Iraq',
  'Sri Lanka',
  'Siri Lanka',
  'Saint Lucia',
  'Republic of Korea',
  'Korea; South',
  '한국',
  'Dem. Rep. Congo',
  "Lao People's Democratic Republic",
  'By the sea',
  'Bosnija ir Hercegovina',
  'Antiga sy Barboda',
])('“%s” is not embargoed', (country) => {
  expect(readCountry(country)).not.toBe('embargoed')
})

const isEmbargoed = (code: string) => ['CU', 'IR', 'KP', 'SY', 'RU', 'BY'].includes(code)

test('In each language that ISO’s names are kept in, the embargoed countries are told from all others', () => {
  /** A slip of that list: Turkmen's "Iraq" is written there as its neighbour's name. */
  const slips = ['Eýran']
  const wrong: string[] = []
  for (const code of Object.keys(countries.getAlpha2Codes()))
    for (const language of countries.getSupportedLanguages())
      for (const name of countries.getName(code, language, { select: 'all' }) ?? []) {
        const expected = isEmbargoed(code) ? 'embargoed' : 'other'
        const letters = [...name.replace(/\P{L}/gu, '')].length
        if (readCountry(name) !== expected && letters > 2 && !slips.includes(name))
          wrong.push(`${language} ${name}`)
      }

  expect(wrong).toEqual([])
})

test('In each language of the runtime, with a flag, a code or "Republic of" beside it, too', () => {
  for (const locale of Intl.DisplayNames.supportedLocalesOf([
    'en',
    'fr',
    'de',
    'es',
    'pt',
    'ru',
    'ar',
    'fa',
    'zh',
    'ja',
    'ko',
    'tr',
    'uk',
    'hi',
    'th',
    'vi',
    'el',
    'he',
    'sw',
  ]))
    for (const code of ['CU', 'IR', 'KP', 'SY', 'RU', 'BY', 'ES', 'KR', 'US', 'UA', 'NL']) {
      const name = new Intl.DisplayNames([locale], { type: 'region' }).of(code) ?? ''
      const expected = isEmbargoed(code) ? 'embargoed' : 'other'

      for (const written of [
        name,
        name.toUpperCase(),
        `${name} (${code})`,
        `Republic of ${name}`,
        ` ${name}. `,
      ])
        expect([locale, written, readCountry(written)]).toEqual([locale, written, expected])
    }
})

test.each(['', 'Atlantis', 'Korea', 'Moscow', 'Europe', '12345', '?'])(
  '“%s” is no country that is known',
  (country) => {
    expect(readCountry(country)).toBe('unknown')
  },
)
