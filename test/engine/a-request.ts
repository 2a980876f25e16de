/** Requests, people and environment for the tests of the judgement. */
import type { BusinessCalendar } from '../../src/engine/business-time.ts'
import type { DecisionEnvironment } from '../../src/engine/flow.ts'
import type { Person, Request } from '../../src/engine/request.ts'

export function aRequest(given: Partial<Request> = {}): Request {
  return {
    id: 'r1',
    source: 'gitlab',
    number: 123,
    url: 'https://gitlab.example/desk/requests/-/issues/123',
    flow: 'account-deletion',
    step: 'awaiting-answers',
    stepSince: '2026-03-01T10:31:00.000Z',
    createdAt: '2026-03-01T10:30:00.000Z',
    facts: {},
    ...given,
  }
}

/** Business days are Monday to Friday. */
export const noHolidays: BusinessCalendar = { isHoliday: () => false, checkedUntil: '2099-12-31' }

export function environment(given: Partial<DecisionEnvironment> = {}): DecisionEnvironment {
  return {
    now: '2026-03-02T09:00:00.000Z',
    timeZone: 'UTC',
    calendar: noHolidays,
    requirePrivacyApproval: false,
    settings: { 'trust-safety-project': true, 'feature-request': true, 'admin-token': true },
    ...given,
  }
}

export const engineer: Person = { id: 'UENG', roles: ['support-engineer'] }
const otherEngineer: Person = { id: 'UENG2', roles: ['support-engineer'] }
export const manager: Person = { id: 'UMAN', roles: ['support-manager'] }
export const privacyPerson: Person = { id: 'UPRI', roles: ['privacy'] }
export const managerAndPrivacy: Person = { id: 'UBOTH', roles: ['support-manager', 'privacy'] }
export const fieldSecurity: Person = { id: 'UFSE', roles: ['field-security'] }
export const nobody: Person = { id: 'UNOB', roles: [] }

export const people: readonly Person[] = [
  engineer,
  manager,
  privacyPerson,
  otherEngineer,
  managerAndPrivacy,
  fieldSecurity,
  nobody,
]
