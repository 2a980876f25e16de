/** A write that GitLab carries out long after the bot has given it up, and readings that lag behind: one e-mail. */
import { expect, test } from 'vitest'
import type { Effect } from '../../src/engine/effect.ts'
import { anEffectDesk, closeNoResponse, type EffectDesk, snippets } from '../services/effect-desk.ts'
import { aDeskWithLateCalls } from './late-calls.ts'

const reply = closeNoResponse[0]
const internalNote: Effect = { kind: 'internal-note', text: 'The account is blocked' }
const metaIssue: Effect = {
  kind: 'open-issue',
  purpose: 'meta',
  template: 'Deletion Meta Issue - GitLab-com',
}
const minuteMs = 60_000

/** Every POST of a note or an issue is carried out `seconds` after it began; readings are quick. */
async function aSlowDesk(seconds: number) {
  const { desk, begun, carryOut } = await aDeskWithLateCalls(
    seconds,
    (url, method) => method === 'POST' && /\/(notes|issues)$/.test(url),
  )
  async function workOn() {
    await desk.workFor(5 * minuteMs)
    await carryOut()
  }
  /** GitLab goes on by itself, and not only when it is asked. */
  async function workBySeconds(setForwardAt?: number) {
    for (let second = 0; second < 300; second++) {
      if (second === setForwardAt) desk.setForward(5 * minuteMs)
      await desk.workFor(1_000)
      await carryOut()
    }
  }
  return { desk, begun, workOn, workBySeconds }
}

const slow = [11, 18, 21, 30, 45, 59]

test.each(slow)('a reply that GitLab sends after %i s goes out once', async (seconds) => {
  const { desk, begun, workOn } = await aSlowDesk(seconds)
  const { id } = await desk.aRequest()
  await desk.toDo(id, reply)

  await workOn()

  expect(desk.gitlab.mails.map(({ text }) => text)).toEqual([snippets['closed-no-response']])
  expect(begun).toHaveLength(1)
  expect(await desk.statuses(id)).toEqual(['done'])
})

test.each(slow)('an internal note that GitLab writes after %i s stands there once', async (seconds) => {
  const { desk, workOn } = await aSlowDesk(seconds)
  const { id, iid } = await desk.aRequest()
  await desk.toDo(id, internalNote)

  await workOn()

  expect(desk.gitlab.issueView(iid).notes.filter(({ internal }) => internal)).toHaveLength(1)
  expect(await desk.statuses(id)).toEqual(['done'])
})

test.each(slow)('a meta issue that GitLab opens after %i s is opened once', async (seconds) => {
  const { desk, workOn } = await aSlowDesk(seconds)
  const { id } = await desk.aRequest()
  const before = desk.gitlab.world.issues.length
  await desk.toDo(id, metaIssue)

  await workOn()

  expect(desk.gitlab.world.issues).toHaveLength(before + 1)
  expect(await desk.statuses(id)).toEqual(['done'])
})

test.each([20, 30, 59])(
  'a process that dies in the middle does not shorten the wait (%i s)',
  async (seconds) => {
    const { desk, workOn } = await aSlowDesk(seconds)
    const { id } = await desk.aRequest()
    await desk.toDo(id, reply)
    await desk.worker.runUntilIdle()
    for (const _death of [1, 2]) {
      await diesInTheMiddle(desk)
      await desk.workFor(1_000)
    }

    await workOn()

    expect(desk.gitlab.mails).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  },
)

test('Try Again after a look that was refused does not shorten it, either', async () => {
  const { desk, workOn } = await aSlowDesk(45)
  const { id, iid } = await desk.aRequest()
  await desk.toDo(id, reply)
  await desk.worker.runUntilIdle()
  desk.gitlab.issue(iid).hidden = true
  await desk.workFor(5_000)
  const refused = await desk.statuses(id)
  desk.gitlab.issue(iid).hidden = false
  await desk.store.tables.outbox.tryAgain(id, desk.now().toISOString())

  await workOn()

  expect(refused).toEqual(['failed'])
  expect(desk.gitlab.mails).toHaveLength(1)
  expect(await desk.statuses(id)).toEqual(['done'])
})

test.each([4, 12, 30, 60])(
  'a reply whose answer was lost and that is shown %i s late is found',
  async (seconds) => {
    const shownFrom = new Map<number, number>()
    const clock: { now?: () => Date } = {}
    const timeOf = () => clock.now?.().getTime() ?? 0
    const desk = await anEffectDesk({
      reach:
        (services) =>
        async (url, init = {}) => {
          const answer = await services(url, init)
          if (!String(url).includes('/notes')) return answer
          if (init.method === 'POST') {
            const { id } = (await answer.json()) as { readonly id: number }
            shownFrom.set(id, timeOf() + seconds * 1000)
            throw new TypeError('fetch failed')
          }
          const notes = (await answer.json()) as readonly { readonly id: number }[]
          return Response.json(notes.filter(({ id }) => (shownFrom.get(id) ?? 0) <= timeOf()))
        },
    })
    clock.now = desk.now
    const { id } = await desk.aRequest()
    await desk.toDo(id, reply)

    await desk.workFor(5 * minuteMs)

    expect(desk.gitlab.mails).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  },
)

/** As a process does that has claimed the entry, and whose successor finds it. */
async function diesInTheMiddle({ store, now }: EffectDesk): Promise<void> {
  const at = now().toISOString()
  const { outbox } = store.tables
  await store.transaction(async (tables) => {
    const due = new Date(now().getTime() + minuteMs).toISOString()
    const [entry] = await tables.outbox.due(due, 1)
    if (entry) await tables.outbox.claim(entry, { now: at, owner: 'a process that died', until: at })
  })
  await outbox.recover({ now: at, owner: 'its successor', unverifiable: [] }, 'all-others')
}

test.each([
  [30, 50],
  [47, 50],
  [59, 59],
])(
  'a reply that GitLab sends after %i s, and a replica shows %i s later, goes out once',
  async (seconds, lag) => {
    const { desk, begun, workBySeconds } = await aSlowDesk(seconds)
    const { id } = await desk.aRequest()
    desk.gitlab.lag(lag * 1000)
    await desk.toDo(id, reply)

    await workBySeconds()

    expect(desk.gitlab.mails.map(({ text }) => text)).toEqual([snippets['closed-no-response']])
    expect(begun).toHaveLength(1)
  },
)

/** One in each pause between two looks. */
const insideEachPause = [1, 18, 30, 50, 70, 90, 110, 130]

test.each([35, 47, 54, 59].flatMap((seconds) => insideEachPause.map((at) => [seconds, at] as const)))(
  'a reply that GitLab sends after %i s goes out once where the bot’s clock is set forward after %i s',
  async (seconds, setForwardAt) => {
    const { desk, begun, workBySeconds } = await aSlowDesk(seconds)
    const { id } = await desk.aRequest()
    desk.gitlab.lag(59_000)
    await desk.toDo(id, reply)

    await workBySeconds(setForwardAt)

    expect(desk.gitlab.mails.map(({ text }) => text)).toEqual([snippets['closed-no-response']])
    expect(begun).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  },
)
