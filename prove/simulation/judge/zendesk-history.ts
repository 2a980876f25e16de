/** What happened to the tickets, as Zendesk itself told it: each of its events, whether it reached the bot or not. */
import { zendeskBotId } from '../../../sandbox/zendesk/zendesk.ts'
import type { World } from '../world.ts'

/** One act on a ticket, with what it changed. */
export interface TicketChange {
  readonly ticket: number
  /** When the ticket says that it changed; no two acts on a ticket have the same. */
  readonly updatedAt: number
  readonly isByBot: boolean
  /** Of the comment that was added, if one was. */
  readonly commentId: number | undefined
  readonly isSolved: boolean
  readonly isDeleted: boolean
  /** It had been deleted, and came back. */
  readonly isRestored: boolean
}

/** Only the fields that are looked at. */
interface Payload {
  readonly type: string
  readonly detail: { readonly id: string; readonly actor_id: string; readonly updated_at: string }
  readonly event: { readonly comment?: { readonly id: string }; readonly current?: string | null }
}

export function changesOf({ zendesk }: Pick<World, 'zendesk'>): readonly TicketChange[] {
  const payloads = zendesk.webhooks.deliveries.map(({ body }) => JSON.parse(body) as Payload)
  const acts = Map.groupBy(payloads, ({ detail }) => `${detail.id} ${detail.updated_at}`)
  return [...acts.values()].map(changeOf)
}

function changeOf(events: readonly Payload[]): TicketChange {
  const [{ detail } = { detail: { id: '', actor_id: '', updated_at: '' } }] = events
  const comment = events.find(({ event }) => event.comment)?.event.comment
  return {
    ticket: Number(detail.id),
    updatedAt: Date.parse(detail.updated_at),
    isByBot: detail.actor_id === String(zendeskBotId),
    commentId: comment && Number(comment.id),
    isDeleted: events.some(({ type }) => type.endsWith('soft_deleted')),
    isRestored: events.some(({ type }) => type.endsWith('undeleted')),
    isSolved: events.some(({ type, event }) => type.endsWith('status_changed') && event.current === 'SOLVED'),
  }
}
