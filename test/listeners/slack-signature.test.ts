import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isSignedBySlack } from '../../src/listeners/slack-gate.ts'

/** Secret, time and body of https://docs.slack.dev/authentication/verifying-requests-from-slack, its example. */
const secret = '8f742231b10e8888abcd99yyyzzz85a5'
const known = {
  timestamp: '1531420618',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  body: Buffer.from(
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  ),
}
const then = new Date(1_531_420_618_000)
const at = (seconds: number) => new Date(then.getTime() + seconds * 1000)

/** As somebody signs who knows the secret, whatever they take for the time. */
const signedBy = (key: string, timestamp: string) => ({
  ...{ timestamp, body: known.body },
  signature: `v0=${createHmac('sha256', key).update(`v0:${timestamp}:`).update(known.body).digest('hex')}`,
})

describe('a signature of Slack', () => {
  it('agrees with the example of its documentation', () => {
    expect(isSignedBySlack(secret, known, then)).toBe(true)
  })

  it('is good for five minutes either way', () => {
    const isGood = (seconds: number) => isSignedBySlack(secret, known, at(seconds))

    expect([isGood(-301), isGood(-300), isGood(300), isGood(301)]).toEqual([false, true, true, false])
  })

  it('is taken for what it is worth where nobody says what time it is', () => {
    expect(isSignedBySlack(secret, known, undefined)).toBe(true)
    expect(isSignedBySlack(secret, { ...known, signature: 'v0=00' }, undefined)).toBe(false)
  })

  it.each(['01531420618', '1531420618.0', '1.531420618e9', '0x5b479a0a', ' 1531420618', '+1531420618', ''])(
    'is refused where the same time is written “%s”',
    (timestamp) => {
      expect(isSignedBySlack(secret, { ...known, timestamp }, then)).toBe(false)
      expect(isSignedBySlack(secret, signedBy(secret, timestamp), then)).toBe(false)
    },
  )

  it('is refused where anybody could make it: with an empty secret', () => {
    expect(isSignedBySlack(secret, signedBy(secret, known.timestamp), then)).toBe(true)
    expect(isSignedBySlack('', signedBy('', known.timestamp), then)).toBe(false)
  })

  it.each([
    `${known.signature}=`,
    `${known.signature}=more`,
    known.signature.toUpperCase(),
    known.signature.slice(3),
  ])('is refused where it is written “%s”', (signature) => {
    expect(isSignedBySlack(secret, { ...known, signature }, then)).toBe(false)
  })

  it('is refused without a secret, a time or a signature', () => {
    expect(isSignedBySlack('', known, then)).toBe(false)
    expect(isSignedBySlack(secret, { ...known, timestamp: undefined }, then)).toBe(false)
    expect(isSignedBySlack(secret, { ...known, signature: undefined }, then)).toBe(false)
  })
})
