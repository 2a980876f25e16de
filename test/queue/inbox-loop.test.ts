import { describe, expect, it } from 'vitest'
import { clockWith } from '../../src/clock.ts'
import { outgoing } from '../../src/http/outgoing.ts'
import { createInboxLoop, type Handled, type InboxLoopParts } from '../../src/queue/inbox-loop.ts'
import { CallFailed } from '../../src/services/call-failed.ts'
import { type InboxEntry, StaleRequest, type Store } from '../../src/store/store.ts'
import { claimAt, roomFor } from '../store/held.ts'
import { temporaryStore } from '../store/temporary-store.ts'

const person = { userId: 'U1', teamId: 'T1' }
const start = Date.parse('2026-03-01T09:00:00.000Z')

/** A loop over a real store; what is handled is up to the test. */
async function aLoop(
  handle: (entry: InboxEntry) => Promise<Handled | undefined>,
  isAbandoned: () => boolean = () => false,
  shared: Partial<Pick<InboxLoopParts, 'whileHeld' | 'givesWay' | 'clock'> & Pick<Store, 'sharing'>> = {},
) {
  const { sharing, ...held } = shared
  const store = { ...(await temporaryStore()), ...(sharing && { sharing }) }
  const clock = { at: start }
  const now = () => new Date(clock.at)
  const logged: string[] = []
  const told: string[] = []
  const loop = createInboxLoop({
    store,
    clock: clockWith(now),
    handle: async (entry) => (await handle(entry)) ?? {},
    giveUp: (entry, reference) => ({
      write: async (tables) => {
        await tables.settings.set('given up', entry.key)
        return { answerTo: person, text: `given up: ${reference}` }
      },
    }),
    onGivenUp: (kind) => void told.push(`counted: ${kind}`),
    tell: async (_to, text) => void told.push(text),
    wakeWorker: () => void told.push('wake'),
    owner: 'this process',
    log: { error: (_fields, message) => void logged.push(message) },
    isAbandoned,
    ...held,
  })
  const put = (key: string, subject = key) =>
    store.tables.inbox.put({
      key,
      kind: 'test',
      payload: subject.startsWith('#') ? { iid: Number(subject.slice(1)) } : {},
      receivedAt: new Date(start).toISOString(),
    })
  const pass = async (ms: number) => {
    clock.at += ms
    await loop.runUntilIdle()
  }
  return { store, loop, put, pass, logged, told, clock }
}

describe('what ends the process', () => {
  /** So many lives of another process end with it in hand; the next one has it. */
  async function endedBy(lives: number) {
    const handled: string[] = []
    const bot = await aLoop(async ({ key }) => void handled.push(key))
    await bot.put('click')
    const { inbox } = bot.store.tables
    const at = new Date(start).toISOString()
    for (let life = 1; life <= lives; life += 1) {
      await inbox.claim(claimAt(at, `life ${life}`), roomFor(8), [])
      await inbox.release({ owner: `life ${life + 1}` })
    }
    await bot.pass(0)
    return { ...bot, handled }
  }

  it('is given up after twenty lives in a row, and whoever waits for it is told', async () => {
    const { handled, told, logged, store } = await endedBy(20)

    expect(handled).toEqual([])
    expect(told).toEqual(['counted: test', 'wake', 'given up: inbox-1'])
    expect(logged).toEqual(['given up'])
    expect(await store.tables.settings.get('given up')).toBe('click')
  })

  it('is handled until then', async () => {
    expect((await endedBy(19)).handled).toEqual(['click'])
  })

  it('is counted where other processes take it over, and no more once it had an answer', async () => {
    const { put, store } = await aLoop(async () => undefined)
    await put('click')
    const { inbox } = store.tables
    const claimed = async (minute: number, owner: string) => {
      const at = new Date(start + minute * 60_000).toISOString()
      return (await inbox.claim(claimAt(at, owner), roomFor(8), []))[0]
    }
    const ends = [await claimed(0, 'A'), await claimed(2, 'A'), await claimed(4, 'B'), await claimed(6, 'A')]
    const held = ends.at(-1) ?? expect.unreachable()
    await inbox.postpone(held, new Date(start).toISOString(), 'busy')

    ends.push(await claimed(6, 'B'))

    expect(ends.map((one) => one?.ends)).toEqual([undefined, undefined, 1, 2, undefined])
  })
})

const outage = (kind: 'later' | 'not-done' | 'unknown', status = 503) =>
  new CallFailed({ service: 'gitlab', kind, status, message: `gitlab GET: ${status}` })

describe('while much comes in', () => {
  /** In the background, with pauses that take no time. */
  async function givingWay(givesWay: () => boolean) {
    const paused: number[] = []
    const handled = Promise.withResolvers<number>()
    const { loop, put } = await aLoop(
      async () => void handled.resolve(paused.filter((ms) => ms === 10).length),
      undefined,
      {
        givesWay,
        clock: {
          now: () => new Date(start),
          sleep: async (ms, signal) => {
            paused.push(ms)
            if (ms > 10) await clockWith(() => new Date(start)).sleep(ms, signal)
          },
        },
      },
    )
    await put('click')
    await loop.start()
    const pauses = await handled.promise
    await loop.stop()
    return pauses
  }

  it('what has come in waits until it is over', async () => {
    let asked = 0

    expect(await givingWay(() => ++asked <= 3)).toBe(3)
  })

  it('and no longer than a quarter of a second where it goes on and on', async () => {
    expect(await givingWay(() => true)).toBe(25)
  })

  it('what comes in one by one waits for nothing', async () => {
    expect(await givingWay(() => false)).toBe(0)
  })
})

describe('entries are handled', () => {
  it('of the same subject one after the other, in the order in which they came', async () => {
    const order: string[] = []
    const passedOver = Promise.withResolvers<void>()
    const { loop, put } = await aLoop(async ({ key }) => {
      if (key === 'of another subject') passedOver.resolve()
      else {
        order.push(`${key} begins`)
        await passedOver.promise
        order.push(`${key} ends`)
      }
    })
    await put('first', '#1')
    await put('second', '#1')
    await put('third', '#1')
    await put('of another subject', '#2')

    await loop.runUntilIdle()

    expect(order).toEqual([
      'first begins',
      'first ends',
      'second begins',
      'second ends',
      'third begins',
      'third ends',
    ])
  })

  it('once, though it ends while a look for more is under way', async () => {
    const handled: string[] = []
    const [ending, looking, goingOn] = [0, 1, 2].map(() => Promise.withResolvers<void>())
    const { store, loop, put } = await aLoop(async ({ key }) => {
      handled.push(key)
      await ending?.promise
      return undefined
    })
    const { claim } = store.tables.inbox
    let looks = 0
    Object.assign(store.tables.inbox, {
      claim: async (...given: Parameters<typeof claim>) => {
        looks += 1
        const isSecond = looks === 2
        if (isSecond) {
          looking?.resolve()
          await goingOn?.promise
        }
        return claim(...given)
      },
    })
    await put('click', '#1')
    const idle = loop.runUntilIdle()
    await expect.poll(() => handled).toEqual(['click'])

    loop.wake()
    await looking?.promise
    ending?.resolve()
    await expect.poll(() => store.tables.inbox.pendingCount()).toBe(0)
    await new Promise((resolve) => setImmediate(resolve))
    goingOn?.resolve()
    await idle

    expect(handled).toEqual(['click'])
  })

  it('and what another life of the process had claimed is taken over', async () => {
    const handled: string[] = []
    const { store, loop, put, clock } = await aLoop(async ({ key }) => {
      handled.push(key)
      return undefined
    })
    await put('left behind', '#1')
    await put('behind it', '#1')
    await store.tables.inbox.claim(claimAt(new Date(start).toISOString(), 'another process'), roomFor(8), [])

    await loop.runUntilIdle()
    const meanwhile = [...handled]
    clock.at += 60_000
    await loop.runUntilIdle()

    expect(meanwhile).toEqual([])
    expect(handled).toEqual(['left behind', 'behind it'])
  })

  it.each([
    ['at once by the only process of its database', false, ['left behind', 'behind it']],
    ['by one of several only after its lease', true, []],
  ])('and what a life before the start had in hand is taken over %s', async (_when, isShared, taken) => {
    const handled: string[] = []
    const { store, loop, put } = await aLoop(
      async ({ key }) => {
        handled.push(key)
        return undefined
      },
      undefined,
      { sharing: { isShared, leaseMs: 60_000 } },
    )
    await put('left behind', '#1')
    await put('behind it', '#1')
    await store.tables.inbox.claim(claimAt(new Date(start).toISOString(), 'another life'), roomFor(8), [])

    await loop.start()
    await loop.runUntilIdle()
    await loop.stop()

    expect(handled).toEqual(taken)
  })

  it('with a turn for everybody else between two of them', async () => {
    const order: string[] = []
    const { loop, put } = await aLoop(async ({ key }) => {
      order.push(key)
      if (key === 'first') setImmediate(() => order.push('somebody else'))
      return undefined
    })
    await put('first', '#1')
    await put('second', '#1')

    await loop.runUntilIdle()

    expect(order).toEqual(['first', 'somebody else', 'second'])
  })

  it('of different subjects side by side: one that hangs holds nobody else up', async () => {
    const hanging = Promise.withResolvers<void>()
    const handled: string[] = []
    const { loop, put } = await aLoop(async ({ key }) => {
      if (key === 'hangs') await hanging.promise
      handled.push(key)
    })
    await put('hangs', '#1')
    for (let iid = 2; iid <= 30; iid++) await put(`entry ${iid}`, `#${iid}`)

    const idle = loop.runUntilIdle()
    await expect.poll(() => handled.length).toBe(29)
    hanging.resolve()
    await idle

    expect(handled.at(-1)).toBe('hangs')
  })

  it('also where the hints of a service hang: neither its clicks nor another service wait for them', async () => {
    const hanging = Promise.withResolvers<void>()
    const handled: string[] = []
    const { loop, store } = await aLoop(async ({ key, kind }) => {
      if (kind === 'gitlab-hint') await hanging.promise
      else handled.push(key)
    })
    const putAs = (key: string, kind: string, payload: object) =>
      store.tables.inbox.put({ key, kind, payload, receivedAt: new Date(start).toISOString() })
    for (let iid = 1; iid <= 400; iid++) await putAs(`issue ${iid}`, 'gitlab-hint', { iid })
    await putAs('ticket', 'zendesk-hint', { ticket: 7 })
    await putAs('click on an issue', 'decision', { iid: 400 })
    await putAs('click on a ticket', 'decision', { ticket: 8 })

    const idle = loop.runUntilIdle()
    await expect.poll(() => handled.length).toBe(3)
    hanging.resolve()
    await idle

    expect(handled.sort()).toEqual(['click on a ticket', 'click on an issue', 'ticket'])
  })

  it('a thousand hints of one issue before a click on another one', async () => {
    const order: string[] = []
    const { loop, store } = await aLoop(async ({ key }) => void order.push(key))
    const putAs = (key: string, kind: string, payload: object) =>
      store.tables.inbox.put({ key, kind, payload, receivedAt: new Date(start).toISOString() })
    for (let delivery = 1; delivery <= 1000; delivery++)
      await putAs(`delivery ${delivery}`, 'gitlab-hint', { iid: 1 })
    await putAs('click', 'decision', { iid: 2 })

    await loop.runUntilIdle()

    expect(order).toEqual(['delivery 1', 'click'])
  })

  it('never more than eight at the same time', async () => {
    let [atOnce, most] = [0, 0]
    const full = Promise.withResolvers<void>()
    const { loop, put } = await aLoop(async () => {
      atOnce += 1
      most = Math.max(most, atOnce)
      if (atOnce === 8) full.resolve()
      await full.promise
      await new Promise((resolve) => setImmediate(resolve))
      atOnce -= 1
    })
    for (let iid = 1; iid <= 40; iid++) await put(`entry ${iid}`)

    await loop.runUntilIdle()

    expect(most).toBe(8)
  })

  it('that come while others are being handled as well', async () => {
    const handled: string[] = []
    const { loop, put } = await aLoop(async ({ key }) => {
      if (key === 'first') {
        await put('second')
        loop.wake()
      }
      handled.push(key)
    })
    await put('first')

    await loop.runUntilIdle()

    expect(handled).toEqual(['first', 'second'])
  })

  it('none after the stop, which waits for those in hand', async () => {
    const handled: string[] = []
    const [begun, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const { loop, put } = await aLoop(async ({ key }) => {
      begun.resolve()
      await going.promise
      handled.push(key)
    })
    await put('in hand', '#1')
    await put('behind it', '#1')
    await loop.start()
    await begun.promise

    const stopped = loop.stop()
    going.resolve()
    await stopped
    loop.wake()
    await new Promise((resolve) => setImmediate(resolve))

    expect(handled).toEqual(['in hand'])
  })
})

describe('what a handler gives back', () => {
  it('is written together with the entry’s end, then the worker is woken and the person told', async () => {
    const { store, loop, put, told } = await aLoop(async () => ({
      write: async (tables, at) => {
        await tables.settings.set('written', at)
        return { answerTo: person, text: 'done' }
      },
    }))
    await put('click')

    await loop.runUntilIdle()

    expect(await store.tables.settings.get('written')).toBe(new Date(start).toISOString())
    expect(await store.tables.inbox.pendingCount()).toBe(0)
    expect(told).toEqual(['wake', 'done'])
  })

  it('is not written, nor anybody told, where the entry was done by somebody else meanwhile', async () => {
    const desk = await aLoop(async (entry) => {
      await desk.store.tables.inbox.doneToo([entry], new Date(start).toISOString())
      return {
        write: async (tables) => {
          await tables.settings.set('written', 'twice')
          return { answerTo: person, text: 'twice' }
        },
      }
    })
    await desk.put('click')

    await desk.loop.runUntilIdle()

    expect(await desk.store.tables.settings.get('written')).toBeUndefined()
    expect(desk.told).toEqual([])
    expect(desk.logged).toEqual([])
  })

  it('is not written at all where a part of it fails', async () => {
    const { store, loop, put, told } = await aLoop(async () => ({
      write: async (tables) => {
        await tables.settings.set('written', 'half')
        throw new Error('broken')
      },
    }))
    await put('click')

    await loop.runUntilIdle()

    expect(await store.tables.settings.get('written')).toBeUndefined()
    expect(await store.tables.inbox.pendingCount()).toBe(1)
    expect(told).toEqual([])
  })

  it('ends the further entries that it answers, too', async () => {
    const handled: string[] = []
    const { store, loop, put } = await aLoop(async (entry) => {
      handled.push(entry.key)
      return { answered: await store.tables.inbox.alike(entry) }
    })
    await put('hint 1', '#1')
    await put('hint 2', '#1')

    await loop.runUntilIdle()

    expect(handled).toEqual(['hint 1'])
    expect(await store.tables.inbox.pendingCount()).toBe(0)
  })
})

describe('an entry that could not be handled', () => {
  it('comes again after 1 s, 2 s, 4 s … and at most 5 minutes', async () => {
    const tries: number[] = []
    const { loop, put, pass, clock } = await aLoop(async () => {
      tries.push((clock.at - start) / 1000)
      throw new Error('broken')
    })
    await put('broken')

    await loop.runUntilIdle()
    for (let second = 1; second <= 1200; second++) await pass(1000)

    expect(tries).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111])
  })

  it('comes again not before the service wants it, and at the latest after an hour', async () => {
    const tries: number[] = []
    const asked = [90, 86_400]
    const { loop, put, pass, clock } = await aLoop(async () => {
      tries.push((clock.at - start) / 1000)
      const retryAfterSeconds = asked[tries.length - 1]
      throw new CallFailed({ service: 'zendesk', kind: 'later', message: '429', retryAfterSeconds })
    })
    await put('too many')

    await loop.runUntilIdle()
    for (let second = 1; second <= 3691; second++) await pass(1000)

    expect(tries).toEqual([0, 90, 3690])
  })

  it('is given up after 20 attempts: its text goes, its key stays, and the others go on', async () => {
    let tries = 0
    const handled: string[] = []
    const { store, put, pass, logged, told } = await aLoop(async ({ key }) => {
      if (key !== 'broken') return void handled.push(key)
      tries += 1
      throw new Error('broken')
    })
    await put('broken', '#1')

    for (let round = 0; round < 40; round++) await pass(300_000)
    await put('next', '#1')
    await pass(1)

    expect(tries).toBe(20)
    expect(logged.at(-1)).toBe('given up')
    expect(told.slice(0, 3)).toEqual(['counted: test', 'wake', 'given up: inbox-1'])
    expect(await store.tables.settings.get('given up')).toBe('broken')
    expect(handled).toEqual(['next'])
    expect(await put('broken', '#1')).toBe(false)
    expect(await store.tables.inbox.pendingCount()).toBe(0)
  })

  it('since the process stops is neither done nor given up, and the next start begins with it', async () => {
    let stopped: Promise<void> | undefined
    const { store, loop, put, pass, told, clock } = await aLoop(
      async ({ attempts }) => {
        if (attempts < 19) throw new Error('broken')
        stopped = loop.stop()
        return { write: async () => ({ answerTo: person, text: 'GitLab can’t be read' }) }
      },
      () => stopped !== undefined,
    )
    await put('cut off', '#1')
    for (let round = 0; round < 20; round++) await pass(300_000)
    await put('later', '#1')

    await stopped

    expect(told).toEqual([])
    const next = claimAt(new Date(clock.at).toISOString(), 'the next start')
    expect((await store.tables.inbox.claim(next, roomFor(8), [])).map(({ key }) => key)).toEqual(['cut off'])
  })

  it.each([
    ['a service is down (later)', outage('later')],
    ['a service is down (unknown)', outage('unknown')],
    ['the bot’s token has ended', outage('not-done', 401)],
  ])('since %s is never given up', async (_why, error) => {
    let tries = 0
    let isDown = true
    const { store, put, pass } = await aLoop(async () => {
      tries += 1
      if (isDown) throw error
    })
    await put('waits')
    for (let round = 0; round < 200; round++) await pass(300_000)

    isDown = false
    await pass(300_000)

    expect(tries).toBe(201)
    expect(await store.tables.inbox.pendingCount()).toBe(0)
  })

  it.each([
    ['where somebody else is quicker then', () => new StaleRequest('moved on'), 3, true],
    ['where something passing fails then', () => new Error('the disk is full'), 10, true],
    [
      'where it fails again and again then, and is given up after them,',
      () => new Error('broken'),
      11,
      false,
    ],
  ])(
    '%s has eleven attempts left, however long the service was down',
    async (_why, error, times, isHandled) => {
      let isDown = true
      let failures = 0
      const handled: string[] = []
      const { put, pass, told } = await aLoop(async ({ key }) => {
        if (isDown) throw outage('unknown')
        failures += 1
        if (failures <= times) throw error()
        handled.push(key)
      })
      await put('waited')
      for (let round = 0; round < 200; round++) await pass(300_000)

      isDown = false
      for (let round = 0; round < 40; round++) await pass(300_000)

      expect(handled).toEqual(isHandled ? ['waited'] : [])
      expect(told.includes('counted: test')).toBe(!isHandled)
    },
  )

  it.each(['SQLITE_FULL', 'SQLITE_BUSY', '25006', '40001', 'ECONNREFUSED'])(
    'since the database failed (%s) while it was handled is never given up',
    async (code) => {
      let tries = 0
      const { store, put, pass } = await aLoop(async () => {
        tries += 1
        if (tries <= 40) throw Object.assign(new Error('it could not be written'), { code })
      })
      await put('waits')

      for (let round = 0; round < 45; round++) await pass(300_000)

      expect(tries).toBe(41)
      expect(await store.tables.inbox.pendingCount()).toBe(0)
    },
  )

  it.each([
    ['a service is down', () => outage('later')],
    ['the database is full', () => Object.assign(new Error('full'), { code: 'SQLITE_FULL' })],
  ])('that has failed nineteen times is not given up while %s', async (_what, failure) => {
    let tries = 0
    const { store, put, pass, told } = await aLoop(async () => {
      tries += 1
      if (tries <= 19) throw new Error('broken')
      if (tries <= 30) throw failure()
    })
    await put('waits')

    for (let round = 0; round < 40; round++) await pass(300_000)

    expect(tries).toBe(31)
    expect(told).not.toContain('counted: test')
    expect(await store.tables.inbox.pendingCount()).toBe(0)
  })

  it('since it was definitely refused is given up like any other', async () => {
    let tries = 0
    const { put, pass } = await aLoop(async () => {
      tries += 1
      throw outage('not-done', 422)
    })
    await put('refused')

    for (let round = 0; round < 40; round++) await pass(300_000)

    expect(tries).toBe(20)
  })

  it('since everybody else is quicker at one moment is handled a moment later', async () => {
    const handled: string[] = []
    const { put, pass, clock, told } = await aLoop(async ({ key }) => {
      if (clock.at < start + 60_000) throw new StaleRequest('moved on')
      handled.push(key)
    })
    await put('raced')

    for (let round = 0; round < 7; round++) await pass(10_000)

    expect(handled).toEqual(['raced'])
    expect(told).toEqual(['wake'])
  })

  it('since somebody else was quicker comes again at once, and nobody is alarmed', async () => {
    let tries = 0
    const { loop, put, logged } = await aLoop(async () => {
      tries += 1
      if (tries < 4) throw new StaleRequest('moved on')
    })
    await put('raced')

    await loop.runUntilIdle()

    expect(tries).toBe(4)
    expect(logged).toEqual([])
  })

  it('lets the later ones of its subject pass while it waits', async () => {
    const handled: string[] = []
    const { loop, put, pass } = await aLoop(async ({ key, attempts }) => {
      if (key === 'first' && attempts === 0) throw new Error('broken')
      handled.push(key)
    })
    await put('first', '#1')
    await put('second', '#1')

    await loop.runUntilIdle()
    await pass(1000)

    expect(handled).toEqual(['second', 'first'])
  })
})

describe('a store that cannot be written', () => {
  it('ends no round in a circle, and what was to be handled is handled by a later one', async () => {
    const broken = { is: true }
    const { store, loop, put, logged } = await aLoop(async () => {
      if (broken.is) throw new Error('database or disk is full')
    })
    const { postpone } = store.tables.inbox
    Object.assign(store.tables.inbox, { postpone: async () => Promise.reject(new Error('disk is full')) })
    await put('first')

    await loop.runUntilIdle()
    broken.is = false
    Object.assign(store.tables.inbox, { postpone })
    await loop.runUntilIdle()

    expect(logged).toEqual(['could not be handled, will be tried again', 'the inbox could not be written'])
    expect(await store.tables.inbox.pendingCount()).toBe(0)
  })
})

describe('where several processes share the database', () => {
  it('a click whose lease was over before Slack was asked is not refused with that, but handled anew', async () => {
    const calls = outgoing(async () => new Response())
    const clock = { late: 60_000 }
    const written: string[] = []
    const {
      put,
      pass,
      told,
      clock: time,
    } = await aLoop(
      async () => {
        // It stands still for as long, and goes on; whoever can't be asked is thought to be out of reach.
        time.at += clock.late
        clock.late = 0
        const answer = await calls.fetch('https://slack.example/users.info').then(
          () => 'allowed',
          () => 'refused',
        )
        return {
          write: async () => {
            written.push(answer)
            return { answerTo: person, text: answer }
          },
        }
      },
      () => false,
      { sharing: { isShared: true, leaseMs: 7_000 }, whileHeld: calls.whileHeld },
    )
    await put('click')

    await pass(0)
    await pass(1_000)

    expect(written).toEqual(['allowed'])
    expect(told.filter((text) => text !== 'wake')).toEqual(['allowed'])
  })
})
