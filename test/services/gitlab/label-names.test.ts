import { describe, expect, it } from 'vitest'
import {
  labelName,
  labelScope,
  labelsReplacedBy,
  readLabels,
} from '../../../src/services/gitlab/label-names.ts'

describe('labels', () => {
  it("keep the handbook's name unless the team has its own", () => {
    const teamNames = { 'Account Verification Failed': 'verification::failed' }

    expect(labelName('Account Verification Failed', teamNames)).toBe('verification::failed')
    expect(labelName('deletion request::denied', teamNames)).toBe('deletion request::denied')
  })

  it('are read from an issue under the names the team gave them', () => {
    const teamNames = { 'Account Verification Failed': 'verification::failed' }
    const names = ['priority::1', 'verification::failed', 'account-deletion::personal']

    expect(readLabels(names, teamNames)).toEqual([
      'account-deletion::personal',
      'Account Verification Failed',
    ])
  })

  it('are not read under the handbook name once the team has its own', () => {
    const teamNames = { 'Account Verification Failed': 'verification::failed' }

    expect(readLabels(['Account Verification Failed'], teamNames)).toEqual([])
  })

  it('differ from labels that differ in case only, as in GitLab', () => {
    expect(readLabels(['Deletion Request::denied', 'account verification failed'], {})).toEqual([])
  })

  it('have all before the last "::" as their scope', () => {
    expect(labelScope('Awaiting::Challenge Answers')).toBe('Awaiting')
    expect(labelScope('team::region::emea')).toBe('team::region')
    expect(labelScope('Account Verification Failed')).toBeUndefined()
    expect(labelScope('::loose')).toBeUndefined()
  })

  it('take the place of others of their scope, and of no others', () => {
    const names = ['account-deletion::personal', 'denied-reason::no_response', 'Account Verification Failed']

    expect(labelsReplacedBy('account-deletion::corporate', names)).toEqual(['account-deletion::personal'])
    expect(labelsReplacedBy('account-deletion::personal', names)).toEqual([])
    expect(labelsReplacedBy('Account Verification Failed', names)).toEqual([])
  })
})
