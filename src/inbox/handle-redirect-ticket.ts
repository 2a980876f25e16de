/** `/privacy redirect-ticket`: may this person, and does the ticket stand so that it can be redirected? */

import type { RedirectTicket } from '../engine/effects/tickets.ts'
import type { Person } from '../engine/request.ts'
import { instantText } from '../engine/time.ts'
import type { Handled } from '../queue/inbox-loop.ts'
import { CallFailed } from '../services/call-failed.ts'
import type { Ticket } from '../services/zendesk/answers.ts'
import type { Zendesk } from '../services/zendesk/client.ts'
import type { InboxEntry, OutboxEntry } from '../store/store.ts'
import { type Handler, type Intake, refused } from './handler.ts'
import type { RedirectTicketEntry } from './payloads.ts'

type Judged = { readonly ticket: Ticket } | { readonly refused: string }

/** How long the same command is taken for a repetition. */
const repetitionMs = 24 * 3_600_000

/** Who asked is told when it is done or has failed, not here; here only of a refusal. */
export const handleRedirectTicket: Handler<RedirectTicketEntry> = async (intake, entry, asked) => {
  const { ticket, answerTo } = asked
  const judged = await judge(intake, entry, asked)
  if (!('refused' in judged)) return redirect(intake, asked, judged.ticket)
  const because = judged.refused
  return refused(intake, answerTo, { decision: 'redirect-ticket', because, details: { ticket } })
}

async function judge(intake: Intake, entry: InboxEntry, asked: RedirectTicketEntry): Promise<Judged> {
  const who = await intake.whoIs(asked.answerTo.userId, asked.answerTo.teamId)
  if ('refused' in who) return who
  if (!isSupport(who.person))
    return { refused: 'Tickets are redirected by support engineers and support managers.' }
  if (!intake.tickets)
    return {
      refused: `Everything Zendesk is off here: ZENDESK_URL is not set. Ticket ${asked.ticket} was not redirected.`,
    }
  const earlier = await intake.context.store.tables.outbox.lastOfSubject(subjectOf(asked))
  const repeated = earlier && repetition(intake, earlier, asked)
  if (repeated !== undefined) return { refused: repeated }
  return judgeTicket(intake.tickets.reader.zendesk, intake, entry, asked)
}

function isSupport({ roles }: Person): boolean {
  return roles.includes('support-engineer') || roles.includes('support-manager')
}

/** What failed may be asked for again; what is under way or was just done may not. */
function repetition(
  { context }: Intake,
  { work, status, createdAt, finishedAt }: OutboxEntry,
  { ticket }: RedirectTicketEntry,
): string | undefined {
  if (work.kind !== 'redirect-ticket' || status === 'failed' || status === 'cancelled') return undefined
  const by = `<@${(work as RedirectTicket).answerTo.userId}>`
  if (status !== 'done')
    return `Ticket ${ticket} is being redirected already: ${by} asked for it on ${instantText(createdAt, context.timeZone)}, and hears how it ends.`
  const at = finishedAt ?? createdAt
  if (context.now().getTime() - Date.parse(at) >= repetitionMs) return undefined
  return `Ticket ${ticket} was redirected already, by ${by} on ${instantText(at, context.timeZone)}. Nothing was sent.`
}

async function judgeTicket(
  zendesk: Pick<Zendesk, 'ticket'>,
  intake: Intake,
  entry: InboxEntry,
  { ticket: id, answerTo }: RedirectTicketEntry,
): Promise<Judged> {
  try {
    const ticket = await zendesk.ticket(id)
    const refused = refusalOf(ticket)
    return refused === undefined ? { ticket } : { refused }
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    if (error.kind === 'not-done') return { refused: unreadable(error, id) }
    // It stays in the inbox and is tried again; once is enough to hear that it takes longer.
    if (entry.attempts === 0)
      await intake.tell(
        answerTo,
        `Zendesk can’t be read right now, so ticket ${id} is not redirected yet. The bot tries again by itself and tells you how it ends.`,
      )
    throw error
  }
}

function refusalOf({ id, status }: Ticket): string | undefined {
  if (status === 'solved') return `Ticket ${id} is solved already. Nothing was sent.`
  if (status === 'closed')
    return `Ticket ${id} is closed, and Zendesk lets nobody change it any more. Nothing was sent.`
  if (status === 'deleted') return `Ticket ${id} was deleted. Nothing was sent.`
  return undefined
}

function unreadable({ status }: CallFailed, id: number): string {
  if (status === 404)
    return `Zendesk shows no ticket ${id} to the bot (404): check the number; it may have been deleted. Nothing was sent.`
  if (status === 401)
    return 'Zendesk does not accept the bot’s token (401): tell the bot’s operators. Nothing was sent.'
  return `Zendesk does not let the bot’s account read ticket ${id} (${status}). Nothing was sent.`
}

function redirect(
  { context }: Intake,
  { ticket, to, answerTo }: RedirectTicketEntry,
  { updatedAt }: Ticket,
): Handled {
  return {
    write: async (tables, at) => {
      await tables.outbox.add([
        {
          opId: context.newId(),
          subject: subjectOf({ ticket }),
          lane: 'zendesk',
          work: { kind: 'redirect-ticket', ticket, to, updatedStamp: updatedAt, answerTo },
          dueAt: at,
          createdAt: at,
        },
      ])
      await tables.audit.append({
        at,
        what: 'decided',
        who: `slack:${answerTo.userId}`,
        details: { decision: 'redirect-ticket', ticket, to },
      })
    },
  }
}

function subjectOf({ ticket }: Pick<RedirectTicketEntry, 'ticket'>): string {
  return `ticket:${ticket}`
}
