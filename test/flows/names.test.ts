/** Code beside the flows asks them for traits: it knows no flow, step or decision by its name, nor a button by its text. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { flows } from '../../src/flows/index.ts'

const src = fileURLToPath(new URL('../../src/', import.meta.url))
const all = Object.values(flows)
const decisions = all.flatMap(({ anytime, steps }) => [
  ...Object.entries(anytime),
  ...Object.values(steps).flatMap((step) => Object.entries(step.decisions)),
])

const names = new Set([
  ...all.flatMap(({ name, steps }) => [name, ...Object.keys(steps)]),
  ...decisions.map(([name]) => name),
])

/**
 * Words that mean something else as well: a kind of effect or of note, the state of an issue, a ticket or an export, where a
 * text of a picture is anchored, and a trait. Such a word is a name where the line speaks of a step, a flow or a decision, and of no trait.
 */
const ambiguous = new Set(['reply', 'closed', 'solved', 'queued', 'redirected', 'shared', 'new', 'start'])
const speaksOfFlows = /^(?!.*\boutcome\b).*\b(?:steps?|flows?|decisions?)\b/

interface Literal {
  readonly where: string
  readonly text: string
  readonly line: string
}

/** Every string in quotes, but in comments and imports. */
function literalsOf(file: string): readonly Literal[] {
  return readFileSync(join(src, file), 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      /^\s*(\/?\*|\/\/|import|export \*|\} from)/.test(line)
        ? []
        : Array.from(line.matchAll(/'((?:[^'\\]|\\.)*)'|"([^"]*)"/g), ([, single, double]) => ({
            where: `src/${file}:${index + 1}`,
            text: single ?? double ?? '',
            line,
          })),
    )
}

const literals = globSync('**/*.ts', { cwd: src })
  .filter((file) => !file.startsWith('flows/') && !file.startsWith('store/migrations/'))
  .flatMap(literalsOf)

const shown = ({ where, line }: Literal) => `${where}: ${line.trim()}`

test('the search reads what there is', () => {
  expect(literals.length).toBeGreaterThan(1000)
  expect(names.size).toBeGreaterThan(60)
})

test('no flow, step or decision stands by its name in code beside the flows', () => {
  const leaks = literals.filter(
    ({ text, line }) => names.has(text) && (!ambiguous.has(text) || speaksOfFlows.test(line)),
  )

  expect(leaks.map(shown)).toEqual([])
})

test('no two-word button stands by its text where something is compared', () => {
  const buttons = new Set(decisions.map(([, { button }]) => button).filter((button) => button.includes(' ')))
  const leaks = literals.filter(({ text }) => buttons.has(text))

  expect(leaks.map(shown)).toEqual([])
})

test('what is listed as ambiguous is a name that there is', () => {
  expect([...ambiguous].filter((word) => !names.has(word))).toEqual([])
})
