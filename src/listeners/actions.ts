/** Clicks on the buttons and menus of cards: a decision opens its modal, or the refusal that says why not. */
import type { App, BlockAction, BlockElementAction, ButtonAction } from '@slack/bolt'
import { stepOf, worksAt } from '../desks/desk.ts'
import { fieldsOf, isSameDecision } from '../engine/decision-rule.ts'
import type { Decision } from '../engine/flow.ts'
import type { AnswerTo, Person } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { answer, movedOn, unknownButton, unknownRequest } from '../views/answers.ts'
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
  undoAction,
} from '../views/button-value.ts'
import { decisionModal } from '../views/decision-modal.ts'
import { decisionAt } from '../views/decisions.ts'
import { publicTextOf, rulesOf } from '../views/effect-text.ts'
import { homeAction, openAction, refreshAction } from '../views/home-value.ts'
import { detailsModal } from '../views/request-modals.ts'
import { assignFromMenu } from './assign.ts'
import { type DeskQueries, whoMayDecide } from './desk.ts'
import { answerToClick, type Clicked, type Listening, open, placeOfClick, refuse } from './listening.ts'
import { offered } from './offer.ts'

interface Click extends Clicked {
  readonly key: string
  readonly value: ButtonValue | undefined
}

const postCardsActions = new RegExp(`^${postCardsAction}`)

type Ack = () => Promise<void>

/** Registers the listeners for the buttons and menus of cards. */
export function listenToActions(app: App, listening: Listening): void {
  const { desk } = listening

  app.action(
    { type: 'block_actions', action_id: new RegExp(`^(${decideAction}|${menuAction}$)`) },
    async ({ ack, body, action }) => {
      await decide(listening, clickOf(body, action), ack)
    },
  )

  app.action({ type: 'block_actions', action_id: tryAgainAction }, async ({ ack, body, action }) => {
    const click = clickOf(body, action)
    const { key, answerTo, value } = click
    if (value) await desk.receive('try-again', key, { requestId: value.requestId, answerTo })
    await ack()
    if (!value) await refuse(listening, click, unknownButton())
  })

  app.action({ type: 'block_actions', action_id: undoAction }, async ({ ack, body, action }) => {
    const click = clickOf(body, action)
    const { key, answerTo, value } = click
    const { requestId, decision: decisionId } = value ?? {}
    if (requestId !== undefined && decisionId !== undefined)
      await desk.receive('undo', key, { requestId, decisionId, answerTo })
    await ack()
    if (!value) await refuse(listening, click, unknownButton())
  })

  app.action({ type: 'block_actions', action_id: postCardsActions }, async ({ ack, body, action }) => {
    const click = clickOf(body, action)
    const { key, answerTo } = click
    const value = readPostCardsValue(action.type === 'button' ? action.value : undefined)
    if (value) await desk.receive('post-cards', key, { ...value, answerTo })
    await ack()
    if (!value) await refuse(listening, click, unknownButton())
  })

  // Every other element of a message or modal: choices that a modal sends when it is submitted, and buttons of old.
  const others = new RegExp(
    `^(?!${decideAction}|(?:${menuAction}|${tryAgainAction}|${undoAction}|${batchAction}|${claimAction}|${releaseAction}|${assignAction}|${detailsAction}|${openAction}|${refreshAction})$|${postCardsAction}|${homeAction})`,
  )
  app.action({ type: 'block_actions', action_id: others }, async ({ ack, body, action }) => {
    await ack()
    if (action.type === 'button') await refuse(listening, clickOf(body, action), unknownButton())
  })
}

/** Acknowledged at once: a click changes nothing, it opens the modal that asks. */
async function decide(listening: Listening, click: Click, ack: Ack): Promise<void> {
  const { desk } = listening
  const { answerTo, value } = click
  if (
    value &&
    (await assignFromMenu(listening, value.decision, { ...click, requestId: value.requestId }, ack))
  )
    return
  await ack()
  const state = value && (await desk.cardState(value.requestId))
  if (!value || !state) return refuse(listening, click, unknownRequest())
  const who = await whoMayDecide(desk, value.requestId, value.decision, answerTo)
  if ('because' in who) return refuse(listening, click, answer(who.because, who.ask))
  const rule = ruleOf(state, value.decision)
  if (rule && !isSameDecision(rule, decisionAt(state, value.step, value.decision)))
    return refuse(listening, click, movedOnFrom(state, rule))
  return ask(listening, click, {
    drawn: state,
    name: value.decision,
    shownAt: value.step,
    person: who.person,
  })
}

interface Asked {
  /** As the request stands at the click. */
  readonly drawn: CardState
  readonly name: string
  /** The step at which the button was drawn. */
  readonly shownAt: string
  readonly person: Person
}

/** What speaks against it is said before anybody is asked to confirm or fill in; it is asked again on submit. */
async function ask(
  listening: Listening,
  click: Click,
  { drawn, name, shownAt, person }: Asked,
): Promise<void> {
  const { desk } = listening
  const { channel, userId } = click.answerTo
  const { id } = drawn.request
  const before = ruleOf(drawn, name)
  const { isReadFirst } = drawn.desk
  const [unread, others] = await Promise.all([
    before?.refreshFirst && !isReadFirst ? desk.readAfresh(id) : undefined,
    before && isMailed(drawn, before) && !isReadFirst ? desk.countOthers(id) : undefined,
  ])
  const state = (await desk.cardState(id)) ?? drawn
  const rule = ruleOf(state, name)
  const fields = rule ? fieldsOf(rule, state.request) : []
  // Nobody chooses or types what will be refused; what a field would mend is mended in the modal.
  const tryOut = fields.length > 0 ? desk.tryWithNeeds : desk.tryOut
  const offer = await offered(fields, (input) => tryOut(id, name, person, input, shownAt))
  if ('because' in offer) {
    const because = unread ?? offer.because
    await desk.recordRefusal(id, name, userId, because)
    return refuse(listening, click, answer(because))
  }
  // Somebody was quicker, between the click and this.
  if (before && !isSameDecision(before, rule)) return refuse(listening, click, movedOnFrom(state, before))
  const shown = isReadFirst ? await desk.showTicket(id, userId) : undefined
  if (shown && 'because' in shown) return refuse(listening, click, answer(shown.because))
  const now = (shown && (await desk.cardState(id))) ?? state
  const view = decisionModal(now, name, {
    ...{ snippets: desk.snippets, others },
    ...(channel !== undefined && { channel }),
    ...(shown && { ticket: shown.ticket }),
    ...{ fields: offer.fields, leftOut: offer.leftOut },
    ...(fields.length === 0 && 'effects' in offer.tried && { effects: offer.tried.effects }),
  })
  if (!view) return refuse(listening, click, rule ? movedOnFrom(now, rule) : unknownButton())
  return open(listening, click, view)
}

function ruleOf(state: CardState, name: string): Decision | undefined {
  return decisionAt(state, state.request.step, name)
}

function isMailed(state: CardState, rule: Decision): boolean {
  return rulesOf(state, rule).some((one) => publicTextOf(one.rule) !== undefined)
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

/** Registers the listener of Show Details and Read Ticket. It acknowledges first: nothing is changed by a look. */
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
  const because = 'refused' in who ? who.refused : words.rolesOnly
  await desk.recordRefusal(request.id, detailsAction, userId, because)
  return because
}
