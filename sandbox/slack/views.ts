/** Modals and home tabs: opened, updated and stacked as Slack does. */

import { refusalCallback } from '../../src/views/answers.ts'
import { problemsOfView } from './block-limits.ts'
import { type Block, interactive, withIds } from './blocks.ts'
import type { StateValues } from './json.ts'
import type { View, Workspace } from './workspace.ts'

/** https://docs.slack.dev/surfaces/modals: up to three views in a stack. */
const STACK = 3
/** https://docs.slack.dev/interactivity/handling-user-interaction: a trigger lives three seconds. */
const TRIGGER_MS = 3000

/** https://docs.slack.dev/reference/methods/views.open: `view_too_large`. */
const VIEW_BYTES = 250_000

/** A workspace that has not got a block yet refuses whatever holds it. */
export function refuseBlocks({ terms }: Workspace, blocks: unknown, code: string): void {
  const types = Array.isArray(blocks) ? blocks.map((one) => String((one as { type?: unknown }).type)) : []
  const unknown = types.find((type) => terms.unknownBlocks.includes(type))
  if (unknown !== undefined)
    throw new SlackRefusal(code, [`[ERROR] unsupported type: ${unknown} [json-pointer:/blocks]`])
}

interface Given {
  readonly type: 'modal' | 'home'
  readonly title?: { readonly text: string }
  readonly submit?: { readonly text: string }
  readonly close?: { readonly text: string }
  readonly blocks: readonly Block[]
  readonly callback_id?: string
  readonly private_metadata?: string
  readonly external_id?: string
  readonly notify_on_close?: boolean
  readonly clear_on_close?: boolean
}

export class SlackRefusal extends Error {
  readonly code: string
  readonly messages: readonly string[]
  constructor(code: string, messages: readonly string[] = []) {
    super(code)
    this.code = code
    this.messages = messages
  }
}

/** The person whose trigger this is; a trigger serves once and for three seconds. */
export function useTrigger(space: Workspace, triggerId: string): string {
  const trigger = space.triggers.get(triggerId)
  if (!trigger) throw new SlackRefusal('invalid_trigger_id')
  if (trigger.used) throw new SlackRefusal('exchanged_trigger_id')
  if (space.now().getTime() - trigger.issuedAt > TRIGGER_MS) throw new SlackRefusal('expired_trigger_id')
  trigger.used = true
  return trigger.userId
}

export function openView(space: Workspace, userId: string, given: unknown): View {
  const view = built(space, userId, given)
  space.setViews(userId, [view])
  noticed(space, view)
  return view
}

export function pushView(space: Workspace, userId: string, given: unknown): View {
  const open = space.openViews(userId)
  if (open.length >= STACK) throw new SlackRefusal('push_limit_reached')
  const below = open.at(-1)
  const fresh = built(space, userId, given)
  const view = below ? { ...fresh, rootViewId: below.rootViewId, previousViewId: below.id } : fresh
  space.setViews(userId, [...open, view])
  noticed(space, view)
  return view
}

/** What was entered stays where the new view has an input of the same block and action: https://docs.slack.dev/surfaces/modals */
export function updateView(
  space: Workspace,
  current: View,
  given: unknown,
  entered: StateValues = current.typed,
): View {
  const fresh = built(space, current.userId, given)
  const { id, rootViewId, previousViewId } = current
  const typed = kept(entered, fresh.blocks)
  const view = { ...fresh, id, rootViewId, typed, ...(previousViewId && { previousViewId }) }
  space.setViews(
    current.userId,
    space.openViews(current.userId).map((one) => (one.id === id ? view : one)),
  )
  noticed(space, view)
  return view
}

/** A refusal in a modal is told to one person, as a private message is. */
function noticed(space: Workspace, { callbackId, userId, blocks }: View): void {
  if (callbackId !== refusalCallback) return
  const text = blocks.map((block) => block.text?.text ?? '').join('\n')
  space.notices.push({
    ...{ channel: '', ts: space.newTs(), user: 'U01DESKBOT', text, blocks },
    ...{ deleted: false, visibleTo: userId },
  })
  space.changed()
}

export function publishHome(space: Workspace, userId: string, given: unknown): View {
  const fresh = built(space, userId, given)
  // One and the same for a person, however often it is drawn: a click on what was drawn before still finds it.
  const id = space.homes.get(userId)?.id ?? fresh.id
  const view = { ...fresh, id, rootViewId: id }
  space.setHome(view)
  return view
}

function kept(entered: StateValues, blocks: readonly Block[]): StateValues {
  const places = interactive(blocks).filter(({ block }) => block.type === 'input')
  return Object.fromEntries(
    places.flatMap(({ block: { block_id: blockId }, element: { type, action_id: action = '' } }) => {
      const value = entered[blockId]?.[action]
      return value?.type === type ? [[blockId, { [action]: value }]] : []
    }),
  )
}

function built(space: Workspace, userId: string, given: unknown): View {
  const problems = problemsOfView(given)
  if (problems.length > 0) throw new SlackRefusal('invalid_arguments', problems)
  refuseBlocks(space, (given as Given).blocks, 'invalid_arguments')
  if (Buffer.byteLength(JSON.stringify(given)) > VIEW_BYTES) throw new SlackRefusal('view_too_large')
  const view = given as Given
  const id = space.newId('V')
  return {
    id,
    userId,
    type: view.type,
    hash: `${space.newTs()}.${space.newId('')}`,
    rootViewId: id,
    callbackId: view.callback_id ?? '',
    privateMetadata: view.private_metadata ?? '',
    externalId: view.external_id ?? '',
    title: view.title?.text ?? '',
    ...(view.submit && { submit: view.submit.text }),
    ...(view.close && { close: view.close.text }),
    notifyOnClose: view.notify_on_close ?? false,
    clearOnClose: view.clear_on_close ?? false,
    blocks: withIds(view.blocks, () => space.newId('').slice(0, 5)),
    errors: {},
    typed: {},
  }
}
