/** What rests on the requester's silence is looked at once more before each effect, at the first attempt and at any later one. */
import { describe, expect, it, test } from 'vitest'
import type { Effect } from '../../../src/engine/effect.ts'
import { anEffectDesk, closeNoResponse } from '../effect-desk.ts'

const minute = 60_000
const because = 'The requester had written before it could be done.'
const outOfOffice = 'I am out of office until Monday.'
const anEdit = { method: 'PUT', path: /\/issues\/\d+$/ }
const refused = {
  ...anEdit,
  failure: { answer: { status: 403, body: { message: '403 Forbidden' } } },
} as const

/** A decision to close whose effects all rest on silence. */
async function closing(...all: readonly Effect[]) {
  const desk = await anEffectDesk()
  const { id, iid } = await desk.aRequest()
  await desk.decideToClose(id)
  const onlyIfSilentSince = desk.now().toISOString()
  const effects = all.map((effect) => ({ ...effect, onlyIfSilentSince }))
  const tryAgain = () => desk.store.tables.outbox.tryAgain(id, desk.now().toISOString())
  const stopped = () => desk.told.map(({ observation }) => observation)
  return { desk, id, iid, begin: () => desk.toDo(id, ...effects), tryAgain, stopped }
}

describe('a close that sends nothing', () => {
  it('is done while the requester is silent', async () => {
    const { desk, iid, begin, stopped } = await closing({ kind: 'close' })
    await begin()

    await desk.workFor(minute)

    expect(desk.gitlab.issueView(iid).state).toBe('closed')
    expect(stopped()).toEqual([])
  })

  it('that waits for days behind what GitLab refuses is not done once the requester has written', async () => {
    const { desk, id, iid, begin, stopped } = await closing({ kind: 'close' })
    desk.gitlab.fake.fail({
      ...anEdit,
      failure: { answer: { status: 429, headers: { 'retry-after': '60' } } },
      times: Infinity,
    })
    await begin()
    await desk.workFor(5 * minute)
    const meanwhile = await desk.statuses(id)
    desk.gitlab.requesterReplies(iid, 'The export fails.')
    const at = desk.now().toISOString()
    desk.gitlab.fake.heal()

    await desk.workFor(60 * minute)

    expect(meanwhile).toEqual(['pending'])
    expect(desk.gitlab.issueView(iid).state).toBe('opened')
    expect(stopped()).toEqual([{ name: 'close-stopped', decisionId: 'decision-0', at }])
    expect(await desk.work(id)).toEqual([{ status: 'cancelled', error: because }])
  })
})

describe('Try Again on labels that were refused', () => {
  test('sets no labels and closes nothing once the requester has written since the reply', async () => {
    const { desk, id, iid, begin, tryAgain, stopped } = await closing(...closeNoResponse)
    desk.gitlab.fake.fail(refused)
    await begin()
    await desk.workFor(minute)
    const meanwhile = await desk.statuses(id)
    desk.gitlab.requesterReplies(iid, 'But here are my answers.')
    const at = desk.now().toISOString()
    await tryAgain()

    await desk.workFor(minute)

    expect(meanwhile).toEqual(['done', 'failed', 'pending'])
    expect(desk.gitlab.issueView(iid)).toMatchObject({ state: 'opened', labels: [] })
    expect(stopped()).toEqual([{ name: 'close-stopped', decisionId: 'decision-0', done: ['reply'], at }])
    expect(await desk.statuses(id)).toEqual(['done', 'cancelled', 'cancelled'])
  })

  test('goes on where a machine has answered the reply: the mail that it is closed is answered by many', async () => {
    const { desk, iid, begin, tryAgain, stopped } = await closing(...closeNoResponse)
    desk.gitlab.fake.fail(refused)
    await begin()
    await desk.workFor(minute)
    desk.gitlab.requesterReplies(iid, outOfOffice)
    await tryAgain()

    await desk.workFor(minute)

    expect(desk.gitlab.issueView(iid).state).toBe('closed')
    expect(stopped()).toEqual([])
  })

  test('stops at the close, and says so, where the labels had been set', async () => {
    const { desk, id, iid, begin, tryAgain, stopped } = await closing(...closeNoResponse)
    desk.gitlab.fake.fail({ ...refused, after: 1 })
    await begin()
    await desk.workFor(minute)
    desk.gitlab.requesterReplies(iid, 'But here are my answers.')
    await tryAgain()

    await desk.workFor(minute)

    expect(desk.gitlab.issueView(iid).state).toBe('opened')
    expect(stopped()).toMatchObject([{ name: 'close-stopped', done: ['reply', 'labels'] }])
    expect(await desk.statuses(id)).toEqual(['done', 'done', 'cancelled'])
  })
})

describe('what has waited since another part of its decision is looked for anew', () => {
  const setLabels = { kind: 'labels', add: ['Account Verification Failed'], remove: [] } as const
  const stoppedAfter = (...done: readonly string[]) => [{ name: 'close-stopped', done }]

  test.each([
    ['is not set', 0],
    ['is set back by half a minute', minute / 2],
    ['is set back by three minutes, so that it is right', 3 * minute],
    ['is set back by eight seconds more', 3 * minute + 8_000],
    ['is set back by most of an hour', 50 * minute],
    ['is set forward by three minutes', -3 * minute],
  ])('a close that GitLab puts off, by a bot whose clock %s meanwhile', async (_which, backMs) => {
    const { desk, iid, begin, stopped } = await closing(setLabels, { kind: 'close' })
    desk.setForward(3 * minute)
    const answer = { status: 429, headers: { 'retry-after': '1' } }
    desk.gitlab.fake.fail({ ...anEdit, after: 1, failure: { answer } })
    await begin()
    await desk.worker.runUntilIdle()
    desk.setForward(-backMs)
    desk.gitlab.requesterReplies(iid, 'But here are my answers.')

    await desk.workFor(60 * minute)

    expect(desk.gitlab.issueView(iid).state).toBe('opened')
    expect(stopped()).toMatchObject(stoppedAfter('labels'))
  })

  test('a close that waits for the clock by which it was decided, which is set back while the labels are set', async () => {
    const { desk, id, iid, begin, stopped } = await closing(...closeNoResponse)
    desk.setForward(3 * minute)
    await begin()
    const executor: typeof desk.executor = {
      ...desk.executor,
      execute: async (entry) => {
        if (entry.work.kind === 'labels') desk.setForward(-(3 * minute + 8_000))
        return desk.executor.execute(entry)
      },
    }
    await desk.newWorker({ executor }).runUntilIdle()
    const meanwhile = await desk.statuses(id)
    desk.pass(minute)
    desk.gitlab.requesterReplies(iid, 'But here are my answers.')

    await desk.workFor(60 * minute)

    expect(meanwhile).toEqual(['done', 'done', 'pending'])
    expect(desk.gitlab.issueView(iid).state).toBe('opened')
    expect(stopped()).toMatchObject(stoppedAfter('reply', 'labels'))
  })

  test('labels behind a reply whose answer was lost, and which a look has found', async () => {
    const { desk, iid, begin, stopped } = await closing(...closeNoResponse)
    desk.gitlab.fake.fail({
      ...{ method: 'POST', path: /\/(notes|discussions)$/ },
      failure: { applied: true, drop: 'connection' },
    })
    await begin()
    await desk.worker.runUntilIdle()
    desk.gitlab.requesterReplies(iid, 'But here are my answers.')

    await desk.workFor(10 * minute)

    expect(desk.gitlab.issueView(iid)).toMatchObject({ state: 'opened', labels: [] })
    expect(stopped()).toMatchObject(stoppedAfter('reply'))
  })

  test('a close by a machine that slept after it had set the labels', async () => {
    const { desk, iid, begin, stopped } = await closing(setLabels, { kind: 'close' })
    const sleepOnce = () => {
      if (desk.gitlab.issueView(iid).labels.length === 0) return
      desk.pass(10 * minute)
      desk.gitlab.requesterReplies(iid, 'But here are my answers.')
    }
    await begin()

    await desk.newWorker({ onSettled: sleepOnce }).runUntilIdle()

    expect(desk.gitlab.issueView(iid).state).toBe('opened')
    expect(stopped()).toMatchObject(stoppedAfter('labels'))
  })

  test('a close behind labels whose result could not be written for minutes', async () => {
    const { desk, iid, begin, stopped } = await closing(setLabels, { kind: 'close' })
    let failures = 0
    const isFull = () => failures === 0 && desk.gitlab.issueView(iid).labels.length > 0
    const store: typeof desk.store = {
      ...desk.store,
      transaction: async (work) => {
        if (!isFull()) return desk.store.transaction(work)
        failures += 1
        desk.gitlab.requesterReplies(iid, 'But here are my answers.')
        throw new Error('the disk is full')
      },
    }
    await begin()

    await desk.newWorker({ store, log: { warn: () => {}, error: () => {} } }).runUntilIdle()

    expect(failures).toBe(1)
    expect(desk.gitlab.issueView(iid).state).toBe('opened')
    expect(stopped()).toMatchObject(stoppedAfter('labels'))
  })
})

test('a close that came through although its answer was lost is done: the issue is closed, whoever wrote then', async () => {
  const { desk, id, iid, begin, stopped } = await closing({ kind: 'close' })
  desk.gitlab.fake.fail({ ...anEdit, failure: { applied: true, drop: 'connection' } })
  await begin()
  await desk.worker.runUntilIdle()
  desk.gitlab.requesterReplies(iid, 'But I have answered!')

  await desk.workFor(minute)

  expect(await desk.statuses(id)).toEqual(['done'])
  expect(desk.gitlab.issueView(iid).state).toBe('closed')
  expect(stopped()).toEqual([])
})

test('a decision that does not rest on silence is carried out whatever the requester writes', async () => {
  const desk = await anEffectDesk()
  const { id, iid } = await desk.aRequest()
  desk.gitlab.requesterReplies(iid, 'Wait!')
  await desk.toDo(id, ...closeNoResponse)

  await desk.workFor(minute)

  expect(await desk.statuses(id)).toEqual(['done', 'done', 'done'])
})
