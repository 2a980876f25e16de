/** "an issue is opened for the appropriate team": what the local GitLab receives. */
import { expect, test } from 'vitest'
import { serviceDeskProject, trustSafetyProject } from '../../../sandbox/gitlab/gitlab.ts'
import { aTicketDesk, minute, type TicketDesk } from '../zendesk/ticket-desk.ts'

const project = trustSafetyProject
const abuse = { name: 'Abuse', project, labels: ['field-security', 'question'] }
const given = { context: { expertTeams: [abuse] } }
const ask = { kind: 'open-expert-issue', team: 'Abuse', question: 'Is it known?\n\nSince when?' } as const

const opened = ({ gitlab }: TicketDesk) =>
  gitlab.world.issues.filter((issue) => issue.project.path === project)

test('A confidential issue with the question and the ticket’s address, and nothing of what the requester wrote', async () => {
  const desk = await aTicketDesk(given)

  const work = await desk.carryOut(ask)

  expect(desk.gitlab.fake.received('POST', /\/issues$/).map(({ body }) => body)).toEqual([
    {
      title: 'Security ticket 456: question from Field Security',
      description: [
        '> Is it known?\n>\n> Since when?',
        `Security ticket: ${desk.zendesk.url}/agent/tickets/456`,
        '<!-- privacy-desk:op-1 -->',
      ].join('\n\n'),
      labels: 'field-security,question',
      confidential: true,
    },
  ])
  const url = `${desk.gitlab.url}/${project}/-/issues/1`
  expect(work).toEqual([
    { status: 'done', result: { issueIid: 1, projectId: expect.any(Number), url, team: 'Abuse' } },
  ])
  expect(desk.told).toEqual([
    {
      requestId: desk.id,
      observation: {
        name: 'expert-issue-opened',
        issue: { team: 'Abuse', project, iid: 1, url, closed: false },
        at: '2026-11-22T09:01:00.000Z',
      },
      key: 'effect:op-1',
    },
  ])
})

test('The team’s template stands above the question, and no labels are none', async () => {
  const team = { ...abuse, labels: [], template: 'Account Reinstatement' }
  const desk = await aTicketDesk({ context: { expertTeams: [team] } })

  await desk.carryOut(ask)

  const [issue] = opened(desk)
  const template = issue?.project.templates['Account Reinstatement'] ?? expect.unreachable()
  expect(issue?.description.replace(template.trimEnd(), 'TEMPLATE')).toMatch(
    /^TEMPLATE\n\n> Is it known\?\n>\n> Since when\?\n\nSecurity ticket: /,
  )
  expect(issue?.labels).toEqual([])
})

test('A template that is not there is said, and nothing is opened', async () => {
  const team = { ...abuse, template: 'Question' }
  const desk = await aTicketDesk({ context: { expertTeams: [team] } })

  const work = await desk.carryOut(ask)

  expect(work).toEqual([
    {
      status: 'failed',
      error: `The project ${project} has no issue template “Question” (404). Add it there, then choose Try Again.`,
    },
  ])
  expect(opened(desk)).toEqual([])
})

test('No line of the question is a command, and nobody is mentioned by it', async () => {
  const desk = await aTicketDesk(given)

  await desk.carryOut({ ...ask, question: '/close\r\n@all see\u2028/title x\n<!-- ![a](b)\n>>>\n/label ~y' })

  const [issue] = opened(desk)
  expect(issue).toMatchObject({ state: 'opened', title: 'Security ticket 456: question from Field Security' })
  expect(issue?.description.split('\n\n')[0]).toBe(
    '> /close\n> @\u2060all see\n> /title x\n> &lt;!-- !\u2060[a](b)\n> >>>\n> /label ~y',
  )
})

test('An issue whose answer was lost is found by its mark, and not opened again', async () => {
  const desk = await aTicketDesk(given)
  desk.gitlab.fake.fail({ method: 'POST', path: /\/issues$/, failure: { applied: true, drop: 'connection' } })

  const work = await desk.carryOut(ask)

  expect(opened(desk)).toHaveLength(1)
  expect(work).toMatchObject([{ status: 'done', result: { issueIid: 1, team: 'Abuse' } }])
  expect(desk.told).toHaveLength(1)
})

test('One that was not opened is opened after eight look-ups', async () => {
  const desk = await aTicketDesk(given)
  desk.gitlab.fake.fail({ method: 'POST', path: /\/issues$/, failure: { drop: 'connection' } })

  await desk.carryOut(ask)

  expect(desk.gitlab.fake.received('GET', /\/issues$/)).toHaveLength(8)
  expect(opened(desk)).toHaveLength(1)
})

test('A team that the configuration no longer has is said', async () => {
  const desk = await aTicketDesk()

  const work = await desk.carryOut(ask)

  expect(work).toEqual([
    {
      status: 'failed',
      error:
        'config/desk.yaml no longer names the expert team “Abuse”: put it back there and start the bot again; then choose Try Again.',
    },
  ])
})

test('A project that the token may not see is named', async () => {
  const desk = await aTicketDesk({ context: { expertTeams: [{ ...abuse, project: 'somewhere/else' }] } })

  const work = await desk.carryOut(ask)

  expect(work).toEqual([
    {
      status: 'failed',
      error:
        "The bot's token isn't allowed to work with issues in the project somewhere/else (404). GitLab says: “Project Not Found”.",
    },
  ])
})

test('It is opened in no project but the team’s, and what was asked is not kept', async () => {
  const desk = await aTicketDesk(given)

  await desk.carryOut(ask)
  await desk.workFor(minute)

  expect(desk.gitlab.world.issues.some((issue) => issue.project.path === serviceDeskProject)).toBe(false)
  const [entry] = await desk.store.tables.outbox.ofRequest(desk.id)
  expect(entry?.work).toEqual({ ...ask, question: '' })
  expect(JSON.stringify(await desk.store.tables.audit.page(0, 100))).not.toContain('Is it known')
})
