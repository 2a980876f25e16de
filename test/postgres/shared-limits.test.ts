/** The limits towards the services hold for all replicas together, whoever comes, goes, or stands still. */
import { expect, onTestFinished, test } from 'vitest'
import { effects } from '../../src/engine/effect.ts'
import { limitsWith } from '../../src/queue/limits.ts'
import { limitShare } from '../../src/queue/replicas.ts'
import { takeOfEach } from '../../src/queue/token-bucket.ts'
import { openStore } from '../../src/store/open-store.ts'
import { postgresDatabase } from './databases.ts'

const slackPosts = { burst: 20, perMinute: 60 } as const
const gitlabNotes = { burst: 60, perMinute: 60 } as const
const reply = { kind: 'typed-reply', text: 'Hello.' } as const
const say = { kind: 'thread', text: 'Seen.', mention: [] } as const

let started = 0

/** Replicas of one database in one time of the test's own. */
async function replicas() {
  const databaseUrl = await postgresDatabase()
  let time = Date.parse('2026-11-22T09:00:00.000Z')
  const now = () => new Date(time)
  const sent: number[] = []

  return {
    /** The instants of what was sent, by whichever of them. */
    sent,
    pass: (ms: number) => {
      time += ms
    },
    async start() {
      const store = await openStore({ databaseUrl, now })
      onTestFinished(() => store.close())
      started += 1
      const share = limitShare({ store, clock: { now }, owner: `replica-${started}` })
      const { of, look } = limitsWith({
        ...{ now, definitions: effects, share, sizes: { slackPosts, gitlabNotes } },
        channelOfDesk: () => 'C01',
        channelOfRequest: async () => 'C01',
      })
      return {
        look,
        /** As many as it may: there is always something to send. */
        async send() {
          while (takeOfEach(await of({ work: say, requestId: 'r1' }))) sent.push(time)
        },
        /** As many notes as it may. */
        async note() {
          let noted = 0
          while (takeOfEach(await of({ work: reply, requestId: 'r1' }))) noted += 1
          return noted
        },
        stop: share.release,
      }
    },
  }
}

/** In any time there are at most as many as one process would have sent in it. */
function expectWithinLimit(sent: readonly number[]): void {
  for (const [first, from] of sent.entries())
    for (const [index, until] of sent.entries()) {
      if (index < first) continue
      const most = slackPosts.burst + ((until - from) / 60_000) * slackPosts.perMinute
      expect(index - first + 1).toBeLessThanOrEqual(Math.floor(most + 0.01))
    }
}

test('two replicas that always have something to send keep to the limit of one, and use it', async () => {
  const { start, pass, sent } = await replicas()
  const both = [await start(), await start()]

  for (let second = 0; second < 120; second += 1) {
    for (const one of both) {
      await one.look()
      await one.send()
    }
    pass(1_000)
  }

  expectWithinLimit(sent)
  // The one that came second sends nothing until the first has looked again.
  expect(sent.length).toBeGreaterThan(120)
})

test('so do those that come and go, and one that stands still and goes on', async () => {
  const { start, pass, sent } = await replicas()
  const first = await start()
  const still = await start()
  const goesAtHalf = await start()
  let late: typeof first | undefined

  for (let second = 0; second < 120; second += 1) {
    if (second === 30) late = await start()
    if (second === 60) await goesAtHalf.stop()
    const isStill = second >= 40 && second < 55
    const living = [
      first,
      ...(isStill ? [] : [still]),
      ...(second < 60 ? [goesAtHalf] : []),
      ...(late ? [late] : []),
    ]
    for (const one of living) {
      // The one that stood still may send before it has looked.
      if (one === still && second === 55) await one.send()
      await one.look()
      await one.send()
    }
    pass(1_000)
  }

  expectWithinLimit(sent)
  expect(sent.length).toBeGreaterThan(80)
})

test('one that comes has its share as soon as the other has had to look again', async () => {
  const { start, pass, sent } = await replicas()
  const one = await start()
  await one.look()
  const comes = await start()
  await comes.look()
  await comes.send()
  expect(sent).toEqual([])
  pass(2_500)
  for (const each of [one, comes]) await each.look()
  await comes.send()
  expect(sent).toEqual([])

  pass(2_000)
  await comes.send()

  // Half of one a second.
  expect(sent).toHaveLength(1)
})

test('one that is alone again has all of it once the lease of the other is over', async () => {
  const { start, pass, sent } = await replicas()
  const [one, killed] = [await start(), await start()]
  for (const each of [one, killed]) await each.look()
  await one.send()
  pass(20_000)
  await one.look()
  pass(60_000)
  await one.look()
  const before = sent.length

  await one.send()

  expect(sent.length - before).toBe(slackPosts.burst)
})

test('one that is alone at its start has all of each limit at once', async () => {
  const { start, sent } = await replicas()
  const alone = await start()
  await alone.look()

  await alone.send()
  const noted = await alone.note()

  expect(sent).toHaveLength(slackPosts.burst)
  expect(noted).toBe(gitlabNotes.burst)
})
