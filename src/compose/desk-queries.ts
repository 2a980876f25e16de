/** What the listeners may ask, answered from the store and the engine. */

import { aboutRequest, type Desk } from '../desks/desk.ts'
import { slackActor } from '../engine/actor.ts'
import { decide } from '../engine/decide.ts'
import type { RedirectTo } from '../engine/effects/tickets.ts'
import type { AnswerTo } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'
import { snippetTitles } from '../flows/snippets.ts'
import type { DeskQueries, ShownTo } from '../listeners/desk.ts'
import { batchOf, nextBatches } from '../requests/batches.ts'
import { type CardStateParts, cardStateOf, listOpen } from '../requests/card-states.ts'
import { nowOf } from '../requests/desk-context.ts'
import { circumstancesFor, recordRefusal } from '../requests/handle-event.ts'
import { logSentence } from '../requests/log-sentences.ts'
import { statsOf } from '../requests/stats.ts'
import type { RequestRow } from '../store/store.ts'

export interface DeskParts extends CardStateParts {
  readonly whoIs: DeskQueries['whoIs']
  readonly snippets: Readonly<Record<string, string>>
  readonly wakeInbox: () => void
  readonly isOn: (desk: Desk) => boolean
  readonly previewRedirect: (asked: {
    readonly ticket: number
    readonly to: RedirectTo
    readonly answerTo: AnswerTo
  }) => ReturnType<DeskQueries['previewRedirect']>
  readonly readAfresh: (requestId: string) => Promise<void>
  /** Absent: there is no Zendesk, and so no security desk. */
  readonly showTicket?: (row: RequestRow, since: Instant | undefined) => Promise<ShownTo>
}

export function deskOf(parts: DeskParts): DeskQueries {
  const { context, whoIs, snippets } = parts
  const { requests, audit, inbox } = context.store.tables
  return {
    whoIs,
    readAfresh: parts.readAfresh,
    snippets,
    snippetTitles,
    desks: context.desks.all,
    isOn: parts.isOn,
    receive: async (kind, key, payload) => {
      const isNew = await inbox.put({ key, kind, payload, receivedAt: nowOf(context) })
      parts.wakeInbox()
      return isNew
    },
    batch: (day) => batchOf(parts, day),
    nextBatches: () => nextBatches(parts),
    stats: (desk, days) => statsOf(context, desk, days),
    showTicket: async (requestId, userId, since) => {
      const row = await requests.byId(requestId)
      if (!row || !parts.showTicket) return { because: 'The bot does not know this ticket any more.' }
      const shown = await parts.showTicket(row, since)
      if (!('because' in shown))
        await audit.append({
          at: nowOf(context),
          ...aboutRequest(context.desks.of(row), row),
          what: 'revealed',
          who: slackActor(userId),
        })
      return shown
    },
    cardState: async (requestId) => {
      const row = await requests.byId(requestId)
      return row && cardStateOf(parts, row)
    },
    cardStateByIid: async (iid, desk) => {
      const row = await requests.byIid(iid, desk.source)
      return row && cardStateOf(parts, row)
    },
    previewRedirect: (ticket, to, answerTo) => parts.previewRedirect({ ticket, to, answerTo }),
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
    list: (desk, filter, person) => listOpen(parts, desk, filter, person),
    recentLog: async (requestId) =>
      (await audit.ofRequest(requestId, 20))
        .toReversed()
        .map((entry) => logSentence(entry, context.timeZone, context.desks.all)),
  }
}
