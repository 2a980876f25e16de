/** What each kind of inbox entry asks for: read GitLab afresh where needed, then hand it to the request. */
import type { GitLab } from '../clients/gitlab.ts'
import type { Zendesk } from '../clients/zendesk.ts'
import type { Person } from '../engine/request.ts'
import { toInstant } from '../engine/time.ts'
import type { DeskContext } from '../requests/desk-context.ts'
import type { InboxEntry } from '../store/store.ts'
import { handleCommand } from './handle-command.ts'
import { handleDecision } from './handle-decision.ts'
import { type HappeningEntry, handleHappening } from './handle-happening.ts'
import { handleHint } from './handle-hint.ts'
import { handleRedirectTicket } from './handle-redirect-ticket.ts'
import { handleTryAgain } from './handle-try-again.ts'
import type { HandleEntry } from './inbox-loop.ts'
import type { AnswerTo } from './payloads.ts'
import {
  AnswerEntry,
  CommandEntry,
  DecisionEntry,
  HintEntry,
  RedirectTicketEntry,
  TryAgainEntry,
} from './payloads.ts'
import type { IssueReader } from './read-issue.ts'

export interface Intake {
  readonly context: DeskContext
  readonly reader: IssueReader & { readonly gitlab: GitLab }
  /** Absent: everything Zendesk is off. */
  readonly zendesk?: Pick<Zendesk, 'ticket'>
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
      default:
        throw new Error(`nobody handles ${entry.kind}`)
    }
  }
}

/** Decisions and sightings of one issue are one after the other, whichever way they came. */
export function subjectOf({ store }: Pick<DeskContext, 'store'>): (entry: InboxEntry) => Promise<string> {
  return async ({ id, payload }) => {
    const { iid, requestId, ticket } = (payload ?? {}) as Readonly<Record<string, unknown>>
    if (typeof ticket === 'number') return `ticket ${ticket}`
    if (typeof iid === 'number') return `#${iid}`
    const row = typeof requestId === 'string' ? await store.tables.requests.byId(requestId) : undefined
    return row ? `#${row.iid}` : `entry ${id}`
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
