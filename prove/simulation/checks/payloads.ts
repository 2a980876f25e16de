/** What people's deliveries stand for, read from the bytes that Slack sent. */
import type { Delivery } from '../deliveries.ts'

export interface Interaction {
  readonly kind: 'click' | 'submit' | 'command'
  readonly userId: string
  /** The key under which the bot stores it, if it does. */
  readonly key: string
  readonly triggerId: string
  readonly responsePath: string | undefined
  /** What a button or a modal stands for. */
  readonly stands:
    | { readonly requestId: string; readonly decision: string; readonly stamp?: string }
    | undefined
  readonly words: string
}

/** Only the fields that are looked at. */
interface Payload {
  readonly type: string
  readonly user: { readonly id: string }
  readonly trigger_id?: string
  readonly response_url?: string
  readonly container?: { readonly message_ts?: string; readonly view_id?: string }
  readonly actions?: readonly {
    readonly action_id: string
    readonly action_ts: string
    readonly value?: string
    readonly selected_option?: { readonly value: string }
  }[]
  readonly view?: { readonly id: string; readonly hash: string; readonly private_metadata: string }
}

export function interactionOf({ sent }: Delivery): Interaction | undefined {
  const form = new URLSearchParams(sent.text)
  const payload = form.get('payload')
  return payload === null ? commandOf(form) : actOf(JSON.parse(payload))
}

function commandOf(form: URLSearchParams): Interaction | undefined {
  if (form.get('command') === null) return undefined
  const triggerId = form.get('trigger_id') ?? ''
  return {
    kind: 'command',
    userId: form.get('user_id') ?? '',
    key: `command:${triggerId}`,
    triggerId,
    responsePath: pathOf(form.get('response_url') ?? undefined),
    stands: undefined,
    words: form.get('text') ?? '',
  }
}

function actOf(payload: Payload): Interaction | undefined {
  const { user, trigger_id: triggerId = '', view, actions, container } = payload
  const base = { userId: user.id, triggerId, responsePath: pathOf(payload.response_url) }
  if (payload.type === 'view_submission' && view) {
    const key = ['submit', view.id, view.hash, user.id].join(':')
    return { ...base, kind: 'submit', key, stands: inJson(view.private_metadata), words: '' }
  }
  const action = actions?.[0]
  if (payload.type !== 'block_actions' || !action) return undefined
  const place = container?.message_ts ?? container?.view_id ?? ''
  const key = ['click', user.id, place, action.action_id, action.action_ts].join(':')
  const chosen = action.selected_option?.value
  const stands = chosen === undefined ? inJson(action.value) : inWords(chosen)
  return { ...base, kind: 'click', key, stands, words: action.action_id }
}

function inJson(text: string | undefined): Interaction['stands'] {
  try {
    const value = JSON.parse(text ?? '')
    return typeof value?.requestId === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function inWords(text: string): Interaction['stands'] {
  const [requestId = '', decision = ''] = text.split(' ')
  return { requestId, decision }
}

/** What was sent, as it reads: forms are encoded, JSON is not. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function pathOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).pathname
}
