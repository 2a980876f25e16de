import { describe, expect, test } from 'vitest'
import type { QueueFor } from '../../src/desks/listed.ts'
import { privacy } from '../../src/desks/privacy.ts'
import type { DigestState } from '../../src/requests/digest.ts'
import { digestMessage, drawDigest } from '../../src/views/digest-message.ts'
import { queueOf } from '../../src/views/digest-queue.ts'
import { aCardState, type Override } from './a-card-state.ts'
import { problemsWith, textsOf } from './block-kit-rules.ts'

const now = '2026-03-20T08:00:00.000Z'
const [ada, ben] = ['U1ADA', 'U1BEN']

/** Received three weeks ago, answered, and nobody's. */
const aRequest = (iid: number, override: Override = {}) => {
  const createdAt = override.request?.createdAt ?? '2026-02-27T00:00:00.000Z'
  const request = { id: `r-${iid}`, createdAt, ...override.request, number: iid }
  return aCardState({ now, step: 'evaluating', facts: { started: createdAt }, ...override, request })
}

const of = (assignee: string, createdAt = '2026-02-27T00:00:00.000Z'): Override => ({
  request: { assignee, createdAt },
})

const aDigest = (override: Partial<DigestState> = {}): DigestState => ({
  desk: privacy,
  now,
  timeZone: 'UTC',
  open: [],
  closed: [],
  counts: Object.entries({ new: 2, closed: 1, invalid: 3 }),
  notes: [],
  auditHead: { seq: 42, hash: 'ab'.repeat(32) },
  mentions: { 'support-manager': '<!subteam^S01MANAGERS>', privacy: '<@U1PRIVACY>' },
  ...override,
})

const shown = (digest: DigestState) =>
  textsOf(digestMessage(digest).blocks)
    .map(({ text }) => text)
    .join('\n')

const queue = (digest: DigestState): readonly (readonly [QueueFor, readonly number[]])[] =>
  queueOf(digest).groups.map((group) => [group.for, group.items.map(({ state }) => state.request.number)])

interface Shown {
  readonly text: string
  readonly buttons: readonly string[]
}

/** Each line of the queue with its buttons. */
function linesOf(digest: DigestState): readonly Shown[] {
  const lines: { text: string; buttons: string[] }[] = []
  for (const block of digestMessage(digest).blocks) {
    if (block.type === 'section' && block.text?.text.includes('|#'))
      lines.push({ text: block.text.text, buttons: [] })
    const accessory = block.type === 'section' ? block.accessory : undefined
    const elements = block.type === 'actions' ? block.elements : accessory ? [accessory] : []
    for (const element of elements)
      if (element.type === 'button') lines.at(-1)?.buttons.push(element.text.text)
  }
  return lines
}

describe('the digest is a queue', () => {
  test('unassigned first, then person by person, the one with the most urgent request first', () => {
    const open = [
      aRequest(1, of(ada)),
      aRequest(2),
      aRequest(3, of(ben, '2026-02-01T00:00:00.000Z')),
      aRequest(4, of(ada, '2026-02-20T00:00:00.000Z')),
    ]

    expect(queue(aDigest({ open }))).toEqual([
      [{ isUnassigned: true }, [2]],
      [{ person: ben }, [3]],
      [{ person: ada }, [4, 1]],
    ])
  })

  test('what only others may decide is theirs, whoever has the request', () => {
    const open = [aRequest(1, { ...of(ada), step: 'exception-review' })]

    const [[whose]] = queue(aDigest({ open })) as [readonly [QueueFor, readonly number[]]]

    expect(whose).toEqual({ roles: ['support-manager'] })
    expect(shown(aDigest({ open }))).toContain('*<!subteam^S01MANAGERS>*')
    expect(shown(aDigest({ open, mentions: {} }))).toContain('*For a support manager*')
  })

  test('failed, closed by hand and stuck come before what is overdue, and that before the rest by its due date', () => {
    const failed = { what: 'Close #1', status: 'failed' } as const
    const metaIssue = { iid: 9, url: 'https://gitlab.example.com/9', done: 1, total: 3, closed: false }
    const byHand = {
      step: 'closed',
      facts: { isIncomplete: true, closedFrom: 'evaluating', closedOutside: true },
    } as const
    const open = [
      aRequest(1),
      aRequest(2, { request: { createdAt: '2026-02-20T00:00:00.000Z' } }),
      aRequest(3, { request: { createdAt: '2026-02-01T00:00:00.000Z' } }),
      aRequest(4, {
        step: 'deleting',
        facts: { metaIssue, progressAt: '2026-03-01T00:00:00.000Z' },
        request: { stepSince: '2026-03-01T00:00:00.000Z' },
      }),
      aRequest(6, { work: [failed] }),
    ]

    const [[, iids]] = queue(
      aDigest({ open, closed: [['Closed by hand: finish it', [aRequest(5, byHand)]]] }),
    ) as [readonly [QueueFor, readonly number[]]]

    expect(iids).toEqual([6, 5, 4, 3, 2, 1])
  })

  test('what waits for others is counted, and in no line', () => {
    const open = [
      aRequest(1, { step: 'awaiting-answers', request: { createdAt: '2026-03-19T00:00:00.000Z' } }),
      aRequest(2, { facts: { pauses: [{ from: '2026-03-19T09:00:00.000Z', by: 'U1PRIVACY' }] } }),
    ]

    expect(queue(aDigest({ open }))).toEqual([])
    expect(digestMessage(aDigest({ open })).text).toBe(
      'Privacy requests, Fri, Mar 20: nothing to do, 1 waiting on requesters. 2 open requests; since yesterday 2 new, 1 closed, 3 invalid.',
    )
    expect(shown(aDigest({ open }))).toContain('1 paused.')
    expect(shown(aDigest({ open }))).toContain('*Nothing to do, 1 waiting on requesters*')
  })

  test('but what is overdue has its line, whomever it waits for', () => {
    const since = '2026-03-19T00:00:00.000Z'
    const waiting = {
      step: 'security-review',
      request: { createdAt: '2026-02-10T00:00:00.000Z', stepSince: since },
    }
    const asked = {
      ...{ step: 'awaiting-answers', request: { assignee: ada, createdAt: '2026-02-10T00:00:00.000Z' } },
      facts: { started: since },
    }
    const held = { ...waiting, facts: { pauses: [{ from: '2026-02-11T09:00:00.000Z', by: 'U1PRIVACY' }] } }
    const open = [aRequest(1, waiting), aRequest(2, asked), aRequest(3, held)]

    expect(queue(aDigest({ open }))).toEqual([
      [{ isUnassigned: true }, [1]],
      [{ person: ada }, [2]],
    ])
    expect(linesOf(aDigest({ open })).map(({ text }) => text)).toEqual([
      expect.stringContaining('|#1> · GitLab.com Account Deletion · '),
      expect.stringContaining('*overdue by 8 days*'),
    ])
    expect(shown(aDigest({ open })).match(/overdue by 8 days/g)).toHaveLength(2)
    expect(digestMessage(aDigest({ open })).text).toContain(': 2 to do, 2 overdue.')
  })

  test('each line: request, type, what comes next, by when; and nothing of who has it but its heading', () => {
    const digest = aDigest({ open: [aRequest(1, of(ada))] })

    expect(digestMessage(digest).text).toBe(
      'Privacy requests, Fri, Mar 20: 1 to do. 1 open request; since yesterday 2 new, 1 closed, 3 invalid.',
    )
    expect(shown(digest).split('\n')).toEqual([
      'Privacy requests, Fri, Mar 20',
      '*1 to do*',
      `*<@${ada}>*`,
      expect.stringMatching(
        /^<https:\/\/gitlab\.example\.com\/desk\/requests\/-\/issues\/123\|#1> · GitLab\.com Account Deletion · Answers are in: check them · due Mar 29 \(9 days left\)$/,
      ),
      'Open',
      '1 open request; since yesterday 2 new, 1 closed, 3 invalid.',
    ])
  })

  test('a person is mentioned once, however much they have', () => {
    const open = Array.from({ length: 12 }, (_, index) => aRequest(index + 1, of(ada)))

    expect(shown(aDigest({ open })).split(`<@${ada}>`)).toHaveLength(2)
  })

  test('what is overdue says by how much', () => {
    const open = [aRequest(1, { request: { createdAt: '2026-02-10T00:00:00.000Z' } })]

    expect(shown(aDigest({ open }))).toContain('· *overdue by 8 days*')
    expect(digestMessage(aDigest({ open })).text).toContain(': 1 to do, 1 overdue.')
  })

  test('how many deadlines end within a week, those that are over left out', () => {
    const created = ['2026-02-10', '2026-02-18', '2026-02-24', '2026-02-25']
    const open = created.map((day, index) =>
      aRequest(index + 1, { request: { createdAt: `${day}T00:00:00.000Z` } }),
    )

    expect(shown(aDigest({ open }))).toContain('2 will pass 30 days this week.')
  })
})

describe('where one click serves, the line has its button', () => {
  const silent = { step: 'awaiting-answers', facts: { started: '2026-03-01T00:00:00.000Z' } } as const

  test('Close No Response, and Claim where nobody has the request', () => {
    const open = [aRequest(1, silent), aRequest(2, { ...silent, ...of(ada) })]

    expect(linesOf(aDigest({ open })).map(({ buttons }) => buttons)).toEqual([
      ['Close No Response', 'Claim'],
      ['Close No Response'],
    ])
  })

  test('none that asks for more than a yes: then it is opened', () => {
    const open = [aRequest(1), aRequest(2, of(ada))]

    expect(linesOf(aDigest({ open })).map(({ buttons }) => buttons)).toEqual([['Claim'], ['Open']])
  })

  test('none that is not open yet, nor where a reason is asked for', () => {
    const open = [aRequest(1, { ...silent, ...of(ada), facts: { ...silent.facts, hasOtherAddress: true } })]

    expect(linesOf(aDigest({ open })).map(({ buttons }) => buttons)).toEqual([['Open']])
  })

  test('each says to a screen reader which request it is for', () => {
    const labels: string[] = []
    JSON.stringify(digestMessage(aDigest({ open: [aRequest(1, silent)] })).blocks, (key, value: unknown) => {
      if (key === 'accessibility_label') labels.push(String(value))
      return value
    })

    expect(labels).toEqual(['Close No Response: #1', 'Claim: #1'])
  })
})

describe('what a digest says besides', () => {
  test('"A day with nothing to say posts one line"', () => {
    const message = digestMessage(aDigest())

    expect(message.text).toBe(
      'Privacy requests, Fri, Mar 20: nothing to do. 0 open requests; since yesterday 2 new, 1 closed, 3 invalid.',
    )
    expect(message.blocks).toHaveLength(1)
  })

  test('of what was not read lately it says since when, and claims nothing', () => {
    const message = digestMessage(aDigest({ stale: { since: '2026-03-19T22:10:00.000Z' } }))

    expect(message.text).toBe(
      'Privacy requests, Fri, Mar 20: nothing to do that the bot knows of. *GitLab can’t be read since Mar 19, 10:10 PM UTC*: this is as of then. If it keeps happening, tell your admins. 0 open requests; since yesterday 2 new, 1 closed, 3 invalid.',
    )
    expect(problemsWith(message)).toEqual([])
  })

  test('of what was never read it says so', () => {
    expect(digestMessage(aDigest({ stale: {} })).text).toContain(
      'nothing to do that the bot knows of. *GitLab hasn’t been read yet*',
    )
  })

  test('of which day the last digest was, unless that was yesterday', () => {
    const since = (lastAt: string) => /since .* new/.exec(digestMessage(aDigest({ lastAt })).text)?.[0]

    expect(since('2026-03-19T23:59:59.000Z')).toBe('since yesterday 2 new')
    expect(since('2026-03-16T09:00:00.000Z')).toBe('since the digest of Mar 16: 2 new')
  })

  test('no zeros', () => {
    const counts = (given: Record<string, number>) =>
      digestMessage(aDigest({ counts: Object.entries(given) })).text.split('. ')[1]

    expect(counts({ new: 0, closed: 1, invalid: 0 })).toBe('0 open requests; since yesterday 1 closed.')
    expect(counts({ new: 0, closed: 0, invalid: 0 })).toBe('0 open requests.')
  })

  test('a reply after the close', () => {
    const closed = aRequest(9, { step: 'closed' })

    expect(
      shown(aDigest({ closed: [['The requester replied after the close: read it', [closed]]] })),
    ).toContain('The requester replied after the close: read it')
  })

  test('the head of the audit log in the thread, where nobody has to look at it every day', () => {
    const { message, replies } = drawDigest(aDigest())

    expect(JSON.stringify(message)).not.toContain('Audit log')
    expect(replies.map(({ text }) => text)).toEqual([`Audit log: \`42:${'ab'.repeat(32)}\``])
  })
})

describe('more than a message holds', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => aRequest(index + 1, index % 3 === 0 ? {} : of(ada)))

  const named = ({ message, replies }: ReturnType<typeof drawDigest>) =>
    [message, ...replies].flatMap(({ blocks }) =>
      [...JSON.stringify(blocks).matchAll(/\|#(\d+)>/g)].map(([, iid]) => Number(iid)),
    )

  test('300 lines go on in the thread, each request once, in messages that Slack takes', () => {
    const drawn = drawDigest(aDigest({ open: many(300) }))

    expect(named(drawn).sort((one, other) => one - other)).toEqual(
      Array.from({ length: 300 }, (_, index) => index + 1),
    )
    for (const message of [drawn.message, ...drawn.replies]) expect(problemsWith(message)).toEqual([])
    expect(shown(aDigest({ open: many(300) }))).toMatch(/The thread lists \d+ more\./)
  })

  test('of 2,000 the first ones, and how to list the rest', () => {
    const drawn = drawDigest(aDigest({ open: many(2_000) }))
    const rest = 2_000 - named(drawn).length

    expect(drawn.replies.length).toBeLessThanOrEqual(6)
    expect(
      textsOf(drawn.message.blocks)
        .map(({ text }) => text)
        .join('\n'),
    ).toContain(`${rest} more still: \`/privacy list\` shows them all.`)
    for (const message of [drawn.message, ...drawn.replies]) expect(problemsWith(message)).toEqual([])
  })

  test('long words are cut, so that the message is not refused', () => {
    const open = many(40).map((state) => ({
      ...state,
      ...(state.next && { next: { ...state.next, words: 'a & b < c '.repeat(200) } }),
    }))

    for (const message of [drawDigest(aDigest({ open }))].flatMap(({ message: one, replies }) => [
      one,
      ...replies,
    ]))
      expect(problemsWith(message)).toEqual([])
  })
})
