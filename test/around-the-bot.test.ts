/** How tests, proofs, bench and sandbox start the bot. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const self = 'test/around-the-bot.test.ts'
const files = globSync('{bench,docs,prove,sandbox,test}/**/*.ts', { cwd: root }).filter((one) => one !== self)

function linesWith(pattern: RegExp): readonly string[] {
  return files.flatMap((file) =>
    readFileSync(`${root}${file}`, 'utf8')
      .split('\n')
      .filter((line) => pattern.test(line) && !/^\s*(\/?\*|\/\/)/.test(line))
      .map(() => file),
  )
}

describe('One world starts the bot', () => {
  const world = 'sandbox/world.ts'

  test('as an app in this process', () => {
    expect([...new Set(linesWith(/(?<!\.)\bstartApp\(\{/))]).toEqual([world])
  })

  test('as a process of its own', () => {
    expect([...new Set(linesWith(/new URL\('[./]*src\/main\.ts'/))]).toEqual([world])
  })

  test('among services that it alone starts and points the bot at', () => {
    const users = linesWith(/\b(?:startServices|servicesInProcess)\(/)

    expect([...new Set(users)].filter((file) => file !== 'sandbox/services.ts')).toEqual([world])
  })
})
