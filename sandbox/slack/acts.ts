/** What people do in Slack: each act builds the payload Slack would send and gives back what the app answered. */

import { refusalCallback } from '../../src/views/answers.ts'
import { decideAction, menuAction } from '../../src/views/button-value.ts'
import { interactive, isCalled, labelOf, optionsOf, type Placed } from './blocks.ts'
import { contentOf } from './chat.ts'
import { type AppAddress, type AppAnswer, deliver, type Kind } from './deliver.ts'
import { chosenOption, type Entries, filledIn } from './inputs.ts'
import { initialValues, type StateValues } from './json.ts'
import { onceSeen } from './once-seen.ts'
import {
  actionOf,
  eventCallback,
  messageAction,
  messageShortcut,
  type Payload,
  paneAction,
  paneRequested,
  slashCommand,
  viewAction,
  viewClosed,
  viewSubmission,
} from './payloads.ts'
import type { Person } from './people.ts'
import type { SocketMode } from './socket-mode.ts'
import { pushView, updateView } from './views.ts'
import { asTyped, linksIn, paneButton } from './work-objects.ts'
import type { Message, View, Workspace } from './workspace.ts'

/** An element where several in a message have the same action id. An updated message has other blocks: there, the only one. */
interface InBlock {
  readonly block: string
  readonly action: string
}
/** A button by what it says, or any element by its action id, or by its block as well. */
export type Which = string | { readonly button: string } | InBlock
/** Where it stands: a message, its timestamp, or an open modal or home tab. */
export type Where = string | Message | View

export interface Confirmable {
  /**
   * Says yes to whatever asks: Slack's confirmation dialog, without which an element that has one can't be clicked, and
   * the app's preview where there is nothing to fill in. `dialog`: to the former alone.
   */
  readonly confirm?: boolean | 'dialog'
}

interface Surroundings {
  readonly space: Workspace
  readonly url: () => string
  readonly socket: SocketMode
  readonly app: () => AppAddress | undefined
}

export function acts({ space, url, socket, app }: Surroundings) {
  const send = (kind: Kind, payload: Payload) => deliver(app(), socket, kind, payload)
  const acting = (userId: string) => ({ person: personOf(userId), triggerId: space.newTrigger(userId) })

  function personOf(userId: string): Person {
    const person = space.person(userId)
    if (!person) throw new Error(`Nobody has the id ${userId}`)
    return person
  }

  function located(where: Where): Message | View {
    if (typeof where !== 'string') return where
    const found = space.messages.find((one) => one.ts === where && !one.deleted) ?? space.viewById(where)
    if (!found) throw new Error(`No message or view ${where}`)
    return found
  }

  function channelOf(person: Person, nameOrId: string) {
    const channel = space.channel(nameOrId)
    if (!channel) throw new Error(`No channel ${nameOrId}`)
    if (!channel.members.includes(person.id))
      throw new Error(`${person.realName} is not in #${channel.name}, so Slack shows them nothing of it`)
    return channel
  }

  function interactionPayload(
    userId: string,
    where: Where,
    which: Which,
    given: readonly string[],
    options: Confirmable,
  ) {
    const target = located(where)
    const placed = placedIn(target, which, given)
    // Whoever clicks something else has closed the refusal that lay above it.
    const open = space.openViews(userId)
    if (open.at(-1)?.callbackId === refusalCallback) space.setViews(userId, open.slice(0, -1))
    const choices =
      given.length === 0 &&
      typeof which !== 'string' &&
      'button' in which &&
      placed.element.type === 'overflow'
        ? [which.button]
        : given
    if (placed.element.confirm && !options.confirm)
      throw new Error(`Slack asks first: "${placed.element.confirm.text.text}" (act with { confirm: true })`)
    const action = actionOf(
      placed,
      space.newTs(),
      choices.map((one) => chosenOption(placed.element, one)),
    )
    const who = acting(userId)
    if (!('ts' in target)) return viewAction(who, target, action, initialValues(target.blocks))
    if (target.visibleTo && target.visibleTo !== userId)
      throw new Error(`Only ${target.visibleTo} sees that message`)
    const channel = channelOf(who.person, target.channel)
    const path = space.newResponseUrlPath({ userId, channel: channel.id, message: target })
    return messageAction(who, channel, target, action, url() + path)
  }

  async function interact(
    userId: string,
    where: Where,
    which: Which,
    choices: readonly string[],
    options: Confirmable,
  ) {
    return send('interactive', interactionPayload(userId, where, which, choices, options))
  }

  const event = (told: Payload): Promise<AppAnswer> =>
    send('events_api', eventCallback({ event_ts: space.newTs(), ...told }, space.newId('Ev'), space.now()))

  function say(userId: string, channelName: string, text: string, threadTs?: string): Message {
    const channel = channelOf(personOf(userId), channelName)
    const words = { channel: channel.id, ts: space.newTs(), user: userId, text, blocks: [], deleted: false }
    return space.add(threadTs ? { ...words, threadTs } : words)
  }

  async function submit(userId: string, viewId: string, entries: Entries = {}): Promise<AppAnswer> {
    const view = space.openViews(userId).find((one) => one.id === viewId)
    if (!view) throw new Error(`${userId} has no modal ${viewId} open`)
    if (view.submit === undefined) throw new Error(`“${view.title}” has no button that submits it`)
    const entered = filledIn(view, entries)
    const answer = await send('interactive', viewSubmission(acting(userId), view, entered))
    if (answer.status >= 200 && answer.status < 300) afterSubmit(space, view, entered, answer.body)
    return answer
  }

  /** Waits for what the click brings, and submits it if it only wants to be confirmed. */
  async function clickThrough(userId: string, act: () => Promise<AppAnswer>): Promise<AppAnswer> {
    const toldSoFar = toldTo(space, userId)
    const before = space.openViews(userId).at(-1)?.id
    const answer = await act()
    if (answer.status >= 300) return answer
    const isNew = (view: View | undefined) => (view && view.id !== before ? view : undefined)
    const come = await onceSeen(
      space,
      () => (toldTo(space, userId) > toldSoFar ? 'told' : undefined) ?? isNew(space.openViews(userId).at(-1)),
    )
    if (come === undefined || come === 'told') return answer
    const asks = interactive(come.blocks).some(({ block }) => block.type === 'input')
    return come.submit === undefined || asks ? answer : submit(userId, come.id)
  }

  return {
    /** Clicks a button. */
    click: (userId: string, where: Where, which: Which, options: Confirmable = {}): Promise<AppAnswer> => {
      const act = () => interact(userId, where, which, [], options)
      const { action_id: action = '' } = placedIn(located(where), which).element
      return options.confirm === true && opensPreview.test(action) ? clickThrough(userId, act) : act()
    },

    /** The payload a click would send, for tests that deliver it themselves: twice, late, forged. */
    clickPayload: (userId: string, where: Where, which: Which, options: Confirmable = {}): Payload =>
      interactionPayload(userId, where, which, [], options),

    /** Chooses in a select, an overflow menu, radio buttons or checkboxes, by the options' texts or values. */
    select: (
      userId: string,
      where: Where,
      which: string | InBlock,
      choice: string | readonly string[],
      options: Confirmable = {},
    ): Promise<AppAnswer> =>
      interact(userId, where, which, typeof choice === 'string' ? [choice] : choice, options),

    /** Submits an open modal; what the app answers changes it as it would in Slack. */
    submit,

    /** The payload that a submit would send, for tests that deliver it themselves: twice, late, forged. */
    submitPayload(userId: string, viewId: string, entries: Entries = {}): Payload {
      const view = space.openViews(userId).find((one) => one.id === viewId)
      if (!view) throw new Error(`${userId} has no modal ${viewId} open`)
      return viewSubmission(acting(userId), view, filledIn(view, entries))
    },

    /** Closes the topmost modal; the app hears of it only where the view asks for that. */
    async closeView(userId: string): Promise<AppAnswer | undefined> {
      const open = space.openViews(userId)
      const view = open.at(-1)
      if (!view) throw new Error(`${userId} has no modal open`)
      space.setViews(userId, view.clearOnClose ? [] : open.slice(0, -1))
      return view.notifyOnClose
        ? send('interactive', viewClosed(acting(userId), view, view.clearOnClose))
        : undefined
    },

    /** Chooses one of the app's shortcuts in a message's menu; it is there for whoever sees the message. */
    messageShortcut(userId: string, message: Message, callbackId: string): Promise<AppAnswer> {
      const who = acting(userId)
      const channel = channelOf(who.person, message.channel)
      const path = space.newResponseUrlPath({ userId, channel: channel.id, message })
      return send('interactive', messageShortcut(who, channel, message, callbackId, url() + path))
    },

    /** Types a slash command; an answer in the response is shown to the person alone unless it says otherwise. */
    async command(userId: string, channelName: string, command: string, text = ''): Promise<AppAnswer> {
      const who = acting(userId)
      const channel = channelOf(who.person, channelName)
      const path = space.newResponseUrlPath({ userId, channel: channel.id })
      const answer = await send('slash_commands', slashCommand(who, channel, command, text, url() + path))
      if (answer.status === 200 && answer.body !== undefined)
        showAnswer(space, userId, channel.id, answer.body)
      return answer
    },

    /** Something the Events API tells of, e.g. { type: 'app_home_opened', user, tab: 'home' }. */
    event,

    /** A person's own words in a channel: nothing the app is told of. */
    say,

    /** The same as they are typed on a keyboard: the app is told of links to its domains. */
    async post(userId: string, channelName: string, typed: string): Promise<AppAnswer | undefined> {
      const message = say(userId, channelName, asTyped(typed))
      const links = linksIn(message.text, space.terms)
      if (links.length === 0) return undefined
      return event({
        type: 'link_shared',
        user: userId,
        channel: message.channel,
        message_ts: message.ts,
        is_bot_user_member: true,
        source: 'conversations_history',
        unfurl_id: `${message.channel}.${message.ts}`,
        links,
      })
    },

    /** Opens the pane of a Work Object that a message shows. */
    openPane(userId: string, where: Message, url: string): Promise<AppAnswer> {
      const who = acting(userId)
      const channel = channelOf(who.person, where.channel)
      const link = where.unfurl?.entities?.find((one) => one.url === url)
      if (!link) throw new Error(`No Work Object of ${url} in that message`)
      const pane = { channel: channel.id, ts: where.ts, link }
      space.setPane(userId, pane)
      return event(paneRequested(who, pane))
    },

    /** Clicks a button of the pane that the person has open. */
    clickPane(userId: string, actionId: string): Promise<AppAnswer> {
      const who = acting(userId)
      const pane = space.openPanes.get(userId)
      if (!pane) throw new Error(`${userId} has no pane open`)
      const { text, value } = paneButton(pane, actionId)
      const action = {
        ...{ type: 'button', action_id: actionId, block_id: 'entity_actions', action_ts: space.newTs() },
        ...{ text: { type: 'plain_text', text }, ...(value !== undefined && { value }) },
      }
      return send('interactive', paneAction(who, channelOf(who.person, pane.channel), pane, action))
    },

    closePane: (userId: string): void => space.setPane(userId, undefined),
  }
}

/** By which the app's buttons of a decision are known. */
const opensPreview = new RegExp(`^(?:${decideAction}|${menuAction}$)`)

function toldTo({ messages, notices }: Workspace, userId: string): number {
  return [...messages, ...notices].filter(({ visibleTo }) => visibleTo === userId).length
}

/** The button with this label, with a note behind it or not; else the menu that offers it. */
function placedIn(target: Message | View, which: Which, choices: readonly string[] = []): Placed {
  const all = interactive(target.blocks)
  const offers = ({ element }: Placed, wanted: string) =>
    optionsOf(element).some(({ text, value }) => text.text === wanted || value === wanted)
  const found = () => {
    if (typeof which === 'string') {
      const isIt = ({ element }: Placed) => element.action_id === which
      return all.find((one) => isIt(one) && choices.every((choice) => offers(one, choice))) ?? all.find(isIt)
    }
    if ('block' in which) {
      const called = all.filter(({ element }) => element.action_id === which.action)
      return (
        called.find(({ block }) => block.block_id === which.block) ??
        (called.length === 1 ? called[0] : undefined)
      )
    }
    const isButton = ({ element }: Placed) =>
      element.type === 'button' && isCalled(labelOf(element), which.button)
    return (
      all.find(isButton) ?? all.find((one) => one.element.type === 'overflow' && offers(one, which.button))
    )
  }
  const placed = found()
  if (placed) return placed
  const wanted = typeof which === 'string' ? which : 'block' in which ? which.action : which.button
  throw new Error(
    `Nothing "${wanted}" to act on among ${all.map(({ element }) => `"${labelOf(element)}" (${element.action_id})`).join(', ')}`,
  )
}

interface ViewAnswer {
  readonly response_action?: 'errors' | 'update' | 'push' | 'clear'
  readonly errors?: Readonly<Record<string, string>>
  readonly view?: unknown
}

function afterSubmit(space: Workspace, view: View, entered: StateValues, body: unknown): void {
  const { response_action, errors, view: given } = (body ?? {}) as ViewAnswer
  const open = space.openViews(view.userId)
  if (response_action === 'errors')
    space.setViews(
      view.userId,
      open.map((one) => (one.id === view.id ? { ...one, errors: errors ?? {}, typed: entered } : one)),
    )
  else if (response_action === 'update') updateView(space, view, given, entered)
  else if (response_action === 'push') pushView(space, view.userId, given)
  else
    space.setViews(view.userId, response_action === 'clear' ? [] : open.filter((one) => one.id !== view.id))
}

function showAnswer(space: Workspace, userId: string, channel: string, body: unknown): void {
  const given = (typeof body === 'string' ? { text: body } : body) as Readonly<Record<string, unknown>>
  space.add({
    channel,
    ts: space.newTs(),
    user: 'U01DESKBOT',
    ...contentOf(space, given),
    deleted: false,
    ...(given.response_type !== 'in_channel' && { visibleTo: userId }),
  })
}
