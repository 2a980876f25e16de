/** Every clock of the handbook does what it is for when it ends: a sentence in the thread, a line of the digest. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { privacy as privacyDesk } from '../../src/desks/privacy.ts'
import type { Facts } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { digestState } from '../../src/requests/digest.ts'
import { remind } from '../../src/requests/remind.ts'
import { queueOf } from '../../src/views/digest-queue.ts'
import { aDesk } from './a-desk.ts'

interface Clock {
  readonly name: string
  readonly flow: string
  readonly step: string
  readonly facts?: Facts
  /** How long after the request came it is over, in days. */
  readonly overAfter: number
  /** What is said in the thread once it is over; left out: nothing. */
  readonly says?: RegExp
  readonly calls?: readonly string[]
  /** What the digest says is to be done then, and not before; left out: what was to be done already, or nothing. */
  readonly toDo?: RegExp
}

const noResponse = /close it for no response$/

const clocks: readonly Clock[] = [
  {
    name: 'fulfilment',
    ...{ flow: 'account-deletion', step: 'evaluating', overAfter: 31 },
    says: /^\{person:assignee\} #1 was due Mar 31 and is overdue\. Next: “.*”\.$/,
    calls: ['support-manager'],
  },
  ...['account-deletion', 'full-deletion', 'data-export'].map((flow) => ({
    name: 'challenge answers',
    ...{ flow, step: 'awaiting-answers', overAfter: 8, toDo: noResponse },
  })),
  {
    name: 'challenge answers and documents',
    ...{ flow: 'deceased-user', step: 'awaiting-answers', overAfter: 11, toDo: noResponse },
  },
  {
    name: 'reply from the same e-mail',
    ...{ flow: 'data-access', step: 'awaiting-reply', overAfter: 8, toDo: noResponse },
  },
  {
    name: 'self-serve export',
    ...{ flow: 'data-export', step: 'self-serve', overAfter: 8 },
    says: /^\{person:assignee\} The 7 days for the self-serve export of #1 ended Mar 8\. If the requester hasn’t replied, choose Close Self-Serve\.$/,
    calls: [],
    toDo: /close it$/,
  },
  {
    name: 'shared export folder',
    ...{ flow: 'data-export', step: 'shared', overAfter: 8 },
    says: /^\{person:assignee\} The export folder of #1 was shared until Mar 8\. Unshare it, then ask with Unshared whether the files arrived\.$/,
    calls: [],
    toDo: /[Uu]nshare/,
  },
  {
    name: 'self-initiated deletion',
    ...{ flow: 'account-deletion', step: 'evaluating', overAfter: 8 },
    facts: {
      selfInitiatedAt: '2026-03-01T10:00:00.000Z',
      started: { accountType: 'free' },
    } as unknown as Facts,
  },
  // Those of tickets have tests of their own.
  { name: 'security ticket', flow: 'security-ticket', step: 'new', overAfter: 0 },
  {
    name: 'periodic update to the requester',
    flow: 'security-ticket',
    step: 'waiting-on-expert',
    overAfter: 0,
  },
  { name: 'compliance report', flow: 'security-ticket', step: 'queued', overAfter: 0 },
]

const privacy = clocks.filter(({ overAfter }) => overAfter > 0)

async function atItsEnd({ flow, step, facts = {}, overAfter }: Clock, secondsBefore: number) {
  const desk = await aDesk()
  const createdAt = '2026-03-01T10:00:00.000Z'
  await desk.insert({ flow, step, facts, createdAt, stepSince: createdAt })
  desk.setTime(new Date(Date.UTC(2026, 2, 1 + overAfter) - secondsBefore * 1000).toISOString())
  return desk
}

describe('when it is over', () => {
  it.each(privacy)('$name ($flow): the thread says it once', async (clock) => {
    const desk = await atItsEnd(clock, 0)

    await remind(desk.context)
    await remind(desk.context)

    const said = clock.says
      ? [{ kind: 'thread', text: expect.stringMatching(clock.says), mention: clock.calls }]
      : []
    expect(await desk.said()).toEqual(said)
  })

  it.each(privacy)('$name ($flow): the digest says what is to be done then', async (clock) => {
    const listed = async (secondsBefore: number) => {
      const { context } = await atItsEnd(clock, secondsBefore)
      const parts = { context, desk: privacyDesk, taskText: () => '', cardUrl: () => undefined }
      return queueOf(await digestState(parts)).groups.flatMap(({ items }) => items.map(({ words }) => words))
    }

    const [before, after] = [await listed(1), await listed(0)]

    if (clock.toDo) {
      expect(before).not.toContainEqual(expect.stringMatching(clock.toDo))
      expect(after).toEqual([expect.stringMatching(clock.toDo)])
    } else expect(after).toEqual(before)
  })
})

it('a folder that somebody has claimed calls whoever has it', async () => {
  const desk = await atItsEnd({ name: '', flow: 'data-export', step: 'shared', overAfter: 8 }, 0)
  const row = await desk.row()
  await desk.store.tables.requests.update({ ...row, assignee: 'U01ENGINEER' })

  await remind(desk.context)

  expect(await desk.said()).toEqual([
    { kind: 'thread', text: expect.stringMatching(/^\{person:assignee\} The export folder/), mention: [] },
  ])
})

it('each step of a flow with a clock that opens a decision has its say, or is the wait for an answer', () => {
  const silent = Object.values(flows).flatMap(({ name, steps }) =>
    Object.entries(steps).flatMap(([step, { clock, decisions }]) => {
      const opens = Object.values(decisions).filter(({ when = [] }) => when.includes('clock-is-over'))
      const isSaid = clock?.whenOver !== undefined
      return clock && opens.length > 0 && !isSaid ? [`${name}/${step}`] : []
    }),
  )

  expect(silent).toEqual([
    'account-deletion/awaiting-answers',
    'full-deletion/awaiting-answers',
    'deceased-user/awaiting-answers',
    'data-access/awaiting-reply',
    'data-export/awaiting-answers',
  ])
})

const spec = new URL('../../../shared/flows.md', import.meta.url)

test.skipIf(!existsSync(spec))('the table names every clock of the specification', () => {
  const text = readFileSync(spec, 'utf8')
  const table = text.slice(text.indexOf('## Clocks'), text.indexOf('A calendar-day clock'))
  const named = [...table.matchAll(/^\| ([a-z][^|(]*?)(?: \(.*?\))? \|/gm)].flatMap(([, name]) => name ?? [])

  expect(named.filter((name) => name !== 'clock')).toEqual([...new Set(clocks.map(({ name }) => name))])
})
