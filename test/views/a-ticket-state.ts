/** A ticket as the views see it, with one override. */
import { flows } from '../../src/flows/index.ts'
import type { CardState } from '../../src/requests/card-states.ts'
import type { ShownTicket } from '../../src/views/ticket-blocks.ts'
import { aCardState, type Override } from './a-card-state.ts'

/** Received on Fri, Mar 6 at 15:00, looked at on the Monday after, five hours before its business day ends. */
export function aTicketState({ request, ...override }: Override = {}): CardState {
  return aCardState({
    flow: flows['security-ticket'],
    now: '2026-03-09T10:00:00.000Z',
    ...override,
    request: {
      id: 't-1',
      number: 456,
      url: 'https://example.zendesk.com/agent/tickets/456',
      createdAt: '2026-03-06T15:00:00.000Z',
      stepSince: '2026-03-06T15:00:00.000Z',
      ...request,
    },
  })
}

export function aTicket(override: Partial<ShownTicket> = {}): ShownTicket {
  return {
    subject: 'Is my data safe?',
    stamp: '2026-03-06T15:00:00.000Z',
    recipients: ['Kim <kim@example.com>'],
    comments: [
      {
        by: 'Kim <kim@example.com>',
        at: '2026-03-06T15:00:00.000Z',
        isPublic: true,
        text: 'Hello,\n\nis my data safe?',
      },
    ],
    ...override,
  }
}
