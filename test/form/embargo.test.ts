import { expect, test } from 'vitest'
import { isEmbargoed } from '../../src/form/embargo.ts'

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
])('%s is embargoed', (country) => {
  expect(isEmbargoed(country)).toBe(true)
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
])('“%s” is not embargoed', (country) => {
  expect(isEmbargoed(country)).toBe(false)
})
