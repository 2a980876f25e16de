/** All Sent: the reports of a distribution day in one go, each as a decision of its own. */

import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt'
import { worksAt } from '../desks/desk.ts'
import type { AnswerTo } from '../engine/request.ts'
import { answer, unknownButton } from '../views/answers.ts'
import { batchAction, batchCallback, batchModal, readBatchValue } from '../views/batch-message.ts'
import { fieldBlock, fieldInput } from '../views/button-value.ts'
import type { DeskQueries } from './desk.ts'
import {
  answerToClick,
  answerToSubmit,
  type Clicked,
  type Listening,
  open,
  placeOfClick,
  refuse,
} from './listening.ts'

const nothingLeft = 'Nothing left to send: every report for this day was sent or taken off the list.'
const noticeBlock = `${fieldBlock}notice`

/** Registers the listeners for the list of a distribution day and its modal. */
export function listenToBatches(app: App, listening: Listening): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: batchAction },
    async ({ ack, body, action }) => {
      await ack()
      const click = {
        answerTo: answerToClick(body),
        triggerId: body.trigger_id,
        place: placeOfClick(body),
      }
      await openBatch(listening, click, action.value)
    },
  )

  app.view<ViewSubmitAction>(
    { callback_id: batchCallback, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const { day, channel } = readBatchValue(view.private_metadata) ?? {}
      const answerTo = answerToSubmit(body, channel)
      const notice = view.state.values[noticeBlock]?.[fieldInput]?.value ?? ''
      const wrong = await wrongWith(listening.desk, { day, notice, answerTo })
      if (wrong !== undefined) return ack({ response_action: 'errors', errors: { [noticeBlock]: wrong } })
      const key = ['submit', view.id, view.hash, body.user.id].join(':')
      const count = await receiveAll(listening.desk, { key, day: day ?? '', notice, answerTo })
      await ack()
      if (count === 0) await listening.slack.answerPrivately(answerTo, answer(nothingLeft))
    },
  )
}

async function openBatch(listening: Listening, click: Clicked, value: string | undefined): Promise<void> {
  const { desk } = listening
  const { answerTo } = click
  const { day } = readBatchValue(value) ?? {}
  if (day === undefined) return refuse(listening, click, unknownButton())
  const refused = await refusalOf(desk, day, answerTo)
  if (refused !== undefined) return refuse(listening, click, answer(refused))
  const batch = await desk.batch(day)
  if (batch.reports.every(({ isSent }) => isSent)) return refuse(listening, click, answer(nothingLeft))
  return open(listening, click, batchModal(batch, answerTo.channel))
}

interface Submit {
  readonly day: string | undefined
  readonly notice: string
  readonly answerTo: AnswerTo
}

/** The sentence below the field. */
async function wrongWith(desk: DeskQueries, { day, notice, answerTo }: Submit): Promise<string | undefined> {
  if (day === undefined) return 'I can’t tell which day this is for. Close this and click All Sent again.'
  return (await refusalOf(desk, day, answerTo)) ?? (notice.trim() === '' ? 'Fill this in.' : undefined)
}

/**
 * Stores one decision for each ticket and returns their number. Each is refused or done on its own: a ticket that
 * can't be answered holds up no other.
 */
async function receiveAll(
  desk: DeskQueries,
  { key, day, notice, answerTo }: Submit & { readonly key: string; readonly day: string },
): Promise<number> {
  const { reports, decision } = await desk.batch(day)
  if (!decision) return 0
  const unsent = reports.filter(({ isSent }) => !isSent)
  for (const { request } of unsent)
    await desk.receive('decision', `${key}:${request.id}`, {
      requestId: request.id,
      decision: decision.name,
      shownAt: request.step,
      input: { notice },
      answerTo,
    })
  return unsent.length
}

/** Asked before anything is filled in or read; the decisions themselves ask again. */
async function refusalOf(
  queries: DeskQueries,
  day: string,
  { userId, teamId }: AnswerTo,
): Promise<string | undefined> {
  const who = await queries.whoIs(userId, teamId)
  const { desk, decision } = await queries.batch(day)
  if (!('refused' in who) && worksAt(desk, who.person.roles)) return undefined
  const because = 'refused' in who ? who.refused : 'Reports are sent by people with the Field Security role.'
  await queries.recordRefusal(`batch:${day}`, decision?.name ?? 'batch', userId, because)
  return because
}
