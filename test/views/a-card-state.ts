/** A request as the views see it, with one override. */

import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import { shipped } from '../../src/desks/index.ts'
import { clocksOf } from '../../src/engine/clocks.ts'
import type { Flow } from '../../src/engine/flow.ts'
import type { Facts, Request } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import type { CardState } from '../../src/requests/card-states.ts'

export interface Override extends Partial<Omit<CardState, 'request'>> {
  readonly step?: string
  readonly facts?: Facts
  readonly request?: Partial<Request>
}

/** Received on 1 March 2026, looked at on 2 March. */
export function aCardState(override: Override = {}): CardState {
  const { step, facts, request: given, ...rest } = override
  const flow: Flow = rest.flow ?? flows['account-deletion']
  const request: Request = {
    id: 'r-1',
    source: flow.desk.source,
    iid: 123,
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
  return {
    desk: shipped.of(request),
    flow,
    ...place,
    settings: { 'trust-safety-project': true, 'feature-request': true, 'admin-token': true },
    requirePrivacyApproval: false,
    clocks: clocksOf(flow, request, place),
    work: [],
    ...rest,
    request,
  }
}
