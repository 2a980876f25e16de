/** What Field Security is in the middle of when the bot is killed. */

import { appSec } from '../../sandbox/gitlab/seed.ts'
import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import { distributionDayAfter } from '../../src/engine/business-time.ts'
import { dayIn } from '../../src/engine/time.ts'
import { type Acted, askForCards, cardsOfTicket, decide, fieldSecurity } from './acts.ts'
import type { Desk } from './desk.ts'
import type { Scenario, Subject } from './scenarios.ts'

const by = fieldSecurity.id
const dayMs = 24 * 3_600_000

const submitted = ({ zendesk }: Desk): Subject & { readonly ticket: number } => ({
  ticket: zendesk.submitTicket('Is my data encrypted at rest?', { subject: 'A question' }).id,
})

async function aTicket(desk: Desk): Promise<Subject> {
  const subject = submitted(desk)
  await settled(desk)
  if (cardsOfTicket(desk, subject.ticket).length === 0) await askForCards(desk)
  return subject
}

async function settled(desk: Desk): Promise<void> {
  const rest = await desk.rest()
  if (rest !== 'at-rest')
    throw new Error(`the preparation did not come to rest: ${rest}\n${desk.bot.output()}`)
}

const on =
  (button: string, entries: Readonly<Record<string, string>> = {}) =>
  (desk: Desk, { ticket = 0 }: Subject): Promise<Acted> =>
    decide(desk, { iid: ticket, source: 'zendesk', button, by }, entries)

const newTicket: Scenario = {
  name: 'new ticket',
  async prepare(desk) {
    desk.zendesk.webhooks.hold()
    return submitted(desk)
  },
  async act({ zendesk }) {
    zendesk.webhooks.release()
    await zendesk.webhooks.settled()
    return 'acknowledged'
  },
}

const requesterWrites: Scenario = {
  name: 'the requester of a solved ticket writes again',
  async prepare(desk) {
    const subject = await aTicket(desk)
    await reply.act(desk, subject)
    await settled(desk)
    return subject
  },
  async act({ zendesk }, { ticket = 0 }) {
    zendesk.requesterReplies(ticket, 'And in transit?')
    await zendesk.webhooks.settled()
    return 'acknowledged'
  },
}

const reply: Scenario = {
  name: 'Reply',
  prepare: aTicket,
  act: on('Reply', { 'Reply to the requester': 'Yes. AES-256, always.' }),
}

const engageExpert: Scenario = {
  name: 'Engage Expert',
  async prepare(desk) {
    desk.gitlab.addExpertTeam(appSec)
    return aTicket(desk)
  },
  act: on('Engage Expert', { Team: appSec.name, 'Question for the team': 'Is it safe?' }),
}

const redirectToSupport: Scenario = {
  name: 'Redirect: Support',
  prepare: aTicket,
  act: on('Redirect: Support'),
}

const complianceReport: Scenario = {
  name: 'Compliance Report',
  prepare: aTicket,
  act: on('Compliance Report', {
    Report: 'SOC 2 Type 1',
    'Requested by': 'A customer',
    Customer: 'Initech',
    'How the customer’s status was verified': 'Salesforce',
  }),
}

/** Time goes on to the day that was promised. */
const reportSent: Scenario = {
  name: 'Report Sent',
  movesDay: true,
  async prepare(desk) {
    const subject = await aTicket(desk)
    await complianceReport.act(desk, subject)
    await settled(desk)
    const today = dayIn('UTC', desk.now().toISOString())
    const promised = distributionDayAfter(today, usFederalHolidays())
    await desk.advance(Math.round((Date.parse(promised) - Date.parse(today)) / dayMs) * dayMs)
    await settled(desk)
    return subject
  },
  act: on('Report Sent'),
}

export const ticketScenarios: readonly Scenario[] = [
  newTicket,
  reply,
  requesterWrites,
  engageExpert,
  redirectToSupport,
  complianceReport,
  reportSent,
]
