/** What the tests of the security desk do: a ticket comes in, Field Security decides, a requester answers. */
import { expect } from 'vitest'
import { appSec } from '../../sandbox/gitlab/seed.ts'
import type { Message, View } from '../../sandbox/slack/workspace.ts'
import type { Comment, Submission } from '../../sandbox/zendesk/zendesk.ts'
import {
  inSlack,
  modalAfter,
  people,
  securityChannel,
  startWorld,
  textOf,
  type World,
  type WorldOptions,
} from './desk-world.ts'

export interface WithTicket {
  readonly world: World
  readonly ticket: number
}

type Mail = Pick<Submission, 'subject' | 'ccs'> & { readonly text?: string }

export const agent = people.fieldSecurity.id

/** A ticket to security@ in a world of its own, Mon, Mar 2 at 10:00 UTC unless said otherwise; its card is there. */
export async function aTicket(options: WorldOptions & Mail = {}): Promise<WithTicket> {
  const { text = 'Is my data encrypted at rest?', subject = 'A question', ccs = [], ...rest } = options
  const world = await startWorld({ zendesk: true, startsAt: '2026-03-02T10:00:00.000Z', ...rest })
  const { id } = world.zendesk.submitTicket(text, { subject, ccs })
  await world.drain()
  return { world, ticket: id }
}

/** The last card of the ticket in the security channel. */
export function ticketCard({ world, ticket }: WithTicket): Message {
  const card = ticketCards({ world, ticket }).at(-1)
  if (!card) throw new Error(`ticket ${ticket} has no card`)
  return card
}

export function ticketCards({ world, ticket }: WithTicket): readonly Message[] {
  return world.slack
    .messages(securityChannel)
    .filter(({ text }) => text.startsWith(`Security ticket ${ticket}`))
}

export function ticketCardText(given: WithTicket): string {
  return textOf(ticketCard(given))
}

/** What was said below the card, with its dates as the desk has them. */
export function ticketThread(given: WithTicket): string[] {
  return given.world.slack
    .thread(ticketCard(given).ts)
    .map(({ text }) => text.replaceAll(/<!date\^[^|]*\|([^>]*)>/g, '$1'))
}

/** Clicks and waits for the modal; undefined when the person was told something instead. */
export async function openOnTicket(given: WithTicket, button: string, by: string = agent) {
  const { world } = given
  return modalAfter(world, by, () => world.slack.click(by, ticketCard(given), { button }))
}

/** Clicks, fills in what is given, leaves the rest as it stands, and submits. */
export async function decideOnTicket(
  given: WithTicket,
  button: string,
  entries: Record<string, string> = {},
  by: string = agent,
) {
  const view = await openOnTicket(given, button, by)
  if (!view) throw new Error(`“${button}” opened no modal; ${by} was told: ${given.world.told(by).at(-1)}`)
  const answer = await given.world.slack.submit(by, view.id, entries)
  await given.world.drain()
  return answer
}

/** What was e-mailed to the requester, oldest first. */
export function mailsOf({ world, ticket }: WithTicket): string[] {
  return world.zendesk.mails.filter(({ id }) => id === ticket).map(({ text }) => text)
}

/** What was added to the ticket after the e-mail itself, oldest first. */
export function addedTo({ world, ticket }: WithTicket): Comment[] {
  return world.zendesk.ticket(ticket).comments.slice(1)
}

/** What stands in a modal's field when it opens; undefined where it is empty. */
export function draftIn(view: View | undefined, label: string): string | undefined {
  const drafts = new Map<string, string | undefined>()
  JSON.stringify(view?.blocks ?? [], (_key, value: unknown) => {
    const block = value as { label?: { text: string }; element?: { initial_value?: string } } | null
    if (block?.label && block.element) drafts.set(block.label.text, block.element.initial_value)
    return value
  })
  if (!drafts.has(label)) throw new Error(`The modal has no field “${label}”`)
  return drafts.get(label)
}

/** Types `/security` and waits for the private answer, all of its words. */
export async function askSecurity(world: World, text: string, by: string = agent): Promise<string> {
  const before = world.slack.ephemerals(by).length
  await world.slack.command(by, securityChannel, '/security', text)
  await world.drain()
  return textOf(await inSlack(world, () => world.slack.ephemerals(by).slice(before).at(-1)))
}

export const expert = 'expert-of-application-security'

/** A ticket whose question was put to Application Security. */
export async function engaged(options: WorldOptions & Mail = {}): Promise<WithTicket> {
  const given = await aTicket(options)
  given.world.gitlab.addExpertTeam(appSec)
  await decideOnTicket(given, 'Engage Expert', { Team: appSec.name, 'Question for the team': 'Is it safe?' })
  return given
}

/** What Compliance Report asks for, of a customer who wants one. */
export const customerReport = {
  Report: 'SOC 2 Type 1',
  'Requested by': 'A customer',
  Customer: 'Initech',
  'How the customer’s status was verified': 'Salesforce',
}

/** The list of a distribution day, as often as it was posted. */
export function batchMessages(world: World): readonly Message[] {
  return world.slack.messages(securityChannel).filter(({ text }) => text.startsWith('Reports due'))
}

/** The digests in the security channel, each as all of its words. */
export function securityDigests(world: World): readonly string[] {
  return world.slack
    .messages(securityChannel)
    .filter(({ text }) => text.startsWith('Security tickets, '))
    .map(textOf)
}

/** Links as the words that one sees. */
export const seen = (answer: string) => answer.replaceAll(/<[^|>]+\|([^>]+)>/g, '$1').split('\n')

/** One that waits for us since Friday, one that an expert has, one that is promised, one that is new. */
export async function aQueue(): Promise<{ readonly world: World; readonly tickets: readonly number[] }> {
  const { world, ticket: overdue } = await aTicket({ startsAt: '2026-02-26T10:00:00.000Z' })
  await world.advance({ days: 4 })
  world.gitlab.addExpertTeam(appSec)
  const [waiting, queued, fresh] = ['One', 'Two', 'Three'].map((text) => world.zendesk.submitTicket(text).id)
  await world.drain()
  const question = { Team: appSec.name, 'Question for the team': 'Is it safe?' }
  await decideOnTicket({ world, ticket: waiting ?? 0 }, 'Engage Expert', question)
  await decideOnTicket({ world, ticket: queued ?? 0 }, 'Compliance Report', customerReport)
  await world.advance({ minutes: 30 })
  return { world, tickets: [overdue, waiting ?? 0, queued ?? 0, fresh ?? 0] }
}

/** No word of the ticket nor of its people has reached Slack outside of a modal. */
export function expectNothingPersonal({ world, ticket }: WithTicket, ...words: readonly string[]): void {
  const posted = world.slack.fake.requests
    .filter(({ path }) => !path.includes('views.'))
    .map(({ body }) => JSON.stringify(body))
    .join('\n')
  expect(posted).toContain(String(ticket))
  for (const word of words) expect(posted).not.toContain(word)
}
