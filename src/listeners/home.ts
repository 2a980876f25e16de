/** The App Home: its list is narrowed and paged, and a line of it opens its request. */

import type { App, BlockAction, BlockElementAction, ButtonAction } from '@slack/bolt'
import { z } from 'zod'
import { worksAt } from '../desks/desk.ts'
import type { HomeLook } from '../requests/home.ts'
import { answer, unknownRequest } from '../views/answers.ts'
import { detailsAction, readButtonValue, readMenuValue } from '../views/button-value.ts'
import {
  homeAction,
  isFilter,
  lookActions,
  openAction,
  readLook,
  refreshAction,
  requestCallback,
} from '../views/home-value.ts'
import { requestModal } from '../views/request-modals.ts'
import type { DeskQueries } from './desk.ts'
import { answerToClick, type Listening, open, placeOfClick, refuse } from './listening.ts'

/** Registers the listeners of the Home. What it is drawn for is stored before it is acknowledged. */
export function listenToHome(app: App, listening: Listening): void {
  const { desk } = listening

  app.action(
    { type: 'block_actions', action_id: new RegExp(`^${homeAction}`) },
    async ({ ack, body, action }) => {
      const { userId, teamId } = answerToClick(body)
      const look = lookAfter(readLook(body.view?.private_metadata), action)
      await desk.receive('home', keyOf(body, action), { userId, teamId, look })
      await ack()
    },
  )

  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: openAction },
    async ({ ack, body, action }) => {
      await ack()
      await openRequest(listening, body, action.value)
    },
  )

  app.action({ type: 'block_actions', action_id: refreshAction }, async ({ ack }) => ack())

  app.use(async ({ body, next }) => {
    await next()
    await drawAgain(desk, body)
  })
}

function lookAfter(look: HomeLook, action: BlockElementAction): HomeLook {
  const chosen = action.type === 'static_select' ? action.selected_option.value : undefined
  switch (action.action_id) {
    case lookActions.desk:
      return chosen === undefined ? look : { ...look, desk: chosen, page: 0 }
    case lookActions.filter:
      return isFilter(chosen) ? { ...look, filter: chosen, page: 0 } : look
    case lookActions.back:
      return { ...look, page: Math.max(0, look.page - 1) }
    case lookActions.next:
      return { ...look, page: look.page + 1 }
    default:
      return look
  }
}

/** What is in the modal is in the database: it opens at once. */
async function openRequest(
  listening: Listening,
  body: BlockAction,
  value: string | undefined,
): Promise<void> {
  const { desk } = listening
  const answerTo = answerToClick(body)
  const click = { answerTo, triggerId: body.trigger_id, place: placeOfClick(body) }
  const state = await desk.cardState(readButtonValue(value)?.requestId ?? '')
  if (!state) return refuse(listening, click, unknownRequest())
  const who = await desk.whoIs(answerTo.userId, answerTo.teamId)
  if ('refused' in who || !worksAt(state.desk, who.person.roles)) {
    const because = 'refused' in who ? who.refused : state.desk.words.rolesOnly
    await desk.recordRefusal(state.request.id, openAction, answerTo.userId, because)
    return refuse(listening, click, answer(because))
  }
  return open(listening, click, requestModal(state, await desk.recentLog(state.request.id)))
}

function keyOf({ user, container }: BlockAction, { action_id, action_ts }: BlockElementAction): string {
  return ['click', user.id, String(container.view_id ?? container.message_ts), action_id, action_ts].join(':')
}

/** What a person does in their Home or in a modal, as far as it says which views they have before them. */
const Act = z.object({
  type: z.enum(['block_actions', 'view_submission']),
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  view: z.object({
    id: z.string(),
    type: z.enum(['home', 'modal']),
    callback_id: z.string().default(''),
    private_metadata: z.string().default(''),
    root_view_id: z.string().nullish(),
    hash: z.string().default(''),
  }),
  actions: z.array(z.looseObject({ action_id: z.string(), action_ts: z.string().default('') })).default([]),
})

/** A look changes nothing. */
const looks: ReadonlySet<string> = new Set([openAction, detailsAction])

/**
 * Stores the wish that the Home and the modal of a request are drawn again after what a person did in one of them. It
 * is about the same request, so it is handled after whatever was stored before it. Once an act: what follows later is
 * seen with Refresh, and whenever the tab is opened. Lost with the process it does no harm.
 */
async function drawAgain(desk: Pick<DeskQueries, 'receive'>, body: unknown): Promise<void> {
  const act = Act.safeParse(body).data
  if (!act) return
  const { user, team, view, actions } = act
  const [action] = actions
  if (action && looks.has(action.action_id)) return
  const chosen = z.looseObject({ value: z.string() }).safeParse(action?.selected_option).data
  const value =
    readMenuValue(chosen?.value) ??
    readButtonValue(typeof action?.value === 'string' ? action.value : view.private_metadata)
  const root = view.root_view_id ?? view.id
  // A modal that was opened from a card lies on none.
  const isOfHome = view.type === 'home' || view.callback_id === requestCallback || root !== view.id
  if (!value || !isOfHome) return
  const { requestId } = value
  await desk.receive('home', ['again', view.id, view.hash, action?.action_ts ?? '', user.id].join(':'), {
    ...{ userId: user.id, teamId: user.team_id ?? team?.id ?? '', requestId },
    ...(view.type === 'modal' && { modal: { viewId: root, requestId } }),
  })
}
