/** What people did in Slack, as the simulation itself played it: who clicked which button on which card, and what they chose and typed. */
import type { Message } from '../../../sandbox/slack/workspace.ts'
import type { Delivery } from '../deliveries.ts'
import type { OutgoingCall } from '../network.ts'
import type { World } from '../world.ts'

/** A request or a ticket, as a card names it. */
export type Subject = { readonly issue: number } | { readonly ticket: number }

export interface Act {
  readonly kind: 'click' | 'submit' | 'command'
  /** The same for two deliveries of one act, and for two submits of one modal as it stood. */
  readonly key: string
  /** Shows that a modal was opened for it. */
  readonly triggerId: string
  readonly userId: string
  /** In milliseconds since the run began, and since 1970 by the clocks of the services. */
  readonly at: number
  readonly ms: number
  /** The words on the button; of a command what was typed. */
  readonly button: string
  /** Left out where the card stands for none: the list of a distribution day. */
  readonly subject?: Subject
  /** The options that were chosen in the modal. */
  readonly chosen: readonly string[]
  /** The texts that were typed into it, in its order; those left empty are not among them. */
  readonly typed: readonly string[]
  /** The bot was heard to take it. */
  readonly isAcknowledged: boolean
  /** The modal stayed open, with what was wrong. */
  readonly isSentBack: boolean
  /** How the ticket stood in the modal, in milliseconds since 1970. */
  readonly stamp?: number
  /** Where the person can be answered alone. */
  readonly responsePath?: string
  readonly delivery: Delivery
}

/** Only the fields that are looked at. */
interface Payload {
  readonly type: string
  readonly user: { readonly id: string }
  readonly trigger_id?: string
  readonly response_url?: string
  readonly container?: {
    readonly message_ts?: string
    readonly view_id?: string
    readonly channel_id?: string
  }
  readonly actions?: readonly {
    readonly action_id?: string
    readonly action_ts?: string
    readonly text?: { readonly text: string }
    readonly value?: string
    readonly selected_option?: { readonly text: { readonly text: string }; readonly value: string }
  }[]
  readonly view?: {
    readonly id: string
    readonly hash: string
    readonly title: { readonly text: string }
    readonly private_metadata: string
    readonly blocks: readonly { readonly block_id?: string }[]
    readonly state: { readonly values: Readonly<Record<string, Readonly<Record<string, Entered>>>> }
  }
}

interface Entered {
  readonly value?: string | null
  readonly selected_option?: { readonly text: { readonly text: string } } | null
}

/** Everything that people did, oldest first. */
export function actsOf(world: World): readonly Act[] {
  const messages = new Map(world.slack.space.messages.map((one) => [`${one.channel} ${one.ts}`, one]))
  const sent = world.deliveries.all.filter(({ from, isForged }) => from === 'slack' && !isForged)
  const named = subjectsByToken(sent, messages)
  return sent.flatMap((delivery) => actOf(delivery, messages, named) ?? [])
}

/** A button and the modal behind it bear the same token, and the button stands on a card that people can read. */
function subjectsByToken(
  sent: readonly Delivery[],
  messages: ReadonlyMap<string, Message>,
): ReadonlyMap<string, Subject> {
  const found = new Map<string, Subject>()
  for (const delivery of sent) {
    const payload = payloadOf(delivery)
    const subject = payload && subjectOf(payload, messages)
    const token = tokenIn(payload?.actions?.[0])
    if (subject && token !== undefined) found.set(token, subject)
  }
  return found
}

function payloadOf({ sent: { text } }: Delivery): Payload | undefined {
  const payload = new URLSearchParams(text).get('payload')
  return payload === null ? undefined : (JSON.parse(payload) as Payload)
}

function subjectOf({ container }: Payload, messages: ReadonlyMap<string, Message>): Subject | undefined {
  const card = messages.get(`${container?.channel_id} ${container?.message_ts}`)
  const [, issue] = /^#(\d+) /.exec(card?.text ?? '') ?? []
  if (issue !== undefined) return { issue: Number(issue) }
  const [, ticket] = /^Security ticket (\d+)/.exec(card?.text ?? '') ?? []
  return ticket === undefined ? undefined : { ticket: Number(ticket) }
}

function tokenIn(action: NonNullable<Payload['actions']>[number] | undefined): string | undefined {
  const value = action?.selected_option?.value ?? action?.value ?? ''
  return /[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/.exec(value)?.[0]
}

function actOf(
  delivery: Delivery,
  messages: ReadonlyMap<string, Message>,
  named: ReadonlyMap<string, Subject>,
): Act | undefined {
  const { at, ms, answers } = delivery
  const base = {
    at,
    ms,
    delivery,
    isAcknowledged: answers.some(({ status }) => status === 200),
    isSentBack:
      answers.some(({ text }) => text.includes('response_action')) &&
      // One whose answer was lost may have been taken, and the same once more refused.
      answers.every(
        ({ status, text }) => (status !== 200 && status !== 0) || text.includes('response_action'),
      ),
  }
  const payload = payloadOf(delivery)
  if (!payload) return commandOf(delivery, base)
  const userId = payload.user.id
  const triggerId = payload.trigger_id ?? ''
  if (payload.type === 'view_submission' && payload.view) {
    const { id, hash } = payload.view
    const key = ['submit', id, hash, userId].join(' ')
    return { ...base, kind: 'submit', key, triggerId, userId, ...submitted(payload.view, named) }
  }
  const action = payload.actions?.[0]
  if (payload.type !== 'block_actions' || !action) return undefined
  const token = tokenIn(action)
  const subject = subjectOf(payload, messages) ?? (token === undefined ? undefined : named.get(token))
  const place = payload.container?.message_ts ?? payload.container?.view_id
  return {
    ...base,
    kind: 'click',
    key: ['click', userId, place, action.action_id, action.action_ts].join(' '),
    triggerId,
    userId,
    button: decisionIn(action.selected_option?.text.text ?? action.text?.text ?? ''),
    ...(subject && { subject }),
    chosen: [],
    typed: [],
    ...responsePathOf(payload.response_url),
  }
}

/** A button may say behind its words from when it is open, or who has approved: `Close No Response · from 9 March`. */
function decisionIn(words: string): string {
  return words.split(' · ')[0] ?? words
}

function submitted(
  view: NonNullable<Payload['view']>,
  named: ReadonlyMap<string, Subject>,
): Pick<Act, 'button' | 'subject' | 'chosen' | 'typed' | 'stamp'> {
  const entered = view.blocks.flatMap(({ block_id: id = '' }) => Object.values(view.state.values[id] ?? {}))
  const token = tokenIn({ value: view.private_metadata })
  const [, ticket] = /"ticket":(\d+)/.exec(view.private_metadata) ?? []
  const [, stamp] = /"stamp":"([^"]+)"/.exec(view.private_metadata) ?? []
  const subject =
    ticket !== undefined ? { ticket: Number(ticket) } : token === undefined ? undefined : named.get(token)
  return {
    button: view.title.text,
    ...(subject && { subject }),
    ...(stamp !== undefined && { stamp: Date.parse(stamp) }),
    chosen: entered.flatMap(({ selected_option: one }) => one?.text.text ?? []),
    typed: entered.flatMap(({ value }) => (typeof value === 'string' && value.trim() !== '' ? value : [])),
  }
}

function commandOf(
  { sent: { text } }: Delivery,
  base: Pick<Act, 'at' | 'ms' | 'delivery' | 'isAcknowledged' | 'isSentBack'>,
): Act | undefined {
  const form = new URLSearchParams(text)
  const command = form.get('command')
  if (command === null) return undefined
  return {
    ...base,
    kind: 'command',
    key: `command ${form.get('trigger_id')}`,
    triggerId: form.get('trigger_id') ?? '',
    userId: form.get('user_id') ?? '',
    button: `${command} ${form.get('text') ?? ''}`,
    chosen: [],
    typed: [],
    ...responsePathOf(form.get('response_url') ?? undefined),
  }
}

function responsePathOf(url: string | undefined): Pick<Act, 'responsePath'> {
  return url === undefined ? {} : { responsePath: new URL(url).pathname }
}

/** Whether this call shows the person a modal for their act: alone, or over the one in which they clicked. */
export function opensFor(
  { triggerId }: Pick<Act, 'triggerId'>,
  { service, path, text }: Pick<OutgoingCall, 'service' | 'path' | 'text'>,
): boolean {
  const isOpened = service === 'slack' && /views\.(?:open|push)$/.test(path)
  return isOpened && triggerId !== '' && decoded(text).includes(triggerId)
}

/** The same, and the modal says that nothing was done. */
export function refusesInModal(act: Pick<Act, 'triggerId'>, call: OutgoingCall): boolean {
  return opensFor(act, call) && decoded(call.text).includes('"callback_id":"refusal"')
}

/** Less the clicks that opened a modal: these ask for nothing yet, and know nothing of what is chosen and typed in it. */
export function withoutPreviews({ network }: Pick<World, 'network'>, acts: readonly Act[]): readonly Act[] {
  const opened = network.calls.flatMap(({ service, path, text }) => {
    const isOpened = service === 'slack' && /views\.(?:open|push)$/.test(path)
    return (isOpened && new URLSearchParams(text).get('trigger_id')) || []
  })
  const shown = new Set(opened)
  return acts.filter(({ kind, triggerId }) => kind !== 'click' || !shown.has(triggerId))
}

/** What was sent, as it reads: forms are encoded, JSON is not. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** `Redirect: Support` -> `redirect-support` */
export function keyOf(button: string): string {
  return button
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '')
}
