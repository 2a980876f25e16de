/** Those who write to security@, and agents who change tickets by hand. */
import {
  securityGroupId,
  supportGroupId,
  type Ticket,
  zendeskAgentId,
} from '../../sandbox/zendesk/zendesk.ts'
import { hostileTexts, plainTexts } from './texts.ts'
import type { World } from './world.ts'
import {
  answerAsBot,
  fillIn,
  moveHelpDesk,
  setTrigger,
  somebodyElseWrites,
  zendeskWeather,
} from './zendesk-weather.ts'

/** More than this many open ones are not needed to get in each other's way. */
const mostTickets = 5

export function actInZendesk(world: World): void {
  const { prng, zendesk } = world
  const onChangeable = (act: (ticket: Ticket) => void) => () => {
    const ticket = changeable(world)
    if (ticket) act(ticket)
  }
  const open = ticketsOf(world).filter(({ status }) => status !== 'solved' && status !== 'closed')
  const act = prng.weighted<(world: World) => void>([
    [open.length < mostTickets ? 5 : 0, writesToSecurity],
    [7, reply],
    [3, comment],
    [1.5, solve],
    [0.7, closeForGood],
    [0.4, merge],
    [0.5, remove],
    [1, restore],
    [2, move],
    [0.5, storm],
    [zendesk.account.isAway ? 4 : 0.5, moveHelpDesk],
    [isUndoing(zendesk.account) ? 2 : 1.2, setTrigger],
    [1, onChangeable((ticket) => somebodyElseWrites(world, ticket, words(world)))],
    [0.7, onChangeable((ticket) => answerAsBot(world, ticket))],
    [zendesk.account.fields.length > 0 ? 4 : 0, onChangeable((ticket) => fillIn(world, ticket))],
  ])
  if (ticketsOf(world).length === 0) writesToSecurity(world)
  else act(world)
}

function isUndoing({ undoes, onlyPrivateComments }: World['zendesk']['account']): boolean {
  return undoes.length > 0 || onlyPrivateComments
}

/** Those that are not deleted. */
function ticketsOf({ zendesk }: World): readonly Ticket[] {
  return [...zendesk.tickets.values()].filter(({ deleted }) => !deleted)
}

export function writesToSecurity(world: World): void {
  const { prng, zendesk, history } = world
  const recipient = prng.chance(0.12) ? 'support@example.com' : 'security@gitlab.com'
  const subject = prng.chance(0.2)
    ? prng.pick(hostileTexts).slice(0, 150)
    : secretly(world, `Quandary-${prng.hex(5)}`)
  const ticket = zendesk.submitTicket(words(world), {
    subject,
    recipient,
    from: somebody(world),
    ...(prng.chance(0.3) ? { ccs: [somebody(world)] } : {}),
    ...(prng.chance(0.6) ? { groupId: securityGroupId } : {}),
    ...(prng.chance(0.2) ? { attachments: ['poc.pdf'] } : {}),
  })
  if (ticket.posted.some(({ attachments }) => attachments)) history.count(zendeskWeather.files)
  history.add(`ticket ${ticket.id} to ${recipient} comes in`)
}

function somebody(world: World) {
  const tag = world.prng.hex(5)
  const name = secretly(world, `Wilhelmina Oxenstierna-${tag}`)
  return { name, email: secretly(world, `mina.${tag}@private-mail.example`) }
}

function words(world: World): string {
  const { prng } = world
  const more = prng.chance(0.3) ? prng.pick(hostileTexts) : ''
  return `Is it ${secretly(world, `gloaming-${prng.hex(5)}`)}?\n${more}`
}

function secretly({ ticketSecrets }: World, text: string): string {
  ticketSecrets.add(text)
  return text
}

/** The requester's or a copied person's; on a ticket that is closed for good it opens another. */
function reply(world: World): void {
  const ticket = world.prng.pick(ticketsOf(world))
  requesterAnswers(world, ticket)
}

export function requesterAnswers(world: World, { id, status, ccs }: Ticket): void {
  const { prng, zendesk, history } = world
  const [cc] = ccs
  history.add(`the requester of ticket ${id} writes`)
  if (cc && status !== 'closed' && prng.chance(0.3)) {
    if (zendesk.account.ccsStayInternal) history.count(zendeskWeather.copy)
    zendesk.someoneComments(id, { body: words(world), public: true }, cc.id)
  } else zendesk.requesterReplies(id, words(world))
}

/** What can still be changed. */
function changeable(world: World, ...statuses: readonly string[]): Ticket | undefined {
  const tickets = ticketsOf(world).filter(({ status }) =>
    statuses.length > 0 ? statuses.includes(status) : status !== 'closed',
  )
  return tickets.length > 0 ? world.prng.pick(tickets) : undefined
}

function comment(world: World): void {
  const { prng, zendesk, history } = world
  const ticket = changeable(world)
  if (!ticket) return
  history.add(`an agent comments on ticket ${ticket.id}`)
  const isPublic = prng.chance(0.4)
  zendesk.someoneComments(ticket.id, { body: prng.pick(plainTexts), public: isPublic }, zendeskAgentId)
}

function solve(world: World): void {
  const ticket = changeable(world, 'new', 'open', 'pending', 'hold')
  if (!ticket) return
  world.history.add(`ticket ${ticket.id} is solved by hand`)
  world.zendesk.someoneSolves(ticket.id)
}

function closeForGood(world: World): void {
  const ticket = changeable(world, 'solved')
  if (!ticket) return
  world.history.add(`ticket ${ticket.id} is closed for good`)
  world.zendesk.closes(ticket.id)
}

function merge(world: World): void {
  const [one, into] = [changeable(world), changeable(world)]
  if (!one || !into || one.id === into.id) return
  world.history.add(`ticket ${one.id} is merged into ${into.id}`)
  world.zendesk.merges(one.id, into.id)
}

function remove(world: World): void {
  const ticket = changeable(world)
  if (!ticket) return
  world.history.add(`ticket ${ticket.id} is deleted`)
  world.zendesk.deletes(ticket.id)
}

function restore({ zendesk, prng, history }: World): void {
  const deleted = [...zendesk.tickets.values()].filter((ticket) => ticket.deleted)
  if (deleted.length === 0) return
  const { id } = prng.pick(deleted)
  history.add(`ticket ${id} is restored`)
  zendesk.restores(id)
}

/** To support, or back from there. */
function move(world: World): void {
  const ticket = changeable(world)
  if (ticket) moveToOther(world, ticket)
}

export function moveToOther({ zendesk, history }: World, { id, groupId }: Ticket): void {
  const to = groupId === supportGroupId ? securityGroupId : supportGroupId
  history.add(`ticket ${id} is given to group ${to} by hand`)
  zendesk.someoneMoves(id, to)
}

/** A rule of somebody's that writes and writes. */
export function storm(world: World): void {
  const ticket = changeable(world)
  if (!ticket) return
  world.history.add(`a storm of comments on ticket ${ticket.id}`)
  for (let count = 12; count > 0; count--)
    world.zendesk.someoneComments(ticket.id, { body: 'Seen by a rule.', public: false })
}
