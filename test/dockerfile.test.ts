/** The image can't be built in the tests; what it says of this repository is held to be so. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const lines = read('Dockerfile').split('\n')
const after = (word: string) =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
/** By any of its stages, of what lies here. */
const copied = [
  ...new Set(
    after('COPY')
      .filter((line) => !line.startsWith('--from='))
      .flatMap((line) => line.split(' ').slice(0, -1)),
  ),
]

test('what is copied is there, is let through by .dockerignore, and is all that that lets through', () => {
  const letThrough = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))

  expect(copied.filter((path) => !existsSync(new URL(`../${path}`, import.meta.url)))).toEqual([])
  expect([...copied].sort()).toEqual(letThrough.sort())
})

test('its Node is that of the project, and it starts as npm start does', () => {
  const { scripts } = JSON.parse(read('package.json'))

  for (const from of after('FROM')) expect(from).toMatch(new RegExp(`^node:${read('.nvmrc').trim()}-`))
  expect(`exec ${JSON.parse(after('CMD')[0] ?? '').join(' ')}`).toBe(scripts.start)
})

test('what is compiled is kept for the user that runs it, in a folder that is theirs', () => {
  const user = after('USER')[0] ?? ''
  const runs = (part: readonly string[]) => part.filter((line) => line.startsWith('RUN ')).join('\n')
  const at = lines.indexOf(`USER ${user}`)

  expect(runs(lines.slice(0, at))).toMatch(new RegExp(`chown ${user}:${user} .*node_modules/\\.cache`))
  expect(runs(lines.slice(at))).toMatch(/--import \.\/src\/compile-cache\.js dist\/main\.js$/)
})

test('a supervisor without npm starts it as npm start does', () => {
  const { scripts } = JSON.parse(read('package.json'))
  const started = /^ExecStart=\S+\/node (.+)$/m.exec(read('docs/operating.md'))?.[1]

  expect(`exec node ${started}`).toBe(scripts.start)
})

test('what the bot reads besides its code and its settings is in it', () => {
  const needed = ['config', 'manifest.yml', '.env.example', 'package.json']

  expect(needed.filter((path) => !copied.includes(path))).toEqual([])
})
