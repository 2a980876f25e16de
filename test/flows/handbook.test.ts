/** docs/handbook.md and docs/handbook-security.md: every sentence of the handbook that asks for something, and what does it; and the headings of the flows. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { effectsText, nextText, transitionText } from '../../docs/flow-page.ts'
import { clockText, needsText, whoText } from '../../docs/flow-words.ts'
import type { ObservationName } from '../../src/engine/event.ts'
import { type Decision, type Flow, transitionsOf } from '../../src/engine/flow.ts'
import { flows } from '../../src/flows/index.ts'
import { snippetNames } from '../../src/flows/snippets.ts'

const root = new URL('../../', import.meta.url)
const handbook = new URL('../shared/handbook/account-deletion-and-data-access.md', root)
const securityHandbook = new URL('../shared/handbook/security-zendesk-process.md', root)
const all: Readonly<Record<string, Flow>> = flows

interface Row {
  readonly heading: string
  readonly quote: string
  readonly places: string
  readonly what: string
}

const rowsOfRequests = readRows(readFileSync(new URL('docs/handbook.md', root), 'utf8'))
const rowsOfTickets = readRows(readFileSync(new URL('docs/handbook-security.md', root), 'utf8'))
const rows = [...rowsOfRequests, ...rowsOfTickets]
const places = rows.flatMap((row) => linksOf(row).map((link) => ({ ...link, row })))

test('both pages are read whole', () => {
  expect(rowsOfRequests.length).toBeGreaterThan(90)
  expect(rowsOfTickets.length).toBeGreaterThan(12)
  expect(places.length).toBeGreaterThan(120)
})

test('each sentence leads to a place in the flows, or is said to be done by GitLab or a person', () => {
  const vague = rows.filter(
    (row) =>
      linksOf(row).length === 0 &&
      ![
        'by GitLab itself',
        'by Zendesk itself',
        'by the bot itself',
        'by a person',
        '[every flow](flows/README.md)',
      ].includes(row.places),
  )

  expect(vague).toEqual([])
})

test.each(places)('$name is in the flows, and its link leads to its section', ({ name, file, anchor }) => {
  const [flow = '', step = ''] = name.split('/')

  expect(textOf(name)).toBeDefined()
  expect({ file, anchor }).toEqual({ file: flow, anchor: step === '*' ? 'at-any-open-step' : step })
  expect(readFileSync(new URL(`docs/flows/${file}.md`, root), 'utf8')).toContain(
    step === '*' ? '\n## At any open step\n' : `\n## ${step}\n`,
  )
})

test.each(rows.filter((row) => linksOf(row).length > 0))(
  '“$quote” is done with what is named: $what',
  (row) => {
    const texts = linksOf(row).map(({ name }) => textOf(name) ?? '')
    const named = Array.from(row.what.matchAll(/`([^`]+)`/g), ([, name = '']) => name)

    expect(named).not.toEqual([])
    expect(named.filter((one) => !texts.some((text) => says(text, one)))).toEqual([])
  },
)

test('every reply of the handbook is named', () => {
  const named = rows.map(({ what }) => what).join(' ')

  expect(snippetNames.filter((name) => !named.includes(`\`${name}\``))).toEqual([])
})

test('every decision of a flow but the holds of clocks performs a sentence of the page', () => {
  const used = new Set(places.map(({ name }) => name.split('/').at(-1)))
  const names = Object.values(all).flatMap((flow) => [
    ...Object.keys(flow.anytime),
    ...Object.values(flow.steps).flatMap(({ decisions }) => Object.keys(decisions)),
  ])

  // The page knows no hold, no extension, no message that is no answer, no mistake and no close by hand: the desk asked for them.
  expect([...new Set(names)].filter((name) => !used.has(name)).sort()).toEqual([
    'extend-deadline',
    'leave-as-closed',
    'not-an-answer',
    'pause-clocks',
    'resume-clocks',
    'undo-step',
  ])
})

describe.skipIf(!existsSync(fileURLToPath(handbook)))('Beside the handbook’s page', () => {
  const page = existsSync(fileURLToPath(handbook)) ? plain(readFileSync(handbook, 'utf8')) : ''

  test.each(rowsOfRequests)('“$quote” is in the page', ({ quote }) => {
    expectInOrder(page, quote)
  })

  test.each([...new Set(rowsOfRequests.map(({ heading }) => heading))])(
    '“%s” is a heading of the page',
    (heading) => {
      const lines = readFileSync(handbook, 'utf8').split('\n').map(plain)

      expect(lines).toContain(plain(heading))
    },
  )

  test('every label with a scope that the page names is named in the table', () => {
    const named = rows.map(({ what }) => what).join(' ')
    const labels = [...new Set(page.match(/[\w-]+::[\w-]+/g))]

    expect(labels.length).toBeGreaterThan(8)
    expect(labels.filter((label) => !named.includes(label))).toEqual([])
  })
})

describe.skipIf(!existsSync(fileURLToPath(securityHandbook)))('Beside the handbook’s page on tickets', () => {
  const page = existsSync(fileURLToPath(securityHandbook))
    ? plain(readFileSync(securityHandbook, 'utf8'))
    : ''
  const ofTickets = Object.values(all).filter(({ desk }) => desk.name === 'security')
  const steps = ofTickets.flatMap(({ steps: own }) => Object.entries(own))

  test.each(rowsOfTickets)('“$quote” is in the page', ({ quote }) => {
    expectInOrder(page, quote)
  })

  test('a flow bears the page’s title, and each of its steps a heading of it', () => {
    const headings = readFileSync(securityHandbook, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('## '))
      .map((line) => line.slice(3).trim())

    expect(ofTickets.map(({ handbook: title }) => title)).toEqual(['Security ZenDesk Process'])
    expect(page).toContain('# Security ZenDesk Process')
    expect(steps.filter(([, step]) => !headings.includes(step.handbook ?? ''))).toEqual([])
  })

  test('each clock gives the page’s sentence for itself', () => {
    const sentences = steps.flatMap(([, { clock }]) => (clock ? [clock.because] : []))

    expect(sentences).toHaveLength(3)
    expect(sentences.filter((sentence) => !page.includes(plain(sentence)))).toEqual([])
  })
})

/** The pieces of a quote, parted by an ellipsis. */
function expectInOrder(page: string, quote: string): void {
  let from = 0
  for (const piece of quote.split(' … ')) {
    const at = page.indexOf(plain(piece), from)
    expect(at, piece).toBeGreaterThanOrEqual(from)
    from = at + 1
  }
}

function readRows(markdown: string): readonly Row[] {
  let heading = ''
  return markdown.split('\n').flatMap((line) => {
    if (line.startsWith('## ')) heading = line.slice(3)
    const cells = /^\| “(.+)” \| (.+) \| (.+) \|$/.exec(line)
    if (!cells) return []
    const [, quote = '', where = '', what = ''] = cells
    return [{ heading, quote, places: where, what }]
  })
}

function linksOf(
  row: Row,
): readonly { readonly name: string; readonly file: string; readonly anchor: string }[] {
  return Array.from(
    row.places.matchAll(/\[`([^`]+)`\]\(flows\/([\w-]+)\.md#([\w-]+)\)/g),
    ([, name = '', file = '', anchor = '']) => ({ name, file, anchor }),
  )
}

/** What the data of a place says, in the words of its page. */
function textOf(place: string): string | undefined {
  const [flowName = '', stepName = '', what = ''] = place.split('/')
  const flow = all[flowName]
  const step = flow?.steps[stepName]
  const decision = stepName === '*' ? flow?.anytime[what] : step?.decisions[what]
  if (decision) return flow && decisionText(flow, decision)
  if (what === 'clock') return step && clockText(step)
  if (what === 'on-entry') return step?.onEntry && effectsText(step.onEntry)
  const seen = transitionsOf(step?.on?.[what as ObservationName])
  return seen.length === 0
    ? undefined
    : seen.map((one) => `${Object.values(one.where ?? {}).join()}; ${transitionText(one)}`).join('; ')
}

function decisionText(flow: Flow, decision: Decision): string {
  return [
    decision.button,
    whoText(decision),
    needsText(flow, decision),
    effectsText(decision.do),
    nextText(decision),
  ].join('; ')
}

/** As a word of its own: `close` is not in `closed`. */
function says(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w-])${RegExp.escape(name)}(?![\\w-])`).test(text)
}

/** Quotes and spaces make no difference. */
function plain(text: string): string {
  return text.replaceAll(/[’‘]/g, "'").replaceAll(/\s+/g, ' ').trim()
}
