/** What happened to the tickets, as Zendesk itself told it: each of its events, whether it reached the bot or not. */
import type { PostedComment } from '../../../sandbox/zendesk/world.ts'
import { zendeskBotId } from '../../../sandbox/zendesk/zendesk.ts'
import type { World } from '../world.ts'
import { clear, waitsMs } from './given-up.ts'

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

/** An outcome that stays unknown for so long calls a person: by then the bot has found its update, or has said that it has not. */
const foundWithinMs = 3_600_000

/**
 * Returns whether the update with this comment solved the ticket. Or it asked for that, Zendesk left it out, no answer was
 * heard, and by the time at which the bot finds its update somebody has solved the ticket by hand: nothing is left to tell.
 */
export function isSolvedWith(
  { network, bot }: Pick<World, 'network' | 'bot'>,
  { id, metadata }: Pick<PostedComment, 'id' | 'metadata'>,
  changes: readonly Pick<TicketChange, 'commentId' | 'isSolved' | 'isByBot' | 'updatedAt'>[],
): boolean {
  const made = changes.find(({ commentId }) => commentId === id)
  if (!made || made.isSolved) return made !== undefined
  const isAskedUnheard = network.calls.some(({ service, method, text, at, fault }) => {
    if (service !== 'zendesk' || method !== 'PUT') return false
    const { ticket } = JSON.parse(text) as Asked
    if (ticket?.status !== 'solved' || ticket.metadata?.op_id !== metadata.custom.op_id) return false
    return fault === undefined
      ? bot.ends.some((end) => end >= at && end <= at + waitsMs)
      : !clear.includes(fault)
  })
  return (
    isAskedUnheard &&
    changes.some(
      ({ isSolved, isByBot, updatedAt }) =>
        isSolved && !isByBot && updatedAt > made.updatedAt && updatedAt <= made.updatedAt + foundWithinMs,
    )
  )
}

/** Of what an update asks for only what is looked at. */
interface Asked {
  readonly ticket?: { readonly status?: string; readonly metadata?: { readonly op_id?: string } }
}
