/** Zendesk as a service of requests: the tickets of the queue. */
import type { Clock } from '../../clock.ts'
import type { Flows } from '../../engine/flow.ts'
import type { Instant } from '../../engine/time.ts'
import type { Log } from '../../http/log.ts'
import type { Route } from '../../http/server.ts'
import type { RequestRow } from '../../store/store.ts'
import type { GitLab } from '../gitlab/client.ts'
import type { Service } from '../service.ts'
import type { Zendesk } from './client.ts'
import { explain } from './failure.ts'
import { isChangedQuietly, type QuietUpdates } from './quiet-updates.ts'
import { showTicket } from './show-ticket.ts'
import { apiTokensEndText } from './sign-in.ts'
import { changesOf, type ReadTicket, readTicket, type TicketReader, ticketSnapshot } from './ticket-reader.ts'
import { mostFound } from './transport.ts'

/** The parts that the service is made of. */
export interface ZendeskService {
  readonly clock: Pick<Clock, 'sleep'>
  readonly flows: Flows
  readonly timeZone: string
  readonly reader: TicketReader
  readonly gitlab: Pick<GitLab, 'notes'>
  readonly poll: () => Promise<void>
  readonly pollSeconds: number
  /** Searches the queue, unless that was done after this instant. */
  readonly lookForRequests: (since: Instant) => Promise<void>
  readonly webhook?: Route
  readonly digestNotes: () => Promise<readonly string[]>
  /** Returns the bot's own updates of a ticket that are no change to whoever decides on it. */
  readonly quietUpdates: (ticket: number) => Promise<QuietUpdates>
}

/** Makes the service whose requests are the tickets of the queue. */
export function zendeskService(parts: ZendeskService): Service {
  const { clock, reader, gitlab, flows, poll, pollSeconds, webhook } = parts
  const readOf = async (
    read: ReadTicket,
    known: Pick<RequestRow, 'seen'> | undefined,
    isInQueue: boolean,
  ) => ({
    snapshot: await ticketSnapshot(reader, read, known?.seen, isInQueue),
    stamp: read.ticket.updatedAt,
    changesSince: async (stamp: Instant) => {
      const { ticket } = read
      const quiet = await parts.quietUpdates(ticket.id)
      const isQuiet =
        quiet.size > 0 && isChangedQuietly(ticket, await reader.zendesk.audits(ticket.id), quiet, stamp)
      if (isQuiet) return []
      return changesOf(reader, read, stamp, parts.timeZone, known?.seen)
    },
  })
  return {
    name: 'zendesk',
    title: 'Zendesk',
    isGoneAt404: true,
    ...{ poll, pollSeconds, ...(webhook && { webhook }) },
    lookForRequests: parts.lookForRequests,
    digestNotes: parts.digestNotes,
    read: async (ticket, known) => readOf(await readTicket(reader, ticket), known, false),
    readHinted: async (ticket, known, { isListed }) =>
      readOf(await readTicket(reader, ticket), known, isListed),
    show: (row, since) => showTicket({ clock, flows, reader, gitlab, readOf }, row, since),
    explain,
  }
}

// Zendesk's own lines in the desk's digest, besides its tickets.

interface DigestNotes {
  readonly zendesk: Pick<Zendesk, 'suspended' | 'count'>
  /** Which tickets are the queue. */
  readonly query: string
  /** The address that the queue asks for; left out where the query names none. */
  readonly recipient?: string | undefined
  /** True if the bot signs in with an API token, a method that Zendesk is ending. */
  readonly hasApiToken: boolean
  /** `2026-11-30` */
  readonly today: string
  readonly log: Pick<Log, 'warn'>
}

/** The lines that Zendesk adds to the desk's digest. A failed call is logged and its line left out. */
export async function digestNotes(parts: DigestNotes): Promise<readonly string[]> {
  return [
    ...(await cutNotes(parts)),
    ...(await suspendedNotes(parts)),
    ...(parts.hasApiToken ? apiTokensText(parts.today) : []),
  ]
}

async function cutNotes({ zendesk, query, log }: DigestNotes): Promise<readonly string[]> {
  try {
    const cut = cutText(await zendesk.count(query))
    return cut === undefined ? [] : [`The queue has ${cut}: your admins have to narrow ZENDESK_QUERY.`]
  } catch (error) {
    log.warn({ error: String(error) }, 'the tickets of the queue could not be counted')
    return []
  }
}

/** `51,234 tickets, and the bot reads …`, where it does not read them all. */
export function cutText(count: number): string | undefined {
  if (count <= mostFound) return undefined
  const [all, seen, unseen] = [count, mostFound, count - mostFound].map((one) => one.toLocaleString('en-US'))
  return `${all} tickets, and the bot reads ${seen} of them, so ${unseen} are not seen`
}

/** The digest does not wait for it: what can't be asked is not said. */
async function suspendedNotes({ zendesk, recipient, log }: DigestNotes): Promise<readonly string[]> {
  if (recipient === undefined) return []
  try {
    return suspendedText(await zendesk.suspended(recipient))
  } catch (error) {
    log.warn({ error: String(error) }, 'the suspended e-mails could not be counted')
    return []
  }
}

/** The line about e-mails that Zendesk holds back as suspected spam; none where it does not say how many. */
export function suspendedText(count = 0): readonly string[] {
  if (count === 0) return []
  return [
    count === 1
      ? '1 e-mail to security@ is held back by Zendesk as suspected spam: look at it there.'
      : `${count} e-mails to security@ are held back by Zendesk as suspected spam: look at them there.`,
  ]
}

function apiTokensText(today: string): readonly string[] {
  return [
    `${apiTokensEndText(today)}, and with them this desk: its operators have to set up an OAuth client.`,
  ]
}
