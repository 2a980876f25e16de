import { describe, expect, test } from 'vitest'
import { privacy } from '../../src/desks/privacy.ts'
import type { DigestState } from '../../src/requests/digest.ts'
import { digestGroups, digestMessage } from '../../src/views/digest-message.ts'
import { aCardState, type Override } from './a-card-state.ts'
import { problemsWith, textsOf } from './block-kit-rules.ts'

const now = '2026-03-20T08:00:00.000Z'

const aRequest = (iid: number, createdAt: string, override: Override = {}) =>
  aCardState({ now, request: { id: `r-${iid}`, iid, createdAt }, facts: { started: createdAt }, ...override })

const aDigest = (override: Partial<DigestState> = {}): DigestState => ({
  desk: privacy,
  now,
  timeZone: 'UTC',
  open: [],
  closed: [],
  counts: Object.entries({ new: 2, closed: 1, invalid: 3 }),
  notes: [],
  auditHead: { seq: 42, hash: 'ab'.repeat(32) },
  ...override,
})

const shown = (digest: DigestState) =>
  textsOf(digestMessage(digest).blocks)
    .map(({ text }) => text)
    .join('\n')

describe('the daily deadline digest', () => {
  test('overdue → due today → due in the next 3 days → Close No Response is open → waiting for approval → not yet started', () => {
    const open = [
      aRequest(7, '2026-03-19T00:00:00.000Z'),
      aRequest(6, '2026-03-18T00:00:00.000Z', { facts: {} }),
      aRequest(5, '2026-03-10T00:00:00.000Z', { step: 'exception-review' }),
      aRequest(4, '2026-03-05T00:00:00.000Z'),
      aRequest(3, '2026-02-21T00:00:00.000Z'),
      aRequest(2, '2026-02-18T00:00:00.000Z'),
      aRequest(1, '2026-02-17T00:00:00.000Z'),
    ]

    const groups = digestGroups(aDigest({ open }))

    expect(groups.map(({ title, requests }) => [title, requests.map(({ request }) => request.iid)])).toEqual([
      ['Overdue', [1]],
      ['Due today', [2]],
      ['Due in the next 3 days', [3]],
      ['Close No Response is open', [4]],
      ['Waiting for approval', [5]],
      ['Not yet started', [6]],
    ])
  })

  test('a request on hold is not due; it stands last, and its line says since when', () => {
    const facts = { started: '2026-02-18T00:00:00.000Z' }
    const held = { ...facts, pauses: [{ from: '2026-03-19T09:00:00.000Z', by: 'U1PRIVACY' }] }
    const open = [
      aRequest(1, '2026-02-18T00:00:00.000Z', { facts: held, step: 'ready' }),
      aRequest(2, '2026-02-18T00:00:00.000Z', { facts, step: 'ready' }),
      aRequest(3, '2026-02-10T00:00:00.000Z', { facts: held, step: 'ready' }),
    ]

    const groups = digestGroups(aDigest({ open }))

    expect(groups.map(({ title, requests }) => [title, requests.map(({ request }) => request.iid)])).toEqual([
      ['Overdue', [3]],
      ['Due today', [2]],
      ['On hold', [1]],
    ])
    expect(shown(aDigest({ open }))).toMatch(/#1> .* · on hold since 19 March 2026 · /)
    expect(shown(aDigest({ open }))).toMatch(/#3> .* · overdue by 8 days · /)
  })

  test('an extended request is due on its later day', () => {
    const extensions = [
      { clock: 'fulfilment', step: 'ready', days: 7, by: 'U1', at: '2026-03-02T00:00:00.000Z' } as const,
    ]
    const open = [aRequest(1, '2026-02-15T00:00:00.000Z', { facts: { extensions }, step: 'ready' })]

    expect(digestGroups(aDigest({ open }))).toEqual([])
    expect(
      shown(
        aDigest({
          open: [aRequest(1, '2026-02-11T00:00:00.000Z', { facts: { extensions }, step: 'ready' })],
        }),
      ),
    ).toContain('the last day is today')
  })

  test('each line: request, type, step, days left, assignee, link to the card; then the counts', () => {
    const open = [
      aRequest(1, '2026-02-17T00:00:00.000Z', {
        cardUrl: 'https://desk.slack.com/archives/C1/p1',
        request: { iid: 1, createdAt: '2026-02-17T00:00:00.000Z', assignee: 'U1ENGINEER' },
      }),
    ]

    const message = digestMessage(aDigest({ open }))

    expect(message.text).toBe(
      'Privacy requests, 20 March 2026: Overdue: 1. 1 open request; since yesterday 2 new, 1 closed, 3 invalid.',
    )
    expect(shown(aDigest({ open })).split('\n')).toEqual([
      'Privacy requests, 20 March 2026',
      '*Overdue* (1)',
      '• <https://gitlab.example.com/desk/requests/-/issues/123|#1> · GitLab.com Account Deletion · Waiting for the challenge answers · overdue by 1 day · <@U1ENGINEER> · <https://desk.slack.com/archives/C1/p1|card>',
      '1 open request; since yesterday 2 new, 1 closed, 3 invalid.',
      `Audit log: \`42:${'ab'.repeat(32)}\``,
    ])
  })

  test('a request that could be in two groups is in the first only', () => {
    const groups = digestGroups(aDigest({ open: [aRequest(1, '2026-01-01T00:00:00.000Z', { facts: {} })] }))

    expect(groups.map(({ title }) => title)).toEqual(['Overdue'])
  })

  test('"A day with nothing to say posts one line"', () => {
    const message = digestMessage(aDigest())

    expect(message.text).toBe(
      'Privacy requests, 20 March 2026: nothing is due or waiting. 0 open requests; since yesterday 2 new, 1 closed, 3 invalid.',
    )
    expect(message.blocks).toHaveLength(1)
  })

  test('of what was not read lately says since when, and claims nothing', () => {
    const message = digestMessage(aDigest({ stale: { since: '2026-03-19T22:10:00.000Z' } }))

    expect(message.text).toBe(
      'Privacy requests, 20 March 2026: nothing that the bot knows of is due or waiting. *GitLab could not be read since 19 March 2026, 22:10 UTC*: this is how it stood then. Tell the bot’s operators if it stays so. 0 open requests; since yesterday 2 new, 1 closed, 3 invalid.',
    )
    expect(problemsWith(message)).toEqual([])
  })

  test('of what was never read says so', () => {
    expect(digestMessage(aDigest({ stale: {} })).text).toContain(
      'nothing that the bot knows of is due or waiting. *GitLab has not been read yet*',
    )
  })

  test('says of which day the last digest was, unless that was yesterday', () => {
    const since = (lastAt: string) => /since .* new/.exec(digestMessage(aDigest({ lastAt })).text)?.[0]

    expect(since('2026-03-19T23:59:59.000Z')).toBe('since yesterday 2 new')
    expect(since('2026-03-16T09:00:00.000Z')).toBe('since the digest of 16 March 2026 2 new')
  })

  test('a reply after the close is said', () => {
    const closed = aRequest(9, '2026-02-01T00:00:00.000Z', { step: 'closed' })

    expect(shown(aDigest({ closed: [['The requester wrote after the close', [closed]]] }))).toContain(
      '*The requester wrote after the close* (1)',
    )
  })

  test('more lines than a message holds: the first ones, and how to list the rest', () => {
    const open = Array.from({ length: 300 }, (_, index) => aRequest(index + 1, '2026-02-01T00:00:00.000Z'))

    expect(problemsWith(digestMessage(aDigest({ open })))).toEqual([])
    expect(shown(aDigest({ open }))).toContain('and 260 more: `/privacy list` shows them')
  })
})
