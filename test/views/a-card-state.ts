/** A request as the views see it, with one override. */

import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import { shipped } from '../../src/desks/index.ts'
import { clocksOf } from '../../src/engine/clocks.ts'
import type { Flow } from '../../src/engine/flow.ts'
import { nextAction } from '../../src/engine/next-action.ts'
import type { Facts, Request } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import type { CardState } from '../../src/requests/card-states.ts'

export interface Override extends Partial<Omit<CardState, 'request'>> {
  readonly step?: string
  readonly facts?: Facts
  readonly request?: Partial<Request>
}

/** Received on Mar 1, looked at on 2 March. */
export function aCardState(override: Override = {}): CardState {
  const { step, facts, request: given, ...rest } = override
  const flow: Flow = rest.flow ?? flows['account-deletion']
  const request: Request = {
    id: 'r-1',
    source: flow.desk.source,
    number: 123,
    url: 'https://gitlab.example.com/desk/requests/-/issues/123',
    flow: flow.name,
    step: step ?? flow.first,
    stepSince: '2026-03-01T09:00:00.000Z',
    createdAt: '2026-03-01T09:00:00.000Z',
    facts: facts ?? {},
    ...given,
  }
  const place = {
    now: rest.now ?? '2026-03-02T10:00:00.000Z',
    timeZone: rest.timeZone ?? 'UTC',
    calendar: usFederalHolidays(),
  }
  const settings = { 'trust-safety-project': true, 'feature-request': true, 'admin-token': true }
  const { requirePrivacyApproval = false, work = [] } = rest
  const next = nextAction(
    { flow, request },
    {
      ...place,
      settings: rest.settings ?? settings,
      requirePrivacyApproval,
      stuckAfterDays: 7,
      work: {
        failed: work.filter(({ status }) => status === 'failed').length,
        unclear: work.filter(({ unclearSince }) => unclearSince !== undefined).length,
        unknown: work.filter(({ status, unclearSince }) => status === 'unknown' && !unclearSince).length,
        pending: work.filter(({ status }) => status === 'pending' || status === 'in-flight').length,
      },
    },
  )
  return {
    desk: shipped.of(request),
    flow,
    ...place,
    settings,
    requirePrivacyApproval,
    ...(next && { next }),
    clocks: clocksOf(flow, request, place),
    work: [],
    ...rest,
    request,
  }
}
