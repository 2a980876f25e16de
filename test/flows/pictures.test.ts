/** The pages of docs/flows say what the flows do. */

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { flowPages } from '../../docs/flow-page.ts'
import { flowPicture } from '../../docs/flow-picture.ts'
import { defineFlow, type Flow } from '../../src/engine/flow.ts'
import { privacyRules } from '../../src/flows/desks.ts'
import { flows } from '../../src/flows/index.ts'

const folder = fileURLToPath(new URL('../../docs/flows/', import.meta.url))
const pages = flowPages(Object.values(flows))

test('docs/flows has a page for every flow, the list, and nothing else', () => {
  const files = globSync('**/*', { cwd: folder }).sort()

  expect(files, 'docs/flows is not current: run npm run draw-flows').toEqual(Object.keys(pages).sort())
})

test.each(Object.entries(pages))('docs/flows/%s is drawn from the flows as they are now', (file, page) => {
  const written = readFileSync(join(folder, file), 'utf8')

  expect(written, `docs/flows/${file} is not current: run npm run draw-flows`).toBe(page)
})

const lending: Flow = defineFlow<'asked' | 'lent' | 'back'>({
  name: 'lending',
  title: 'Lending',
  handbook: 'Library',
  desk: privacyRules,
  first: 'asked',
  closed: 'back',
  pinned: [],
  anytime: {
    'mark-spam': { button: 'Mark Spam', by: ['privacy'], do: [], goto: 'back' },
  },
  steps: {
    asked: {
      handbook: 'Ask',
      title: 'Asked for',
      availableWhen: 'on arrival',
      waitsFor: 'support',
      clock: { name: 'Answer', days: 2, since: 'created', because: 'Answer within two days' },
      on: { 'label-added': { where: { label: 'a::b' }, goto: 'lent' } },
      decisions: {
        lend: { button: 'Lend', by: ['support-engineer', 'support-manager'], do: [], goto: 'lent' },
        ask: { button: 'Ask', by: ['privacy'], inMenu: true, do: [] },
        pick: {
          button: 'Pick',
          by: ['support-manager'],
          do: [],
          goto: { field: 'which', to: { yes: 'lent', no: 'back' } },
        },
        move: { button: 'Move', by: ['field-security'], do: [], goto: { flowFrom: 'type' } },
      },
    },
    lent: {
      handbook: 'Lend',
      title: 'Lent',
      availableWhen: 'when lent',
      waitsFor: 'requester',
      on: { 'requester-replied': { goto: 'back' } },
      decisions: {},
    },
    back: {
      handbook: 'Lend',
      title: 'Back',
      availableWhen: 'when it is back',
      waitsFor: 'nobody',
      isClosed: true,
      decisions: {},
    },
  },
})

test('A picture shows steps with their clocks, decisions with button and who, and what is seen in brackets', () => {
  const picture = flowPicture(lending)

  expect(picture.split('\n')).toEqual([
    'stateDiagram-v2',
    '  state "Asked for<br/>Answer, 2 calendar days since the issue was created" as asked',
    '  state "Lent" as lent',
    '  state "Back" as back',
    '  [*] --> asked',
    '  asked --> lent : Lend (support)<br/>Pick, yes (support manager)<br/>[label a#58;#58;b set by hand]',
    '  asked --> asked : Ask (privacy, in the menu)',
    '  asked --> back : Pick, no (support manager)',
    '  asked --> [*] : Move (field security)',
    '  lent --> back : [the requester writes]',
    '  back --> [*]',
  ])
})

test('What Mermaid would read as a sign of its own stands in a picture by its number', () => {
  const asked = lending.steps.asked
  if (!asked) throw new Error('no such step')
  const lend = { button: 'Lend: "all"; <or> #1', by: ['privacy'], do: [], goto: 'lent' } as const
  const odd = {
    ...lending,
    steps: { ...lending.steps, asked: { ...asked, title: 'A "book": #1', decisions: { lend } } },
  }

  const lines = flowPicture(odd).split('\n')

  expect(lines[1]).toBe(
    '  state "A #34;book#34;: #35;1<br/>Answer, 2 calendar days since the issue was created" as asked',
  )
  expect(lines.find((line) => line.includes('asked --> lent'))).toBe(
    '  asked --> lent : Lend#58; #34;all#34;#59; #60;or#62; #35;1 (privacy)<br/>[label a#58;#58;b set by hand]',
  )
})

test('No picture of a flow holds a bare sign, and every step is named in letters and hyphens', () => {
  const lines = Object.values(flows).flatMap((flow) => flowPicture(flow).split('\n').slice(1))
  const labels = lines.flatMap((line) => / --> \S+ : (.*)$/.exec(line)?.[1] ?? [])
  const bare = labels.map((label) => label.replaceAll('<br/>', '').replaceAll(/#\d+;/g, ''))
  const steps = Object.values(flows).flatMap((flow) => Object.keys(flow.steps))

  expect(labels.length).toBeGreaterThan(40)
  expect(labels).toContain('Redirect#58; Support (field security)')
  expect(bare.filter((label) => /[:;"<>#]/.test(label))).toEqual([])
  expect(steps.filter((name) => !/^[a-z-]+$/.test(name))).toEqual([])
})
