/** What the listeners may ask, answered from the store and the engine. */

import { decide } from '../engine/decide.ts'
import { aboutRequest, ticketOf } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'
import { snippetTitles } from '../flows/snippets.ts'
import type { Desk, ShownTo } from '../listeners/desk.ts'
import { batchOf, nextBatches } from '../requests/batches.ts'
import { type CardStateParts, cardStateOf, listOpen } from '../requests/card-states.ts'
import { nowOf } from '../requests/desk-context.ts'
import { circumstancesFor, recordRefusal } from '../requests/handle-event.ts'
import { logSentence } from '../requests/log-sentences.ts'
import { statsOf } from '../requests/stats.ts'
import type { RequestRow } from '../store/store.ts'

export interface DeskParts extends CardStateParts {
  readonly whoIs: Desk['whoIs']
  readonly snippets: Readonly<Record<string, string>>
  readonly wakeInbox: () => void
  readonly readAfresh: (requestId: string) => Promise<void>
  /** Absent: there is no Zendesk, and so no security desk. */
  readonly showTicket?: (row: RequestRow, since: Instant | undefined) => Promise<ShownTo>
}

export function deskOf(parts: DeskParts): Desk {
  const { context, whoIs, snippets } = parts
  const { requests, audit, inbox } = context.store.tables
  return {
    whoIs,
    readAfresh: parts.readAfresh,
    snippets,
    snippetTitles,
    flows: Object.values(context.flows),
    receive: async (kind, key, payload) => {
      const isNew = await inbox.put({ key, kind, payload, receivedAt: nowOf(context) })
      parts.wakeInbox()
      return isNew
    },
    hasSecurityDesk: parts.showTicket !== undefined,
    batch: (day) => batchOf(parts, day),
    nextBatches: () => nextBatches(parts),
    stats: (days) => statsOf(context, days),
    showTicket: async (requestId, userId, since) => {
      const row = await requests.byId(requestId)
      if (!row || !parts.showTicket) return { because: 'The bot does not know this ticket any more.' }
      const shown = await parts.showTicket(row, since)
      if (!('because' in shown))
        await audit.append({
          at: nowOf(context),
          ...aboutRequest(row),
          what: 'revealed',
          who: `slack:${userId}`,
          details: ticketOf(row),
        })
      return shown
    },
    cardState: async (requestId) => {
      const row = await requests.byId(requestId)
      return row && cardStateOf(parts, row)
    },
    cardStateByIid: async (iid, source) => {
      const row = await requests.byIid(iid, source)
      return row && cardStateOf(parts, row)
    },
    wouldRefuse: async (requestId, decision, by, input) => {
      const row = await requests.byId(requestId)
      if (!row) return { because: 'The bot does not know this request any more.' }
      const event = { kind: 'decision', decision, by, input, at: nowOf(context) } as const
      const circumstances = await circumstancesFor(context, context.store.tables, row, event)
      const outcome = decide(context.flows, row, event, circumstances)
      return outcome.kind === 'refuse' ? outcome : undefined
    },
    recordRefusal: async (requestId, decision, userId, because) => {
      const row = await requests.byId(requestId)
      await recordRefusal(context, { audit }, { row, decision, userId, because })
    },
    list: (source, filter, person) => listOpen(parts, source, filter, person),
    recentLog: async (requestId) =>
      (await audit.ofRequest(requestId, 20))
        .toReversed()
        .map((entry) => logSentence(entry, context.timeZone)),
  }
}
