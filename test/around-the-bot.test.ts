/** How tests, proofs, bench and sandbox start the bot, and how they wait for what it does. */
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

    // The worker alone works there, without the bot.
    const others = ['sandbox/services.ts', 'test/services/effect-desk.ts']
    expect([...new Set(users)].filter((file) => !others.includes(file))).toEqual([world])
  })
})

describe('Nothing waits for a fixed time: for what happens, with a bound', () => {
  // The benchmark measures times; the instants of these kills are taken by chance; there timers themselves are tested.
  const waiting = files.filter(
    (file) =>
      !/^bench\/|^prove\/crash\/random-instants|^prove\/(?:replicas|failover)\/|^test\/prove\/virtual-time/.test(
        file,
      ),
  )
  const sources = waiting.map((file) => ({ file, source: readFileSync(`${root}${file}`, 'utf8') }))

  test('by a pause', () => {
    const pauses =
      /from '(?:node:)?timers\/promises'|new Promise(?:<\w+>)?\(\(?(\w+)\)? => setTimeout\(\1|scheduler\.wait|Atomics\.wait\(|waitForTimeout\(/

    expect(sources.filter(({ source }) => pauses.test(source)).map(({ file }) => file)).toEqual([])
  })

  test('by a timer that nobody stops: each is the end of a patience', () => {
    const unstopped = sources.flatMap(({ file, source }) =>
      source
        .split('\n')
        .filter((line) => /(?<![.\w])set(?:Timeout|Interval)\(/.test(line))
        .filter((line) => {
          const [, name] = /const (\w+) = setTimeout\(/.exec(line) ?? []
          return name === undefined || !source.includes(`clearTimeout(${name})`)
        })
        .map((line) => `${file}: ${line.trim()}`),
    )

    // A process that stays until it is killed.
    expect(unstopped).toEqual(['test/store/hold-store.ts: setInterval(() => store, 60_000)'])
  })
})
