/** The effects on tickets. What was decided on one as a person had read it is refused when it has changed since. */

import type { ForwardTicket, TicketReply, ticketEffects } from '../../engine/effects/tickets.ts'
import { type Instant, toInstant } from '../../engine/time.ts'
import { amendRequest } from '../../requests/handle-event.ts'
import type { RequestRow, SyncCursor } from '../../store/store.ts'
import { type Done, type Entry, type HandlersOf, requestOf, type Stopped } from '../effect-handler.ts'
import { CannotDo, unseen } from '../failure.ts'
import { memoize } from '../memoize.ts'
import { hintKey } from '../service.ts'
import type { TicketUpdate } from './client.ts'
import { connected, ownUpdate, type ZendeskContext } from './effect-context.ts'
import { asSaidOf, isConflict, isRefusal, TicketOver } from './failure.ts'
import { expectAll, expectAllOf } from './left-out.ts'
import { quietStamp } from './quiet-updates.ts'
import { redirectTicket } from './redirect-ticket.ts'
import { ticketNoteHandlers, ticketNoteText, ticketReplyText, whyInvalid } from './ticket-notes.ts'
import { changesOf, readTicket } from './ticket-reader.ts'

type Decided = TicketReply | ForwardTicket

const thenTryAgain = ', then choose Try Again'

/** The handlers of all effects on tickets. */
export function ticketHandlers(context: ZendeskContext): HandlersOf<typeof ticketEffects> {
  const ownId = memoize(async () => (await connected(context).me()).id)

  return {
    ...ticketNoteHandlers(context),
    'redirect-ticket': redirectTicket(context),

    'ticket-reply': {
      /** The comment and the solve in one update: neither without the other. */
      async execute(entry, work) {
        const comment = { body: ticketReplyText(work.text), public: true }
        return update(entry, work, { comment, ...(work.solve ? { status: 'solved' } : {}) })
      },
      verify: findUpdate,
    },

    'forward-ticket': {
      async execute(entry, work) {
        const body = await ticketNoteText(work.text, context.nameOf)
        return update(entry, work, { comment: { body, public: false }, groupId: groupFor(context) })
      },
      verify: findUpdate,
    },
  }

  async function findUpdate(entry: Entry, work: Decided): Promise<Done | undefined> {
    try {
      return await found(entry, await requestOf(context, entry), work)
    } catch (error) {
      if (!(error instanceof TicketOver)) throw error
      // The last attempt certainly did nothing: the next one says what became of the ticket.
      if (entry.status !== 'unknown') return undefined
      throw unseen(error)
    }
  }

  async function update(
    entry: Entry,
    work: Decided,
    change: Omit<TicketUpdate, 'updatedStamp' | 'opId'>,
  ): Promise<Done | Stopped> {
    const request = await requestOf(context, entry)
    const sentAt = async (stamp: Instant) =>
      (await send(entry, request, work, { ...change, updatedStamp: stamp, opId: entry.opId })) ??
      (await found(entry, request, work))
    const done = await sentAt(work.stamp)
    if (done) return done
    const stamp = await quietStamp({ ...context, zendesk: connected(context) }, request.number, work.stamp)
    return (stamp && (await sentAt(stamp))) || refused(entry, request, work)
  }

  /** Undefined where the ticket has changed since the stamp. */
  async function send(
    entry: Entry,
    request: RequestRow,
    work: Decided,
    change: TicketUpdate,
  ): Promise<Done | Stopped | undefined> {
    const zendesk = connected(context)
    const { number } = request
    try {
      const updated = await zendesk.updateTicket(number, change)
      expectAll(number, change, updated, thenTryAgain)
      return doneAt(updated.updatedAt, entry, request, work)
    } catch (error) {
      if (isConflict(error)) return undefined
      const why = await whyInvalid(zendesk, number, error, change.groupId)
      if (why instanceof TicketOver) return refused(entry, request, work)
      throw why
    }
  }

  async function found(entry: Entry, request: RequestRow, work: Decided): Promise<Done | undefined> {
    const zendesk = connected(context)
    const own = await ownUpdate(zendesk, request.number, entry.opId)
    if (!own) return undefined
    await expectAllOf(zendesk, request.number, askedBy(work), own, thenTryAgain)
    return doneAt(own.createdAt, entry, request, work)
  }

  /** Beside the comment's text, which nobody need compare. */
  function askedBy(work: Decided): Parameters<typeof expectAll>[1] {
    if (work.kind === 'forward-ticket') return { groupId: groupFor(context) }
    return { comment: { body: '', public: true }, ...(work.solve ? { status: 'solved' } : {}) }
  }

  function doneAt(updatedAt: Instant, { opId }: Entry, { id, number }: RequestRow, work: Decided): Done {
    return {
      result: { ticket: number, updatedAt },
      record: ownChangeSeen(id, opId, { ...leftBy(work), updatedAt }),
    }
  }

  function leftBy(work: Decided): Partial<Pick<SyncCursor, 'state' | 'groupId'>> {
    if (work.kind === 'forward-ticket') return { groupId: groupFor(context) }
    return work.solve ? { state: 'closed' } : {}
  }

  /** Handles a refusal, after which nothing was sent: tells the person who decided why, and reads the other news of the ticket. */
  async function refused(entry: Entry, request: RequestRow, work: Decided): Promise<Stopped> {
    const { number } = request
    const { stamp, decidedAt, backTo } = work
    const changes = await changesOn(request, stamp)
    const back = backTo === undefined ? {} : { backTo }
    const at = toInstant(context.now())
    const { decisionId } = entry
    const refusedUpdate = { name: 'ticket-update-refused', changes, decidedAt, at, ...back } as const
    const observation = decisionId === undefined ? refusedUpdate : { ...refusedUpdate, decisionId }
    await context.happened(request.id, observation, `effect:${entry.opId}:refused`)
    await context.ticketChanged(number, `${hintKey('zendesk', number)}refused:${entry.opId}`)
    return { stopped: `The ticket had changed: ${changes.join('; ')}.`, alone: backTo === undefined }
  }

  async function changesOn({ number, seen }: RequestRow, stamp: Instant): Promise<readonly string[]> {
    const zendesk = connected(context)
    try {
      const read = await readTicket({ zendesk }, number)
      return await changesOf({ zendesk, ownId }, read, stamp, context.timeZone, seen)
    } catch (error) {
      if (isRefusal(error, 404)) return ['it was deleted, or the bot’s account can no longer see it']
      throw asSaidOf(number, error)
    }
  }
}

function groupFor({ supportGroup }: ZendeskContext): string {
  if (supportGroup !== undefined) return supportGroup
  throw new CannotDo(
    'It is not known to which group support requests go: set ZENDESK_SUPPORT_GROUP and start the bot again; then choose Try Again.',
  )
}

/**
 * With the result, so that our own change is never taken for somebody else's. Where the ticket was read after it
 * already, it may have been reopened before we knew that it was solved: then it is read once more.
 */
export function ownChangeSeen(
  requestId: string,
  opId: string,
  change: Pick<SyncCursor, 'updatedAt'> & Partial<Pick<SyncCursor, 'state' | 'groupId' | 'assignedTo'>>,
): NonNullable<Done['record']> {
  return async ({ requests, inbox }, at) => {
    const row = await requests.byId(requestId)
    if (!row) return undefined
    const { updatedAt } = row.seen
    const isOvertaken = updatedAt >= change.updatedAt
    const seen = { ...row.seen, ...change, ...(isOvertaken ? { updatedAt } : {}) }
    const updated = await amendRequest({ requests }, row, { seen })
    if (isOvertaken)
      await inbox.put({
        key: `${hintKey('zendesk', row.number)}overtaken:${opId}`,
        kind: 'zendesk-hint',
        payload: { ticket: row.number },
        receivedAt: at,
      })
    return updated
  }
}
