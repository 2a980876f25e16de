import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { isSignedBy } from '../../../src/http/standard-webhook.ts'
import { anyText } from '../../any-text.ts'

/** A known answer, worked out apart from this code. */
const secret = 'whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc='
const known = {
  id: 'msg-1',
  timestamp: '1700000000',
  signature: 'v1,tWJcrVKCm/9IjR6S99eueg1ecBnzYyHZVFe6UzmUJAc=',
  body: '{"object_kind":"note"}',
}
const then = new Date(1_700_000_000_000)

type Message = typeof known
const isGood = (message: Message, now = then, key = secret) =>
  isSignedBy(key, { ...message, body: Buffer.from(message.body, 'latin1') }, now)

describe('the signature of a webhook', () => {
  it('agrees with the known answer', () => {
    expect(isGood(known)).toBe(true)
  })

  for (const part of ['id', 'timestamp', 'signature', 'body'] as const)
    it(`is refused with any bit of any byte of the ${part} changed`, () => {
      const accepted: string[] = []
      for (let index = 0; index < known[part].length; index += 1)
        for (let bit = 0; bit < 8; bit += 1) {
          const changed = flipped(known[part], index, bit)
          if (isGood({ ...known, [part]: changed })) accepted.push(changed)
        }

      expect(accepted).toEqual([])
    })

  for (const part of ['id', 'timestamp', 'signature', 'body'] as const)
    it(`is refused with anything more or less in the ${part}`, () => {
      const text = known[part]
      const others = [text.slice(1), text.slice(0, -1), `${text}0`, `0${text}`, '']

      expect(others.filter((other) => isGood({ ...known, [part]: other }))).toEqual([])
    })

  it('is refused when a header is missing', () => {
    const body = Buffer.from(known.body)

    expect(isSignedBy(secret, { ...known, id: undefined, body }, then)).toBe(false)
    expect(isSignedBy(secret, { ...known, timestamp: undefined, body }, then)).toBe(false)
  })

  it('is one of several while the secret is being replaced', () => {
    const other = `v1,${'A'.repeat(43)}=`

    expect(isGood({ ...known, signature: `${other} ${known.signature}` })).toBe(true)
    expect(isGood({ ...known, signature: `v1a,x ${known.signature} ${other}` })).toBe(true)
    expect(isGood({ ...known, signature: `${other} ${other}` })).toBe(false)
  })

  it('counts in its own version only', () => {
    expect(isGood({ ...known, signature: known.signature.replace('v1,', 'v2,') })).toBe(false)
    expect(isGood({ ...known, signature: known.signature.replace('v1,', '') })).toBe(false)
  })

  it('is good for five minutes either way', () => {
    const at = (seconds: number) => isGood(known, new Date(then.getTime() + seconds * 1000))

    expect([at(-301), at(-300), at(300), at(301)]).toEqual([false, true, true, false])
  })

  const signedWith = (key: Buffer) =>
    createHmac('sha256', key).update(`${known.id}.${known.timestamp}.${known.body}`).digest('base64')

  it('is never good under a secret that holds no key', () => {
    const byAnybody = { ...known, signature: `v1,${signedWith(Buffer.of())}` }

    for (const secretWithoutKey of ['whsec_', 'whsec_!!!!', '']) {
      expect(isGood(known, then, secretWithoutKey)).toBe(false)
      expect(isGood(byAnybody, then, secretWithoutKey)).toBe(false)
    }
  })

  it('is never good under a secret token, of which base64 would leave a key that can be guessed', () => {
    const tokens = [
      'key=8sd7f6g8sd7f6g',
      'ab=cdefghijklmnop',
      '!!!!!!!!!!!!!!!!A=',
      'a-secret-token-of-16',
      'WHSEC_AAAA',
    ]
    const keys = tokens.map((token) => Buffer.from(token, 'base64'))
    const rests = tokens.map((token) => Buffer.from(token.slice('whsec_'.length), 'base64'))

    const good = tokens.filter((token, index) =>
      [keys[index], rests[index]].some((key = Buffer.of()) =>
        isGood({ ...known, signature: `v1,${signedWith(key)}` }, then, token),
      ),
    )

    expect(keys.map(({ length }) => length).slice(0, 2)).toEqual([2, 1])
    expect(good).toEqual([])
  })

  it('agrees with the reference library on every id, body and key', () => {
    const key = fc.uint8Array({ minLength: 1, maxLength: 64 })
    const id = fc.stringMatching(/^[!-~]{1,60}$/)
    fc.assert(
      fc.property(key, key, id, anyText(), (right, wrong, someId, text) => {
        const body = text.toWellFormed()
        const token = `whsec_${Buffer.from(right).toString('base64')}`
        const message = {
          id: someId,
          timestamp: String(then.getTime() / 1000),
          signature: new Webhook(token).sign(someId, then, body),
          body: Buffer.from(body, 'utf8'),
        }

        expect(isSignedBy(token, message, then)).toBe(true)
        const other = `whsec_${Buffer.from(wrong).toString('base64')}`
        expect(isSignedBy(other, message, then)).toBe(isSameKey(right, wrong))
      }),
    )
  })
})

function flipped(text: string, index: number, bit: number): string {
  const bytes = Buffer.from(text, 'latin1')
  bytes[index] = (bytes[index] ?? 0) ^ (1 << bit)
  return bytes.toString('latin1')
}

/** HMAC fills a short key up with zeros: with or without them behind it, it is one key. */
function isSameKey(one: Uint8Array, other: Uint8Array): boolean {
  const filled = (key: Uint8Array) => Buffer.concat([key, Buffer.alloc(64 - key.length)])
  return filled(one).equals(filled(other))
}
