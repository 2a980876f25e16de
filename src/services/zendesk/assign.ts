/** The assignee of a ticket: a ticket has one, who takes the place of whoever had it before. */
import type { Accounts } from '../../requests/accounts.ts'
import { type EffectHandler, requestOf } from '../effect-handler.ts'
import { CannotDo, NotYet } from '../failure.ts'
import type { UpdatedTicket } from './answers.ts'
import { connected, type ZendeskContext } from './effect-context.ts'
import { ownChangeSeen } from './effects.ts'
import { asSaidOf, isConflict, isRefusal, onTicket } from './failure.ts'

interface Assign {
  readonly to?: string
  readonly from?: string
}

/** Returns the handler of `assign` for requests that are tickets. The same again has the same result. */
export function assignHandler(context: ZendeskContext, accounts: Accounts | undefined): EffectHandler {
  const userIdOf = (person: string | undefined) => {
    const account = person === undefined ? undefined : accounts?.accountOf('zendesk', person)
    return account === undefined ? undefined : Number(account)
  }

  return {
    async execute(entry, work) {
      const { to, from } = work as Assign & typeof work
      const { id, number } = await requestOf(context, entry)
      const ticket = await onTicket(number, () => connected(context).ticket(number))
      const [wanted, left] = [userIdOf(to), userIdOf(from)]
      const result = { assignees: wanted === undefined ? 0 : 1 }
      // Somebody has changed it in Zendesk meanwhile: whom the bot did not set it does not take off.
      const isSo = wanted === undefined ? ticket.assigneeId !== left : ticket.assigneeId === wanted
      if (isSo) return { result }
      const { updatedAt } = await assigned(number, wanted, ticket.updatedAt, entry.opId)
      const assignedTo = wanted === undefined || to === undefined ? [] : [to]
      return { result, record: ownChangeSeen(id, entry.opId, { updatedAt, assignedTo }) }
    },
  }

  async function assigned(
    number: number,
    wanted: number | undefined,
    updatedStamp: string,
    opId: string,
  ): Promise<UpdatedTicket> {
    try {
      const change = { assigneeId: wanted ?? null, updatedStamp, opId }
      const updated = await connected(context).updateTicket(number, change)
      if (updated.assigneeId !== wanted) throw notTaken(number, wanted)
      return updated
    } catch (error) {
      if (isConflict(error)) throw new NotYet('The ticket changed at that moment.', { cause: error })
      throw isRefusal(error, 422) ? notTaken(number, wanted, error) : asSaidOf(number, error)
    }
  }
}

function notTaken(number: number, wanted: number | undefined, cause?: unknown): CannotDo {
  const text =
    wanted === undefined
      ? `Ticket ${number} is unassigned here, but Zendesk kept its assignee.`
      : `Ticket ${number} is yours here, but Zendesk didn’t take you as its assignee: check your user id in config/desk.yaml, and that you’re in the ticket’s group.`
  return new CannotDo(text, { cause })
}
