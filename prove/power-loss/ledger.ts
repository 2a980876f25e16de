/** What the services know of the bot, whatever its database says: what it has acknowledged, and what it has changed. */
import type { IncomingMessage } from 'node:http'
import type { FakeServer } from '../../sandbox/fake-server.ts'
import type { Reach } from '../../sandbox/services.ts'

export interface Ledger {
  readonly reach: Reach
  /** By the key that it has to lie in the inbox under, when the answer was there, in milliseconds since 1970. */
  readonly acknowledged: readonly { readonly key: string; readonly at: number }[]
  /** When each change came in at GitLab. */
  readonly changes: readonly number[]
  watch(gitlab: FakeServer): void
}

type Fetch = typeof globalThis.fetch

export function newLedger(): Ledger {
  const acknowledged: { key: string; at: number }[] = []
  const changes: number[] = []
  const heard: Fetch = async (input, init) => {
    const response = await fetch(input, init)
    const key = keyOf(init)
    // A millisecond has begun before it is over: nothing is called acknowledged too early.
    if (response.ok && key !== undefined) acknowledged.push({ key, at: Date.now() + 1 })
    return response
  }
  return {
    reach: { slack: heard, gitlab: heard, zendesk: fetch },
    acknowledged,
    changes,
    watch({ server }) {
      server.prependListener('request', ({ method }: IncomingMessage) => {
        if (method !== 'GET') changes.push(Date.now())
      })
    },
  }
}

/** Of a click, a submit, a command, or a webhook of what somebody else than the bot did. */
function keyOf({ headers, body }: RequestInit = {}): string | undefined {
  const text = String(body)
  const id = new Headers(headers).get('idempotency-key')
  if (id !== null) return isOfBot(text) ? undefined : `gitlab:${id}`
  const form = new URLSearchParams(text)
  const trigger = form.get('trigger_id')
  if (trigger !== null) return `command:${trigger}`
  const payload = form.get('payload')
  return payload === null ? undefined : clickKey(JSON.parse(payload))
}

interface Clicked {
  readonly type: string
  readonly view?: { readonly id: string; readonly hash?: string }
  readonly user: { readonly id: string }
  readonly container?: { readonly message_ts?: string }
  readonly actions?: readonly { readonly action_id: string; readonly action_ts: string }[]
}

function clickKey({ type, user, container, actions, view }: Clicked): string | undefined {
  if (type === 'view_submission') return ['submit', view?.id, view?.hash, user.id].join(':')
  const [action] = actions ?? []
  if (type !== 'block_actions' || !action) return undefined
  // It opens the preview, and nothing is stored before that is submitted.
  if (action.action_id.startsWith('decide')) return undefined
  return ['click', user.id, container?.message_ts, action.action_id, action.action_ts].join(':')
}

function isOfBot(text: string): boolean {
  const { user } = JSON.parse(text) as { readonly user?: { readonly username?: string } }
  return user?.username === 'privacy-desk-bot'
}
