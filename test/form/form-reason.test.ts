import { describe, expect, it } from 'vitest'
import { suggestedReason } from '../../src/form/form.ts'

describe('the reason that is proposed from the comment', () => {
  it.each([
    'I lost my phone with the 2FA app.',
    'Hello!\nI can’t sign in without my recovery codes.\nThank you',
    'My authenticator was deleted. Please answer by email.',
    'TWO-FACTOR device stolen',
  ])('is lost 2FA for "%s"', (comment) => {
    expect(suggestedReason(comment)).toBe('lost_2fa')
  })

  it.each([
    'I no longer have access to the email address of the account',
    "My old e-mail doesn't work any more.",
    'Lost access to my inbox. My 2FA is fine.',
  ])('is lost access for "%s"', (comment) => {
    expect(suggestedReason(comment)).toBe('lost_access')
  })

  it.each([
    '',
    'Please delete all of it.',
    'I set up 2FA. I lost interest in the site.',
    'Send an email to me',
    'I lost my 2FA and my email address',
    'I lost my 2FA. I also lost my email address.',
  ])('is none for "%s"', (comment) => {
    expect(suggestedReason(comment)).toBeUndefined()
  })

  it('is read in linear time from whatever a comment holds', () => {
    for (const piece of ['lost ', '.', ' ', "can'", '\n']) {
      expect(suggestedReason(piece.repeat(500_000))).toBeUndefined()
    }
  })
})
