/** All Sent: the reports of a distribution day in one go, each as a decision of its own. */
import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt'
import { answer } from '../views/answers.ts'
import { batchAction, batchCallback, batchModal, readBatchValue } from '../views/batch-message.ts'
import { fieldBlock, fieldInput } from '../views/button-value.ts'
import type { AnswerTo, Desk } from './desk.ts'
import type { Listening } from './listening.ts'

export function listenToBatches(app: App, { desk, slack }: Listening): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: batchAction },
    async ({ ack, body, action }) => {
      await ack()
      const channel = body.channel?.id
      const answerTo: AnswerTo = {
        userId: body.user.id,
        teamId: body.user.team_id ?? body.team?.id ?? '',
        ...(channel !== undefined && { channel }),
        ...(typeof body.response_url === 'string' && { responseUrl: body.response_url }),
      }
      const { day } = readBatchValue(action.value) ?? {}
      if (day === undefined) return
      const refused = await refusalOf(desk, answerTo)
      if (refused !== undefined) return slack.answerPrivately(answerTo, answer(refused))
      const batch = await desk.batch(day)
      if (batch.reports.every(({ isSent }) => isSent))
        return slack.answerPrivately(answerTo, answer('Every report of this day has been sent already.'))
      await slack.openModal(body.trigger_id, batchModal(batch, channel))
    },
  )

  app.view<ViewSubmitAction>(
    { callback_id: batchCallback, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const { day, channel } = readBatchValue(view.private_metadata) ?? {}
      const answerTo: AnswerTo = {
        userId: body.user.id,
        teamId: body.user.team_id ?? body.team?.id ?? '',
        ...(channel !== undefined && { channel }),
      }
      const block = `${fieldBlock}notice`
      const notice = view.state.values[block]?.[fieldInput]?.value ?? ''
      const errors = (because: string) => ack({ response_action: 'errors', errors: { [block]: because } })
      if (notice.trim() === '') return errors('Fill this in.')
      const refused = await refusalOf(desk, answerTo)
      if (refused !== undefined) return errors(refused)
      const key = ['submit', view.id, view.hash, body.user.id].join(':')
      await receiveAll(desk, key, day ?? '', notice, answerTo)
      await ack()
    },
  )
}

/** Each is refused or done on its own: a ticket that can't be answered holds up no other. */
async function receiveAll(
  desk: Desk,
  key: string,
  day: string,
  notice: string,
  answerTo: AnswerTo,
): Promise<void> {
  const { reports } = await desk.batch(day)
  for (const { request, isSent } of reports) {
    if (isSent) continue
    await desk.receive('decision', `${key}:${request.id}`, {
      requestId: request.id,
      decision: 'report-sent',
      shownAt: request.step,
      input: { notice },
      answerTo,
    })
  }
}

/** Of one who may not, nothing is asked; the decisions themselves ask again. */
async function refusalOf(desk: Desk, { userId, teamId }: AnswerTo): Promise<string | undefined> {
  const who = await desk.whoIs(userId, teamId)
  if ('refused' in who) return who.refused
  return who.person.roles.includes('field-security')
    ? undefined
    : 'Reports are sent by people with the Field Security role.'
}
