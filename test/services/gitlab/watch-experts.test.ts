/** "These issues are monitored" */
import { expect, it } from 'vitest'
import type { ExpertIssue } from '../../../src/engine/request.ts'
import { expertAnswer, watchExperts } from '../../../src/services/gitlab/expert-issue.ts'
import { aTicketDesk } from '../zendesk/a-ticket-desk.ts'

const project = 'gitlab-com/abuse'
const expertName = 'expert-of-abuse'

/** A ticket that waits for an expert team, and the issue that the bot has opened there. */
async function aQuestion(numbers: readonly number[] = [1]) {
  const desk = await aTicketDesk()
  const { local, client } = desk.gitlab
  local.addExpertTeam({ name: 'Abuse', project })
  const issues: ExpertIssue[] = []
  for (const number of numbers) {
    const { iid, webUrl } = await client.createIssue({
      project,
      title: 'Q',
      description: 'Q',
      confidential: true,
    })
    const issue = { iid, url: webUrl, team: 'Abuse', project, closed: false }
    issues.push(issue)
    const place = { source: 'zendesk', flow: 'security-ticket', step: 'waiting-on-expert' } as const
    await desk.insert({ id: `t${iid}`, number: number, ...place, facts: { expertIssue: issue } })
  }
  const failed: number[] = []
  const look = () =>
    watchExperts({
      context: desk.context,
      gitlab: client,
      wakeInbox: () => {},
      onFailure: ({ number }) => void failed.push(number),
    })
  const [issue] = issues
  if (!issue) throw new Error('no issue')
  return { ...desk, local, client, issue, look, failed }
}

const at = '2026-03-02T11:00:00.000Z'

it('nothing has happened: nothing is said', async () => {
  const { look, waiting } = await aQuestion()

  await look()

  expect(await waiting()).toEqual([])
})

it('the expert writes: said once, with when', async () => {
  const { look, waiting, handleAll, setTime, local, issue, row, said } = await aQuestion()
  setTime(at)
  local.someoneComments(issue.iid, expertName, 'It is safe.', { project })

  await look()
  await look()
  const found = await waiting()
  await handleAll()
  await look()

  const seen = { ...issue, answeredAt: at }
  expect(found).toEqual([{ requestId: 't1', observation: { name: 'expert-issue-seen', issue: seen, at } }])
  expect(await waiting()).toEqual([])
  expect((await row('t1')).facts.expertIssue).toEqual(seen)
  expect((await said('t1')).map(({ text }) => text)).toEqual([
    '{person:assignee} Abuse wrote on the issue of ticket 1. Reply offers what they wrote as a draft.',
  ])
})

it('the expert closes it without a word', async () => {
  const { look, handleAll, local, issue, said } = await aQuestion()
  local.someoneCloses(issue.iid, expertName, project)

  await look()
  await handleAll()

  expect((await said('t1')).map(({ text }) => text)).toEqual([
    '{person:assignee} Abuse closed the issue of ticket 1. They wrote nothing on it.',
  ])
})

it('what the bot itself writes, and what GitLab notes by itself, is no answer', async () => {
  const { look, waiting, client, issue, local } = await aQuestion()
  await client.createNote(
    issue.iid,
    { body: 'A word of the bot\n\n<!-- privacy-desk:op-1 -->', internal: false },
    project,
  )
  local.someoneCloses(issue.iid, expertName, project)
  local.someoneReopens(issue.iid, expertName, project)

  await look()

  expect(await waiting()).toEqual([])
  expect(await expertAnswer({ gitlab: client }, issue)).toBeUndefined()
})

it('what somebody writes who is signed in as the bot is an answer like any other', async () => {
  const { look, waiting, client, issue } = await aQuestion()
  const { id } = Object(await client.createNote(issue.iid, { body: 'It is safe.', internal: false }, project))

  await look()

  expect(await waiting()).toHaveLength(1)
  expect(await expertAnswer({ gitlab: client }, issue)).toMatchObject({ id, body: 'It is safe.' })
})

it('one issue that can’t be read holds up no other', async () => {
  const { look, waiting, local, issue, failed } = await aQuestion([1, 2])
  local.issue(issue.iid, project).removed = true
  local.someoneComments(issue.iid + 1, expertName, 'It is safe.', { project })

  await look()

  expect(failed).toEqual([1])
  expect(await waiting()).toMatchObject([{ requestId: 't2' }])
})

it.each([
  ['solved', { step: 'solved', closedAt: at }],
  ['new again', { step: 'new' }],
])('of a ticket that is %s nothing is asked', async (_what, change) => {
  const { look, local, store, row } = await aQuestion()
  await store.tables.requests.update({ ...(await row('t1')), ...change })
  local.fake.requests.splice(0)

  await look()

  expect(local.fake.requests).toEqual([])
})
