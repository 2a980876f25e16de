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

/** Words that mean something else as well: what a line has to hold in which they do. */
const elsewhere: Readonly<Record<string, RegExp>> = {
  // An effect's kind.
  reply: /kind|case 'reply'|'reply'[,:\]|)]|\b(effect|work|rule)\b/,
  // The state of an issue or a ticket in GitLab and Zendesk, and how a ticket ended.
  closed: /state|status|z\.enum|TicketEnd|solved\?:|how/,
  solved: /state|status|TicketEnd|solved\?:|how/,
  // The state of an export.
  queued: /schedule|return 'queued'/,
  // A trait of the step.
  redirected: /outcome/,
}

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
  const leaks = literals.filter(({ text, line }) => names.has(text) && !elsewhere[text]?.test(line))

  expect(leaks.map(shown)).toEqual([])
})

test('no two-word button stands by its text where something is compared', () => {
  const buttons = new Set(decisions.map(([, { button }]) => button).filter((button) => button.includes(' ')))
  const leaks = literals.filter(({ text }) => buttons.has(text))

  expect(leaks.map(shown)).toEqual([])
})

test('what is listed to mean something else as well is a name that there is', () => {
  expect(Object.keys(elsewhere).filter((word) => !names.has(word))).toEqual([])
})
