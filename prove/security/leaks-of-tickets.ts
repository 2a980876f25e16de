/** Tickets on which everything happens, with failures: what people wrote and who they are, to be searched for afterwards. */
import { appSec } from '../../sandbox/gitlab/seed.ts'
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import type { Findings } from './findings.ts'
import type { SecuredDesk } from './secured-desk.ts'

/** The confirmation has to name it. */
const promisedDay = 'Monday 2 March 2026'
const agent = PEOPLE.fieldSecurity.id
const expert = 'expert-of-application-security'

/** By what each is, as it stands in a finding. */
export const ofTickets = {
  'a ticket’s requester': 'Balthazar Oakenshield',
  'a ticket’s sender': 'balthazar@mail-of-the-ticket.example',
  'a ticket’s copy': 'Philippa Marchbanks',
  'a copy’s address': 'philippa@copy-of-the-ticket.example',
  'a ticket’s subject': 'The vaults of Gringolanda',
  'a ticket’s text': 'Our vault is numbered seven-hundred-thirteen.',
  'a requester’s answer': 'The goblin is called Bogrodotus.',
  'an agent’s comment': 'Ask the dragonkeeper in Romanovia.',
  'a typed answer': 'Yes: the vault has a dragon, Mr Oakenshield.',
  'a typed question': 'Does the dragon of Gringolanda sleep?',
  'a typed notice': 'We are asking the dragonkeepers, dear Balthazar.',
  'an expert’s note': 'It sleeps after the third cantata.',
  'a typed update': 'Still humming cantatas, dear Balthazar.',
  'a customer': 'Weasleby & Sons',
  'how a status was verified': 'Their owl brought a sealed parchment.',
  'a confirmation': 'Your parchment is on its way, dear Balthazar.',
  'a typed note': 'He lost his wandring key.',
  'a report’s notice': 'The owl has left, dear Balthazar.',
} as const

/** A command that somebody types with an address in place of a number. */
export const notUnderstood = ofTickets['a ticket’s sender']

const mail = {
  subject: ofTickets['a ticket’s subject'],
  from: { name: ofTickets['a ticket’s requester'], email: ofTickets['a ticket’s sender'] },
  ccs: [{ name: ofTickets['a ticket’s copy'], email: ofTickets['a copy’s address'] }],
}

export async function busyTickets(desk: SecuredDesk, findings: Findings): Promise<void> {
  desk.gitlab.addExpertTeam(appSec)
  const [asked, promised, forwarded] = [await ticket(desk), await ticket(desk), await ticket(desk)]
  await expertIsAsked(desk, asked)
  await decide(desk, desk.ticketCard(forwarded), 'Redirect: Support', {
    'Internal note for support': ofTickets['a typed note'],
  })
  await reportIsSent(desk, promised)
  await handedElsewhere(desk, asked)
  for (let round = 0; round < 12; round += 1) await desk.advance(120)
  const solved = [asked, promised].filter((id) => desk.zendesk.ticket(id).status === 'solved')
  if (solved.length === 2) findings.reach('the busy tickets were solved')
  const written = desk.zendesk.ticket(forwarded).comments.map(({ body }) => body)
  if (written.some((body) => body.includes(ofTickets['a typed note'])))
    findings.reach('a typed note got to Zendesk')
  const questions = desk.gitlab.world.issues.map(({ description }) => description)
  if (questions.some((one) => one.includes(ofTickets['a typed question'])))
    findings.reach('a typed question got to the experts')
}

const ticket = (desk: SecuredDesk) => desk.ticket(ofTickets['a ticket’s text'], mail)

async function expertIsAsked(desk: SecuredDesk, asked: number): Promise<void> {
  const { gitlab, zendesk } = desk
  failing(desk)
  await decide(desk, desk.ticketCard(asked), 'Engage Expert', {
    Team: appSec.name,
    'Question for the team': ofTickets['a typed question'],
    'Message to the requester': ofTickets['a typed notice'],
  })
  desk.zendesk.fake.heal()
  desk.gitlab.fake.heal()
  for (let round = 0; round < 8; round += 1) await desk.advance(120)
  gitlab.someoneComments(1, expert, ofTickets['an expert’s note'], { project: appSec.project })
  zendesk.someoneComments(asked, { body: ofTickets['an agent’s comment'], public: false })
  await desk.advance(120)
  await decide(desk, desk.ticketCard(asked), 'Send Update', {
    'Update to the requester': ofTickets['a typed update'],
  })
  const view = await open(desk, desk.ticketCard(asked), 'Reply')
  // Overtaken: the modal comes again with what was typed, and what is new.
  zendesk.requesterReplies(asked, ofTickets['a requester’s answer'])
  const answer = { 'Reply to the requester': ofTickets['a typed answer'] }
  await desk.slack.submit(agent, view, answer)
  await desk.settle()
  const again = desk.slack.openView(agent)?.id
  if (again !== undefined) await desk.slack.submit(agent, again, answer)
  await desk.settle()
}

async function reportIsSent(desk: SecuredDesk, promised: number): Promise<void> {
  await decide(desk, desk.ticketCard(promised), 'Compliance Report', {
    Report: 'SOC 2 Type 1',
    'Requested by': 'A customer',
    Customer: ofTickets['a customer'],
    'How the customer’s status was verified': ofTickets['how a status was verified'],
    'Confirmation to the requester': `${ofTickets['a confirmation']}\nPlanned for ${promisedDay}.`,
  })
  await desk.advance(24 * 3600)
  await decide(desk, desk.ticketCard(promised), 'Report Sent', {
    'Message to the requester': ofTickets['a report’s notice'],
  })
}

/** Services that quote what they were asked in their errors. */
function failing({ gitlab, zendesk, environment }: SecuredDesk): void {
  const message = `${ofTickets['a ticket’s text']} ${ofTickets['a ticket’s sender']} ${environment.ZENDESK_TOKEN}`
  const body = { error: 'RecordInvalid', description: message, details: { base: [{ description: message }] } }
  const update = { method: 'PUT', path: /tickets\/\d+/ } as const
  zendesk.fake.fail({ ...update, times: 2, failure: { answer: { status: 500, body } } })
  zendesk.fake.fail({ ...update, times: 1, failure: { answer: { status: 200, body: `<html>${message}` } } })
  gitlab.fake.fail({
    method: 'POST',
    path: /appsec/,
    failure: { answer: { status: 500, body: { message } } },
  })
}

/** What nobody may, what is none of the bot's, and what it can't read. */
async function handedElsewhere(desk: SecuredDesk, asked: number): Promise<void> {
  const { slack } = desk
  for (const text of [`show ${asked}`, 'list', 'batch', 'stats', `show ${notUnderstood}`])
    for (const by of [agent, PEOPLE.manager.id])
      await slack.command(by, CHANNELS.security.name, '/security', text)
  await fetch(`${desk.url}/webhooks/zendesk`, {
    method: 'POST',
    headers: { 'x-zendesk-webhook-signature': ofTickets['a ticket’s subject'].replaceAll(' ', '') },
    body: JSON.stringify({ ticket_id: ofTickets['a ticket’s text'] }),
  })
  await desk.settle()
}

async function open(desk: SecuredDesk, card: Message, button: string): Promise<string> {
  const { slack } = desk
  slack.space.setViews(agent, [])
  await slack.click(agent, card, { button })
  return (await desk.opened(agent, button)).id
}

async function decide(
  desk: SecuredDesk,
  card: Message,
  button: string,
  entries: Readonly<Record<string, string>>,
): Promise<void> {
  await desk.slack.submit(agent, await open(desk, card, button), entries)
  await desk.settle()
}
