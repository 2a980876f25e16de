/** The Home and the modal of a request against Slack's limits, in every state. */
import type { HomeView } from '@slack/types'
import { describe, expect, test } from 'vitest'
import { problemsOfView } from '../../sandbox/slack/block-limits.ts'
import { shipped } from '../../src/desks/index.ts'
import { flows } from '../../src/flows/index.ts'
import type { HomeState } from '../../src/requests/home.ts'
import { filterWords, firstLook, lookText, readLook } from '../../src/views/home-value.ts'
import { homeRefused, homeView, homeWithoutRole } from '../../src/views/home-view.ts'
import { requestModal } from '../../src/views/request-modals.ts'
import { aCardState } from './a-card-state.ts'
import { problemsWithModal, textsOf } from './block-kit-rules.ts'

const [privacy] = shipped.all
const hostile = [
  '<!channel> <@U1> <https://evil.example|x> & more',
  'x'.repeat(10_000),
  '\u202Eesrever \u2066isolated\u2069 \u200Bzero',
]

function aHome(override: Partial<HomeState> = {}): HomeState {
  if (!privacy) throw new Error('no desk')
  const counts = { 'for-me': 1, mine: 2, unassigned: 3, overdue: 4, 'this-week': 5, waiting: 6, all: 2_000 }
  return {
    person: { id: 'U1', roles: ['support-engineer'] },
    now: '2026-03-02T10:00:00.000Z',
    timeZone: 'UTC',
    desks: shipped.all,
    desk: privacy,
    look: { desk: 'privacy', filter: 'all', page: 1 },
    counts,
    load: { overdue: 4, 'this-week': 5, 'next-week': 0, later: 1_990, 'no-deadline': 1 },
    lines: Array.from({ length: 20 }, (_none, index) =>
      aCardState({ request: { id: `r-${index}`, number: index + 1, assignee: 'U1ENGINEER' } }),
    ),
    pages: 100,
    ...override,
  }
}

function problems(view: HomeView): readonly string[] {
  return [
    ...problemsOfView(view),
    ...(Buffer.byteLength(JSON.stringify(view)) > 250_000 ? ['too large'] : []),
  ]
}

describe('the Home', () => {
  test.each(Object.keys(filterWords))(
    'is accepted by Slack with %s, in both forms of its chart',
    (filter) => {
      for (const form of ['native', 'text'] as const)
        expect(problems(homeView(aHome({ look: { filter: filter as 'all', page: 0 } }), form))).toEqual([])
    },
  )

  test('says how much nobody has where nothing waits for the person', () => {
    const empty = (unassigned: number) => {
      const counts = { ...aHome().counts, 'for-me': 0, unassigned }
      return textsOf(homeView(aHome({ counts, lines: [], look: firstLook }), 'text'))
        .map(({ text }) => text)
        .join('\n')
    }

    expect(empty(3)).toContain(
      'Nothing is waiting for you right now. 3 unassigned: choose “Unassigned” above.',
    )
    expect(empty(0)).toMatch(/Nothing is waiting for you right now\.$/m)
  })

  test.each(
    Object.values(flows).flatMap((flow) => Object.keys(flow.steps).map((step) => [flow, step] as const)),
  )('has a line for $title at %s', (flow, step) => {
    const desk = shipped.all.find(({ source }) => source === flow.desk.source)
    if (!desk) throw new Error('no desk')
    const state = aHome({ desk, lines: [aCardState({ flow, step })] })

    expect(problems(homeView(state, 'text'))).toEqual([])
  })

  test('is accepted with one desk, with none of its requests, and without anybody to ask', () => {
    const load = { overdue: 0, 'this-week': 0, 'next-week': 0, later: 0, 'no-deadline': 0 }
    const counts = { ...aHome().counts, all: 0 }
    const empty = aHome({ ...(privacy && { desks: [privacy] }), lines: [], pages: 1, load, counts })

    expect(problems(homeView(empty, 'native'))).toEqual([])
    expect(problems(homeWithoutRole([{ title: 'Privacy requests', ask: '' }]))).toEqual([])
    expect(problems(homeRefused('Guests can’t use this.'))).toEqual([])
  })

  test.each(hostile)('takes any sentence as text: %#', (text) => {
    const view = homeRefused(text)

    expect(problems(view)).toEqual([])
    expect(textsOf(view).some((one) => one.text.includes('<!channel>'))).toBe(false)
  })

  test('every button says what it opens to a screen reader', () => {
    const labels = JSON.stringify(homeView(aHome(), 'text')).match(/"accessibility_label":"[^"]*"/g)

    expect(new Set(labels).size).toBe(20 + 3)
  })
})

describe('what a person looks at', () => {
  test('is read as it was written', () => {
    const look = { desk: 'security', filter: 'overdue', page: 3 } as const

    expect(readLook(lookText(look))).toEqual(look)
  })

  test.each(['', 'null', '[]', '{"filter":"constructor","page":-1}', '{"filter":3,"page":1.5}', '{'])(
    'begins anew where it can’t be read: %s',
    (text) => {
      expect(readLook(text)).toEqual(firstLook)
    },
  )
})

describe('the modal of a request', () => {
  test.each(
    Object.values(flows).flatMap((flow) =>
      Object.keys(flow.steps).map((step) => [flow.name, step, flow] as const),
    ),
  )('is accepted by Slack: %s, %s', (_name, step, flow) => {
    const log = Array.from({ length: 20 }, () => `Mar 2: ${hostile[0]}${'y'.repeat(300)}, by <@U1>`)

    expect(problemsWithModal(requestModal(aCardState({ flow, step }), log))).toEqual([])
  })
})
