import { describe, expect, it } from 'vitest'
import { isAutomaticResponse } from '../../src/form/automatic-responses.ts'

describe('a note of the Support Bot', () => {
  const responses = {
    texts: ['We got it.\n\nThank you.'],
    beginnings: ['Thank you for your request. Ticket'],
  }

  it.each(['We got it.\r\n\r\nThank you.\r\n', 'Thank you for your request.  Ticket #5 is open.'])(
    'is an automatic response when it is %j',
    (note) => {
      expect(isAutomaticResponse(note, responses)).toBe(true)
    },
  )

  it.each([
    'We got it.\n\nThank you. And more.',
    '> Thank you for your request. Ticket',
    'thank you for your request. ticket',
    '',
  ])('is a reply of the requester when it is %j', (note) => {
    expect(isAutomaticResponse(note, responses)).toBe(false)
  })
})
