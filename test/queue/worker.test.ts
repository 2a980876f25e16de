import { describe, expect, it } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { clockWith } from '../../src/clock.ts'
import { anEffectDesk, closeNoResponse, type EffectDesk, snippets } from '../services/effect-desk.ts'
import { claimAt, none } from '../store/held.ts'

const minute = 60_000
const hour = 60 * minute
const notesPath = /\/notes$/
const issuesPath = /\/issues$/
const metaIssue = {
  kind: 'open-issue',
  purpose: 'meta',
  template: 'Deletion Meta Issue - GitLab-com',
} as const
const reply = closeNoResponse[0]

/** What the bot itself wrote on the issue, in order. */
const botNotes = (desk: EffectDesk, iid: number) =>
  desk.gitlab.issueView(iid).notes.filter((note) => note.author === usernames.bot && !note.system)

const replies = (desk: EffectDesk, iid: number) => botNotes(desk, iid).map(({ body }) => body)

describe('the worker', () => {
  it('carries the effects of a request out in their order, each once, and draws the card', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest()
    await desk.toDo(id, ...closeNoResponse)

    await desk.workFor(minute)

    const writes = desk.gitlab.fake.requests.filter(({ method }) => method !== 'GET')
    expect(writes.map(({ method, body }) => [method, body])).toEqual([
      ['POST', { body: snippets['closed-no-response'], internal: false }],
      ['PUT', { add_labels: 'Account Verification Failed,deletion request::denied' }],
      ['PUT', { state_event: 'close' }],
    ])
    expect(desk.gitlab.mails.map(({ text }) => text)).toEqual([snippets['closed-no-response']])
    expect(desk.gitlab.issueView(iid)).toMatchObject({
      state: 'closed',
      labels: closeNoResponse[1].add.toSorted(),
    })
    expect(await desk.statuses(id)).toEqual(['done', 'done', 'done'])
    expect(desk.slack.messages('privacy-team_help').map(({ text }) => text)).toEqual([
      `Card of ${id}: reply done labels done close done`,
    ])
  })

  it('writes every effect with its outcome to the audit log, and no personal data', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    await desk.toDo(id, { ...reply, addition: 'Dear Jane' }, { kind: 'close' })

    await desk.workFor(minute)

    expect(await desk.effectsInAudit(id)).toEqual([
      { effect: 'reply', opId: 'op-1', outcome: 'done', attempt: 1, noteId: expect.any(Number) },
      { effect: 'close', opId: 'op-2', outcome: 'done', attempt: 1, closed: 1 },
    ])
  })

  it('finds its reply and its issue although its clock was an hour ahead when it sent them', async () => {
    const desk = await anEffectDesk()
    const [one, other] = [await desk.aRequest(), await desk.aRequest()]
    const ahead = desk.newWorker({ clock: clockWith(() => new Date(desk.now().getTime() + hour)) })
    for (const path of [notesPath, issuesPath])
      desk.gitlab.fake.fail({ method: 'POST', path, failure: { applied: true, drop: 'connection' } })
    await desk.toDo(one.id, reply)
    await desk.toDo(other.id, metaIssue)

    await ahead.runUntilIdle()
    expect([...(await desk.statuses(one.id)), ...(await desk.statuses(other.id))]).toEqual([
      'unknown',
      'unknown',
    ])
    await desk.workFor(2 * hour)

    expect(desk.gitlab.mails.map(({ text }) => text)).toEqual([snippets['closed-no-response']])
    expect(desk.gitlab.fake.received('POST', issuesPath)).toHaveLength(1)
    expect([...(await desk.statuses(one.id)), ...(await desk.statuses(other.id))]).toEqual(['done', 'done'])
  })

  it('finds a reply whose answer was lost, and sends no second e-mail', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest()
    desk.gitlab.fake.fail({ method: 'POST', path: notesPath, failure: { applied: true, drop: 'connection' } })
    await desk.toDo(id, ...closeNoResponse)

    await desk.worker.runUntilIdle()
    expect(await desk.work(id)).toMatchObject([
      { status: 'unknown', error: 'GitLab gave no clear answer: the bot checks before it tries again.' },
      { status: 'pending' },
      { status: 'pending' },
    ])
    await desk.workFor(minute)

    expect(desk.gitlab.fake.received('POST', notesPath)).toHaveLength(1)
    expect(replies(desk, iid)).toEqual([snippets['closed-no-response']])
    expect(await desk.statuses(id)).toEqual(['done', 'done', 'done'])
    expect((await desk.effectsInAudit(id)).map(({ outcome, foundLater }) => [outcome, foundLater])).toEqual([
      ['unknown', undefined],
      ['done', true],
      ['done', undefined],
      ['done', undefined],
    ])
  })

  it('sends a reply that did not arrive again, once, after empty look-ups until GitLab can’t be at it any more', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest()
    desk.gitlab.fake.fail({ method: 'POST', path: notesPath, failure: { drop: 'connection' } })
    await desk.toDo(id, ...closeNoResponse)

    await desk.workFor(3 * minute)

    const asked = desk.gitlab.fake.requests.filter(({ path }) => notesPath.test(path))
    expect(asked.map(({ method, at }) => [method, at.toISOString()])).toEqual([
      ['POST', '2026-11-22T09:00:00.000Z'],
      ['GET', '2026-11-22T09:00:05.000Z'],
      ['GET', '2026-11-22T09:00:15.000Z'],
      ['GET', '2026-11-22T09:00:35.000Z'],
      ['GET', '2026-11-22T09:00:55.000Z'],
      ['GET', '2026-11-22T09:01:15.000Z'],
      ['GET', '2026-11-22T09:01:35.000Z'],
      ['GET', '2026-11-22T09:01:55.000Z'],
      // GitLab may carry it out for a minute, and a replica may lack it for another.
      ['GET', '2026-11-22T09:02:15.000Z'],
      ['POST', '2026-11-22T09:02:15.000Z'],
    ])
    expect(replies(desk, iid)).toEqual([snippets['closed-no-response']])
    expect(await desk.statuses(id)).toEqual(['done', 'done', 'done'])
  })

  it('does not take the same text by somebody else, or from more than a day before, for its own reply', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest()
    desk.gitlab.someoneComments(iid, usernames.bot, snippets['closed-no-response'])
    desk.pass(25 * hour)
    desk.gitlab.someoneComments(iid, usernames.engineer, snippets['closed-no-response'])
    desk.gitlab.fake.fail({ method: 'POST', path: notesPath, failure: { drop: 'connection' } })
    await desk.toDo(id, reply)

    await desk.workFor(3 * minute)

    expect(desk.gitlab.fake.received('POST', notesPath)).toHaveLength(2)
    expect(replies(desk, iid)).toEqual([snippets['closed-no-response'], snippets['closed-no-response']])
  })

  it('does not take the same reply of an earlier decision for the later one', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest()
    desk.gitlab.fake.fail({ method: 'POST', path: notesPath, after: 1, failure: { drop: 'connection' } })
    await desk.toDo(id, reply, reply)

    await desk.workFor(3 * minute)

    expect(replies(desk, iid)).toHaveLength(2)
    expect(await desk.statuses(id)).toEqual(['done', 'done'])
  })

  it('goes on looking while GitLab cannot be read, and does not repeat meanwhile', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest()
    desk.gitlab.fake.fail({
      method: 'POST',
      path: notesPath,
      failure: { applied: true, answer: { status: 502 } },
    })
    desk.gitlab.fake.fail({ method: 'GET', path: notesPath, times: 3, failure: { answer: { status: 500 } } })
    await desk.toDo(id, reply)

    await desk.workFor(5 * minute)

    expect(desk.gitlab.fake.received('GET', notesPath)).toHaveLength(4)
    expect(desk.gitlab.fake.received('POST', notesPath)).toHaveLength(1)
    expect(replies(desk, iid)).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('repeats labels and close after a lost answer without looking: the same again has the same result', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest()
    desk.gitlab.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })
    desk.gitlab.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'half-body' } })
    await desk.toDo(id, closeNoResponse[1], closeNoResponse[2])

    await desk.workFor(minute)

    expect(desk.gitlab.fake.received('PUT', /issues/)).toHaveLength(4)
    expect(desk.gitlab.fake.received('GET', notesPath)).toEqual([])
    expect(desk.gitlab.issue(iid).labelEvents.map(({ label }) => label)).toEqual(closeNoResponse[1].add)
    expect(desk.gitlab.issue(iid).stateEvents.map(({ state }) => state)).toEqual(['closed'])
    expect(await desk.statuses(id)).toEqual(['done', 'done'])
  })

  it('waits as long as a 429 asks', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    const answer = { status: 429, headers: { 'retry-after': '120' } }
    desk.gitlab.fake.fail({ method: 'POST', failure: { answer } })
    await desk.toDo(id, reply)

    await desk.workFor(119_999)
    expect(await desk.work(id)).toEqual([{ status: 'pending', error: 'GitLab asks to wait (429).' }])
    await desk.workFor(1)

    expect(await desk.statuses(id)).toEqual(['done'])
    expect(desk.gitlab.mails).toHaveLength(1)
  })

  it('backs off by itself, longer each time, where a 429 does not say how long', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    desk.gitlab.fake.fail({ method: 'PUT', times: 3, failure: { answer: { status: 429 } } })
    await desk.toDo(id, { kind: 'close' })

    await desk.workFor(minute)

    expect(desk.gitlab.fake.received('PUT', /issues/).map(({ at }) => at.toISOString())).toEqual([
      '2026-11-22T09:00:00.000Z',
      '2026-11-22T09:00:00.500Z',
      '2026-11-22T09:00:01.500Z',
      '2026-11-22T09:00:03.500Z',
    ])
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  for (const [how, failure] of [
    ['every connection breaks', { drop: 'connection' }],
    ['every answer is a 503', { answer: { status: 503 } }],
  ] as const)
    it(`does everything in order and once after GitLab was down for an hour (${how})`, async () => {
      const desk = await anEffectDesk()
      const first = await desk.aRequest()
      const second = await desk.aRequest()
      desk.gitlab.fake.fail({ times: Number.POSITIVE_INFINITY, failure })
      await desk.toDo(first.id, ...closeNoResponse)
      await desk.toDo(second.id, ...closeNoResponse)

      await desk.workFor(hour)
      expect(await desk.statuses(first.id)).toEqual(['unknown', 'pending', 'pending'])
      desk.gitlab.fake.heal()
      const before = desk.gitlab.fake.requests.length
      await desk.workFor(10 * minute)

      for (const { id, iid } of [first, second]) {
        const writes = desk.gitlab.fake.requests
          .slice(before)
          .filter(({ method, path }) => method !== 'GET' && path.includes(`/issues/${iid}`))
        expect(writes.map(({ method, body }) => [method, Object.keys(Object(body))])).toEqual([
          ['POST', ['body', 'internal']],
          ['PUT', ['add_labels']],
          ['PUT', ['state_event']],
        ])
        expect(replies(desk, iid)).toEqual([snippets['closed-no-response']])
        expect(desk.gitlab.issueView(iid).state).toBe('closed')
        // Behind them stands the call after an hour.
        expect((await desk.statuses(id)).slice(0, 3)).toEqual(['done', 'done', 'done'])
      }
    })

  it.each([500, 502, 503, 504])(
    'calls people once after an hour of %i, asks ever less often, and logs no repetitions',
    async (status) => {
      const desk = await anEffectDesk()
      const { id } = await desk.aRequest()
      desk.gitlab.fake.fail({
        ...{ method: 'POST', path: notesPath, times: Number.POSITIVE_INFINITY },
        failure: { answer: { status, body: { message: 'Internal Server Error' } } },
      })
      await desk.toDo(id, reply, { kind: 'close' })
      const calls = () =>
        desk.slack.fake.requests
          .map(({ body }) => JSON.stringify(body))
          .filter((body) => /no clear answer/.test(body))

      await desk.workFor(0.9 * hour)
      const early = calls().length
      await desk.workFor(0.5 * hour)
      const atFirst = desk.gitlab.fake.received('POST', notesPath).length
      await desk.workFor(24 * hour)

      expect(early).toBe(0)
      expect(calls()).toEqual([
        expect.stringMatching(/No clear answer to .* for an hour, so it may or may not have gone through/),
      ])
      expect(desk.gitlab.fake.received('POST', notesPath).length - atFirst).toBeLessThan(40)
      expect((await desk.effectsInAudit(id)).map(({ effect, outcome }) => [effect, outcome])).toEqual([
        ['reply', 'unknown'],
        ['reply', 'unknown'],
        ['thread', 'done'],
      ])
      expect(await desk.statuses(id)).toEqual(['unknown', 'pending', 'done'])
    },
  )

  it.each([
    ['labels, which may have been set', closeNoResponse[1], 1],
    ['a reply, which is known not to be there', reply, 0],
  ] as const)('calls people about %s, where it is only told to come later', async (_what, effect, count) => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    const path = effect === reply ? notesPath : /\/issues\/\d+$/
    const method = effect === reply ? 'POST' : 'PUT'
    desk.gitlab.fake.fail({ method, path, failure: { answer: { status: 502, body: {} } } })
    await desk.toDo(id, effect)
    await desk.workFor(2_000)
    const tooMany = { status: 429, headers: { 'retry-after': '900' }, body: {} }
    desk.gitlab.fake.fail({ method, path, times: Number.POSITIVE_INFINITY, failure: { answer: tooMany } })

    await desk.workFor(4 * hour)

    const called = desk.slack.fake.requests.filter(({ body }) =>
      /no clear answer/i.test(JSON.stringify(body)),
    )
    expect(called).toHaveLength(count)
    expect((await desk.statuses(id))[0]).toBe('pending')
  })

  it('looks at once when somebody chooses Try Again after an hour without a clear answer', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    desk.gitlab.fake.fail({
      ...{ method: 'POST', path: notesPath, times: Number.POSITIVE_INFINITY },
      failure: { answer: { status: 502, body: {} } },
    })
    await desk.toDo(id, reply)
    await desk.workFor(0.5 * hour)
    const before = await desk.store.tables.outbox.tryAgain(id, desk.now().toISOString())
    await desk.workFor(3 * hour)
    desk.gitlab.fake.heal()
    const [entry] = await desk.store.tables.outbox.ofRequest(id)

    const again = await desk.store.tables.outbox.tryAgain(id, desk.now().toISOString())
    await desk.workFor(3 * minute)

    expect({ before, again }).toEqual({ before: 0, again: 1 })
    expect(entry).toMatchObject({ unclearSince: expect.any(String), calledAt: expect.any(String) })
    expect(desk.gitlab.mails).toHaveLength(1)
    const [done] = await desk.store.tables.outbox.ofRequest(id)
    expect(done).toMatchObject({ status: 'done' })
    expect(done).not.toHaveProperty('unclearSince')
  })

  it('says on the card what failed for good, stops what comes after it, and goes on after Try Again', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest()
    desk.gitlab.hide(iid)
    await desk.toDo(id, ...closeNoResponse)

    await desk.workFor(hour)
    expect(await desk.work(id)).toEqual([
      { status: 'failed', error: `Issue #${iid} is gone (404), or the bot's token can't see it.` },
      { status: 'pending' },
      { status: 'pending' },
    ])
    expect(desk.slack.card('reply failed').text).toBe(
      `Card of ${id}: reply failed labels pending close pending`,
    )
    expect(desk.gitlab.fake.received('POST', notesPath)).toHaveLength(1)
    desk.gitlab.issue(iid).hidden = false
    await desk.store.tables.outbox.tryAgain(id, desk.now().toISOString())
    await desk.workFor(minute)

    expect(await desk.statuses(id)).toEqual(['done', 'done', 'done'])
    expect(replies(desk, iid)).toEqual([snippets['closed-no-response']])
    expect(desk.slack.messages('privacy-team_help').map(({ text }) => text)).toEqual([
      `Card of ${id}: reply done labels done close done`,
    ])
  })

  it('says that an issue is gone', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest()
    desk.gitlab.remove(iid)
    await desk.toDo(id, { kind: 'close' })

    await desk.workFor(minute)

    const error = `Issue #${iid} is gone (404), or the bot's token can't see it.`
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
    expect(await desk.effectsInAudit(id)).toEqual([
      { effect: 'close', opId: 'op-1', outcome: 'failed', attempt: 1, error },
    ])
  })

  it.each([
    ['reply', reply],
    ['typed reply', { kind: 'typed-reply', text: 'Greetings' }],
  ] as const)(
    'does not say that a %s was not sent when its issue was deleted before its answer came',
    async (_, work) => {
      const desk = await anEffectDesk()
      const { id, iid } = await desk.aRequest()
      desk.gitlab.fake.fail({
        method: 'POST',
        path: notesPath,
        failure: { applied: true, drop: 'connection' },
      })
      await desk.toDo(id, work, { kind: 'close' })

      await desk.worker.runUntilIdle()
      desk.gitlab.remove(iid)
      await desk.workFor(minute)
      const atFirst = await desk.work(id)
      await desk.store.tables.outbox.tryAgain(id, desk.now().toISOString())
      await desk.workFor(minute)

      const error = `Issue #${iid} is gone (404), or the bot's token can't see it. It can’t be seen whether this had been sent before.`
      expect(atFirst).toEqual([{ status: 'failed', error }, { status: 'pending' }])
      expect(await desk.work(id)).toEqual(atFirst)
      expect(desk.gitlab.mails).toHaveLength(1)
    },
  )

  it('looks before it repeats what the process had begun when it stopped (begun and done)', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest()
    await desk.toDo(id, reply)
    await claimFirst(desk)
    desk.gitlab.someoneComments(iid, usernames.bot, snippets['closed-no-response'])

    const successor = desk.newWorker()
    await successor.start()
    await successor.runUntilIdle()
    await successor.stop()

    expect(await desk.statuses(id)).toEqual(['done'])
    expect(desk.gitlab.fake.received('POST', notesPath)).toEqual([])
    expect(desk.gitlab.mails).toHaveLength(1)
  })

  it('looks before it repeats what the process had begun when it stopped (begun and not done)', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    await desk.toDo(id, reply)
    await claimFirst(desk)

    await desk.workFor(hour)
    expect(await desk.statuses(id)).toEqual(['in-flight'])
    await desk.worker.start()
    await desk.workFor(3 * minute)
    await desk.worker.stop()

    expect(await desk.statuses(id)).toEqual(['done'])
    expect(desk.gitlab.fake.received('GET', notesPath)).toHaveLength(8)
    expect(desk.gitlab.mails).toHaveLength(1)
  })

  it('lets the trouble of one request hold up no other', async () => {
    const desk = await anEffectDesk()
    const troubled = await desk.aRequest()
    const calm = await desk.aRequest()
    const path = new RegExp(`/issues/${troubled.iid}`)
    desk.gitlab.fake.fail({ path, times: Number.POSITIVE_INFINITY, failure: { hang: true } })
    await desk.toDo(troubled.id, ...closeNoResponse)
    await desk.toDo(calm.id, ...closeNoResponse)

    const working = desk.worker.runUntilIdle()
    await until(() => desk.gitlab.issueView(calm.iid).state === 'closed')

    expect(await desk.statuses(troubled.id)).toEqual(['in-flight', 'pending', 'pending'])
    desk.gitlab.fake.heal()
    desk.gitlab.fake.dropHanging()
    await working
  })

  it('never has two calls of one request in flight, and no more than four in all', async () => {
    const desk = await anEffectDesk()
    for (let count = 0; count < 6; count += 1) {
      const { id } = await desk.aRequest()
      await desk.toDo(id, { kind: 'close' }, { kind: 'close' })
    }
    desk.gitlab.fake.fail({ path: /issues/, times: Number.POSITIVE_INFINITY, failure: { hang: true } })

    const working = desk.worker.runUntilIdle()
    await until(() => desk.gitlab.fake.requests.length >= 4)
    await callsLater(desk)

    const asked = desk.gitlab.fake.requests.filter(({ path }) => path !== later)
    expect(asked.map(({ path }) => path.split('/').at(-1))).toEqual(['1', '2', '3', '4'])
    const stopped = desk.worker.stop()
    desk.gitlab.fake.dropHanging()
    await stopped
    await working
  })

  it('begins what GitLab has to do though more messages are due than one look takes, and Slack hangs', async () => {
    const desk = await anEffectDesk()
    const said = { kind: 'thread', text: 'Look at it.', mention: [] } as const
    for (let count = 0; count < 60; count += 1) await desk.toDo((await desk.aRequest()).id, said)
    const { id, iid } = await desk.aRequest()
    await desk.toDo(id, { kind: 'close' })
    const hanging = Promise.withResolvers<void>()
    const { execute } = desk.executor
    const worker = desk.newWorker({
      executor: {
        ...desk.executor,
        execute: async (entry) => {
          if (entry.lane === 'thread') await hanging.promise
          return execute(entry)
        },
      },
    })

    const working = worker.runUntilIdle()
    await until(() => desk.gitlab.issueView(iid).state === 'closed')
    hanging.resolve()
    await working

    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('answers a ticket though the issues of expert teams hang in GitLab', async () => {
    const desk = await anEffectDesk()
    const expertIssue = {
      kind: 'open-expert-issue',
      team: 'Application Security',
      question: 'Is it?',
    } as const
    const answer = { kind: 'ticket-note', text: 'Looked at.' } as const
    const hanging = Promise.withResolvers<void>()
    const done: string[] = []
    const worker = desk.newWorker({
      executor: {
        ...desk.executor,
        execute: async ({ work: { kind } }) => {
          if (kind === 'open-expert-issue') await hanging.promise
          done.push(kind)
          return { result: {} }
        },
      },
    })
    for (let count = 0; count < 6; count += 1) await desk.toDo((await desk.aRequest()).id, expertIssue)
    await desk.toDo((await desk.aRequest()).id, answer)

    const working = worker.runUntilIdle()
    await until(() => done.includes('ticket-note'))
    const first = [...done]
    hanging.resolve()
    await working

    expect(first.filter((kind) => kind !== 'card')).toEqual(['ticket-note'])
  })

  it('waits for the call in flight when it stops, and begins nothing new', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    desk.gitlab.fake.fail({ method: 'POST', failure: { applied: true, hang: true } })
    await desk.toDo(id, ...closeNoResponse)
    const worker = desk.newWorker()
    await worker.start()
    await until(() => desk.gitlab.fake.received('POST', notesPath).length === 1)

    let hasStopped = false
    const stopped = worker.stop().then(() => {
      hasStopped = true
    })
    await callsLater(desk)
    expect(hasStopped).toBe(false)
    desk.gitlab.fake.dropHanging()
    await stopped

    expect(await desk.statuses(id)).toEqual(['unknown', 'pending', 'pending'])
    expect(desk.gitlab.fake.received('PUT', /issues/)).toEqual([])
  })

  it('is woken by what is new while it works in the background', async () => {
    const desk = await anEffectDesk()
    const { id, iid } = await desk.aRequest()
    await desk.worker.start()
    await desk.toDo(id, { kind: 'close' })

    desk.worker.wake()
    await until(() => desk.gitlab.issueView(iid).state === 'closed')
    await desk.worker.stop()

    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('sends no more than the limit, without counting it as an attempt', async () => {
    const desk = await anEffectDesk({ sizes: { gitlabNotes: { burst: 2, perMinute: 60 } } })
    const requests = [
      await desk.aRequest(),
      await desk.aRequest(),
      await desk.aRequest(),
      await desk.aRequest(),
    ]
    for (const { id } of requests) await desk.toDo(id, reply)

    await desk.worker.runUntilIdle()
    const third = (await desk.store.tables.outbox.ofRequest(requests[2]?.id ?? ''))[0]
    expect(desk.gitlab.mails).toHaveLength(2)
    expect(third).toMatchObject({ status: 'pending', attempts: 0, dueAt: '2026-11-22T09:00:00.000Z' })
    expect(await desk.worker.nextDueAt()).toBe('2026-11-22T09:00:01.000Z')
    await desk.workFor(2_000)

    expect(desk.gitlab.fake.received('POST', notesPath).map(({ at }) => at.toISOString())).toEqual([
      '2026-11-22T09:00:00.000Z',
      '2026-11-22T09:00:00.000Z',
      '2026-11-22T09:00:01.000Z',
      '2026-11-22T09:00:02.000Z',
    ])
  })

  it('writes nothing of what waits for its turn, however often it looks, and sends it when its turn comes', async () => {
    const desk = await anEffectDesk({ sizes: { gitlabNotes: { burst: 1, perMinute: 60 } } })
    const requests = [await desk.aRequest(), await desk.aRequest(), await desk.aRequest()]
    for (const { id } of requests) await desk.toDo(id, reply)
    const { store } = desk
    const rows = async () =>
      (await Promise.all(requests.slice(1).map(({ id }) => store.tables.outbox.ofRequest(id)))).flat()
    const before = await rows()
    const asked: string[] = []
    const outbox = new Proxy(store.tables.outbox, {
      get(target, name) {
        asked.push(String(name))
        return Reflect.get(target, name)
      },
    })
    const worker = desk.newWorker({
      store: {
        ...store,
        tables: { ...store.tables, outbox },
        transaction: (work) => {
          asked.push('transaction')
          return store.transaction(work)
        },
      },
    })

    await worker.runUntilIdle()
    const first = asked.splice(0)
    for (let look = 0; look < 3; look += 1) await worker.runUntilIdle()
    const again = asked.splice(0)
    const waiting = await rows()
    for (let second = 0; second < 2; second += 1) {
      desk.pass(1_000)
      await worker.runUntilIdle()
    }

    // The reply and its card.
    expect(first.filter((name) => name === 'claim')).toHaveLength(2)
    expect(first.filter((name) => name === 'transaction')).toHaveLength(2)
    expect(again).toEqual(['due', 'due', 'due'])
    expect(waiting).toEqual(before)
    expect(desk.gitlab.fake.received('POST', notesPath).map(({ at }) => at.getUTCSeconds())).toEqual([
      0, 1, 2,
    ])
  })

  it('fails an effect that the bot itself cannot work off, with a reference and without what was typed', async () => {
    const nameOf = () => Promise.reject(new TypeError('jane.doe@example.com is no name'))
    const desk = await anEffectDesk({ context: { nameOf } })
    const { id } = await desk.aRequest()
    await desk.toDo(id, { kind: 'internal-note', text: 'by {person:U1}' })

    await desk.workFor(minute)

    const error = 'Something in the bot went wrong (TypeError). Reference: op-1'
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
    expect(JSON.stringify(desk.logged)).not.toContain('jane.doe')
  })
})

it('claims in one commit what it begins at the same time, but nothing that somebody else has claimed since it looked', async () => {
  const desk = await anEffectDesk()
  const requests = [await desk.aRequest(), await desk.aRequest(), await desk.aRequest()]
  for (const { id } of requests) await desk.toDo(id, reply)
  const { store } = desk
  const claimedAtOnce: string[][] = []
  const outbox: typeof store.tables.outbox = {
    ...store.tables.outbox,
    due: async (...asked) => {
      const entries = await store.tables.outbox.due(...asked)
      if (claimedAtOnce.length === 0 && entries.length > 0) await claimFirst(desk)
      return entries
    },
  }
  const inFlight = async () =>
    (await Promise.all(requests.map(({ id }) => desk.statuses(id)))).map(([status]) => String(status))
  const worker = desk.newWorker({
    store: {
      ...store,
      tables: { ...store.tables, outbox },
      transaction: async (work) => {
        const result = await store.transaction(work)
        if (claimedAtOnce.length === 0) claimedAtOnce.push(await inFlight())
        return result
      },
    },
  })

  await worker.runUntilIdle()

  expect(claimedAtOnce).toEqual([['in-flight', 'in-flight', 'in-flight']])
  expect(requests.map(({ iid }) => replies(desk, iid).length)).toEqual([0, 1, 1])
})

/** As a process does that ends between the claim and the result. */
async function claimFirst(desk: EffectDesk): Promise<void> {
  const at = desk.now().toISOString()
  const [entry] = await desk.store.tables.outbox.due(at, 1)
  expect(await desk.store.tables.outbox.claim(entry ?? none, claimAt(at, 'a stopped process'))).toBeDefined()
}

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { interval: 5 }).toBe(true)
}

const later = '/later'

/** Some calls have gone there and back, one after the other: what had begun before them has arrived by then. */
async function callsLater(desk: EffectDesk): Promise<void> {
  for (let calls = 0; calls < 5; calls += 1) await (await desk.fetch(new URL(later, desk.gitlab.url))).text()
}
