/** Everybody without the Field Security role, at everything that stands for a ticket: nothing is done for them, and nothing of it is shown. */
import { appSec } from '../../sandbox/gitlab/seed.ts'
import { formOf } from '../../sandbox/slack/deliver.ts'
import { type Payload, viewSubmission } from '../../sandbox/slack/payloads.ts'
import { CHANNELS, GROUPS, PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import type { Message, View } from '../../sandbox/slack/workspace.ts'
import type { Findings } from './findings.ts'
import { refused } from './refused.ts'
import { type SecuredDesk, startSecuredDesk } from './secured-desk.ts'
import { as, chosen, nobodies, type Somebody, typed, withUltraGuest } from './somebody.ts'

const agent = PEOPLE.fieldSecurity.id
const inSecurity = { command: '/security', channel: CHANNELS.security }
/** Stand in everything that the tickets say. */
const hidden = ['Quillfeather', 'Zuleika', 'mail-of-the-requester']
const from = { name: 'Zuleika Quillfeather', email: 'zuleika@mail-of-the-requester.example' }
const text = { subject: 'The data of Quillfeather', from }
const reportOf = {
  Report: 'SOC 2 Type 1',
  'Requested by': 'A customer',
  Customer: 'Quillfeather Ltd',
  'How the customer’s status was verified': 'Salesforce',
}

interface AtTickets {
  readonly desk: SecuredDesk
  /** Is new. */
  readonly ticket: number
  /** Its report is promised for today. */
  readonly promised: number
}

export async function provePeopleOfTickets(findings: Findings): Promise<void> {
  const desk = await startSecuredDesk({ fetch: withUltraGuest })
  try {
    desk.gitlab.addExpertTeam(appSec)
    const at = await tickets(desk)
    for (const [who, somebody] of Object.entries(everybodyElse))
      for (const [what, act] of Object.entries(acts))
        await refusedAt(findings, desk, `${what} of ${who}`, await act(at, somebody), somebody)
    await roleLost(findings, at)
  } finally {
    await desk.close()
  }
}

const everybodyElse: Readonly<Record<string, Somebody>> = {
  ...nobodies(agent),
  'a support engineer': { id: PEOPLE.engineer.id, teamId: TEAM.id },
  'a support manager': { id: PEOPLE.manager.id, teamId: TEAM.id },
  'a privacy person': { id: PEOPLE.privacy.id, teamId: TEAM.id },
}

/** On a Monday after nine, when the list of the day is posted. */
async function tickets(desk: SecuredDesk): Promise<AtTickets> {
  const promised = await desk.ticket('Zuleika', text)
  for (const one of [promised, await desk.ticket('Zuleika', text)])
    await submitAs(desk, await opened(desk, desk.ticketCard(one), 'Compliance Report'), reportOf)
  await desk.advance(24 * 3600)
  return { desk, promised, ticket: await desk.ticket('Dear security, this is Zuleika Quillfeather.', text) }
}

async function submitAs(desk: SecuredDesk, view: View, entries: Readonly<Record<string, string>>) {
  await desk.slack.submit(agent, view.id, entries)
  await desk.settle()
}

type Act = (at: AtTickets, by: Somebody) => Promise<string>

const clickOf =
  (button: string): Act =>
  async ({ desk, ticket }, by) =>
    clicked(desk, desk.ticketCard(ticket), button, by)

const submitOf =
  (button: string): Act =>
  async ({ desk, ticket }, by) => {
    const view = await opened(desk, desk.ticketCard(ticket), button)
    // Whoever submits it would be shown what is new.
    desk.zendesk.someoneComments(ticket, { body: 'Ask Quillfeather.', public: false })
    await desk.settle()
    return submitted(desk, view, by)
  }

const typing =
  (words: (at: AtTickets) => string): Act =>
  async (at, by) =>
    typed(at.desk, words(at), by, inSecurity)

const acts: Readonly<Record<string, Act>> = {
  'a click on Reply': clickOf('Reply'),
  'a click on Engage Expert': clickOf('Engage Expert'),
  'a click on Compliance Report': clickOf('Compliance Report'),
  'a click on Redirect: Support': clickOf('Redirect: Support'),
  'a click on Redirect: Vulnerability': clickOf('Redirect: Vulnerability'),
  'a click on Redirect: Copyright': clickOf('Redirect: Copyright'),
  'a click on Report Sent': async ({ desk, promised }, by) =>
    clicked(desk, desk.ticketCard(promised), 'Report Sent', by),
  'a click on Report Sent in the list': async ({ desk }, by) =>
    clicked(desk, batchOf(desk), 'Report Sent', by),
  'a click on All Sent': async ({ desk }, by) => clicked(desk, batchOf(desk), 'All Sent', by),
  'a try again': async ({ desk, ticket }, by) => {
    const payload = payloadOf(desk, desk.ticketCard(ticket), 'Reply', by)
    const [action] = payload.actions as Payload[]
    return formOf('interactive', { ...payload, actions: [{ ...action, action_id: 'try-again' }] })
  },
  'Reply submitted': submitOf('Reply'),
  'Engage Expert submitted': submitOf('Engage Expert'),
  'Redirect: Support submitted': submitOf('Redirect: Support'),
  'All Sent submitted': async ({ desk }, by) =>
    submitted(desk, await opened(desk, batchOf(desk), 'All Sent'), by),
  '/security list': typing(() => 'list'),
  '/security show': typing(({ ticket }) => `show ${ticket}`),
  '/security claim': typing(({ ticket }) => `claim ${ticket}`),
  '/security batch': typing(() => 'batch'),
  '/security stats': typing(() => 'stats'),
}

async function refusedAt(
  findings: Findings,
  desk: SecuredDesk,
  what: string,
  body: string,
  { id }: Somebody,
): Promise<void> {
  const before = desk.slack.ephemerals(id).length
  let answer: unknown
  await refused(findings, desk, what, id, async () => {
    answer = await desk.slack.deliverSigned(body)
  })
  const shown = JSON.stringify([answer, desk.slack.ephemerals(id).slice(before)])
  for (const word of hidden) if (shown.includes(word)) findings.letIn(`${what} is shown the ticket`, shown)
  findings.reach('somebody without the Field Security role was refused')
}

function batchOf({ slack }: SecuredDesk): Message {
  const lists = slack.messages(CHANNELS.security.name)
  const list = lists.findLast((one) => one.text.startsWith('Reports due'))
  if (!list) throw new Error('there is no list of the day')
  return list
}

const payloadOf = ({ slack }: SecuredDesk, card: Message, button: string, by: Somebody) =>
  as(slack.clickPayload(agent, card, { button }, { confirm: true }), by)

const clicked = (desk: SecuredDesk, card: Message, button: string, by: Somebody): string =>
  formOf('interactive', payloadOf(desk, card, button, by))

async function opened(desk: SecuredDesk, card: Message, button: string): Promise<View> {
  desk.slack.space.setViews(agent, [])
  await desk.slack.click(agent, card, { button })
  return desk.opened(agent, button)
}

/** The modal is the agent's; whoever submits it is somebody else. */
function submitted(desk: SecuredDesk, view: View, by: Somebody): string {
  const acting = { person: PEOPLE.fieldSecurity, triggerId: desk.slack.space.newTrigger(agent) }
  return formOf('interactive', as(viewSubmission(acting, view, chosen(view.blocks)), by))
}

/** A minute after the role is gone it is gone: between the card and the modal, and between the modal and its submit. */
async function roleLost(findings: Findings, at: AtTickets): Promise<void> {
  const { desk } = at
  const by = { id: agent, teamId: TEAM.id }
  const bodies = new Map<string, string>()
  for (const [what, act] of Object.entries(acts)) bodies.set(what, await act(at, by))
  desk.slack.setGroupMembers(GROUPS.fieldSecurity.handle, [])
  await desk.advance(61)
  for (const [what, body] of bodies) {
    await refusedAt(findings, desk, `${what} after the role was lost`, body, by)
    findings.reach('the Field Security role lost in between')
  }
}
