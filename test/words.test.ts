/** Words that were retired from the bot's texts do not come back: docs/words.md. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const src = new URL('../src/', import.meta.url)

/** The retired phrases, each with what is said instead. */
const retired: readonly (readonly [RegExp, string])[] = [
  [/claimed by (nobody|\$\{)/, 'Unassigned, Assigned to'],
  [/\bnow stands at\b|\bstands at “/, 'is at'],
  [/\bas (it|they) stands?\b(?! at)/, 'exactly as written'],
  [/\bclocks are (not )?on hold\b|\bput on hold\b|\bon hold since\b/, 'paused'],
  [/[Tt]o mend: /, 'Fix: '],
  [/none of the bot’s/, 'no longer works'],
]

/** The strings and templates of a file, without its comments. */
function textsIn(file: string): readonly string[] {
  const code = readFileSync(new URL(file, src), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
  return code.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? []
}

test('the phrases that docs/words.md retired stand in no text of the bot', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const found = files.flatMap((file) =>
    textsIn(file).flatMap((text) =>
      retired.flatMap(([phrase, instead]) =>
        phrase.test(text) ? [`${file}: ${text.slice(0, 120)}: say “${instead}”`] : [],
      ),
    ),
  )

  expect(files.length).toBeGreaterThan(100)
  expect(found).toEqual([])
})

test('the check finds such a phrase', () => {
  expect(retired.filter(([phrase]) => phrase.test('`#1 now stands at “Closed”`'))).toHaveLength(1)
  expect(retired.filter(([phrase]) => phrase.test("'claimed by nobody'"))).toHaveLength(1)
})
