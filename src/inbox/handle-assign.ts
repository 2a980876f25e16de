/** Claim, Unassign and Assign to Someone: whose a request is, by a button of a card, a digest or the Home. */

import { refusesAssignee } from '../desks/desk.ts'
import { requestName } from '../engine/flow.ts'
import { type AnswerTo, capital, slackActor } from '../engine/request.ts'
import { assignRequest } from '../requests/assign.ts'
import { isClosed, requestById } from '../requests/handle-event.ts'
import type { RequestRow, Tables } from '../store/store.ts'
import { type Handler, type Intake, refused, told, whoWorksAt } from './handler.ts'
import type { AssignEntry } from './payloads.ts'

export const handleAssign: Handler<AssignEntry> = async (intake, _entry, payload) => {
  const { context } = intake
  const { requestId, what, to, answerTo } = payload
  const row = await context.store.tables.requests.byId(requestId)
  if (!row)
    return {
      write: async () => told(answerTo, 'I’m not tracking this request anymore. Nothing was changed.'),
    }
  const desk = context.desks.of(row)
  const who = await whoWorksAt(intake, desk, answerTo)
  if ('refused' in who) return refused(intake, answerTo, { row, decision: what, because: who.refused })
  if (what === 'assign') {
    const because = await assigneeRefused(intake, row, to, answerTo)
    if (because !== undefined) return refused(intake, answerTo, { row, decision: what, because })
  }
  return {
    write: async (tables) => {
      const now = await requestById(tables, requestId)
      const text =
        what === 'claim'
          ? await claimFor(intake, tables, now, payload)
          : await giveTo(intake, tables, now, what === 'assign' ? to : undefined, answerTo)
      return told(answerTo, text)
    },
  }
}

/** Only somebody who may work the request can have it. */
async function assigneeRefused(
  { context, whoIs }: Intake,
  row: RequestRow,
  to: string | undefined,
  { teamId }: AnswerTo,
): Promise<string | undefined> {
  if (to === undefined) return 'Nobody was chosen.'
  const desk = context.desks.of(row)
  const because = refusesAssignee(desk, await whoIs(to, teamId))
  return because && `${capital(requestName(desk, row.number))} wasn’t assigned to <@${to}>. ${because}`
}

/** Claims a request for whoever asks, inside the caller's transaction; the answer says what came of it. */
export async function claimFor(
  { context }: Pick<Intake, 'context'>,
  tables: Tables,
  row: RequestRow,
  { from, answerTo }: { readonly from?: string | undefined; readonly answerTo: AnswerTo },
): Promise<string> {
  const desk = context.desks.of(row)
  const name = capital(requestName(desk, row.number))
  const { userId } = answerTo
  const { assignee: before } = row
  if (isClosed(context, row)) return `${name} is closed.`
  if (before === userId) return `${name} is yours already.`
  // Somebody was quicker since they were asked, or were not asked: nobody loses a request unseen.
  if (before !== undefined && before !== from)
    return `${name} is assigned to <@${before}>, so it is not yours. Type \`${desk.command.name} claim ${row.number}\` again to take it over.`
  await assignRequest(context, tables, row, { to: userId, by: slackActor(userId), answerTo })
  return before === undefined
    ? `${name} is yours now.`
    : `${name} is yours now; <@${before}> had it before, and is told in its thread.`
}

/** Gives a request to a colleague, or takes it from whoever has it where nobody is named. */
async function giveTo(
  { context }: Intake,
  tables: Tables,
  row: RequestRow,
  to: string | undefined,
  answerTo: AnswerTo,
): Promise<string> {
  const name = capital(requestName(context.desks.of(row), row.number))
  const { userId } = answerTo
  const { assignee: before } = row
  if (isClosed(context, row)) return `${name} is closed.`
  if (before === to)
    return to === undefined ? `${name} is nobody’s already.` : `<@${to}> has ${name} already.`
  await assignRequest(context, tables, row, {
    ...(to !== undefined && { to }),
    by: slackActor(userId),
    answerTo,
  })
  if (to === undefined) return `${name} is unassigned now.`
  return to === userId ? `${name} is yours now.` : `${name} is assigned to <@${to}> now.`
}
