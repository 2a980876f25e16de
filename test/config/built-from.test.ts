/** A supervisor starts the bundle as it is: what it was built from is told from what lies beside it. */
import { rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isOutdated } from '../../src/config/built-from.ts'
import { builtBundle } from './built-bundle.ts'

test('A bundle of the code beside it is current', async () => {
  const { at, bundle } = await builtBundle()
  expect(await isOutdated(bundle)).toBe(false)

  writeFileSync(at('src/flows/.labels.ts.swp'), 'what an editor leaves')
  expect(await isOutdated(bundle)).toBe(false)
})

test.each<[string, (at: (name: string) => string) => void]>([
  ['a file is changed', (at) => writeFileSync(at('src/flows/labels.ts'), '')],
  ['a reply is changed', (at) => writeFileSync(at('src/flows/snippets/closed-no-response.md'), 'x')],
  ['a file is new', (at) => writeFileSync(at('src/flows/new.ts'), '')],
  ['a file is gone', (at) => rmSync(at('src/flows/labels.ts'))],
  ['a package is another', (at) => writeFileSync(at('package-lock.json'), '{}')],
])('It is outdated once %s', async (_what, change) => {
  const { at, bundle } = await builtBundle()

  change(at)

  expect(await isOutdated(bundle)).toBe(true)
})

test.each<[string, (at: (name: string) => string) => void]>([
  ['there is no code', (at) => rmSync(at('src'), { recursive: true })],
  ['nothing says what it was built from', (at) => rmSync(at('dist/built-from'))],
])('It can’t be told where %s', async (_what, change) => {
  const { at, bundle } = await builtBundle()

  change(at)

  expect(await isOutdated(bundle)).toBe(false)
})
