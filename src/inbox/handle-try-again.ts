/** Try Again on a card whose effects failed for good, after somebody has mended the cause. */

import { aboutRequest } from '../desks/desk.ts'
import { slackActor } from '../engine/request.ts'
import { redraw } from '../requests/handle-event.ts'
import { type Handler, refused, told, whoWorksAt } from './handler.ts'
import type { TryAgainEntry } from './payloads.ts'

export const handleTryAgain: Handler<TryAgainEntry> = async (intake, _entry, { requestId, answerTo }) => {
  const { context } = intake
  const request = await context.store.tables.requests.byId(requestId)
  const nothing = told(answerTo, 'Already retried: somebody was quicker, or it’s done by now.')
  if (!request) return { write: async () => nothing }
  const desk = context.desks.of(request)
  const who = await whoWorksAt(intake, desk, answerTo)
  if ('refused' in who)
    return refused(intake, answerTo, { row: request, decision: 'try-again', because: who.refused })
  return {
    write: async (tables, at) => {
      const count = await tables.outbox.tryAgain(requestId, at)
      if (count === 0) return nothing
      await tables.audit.append({
        at,
        ...aboutRequest(desk, request, { count }),
        what: 'tried-again',
        who: slackActor(answerTo.userId),
      })
      await redraw(context, tables, requestId, { priority: 'awaited' })
      return undefined
    },
  }
}
