/** `/privacy redirect-ticket`: what the modal shows, and the decision once it is confirmed. */

import { answerOrLate } from '../clock.ts'
import type { RedirectTo } from '../engine/effects/tickets.ts'
import { type AnswerTo, type Person, slackActor } from '../engine/request.ts'
import { secondsText } from '../engine/time.ts'
import { recordRefusal } from '../requests/audit-draft.ts'
import { nowOf } from '../requests/desk-context.ts'
import {
  judgeRedirect,
  redirectDecision,
  redirectTicket,
  type TicketElsewhere,
} from '../requests/redirect-ticket.ts'
import { CallFailed } from '../services/call-failed.ts'
import { CannotDo } from '../services/failure.ts'
import {
  previewOf,
  type Redirecting,
  readElsewhere,
  unreadableElsewhere,
} from '../services/zendesk/redirect-ticket.ts'
import type { TicketReader } from '../services/zendesk/ticket-reader.ts'
import type { InboxEntry } from '../store/store.ts'
import type { RedirectPreview } from '../views/redirect-modal.ts'
import { type Handler, type Intake, refused, told } from './handler.ts'
import type { RedirectTicketEntry } from './payloads.ts'

type Asked = Pick<RedirectTicketEntry, 'ticket' | 'to' | 'answerTo'>
export type Previewed = { readonly shown: RedirectPreview } | { readonly because: string }

/** A modal of Slack's opens within three seconds of the command or not at all. */
const patienceMs = 2_000

/** For this person alone. A refusal stands in the audit log, and so does what was shown. */
export async function previewRedirect(
  intake: Pick<Intake, 'clock' | 'context' | 'whoIs' | 'tickets'>,
  redirecting: Redirecting,
  asked: Asked,
): Promise<Previewed> {
  const { context } = intake
  const { ticket, answerTo } = asked
  const reading = preview(intake, redirecting, asked)
  const previewed = await answerOrLate(intake.clock, patienceMs, reading, () => ({ because: slow(ticket) }))
  await context.store.transaction(async (tables) => {
    const { userId } = answerTo
    const details = { ticket }
    const { name: decision } = redirectDecision(context)
    if ('because' in previewed)
      await recordRefusal(context, tables, { decision, details, userId, ...previewed })
    else await tables.audit.append({ at: nowOf(context), what: 'revealed', who: slackActor(userId), details })
  })
  return previewed
}

async function preview(
  { context, whoIs, tickets }: Pick<Intake, 'context' | 'whoIs' | 'tickets'>,
  redirecting: Redirecting,
  { ticket, to, answerTo }: Asked,
): Promise<Previewed> {
  const who = await whoIs(answerTo.userId, answerTo.teamId)
  if ('refused' in who) return { because: who.refused }
  if (!tickets) return { because: withoutZendesk(ticket) }
  const event = eventOf(context, { to, preview: '', stamp: '', answerTo }, who.person)
  const judge = (stands: TicketElsewhere) => judgeRedirect(context, context.store.tables, stands, event)
  const unread = await judge(unreadTicket(context, ticket))
  if (unread.kind !== 'move') return { because: unread.because }
  try {
    const read = await readElsewhere(tickets.reader, ticket)
    const outcome = await judge(read.stands)
    if (outcome.kind !== 'move') return { because: outcome.because }
    const { button } = redirectDecision(context).decision
    const { undoSeconds = 0 } = context
    const shown = { ...(await previewOf(tickets.reader, redirecting, read, to)), button }
    return { shown: undoSeconds > 0 ? { ...shown, undoSeconds } : shown }
  } catch (error) {
    if (error instanceof CannotDo)
      return {
        because: `Ticket ${ticket} can’t be redirected. ${error.message} Nothing was sent or changed.`,
      }
    if (error instanceof CallFailed) return { because: unreadableElsewhere(error, ticket) }
    throw error
  }
}

/** The decision, on what Zendesk says now. Who asked is told when it is done or has failed, not here; here only of a refusal. */
export const handleRedirectTicket: Handler<RedirectTicketEntry> = async (intake, entry, asked) => {
  const { context } = intake
  const { ticket, answerTo } = asked
  const refuse = (because: string) =>
    refused(intake, answerTo, { decision: redirectDecision(context).name, because, details: { ticket } })
  const who = await intake.whoIs(answerTo.userId, answerTo.teamId)
  if ('refused' in who) return refuse(who.refused)
  if (!intake.tickets) return refuse(withoutZendesk(ticket))
  const event = eventOf(context, asked, who.person)
  const unread = await judgeRedirect(context, context.store.tables, unreadTicket(context, ticket), event)
  if (unread.kind !== 'move') return refuse(unread.because)
  const read = await readOrWait(intake, intake.tickets.reader, entry, asked)
  if ('because' in read) return refuse(read.because)
  return {
    write: async (tables) => {
      const { outcome, waiting } = await redirectTicket(context, tables, read.stands, event)
      if (outcome.kind !== 'move') return told(answerTo, outcome.because)
      if (!waiting) return undefined
      const { subject: requestId, decisionId, seconds } = waiting
      const text = `Ticket ${ticket} is redirected in ${secondsText(seconds)}: the reply goes out then, and the ticket is solved. Until then, Undo stops it.`
      return { ...told(answerTo, text), undo: { requestId, decisionId } }
    },
  }
}

async function readOrWait(
  { tell }: Intake,
  reader: TicketReader,
  { attempts }: InboxEntry,
  { ticket, answerTo }: RedirectTicketEntry,
) {
  try {
    return await readElsewhere(reader, ticket)
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    if (error.kind === 'not-done') return { because: unreadableElsewhere(error, ticket) }
    // It stays in the inbox and is tried again; once is enough to hear that it takes longer.
    if (attempts === 0)
      await tell(
        answerTo,
        `Zendesk can’t be read right now, so ticket ${ticket} isn’t redirected yet. I’ll keep trying and tell you how it ends.`,
      )
    throw error
  }
}

function eventOf(
  context: Intake['context'],
  { to, preview, stamp, answerTo }: { to: RedirectTo; preview: string; stamp: string; answerTo: AnswerTo },
  by: Person,
) {
  const at = nowOf(context)
  return {
    kind: 'decision',
    decision: redirectDecision(context).name,
    by,
    input: { to, preview },
    stamp,
    answerTo,
    at,
  } as const
}

/** Returns a ticket to judge before Zendesk is read: a person who may not decide on a ticket is not told its state, either. */
function unreadTicket(context: Intake['context'], number: number): TicketElsewhere {
  return { number, url: '', status: 'not read', createdAt: nowOf(context), isInQueue: false }
}

function withoutZendesk(ticket: number): string {
  return `Zendesk isn’t connected, so ticket ${ticket} can’t be redirected. Nothing was sent or changed. Ask your admins to connect it.`
}

function slow(ticket: number): string {
  return `Zendesk didn’t answer in time, so I can’t show ticket ${ticket}. Nothing was sent or changed. Run the command again.`
}
