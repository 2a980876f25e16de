/** Clicks: a decision goes to the inbox, or its modal opens first. */

import type { App, BlockAction, BlockElementAction } from '@slack/bolt'
import { stepOf } from '../desks/desk.ts'
import { fieldsOf, isSameDecision } from '../engine/decision-rule.ts'
import type { Decision } from '../engine/flow.ts'
import type { AnswerTo } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { answer, movedOn, notOpened, unknownButton, unknownRequest } from '../views/answers.ts'
import { postCardsAction, readPostCardsValue } from '../views/backlog-message.ts'
import { batchAction } from '../views/batch-message.ts'
import {
  assignAction,
  type ButtonValue,
  claimAction,
  decideAction,
  detailsAction,
  menuAction,
  readButtonValue,
  readMenuValue,
  releaseAction,
  tryAgainAction,
} from '../views/button-value.ts'
import { decisionModal } from '../views/decision-modal.ts'
import { decisionAt } from '../views/decisions.ts'
import { acceptedInput } from '../views/field-inputs.ts'
import { homeAction, openAction, refreshAction } from '../views/home-value.ts'
import { assignFromMenu } from './assign.ts'
import { whoMayDecide } from './desk.ts'
import { answerToClick, type Listening, type PlaceOfModal, placeOfClick } from './listening.ts'

interface Click {
  readonly key: string
  readonly answerTo: AnswerTo
  readonly triggerId: string
  readonly place: PlaceOfModal
  readonly value: ButtonValue | undefined
}

const postCardsActions = new RegExp(`^${postCardsAction}`)

type Ack = () => Promise<void>

/** Registers the listeners for the buttons and menus of cards. */
export function listenToActions(app: App, listening: Listening): void {
  const { desk, slack } = listening

  app.action(
    { type: 'block_actions', action_id: new RegExp(`^(${decideAction}|${menuAction}$)`) },
    async ({ ack, body, action }) => {
      await decide(listening, clickOf(body, action), ack)
    },
  )

  app.action({ type: 'block_actions', action_id: tryAgainAction }, async ({ ack, body, action }) => {
    const { key, answerTo, value } = clickOf(body, action)
    if (value) await desk.receive('try-again', key, { requestId: value.requestId, answerTo })
    await ack()
    if (!value) await slack.answerPrivately(answerTo, unknownButton())
  })

  app.action({ type: 'block_actions', action_id: postCardsActions }, async ({ ack, body, action }) => {
    const { key, answerTo } = clickOf(body, action)
    const value = readPostCardsValue(action.type === 'button' ? action.value : undefined)
    if (value) await desk.receive('post-cards', key, { ...value, answerTo })
    await ack()
    if (!value) await slack.answerPrivately(answerTo, unknownButton())
  })

  // Every other element of a message or modal: choices that a modal sends when it is submitted, and buttons of old.
  const others = new RegExp(
    `^(?!${decideAction}|(?:${menuAction}|${tryAgainAction}|${batchAction}|${claimAction}|${releaseAction}|${assignAction}|${detailsAction}|${openAction}|${refreshAction})$|${postCardsAction}|${homeAction})`,
  )
  app.action({ type: 'block_actions', action_id: others }, async ({ ack, body, action }) => {
    await ack()
    if (action.type === 'button') await slack.answerPrivately(clickOf(body, action).answerTo, unknownButton())
  })
}

async function decide(listening: Listening, click: Click, ack: Ack): Promise<void> {
  const { desk, slack } = listening
  const { key, answerTo, value } = click
  const requestId = value?.requestId
  if (value && (await assignFromMenu(listening, value.decision, { ...click, requestId }, ack))) return
  const state = value && (await desk.cardState(value.requestId))
  if (!value || !state) {
    await ack()
    return slack.answerPrivately(answerTo, unknownRequest())
  }
  const decision = decisionAt(state, state.request.step, value.decision)
  if (decision && !isSameDecision(decision, decisionAt(state, value.step, value.decision))) {
    await ack()
    const who = await whoMayDecide(desk, value.requestId, value.decision, answerTo)
    return slack.answerPrivately(
      answerTo,
      'refused' in who ? answer(who.refused) : movedOnFrom(state, decision),
    )
  }
  if (decision && fieldsOf(decision, state.request).length > 0) {
    await ack()
    return openModal({ desk, slack }, click, state, value.decision, decision)
  }
  await desk.receive('decision', key, {
    requestId: value.requestId,
    decision: value.decision,
    shownAt: value.step,
    input: {},
    answerTo,
  })
  await ack()
}

/** Asked before the modal, so that nobody fills one in for nothing; asked again when it is submitted. */
async function openModal(
  { desk, slack }: Pick<Listening, 'desk' | 'slack'>,
  { answerTo, triggerId, place }: Click,
  state: CardState,
  decision: string,
  rule: Decision,
): Promise<void> {
  const { id } = state.request
  const who = await whoMayDecide(desk, id, decision, answerTo)
  if ('refused' in who) return slack.answerPrivately(answerTo, answer(who.refused))
  const { isReadFirst } = state.desk
  if (rule.refreshFirst && !isReadFirst) await desk.readAfresh(id)
  const refused = await desk.wouldRefuse(
    id,
    decision,
    who.person,
    acceptedInput(fieldsOf(rule, state.request)),
  )
  // What a field would mend is mended in the modal.
  if (refused && refused.field === undefined) {
    await desk.recordRefusal(id, decision, answerTo.userId, refused.because)
    return slack.answerPrivately(answerTo, answer(refused.because))
  }
  const shown = isReadFirst ? await desk.showTicket(id, answerTo.userId) : undefined
  if (shown && 'because' in shown) return slack.answerPrivately(answerTo, answer(shown.because))
  const { channel } = answerTo
  const now = (await desk.cardState(id)) ?? state
  const view = decisionModal(now, decision, {
    snippets: desk.snippets,
    ...(channel !== undefined && { channel }),
    ...(shown && { ticket: shown.ticket }),
  })
  // Somebody was quicker, between the question and this.
  if (!view) return slack.answerPrivately(answerTo, movedOnFrom(now, rule))
  if (!(await slack.openModal(triggerId, view, place))) return slack.answerPrivately(answerTo, notOpened())
}

function movedOnFrom(state: CardState, decision: Decision) {
  return movedOn(state, decision.button, stepOf(state)?.title ?? state.request.step)
}

/** Slack gives a click no id of its own: who, where, what and when together are one. */
function clickOf(body: BlockAction, action: BlockElementAction): Click {
  const { user, container } = body
  const ts: unknown = container.message_ts ?? container.view_id
  return {
    key: ['click', user.id, String(ts), action.action_id, action.action_ts].join(':'),
    answerTo: answerToClick(body),
    triggerId: body.trigger_id,
    place: placeOfClick(body),
    value: standsFor(action),
  }
}

/** Returns what a clicked button or a chosen entry of the menu stands for. */
function standsFor(action: BlockElementAction): ButtonValue | undefined {
  if (action.type === 'overflow') return readMenuValue(action.selected_option.value)
  return readButtonValue(action.type === 'button' ? action.value : undefined)
}
