/** The assignee of a ticket: a ticket has one, who takes the place of whoever had it before. */
import type { Assign } from '../../engine/effects/issues.ts'
import type { Accounts } from '../../requests/accounts.ts'
import { type EffectHandler, requestOf } from '../effect-handler.ts'
import { CannotDo, NotYet } from '../failure.ts'
import type { UpdatedTicket } from './answers.ts'
import { connected, type ZendeskContext } from './effect-context.ts'
import { ownChangeSeen } from './effects.ts'
import { asSaidOf, isConflict, isRefusal, onTicket } from './failure.ts'

/** The change of a ticket's assignee. */
interface Assigning {
  readonly number: number
  readonly wanted: number | undefined
  readonly updatedStamp: string
  readonly opId: string
  /** The sentence for whoever changed it, where Zendesk does not take it. */
  readonly notTaken: string
}

/** Returns the handler of `assign` for requests that are tickets. The same again has the same result. */
export function assignHandler(context: ZendeskContext, accounts: Accounts | undefined): EffectHandler {
  const userIdOf = (person: string | undefined) => {
    const account = person === undefined ? undefined : accounts?.accountOf('zendesk', person)
    return account === undefined ? undefined : Number(account)
  }

  return {
    async execute(entry, work) {
      const assign = work as Assign & typeof work
      const { to, from } = assign
      const { id, number } = await requestOf(context, entry)
      const ticket = await onTicket(number, () => connected(context).ticket(number))
      const [wanted, left] = [userIdOf(to), userIdOf(from)]
      const result = { assignees: wanted === undefined ? 0 : 1 }
      // Somebody has changed it in Zendesk meanwhile: whom the bot did not set it does not take off.
      const isSo = wanted === undefined ? ticket.assigneeId !== left : ticket.assigneeId === wanted
      if (isSo) return { result }
      const { updatedAt } = await assigned({
        ...{ number, wanted, updatedStamp: ticket.updatedAt, opId: entry.opId },
        notTaken: wanted === undefined ? keptText(number) : notTakenText(number, assign),
      })
      const assignedTo = wanted === undefined || to === undefined ? [] : [to]
      return { result, record: ownChangeSeen(id, entry.opId, { updatedAt, assignedTo }) }
    },
  }

  async function assigned({
    number,
    wanted,
    updatedStamp,
    opId,
    notTaken,
  }: Assigning): Promise<UpdatedTicket> {
    try {
      const change = { assigneeId: wanted ?? null, updatedStamp, opId }
      const updated = await connected(context).updateTicket(number, change)
      if (updated.assigneeId !== wanted) throw new CannotDo(notTaken)
      return updated
    } catch (error) {
      if (isConflict(error)) throw new NotYet('The ticket changed at that moment.', { cause: error })
      throw isRefusal(error, 422) ? new CannotDo(notTaken, { cause: error }) : asSaidOf(number, error)
    }
  }
}

function keptText(number: number): string {
  return `Ticket ${number} is unassigned here, but Zendesk kept its assignee.`
}

function notTakenText(number: number, { to, answerTo }: Assign): string {
  return to === answerTo.userId
    ? `Ticket ${number} is yours here, but Zendesk didn’t take you as its assignee: check your user id in config/desk.yaml, and that you’re in the ticket’s group.`
    : `Ticket ${number} is assigned to <@${to}> here, but Zendesk didn’t take them as its assignee: check their user id in config/desk.yaml, and that they’re in the ticket’s group.`
}
