/** JSON as it lies in text columns. Only what the code relies on is checked: we wrote it ourselves. */
import { z } from 'zod'
import type { Facts } from '../engine/request.ts'
import type { SyncCursor, Work } from './store.ts'

const seen = z.object({
  state: z.enum(['opened', 'closed']),
  labels: z.array(z.string()),
  updatedAt: z.string(),
  noteId: z.number(),
  labelEventId: z.number(),
  stateEventId: z.number(),
  assigneeIds: z.array(z.number()),
  assignedTo: z.array(z.string()).exactOptional(),
  groupId: z.string().exactOptional(),
  homeGroupId: z.string().exactOptional(),
  supportBot: z.string().exactOptional(),
  formType: z.string().exactOptional(),
  userNotes: z.number().exactOptional(),
  readAt: z.object({ first: z.string(), last: z.string() }).exactOptional(),
  stateToldAt: z.string().exactOptional(),
}) satisfies z.ZodType<SyncCursor>

const result = z.record(z.string(), z.union([z.string(), z.number()]))
const anObject = z.record(z.string(), z.unknown())
const withKind = z.looseObject({ kind: z.string() })

export function readSyncCursor(text: string): SyncCursor {
  return seen.parse(JSON.parse(text))
}

/** Every fact is optional, and one that a later version adds must not get lost here. */
export function readFacts(text: string): Facts {
  return anObject.parse(JSON.parse(text)) as Facts
}

export function readWork(text: string): Work {
  return withKind.parse(JSON.parse(text))
}

export function readResult(text: string): Readonly<Record<string, string | number>> {
  return result.parse(JSON.parse(text))
}

/** Reads details even if somebody tampered with them, so that the check of the chain can name the entry. */
export function readDetails(text: string): Readonly<Record<string, unknown>> {
  try {
    return anObject.parse(JSON.parse(text))
  } catch {
    return { unreadable: text }
  }
}
