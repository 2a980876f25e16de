/** "REQUIRE_PRIVACY_APPROVAL": a support manager and a privacy person, two different people. */
import { describe, expect, test } from 'vitest'
import { isApproved, stillNeeded } from '../../src/engine/two-approvals.ts'
import { managerAndPrivacy, manager as oneManager, privacyPerson } from './a-request.ts'

const at = '2026-03-02T08:00:00.000Z'
const by = ({ id, roles }: Pick<typeof oneManager, 'id' | 'roles'>) => ({ by: id, roles, at })
const manager = by(oneManager)
const otherManager = by({ id: 'UMAN2', roles: ['support-manager'] })
const privacy = by(privacyPerson)
const both = by(managerAndPrivacy)

describe('Approved is', () => {
  test.each([
    ['what nobody approved', [], false],
    ['what a support manager approved', [manager], false],
    ['what somebody approved who holds both roles', [both], false],
    ['what somebody who holds both roles approved twice', [both, both], false],
    ['what two support managers approved', [manager, otherManager], false],
    ['what a support manager and a privacy person approved', [manager, privacy], true],
    ['the same the other way round', [privacy, manager], true],
    ['what somebody with both roles and a support manager approved', [both, manager], true],
  ] as const)('%s', (_what, approvals, is) => {
    expect(isApproved(approvals)).toBe(is)
  })
})

describe('Still needed is', () => {
  test.each([
    ['either at first', [], ['support-manager', 'privacy']],
    ['a privacy person after a support manager', [manager], ['privacy']],
    ['a support manager after a privacy person', [privacy], ['support-manager']],
    ['either after somebody who holds both roles', [both], ['support-manager', 'privacy']],
  ] as const)('%s', (_what, approvals, needed) => {
    expect(stillNeeded(approvals)).toEqual(needed)
  })
})
