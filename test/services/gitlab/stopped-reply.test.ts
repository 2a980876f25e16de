import { describe, expect, it } from 'vitest'
import { autoResponse, usernames } from '../../../sandbox/gitlab/gitlab.ts'
import { anEffectDesk, closeNoResponse, type Given } from '../effect-desk.ts'

const minute = 60_000
const notesPath = /\/notes$/
const because = 'The requester had written before it could be done.'

async function closing(given: Given = {}) {
  const desk = await anEffectDesk(given)
  const { id, iid } = await desk.aRequest()
  await desk.decideToClose(id)
  const [reply, ...rest] = closeNoResponse
  const onlyIfSilentSince = desk.now().toISOString()
  const begin = () => desk.toDo(id, { ...reply, onlyIfSilentSince }, ...rest)
  return { desk, id, iid, begin, since: onlyIfSilentSince }
}

describe('a reply to silence', () => {
  it('is sent while the requester is silent, and what follows it is done', async () => {
    const { desk, id, iid, begin } = await closing()
    desk.gitlab.someoneComments(iid, usernames.engineer, 'Nobody has answered.')
    desk.gitlab.someoneComments(iid, usernames.supportBot, autoResponse)
    desk.gitlab.someoneComments(iid, usernames.supportBot, 'Something internal', { internal: true })
    await begin()

    await desk.workFor(minute)

    expect(await desk.statuses(id)).toEqual(['done', 'done', 'done'])
    expect(desk.gitlab.issueView(iid).state).toBe('closed')
    expect(desk.told).toEqual([])
  })

  it('is not sent once the requester has written, nor is anything done that follows it', async () => {
    const { desk, id, iid, begin } = await closing()
    desk.pass(minute)
    desk.gitlab.requesterReplies(iid, 'Here are my answers.')
    const at = desk.now().toISOString()
    await begin()

    await desk.workFor(minute)

    expect(desk.gitlab.fake.received('POST', /./)).toEqual([])
    expect(desk.gitlab.fake.received('PUT', /./)).toEqual([])
    expect(desk.told).toEqual([
      {
        requestId: id,
        observation: { name: 'close-stopped', decisionId: 'decision-0', at },
        key: 'effect:op-1:stopped',
      },
    ])
    expect(await desk.work(id)).toEqual(Array(3).fill({ status: 'cancelled', error: because }))
    expect(await desk.effectsInAudit(id)).toEqual([
      { effect: 'reply', opId: 'op-1', outcome: 'stopped', because },
      { effect: 'labels', opId: 'op-2', outcome: 'cancelled', because },
      { effect: 'close', opId: 'op-3', outcome: 'cancelled', because },
    ])
    expect(desk.logged).toEqual([])
  })

  it('counts a reply of the very instant at which the clock began', async () => {
    const { desk, id, iid, begin } = await closing()
    desk.gitlab.requesterReplies(iid, 'Here are my answers.')
    await begin()

    await desk.workFor(minute)

    expect(await desk.statuses(id)).toEqual(['cancelled', 'cancelled', 'cancelled'])
  })

  it('is sent or not by one look: between two the requester might write unseen', async () => {
    const automaticResponses = { texts: [], beginnings: [autoResponse.slice(0, 60)] }
    const replyRule = { supportBots: ['support-bot'], automaticResponses }
    const { desk, iid, begin } = await closing({ context: { replyRule } })
    desk.gitlab.someoneComments(iid, usernames.supportBot, autoResponse)
    await begin()

    await desk.workFor(minute)

    expect(desk.gitlab.fake.received('GET', notesPath)).toHaveLength(1)
    expect(desk.gitlab.fake.received('POST', notesPath)).toHaveLength(1)
  })

  it('waits while GitLab can’t be read, and looks then', async () => {
    const { desk, id, iid, begin } = await closing()
    desk.gitlab.fake.fail({
      method: 'GET',
      path: notesPath,
      times: Infinity,
      failure: { drop: 'connection' },
    })
    await begin()
    await desk.workFor(5 * minute)
    const meanwhile = await desk.statuses(id)
    desk.gitlab.requesterReplies(iid, 'Here are my answers.')
    desk.gitlab.fake.heal()

    await desk.workFor(10 * minute)

    expect(meanwhile).toEqual(['pending', 'pending', 'pending'])
    expect(await desk.statuses(id)).toEqual(['cancelled', 'cancelled', 'cancelled'])
    expect(desk.gitlab.mails).toEqual([])
  })

  it('that was sent although the answer was lost is not taken back by what the requester writes then', async () => {
    const { desk, id, iid, begin } = await closing()
    desk.gitlab.fake.fail({ method: 'POST', failure: { applied: true, drop: 'connection' } })
    await begin()
    await desk.worker.runUntilIdle()
    desk.gitlab.requesterReplies(iid, 'But I have answered!')

    await desk.workFor(minute)

    expect(await desk.statuses(id)).toEqual(['done', 'done', 'done'])
    expect(desk.gitlab.mails).toHaveLength(1)
    expect(desk.told).toEqual([])
  })

  it('holds up nothing afterwards: the next decision is carried out', async () => {
    const { desk, id, iid, begin } = await closing()
    desk.gitlab.requesterReplies(iid, 'Here are my answers.')
    await begin()
    await desk.workFor(minute)
    await desk.toDo(id, { kind: 'labels', add: ['next'], remove: [] })

    await desk.workFor(minute)

    expect(desk.gitlab.issueView(iid).labels).toEqual(['next'])
    expect(await desk.store.tables.outbox.unfinishedCount()).toBe(0)
  })
})
