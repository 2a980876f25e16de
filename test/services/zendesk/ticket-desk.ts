/** A worker over a real store and a local Zendesk, with one ticket that has been decided on. */
import { origins } from '../../../sandbox/services.ts'
import {
  securityGroupId,
  supportGroupId,
  zendeskEmail,
  zendeskToken,
} from '../../../sandbox/zendesk/zendesk.ts'
import type { Effect } from '../../../src/engine/effect.ts'
import { connectZendesk } from '../../../src/services/zendesk/client.ts'
import { anEffectDesk, type Given } from '../effect-desk.ts'

export const minute = 60_000
export const decidedAt = '2026-11-22T09:01:00.000Z'

export type TicketDesk = Awaited<ReturnType<typeof aTicketDesk>>

/** It is 09:01. The ticket last changed a minute ago, and nobody has changed it since. */
export async function aTicketDesk(given: Given = {}) {
  const connection = { url: origins.zendesk, email: zendeskEmail, token: zendeskToken, timeoutMs: 1_000 }
  const desk = await anEffectDesk({
    ...given,
    zendesk: (fetch) => ({
      zendesk: connectZendesk({ ...connection, fetch }),
      supportGroup: String(supportGroupId),
      ...given.zendesk?.(fetch),
    }),
  })
  const { zendesk } = desk
  const ticket = zendesk.submitTicket('Which of your audits cover us?', {
    id: 456,
    subject: 'Audits of Jane Doe',
    from: { name: 'Jane Doe', email: 'jane.doe@example.com' },
    ccs: [{ name: 'Joe Copy', email: 'joe.copy@example.com' }],
    groupId: securityGroupId,
  })
  const stamp = new Date(ticket.updatedAt).toISOString()
  const noteId = ticket.posted[0]?.id ?? 0
  const seen = { state: 'opened', labels: [], updatedAt: stamp, noteId } as const
  const id = 't456'
  await desk.store.tables.requests.insert({
    ...{ id, source: 'zendesk', number: ticket.id, url: `${zendesk.url}/agent/tickets/456` },
    ...{ flow: 'security-ticket', step: 'solved', stepSince: stamp, createdAt: stamp, facts: {} },
    seen: { ...seen, labelEventId: 0, stateEventId: 0, assigneeIds: [], groupId: String(securityGroupId) },
  })
  desk.pass(minute)

  return {
    ...desk,
    ticket,
    id,
    stamp,
    reply: { kind: 'ticket-reply', text: 'All of them.', solve: true, stamp, decidedAt, backTo: 'new' },
    forward: { kind: 'forward-ticket', text: 'For you.', stamp, decidedAt, backTo: 'new' },
    puts: () => zendesk.fake.received('PUT', /tickets/),
    gets: () => zendesk.fake.received('GET', /./).map(({ path }) => path.replace('/api/v2/', '')),
    /** What was written after the requester's first mail. */
    comments: () => ticket.comments.slice(1),
    seen: async () => (await desk.store.tables.requests.byId(id))?.seen,
    /** Carries it out, and whatever follows from it within a minute. */
    async carryOut(...effects: readonly Effect[]) {
      await desk.toDo(id, ...effects)
      await desk.workFor(3 * minute)
      return desk.work(id)
    },
  } as const
}
