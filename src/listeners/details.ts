/** Show Details and Read Ticket: what a requester wrote, for one person with a role at the desk. */

import type { App, BlockAction, ButtonAction } from '@slack/bolt'
import { worksAt } from '../desks/desk.ts'
import type { AnswerTo } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { answer, unknownRequest } from '../views/answers.ts'
import { detailsAction, readButtonValue } from '../views/button-value.ts'
import { detailsModal } from '../views/request-modals.ts'
import type { DeskQueries } from './desk.ts'
import { answerToClick, type Listening, open, placeOfClick, refuse } from './listening.ts'

/** Registers the listener for the button. It acknowledges first: nothing is changed by a look. */
export function listenToDetails(app: App, listening: Listening): void {
  const { desk } = listening
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: detailsAction },
    async ({ ack, body, action }) => {
      await ack()
      const answerTo = answerToClick(body)
      const click = { answerTo, triggerId: body.trigger_id, place: placeOfClick(body) }
      const state = await desk.cardState(readButtonValue(action.value)?.requestId ?? '')
      if (!state) return refuse(listening, click, unknownRequest())
      const refused = await refusalOf(desk, state, answerTo)
      if (refused !== undefined) return refuse(listening, click, answer(refused))
      const shown = await desk.showTicket(state.request.id, answerTo.userId)
      if ('because' in shown) return refuse(listening, click, answer(shown.because))
      const now = (await desk.cardState(state.request.id)) ?? state
      return open(listening, click, detailsModal(now, shown.ticket))
    },
  )
}

/** Asked at the moment of the click, whatever the person was when the button was drawn. It stands in the audit log. */
async function refusalOf(
  desk: Pick<DeskQueries, 'whoIs' | 'recordRefusal'>,
  { desk: { roles, words }, request }: CardState,
  { userId, teamId }: AnswerTo,
): Promise<string | undefined> {
  const who = await desk.whoIs(userId, teamId)
  if (!('refused' in who) && worksAt({ roles }, who.person.roles)) return undefined
  const because = 'refused' in who ? who.refused : words.peopleOnly
  await desk.recordRefusal(request.id, detailsAction, userId, because)
  return because
}
