import { webcrypto } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSignedByZendesk } from '../../../src/services/zendesk/webhook.ts'
import { anyText } from '../../any-text.ts'

/** A known answer, worked out apart from this code, with the secret that Zendesk publishes for tests. */
const secret = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=='
const known = {
  timestamp: '2026-11-22T06:00:00Z',
  signature: 'iT7MWgoL8x46R0oHezqhNJtEcWMJIj/GauYMUbTUDHU=',
  body: '{"object_kind":"note"}',
}
const then = new Date(known.timestamp)
const parts = ['timestamp', 'signature', 'body'] as const

type Message = typeof known
const isGood = (message: Message, now = then, key = secret) =>
  isSignedByZendesk(key, { ...message, body: Buffer.from(message.body, 'latin1') }, now)

describe('the signature of a Zendesk webhook', () => {
  it('agrees with the known answer', () => {
    expect(isGood(known)).toBe(true)
  })

  for (const part of parts)
    it(`is refused with any byte of the ${part} changed into any other`, () => {
      const accepted: string[] = []
      for (let index = 0; index < known[part].length; index += 1)
        for (let change = 1; change < 256; change += 1) {
          const changed = changedAt(known[part], index, change)
          if (isGood({ ...known, [part]: changed })) accepted.push(changed)
        }

      expect(accepted).toEqual([])
    })

  for (const part of parts)
    it(`is refused with anything more or less in the ${part}`, () => {
      const text = known[part]
      const others = [
        text.slice(1),
        text.slice(0, -1),
        `${text}0`,
        `0${text}`,
        ` ${text}`,
        `${text}, ${text}`,
        '',
      ]

      expect(others.filter((other) => isGood({ ...known, [part]: other }))).toEqual([])
    })

  it('is refused with any byte of the secret changed, and with the secret taken for base64', () => {
    const others = Array.from(secret, (_, index) => changedAt(secret, index, 1))
    others.push(Buffer.from(secret, 'base64').toString('latin1'))

    expect(others.filter((other) => isGood(known, then, other))).toEqual([])
  })

  it('is refused in hexadecimal, and over a separator', async () => {
    const hex = Buffer.from(known.signature, 'base64').toString('hex')
    const separated = await signatureOf(secret, `${known.timestamp}.`, Buffer.from(known.body))

    expect([isGood({ ...known, signature: hex }), isGood({ ...known, signature: separated })]).toEqual([
      false,
      false,
    ])
  })

  it('is refused when a header is missing', () => {
    const body = Buffer.from(known.body)

    expect(isSignedByZendesk(secret, { ...known, signature: undefined, body }, then)).toBe(false)
    expect(isSignedByZendesk(secret, { ...known, timestamp: undefined, body }, then)).toBe(false)
  })

  it('is good for five minutes either way', () => {
    const at = (seconds: number) => isGood(known, new Date(then.getTime() + seconds * 1000))

    expect([-300.001, -300, 0, 300, 300.001].map(at)).toEqual([false, true, true, true, false])
  })

  it('is never good under a secret that holds no key', async () => {
    const body = Buffer.from(known.body)
    // No key and one zero byte are the same key to HMAC.
    const signature = await signatureOf('\0', known.timestamp, body)

    expect(isSignedByZendesk('\0', { ...known, signature, body }, then)).toBe(true)
    expect(isSignedByZendesk('', { ...known, signature, body }, then)).toBe(false)
  })

  for (const [timestamp, isTaken] of [
    ['2026-11-22T06:00:00.123Z', true],
    ['2026-11-22T08:00:00+02:00', true],
    ['2026-11-22T06:00:00.123456789Z', true],
    ['2026-11-22T06:00:00', false],
    ['2026-11-22', false],
    ['2026-13-22T06:00:00Z', false],
    ['2026-11-22T25:00:00Z', false],
    ['1795327200', false],
    ['1795327200000', false],
    ['Sun, 22 Nov 2026 06:00:00 GMT', false],
    ['2026-11-22T06:00:00Z (now)', false],
    ['now', false],
  ] as const)
    it(`is ${isTaken ? 'taken' : 'refused'} at the time “${timestamp}”, rightly signed`, async () => {
      const body = Buffer.from(known.body)

      const signature = await signatureOf(secret, timestamp, body)

      expect(isSignedByZendesk(secret, { timestamp, signature, body }, then)).toBe(isTaken)
    })

  it('agrees with another implementation of HMAC on every body and secret', async () => {
    const text = anyText({ minLength: 1 }).map((any) => any.toWellFormed())
    const bytes = fc.uint8Array({ maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(text, bytes, fc.boolean(), async (anySecret, anyBody, isTouched) => {
        const signature = await signatureOf(anySecret, known.timestamp, anyBody)
        const body = Buffer.concat([anyBody, Buffer.alloc(isTouched ? 1 : 0)])

        expect(isSignedByZendesk(anySecret, { ...known, signature, body }, then)).toBe(!isTouched)
      }),
    )
  })
})

async function signatureOf(key: string, timestamp: string, body: Uint8Array): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await webcrypto.subtle.importKey('raw', Buffer.from(key), algorithm, false, ['sign'])
  const message = Buffer.concat([Buffer.from(timestamp), body])
  return Buffer.from(await webcrypto.subtle.sign('HMAC', imported, message)).toString('base64')
}

function changedAt(text: string, index: number, change: number): string {
  const bytes = Buffer.from(text, 'latin1')
  bytes[index] = (bytes[index] ?? 0) ^ change
  return bytes.toString('latin1')
}
