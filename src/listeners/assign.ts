/** Claim, Unassign and Assign: whose a request is. What needs no question is stored at once; the rest opens a modal. */

import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt'
import { refusesAssignee, stepOf, worksAt } from '../desks/desk.ts'
import type { AnswerTo, WhoAnswer } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { answer, unknownRequest } from '../views/answers.ts'
import { assignCallback, assigneeBlock, assignModal, readAssignValue } from '../views/assign-modal.ts'
import {
  assignAction,
  claimAction,
  fieldInput,
  readButtonValue,
  releaseAction,
} from '../views/button-value.ts'
import { holderBeside, takeOverModal } from '../views/take-over-modal.ts'
import {
  answerToClick,
  answerToSubmit,
  type Clicked,
  type Listening,
  open,
  placeOfClick,
  refuse,
} from './listening.ts'

/** A click on what says whose a request is. */
export interface AssignClick extends Clicked {
  readonly key: string
  readonly requestId: string | undefined
}

/** Registers the listeners for whose a request is. */
export function listenToAssignments(app: App, listening: Listening): void {
  const { desk, slack } = listening

  for (const what of ['claim', 'release'] as const)
    app.action<BlockAction<ButtonAction>>(
      { type: 'block_actions', action_id: what === 'claim' ? claimAction : releaseAction },
      async ({ ack, body, action }) => claimOrRelease(listening, what, clickOf(body, action), ack),
    )

  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: assignAction },
    async ({ ack, body, action }) => {
      await ack()
      await askAssignee(listening, clickOf(body, action))
    },
  )

  app.view<ViewSubmitAction>(
    { callback_id: assignCallback, type: 'view_submission' },
    async ({ ack, body, view }) => {
      const value = readAssignValue(view.private_metadata)
      const answerTo = answerToSubmit(body, value?.channel)
      const to = view.state.values[assigneeBlock]?.[fieldInput]?.selected_user
      const wrong = value && to ? await assigneeRefused(desk, value.requestId, to, answerTo) : undefined
      if (wrong !== undefined) return ack({ response_action: 'errors', errors: { [assigneeBlock]: wrong } })
      if (value && to) {
        const key = ['submit', view.id, view.hash, body.user.id].join(':')
        await desk.receive('assign', key, { requestId: value.requestId, what: 'assign', to, answerTo })
      }
      await ack()
      if (!value) await slack.answerPrivately(answerTo, unknownRequest())
    },
  )
}

/** Claim, or Unassign; whoever would take a colleague's request is asked before. */
async function claimOrRelease(
  listening: Listening,
  what: 'claim' | 'release',
  click: AssignClick,
  ack: () => Promise<void>,
): Promise<void> {
  const { desk } = listening
  const { key, answerTo, requestId } = click
  const state = requestId === undefined ? undefined : await desk.cardState(requestId)
  if (!state) {
    await ack()
    return refuse(listening, click, unknownRequest())
  }
  const from = what === 'claim' && isOpen(state) ? holderBeside(state.request, answerTo.userId) : undefined
  if (from !== undefined) {
    await ack()
    const refused = await refusal(listening, state, what, answerTo)
    if (refused !== undefined) return refuse(listening, click, answer(refused))
    return open(listening, click, takeOverModal(state, from, answerTo.channel))
  }
  await desk.receive('assign', key, { requestId: state.request.id, what, answerTo })
  await ack()
}

/** Opens the modal that asks to whom the request is given. */
async function askAssignee(listening: Listening, click: AssignClick): Promise<void> {
  const { desk } = listening
  const { answerTo, requestId } = click
  const state = requestId === undefined ? undefined : await desk.cardState(requestId)
  if (!state) return refuse(listening, click, unknownRequest())
  const refused = await refusal(listening, state, 'assign', answerTo)
  if (refused !== undefined) return refuse(listening, click, answer(refused))
  return open(listening, click, assignModal(state, answerTo.channel))
}

/** Takes an entry of the card's menu that says whose the request is; false where it is none of these. */
export async function assignFromMenu(
  listening: Listening,
  what: string,
  click: AssignClick,
  ack: () => Promise<void>,
): Promise<boolean> {
  if (what === assignAction) {
    await ack()
    await askAssignee(listening, click)
  } else if (what === claimAction || what === releaseAction) await claimOrRelease(listening, what, click, ack)
  else return false
  return true
}

/** Asked before a modal opens, so that nobody is asked for nothing; asked again when it is handled. */
async function refusal(
  { desk: queries }: Listening,
  { desk, request }: CardState,
  what: string,
  { userId, teamId }: AnswerTo,
): Promise<string | undefined> {
  const who: WhoAnswer = await queries.whoIs(userId, teamId)
  if (!('refused' in who) && worksAt(desk, who.person.roles)) return undefined
  const because = 'refused' in who ? who.refused : desk.words.rolesOnly
  await queries.recordRefusal(request.id, what, userId, because)
  return because
}

/** Slack's list of people holds the whole workspace: whom the request can't be given to is said below it. */
async function assigneeRefused(
  queries: Listening['desk'],
  requestId: string,
  to: string,
  { userId, teamId }: AnswerTo,
): Promise<string | undefined> {
  const state = await queries.cardState(requestId)
  const because = state && refusesAssignee(state.desk, await queries.whoIs(to, teamId))
  if (because === undefined) return undefined
  await queries.recordRefusal(requestId, 'assign', userId, because)
  return because
}

function isOpen(state: CardState): boolean {
  return stepOf(state)?.isClosed !== true
}

function clickOf(body: BlockAction, { action_id: id, action_ts: at, value }: ButtonAction): AssignClick {
  const { user, container, trigger_id: triggerId } = body
  const ts: unknown = container.message_ts ?? container.view_id
  return {
    key: ['click', user.id, String(ts), id, at].join(':'),
    triggerId,
    place: placeOfClick(body),
    answerTo: answerToClick(body),
    requestId: readButtonValue(value)?.requestId,
  }
}
