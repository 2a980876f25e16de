/** "Engage a subject matter expert (or team)", through the whole app. */
import { describe, expect, test } from 'vitest'
import * as texts from '../../src/flows/ticket-texts.ts'
import {
  addedTo,
  agent,
  appSec,
  askSecurity,
  aTicket,
  decideOnTicket,
  draftIn,
  engaged,
  expectNothingPersonal,
  expert,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCardText,
  ticketThread,
  type WithTicket,
} from './ticket-acts.ts'

const fieldSecurity = '<!subteam^S01FIELDSEC>'
const templateName = 'Question from Field Security'
const withTemplate = (text: string) =>
  text.replace(/^( {4}project: .*appsec-team\n)/m, `$1    template: ${templateName}\n`)
const { project } = appSec

const expertWrites = async ({ world }: WithTicket, text: string) => {
  world.gitlab.someoneComments(1, expert, text, { project })
  await world.settle()
}

describe('Engage Expert', () => {
  test('opens a confidential issue in the team’s project: its labels, the question quoted, the way back to the ticket', async () => {
    const given = await aTicket({ text: 'I am Bruce Wayne.', subject: 'Wayne' })
    const { world, ticket } = given
    world.gitlab.addExpertTeam(appSec)

    await decideOnTicket(given, 'Engage Expert', {
      Team: 'Application Security',
      'Question for the team': 'Is it safe?\n/close\nAsking for @all',
    })

    const { title, description, confidential, labels, state } = world.gitlab.issueView(1, project)
    expect({ title, confidential, labels, state }).toEqual({
      title: `Security ticket ${ticket}: question from Field Security`,
      confidential: true,
      labels: ['field-security'],
      state: 'opened',
    })
    expect(description.split('\n')).toEqual([
      '> Is it safe?',
      '> /close',
      '> Asking for @\u2060all',
      '',
      `Security ticket: ${world.zendesk.url}/agent/tickets/${ticket}`,
      '',
      expect.stringMatching(/^<!-- privacy-desk:[0-9a-f]+ -->$/),
    ])
    expectNothingPersonal(given, 'Wayne', 'Is it safe?')
  })

  test('begins the issue with the team’s template and gives it the labels that config/desk.yaml names', async () => {
    const given = await aTicket({
      deskYaml: (text) =>
        withTemplate(text).replace(
          /(appsec-team\n.*\n {4}labels: )\[field-security\]/,
          '$1[field-security, "question::open"]',
        ),
    })
    const { world } = given
    world.gitlab.addExpertTeam({ ...appSec, template: templateName })

    await decideOnTicket(given, 'Engage Expert', {
      Team: appSec.name,
      'Question for the team': 'Is it safe?',
    })

    const issue = world.gitlab.issueView(1, project)
    expect(issue.labels).toEqual(['field-security', 'question::open'])
    expect(issue.description).toMatch(
      /^A question of Field Security\.\n\n> Is it safe\?\n\nSecurity ticket: /,
    )
  })

  test('tells the requester, then links the issue in an internal comment, and leaves the ticket open', async () => {
    const given = await engaged()

    const { world, ticket } = given
    expect(addedTo(given)).toEqual([
      { body: texts.moreResearch, public: true },
      {
        body: `Expert issue (Application Security): ${world.gitlab.url}/${project}/-/issues/1`,
        public: false,
      },
    ])
    expect(mailsOf(given)).toEqual([texts.moreResearch])
    expect(world.zendesk.ticket(ticket).status).not.toBe('solved')
  })

  test('moves the ticket on: it waits for the team, and the card links the issue', async () => {
    const given = await engaged()

    const { world } = given
    expect(world.slack.buttons(ticketCard(given))).toEqual(['Reply', 'Send Update'])
    const card = ticketCardText(given)
    expect(card).toContain('*Waits for the expert team*')
    expect(card).toContain(
      `Application Security: <${world.gitlab.url}/${project}/-/issues/1|issue in GitLab>, nothing written yet.`,
    )
    expect(card).toContain('Update to the requester: ends Monday 9 March 2026, 10:00 UTC, 7 days left')
  })

  test('does everything once, though the bot is restarted in between', async () => {
    const given = await engaged()

    await given.world.restart()
    await given.world.passTime(3, 30)

    const opened = given.world.gitlab.world.issues.filter((issue) => issue.project.path === project)
    expect(opened).toHaveLength(1)
    expect(addedTo(given)).toHaveLength(2)
  })

  test('without a question or a team is refused under the field', async () => {
    const given = await aTicket()
    const view = await openOnTicket(given, 'Engage Expert')
    const { slack } = given.world

    const refused = await slack.submit(agent, view?.id ?? '', {
      Team: appSec.name,
      'Question for the team': ' ',
    })

    expect(refused.body).toEqual({
      response_action: 'errors',
      errors: { 'field:question': 'Fill this in.' },
    })
  })

  test('is not offered where config/desk.yaml names no expert team', async () => {
    const given = await aTicket({
      deskYaml: (text) => text.replace(/^expert-teams:\n(?: .*\n)+/m, 'expert-teams: []\n'),
    })

    expect(given.world.slack.buttons(ticketCard(given))).toEqual([
      'Reply',
      'Compliance Report',
      'Redirect: Support',
      'Redirect: Vulnerability',
      'Redirect: Copyright',
    ])
  })
})

describe('An issue that can’t be opened', () => {
  test('for want of the template says so on the card, tells the requester nothing, and Try Again goes on', async () => {
    const given = await aTicket({ deskYaml: withTemplate })
    const { world } = given
    world.gitlab.addExpertTeam(appSec)

    await decideOnTicket(given, 'Engage Expert', {
      Team: appSec.name,
      'Question for the team': 'Is it safe?',
    })
    const failed = ticketCardText(given)
    const before = mailsOf(given)
    world.gitlab.setTemplate(templateName, 'Please answer:', project)
    await world.slack.click(agent, ticketCard(given), { button: 'Try Again' })
    await world.settle()

    expect(failed).toContain(templateName)
    expect(failed).toContain('*1 task of 3 failed.*')
    expect(before).toEqual([])
    expect(world.gitlab.issueView(1, project).description).toMatch(/^Please answer:\n\n> Is it safe\?/)
    expect(mailsOf(given)).toEqual([texts.moreResearch])
    expect(ticketCardText(given)).toContain('*Done.*')
  })

  test('for want of the project says which', async () => {
    const given = await aTicket()

    await decideOnTicket(given, 'Engage Expert', { Team: 'Abuse', 'Question for the team': 'Is it safe?' })

    expect(ticketCardText(given)).toContain(
      'gitlab-com/gl-security/security-operations/trust-and-safety/operations',
    )
    expect(ticketCardText(given)).toContain('*1 task of 3 failed.*')
    expect(mailsOf(given)).toEqual([])
  })
})

describe('The expert’s issue is monitored', () => {
  test('a comment is said in the thread and on the card, and Reply holds it as a draft', async () => {
    const given = await engaged()
    await given.world.advance({ hours: 2 })

    await expertWrites(given, 'Yes. AES-256, always.')

    expect(ticketThread(given)).toEqual([
      `${fieldSecurity} Application Security wrote on the issue of ticket ${given.ticket}. Reply offers what they wrote as a draft.`,
    ])
    expect(ticketCardText(given)).toContain('issue in GitLab>, last wrote 2 March 2026, 12:00 UTC.')
    expectNothingPersonal(given, 'AES-256')
    const view = await openOnTicket(given, 'Reply')
    expect(draftIn(view, 'Answer to the requester')).toBe('Yes. AES-256, always.')
  })

  test('what stands in the field after the draft is what is sent', async () => {
    const given = await engaged()
    await expertWrites(given, 'Yes. AES-256, always.')

    await decideOnTicket(given, 'Reply')

    expect(mailsOf(given)).toEqual([texts.moreResearch, 'Yes. AES-256, always.'])
    expect(given.world.zendesk.ticket(given.ticket).status).toBe('solved')
  })

  test('the last comment is the draft, and each is said once, restarted or not', async () => {
    const given = await engaged()
    await expertWrites(given, 'We are looking.')
    await given.world.advance({ minutes: 5 })

    await expertWrites(given, 'It is safe.')
    await given.world.restart()

    expect(ticketThread(given)).toHaveLength(2)
    const view = await openOnTicket(given, 'Reply')
    expect(draftIn(view, 'Answer to the requester')).toBe('It is safe.')
  })

  test('its close is said in the thread and on the card', async () => {
    const given = await engaged()

    given.world.gitlab.someoneCloses(1, expert, project)
    await given.world.settle()

    expect(ticketThread(given)).toEqual([
      `${fieldSecurity} Application Security closed the issue of ticket ${given.ticket}. Reply offers what they wrote as a draft.`,
    ])
    expect(ticketCardText(given)).toContain('issue in GitLab>, nothing written yet, closed.')
    expect(given.world.slack.buttons(ticketCard(given))).toContain('Reply')
  })

  test('is nobody’s business any more once the ticket is solved', async () => {
    const given = await engaged()
    await decideOnTicket(given, 'Reply', { 'Answer to the requester': 'It is safe.' })

    await expertWrites(given, 'It is safe.')

    expect(ticketThread(given)).toEqual([])
  })
})

describe('Periodic updates are given to the requestor as appropriate', () => {
  const reminder = (since: string) =>
    `${fieldSecurity} The requester of ticket 5001 has heard nothing since ${since}: Send Update tells them that it is being worked on.`

  test('after 5 business days the thread reminds, once', async () => {
    const given = await engaged()
    const { world } = given
    await world.advance({ days: 6, hours: 23 })
    const before = ticketThread(given)

    await world.advance({ hours: 1 })
    await world.restart()
    await world.advance({ days: 3 })

    expect(before).toEqual([])
    expect(ticketThread(given)).toEqual([reminder('2 March 2026, 10:00 UTC')])
  })

  test('Send Update tells the requester, keeps the ticket waiting, and the five days start anew', async () => {
    const given = await engaged()
    const { world } = given
    await world.advance({ days: 7 })

    await decideOnTicket(given, 'Send Update')
    const card = ticketCardText(given)
    await world.advance({ days: 6, hours: 23 })
    const before = ticketThread(given)
    await world.advance({ hours: 2 })

    expect(mailsOf(given)).toEqual([texts.moreResearch, texts.stillWorking])
    expect(world.zendesk.ticket(given.ticket).status).not.toBe('solved')
    expect(card).toContain(
      'Update to the requester: ends Monday 16 March 2026, 10:00 UTC, 7 days left (last answer 9 March 2026, 10:00 UTC + 5 business days)',
    )
    expect(before).toEqual([reminder('2 March 2026, 10:00 UTC')])
    expect(ticketThread(given)).toEqual([
      reminder('2 March 2026, 10:00 UTC'),
      reminder('9 March 2026, 10:00 UTC'),
    ])
  })

  test('an agent’s public comment in Zendesk is such an update, an internal one is not', async () => {
    const given = await engaged()
    const { world, ticket } = given
    await world.advance({ days: 1 })
    world.zendesk.someoneComments(ticket, { body: 'Still waiting.', public: false })
    await world.settle()
    const internal = ticketCardText(given)

    world.zendesk.someoneComments(ticket, { body: 'We are on it.', public: true })
    await world.settle()

    expect(internal).toContain('Update to the requester: ends Monday 9 March 2026')
    expect(ticketCardText(given)).toContain('Update to the requester: ends Tuesday 10 March 2026')
  })

  test('config/desk.yaml says after how many business days', async () => {
    const given = await engaged({
      deskYaml: (text) =>
        text.replace('security-update-business-days: 5', 'security-update-business-days: 2'),
    })

    expect(ticketCardText(given)).toContain('Update to the requester: ends Wednesday 4 March 2026, 10:00 UTC')
  })
})

test('An answer of an expert does not count as late or in time: the ticket was handled when the expert was engaged', async () => {
  const given = await engaged()
  const { world } = given
  await world.advance({ days: 4 })
  await decideOnTicket(given, 'Reply', { 'Answer to the requester': 'It is safe.' })

  const stats = await askSecurity(world, 'stats')

  expect(stats.split('\n').slice(2, 5)).toEqual([
    '1 ticket came in.',
    'Handled: 1, 1 of them within the business day (100 %).',
    '• Engage Expert: 1, 1 of them within the business day (100 %)',
  ])
})
