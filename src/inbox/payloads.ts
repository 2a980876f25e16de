/** What the listeners put into the inbox, as it is read back. */

import { z } from 'zod'
import type { AnswerTo as PersonToAnswer } from '../engine/request.ts'

const AnswerTo = z.object({
  userId: z.string(),
  teamId: z.string(),
  channel: z.string().exactOptional(),
  responseUrl: z.string().exactOptional(),
}) satisfies z.ZodType<PersonToAnswer>

export const DecisionEntry = z.object({
  requestId: z.string(),
  decision: z.string(),
  shownAt: z.string().exactOptional(),
  /** When the ticket that the person saw had last changed. */
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
  answerTo: AnswerTo,
})
export type CommandEntry = z.infer<typeof CommandEntry>

export const RedirectTicketEntry = z.object({
  ticket: z.number(),
  to: z.enum(['deletion', 'access', 'both']),
  /** Fingerprint of the text that the person saw, and when the ticket had last changed then. */
  preview: z.string(),
  stamp: z.string(),
  answerTo: AnswerTo,
})
export type RedirectTicketEntry = z.infer<typeof RedirectTicketEntry>

/** What a person is to be told of something that came about later. */
export const AnswerEntry = z.object({ answerTo: AnswerTo, text: z.string() })
export type AnswerEntry = z.infer<typeof AnswerEntry>

export const TryAgainEntry = z.object({ requestId: z.string(), answerTo: AnswerTo })
export type TryAgainEntry = z.infer<typeof TryAgainEntry>

export const TicketHintEntry = z.object({
  ticket: z.number(),
  /** The search has found it: a ticket that nobody knows is taken in. */
  isInQueue: z.boolean().exactOptional(),
})
export type TicketHintEntry = z.infer<typeof TicketHintEntry>

export const HintEntry = z.object({ iid: z.number() })
export type HintEntry = z.infer<typeof HintEntry>
