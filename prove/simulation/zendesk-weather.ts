/** A Zendesk that is not as one would have it: away for minutes, with fields to fill in, with people whom it does not trust. */
import { passedOnTo, type Ticket } from '../../sandbox/zendesk/zendesk.ts'
import type { World } from './world.ts'

export const zendeskWeather = {
  away: 'the whole help desk answered 404',
  outsider: 'somebody outside of the conversation wrote on a ticket',
  copy: 'somebody in copy was kept apart',
  files: 'files came with an e-mail',
  byHand: 'a colleague answered under the bot\u2019s own account in Zendesk',
  undone: 'Zendesk left a part of an update out',
  filledIn: 'a field was filled in that a ticket needs to be solved',
  rewritten: 'Zendesk kept an answer with other line ends, blanks or entities than it was sent with',
} as const

const category = { id: 3601, title: 'Category', type: 'tagger', required: true } as const

/** How the account is set up for this run. */
export function setUpAccount({ zendesk, prng }: Pick<World, 'zendesk' | 'prng'>): void {
  zendesk.account.ccsStayInternal = prng.chance(0.5)
  if (prng.chance(0.4)) zendesk.account.fields = [category]
  zendesk.account.rewritesText = prng.chance(0.6)
}

/** Away, or back. */
export function moveHelpDesk({ zendesk, history }: World): void {
  zendesk.account.isAway = !zendesk.account.isAway
  if (zendesk.account.isAway) history.count(zendeskWeather.away)
  history.add(`the help desk is ${zendesk.account.isAway ? 'away' : 'back'}`)
}

/** A trigger that keeps tickets open, or one that takes the bot's account for one of internal comments only; or neither any more. */
export function setTrigger({ zendesk, history, prng }: World): void {
  const { account } = zendesk
  const isOff = account.undoes.length === 0 && !account.onlyPrivateComments
  account.onlyPrivateComments = isOff && prng.chance(0.4)
  account.undoes = isOff && !account.onlyPrivateComments ? ['status'] : []
  history.add(
    `Zendesk leaves out: ${account.onlyPrivateComments ? 'that it is public' : account.undoes.join() || 'nothing'}`,
  )
}

/** Somebody answers to whom the requester has passed the e-mail on. */
export function somebodyElseWrites({ zendesk, history }: World, { id }: Ticket, text: string): void {
  zendesk.somebodyElseReplies(id, text, passedOnTo)
  history.count(zendeskWeather.outsider)
  history.add(`somebody else writes on ticket ${id}`)
}

export function answerAsBot({ zendesk, history, prng }: World, { id }: Ticket): void {
  zendesk.someoneCommentsAsBot(id, { body: 'By hand.', public: prng.chance(0.7) })
  history.count(zendeskWeather.byHand)
  history.add(`a colleague writes on ticket ${id} under the bot's account`)
}

/** What an agent does before anybody can solve it; nothing where the account asks for nothing. */
export function fillIn({ zendesk, history }: World, { id, customFields }: Ticket): void {
  for (const field of zendesk.account.fields) {
    if (customFields.some((one) => one.id === field.id && one.value !== null)) continue
    zendesk.someoneFillsIn(id, field.id, 'encryption')
    history.count(zendeskWeather.filledIn)
    history.add(`field ${field.id} of ticket ${id} is filled in by hand`)
  }
}

/** The faults are over: everything that a person can mend has been mended. */
export function calmZendesk(world: World): void {
  Object.assign(world.zendesk.account, { isAway: false, onlyPrivateComments: false, undoes: [] })
  for (const ticket of world.zendesk.tickets.values())
    if (ticket.status !== 'closed' && !ticket.deleted) fillIn(world, ticket)
}
