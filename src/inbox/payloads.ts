/** The payloads that the listeners put into the inbox, as they are read back. */

import { z } from 'zod'
import type { AnswerTo as PersonToAnswer } from '../engine/request.ts'
import type { HomeFilter } from '../requests/home.ts'

export const AnswerTo = z.object({
  userId: z.string(),
  teamId: z.string(),
  channel: z.string().exactOptional(),
  responseUrl: z.string().exactOptional(),
}) satisfies z.ZodType<PersonToAnswer>

export const DecisionEntry = z.object({
  requestId: z.string(),
  decision: z.string(),
  shownAt: z.string().exactOptional(),
  /** The instant at which the ticket, as the person saw it, had last changed, or of the move that is taken back. */
  stamp: z.string().exactOptional(),
  input: z.record(z.string(), z.string()),
  answerTo: AnswerTo,
})
export type DecisionEntry = z.infer<typeof DecisionEntry>

export const CommandEntry = z.object({
  command: z.enum(['track', 'claim']),
  /** Left out: an issue. */
  source: z.string().default('gitlab'),
  iid: z.number(),
  /** Of a claim: the person from whom it is taken over, as whoever claims it has confirmed. */
  from: z.string().exactOptional(),
  answerTo: AnswerTo,
})
export type CommandEntry = z.infer<typeof CommandEntry>

export const AssignEntry = z.object({
  requestId: z.string(),
  what: z.enum(['claim', 'release', 'assign']),
  /** Of an assignment: Slack user id of the person whose it becomes. */
  to: z.string().exactOptional(),
  /** Of a claim: the person from whom it is taken over, as whoever claims it has confirmed. */
  from: z.string().exactOptional(),
  answerTo: AnswerTo,
})
export type AssignEntry = z.infer<typeof AssignEntry>

export const RedirectTicketEntry = z.object({
  ticket: z.number(),
  to: z.enum(['deletion', 'access', 'both']),
  /** Fingerprint of the text that the person saw, and when the ticket had last changed then. */
  preview: z.string(),
  stamp: z.string(),
  answerTo: AnswerTo,
})
export type RedirectTicketEntry = z.infer<typeof RedirectTicketEntry>

/** A text for a person about something that happened later. */
export const AnswerEntry = z.object({ answerTo: AnswerTo, text: z.string() })
export type AnswerEntry = z.infer<typeof AnswerEntry>

export const TryAgainEntry = z.object({ requestId: z.string(), answerTo: AnswerTo })
export type TryAgainEntry = z.infer<typeof TryAgainEntry>

/** `decisionId`: what is to be undone; another decision may have come since the button was drawn. */
export const UndoEntry = z.object({ requestId: z.string(), decisionId: z.string(), answerTo: AnswerTo })
export type UndoEntry = z.infer<typeof UndoEntry>

export const PostCardsEntry = z.object({
  /** By name. */
  desk: z.string(),
  howMany: z.enum(['next', 'all']),
  answerTo: AnswerTo,
})
export type PostCardsEntry = z.infer<typeof PostCardsEntry>

const LookEntry = z.object({
  desk: z.string().exactOptional(),
  filter: z.custom<HomeFilter>((value) => typeof value === 'string'),
  page: z.number(),
})

/** The Home of a person, and the modal of a request, that are to be drawn again. */
export const HomeEntry = z.object({
  userId: z.string(),
  teamId: z.string(),
  look: LookEntry.exactOptional(),
  isOpened: z.boolean().exactOptional(),
  /** It waits for what was stored about this request before. */
  requestId: z.string().exactOptional(),
  modal: z.object({ viewId: z.string(), requestId: z.string() }).exactOptional(),
})
export type HomeEntry = z.infer<typeof HomeEntry>

/** The digest of a desk, by its name, to be posted now. */
export const PostDigestEntry = z.object({ desk: z.string(), answerTo: AnswerTo })
export type PostDigestEntry = z.infer<typeof PostDigestEntry>

/** A message of Slack, by its address, that belongs to a request. */
export const AttachEntry = z.object({
  requestId: z.string(),
  permalink: z.string(),
  /** Typed by the person. */
  summary: z.string(),
  answerTo: AnswerTo,
})
export type AttachEntry = z.infer<typeof AttachEntry>

/** Links that somebody posted in a channel. */
export const LinksEntry = z.object({
  userId: z.string(),
  teamId: z.string(),
  channel: z.string(),
  ts: z.string(),
  unfurlId: z.string().exactOptional(),
  source: z.string().exactOptional(),
  links: z.array(z.string()),
})
export type LinksEntry = z.infer<typeof LinksEntry>

/** The pane of a link that somebody opens. */
export const PaneEntry = z.object({
  userId: z.string(),
  teamId: z.string(),
  triggerId: z.string(),
  url: z.string(),
})
export type PaneEntry = z.infer<typeof PaneEntry>

/** Which request to read again: by its number in the service, which for a ticket was called so. */
export const HintEntry = z
  .object({
    iid: z.number().exactOptional(),
    ticket: z.number().exactOptional(),
    /** The search has found it: one that nobody knows is taken in. */
    isInQueue: z.boolean().exactOptional(),
    /** Of a webhook: what has changed, and how. */
    objectKind: z.string().exactOptional(),
    action: z.string().exactOptional(),
    noteId: z.number().exactOptional(),
    /** Others were joined to it, which may tell of something else. */
    isOfSeveral: z.boolean().exactOptional(),
  })
  .transform(({ iid, ticket, isInQueue, isOfSeveral, objectKind, action, noteId }, { issues }) => {
    const number = iid ?? ticket
    if (number === undefined) issues.push({ code: 'custom', message: 'names no number', input: undefined })
    const isOfNote = objectKind === 'note' && noteId !== undefined && isOfSeveral !== true
    return {
      iid: number ?? 0,
      isListed: isInQueue === true,
      ...(isOfNote && { note: { id: noteId, isNew: action === 'create' } }),
    }
  })
export type HintEntry = z.infer<typeof HintEntry>
