/** Webhooks get lost: what has changed is asked for as well, however much it is. */
import { expect, onTestFinished, test } from 'vitest'
import { botToken, serviceDeskProject, startGitLab } from '../../../sandbox/gitlab/gitlab.ts'
import { connectGitLab } from '../../../src/services/gitlab/client.ts'
import { poll, rememberUnread } from '../../../src/services/gitlab/poll.ts'
import { aDesk } from '../../requests/a-desk.ts'
import { aRow } from '../../store/a-row.ts'
import { turnsDuring } from '../../turns.ts'

test('150 issues that have changed are 150 hints, with a turn for everything else after each', async () => {
  const { context, store } = await aDesk()
  const gitlab = await startGitLab({ now: context.now })
  onTestFinished(() => gitlab.close())
  for (let one = 0; one < 150; one += 1)
    gitlab.submitRequest({ description: 'x', email: `r${one}@example.com` })
  const client = connectGitLab({ url: gitlab.url, fetch, token: botToken, project: serviceDeskProject })
  const issues = await Array.fromAsync(client.issuesUpdatedAfter('2026-01-01T00:00:00.000Z'))
  // Read before, so that no turn is that of a socket.
  const read: typeof client = {
    ...client,
    issuesUpdatedAfter: async function* () {
      yield* issues
    },
  }

  const turns = await turnsDuring(() =>
    poll({ context, gitlab: read, handbookLabel: (name) => name, wakeInbox: () => {} }),
  )

  expect(await store.tables.inbox.pendingCount()).toBe(150)
  expect(turns).toBeGreaterThanOrEqual(150)
})

test('each poll begins five minutes behind the last update that was seen, and once a day two months back', async () => {
  const { context, setTime } = await aDesk()
  const gitlab = await startGitLab({ now: context.now })
  onTestFinished(() => gitlab.close())
  gitlab.submitRequest({ description: 'x', email: 'r@example.com' })
  const client = connectGitLab({ url: gitlab.url, fetch, token: botToken, project: serviceDeskProject })
  const asked: string[] = []
  const read: typeof client = {
    ...client,
    issuesUpdatedAfter: (from) => {
      asked.push(from)
      return client.issuesUpdatedAfter(from)
    },
  }
  const polled = () => poll({ context, gitlab: read, handbookLabel: (name) => name, wakeInbox: () => {} })

  await polled()
  setTime('2026-03-01T10:01:00.000Z')
  await polled()
  setTime('2026-03-02T10:01:00.000Z')
  await polled()

  expect(asked).toEqual([
    '2025-12-31T10:00:00.000Z',
    '2026-03-01T09:55:00.000Z',
    '2026-03-01T09:55:00.000Z',
    '2026-01-01T10:01:00.000Z',
  ])
})

test('what changes after GitLab’s clock was set right is found, at the requests too that were read before', async () => {
  const { context, store, insert, setTime } = await aDesk()
  const clock = { aheadMs: 3_600_000 }
  const gitlab = await startGitLab({ now: () => new Date(context.now().getTime() + clock.aheadMs) })
  onTestFinished(() => gitlab.close())
  const { iid, updatedAt } = gitlab.submitRequest({ description: 'x', email: 'r@example.com' })
  const readAt = context.now().toISOString()
  await insert({ number: iid, seen: { ...aRow().seen, updatedAt, readAt: { first: readAt, last: readAt } } })
  const client = connectGitLab({ url: gitlab.url, fetch, token: botToken, project: serviceDeskProject })
  const polled = async () => {
    await poll({ context, gitlab: client, handbookLabel: (name) => name, wakeInbox: () => {} })
    const hints = await store.tables.inbox.pending(context.now().toISOString(), 10)
    await store.tables.inbox.doneToo(hints, context.now().toISOString())
    return hints.map(({ payload }) => payload)
  }
  const before = await polled()
  clock.aheadMs = 0
  setTime('2026-03-01T10:01:00.000Z')
  gitlab.someoneCloses(iid, 'ines.engineer')

  const after = await polled()

  expect([before, after]).toEqual([[], [{ iid }]])
})

test('an open request that is older than the long look, and of which nothing was read for a month, is read again', async () => {
  const { context, store, insert, setTime } = await aDesk()
  const gitlab = await startGitLab({ now: context.now })
  onTestFinished(() => gitlab.close())
  const client = connectGitLab({ url: gitlab.url, fetch, token: botToken, project: serviceDeskProject })
  const seen = (updatedAt: string, last: string) => ({
    ...{ state: 'opened' as const, labels: [], updatedAt, noteId: 0, labelEventId: 0, stateEventId: 0 },
    ...{ assigneeIds: [], readAt: { first: updatedAt, last } },
  })
  const polled = () => poll({ context, gitlab: client, handbookLabel: (name) => name, wakeInbox: () => {} })
  gitlab.submitRequest({ description: 'x', email: 'r@example.com' })
  await polled()
  setTime('2026-06-01T10:00:00.000Z')
  const [old, forgotten, recent] = [
    '2026-03-01T10:00:00.000Z',
    '2026-04-20T10:00:00.000Z',
    '2026-05-20T10:00:00.000Z',
  ]
  await insert({ id: 'r-7', number: 7, seen: seen(old, forgotten) })
  await insert({ id: 'r-8', number: 8, seen: seen(old, recent) })
  await insert({ id: 'r-9', number: 9, seen: seen(recent, forgotten) })
  await insert({ id: 'r-10', number: 10, seen: seen(old, forgotten), closedAt: forgotten })

  await polled()

  const pending = await store.tables.inbox.pending(context.now().toISOString(), 100)
  // Issue 1 waits since the first poll.
  expect(pending.map(({ payload }) => payload)).toEqual([{ iid: 1, isOfSeveral: true }, { iid: 7 }])
})

test('an issue that was hidden, and whose hint was given up, is asked for once more a day', async () => {
  const { context, store, setTime } = await aDesk()
  const gitlab = await startGitLab({ now: context.now })
  onTestFinished(() => gitlab.close())
  const client = connectGitLab({ url: gitlab.url, fetch, token: botToken, project: serviceDeskProject })
  const polled = () => poll({ context, gitlab: client, handbookLabel: (name) => name, wakeInbox: () => {} })
  const { inbox } = store.tables
  const waiting = () => inbox.pending(context.now().toISOString(), 10)
  await rememberUnread(store.tables, 7, context.now().toISOString())
  setTime('2026-03-01T10:02:00.000Z')
  await polled()
  const first = await waiting()
  await inbox.doneToo(first, context.now().toISOString())
  await polled()
  const onThatDay = await waiting()

  setTime('2026-03-02T10:02:00.000Z')
  await polled()

  expect([first.length, onThatDay.length]).toEqual([1, 0])
  expect((await waiting()).map(({ payload }) => payload)).toEqual([{ iid: 7 }])
})
