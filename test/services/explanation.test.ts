/** Why a service refuses something, in its own words: without what was sent, or who it is about. */
import { describe, expect, test } from 'vitest'
import { explanationIn } from '../../src/services/explanation.ts'

const of = (answer: unknown, sent?: object) =>
  explanationIn(typeof answer === 'string' ? answer : JSON.stringify(answer), sent && JSON.stringify(sent))

describe('a reason', () => {
  test.each<[string, unknown, string]>([
    ['of GitLab', { message: '403 Forbidden - Issues are locked' }, 'Forbidden - Issues are locked'],
    [
      'of a validation',
      { message: { title: ['is too long (maximum is 255 characters)'], base: ['Weight is invalid'] } },
      'title is too long (maximum is 255 characters); Weight is invalid',
    ],
    ['of a parameter', { error: 'title is missing' }, 'title is missing'],
    [
      'of a scope',
      {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges.',
        scope: 'api',
      },
      'The request requires higher privileges.; insufficient_scope',
    ],
    [
      'of the spam check',
      {
        needs_captcha_response: true,
        spam_log_id: 42,
        captcha_site_key: 'k',
        message: { error: 'Your issue has been recognized as spam.' },
      },
      'Your issue has been recognized as spam.; a captcha has to be solved',
    ],
    ['of the spam check without words', { needs_captcha_response: true }, 'a captcha has to be solved'],
    [
      'of Zendesk',
      {
        error: 'RecordInvalid',
        description: 'Record validation errors',
        details: { base: [{ description: 'Root cause: is required when solving a ticket', error: 'Blank' }] },
      },
      'Root cause: is required when solving a ticket; Blank',
    ],
  ])('%s', (_of, answer, text) => {
    expect(of(answer)).toBe(text)
  })

  test.each([
    ['', ''],
    ['HTML', '<html>Forbidden</html>'],
    ['the words of the status alone', { message: '403 Forbidden' }],
    ['numbers alone', { message: '42' }],
    ['a list', ['refused']],
    ['null', null],
    ['an answer of any size', { message: 'x '.repeat(40_000) }],
  ])('is not in %s', (_what, answer) => {
    expect(of(answer)).toBeUndefined()
  })

  test('has one line and an end', () => {
    const text = of({ message: `Refused\n/close\r\n${'again and '.repeat(100)}` })

    expect(text).toMatch(/^Refused \/close again and .*…$/)
    expect(text?.length).toBeLessThanOrEqual(201)
  })
})

describe('what was sent, and who it is about, is left out', () => {
  test.each<[object, unknown, string]>([
    [
      { title: 'quiet.owner' },
      { message: { title: ['quiet.owner has already been taken'] } },
      'title … has already been taken',
    ],
    [
      { body: 'My name is Jane\nBorn in 1970' },
      { message: 'Note cannot hold Born in 1970' },
      'Note cannot hold …',
    ],
    [{}, { message: 'Unknown user jane@example.com' }, 'Unknown user …'],
    [{}, { message: 'User "Jane Doe" may not' }, 'User “…” may not'],
    [{}, { message: 'User ‘x’ may not, see https://gitlab.local/jane' }, 'User ‘x’ may not, see …'],
    [{}, { message: "can't be blank, isn't it" }, "can't be blank, isn't it"],
  ])('%j answered with %j', (sent, answer, text) => {
    expect(of(answer, sent)).toBe(text)
  })
})
