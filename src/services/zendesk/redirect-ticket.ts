/** Sends the writer of a ticket to the form: one public comment, and the ticket is solved. */

import type { RedirectTicket } from '../../store/store.ts'
import { CallFailed } from '../call-failed.ts'
import type { Done } from '../carry-out.ts'
import { CannotDo } from '../failure.ts'
import type { Entry } from '../gitlab/effect-context.ts'
import type { MacroEffect, Ticket } from './answers.ts'
import type { Zendesk } from './client.ts'
import {
  asSaidOf,
  connected,
  isConflict,
  type MacroName,
  onTicket,
  ownUpdate,
  type ZendeskContext,
} from './effect-context.ts'
import { changesOf } from './macro-changes.ts'
import { joined, ownReply, type Part } from './redirect-comment.ts'

export function redirectEffects(context: Pick<ZendeskContext, 'zendesk' | 'macros' | 'formUrl'>) {
  const { macros, formUrl } = context

  return {
    async redirectTicket(entry: Entry, work: RedirectTicket): Promise<Done> {
      const zendesk = connected(context)
      const reply = await replyTo(zendesk, work)
      try {
        await zendesk.updateTicket(work.ticket, {
          status: 'solved',
          ...reply,
          updatedStamp: work.updatedStamp,
          opId: entry.opId,
        })
      } catch (error) {
        if (!isConflict(error)) throw asSaidOf(work.ticket, error)
        return (await found(zendesk, entry, work)) ?? changedMeanwhile(work)
      }
      return doneWith(work)
    },

    async findRedirect(entry: Entry, work: RedirectTicket): Promise<Done | undefined> {
      return found(connected(context), entry, work)
    },
  }

  async function replyTo(zendesk: Zendesk, { ticket: id, to }: RedirectTicket) {
    const wanted: readonly MacroName[] = to === 'both' ? ['deletion', 'access'] : [to]
    const known = wanted.flatMap((name) => macros[name] ?? [])
    if (known.length === 0) return { comment: { ...joined([ownReply(to, formUrl)]), public: true } }
    const ticket = await onTicket(id, () => zendesk.ticket(id))
    const parts: Part[] = []
    const effects: MacroEffect[] = []
    for (const name of wanted) {
      const macro = macros[name]
      const effect = macro === undefined ? undefined : await applied(zendesk, ticket, name, macro)
      if (effect) effects.push(effect)
      parts.push(effect?.comment ?? ownReply(name, formUrl))
    }
    return { comment: { ...joined(parts), public: true }, ...changesOf(ticket, effects) }
  }
}

/** The macro's effect, which has a comment that the requester may read. */
async function applied(
  zendesk: Zendesk,
  { id }: Ticket,
  name: MacroName,
  macro: number,
): Promise<MacroEffect> {
  const where = `Macro ${macro} (zendesk-macros.${name} in config/desk.yaml)`
  const effect = await zendesk.macroEffect(id, macro).catch((error: unknown) => {
    if (error instanceof CallFailed && error.kind === 'not-done' && error.status !== 401)
      throw new CannotDo(
        `${where} can't be applied (${error.status}): it is gone, switched off, or not for the bot's account.`,
        { cause: error },
      )
    throw error
  })
  if (!effect.comment) throw new CannotDo(`${where} writes no comment, so the requester would not know why.`)
  if (effect.comment.public === false)
    throw new CannotDo(`${where} writes an internal comment, which is not for the requester.`)
  return effect
}

async function found(zendesk: Zendesk, { opId }: Entry, work: RedirectTicket): Promise<Done | undefined> {
  return (await ownUpdate(zendesk, work.ticket, opId)) && doneWith(work)
}

function doneWith({ ticket, to }: RedirectTicket): Done {
  return { result: { ticket, to } }
}

function changedMeanwhile({ ticket }: RedirectTicket): never {
  throw new CannotDo(`Somebody has changed ticket ${ticket} meanwhile; look at it and run the command again.`)
}
