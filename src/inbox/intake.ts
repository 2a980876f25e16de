/** Who handles which kind of inbox entry. */
import type { ZodType } from 'zod'
import type { Observation } from '../engine/event.ts'
import { own } from '../engine/flow.ts'
import type { HandleEntry } from '../queue/inbox-loop.ts'
import { handleObservations, requestById } from '../requests/handle-event.ts'
import type { InboxEntry } from '../store/store.ts'
import { handleAssign } from './handle-assign.ts'
import { handleAttach } from './handle-attach.ts'
import { handleCommand } from './handle-command.ts'
import { handleDecision } from './handle-decision.ts'
import { handleTryAgain, handleUndo } from './handle-effects.ts'
import { handleHint, hintedSource } from './handle-hint.ts'
import { handlePostCards, handlePostDigest } from './handle-posts.ts'
import { handleRedirectTicket } from './handle-redirect-ticket.ts'
import { handleHome, handleLinks, handlePane } from './handle-views.ts'
import type { Handler, Intake } from './handler.ts'
import {
  AnswerEntry,
  AssignEntry,
  AttachEntry,
  CommandEntry,
  DecisionEntry,
  HintEntry,
  HomeEntry,
  LinksEntry,
  PaneEntry,
  PostCardsEntry,
  PostDigestEntry,
  RedirectTicketEntry,
  TryAgainEntry,
  UndoEntry,
} from './payloads.ts'

const handlers: Readonly<Record<string, Handler<unknown>>> = {
  decision: parsed(DecisionEntry, handleDecision),
  command: parsed(CommandEntry, handleCommand),
  assign: parsed(AssignEntry, handleAssign),
  attach: parsed(AttachEntry, handleAttach),
  home: parsed(HomeEntry, handleHome),
  links: parsed(LinksEntry, handleLinks),
  pane: parsed(PaneEntry, handlePane),
  'redirect-ticket': parsed(RedirectTicketEntry, handleRedirectTicket),
  answer: parsed(AnswerEntry, handleAnswer),
  'post-cards': parsed(PostCardsEntry, handlePostCards),
  'post-digest': parsed(PostDigestEntry, handlePostDigest),
  'try-again': parsed(TryAgainEntry, handleTryAgain),
  undo: parsed(UndoEntry, handleUndo),
  observation: (intake, entry, payload) => handleObservation(intake, entry, payload as ObservationEntry),
}

const hint = parsed(HintEntry, handleHint)

function parsed<Payload>(payload: ZodType<Payload>, handler: Handler<Payload>): Handler<unknown> {
  return (intake, entry, stored) => handler(intake, entry, payload.parse(stored))
}

export function handleEntry(intake: Intake): HandleEntry {
  return async (entry) => {
    const handler = hintedSource(entry.kind) !== undefined ? hint : own(handlers, entry.kind)
    if (!handler) throw new Error(`nobody handles ${entry.kind}`)
    return handler(intake, entry, entry.payload)
  }
}

/** Told before it is done: twice is better than never. */
async function handleAnswer(
  intake: Intake,
  _entry: InboxEntry,
  { answerTo, text }: AnswerEntry,
): ReturnType<Handler<AnswerEntry>> {
  await intake.tell(answerTo, text)
  return {}
}

/** Written by our own effects, so its form is trusted. */
interface ObservationEntry {
  readonly requestId: string
  readonly observation: Observation
}

/** Tells the request the result of an effect: evidence read, an issue opened. */
async function handleObservation(
  { context }: Intake,
  entry: InboxEntry,
  { requestId, observation }: ObservationEntry,
): ReturnType<Handler<ObservationEntry>> {
  return {
    write: async (tables) => {
      const row = await requestById(tables, requestId)
      // What an effect tells is drawn when that effect is done, which it is not yet.
      const drawn = entry.key.startsWith('effect:') ? 'soon' : 'now'
      await handleObservations(context, tables, row, [observation], drawn)
    },
  }
}
