/** What is done in Zendesk. An update carries the ticket's stamp, so that it can't be done twice nor over another's change. */
import { CallFailed } from '../clients/call-failed.ts'
import type { Zendesk } from '../clients/zendesk.ts'
import type { MacroEffect, Ticket } from '../clients/zendesk-answers.ts'
import type { RedirectTicket } from '../store/store.ts'
import type { Done } from './carry-out.ts'
import type { Entry } from './effect-context.ts'
import { CannotDo } from './failure.ts'
import { changesOf } from './macro-changes.ts'
import { joined, ownReply, type Part } from './redirect-comment.ts'

type MacroName = 'deletion' | 'access'

export interface ZendeskContext {
  /** Absent: everything Zendesk is off. */
  readonly zendesk?: Zendesk
  readonly macros: Readonly<Partial<Record<MacroName, number | undefined>>>
  /** The form that people are sent to. */
  readonly formUrl: string
}

export type ZendeskEffects = ReturnType<typeof zendeskEffects>

export function zendeskEffects({ zendesk: connected, macros, formUrl }: ZendeskContext) {
  function service(): Zendesk {
    if (connected) return connected
    throw new CannotDo('Everything Zendesk is off: ZENDESK_URL is not set.')
  }

  return {
    async redirectTicket(entry: Entry, work: RedirectTicket): Promise<Done> {
      const zendesk = service()
      const reply = await replyTo(zendesk, work)
      try {
        await zendesk.updateTicket(work.ticket, {
          status: 'solved',
          ...reply,
          updatedStamp: work.updatedStamp,
          opId: entry.opId,
        })
      } catch (error) {
        if (!isConflict(error)) throw onTicket(error, work)
        return (await found(zendesk, entry, work)) ?? changedMeanwhile(work)
      }
      return doneWith(work)
    },

    /** By the mark that the update leaves on the ticket's audit. */
    async findRedirect(entry: Entry, work: RedirectTicket): Promise<Done | undefined> {
      return found(service(), entry, work)
    },
  }

  async function replyTo(zendesk: Zendesk, { ticket: id, to }: RedirectTicket) {
    const wanted: readonly MacroName[] = to === 'both' ? ['deletion', 'access'] : [to]
    const known = wanted.flatMap((name) => macros[name] ?? [])
    if (known.length === 0) return { comment: { ...joined([ownReply(to, formUrl)]), public: true } }
    const ticket = await zendesk.ticket(id).catch((error: unknown) => {
      throw onTicket(error, { ticket: id })
    })
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
  const audits = await zendesk.audits(work.ticket).catch((error: unknown) => {
    throw onTicket(error, work)
  })
  return audits.some((audit) => audit.opId === opId) ? doneWith(work) : undefined
}

function doneWith({ ticket, to }: RedirectTicket): Done {
  return { result: { ticket, to } }
}

function changedMeanwhile({ ticket }: RedirectTicket): never {
  throw new CannotDo(`Somebody has changed ticket ${ticket} meanwhile; look at it and run the command again.`)
}

function isConflict(error: unknown): boolean {
  return error instanceof CallFailed && error.kind === 'not-done' && error.status === 409
}

/** Says of which ticket Zendesk's refusal speaks. */
function onTicket(error: unknown, { ticket }: Pick<RedirectTicket, 'ticket'>): unknown {
  if (!(error instanceof CallFailed) || error.kind !== 'not-done') return error
  const because = { cause: error }
  switch (error.status) {
    case 404:
      return new CannotDo(`Ticket ${ticket} is gone (404), or the bot's account can't see it.`, because)
    case 403:
      return new CannotDo(`The bot's account may not change ticket ${ticket} (403).`, because)
    case 422:
      return new CannotDo(
        `Zendesk does not take the change of ticket ${ticket} (422): it is closed, or a field has to be filled in before it can be solved.`,
        because,
      )
    default:
      return error
  }
}
