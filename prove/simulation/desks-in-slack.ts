/** The two desks as people in Slack have them before their eyes: who works there, on which cards, with which commands. */
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import { someText } from './texts.ts'
import type { World } from './world.ts'

export interface DeskInSlack {
  readonly channel: string
  /** Mostly those whose work it is. */
  readonly actors: readonly (readonly [weight: number, userId: string])[]
  cards(world: World): readonly Message[]
  oldCards(world: World): readonly Message[]
  typed(world: World): { readonly command: string; readonly text: string }
}

export const privacyDesk: DeskInSlack = {
  channel: CHANNELS.privacy.name,
  actors: [
    [30, PEOPLE.engineer.id],
    [16, PEOPLE.secondEngineer.id],
    [22, PEOPLE.manager.id],
    [9, PEOPLE.privacy.id],
    [6, PEOPLE.secondPrivacy.id],
    [3, PEOPLE.fieldSecurity.id],
    [4, PEOPLE.member.id],
    [4, PEOPLE.guest.id],
    [2, PEOPLE.stranger.id],
  ],
  cards: (world) => world.cards(),
  oldCards: ({ oldCards }) => oldCards,
  typed: ({ prng, gitlab, zendesk }) => {
    const iid = prng.pick(['1', '2', '3', '999', '0', String(gitlab.world.issues.length)])
    const ticket = prng.pick([1, ...zendesk.tickets.keys()])
    const text = prng.pick([
      ...[`claim ${iid}`, `claim #${iid}`, `track ${iid}`, iid, `#${iid}`],
      ...['list', 'list overdue', 'mine', 'help', '', someText(prng)],
      `redirect-ticket ${ticket} ${prng.pick(['deletion', 'access', 'both'])}`,
    ])
    return { command: '/privacy', text }
  },
}

export const securityDesk: DeskInSlack = {
  channel: CHANNELS.security.name,
  actors: [
    [40, PEOPLE.fieldSecurity.id],
    [28, PEOPLE.secondPrivacy.id],
    [5, PEOPLE.member.id],
    [4, PEOPLE.engineer.id],
    [4, PEOPLE.manager.id],
    [3, PEOPLE.guest.id],
  ],
  cards: (world) => [...world.ticketCards(), ...world.batches()],
  oldCards: ({ oldTicketCards }) => oldTicketCards,
  typed: ({ prng, zendesk }) => {
    const ticket = prng.pick([1, ...zendesk.tickets.keys()])
    const text = prng.pick([
      ...[`claim ${ticket}`, `claim ${ticket}`, `show ${ticket}`, 'batch', 'stats 7d', 'help'],
      ...['list', 'list overdue', 'list mine', 'list waiting', 'list queued', '', someText(prng)],
    ])
    return { command: '/security', text }
  },
}
