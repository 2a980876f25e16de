/** The tools that a handler of inbox entries works with, and the result it gives back. */

import type { Clock } from '../clock.ts'
import { type Desk, worksAt } from '../desks/desk.ts'
import type { AnswerTo, Role, WhoIs } from '../engine/request.ts'
import type { Handled, Told, Undoable } from '../queue/inbox-loop.ts'
import { recordRefusal } from '../requests/audit-draft.ts'
import type { DeskContext } from '../requests/desk-context.ts'
import type { LookForNeeds } from '../services/needs.ts'
import type { Services } from '../services/service.ts'
import type { TicketReader } from '../services/zendesk/ticket-reader.ts'
import type { InboxEntry, RequestRow } from '../store/store.ts'
import type { HomeEntry, LinksEntry, PaneEntry } from './payloads.ts'

export interface Intake {
  readonly clock: Clock
  readonly context: DeskContext
  readonly services: Services
  readonly lookForNeeds: LookForNeeds
  /** The reader of tickets to redirect; absent: everything Zendesk is off. */
  readonly tickets?: { readonly reader: TicketReader }
  readonly whoIs: WhoIs
  /** Why nobody can answer for the role, and what to set; undefined where somebody holds it. Never throws. */
  readonly vacancy: (role: Role) => Promise<string | undefined>
  /** Draws a person's Home, and the modal of a request, as things stand now. Throws `CallFailed`. */
  readonly drawViews: (wanted: HomeEntry) => Promise<void>
  /** Shows posted links to requests. Throws `CallFailed`. */
  readonly showLinks: (shared: LinksEntry) => Promise<void>
  /** Opens the pane of a link for its reader. Throws `CallFailed`. */
  readonly openPane: (opened: PaneEntry) => Promise<void>
  /** Answers a person privately. Never throws: what has been decided stands whether they hear of it or not. */
  readonly tell: (to: AnswerTo, text: string, undo?: Undoable) => Promise<void>
}

/**
 * Reads what it needs, outside of any transaction, and gives back what is to be written. The inbox loop alone opens the
 * transaction, marks the entry done in it, and afterwards tells the person and wakes the worker.
 */
export type Handler<Payload> = (intake: Intake, entry: InboxEntry, payload: Payload) => Promise<Handled>

/** Before the engine was asked: in the audit log like every other refusal. */
export function refused(
  { context }: Pick<Intake, 'context'>,
  answerTo: AnswerTo,
  refusal: {
    readonly decision: string
    readonly because: string
    /** Absent: no request stands for it. */
    readonly row?: RequestRow | undefined
    /** The details of the audit entry where there is no request. */
    readonly details?: Readonly<Record<string, unknown>>
  },
): Handled {
  return {
    write: async (tables) => {
      await recordRefusal(context, tables, { ...refusal, userId: answerTo.userId })
      return told(answerTo, refusal.because)
    },
  }
}

/** Returns the person if they hold a role at the desk; membership of the workspace alone is not enough. */
export async function whoWorksAt(
  intake: Pick<Intake, 'whoIs'>,
  desk: Desk,
  { userId, teamId }: AnswerTo,
): ReturnType<Intake['whoIs']> {
  const who = await intake.whoIs(userId, teamId)
  return 'refused' in who || worksAt(desk, who.person.roles) ? who : { refused: desk.words.rolesOnly }
}

export function told(answerTo: AnswerTo, text: string): Told {
  return { answerTo, text }
}
