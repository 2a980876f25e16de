import { expect, test } from 'vitest'
import { retryAfter } from '../../src/services/ask.ts'
import { CallFailed, describeError, kindOfError, kindOfStatus } from '../../src/services/call-failed.ts'

test.each([400, 401, 403, 404, 410, 413, 422])('a %i is a definite refusal: not done', (status) => {
  expect(kindOfStatus('POST', status)).toBe('not-done')
  expect(kindOfStatus('GET', status)).toBe('not-done')
})

test('a 429 is refused before anything is written: later', () => {
  expect(kindOfStatus('POST', 429)).toBe('later')
})

test('a 409 is a definite refusal, unless it says that a row was locked', () => {
  expect(kindOfStatus('POST', 409, '{"message":"Issue(s) already assigned"}')).toBe('not-done')
  expect(kindOfStatus('PUT', 409, '{"error":"UpdateConflict"}')).toBe('not-done')
  expect(kindOfStatus('PUT', 409, '{"message":"409 Conflict: Resource lock"}')).toBe('later')
  expect(kindOfStatus('PUT', 409, '{"error":"DatabaseConflict"}')).toBe('later')
})

test('a 403 of a GitLab that is read-only for maintenance ends by itself: later', () => {
  const told = '{"message":"You cannot perform write operations on a read-only instance"}'

  expect(kindOfStatus('POST', 403, told)).toBe('later')
  expect(kindOfStatus('PUT', 403, told.toUpperCase())).toBe('later')
  expect(kindOfStatus('POST', 403, '{"message":"403 Forbidden"}')).toBe('not-done')
  expect(kindOfStatus('POST', 401, told)).toBe('not-done')
})

test.each([408, 500, 502, 503, 504])(
  'a %i to a write says nothing about what was done: unknown',
  (status) => {
    expect(kindOfStatus('POST', status)).toBe('unknown')
    expect(kindOfStatus('PUT', status)).toBe('unknown')
  },
)

test.each([500, 502, 503])('a read that got a %i may be made again: later', (status) => {
  expect(kindOfStatus('GET', status)).toBe('later')
})

const thrown = (code: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])(
  '%s means that it was never sent: later',
  (code) => {
    expect(kindOfError('POST', thrown(code))).toBe('later')
    expect(describeError(thrown(code))).toBe(`no connection (${code})`)
  },
)

test.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ETIMEDOUT'])(
  '%s may have come after the request: unknown',
  (code) => {
    expect(kindOfError('POST', thrown(code))).toBe('unknown')
    expect(kindOfError('GET', thrown(code))).toBe('later')
    expect(describeError(thrown(code))).toBe(`the connection broke (${code})`)
  },
)

test('a name with two addresses was not reached only if neither was', () => {
  const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
  const reset = Object.assign(new Error('no'), { code: 'ECONNRESET' })
  const tried = (...errors: Error[]) => new TypeError('fetch failed', { cause: new AggregateError(errors) })

  expect(kindOfError('POST', tried(refused, refused))).toBe('later')
  expect(kindOfError('POST', tried(refused, reset))).toBe('unknown')
})

test('no answer in time: unknown', () => {
  const timeout = new DOMException('timed out', 'TimeoutError')

  expect(kindOfError('POST', timeout)).toBe('unknown')
  expect(describeError(timeout)).toBe('no answer in time')
})

test('something thrown that is no error is unknown too', () => {
  expect(kindOfError('POST', 'what')).toBe('unknown')
  expect(describeError('what')).toBe('the connection failed')
})

test('Retry-After is read as seconds, and as a date relative to the date of the answer', () => {
  const date = 'Mon, 02 Mar 2026 10:00:00 GMT'

  expect(retryAfter(new Headers({ 'retry-after': '7' }))).toBe(7)
  expect(retryAfter(new Headers({ 'retry-after': '0.2' }))).toBe(1)
  expect(retryAfter(new Headers({ 'retry-after': 'Mon, 02 Mar 2026 10:01:30 GMT', date }))).toBe(90)
  expect(retryAfter(new Headers({ 'retry-after': 'Mon, 02 Mar 2026 09:00:00 GMT', date }))).toBe(0)
  expect(retryAfter(new Headers({ 'retry-after': 'soon', date }))).toBeUndefined()
  expect(retryAfter(new Headers())).toBeUndefined()
})

test('a CallFailed holds the facts and nothing else', () => {
  const failed = new CallFailed({
    service: 'gitlab',
    kind: 'later',
    message: 'gitlab GET /x: 429',
    status: 429,
  })

  expect({ ...failed, message: failed.message, cause: failed.cause }).toEqual({
    name: 'CallFailed',
    service: 'gitlab',
    kind: 'later',
    status: 429,
    retryAfterSeconds: undefined,
    message: 'gitlab GET /x: 429',
    cause: undefined,
  })
})
