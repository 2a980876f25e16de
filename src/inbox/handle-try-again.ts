/** Try Again on a card whose effects failed for good, after somebody has mended the cause. */
import { aboutRequest, ticketOf } from '../engine/request.ts'
import { redraw } from '../requests/handle-event.ts'
import { type Handler, refused, told } from './handler.ts'
import type { TryAgainEntry } from './payloads.ts'
import { whoWorksHere } from './who-works-here.ts'

export const handleTryAgain: Handler<TryAgainEntry> = async (intake, _entry, { requestId, answerTo }) => {
  const { context } = intake
  const request = await context.store.tables.requests.byId(requestId)
  const who = await whoWorksHere(intake, answerTo, request?.source ?? 'gitlab')
  if ('refused' in who)
    return refused(intake, answerTo, { row: request, decision: 'try-again', because: who.refused })
  return {
    write: async (tables, at) => {
      const count = request ? await tables.outbox.tryAgain(requestId, at) : 0
      if (!request || count === 0)
        return told(
          answerTo,
          'Nothing is waiting to be tried again: somebody was quicker, or it has been done since.',
        )
      await tables.audit.append({
        at,
        ...aboutRequest(request),
        what: 'tried-again',
        who: `slack:${answerTo.userId}`,
        details: { ...ticketOf(request), count },
      })
      await redraw(context, tables, requestId)
      return undefined
    },
  }
}
