/** Show Details and Read Ticket: what a requester wrote, for one person with a role at the desk. */

import type { App, BlockAction, ButtonAction } from '@slack/bolt'
import { worksAt } from '../desks/desk.ts'
import type { AnswerTo } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { answer, notOpened, unknownRequest } from '../views/answers.ts'
import { detailsAction, readButtonValue } from '../views/button-value.ts'
import { detailsModal } from '../views/details-modal.ts'
import type { DeskQueries } from './desk.ts'
import { answerToClick, type Listening, placeOfClick } from './listening.ts'

/** Registers the listener for the button. It acknowledges first: nothing is changed by a look. */
export function listenToDetails(app: App, { desk, slack }: Listening): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: detailsAction },
    async ({ ack, body, action }) => {
      await ack()
      const answerTo = answerToClick(body)
      const state = await desk.cardState(readButtonValue(action.value)?.requestId ?? '')
      if (!state) return slack.answerPrivately(answerTo, unknownRequest())
      const refused = await refusalOf(desk, state, answerTo)
      if (refused !== undefined) return slack.answerPrivately(answerTo, answer(refused))
      const shown = await desk.showTicket(state.request.id, answerTo.userId)
      if ('because' in shown) return slack.answerPrivately(answerTo, answer(shown.because))
      const view = detailsModal((await desk.cardState(state.request.id)) ?? state, shown.ticket)
      if (!(await slack.openModal(body.trigger_id, view, placeOfClick(body))))
        return slack.answerPrivately(answerTo, notOpened())
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
