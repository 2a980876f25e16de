import { describe, expect, it } from 'vitest'
import { handbookName, labelName } from '../../../src/services/gitlab/label-names.ts'

describe('labels', () => {
  it("keep the handbook's name unless the team has its own", () => {
    const teamNames = { 'Account Verification Failed': 'verification::failed' }

    expect(labelName('Account Verification Failed', teamNames)).toBe('verification::failed')
    expect(labelName('deletion request::denied', teamNames)).toBe('deletion request::denied')
  })

  it('are read under the names the team gave them, and other names as they are', () => {
    const teamNames = { 'Account Verification Failed': 'verification::failed' }

    expect(handbookName('verification::failed', teamNames)).toBe('Account Verification Failed')
    expect(handbookName('account-deletion::personal', teamNames)).toBe('account-deletion::personal')
    expect(handbookName('priority::1', teamNames)).toBe('priority::1')
  })

  it('differ from labels that differ in case only, as in GitLab', () => {
    const teamNames = { 'Account Verification Failed': 'verification::failed' }

    expect(handbookName('Verification::Failed', teamNames)).toBe('Verification::Failed')
  })
})
