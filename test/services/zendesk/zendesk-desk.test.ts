/** What a desk needs of Zendesk: finding tickets, their comments, the people, the groups, the suspended mail. */
import { expect, test } from 'vitest'
import {
  supportGroupId,
  zendeskAgentId,
  zendeskBotId,
  zendeskEmail,
} from '../../../sandbox/zendesk/zendesk.ts'
import { aZendesk, failureOf, today } from '../local.ts'

const open = 'type:ticket recipient:security@gitlab.com status<solved'
const kim = { name: 'Kim', email: 'kim@example.com' }
const lee = { name: 'Lee', email: 'lee@example.com' }

type Client = Awaited<ReturnType<typeof aZendesk>>['client']

const idsFound = async (client: Client, query: string) =>
  (await Array.fromAsync(client.search(query))).map((page) => page.map(({ id }) => id))

test('a ticket says who wrote it, who is in CC, where it lies and what it is about', async () => {
  const { local, client } = await aZendesk()
  const given = { subject: 'A leak', from: kim, ccs: [lee], groupId: supportGroupId, tags: ['vip'] }
  const { id } = local.submitTicket('Look', given)

  const ticket = await client.ticket(id)

  const [requester] = await client.users([ticket.requesterId])
  const ccs = await client.users(ticket.ccIds)
  expect(ticket).toEqual({
    ...{ id, status: 'new', createdAt: today, updatedAt: '2026-03-02T10:00:01.000Z', subject: 'A leak' },
    ...{ requesterId: requester?.id, ccIds: ccs.map((cc) => cc.id), groupId: String(supportGroupId) },
    ...{ isMerged: false, tags: ['vip'] },
  })
  expect([requester?.email, ccs.map((cc) => cc.email)]).toEqual([kim.email, [lee.email]])
})

test('a ticket closed by being merged into another says so', async () => {
  const { local, client } = await aZendesk()
  const [one, other] = [local.submitTicket('Look'), local.submitTicket('Look again')]

  local.merges(other.id, one.id)

  const merged = await client.ticket(other.id)
  expect([merged.status, merged.isMerged]).toEqual(['closed', true])
  expect((await client.ticket(one.id)).isMerged).toBe(false)
})

const bare = { id: 1, status: 'open', created_at: today, updated_at: today, requester_id: 7 }

test.each([
  ['e-mail CCs', { email_cc_ids: [1], collaborator_ids: [1, 2] }, [1]],
  ['no e-mail CCs, though followers', { email_cc_ids: [], collaborator_ids: [2] }, []],
  ['collaborators of an account that knows no e-mail CCs', { collaborator_ids: [2] }, [2]],
  ['nobody', { email_cc_ids: null, collaborator_ids: null, subject: null, group_id: null }, []],
])('in CC are: %s', async (_name, fields, ccIds) => {
  const { local, client } = await aZendesk()
  local.fake.fail({ failure: { answer: { status: 200, body: { ticket: { ...bare, ...fields } } } } })

  expect(await client.ticket(1)).toEqual({
    ...{ id: 1, status: 'open', createdAt: today, updatedAt: today, requesterId: 7 },
    ...{ ccIds, subject: '', isMerged: false },
  })
})

test('a search gives what it finds page by page, newest update first', async () => {
  const { local, client } = await aZendesk()
  local.pageSize = 2
  const tickets = ['1', '2', '3', '4', '5'].map((text) => local.submitTicket(text))
  const [first, second, third, fourth, fifth] = tickets.map(({ id }) => id)
  local.submitTicket('elsewhere', { recipient: 'support@gitlab.com' })
  local.someoneSolves(second ?? 0)
  local.someoneComments(first ?? 0, { body: 'We look into it', public: false })

  expect(await idsFound(client, open)).toEqual([
    [first, fifth],
    [fourth, third],
  ])
  expect(local.fake.received('GET', /search/).map(({ query }) => Object.fromEntries(query))).toEqual(
    ['1', '2'].map((page) => ({
      ...{ query: open, sort_by: 'updated_at', sort_order: 'desc', page, per_page: '100' },
    })),
  )
})

test('a search that finds nothing gives nothing', async () => {
  const { client } = await aZendesk()

  expect(await idsFound(client, open)).toEqual([])
})

test('a ticket that comes on two pages is given once', async () => {
  const { local, client } = await aZendesk()
  const result = { ...bare, result_type: 'ticket' }
  const body = { results: [result], next_page: 'more', count: 2 }
  const last = { results: [result, { ...result, id: 2 }], next_page: null, count: 2 }
  local.fake.fail({ failure: { answer: { status: 200, body } } })
  local.fake.fail({ failure: { answer: { status: 200, body: last } } })

  expect(await idsFound(client, open)).toEqual([[1], [2]])
})

test('results that are no tickets are left out', async () => {
  const { local, client } = await aZendesk()
  const user = { result_type: 'user', id: 7, name: 'Kim' }
  const body = { results: [user, { ...bare, result_type: 'ticket' }], next_page: null, count: 2 }
  local.fake.fail({ failure: { answer: { status: 200, body } } })

  expect(await idsFound(client, open)).toEqual([[1]])
})

test.each([1_000, 1_001, 5_000])(
  'of %i tickets all are found, the 1,000 that changed last first, each once',
  async (count) => {
    const { local, client } = await aZendesk()
    const ids = Array.from({ length: count }, () => local.submitTicket('x').id)

    const pages = await idsFound(client, open)

    expect(pages.slice(0, 10).map((page) => page.length)).toEqual(Array(10).fill(100))
    expect(pages.flat().toSorted((one, other) => one - other)).toEqual(ids)
    expect(local.fake.received('GET', /search\.json$/)).toHaveLength(10)
    expect(await client.count(open)).toBe(count)
  },
)

test('the rest is asked for by type apart, since Zendesk refuses a search for export that names it', async () => {
  const { local, client } = await aZendesk()
  for (let count = 0; count < 1_001; count += 1) local.submitTicket('x')

  await idsFound(client, `${open} type:"ticket"`)

  const asked = local.fake.received('GET', /search\/export/).map(({ query }) => query.get('query'))
  expect(asked.length).toBeGreaterThan(0)
  for (const query of asked) expect(query).not.toContain('type:')
})

test('the rest that Zendesk refuses for a while is a failure, after what was found', async () => {
  const { local, client } = await aZendesk()
  for (let count = 0; count < 1_001; count += 1) local.submitTicket('x')
  local.fake.fail({
    path: /search\/export/,
    failure: { answer: { status: 429, headers: { 'retry-after': '60' }, body: {} } },
  })
  const found: number[] = []

  const failed = await failureOf(
    (async () => {
      for await (const page of client.search(open)) found.push(...page.map(({ id }) => id))
    })(),
  )

  expect([failed.kind, found.length]).toEqual(['later', 1_000])
})

test('a query that Zendesk does not understand is a failure', async () => {
  const { client } = await aZendesk()

  const failed = await failureOf(idsFound(client, 'colour:red'))

  expect([failed.kind, failed.status]).toEqual(['not-done', 422])
})

test('all comments of a ticket come, oldest first, with who wrote them and who may read them', async () => {
  const { local, client } = await aZendesk()
  local.pageSize = 2
  const { id, requester } = local.submitTicket('Look', { from: kim })
  local.someoneComments(id, { body: 'For us', public: false })
  const { updatedAt } = await client.ticket(id)
  await client.updateTicket(id, {
    comment: { htmlBody: '<p>We look</p><p>into it</p>', public: true },
    updatedStamp: updatedAt,
    opId: 'op-1',
  })
  local.requesterReplies(id, 'Thanks')

  const comments = await client.comments(id)

  const audits = local.ticket(id).audits.map((audit) => audit.id)
  expect(comments.map(({ auditId }) => auditId)).toEqual(audits)
  expect(comments.map(({ auditId: _audit, ...rest }) => rest)).toEqual([
    { id: 90_001, authorId: requester.id, public: true, createdAt: today, text: 'Look' },
    { id: 90_002, authorId: zendeskAgentId, public: false, createdAt: today, text: 'For us' },
    { id: 90_003, authorId: zendeskBotId, public: true, createdAt: today, text: 'We look\n\ninto it' },
    { id: 90_004, authorId: requester.id, public: true, createdAt: today, text: 'Thanks' },
  ])
  expect(local.fake.received('GET', /comments/)).toHaveLength(2)
})

test('a comment without plain text has its text', async () => {
  const { local, client } = await aZendesk()
  const comment = { id: 1, author_id: 7, public: true, created_at: today, body: 'Look' }
  local.fake.fail({ failure: { answer: { status: 200, body: { comments: [comment] } } } })

  expect((await client.comments(1)).map(({ text }) => text)).toEqual(['Look'])
})

test('the bot knows who it is', async () => {
  const { client } = await aZendesk()

  expect(await client.me()).toEqual({ id: zendeskBotId, role: 'agent', onlyPrivateComments: false })
})

test('nobody is asked for without asking Zendesk', async () => {
  const { local, client } = await aZendesk()

  expect(await client.users([])).toEqual([])
  expect(local.fake.requests).toEqual([])
})

test('people are asked for a hundred at a time, each once; one who is gone is left out', async () => {
  const { local, client } = await aZendesk()
  const ids = Array.from({ length: 101 }, (_one, index) => index + 1)

  expect(await client.users([...ids, 1, zendeskBotId])).toEqual([
    { id: zendeskBotId, name: 'Desk Bot', email: zendeskEmail, isEndUser: false },
  ])
  const asked = local.fake
    .received('GET', /show_many/)
    .map(({ query }) => query.get('ids')?.split(',').length)
  expect(asked).toEqual([100, 2])
})

test.each([
  ['end-user', true],
  ['agent', false],
  ['admin', false],
  [undefined, false],
])(
  'a person without an address has none; with the role %s they are an end user: %s',
  async (role, isEndUser) => {
    const { local, client } = await aZendesk()
    const body = { users: [{ id: 7, name: 'Kim', email: null, role }] }
    local.fake.fail({ failure: { answer: { status: 200, body } } })

    expect(await client.users([7])).toEqual([{ id: 7, name: 'Kim', isEndUser }])
  },
)

test('a group is there, or it is not', async () => {
  const { local, client } = await aZendesk()
  local.groups = [
    { id: 1, name: 'Support' },
    { id: 2, name: 'Gone', deleted: true },
  ]

  expect(await client.group('1')).toEqual({ id: '1', name: 'Support' })
  expect(await client.group('2')).toBeUndefined()
  expect(await client.group('3')).toBeUndefined()
})

test('a ticket is moved to a group, and not to one that does not exist', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Where is my invoice?')
  const { updatedAt } = await client.ticket(id)
  const update = { groupId: String(supportGroupId), updatedStamp: updatedAt, opId: 'op-1' }

  const moved = await client.updateTicket(id, update)
  const failed = await failureOf(client.updateTicket(id, { ...update, groupId: '77' }))

  expect([moved.groupId, local.ticket(id).groupId]).toEqual([String(supportGroupId), supportGroupId])
  expect([failed.kind, failed.status]).toEqual(['not-done', 422])
  expect(local.fake.received('PUT', /./)[0]?.body).toMatchObject({ ticket: { group_id: supportGroupId } })
})

test('the stamp of an update is that of the following one', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Look')
  const { updatedAt } = await client.ticket(id)

  const comment = { body: 'For us', public: false }
  const after = await client.updateTicket(id, { comment, updatedStamp: updatedAt, opId: 'op-1' })
  await client.updateTicket(id, { status: 'solved', updatedStamp: after.updatedAt, opId: 'op-2' })

  expect(local.ticket(id).status).toBe('solved')
})

test('suspended mail is counted by its recipient', async () => {
  const { local, client } = await aZendesk()
  local.pageSize = 2
  for (const text of ['1', '2', '3']) local.suspendMail(text, { recipient: 'Security@gitlab.com' })
  local.suspendMail('4', { recipient: 'support@gitlab.com' })

  expect(await client.suspended('security@gitlab.com')).toBe(3)
  expect(await client.suspended('dmca@gitlab.com')).toBe(0)
})

test('suspended mail that the account may not see is not known', async () => {
  const { local, client } = await aZendesk()
  local.seesSuspended = false

  expect(await client.suspended('security@gitlab.com')).toBeUndefined()
})
