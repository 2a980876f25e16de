/** What GitLab or Zendesk says at the moment of a decision. */

import { shownDecision } from '../engine/decision-rule.ts'
import type { Instant } from '../engine/time.ts'
import { sight } from '../requests/sight.ts'
import { sightTicket } from '../requests/sight-ticket.ts'
import { CallFailed } from '../services/call-failed.ts'
import { readIssue } from '../services/gitlab/read-issue.ts'
import { unreadable as unreadableTicket } from '../services/zendesk/show-ticket.ts'
import { changesSince } from '../services/zendesk/ticket-changes.ts'
import { readTicket, ticketSighting } from '../services/zendesk/ticket-reader.ts'
import type { RequestRow, Tables } from '../store/store.ts'
import type { Intake } from './handler.ts'
import type { DecisionEntry } from './payloads.ts'

export type Fresh =
  | {
      /** Takes in what was read, inside the transaction of the decision; the request as it stands then. */
      readonly sight: (tables: Tables) => Promise<RequestRow | undefined>
      /** When the ticket had last changed. */
      readonly stamp?: Instant
    }
  /** The sentence for the person, and 404 or 403 where that is why. */
  | { readonly because: string; readonly status?: number | undefined }

export const nothingRead: Fresh = { sight: async () => undefined }

/** "a click on Approve Exception, Fail Verification or Close No Response reads GitLab afresh first, so an unseen reply counts" */
export async function readAfresh(intake: Intake, payload: DecisionEntry, row: RequestRow): Promise<Fresh> {
  const { decision } = payload
  const flow = intake.context.flows[row.flow]
  const isCore = flow?.pinned.includes(decision)
  if (!flow || !(isCore || shownDecision(flow, row.step, decision)?.refreshFirst)) return nothingRead
  try {
    return row.source === 'zendesk' ? await freshTicket(intake, payload, row) : await freshIssue(intake, row)
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    const because =
      row.source === 'zendesk' ? unreadableTicket(error, row.iid) : unreadableIssue(error, row.iid)
    return { because, status: error.status }
  }
}

async function freshIssue({ context, reader }: Intake, row: RequestRow): Promise<Fresh> {
  const sighting = await readIssue(reader, row.iid, row.seen)
  return {
    sight: async (tables) => {
      const sighted = await sight(context, tables, sighting)
      return 'row' in sighted ? sighted.row : undefined
    },
  }
}

/** Refused when it is not the ticket that the person had before their eyes. */
async function freshTicket(
  { context, tickets }: Intake,
  { stamp: shown }: DecisionEntry,
  row: RequestRow,
): Promise<Fresh> {
  if (!tickets)
    return { because: 'Everything Zendesk is off here: ZENDESK_URL is not set. Nothing was changed.' }
  const { reader } = tickets
  const read = await readTicket(reader, row.iid)
  const stamp = read.ticket.updatedAt
  if (shown !== undefined && shown !== stamp) {
    const ownId = await reader.ownId()
    const changes = changesSince(read.ticket, read.comments, shown, ownId, context.timeZone, row.seen)
    return {
      because: `Ticket ${row.iid} has changed since you read it: ${changes.join('; ')}. Nothing was sent.`,
    }
  }
  const sighting = await ticketSighting(reader, read, row.seen)
  return { sight: (tables) => sightTicket(context, tables, sighting, false), stamp }
}

function unreadableIssue({ status }: CallFailed, iid: number): string {
  if (status === 404)
    return `GitLab does not show issue #${iid} any more (404): it was deleted or moved, or the bot’s token may not see it. Nothing was changed.`
  if (status === 403)
    return `GitLab does not let the bot’s token read issue #${iid} (403). Nothing was changed.`
  return `GitLab can’t be read right now, so nobody knows whether the requester of #${iid} has written. Nothing was changed: click again later.`
}
