import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { takeOfEach, tokenBucket } from '../../src/queue/token-bucket.ts'

function aBucket(size = { burst: 3, perMinute: 60 }) {
  let time = Date.parse('2026-11-22T09:00:00.000Z')
  const bucket = tokenBucket(size, () => new Date(time))
  return {
    bucket,
    pass: (ms: number) => {
      time += ms
    },
  }
}

describe('a token bucket', () => {
  it('starts full and gives no more than it holds', () => {
    const { bucket } = aBucket()

    expect([bucket.take(), bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, true, false])
  })

  it('says how long it takes until the next, and the one after it', () => {
    const { bucket, pass } = aBucket({ burst: 1, perMinute: 60 })
    bucket.take()
    pass(400)

    expect([bucket.msUntil(1), bucket.msUntil(2)]).toEqual([600, 1600])
  })

  it('gives one at the instant it has named', () => {
    const { bucket, pass } = aBucket({ burst: 1, perMinute: 7 })
    bucket.take()

    pass(bucket.msUntil(1) - 20)
    expect(bucket.take()).toBe(false)
    pass(20)
    expect(bucket.take()).toBe(true)
  })

  it('fills up to its size and no further', () => {
    const { bucket, pass } = aBucket({ burst: 2, perMinute: 60 })
    pass(24 * 60 * 60_000)

    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false])
  })

  it('gives nothing for a clock that was set back', () => {
    const { bucket, pass } = aBucket({ burst: 1, perMinute: 60 })
    bucket.take()
    pass(-60 * 60_000)

    expect(bucket.take()).toBe(false)
    pass(1_000)
    expect(bucket.take()).toBe(true)
  })

  it('never gives more than its burst and its rate allow, however it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5_000 }), { maxLength: 200 }), (pauses) => {
        const { bucket, pass } = aBucket({ burst: 5, perMinute: 60 })
        let given = 0
        let passed = 0
        for (const pause of pauses) {
          pass(pause)
          passed += pause
          if (bucket.take()) given += 1
        }
        expect(given).toBeLessThanOrEqual(5 + passed / 1_000 + 0.5)
      }),
    )
  })
})

describe('two buckets', () => {
  it('give one each, or none where either has none', () => {
    const [full, empty] = [aBucket({ burst: 1, perMinute: 60 }), aBucket({ burst: 1, perMinute: 60 })]
    empty.bucket.take()

    const both = [full.bucket, empty.bucket]

    expect(takeOfEach(both)).toBe(false)
    expect(full.bucket.hasOne()).toBe(true)
    empty.pass(1_000)
    expect(takeOfEach(both)).toBe(true)
    expect(full.bucket.hasOne()).toBe(false)
  })
})
