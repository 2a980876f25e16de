/** The local Zendesk behaves as the real one, where the desk depends on it. */
import { expect, onTestFinished, test } from 'vitest'
import {
  securityGroupId,
  startZendesk,
  supportGroupId,
  zendeskAgentId,
  zendeskBotId,
  zendeskEmail,
  zendeskToken,
} from '../../sandbox/zendesk/zendesk.ts'
import { connectZendesk } from '../../src/services/zendesk/client.ts'
import { aClock, aZendesk, failureOf } from '../services/local.ts'

const kim = { name: 'Kim', email: 'kim@example.com' }
const lee = { name: 'Lee', email: 'lee@example.com' }

test.each(['pending', 'hold', 'solved'])(
  'a reply of the requester opens a ticket that is %s',
  async (status) => {
    const { local, client } = await aZendesk()
    const { id } = local.submitTicket('Look')
    const { updatedAt } = await client.ticket(id)
    await client.updateTicket(id, { status, updatedStamp: updatedAt, opId: 'op-1' })

    local.requesterReplies(id, 'And now?')

    expect((await client.ticket(id)).status).toBe('open')
  },
)

test('a new ticket stays new when its requester writes again', async () => {
  const { local } = await aZendesk()
  const { id } = local.submitTicket('Look')

  local.requesterReplies(id, 'Look!')

  expect(local.ticket(id).status).toBe('new')
})

test('neither an internal note nor an agent’s comment reopens a solved ticket', async () => {
  const { local } = await aZendesk()
  const { id } = local.submitTicket('Look')
  local.someoneSolves(id)

  local.someoneComments(id, { body: 'For us', public: false })
  local.someoneComments(id, { body: 'One thing more', public: true })

  expect(local.ticket(id).status).toBe('solved')
})

test('a closed ticket can’t be changed; a reply to it opens a follow-up', async () => {
  const { local } = await aZendesk()
  const { id, requester } = local.submitTicket('Look', { subject: 'A leak', from: kim })
  local.someoneSolves(id)
  local.closes(id)

  const followUp = local.requesterReplies(id, 'And now?')

  expect(() => local.someoneComments(id, { body: 'x', public: true })).toThrow(`ticket ${id} is closed`)
  expect(followUp).toMatchObject({
    subject: 'Re: A leak',
    status: 'new',
    requester,
    comments: [{ body: 'And now?' }],
  })
  expect(local.ticket(id).comments).toHaveLength(1)
})

test('a deleted ticket answers 404 and is not found, until it is restored', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Look')
  const search = async () => (await Array.fromAsync(client.search('type:ticket'))).flat().map((one) => one.id)

  local.deletes(id)
  const gone = [(await failureOf(client.ticket(id))).status, (await failureOf(client.comments(id))).status]
  const found = await search()
  local.restores(id)

  expect([gone, found]).toEqual([[404, 404], []])
  expect([(await client.ticket(id)).status, await search()]).toEqual(['new', [id]])
})

test('a merged ticket is closed and tells agents where it went', async () => {
  const { local } = await aZendesk()
  const [one, other] = [local.submitTicket('Look'), local.submitTicket('Look again')]

  local.merges(other.id, one.id)

  expect([other.status, other.tags]).toEqual(['closed', ['closed_by_merge']])
  expect(other.comments.at(-1)).toEqual({
    body: `This request was closed and merged into request #${one.id}.`,
    public: false,
  })
  expect(one.comments.at(-1)?.public).toBe(false)
  expect(local.mails).toEqual([])
})

test('public comments of agents are e-mailed to the requester and CCs, and nothing else is', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Look', { from: kim, ccs: [lee] })
  local.someoneComments(id, { body: 'For us', public: false })
  local.requesterReplies(id, 'Please')
  const { updatedAt } = await client.ticket(id)

  const comment = { htmlBody: '<p>Thank you</p>', public: true }
  await client.updateTicket(id, { comment, updatedStamp: updatedAt, opId: 'op-1' })

  expect(local.mails).toEqual([
    { id, to: ['kim@example.com', 'lee@example.com'], text: 'Thank you', at: '2026-03-02T10:00:00Z' },
  ])
})

test('an update over the API is by the bot’s account, the acts are by others', async () => {
  const { local, client } = await aZendesk()
  const { id, requester } = local.submitTicket('Look', { from: kim })
  local.someoneComments(id, { body: 'For us', public: false })
  const { updatedAt } = await client.ticket(id)
  const comment = { body: 'Thank you', public: true }

  await client.updateTicket(id, { comment, updatedStamp: updatedAt, opId: 'op-1' })

  const authors = local.ticket(id).posted.map(({ authorId }) => authorId)
  expect(authors).toEqual([requester.id, zendeskAgentId, zendeskBotId])
})

test('who writes again from the same address is the same person', async () => {
  const { local } = await aZendesk()

  const [one, other, third] = [kim, { ...kim, email: 'KIM@example.com' }, lee].map((from) =>
    local.submitTicket('Look', { from }),
  )

  expect(other?.requester).toBe(one?.requester)
  expect(third?.requester).not.toBe(one?.requester)
})

const queries: readonly (readonly [string, readonly string[]])[] = [
  ['type:ticket', ['new', 'open', 'solved', 'closed', 'support']],
  ['type:ticket recipient:Security@gitlab.com status<solved', ['new', 'open']],
  ['type:ticket status>=solved', ['solved', 'closed']],
  ['type:ticket status:closed', ['closed']],
  [`type:ticket group:${securityGroupId}`, ['open']],
  ['type:ticket group:none status:new recipient:support@gitlab.com', ['support']],
  ['type:ticket tags:vip', ['new']],
  ['type:ticket updated>2026-03-02T12:00:00Z', ['support']],
  ['type:ticket created<=2026-03-02T12:00:00Z', ['new', 'open', 'solved', 'closed']],
  ['type:user', []],
]

test.each(queries)('a search for %s', async (query, expected) => {
  const clock = aClock()
  const local = await startZendesk({ now: clock.now })
  onTestFinished(() => local.close())
  const client = connectZendesk({ url: local.url, email: zendeskEmail, token: zendeskToken, fetch })
  const submit = (subject: string, more = {}) => local.submitTicket(subject, { subject, ...more }).id
  submit('new', { tags: ['vip'] })
  const open = submit('open', { groupId: securityGroupId })
  const solved = submit('solved')
  const closed = submit('closed')
  local.ticket(open).status = 'open'
  local.someoneSolves(solved)
  local.closes(closed)
  clock.pass(10_800_000)
  submit('support', { recipient: 'support@gitlab.com' })

  const found = (await Array.fromAsync(client.search(query))).flat()

  const subjects = await Promise.all(found.map(async ({ id }) => (await client.ticket(id)).subject))
  expect(subjects.sort()).toEqual([...expected].sort())
})

test('a ticket can be moved by hand', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Where is my invoice?')

  local.someoneMoves(id, String(supportGroupId))

  expect((await client.ticket(id)).groupId).toBe(String(supportGroupId))
})
