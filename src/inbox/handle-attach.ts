/** A message of Slack is attached to a request: its permalink and a summary, as an internal note. */

import { aboutRequest } from '../desks/desk.ts'
import { typedWords } from '../engine/effects/definition.ts'
import { requestName } from '../engine/flow.ts'
import { slackActor } from '../engine/request.ts'
import { addEffects, redraw } from '../requests/ask-for-effects.ts'
import { requestById } from '../requests/handle-event.ts'
import { type Handler, refused, told, whoWorksAt } from './handler.ts'
import type { AttachEntry } from './payloads.ts'

export const handleAttach: Handler<AttachEntry> = async (intake, _entry, payload) => {
  const { context } = intake
  const { requestId, permalink, summary, answerTo } = payload
  const row = await context.store.tables.requests.byId(requestId)
  const desk = row && context.desks.of(row)
  if (!row || !desk?.internalNote)
    return {
      write: async () => told(answerTo, 'I’m not tracking this request anymore. Nothing was written.'),
    }
  const who = await whoWorksAt(intake, desk, answerTo)
  if ('refused' in who) return refused(intake, answerTo, { row, decision: 'attach', because: who.refused })
  const { internalNote: kind } = desk
  return {
    write: async (tables, at) => {
      const now = await requestById(tables, requestId)
      const text = `{person:${answerTo.userId}} attached a message from Slack: ${permalink}\n\n${typedWords(summary)}`
      await addEffects(context, tables, now, [{ kind, text }])
      await tables.audit.append({
        at,
        ...aboutRequest(desk, row),
        what: 'attached',
        who: slackActor(answerTo.userId),
      })
      await redraw(context, tables, requestId, { when: 'soon' })
      return told(
        answerTo,
        `Attached: your summary is on its way to the internal notes of ${requestName(desk, row.number)}.`,
      )
    },
  }
}
