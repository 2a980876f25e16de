/** A desk over a real store with a local Zendesk and GitLab; nothing is carried out. */

import { onTestFinished } from 'vitest'
import {
  startZendesk,
  supportGroupId,
  zendeskBotId,
  zendeskEmail,
  zendeskToken,
} from '../../../sandbox/zendesk/zendesk.ts'
import { clockWith } from '../../../src/clock.ts'
import type { Intake } from '../../../src/inbox/handler.ts'
import { handleEntry } from '../../../src/inbox/intake.ts'
import { createInboxLoop } from '../../../src/queue/inbox-loop.ts'
import { connectZendesk } from '../../../src/services/zendesk/client.ts'
import { pollZendesk } from '../../../src/services/zendesk/poll.ts'
import { quietUpdatesOn } from '../../../src/services/zendesk/quiet-updates.ts'
import { zendeskService } from '../../../src/services/zendesk/service.ts'
import type { TicketReader } from '../../../src/services/zendesk/ticket-reader.ts'
import { aDesk } from '../../requests/a-desk.ts'
import { aGitLab } from '../local.ts'

export async function aTicketDesk({ timeoutMs = 5_000 } = {}) {
  const desk = await aDesk({ at: '2026-03-02T10:00:00.000Z' })
  const { context, store } = desk
  const zendesk = await startZendesk({ now: context.now })
  onTestFinished(() => zendesk.close())
  const gitlab = await aGitLab({ now: context.now })
  const reader: TicketReader = {
    zendesk: connectZendesk({ url: zendesk.url, email: zendeskEmail, token: zendeskToken, fetch, timeoutMs }),
    url: zendesk.url,
    ownId: async () => zendeskBotId,
    query: 'type:ticket recipient:security@gitlab.com status<solved',
    supportGroup: String(supportGroupId),
  }
  const poll = () => pollZendesk({ context, reader, wakeInbox: () => {} })
  const searches = { count: 0 }
  const clock = clockWith(context.now)
  const intake: Intake = {
    clock,
    context,
    lookForNeeds: async () => [],
    services: {
      zendesk: zendeskService({
        clock,
        flows: context.flows,
        timeZone: context.timeZone,
        reader,
        gitlab: gitlab.client,
        poll: async () => void (await poll()),
        pollSeconds: 60,
        lookForRequests: async () => {
          searches.count += 1
          await poll()
        },
        digestNotes: async () => [],
        quietUpdates: (ticket) => quietUpdatesOn(store, ticket),
      }),
    },
    vacancy: async () => undefined,
    tickets: { reader },
    whoIs: async () => ({ refused: 'nobody clicks here' }),
    drawViews: async () => {},
    showLinks: async () => {},
    openPane: async () => {},
    tell: async () => {},
  }
  const failures: object[] = []
  const loopOf = (one: Intake) =>
    createInboxLoop({
      store,
      clock,
      handle: handleEntry(one),
      giveUp: () => ({}),
      onGivenUp: () => {},
      owner: 'this process',
      tell: one.tell,
      wakeWorker: () => {},
      log: { error: (fields) => void failures.push(fields) },
    })
  const inbox = loopOf(intake)
  return {
    ...desk,
    ...{ zendesk, gitlab, reader, intake, poll, searches, failures },
    handleAll: () => inbox.runUntilIdle(),
    loopOf,
    /** What a webhook leaves in the inbox. */
    hint: (ticket: number, delivery: string) =>
      store.tables.inbox.put({
        key: `zendesk:${ticket}:${delivery}`,
        kind: 'zendesk-hint',
        payload: { ticket },
        receivedAt: context.now().toISOString(),
      }),
    waiting: async () =>
      (await store.tables.inbox.pending('2030-01-01T00:00:00.000Z', 10_000)).map(({ payload }) => payload),
    ticketRow: async (number: number) => store.tables.requests.byNumber(number, 'zendesk'),
    /** Asked of Zendesk since the last time. */
    asked: () =>
      zendesk.fake.requests.splice(0).map(({ method, path }) => `${method} ${path.replace('/api/v2', '')}`),
  }
}
