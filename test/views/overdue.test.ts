/** The days by which something is overdue are those of the calendar since the day that its card names. */
import { describe, expect, test } from 'vitest'
import type { CardState } from '../../src/requests/card-states.ts'
import { requestList } from '../../src/views/answers.ts'
import { digestMessage } from '../../src/views/digest-message.ts'
import { requestCard } from '../../src/views/request-card.ts'
import { aCardState } from './a-card-state.ts'
import { aTicketState } from './a-ticket-state.ts'
import { textsOf } from './block-kit-rules.ts'

const shown = (message: { readonly blocks: unknown }) =>
  textsOf(message.blocks)
    .map(({ text }) => text)
    .join('\n')

/** What the list and the digest say of it, each the same. */
function linesOf(state: CardState): readonly string[] {
  const { desk, now, timeZone } = state
  const list = shown(requestList(desk, [state]))
  const digest = digestMessage({ desk, now, timeZone, open: [state], closed: [], counts: [], notes: [] })
  return [list, shown(digest)].map(
    (text) => / · \*?((?:overdue|due today|planned)[^·*\n]*?)\*?(?: ·|$|\n)/.exec(text)?.[1] ?? text,
  )
}

describe('the card, the list and the digest agree', () => {
  test.each([
    ['2026-03-31T23:59:59.999Z', 'Due Mar 31.', 'due today'],
    ['2026-04-01T00:00:00.000Z', 'Overdue: was due Mar 31.', 'overdue by 1 day'],
    ['2026-04-08T19:12:00.000Z', 'Overdue: was due Mar 31.', 'overdue by 8 days'],
  ])('on the 30 days, at %s', (now, card, line) => {
    const state = aCardState({ now })

    expect(requestCard(state).text).toContain(card)
    expect(linesOf(state)).toEqual([line, line])
  })

  test.each([
    ['2026-03-10T14:59:59.999Z', 'overdue by 23 hours'],
    ['2026-03-10T15:00:00.000Z', 'overdue by 1 day'],
    ['2026-03-17T10:12:00.000Z', 'overdue by 8 days'],
  ])('on a business day, at %s', (now, line) => {
    const state = aTicketState({ now })

    expect(requestCard(state).text).toContain('Overdue: was due Mar 9, 3:00 PM UTC.')
    expect(linesOf(state)).toEqual([line, line])
  })

  test.each([
    ['2026-03-13T00:00:00.000Z', 'overdue by 1 day'],
    ['2026-03-20T19:12:00.000Z', 'overdue by 8 days'],
  ])('on a promised report, at %s', (now, line) => {
    const facts = { promisedReport: { report: 'pen test', sendOn: '2026-03-12' } } as const
    const state = aTicketState({ now, step: 'queued', facts })

    expect(requestCard(state).text).toContain('Overdue: was due Mar 12.')
    expect(linesOf(state)).toEqual([line, line])
  })
})
