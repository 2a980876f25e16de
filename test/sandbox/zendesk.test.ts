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

test('a reply of somebody outside of the conversation is kept internal with a flag, and wakes nothing', async () => {
  const { local } = await aZendesk()
  const { id } = local.submitTicket('Look', { from: kim, ccs: [lee] })
  local.someoneSolves(id)

  local.somebodyElseReplies(id, 'I was asked to answer')

  const flags = { flags: [2], flags_options: { 2: { trusted: false } }, trusted: false }
  expect(local.ticket(id).status).toBe('solved')
  expect(local.ticket(id).posted.at(-1)).toMatchObject({ public: false, metadata: flags })
  expect(local.ticket(id).audits.at(-1)).toMatchObject({ metadata: flags })
})

test.each([
  [true, false],
  [false, true],
])('with copies kept internal: %s, a reply of somebody in copy is public: %s', async (areKept, isPublic) => {
  const { local } = await aZendesk()
  local.account.ccsStayInternal = areKept
  const { id, ccs } = local.submitTicket('Look', { from: kim, ccs: [lee] })

  local.someoneComments(id, { body: 'Me too', public: true }, ccs[0]?.id)

  expect(local.ticket(id).posted.at(-1)?.public).toBe(isPublic)
})

test('while the help desk is away everything answers 404, the sign-in too; then it is as it was', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Look')
  local.account.isAway = true

  const answers = await Promise.all(
    ['api/v2/users/me', `api/v2/tickets/${id}`, 'oauth/tokens'].map((path) => fetch(`${local.url}/${path}`)),
  )
  const failure = await failureOf(client.ticket(id))
  local.account.isAway = false

  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
  expect(failure.kind).toBe('later')
  expect((await client.ticket(id)).status).toBe('new')
})

test('a ticket can’t be solved without the fields that have to be filled in, and says which', async () => {
  const { local, client } = await aZendesk()
  local.account.fields = [
    { id: 31, title: 'Category', type: 'tagger', required: true },
    { id: 32, title: 'Hours', type: 'integer', required: false },
    { id: 33, title: 'Gone', type: 'text', required: true, active: false },
    { id: 34, title: 'Assignee', type: 'assignee', required: true },
  ]
  local.account.assignsOnSolve = false
  const { id } = local.submitTicket('Look')
  const put = async (ticket: object) => {
    const authorization = `Basic ${Buffer.from(`${zendeskEmail}/token:${zendeskToken}`).toString('base64')}`
    const headers = { authorization, 'content-type': 'application/json' }
    const body = JSON.stringify({ ticket })
    return fetch(`${local.url}/api/v2/tickets/${id}`, { method: 'PUT', headers, body })
  }

  const refused = await put({ status: 'solved', comment: { body: 'Done', public: true } })
  local.someoneFillsIn(id, 31, 'encryption')
  const half = await put({ status: 'solved' })
  const commented = await put({ comment: { body: 'For us', public: false } })
  const solved = await put({ status: 'solved', assignee_id: zendeskAgentId })

  const field = (title: string, ticket_field_id: number, ticket_field_type: string) => ({
    description: `${title}: is required when solving a ticket`,
    error: null,
    ticket_field_id,
    ticket_field_type,
  })
  const assignee = field('Assignee', 34, 'FieldAssignee')
  const answer = { error: 'RecordInvalid', description: 'Record validation errors' }
  expect([refused.status, await refused.json()]).toEqual([
    422,
    { ...answer, details: { base: [field('Category', 31, 'FieldTagger'), assignee] } },
  ])
  expect([half.status, await half.json()]).toEqual([422, { ...answer, details: { base: [assignee] } }])
  expect([commented.status, solved.status]).toEqual([200, 200])
  expect((await client.ticket(id)).status).toBe('solved')
  expect(local.mails).toEqual([])
})

test('the public comments of an agent who may only write internal ones are kept internal, and nobody gets them', async () => {
  const { local, client } = await aZendesk()
  local.account.onlyPrivateComments = true
  const { id } = local.submitTicket('Look')
  const { updatedAt } = await client.ticket(id)

  const comment = { body: 'Thank you', public: true }
  await client.updateTicket(id, { comment, status: 'solved', updatedStamp: updatedAt, opId: 'op-1' })

  expect((await client.me()).onlyPrivateComments).toBe(true)
  expect(local.ticket(id)).toMatchObject({ status: 'solved', comments: [{}, { public: false }] })
  expect(local.mails).toEqual([])
})

test('what a rule of the account undoes in an update is answered with 200 and left out', async () => {
  const { local, client } = await aZendesk()
  local.account.undoes = ['status', 'tags']
  const { id } = local.submitTicket('Look')
  const { updatedAt } = await client.ticket(id)

  const asked = { status: 'solved', tags: ['vip'], customFields: [{ id: 3, value: 'x' }] }
  const answered = await client.updateTicket(id, { ...asked, updatedStamp: updatedAt, opId: 'op-1' })

  expect(answered).toMatchObject({ id, status: 'new', customFields: [{ id: 3, value: 'x' }] })
  expect(local.ticket(id).tags).toEqual([])
  expect(local.ticket(id).audits.at(-1)?.events).toMatchObject([
    { type: 'Change', field_name: '3', value: 'x', previous_value: null },
  ])
})

test('a text that is kept as HTML comes back with other line ends, blanks and entities, and is read as it was meant', async () => {
  const { local, client } = await aZendesk()
  local.account.rewritesText = true
  const { id } = local.submitTicket('R&D?  \r\n  <now>\r\n')
  const authorization = `Basic ${btoa(`${zendeskEmail}/token:${zendeskToken}`)}`

  const answer = await fetch(`${local.url}/api/v2/tickets/${id}/comments.json`, {
    headers: { authorization },
  })
  const [read] = await client.comments(id)

  expect(await answer.json()).toMatchObject({
    comments: [
      {
        body: 'R&D?\n\u00a0 <now>',
        plain_body: 'R&amp;D?\n&nbsp; &lt;now&gt;',
        html_body:
          '<div class="zd-comment" dir="auto"><p dir="auto">R&amp;D?<br>\u00a0 &lt;now&gt;</p></div>',
      },
    ],
  })
  expect(read?.text).toBe('R&D?\n\u00a0 <now>')
})

test('the files on an e-mail are named on its comment', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Look', { attachments: ['poc.pdf'] })

  local.requesterReplies(id, 'And this', ['screen.png', 'log.txt'])

  const comments = await client.comments(id)
  expect(comments.map(({ attachments }) => attachments)).toEqual([['poc.pdf'], ['screen.png', 'log.txt']])
})
