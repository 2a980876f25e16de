/** What a play is made of: the world around a request, what may be tried in it, and the state it has come to. */

import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import type { Event } from '../../src/engine/event.ts'
import type { Decision, DecisionEnvironment, Flow } from '../../src/engine/flow.ts'
import type { Request } from '../../src/engine/request.ts'
import type { Instant } from '../../src/engine/time.ts'
import { flows } from '../../src/flows/index.ts'
import { environment } from './a-request.ts'

export const allFlows: Readonly<Record<string, Flow>> = flows

export const calendar = usFederalHolidays()

export interface World {
  readonly flow: string
  readonly step: string
  /** When the issue or the ticket was created. */
  readonly startsAt: Instant
  readonly timeZone: string
  readonly requirePrivacyApproval: boolean
  readonly settings: DecisionEnvironment['settings']
  readonly isEmbargoed: boolean
  readonly hasOtherAddress: boolean
}

/** Numbers choose among what there is at that moment, so that a list from which others were taken still makes sense. */
export type Attempt =
  | {
      readonly kind: 'decide'
      readonly which: number
      /** Where the decision is taken from: the step's own, all that the card offers, or any of the flow. */
      readonly from: 'step' | 'card' | 'flow'
      readonly who: number
      /** Anybody, instead of somebody who may. */
      readonly anybody: boolean
      readonly filledWith: readonly number[]
      readonly shownAt?: number | undefined
      /** So many hours before had the ticket last changed, as it was read. */
      readonly readAfterHours?: number | undefined
    }
  | { readonly kind: 'see'; readonly what: number; readonly which: number }
  | { readonly kind: 'wait'; readonly hours: number }

export interface State {
  readonly request: Request
  readonly now: Instant
  /** A reply to silence has been decided and nothing has been sent yet: the worker may still stop it. */
  readonly isStoppable: boolean
  /** What was decided on a ticket and may still be refused: one that failed may be tried again days later. */
  readonly updates: readonly TicketUpdate[]
}

export interface TicketUpdate {
  readonly decidedAt: Instant
  readonly backTo?: string
}

export function environmentOf(
  { timeZone, requirePrivacyApproval, settings }: World,
  now: Instant,
  event?: Event,
): DecisionEnvironment {
  const stays = event?.kind === 'decision' ? event.input.stays : undefined
  const named =
    stays === '124' || stays === '125' ? { number: Number(stays), isOpen: stays === '124' } : undefined
  return environment({
    now,
    timeZone,
    calendar,
    requirePrivacyApproval,
    settings,
    ...(named ? { named } : {}),
  })
}

/** Also the ways to close it from where it stood when it was closed by hand. */
export function ruleOf(request: Request, decision: string): Decision | undefined {
  const flow = allFlows[request.flow]
  const closed = isClosed(request)
  const ofClosed = closed ? flow?.steps[request.step]?.decisions[decision] : undefined
  if (ofClosed) return ofClosed
  const at = closed ? (request.facts.closedFrom ?? request.step) : request.step
  const rule = flow?.steps[at]?.decisions[decision] ?? flow?.anytime[decision]
  return closed && rule?.goto !== flow?.closed ? undefined : rule
}

export function isClosed({ flow, step }: Pick<Request, 'flow' | 'step'>): boolean {
  return allFlows[flow]?.steps[step]?.isClosed === true
}

export function chosen<Value>(values: readonly Value[], number: number): Value | undefined {
  return values[number % Math.max(values.length, 1)]
}

export function later(at: Instant, hours: number): Instant {
  return new Date(Date.parse(at) + hours * 3_600_000).toISOString()
}
