import { expect, it, onTestFinished } from 'vitest'
import { botToken, serviceDeskProject, startGitLab } from '../../../sandbox/gitlab/gitlab.ts'
import { plus } from '../../../src/engine/time.ts'
import { connectGitLab } from '../../../src/services/gitlab/client.ts'
import { poll } from '../../../src/services/gitlab/poll.ts'
import { aDesk } from '../../requests/a-desk.ts'
import { aRow } from '../../store/a-row.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

async function aPoll(aheadMs: number, readAgainAfterMs = 0, knownFromMs = 0) {
  const desk = await aDesk({ at: '2026-03-01T10:00:00.000Z' })
  const gitlab = await startGitLab({ now: () => new Date('2026-03-01T10:00:00.000Z') })
  onTestFinished(() => gitlab.close())
  const { iid, updatedAt } = gitlab.submitRequest({ description: 'Delete me.' })
  // Read a second after it had changed, by a clock that is ahead of GitLab's.
  const first = plus(updatedAt, 1_000 + aheadMs)
  const { seen } = aRow()
  await desk.insert({
    number: iid,
    seen: {
      ...seen,
      updatedAt: plus(updatedAt, -knownFromMs),
      readAt: { first, last: plus(first, readAgainAfterMs) },
    },
  })
  const parts = {
    context: desk.context,
    gitlab: connectGitLab({
      url: gitlab.url,
      fetch,
      timeoutMs: 2_000,
      token: botToken,
      project: serviceDeskProject,
    }),
    handbookLabel: (name: string) => name,
    wakeInbox: () => {},
  }
  const hints = async (at: string) => {
    desk.setTime(at)
    await poll(parts)
    return (await desk.store.tables.inbox.pending(at, 10)).map(({ kind }) => kind)
  }
  /** The hint is handled, and a replica that lags shows nothing new. */
  const readInVain = async (at: string) => {
    const [hint] = await desk.store.tables.inbox.pending(at, 1)
    if (hint) await desk.store.tables.inbox.doneToo([hint], at)
    const { id, seen: known } = await desk.row()
    await desk.store.tables.requests.update({
      ...(await desk.row(id)),
      seen: { ...known, readAt: { first, last: at } },
    })
  }
  /** The poll has seen later changes, of other issues. */
  const passOn = (at: string) => desk.store.tables.settings.set('gitlab-poll-cursor', at)
  return { first, hints, readInVain, passOn }
}

it.each([
  ['as GitLab’s', 0],
  ['50 minutes ahead', 50 * minuteMs],
  ['five hours ahead', 300 * minuteMs],
  ['50 minutes behind', -50 * minuteMs],
])('an issue is read again after a minute, by a clock that is %s', async (_clock, aheadMs) => {
  const { first, hints } = await aPoll(aheadMs)

  expect(await hints(plus(first, 30_000))).toEqual([])
  expect(await hints(plus(first, 80_000))).toEqual(['gitlab-hint'])
})

it('and once more when no replica can lack that minute any more, which may lag by another', async () => {
  const { first, hints } = await aPoll(0, 80_000)

  // Written in the last of the 60 seconds, and shown by a replica that lags by as many.
  expect(await hints(plus(first, 2 * minuteMs))).toEqual([])
  expect(await hints(plus(first, 140_000))).toEqual(['gitlab-hint'])
})

it.each([
  ['50 minutes', 50 * minuteMs, 2 * hourMs],
  ['the hour of summer time', hourMs, 2 * hourMs],
  ['most of a day', 20 * hourMs, dayMs],
])('and later, where the clock was set forward by %s before that', async (_far, aheadMs, afterMs) => {
  const { first, hints, readInVain } = await aPoll(0, 5_000)

  // Ten seconds have passed, and a replica lags.
  expect(await hints(plus(first, 10_000 + aheadMs))).toEqual(['gitlab-hint'])
  await readInVain(plus(first, 11_000 + aheadMs))
  expect(await hints(plus(first, 40_000 + aheadMs))).toEqual([])
  expect(await hints(plus(first, afterMs + minuteMs))).toEqual(['gitlab-hint'])
})

it('also one that the list of what has changed has left behind, by the long look', async () => {
  const { first, hints, readInVain, passOn } = await aPoll(0, 5_000)
  expect(await hints(plus(first, 50 * minuteMs))).toEqual(['gitlab-hint'])
  await readInVain(plus(first, 50 * minuteMs + 1_000))
  await passOn(plus(first, 30 * minuteMs))

  expect(await hints(plus(first, 3 * hourMs))).toEqual([])
  expect(await hints(plus(first, dayMs + hourMs))).toEqual(['gitlab-hint'])
})

it('and not for ever', async () => {
  const { first, hints, readInVain } = await aPoll(0, 140_000)

  expect(await hints(plus(first, 10 * minuteMs))).toEqual([])
  await readInVain(plus(first, dayMs + minuteMs))
  expect(await hints(plus(first, 3 * dayMs))).toEqual([])
})

it('but not an issue that had not changed for long when it was read first', async () => {
  const { first, hints } = await aPoll(30 * 24 * 60 * minuteMs)

  expect(await hints(plus(first, 140_000))).toEqual([])
})

it('a change that a replica did not show yet is looked for until it is seen', async () => {
  const { first, hints, readInVain } = await aPoll(0, 0, 10 * minuteMs)

  expect(await hints(plus(first, 5_000))).toEqual(['gitlab-hint'])
  // Twice before it is handled is once.
  expect(await hints(plus(first, 10_000))).toEqual(['gitlab-hint'])
  await readInVain(plus(first, 12_000))
  expect(await hints(plus(first, 15_000))).toEqual(['gitlab-hint'])
})
