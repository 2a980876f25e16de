/** "Engage a subject matter expert (or team)", through the whole app. */
import { describe, expect, test } from 'vitest'
import { appSec } from '../../sandbox/gitlab/seed.ts'
import * as texts from '../../src/flows/ticket-texts.ts'
import {
  addedTo,
  agent,
  aTicket,
  decideOnTicket,
  engaged,
  expectNothingPersonal,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCardText,
  ticketThread,
} from './ticket-acts.ts'

const templateName = 'Question from Field Security'
const withTemplate = (text: string) =>
  text.replace(/^( {4}project: .*appsec-team\n)/m, `$1    template: ${templateName}\n`)
const { project } = appSec

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
    expect(world.slack.buttons(ticketCard(given))).toEqual(['Reply', 'Claim', 'Send Update', 'Read Ticket'])
    const card = ticketCardText(given)
    expect(card).toContain('Waiting on the expert team')
    expect(card).toContain(
      `Application Security: <${world.gitlab.url}/${project}/-/issues/1|issue in GitLab>, no reply yet.`,
    )
    expect(card).toContain('Update to the requester until Mar 9, 10:00 AM UTC')
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
    given.world.gitlab.addExpertTeam(appSec)
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
      'Claim',
      'Compliance Report',
      'Redirect: Support',
      'Redirect: Vulnerability',
      'Redirect: Copyright',
      'Read Ticket',
    ])
  })
})

describe('An issue that can’t be opened, although its project and its template were there just before', () => {
  test('for want of the template says so on the card, tells the requester nothing, and Try Again goes on', async () => {
    const given = await aTicket({ deskYaml: withTemplate })
    const { world } = given
    world.gitlab.addExpertTeam(appSec)
    const there = { status: 200, body: { name: templateName, content: 'Please' } }
    // Before the modal opens, and when it is decided.
    world.gitlab.fake.fail({ path: /\/templates\/issues\//, times: 2, failure: { answer: there } })

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
    expect(failed).toContain('*1 of 3 steps failed; the rest are waiting.*')
    expect(before).toEqual([])
    expect(world.gitlab.issueView(1, project).description).toMatch(/^Please answer:\n\n> Is it safe\?/)
    expect(mailsOf(given)).toEqual([texts.moreResearch])
    expect(ticketCardText(given)).toContain('*Done.*')
  })

  test('for want of the project says which', async () => {
    const given = await aTicket()
    const there = { status: 200, body: { id: 900, path_with_namespace: 'abuse/operations' } }
    const path = /\/projects\/[^/]*trust-and-safety%2Foperations$/
    given.world.gitlab.fake.fail({ path, times: 2, failure: { answer: there } })

    await decideOnTicket(given, 'Engage Expert', { Team: 'Abuse', 'Question for the team': 'Is it safe?' })

    expect(ticketCardText(given)).toContain(
      'gitlab-com/gl-security/security-operations/trust-and-safety/operations',
    )
    expect(ticketCardText(given)).toContain('*1 of 3 steps failed; the rest are waiting.*')
    expect(mailsOf(given)).toEqual([])
  })
})

test('A ticket that changed at that moment: the team is asked and linked, the requester is not told, and the thread says so', async () => {
  const given = await aTicket()
  const { world, ticket } = given
  world.gitlab.addExpertTeam(appSec)
  const conflict = { status: 409, body: { error: 'UpdateConflict' } }
  world.zendesk.fake.fail({ method: 'PUT', failure: { answer: conflict } })

  await decideOnTicket(given, 'Engage Expert', { Team: appSec.name, 'Question for the team': 'Is it safe?' })

  expect(mailsOf(given)).toEqual([])
  expect(addedTo(given)).toEqual([
    { body: `Expert issue (Application Security): ${world.gitlab.url}/${project}/-/issues/1`, public: false },
  ])
  expect(ticketThread(given)).toEqual([
    `<@${agent}> Nothing was sent on ticket ${ticket}, because it had changed meanwhile: something on it was changed. Read it, and decide again.`,
  ])
  expect(world.slack.buttons(ticketCard(given))).toEqual(['Reply', 'Claim', 'Send Update', 'Read Ticket'])
})
