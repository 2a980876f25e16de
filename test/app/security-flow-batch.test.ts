/** The compliance reports of a distribution day: its list, Report Sent for one, All Sent for the rest. Through the whole app. */
import { describe, expect, test } from 'vitest'
import type { View } from '../../sandbox/slack/workspace.ts'
import * as texts from '../../src/flows/ticket-texts.ts'
import { modalAfter, people, securityChannel, textOf, type World, type WorldOptions } from './desk-world.ts'
import {
  agent,
  askSecurity,
  aTicket,
  batchMessages,
  customerReport,
  decideOnTicket,
  mailsOf,
  ticketCard,
  ticketCardText,
} from './ticket-acts.ts'

const monday = '2026-03-02T10:00:00.000Z'

/** Tickets whose reports are promised for the same day. */
async function promised(count: number, startsAt = monday, options: WorldOptions = {}) {
  const { world, ticket } = await aTicket({ startsAt, ...options })
  const tickets = [ticket]
  while (tickets.length < count) tickets.push(world.zendesk.submitTicket('Your SOC 2, please').id)
  await world.settle()
  for (const one of tickets) await decideOnTicket({ world, ticket: one }, 'Compliance Report', customerReport)
  return { world, tickets }
}

/** The lines of the list that stand for reports: number, report, whether it was sent. */
function reportLines(world: World): readonly string[] {
  const [message] = batchMessages(world)
  return textOf(message ?? { text: '', blocks: [] })
    .split('\n')
    .flatMap((line) => /\|ticket (\d+)> · (.*) · <.*\|Card>$/.exec(line)?.slice(1).join(' · ') ?? [])
}

async function openBatch(world: World, by: string = agent): Promise<View | undefined> {
  const [message] = batchMessages(world)
  if (!message) throw new Error('there is no list')
  return modalAfter(world, by, () => world.slack.click(by, message, { button: 'All Sent' }))
}

describe('On a distribution day', () => {
  test('the list of its reports is posted at the time of the digest', async () => {
    const { world, tickets } = await promised(2)

    await world.advance({ days: 2, hours: 22, minutes: 50 })
    const tooEarly = batchMessages(world).length
    await world.advance({ minutes: 10 })

    expect(tooEarly).toBe(0)
    expect(batchMessages(world).map(({ text }) => text)).toEqual([
      'Reports due Thu, Mar 5: 2 reports, none sent yet.',
    ])
    expect(reportLines(world)).toEqual(tickets.map((one) => `${one} · SOC 2 Type 1 · not sent yet`))
    expect(batchMessages(world).flatMap((one) => world.slack.buttons(one))).toEqual([
      'Report Sent',
      'Report Sent',
      'All Sent',
    ])
  })

  test('it is posted once, also after a restart, and no word of a customer is in it', async () => {
    const { world } = await promised(2)
    await world.advance({ days: 3 })

    await world.restart()
    await world.advance({ hours: 5 })

    expect(batchMessages(world)).toHaveLength(1)
    expect(world.sentToSlack()).not.toContain('Initech')
  })

  test('a bot that was down at that time posts it when it is back', async () => {
    const { world } = await promised(1)
    await world.stop()
    world.clock.advance({ days: 3, hours: 4 })

    await world.restart()

    expect(batchMessages(world)).toHaveLength(1)
  })

  test('a day without reports has no list', async () => {
    const { world } = await aTicket()

    await world.advance({ days: 3 })

    expect(batchMessages(world)).toEqual([])
  })

  test('a Monday that is a holiday passes its reports on to Tuesday', async () => {
    const { world } = await promised(1, '2026-05-22T10:00:00.000Z')

    await world.advance({ days: 3 })
    const onMonday = batchMessages(world).length
    await world.advance({ days: 1 })

    expect(onMonday).toBe(0)
    expect(batchMessages(world).map(({ text }) => text)).toEqual([
      'Reports due Tue, May 26: 1 report, none sent yet.',
    ])
  })

  test('a report that was answered otherwise before is not on the list', async () => {
    const { world, tickets } = await promised(2)
    const [first = 0, second] = tickets
    const answer = { 'Reply to the requester': 'You have it already.' }
    await decideOnTicket({ world, ticket: first }, 'Reply', answer)

    await world.advance({ days: 3 })

    expect(reportLines(world)).toEqual([`${second} · SOC 2 Type 1 · not sent yet`])
  })
})

describe('Report Sent', () => {
  test('on the card is for one report, and the list is drawn again', async () => {
    const { world, tickets } = await promised(2)
    const [first = 0, second = 0] = tickets
    await world.advance({ days: 3 })

    await decideOnTicket({ world, ticket: first }, 'Report Sent')

    expect(mailsOf({ world, ticket: first }).at(-1)).toBe(texts.reportSentNotice)
    expect(mailsOf({ world, ticket: second })).toHaveLength(1)
    expect(batchMessages(world).map(({ text }) => text)).toEqual([
      'Reports due Thu, Mar 5: 2 reports, 1 still to be sent.',
    ])
    expect(reportLines(world)).toEqual([
      `${second} · SOC 2 Type 1 · not sent yet`,
      `${first} · SOC 2 Type 1 · sent`,
    ])
    expect(batchMessages(world).flatMap((one) => world.slack.buttons(one))).toEqual(['Report Sent'])
  })

  test('on the list is the same', async () => {
    const { world, tickets } = await promised(1)
    const [ticket = 0] = tickets
    await world.advance({ days: 3 })
    const [message] = batchMessages(world)

    const modal = await modalAfter(world, agent, () =>
      world.slack.click(agent, message ?? '', { button: 'Report Sent' }),
    )
    await world.slack.submit(agent, modal?.id ?? '')
    await world.settle()

    expect(mailsOf({ world, ticket }).at(-1)).toBe(texts.reportSentNotice)
    expect(reportLines(world)).toEqual([`${ticket} · SOC 2 Type 1 · sent`])
  })
})

describe('All Sent', () => {
  test('shows what is sent to how many, tells each requester once, and solves each ticket', async () => {
    const { world, tickets } = await promised(3)
    const [first = 0] = tickets
    await world.advance({ days: 3 })
    await decideOnTicket({ world, ticket: first }, 'Report Sent')

    const view = await openBatch(world)
    await world.slack.submit(agent, view?.id ?? '')
    await world.settle()
    await world.restart()

    expect(
      textOf({ text: '', blocks: view?.blocks ?? [] })
        .split('\n')
        .slice(-4),
    ).toEqual([
      '*When you confirm, on each of 2 tickets*',
      '• E-mails your text to the requester.',
      '• Solves the ticket.',
      `Goes to: ${tickets
        .slice(1)
        .map((one) => `ticket ${one}`)
        .join(' and ')}.`,
    ])
    for (const ticket of tickets) {
      expect(mailsOf({ world, ticket }).slice(1)).toEqual([texts.reportSentNotice])
      expect(world.zendesk.ticket(ticket).status).toBe('solved')
      expect(ticketCardText({ world, ticket })).toContain(`<@${agent}> chose *Report Sent*`)
    }
    expect(batchMessages(world).map(({ text }) => text)).toEqual([
      'Reports due Thu, Mar 5: 3 reports, all sent.',
    ])
    expect(batchMessages(world).flatMap((one) => world.slack.buttons(one))).toEqual([])
  })

  test('sends the text as it was changed', async () => {
    const { world, tickets } = await promised(2)
    await world.advance({ days: 3 })

    const view = await openBatch(world)
    await world.slack.submit(agent, view?.id ?? '', { 'Message to the requester': 'It is in your inbox.' })
    await world.settle()

    expect(tickets.map((ticket) => mailsOf({ world, ticket }).at(-1))).toEqual([
      'It is in your inbox.',
      'It is in your inbox.',
    ])
  })

  test('waits with Undo on each card, as its modal says, and what is undone is not sent', async () => {
    const { world, tickets } = await promised(2, monday, { env: { UNDO_SECONDS: '30' } })
    const [ticket = 0, other = 0] = tickets
    await world.advance({ days: 3 })

    const view = await openBatch(world)
    await world.slack.submit(agent, view?.id ?? '')
    await world.passTime(4, 4)
    await world.slack.click(agent, ticketCard({ world, ticket }), { button: 'Undo' })
    await world.advance({ minutes: 1 })

    expect(textOf({ text: '', blocks: view?.blocks ?? [] })).toContain(
      'Each waits 30 seconds before it goes out. Until then, Undo on its card stops all of it.',
    )
    expect(mailsOf({ world, ticket })).not.toContain(texts.reportSentNotice)
    expect(mailsOf({ world, ticket: other })).toContain(texts.reportSentNotice)
  })

  test('is held up by no ticket that was deleted meanwhile', async () => {
    const { world, tickets } = await promised(3)
    const [gone = 0, ...others] = tickets
    await world.advance({ days: 3 })
    const view = await openBatch(world)
    world.zendesk.deletes(gone)

    await world.slack.submit(agent, view?.id ?? '')
    await world.settle()

    expect(others.map((ticket) => world.zendesk.ticket(ticket).status)).toEqual(['solved', 'solved'])
    expect(mailsOf({ world, ticket: gone })).toHaveLength(1)
  })

  test('is for Field Security: anybody else is refused privately, and the audit log has it', async () => {
    const { world, tickets } = await promised(2)
    await world.advance({ days: 3 })

    const view = await openBatch(world, people.manager.id)

    expect(view).toBeUndefined()
    expect(world.told(people.manager.id)).toEqual([
      'Reports are sent by people with the Field Security role.',
    ])
    expect(tickets.map((ticket) => mailsOf({ world, ticket }).length)).toEqual([1, 1])
    expect((await world.audit()).filter(({ what }) => what === 'refused')).toMatchObject([
      { who: `slack:${people.manager.id}` },
    ])
  })
})

describe('/security batch', () => {
  test('answers with the next distribution days and what is promised for them', async () => {
    const { world, tickets } = await promised(2)

    const answer = await askSecurity(world, 'batch')

    const lines = answer.replaceAll(/<[^|>]+\|([^>]+)>/g, '$1').split('\n')
    expect(lines.slice(1)).toEqual([
      'Compliance reports of the next distribution days',
      '*Mon, Mar 2*: no reports are promised.',
      '*Thu, Mar 5*: 2 reports, none sent yet.',
      ...tickets.map((one) => `• ticket ${one} · SOC 2 Type 1 · not sent yet · Card`),
      '*Mon, Mar 9*: no reports are promised.',
      '*Thu, Mar 12*: no reports are promised.',
    ])
    expect(world.slack.messages(securityChannel).filter(({ text }) => text === lines[0])).toEqual([])
  })

  test('moves the Monday of a holiday to Tuesday', async () => {
    const { world } = await aTicket({ startsAt: '2026-05-22T10:00:00.000Z' })

    const answer = await askSecurity(world, 'batch')

    expect(answer.split('\n').slice(2)).toEqual([
      '*Tue, May 26*: no reports are promised.',
      '*Thu, May 28*: no reports are promised.',
      '*Mon, Jun 1*: no reports are promised.',
      '*Thu, Jun 4*: no reports are promised.',
    ])
  })
})
