/** What each kind of inbox entry asks for: read GitLab afresh where needed, then hand it to the request. */

import { type Person, requestName } from '../engine/request.ts'
import { type Instant, toInstant } from '../engine/time.ts'
import type { HandleEntry } from '../queue/inbox-loop.ts'
import type { DeskContext } from '../requests/desk-context.ts'
import type { GitLab } from '../services/gitlab/client.ts'
import type { IssueReader } from '../services/gitlab/read-issue.ts'
import type { TicketReader } from '../services/zendesk/ticket-reader.ts'
import type { InboxEntry } from '../store/store.ts'
import { handleCommand } from './handle-command.ts'
import { handleDecision } from './handle-decision.ts'
import { type HappeningEntry, handleHappening } from './handle-happening.ts'
import { handleHint } from './handle-hint.ts'
import { handleRedirectTicket } from './handle-redirect-ticket.ts'
import { handleTicketHint } from './handle-ticket-hint.ts'
import { handleTryAgain } from './handle-try-again.ts'
import type { AnswerTo } from './payloads.ts'
import {
  AnswerEntry,
  CommandEntry,
  DecisionEntry,
  HintEntry,
  RedirectTicketEntry,
  TicketHintEntry,
  TryAgainEntry,
} from './payloads.ts'

export interface Intake {
  readonly context: DeskContext
  readonly reader: IssueReader & { readonly gitlab: GitLab }
  /** Absent: everything Zendesk is off. */
  readonly tickets?: {
    readonly reader: TicketReader
    /** Searches the queue, unless that was done after this instant. */
    readonly lookAtQueue: (since: Instant) => Promise<void>
  }
  /** Roles as Slack says now; a sentence where nobody may be let in. */
  readonly whoIs: (
    userId: string,
    teamId: string,
  ) => Promise<{ readonly person: Person } | { readonly refused: string }>
  /** Answers a person privately. Never throws: what has been decided stands whether they hear of it or not. */
  readonly tell: (to: AnswerTo, text: string) => Promise<void>
}

export function handleEntry(intake: Intake): HandleEntry {
  return async (entry) => {
    switch (entry.kind) {
      case 'decision':
        return handleDecision(intake, entry, DecisionEntry.parse(entry.payload))
      case 'command':
        return handleCommand(intake, entry, CommandEntry.parse(entry.payload))
      case 'redirect-ticket':
        return handleRedirectTicket(intake, entry, RedirectTicketEntry.parse(entry.payload))
      case 'answer':
        return handleAnswer(intake, entry)
      case 'try-again':
        return handleTryAgain(intake, entry, TryAgainEntry.parse(entry.payload))
      case 'happening':
        return handleHappening(intake, entry, entry.payload as HappeningEntry)
      case 'gitlab-hint':
        return handleHint(intake, entry, HintEntry.parse(entry.payload))
      case 'zendesk-hint':
        return handleTicketHint(intake, entry, TicketHintEntry.parse(entry.payload))
      default:
        throw new Error(`nobody handles ${entry.kind}`)
    }
  }
}

/** Decisions and sightings of one issue or ticket are one after the other, whichever way they came. */
export function subjectOf({ store }: Pick<DeskContext, 'store'>): (entry: InboxEntry) => Promise<string> {
  return async ({ id, payload }) => {
    const { iid, source, requestId, ticket } = (payload ?? {}) as Readonly<Record<string, unknown>>
    if (typeof ticket === 'number') return requestName({ source: 'zendesk', iid: ticket })
    if (typeof iid === 'number') return requestName({ source: source === 'zendesk' ? source : 'gitlab', iid })
    const row = typeof requestId === 'string' ? await store.tables.requests.byId(requestId) : undefined
    return row ? requestName(row) : `entry ${id}`
  }
}

/** Told before it is done: twice is better than never. */
async function handleAnswer(intake: Intake, entry: InboxEntry): Promise<void> {
  const { answerTo, text } = AnswerEntry.parse(entry.payload)
  await intake.tell(answerTo, text)
  await entryDone(intake, entry)
}

export async function entryDone(intake: Intake, entry: InboxEntry): Promise<void> {
  await intake.context.store.tables.inbox.done(entry.id, toInstant(intake.context.now()))
}
