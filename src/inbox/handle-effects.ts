/** What was decided is taken back while it waits, or tried once more after it failed for good. */

import { aboutRequest } from '../desks/desk.ts'
import { slackActor } from '../engine/request.ts'
import { tooLateToUndo, undoable, undoneText } from '../engine/waiting-reply.ts'
import type { Handled } from '../queue/inbox-loop.ts'
import { redraw } from '../requests/ask-for-effects.ts'
import { recordRefusal } from '../requests/audit-draft.ts'
import { requestById, undoWaitingReply } from '../requests/handle-event.ts'
import { undoRedirect } from '../requests/redirect-ticket.ts'
import { type Handler, type Intake, refused, told, whoWorksAt } from './handler.ts'
import type { TryAgainEntry, UndoEntry } from './payloads.ts'

export const handleUndo: Handler<UndoEntry> = async (intake, _entry, { requestId, decisionId, answerTo }) => {
  const { context } = intake
  const request = await context.store.tables.requests.byId(requestId)
  if (!request) return undoWithoutRequest(intake, { requestId, decisionId, answerTo })
  const who = await whoWorksAt(intake, context.desks.of(request), answerTo)
  const decision = 'undo'
  if ('refused' in who) return refused(intake, answerTo, { row: request, decision, because: who.refused })
  return {
    write: async (tables) => {
      const row = await requestById(tables, requestId)
      const refuse = async (because: string) => {
        await recordRefusal(context, tables, { row, decision, userId: answerTo.userId, because })
        return told(answerTo, because)
      }
      const asked = undoable(context.flows, row, decisionId, who.person)
      if ('because' in asked) return refuse(asked.because)
      const { waiting } = asked
      const undone = await undoWaitingReply(context, tables, row, waiting, who.person)
      if (!undone) {
        const entries = (await tables.outbox.ofRequest(row.id)).filter(
          (entry) => entry.decisionId === decisionId && entry.lane === row.source,
        )
        const isStopped = entries.length > 0 && entries.every(({ status }) => status === 'cancelled')
        return refuse(tooLateToUndo(context.flows, row, waiting, isStopped))
      }
      return told(answerTo, undoneText(context.flows, undone, waiting))
    },
  }
}

/** A ticket that is sent to the form is no request: its redirect is known by its subject. */
async function undoWithoutRequest(
  intake: Intake,
  { requestId: subject, decisionId, answerTo }: UndoEntry,
): Promise<Handled> {
  const { context } = intake
  const who = await intake.whoIs(answerTo.userId, answerTo.teamId)
  if ('refused' in who) return refused(intake, answerTo, { decision: 'undo', because: who.refused })
  return {
    write: async (tables) => {
      const undone = await undoRedirect(context, tables, { subject, decisionId }, who.person)
      if (!undone) return told(answerTo, 'I’m not tracking this request anymore. Nothing was changed.')
      const { text, isRefused } = undone
      if (isRefused)
        await recordRefusal(context, tables, { decision: 'undo', because: text, userId: answerTo.userId })
      return told(answerTo, text)
    },
  }
}

/** Try Again on a card whose effects failed for good, after somebody has mended the cause. */
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
