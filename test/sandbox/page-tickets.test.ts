/** What the page's server does in Zendesk and on the issues of expert teams, and what it refuses. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Issue } from '../../sandbox/gitlab/world.ts'
import { supportGroupId } from '../../sandbox/zendesk/zendesk.ts'
import { type PageUnderTest, pageUnderTest } from '../browser/page-parts.ts'

const team = { name: 'Abuse', project: 'security/abuse' }

let parts: PageUnderTest
let id: number
beforeEach(async () => {
  parts = await pageUnderTest()
  parts.gitlab.addExpertTeam(team)
  id = parts.zendesk.submitTicket('Is it <b>encrypted</b>?', { subject: '*Encryption*' }).id
})
afterEach(() => parts.close())

async function act(what: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${parts.page.url}/act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(what),
  })
  return { status: response.status, body: await response.json() }
}

async function state(query: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const looking = new URLSearchParams({ as: 'U01FIELDSEC', channel: 'field-security', ...query })
  const response = await fetch(`${parts.page.url}/state?${looking}`)
  return (await response.json()) as Record<string, unknown>
}

const done = { status: 200, body: {} }
const said = (sentence: string) => ({ status: 200, body: { said: sentence } })

test('the ticket that is looked at has its address, which can be pasted in Slack', async () => {
  const seen = await state({ beside: 'zendesk', ticket: String(id) })

  expect(seen).toMatchObject({
    ticket: { id, url: `${parts.zendesk.url}/agent/tickets/${id}` },
    tickets: [{ id, url: `${parts.zendesk.url}/agent/tickets/${id}` }],
  })
})

test('an e-mail to security@ opens a ticket, which is looked at next', async () => {
  const { body } = await act({
    ...{ act: 'new-ticket', name: '', email: 'kim@example.com', ccs: 'one@example.com, ,two@example.com' },
    ...{ subject: '', text: 'Hello' },
  })

  const [, ticket] = parts.zendesk.tickets.values()
  expect(body).toEqual({ ticket: ticket?.id })
  expect(ticket).toMatchObject({
    ...{ subject: '', recipient: 'security@gitlab.com', status: 'new' },
    requester: { name: 'kim@example.com', email: 'kim@example.com' },
    ccs: [{ email: 'one@example.com' }, { email: 'two@example.com' }],
    comments: [{ body: 'Hello', public: true }],
  })
})

test('an agent comments for everyone or for agents, moves, solves and closes the ticket', async () => {
  expect(await act({ act: 'ticket-comment', id, text: 'Seen', to: 'agents' })).toEqual(done)
  expect(await act({ act: 'ticket-comment', id: String(id), text: 'Soon', to: 'everyone' })).toEqual(done)
  expect(await act({ act: 'ticket-move', id, group: String(supportGroupId) })).toEqual(done)
  expect(await act({ act: 'ticket-solve', id })).toEqual(done)
  expect(parts.zendesk.ticket(id)).toMatchObject({ status: 'solved', groupId: supportGroupId })
  expect(await act({ act: 'ticket-close', id })).toEqual(done)

  expect(parts.zendesk.ticket(id).status).toBe('closed')
  expect(parts.zendesk.mails.map(({ text }) => text)).toEqual(['Soon'])
  const { ticket } = await state({ beside: 'zendesk' })
  expect(ticket).toMatchObject({
    ...{ subject: '*Encryption*', status: 'closed', group: 'Support' },
    comments: [
      { isRequester: true, isPublic: true, mailed: false, text: 'Is it <b>encrypted</b>?' },
      { author: 'Sam Agent', isPublic: false, mailed: false, text: 'Seen' },
      { author: 'Sam Agent', isPublic: true, mailed: true, text: 'Soon' },
    ],
  })
})

test('the requester’s reply opens a solved ticket again, and to a closed one opens a new one', async () => {
  parts.zendesk.someoneSolves(id)
  expect(await act({ act: 'ticket-reply', id, text: 'Not yet' })).toEqual(done)
  expect(parts.zendesk.ticket(id).status).toBe('open')
  parts.zendesk.closes(id)

  const { body } = await act({ act: 'ticket-reply', id, text: 'Once more' })

  const fresh = [...parts.zendesk.tickets.values()].at(-1)
  expect(fresh?.subject).toBe('Re: *Encryption*')
  expect(body).toEqual({
    ticket: fresh?.id,
    said: `Ticket ${id} is closed, so the answer opened ticket ${fresh?.id}.`,
  })
})

test('a ticket is merged into another, deleted and restored', async () => {
  const other = parts.zendesk.submitTicket('Again').id
  expect(await act({ act: 'ticket-delete', id: other })).toEqual(done)
  expect(parts.zendesk.ticket(other).deleted).toBe(true)
  expect(await act({ act: 'ticket-restore', id: other })).toEqual(done)
  expect(await act({ act: 'ticket-merge', id: other, into: id })).toEqual(done)

  expect([parts.zendesk.ticket(other).deleted, parts.zendesk.ticket(other).status]).toEqual([false, 'closed'])
})

test('what Zendesk would not do is refused with a sentence, and nothing changes', async () => {
  const closed = parts.zendesk.submitTicket('Old').id
  const deleted = parts.zendesk.submitTicket('Gone').id
  parts.zendesk.closes(closed)
  parts.zendesk.deletes(deleted)
  const before = JSON.stringify([...parts.zendesk.tickets])
  const cannotTake = (into: number) =>
    said(`Ticket ${into} can’t take another in: it is not there, or closed.`)

  expect(await act({ act: 'ticket-solve', id: 99 })).toEqual(said('There is no ticket 99.'))
  expect(await act({ act: 'ticket-merge', id, into: id })).toEqual(
    said('A ticket can’t be merged into itself.'),
  )
  for (const into of [99, closed, deleted])
    expect(await act({ act: 'ticket-merge', id, into })).toEqual(cannotTake(into))
  expect(await act({ act: 'ticket-move', id, group: 99 })).toEqual(said('There is no group 99.'))
  expect(await act({ act: 'ticket-solve', id: closed })).toEqual(
    said(`Ticket ${closed} is closed: Zendesk lets nobody change it any more.`),
  )
  expect(await act({ act: 'ticket-reply', id: deleted, text: 'Hello?' })).toEqual(
    said(`Ticket ${deleted} is deleted: restore it first.`),
  )
  expect(await act({ act: 'ticket-restore', id })).toEqual(said(`Ticket ${id} is not deleted.`))
  expect((await act({ act: 'ticket-reply', id, text: '  ' })).status).toBe(400)
  expect((await act({ act: 'ticket-comment', id, text: 'Seen', to: 'nobody' })).status).toBe(400)

  expect(JSON.stringify([...parts.zendesk.tickets])).toBe(before)
})

test('an expert’s issue stands with its ticket, where the expert comments, closes and reopens it', async () => {
  const url = `${parts.zendesk.url}/agent/tickets/${id}`
  const issue = expertIssue(`Security ticket: ${url}`)
  expertIssue(`Security ticket: ${url}0`)
  const on = { project: team.project, iid: issue.iid }

  expect(await act({ act: 'expert-comments', ...on, text: 'It is.' })).toEqual(done)
  expect(await act({ act: 'expert-closes', ...on })).toEqual(done)
  expect(issue.state).toBe('closed')
  expect(await act({ act: 'expert-reopens', ...on })).toEqual(done)

  const { ticket, issues } = await state({ beside: 'zendesk', ticket: String(id) })
  expect(ticket).toMatchObject({ expertIssues: [{ iid: issue.iid, state: 'opened', project: 'Abuse' }] })
  expect(
    issue.notes.filter(({ system }) => !system).map(({ body, author }) => [author.username, body]),
  ).toEqual([['expert-of-abuse', 'It is.']])
  expect(JSON.stringify(issues)).not.toContain(team.project)
})

test('nobody acts as an expert where there is none', async () => {
  const { iid, project } = parts.gitlab.submitRequest({ description: 'Delete it' })

  expect(await act({ act: 'expert-closes', project: project.path, iid })).toEqual(
    said(`${project.path} is the project of no expert team.`),
  )
  expect(await act({ act: 'expert-closes', project: team.project, iid: 7 })).toEqual(
    said(`the local GitLab has no issue ${team.project}#7`),
  )
})

test('where no ticket is, none is shown', async () => {
  parts.zendesk.tickets.clear()

  expect(await state({ beside: 'zendesk', ticket: '7' })).toMatchObject({ beside: 'zendesk', tickets: [] })
})

/** As the bot would open it. */
function expertIssue(description: string): Issue {
  const { world } = parts.gitlab
  const [model] = world.issues
  const project = world.projects.find(({ path }) => path === team.project)
  if (!model || !project) throw new Error('no issue to copy, or no project')
  const issue = {
    ...model,
    id: 5000 + world.issues.length,
    iid: world.issues.length,
    project,
    description,
    notes: [],
  }
  world.issues.push(issue)
  return issue
}
