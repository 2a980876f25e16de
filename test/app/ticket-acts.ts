/** What the tests of the security desk do: a ticket comes in, Field Security decides, a requester answers. */
import { expect, vi } from 'vitest'
import type { Message } from '../../sandbox/slack/workspace.ts'
import { people, securityChannel, startWorld, textOf, type World, type WorldOptions } from './desk-world.ts'

export interface WithTicket {
  readonly world: World
  readonly ticket: number
}

export const agent = people.fieldSecurity.id

/** A ticket to security@ in a world of its own, Monday 2 March 2026 at 10:00 UTC unless said otherwise; its card is there. */
export async function aTicket(
  options: WorldOptions & { readonly text?: string; readonly subject?: string } = {},
): Promise<WithTicket> {
  const { text = 'Is my data encrypted at rest?', subject = 'A question', ...rest } = options
  const world = await startWorld({ zendesk: true, startsAt: '2026-03-02T10:00:00.000Z', ...rest })
  const { id } = world.zendesk.submitTicket(text, { subject })
  await world.settle()
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

export function ticketThread(given: WithTicket): string[] {
  return given.world.slack.thread(ticketCard(given).ts).map(({ text }) => text)
}

/** Clicks and waits for the modal; undefined when the person was told something instead. */
export async function openOnTicket(given: WithTicket, button: string, by: string = agent) {
  const { world } = given
  const before = world.told(by).length
  await world.slack.click(by, ticketCard(given), { button })
  await vi.waitFor(() => {
    if (!world.slack.openView(by) && world.told(by).length === before)
      throw new Error(`nothing came of “${button}”`)
  }, 5_000)
  return world.slack.openView(by)
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
  await given.world.settle()
  return answer
}

/** What was e-mailed to the requester, oldest first. */
export function mailsOf({ world, ticket }: WithTicket): string[] {
  return world.zendesk.mails.filter(({ id }) => id === ticket).map(({ text }) => text)
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
