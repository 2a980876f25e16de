/** The local GitLab does what the real one does where the bot could come to harm by it. */
import { describe, expect, it, test } from 'vitest'
import { autoResponse, botToken, trustSafetyProject, usernames } from '../../sandbox/gitlab/gitlab.ts'
import { takeQuickActions } from '../../sandbox/gitlab/quick-actions.ts'
import { aClock, aGitLab, failureOf, today } from '../services/local.ts'

test('every public note is mailed to everyone on the issue, an internal one to nobody', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x', email: 'jane@example.com' })

  await client.createNote(1, { body: 'Greetings', internal: false })
  await client.createNote(1, { body: 'For us', internal: true })
  local.requesterReplies(1, 'The answers')

  const to = ['jane@example.com']
  expect(local.mails).toEqual([
    { iid: 1, to, text: autoResponse, at: today },
    { iid: 1, to, text: 'Greetings', at: today },
  ])
})

test('a quick action in a note acts with the rights of its author, and its line is cut out', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x', autoResponse: undefined })

  const body = 'Before\n/add_email thief@example.com\r\n\r/label ~"two words" ~one\n> /close\nAfter'
  const note = await client.createNote(1, { body, internal: true })
  await client.createNote(1, { body: 'Greetings', internal: false })

  expect(note).toMatchObject({ body: 'Before\n> /close\nAfter' })
  const view = local.issueView(1)
  expect([view.labels, view.state]).toEqual([['one', 'two words'], 'opened'])
  expect(local.mails.at(-1)?.to).toEqual(['requester@example.com', 'thief@example.com'])
})

test('quick actions in code, in a quote and in a mail of the requester do nothing', async () => {
  const { local } = await aGitLab()
  local.submitRequest({ description: '/close' })

  local.requesterReplies(1, '/close')

  expect(local.issueView(1).state).toBe('opened')
  expect(takeQuickActions('```\n/close\n```').actions).toEqual([])
  expect(takeQuickActions('>>>\n/close\n>>>').actions).toEqual([])
  expect(takeQuickActions('> /close').actions).toEqual([])
  expect(takeQuickActions('/no_such_command')).toEqual({ text: '/no_such_command', actions: [] })
})

test('a duplicate is closed, linked and says of which', async () => {
  const { local } = await aGitLab()
  local.submitRequest({ description: 'x' })
  local.submitRequest({ description: 'x' })

  local.someoneComments(2, usernames.engineer, '/duplicate #1')

  const { state, links, duplicateOf } = local.issueView(2)
  const first = 'support/personal-account-requests#1'
  expect({ state, links, duplicateOf }).toEqual({ state: 'closed', links: [first], duplicateOf: first })
})

test('a scoped label takes the place of the others of its scope', async () => {
  const { local } = await aGitLab()
  local.submitRequest({
    description: 'x',
    labels: ['account-deletion::personal', 'deletion request::denied'],
  })

  local.someoneLabels(1, usernames.engineer, ['account-deletion::corporate'])

  expect(local.issueView(1).labels).toEqual(['account-deletion::corporate', 'deletion request::denied'])
})

test('every change moves the time of the update, a note as well, even while the clock stands', async () => {
  const { local, client } = await aGitLab()
  local.throttlesTouches = false
  local.submitRequest({ description: '- [ ] one', autoResponse: undefined })
  const acts = [
    () => local.requesterReplies(1, 'x'),
    () => local.someoneComments(1, usernames.engineer, 'x', { internal: true }),
    () => local.someoneLabels(1, usernames.engineer, ['a']),
    () => local.someoneAssigns(1, usernames.engineer, [usernames.engineer]),
    () => local.tickNext(1),
    () => local.someoneCloses(1, usernames.engineer),
    () => local.someoneReopens(1, usernames.engineer),
  ]

  for (const act of acts) {
    const before = (await client.issue(1)).updatedAt
    act()
    expect((await client.issue(1)).updatedAt > before).toBe(true)
  }
})

test('within a minute of the last change a note or a label leaves the time of the update as it is', async () => {
  const clock = aClock()
  const { local, client } = await aGitLab({ now: clock.now })
  local.submitRequest({ description: '- [ ] one', autoResponse: undefined })
  const at = async () => (await client.issue(1)).updatedAt
  const opened = await at()

  local.requesterReplies(1, 'x')
  local.someoneLabels(1, usernames.engineer, ['a'])
  local.someoneAssigns(1, usernames.engineer, [usernames.engineer])
  const beside = await at()
  local.tickNext(1)
  const edited = await at()
  clock.pass(61_000)
  local.requesterReplies(1, 'y')
  const later = await at()

  expect([beside === opened, edited > opened, later > edited]).toEqual([true, true, true])
})

test('a change to what is already so changes nothing', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x', labels: ['a'] })
  const before = await client.issue(1)

  await client.editIssue(1, { addLabels: ['a'], removeLabels: ['b'], state: 'reopen' })

  expect(await client.issue(1)).toEqual(before)
})

test('boxes are ticked one after the other or by their text', async () => {
  const { local, client } = await aGitLab()
  const description = (await client.issueTemplate(101, 'Deletion Meta Issue - GitLab-com')) ?? ''
  await client.createIssue({ title: 'jane@example.com', description, confidential: true })

  local.tickTask(1, 'Delete the GitLab.com account')
  expect((await client.issue(1)).taskCompletion).toEqual({ count: 3, done: 1 })
  expect([local.tickNext(1), local.tickNext(1), local.tickNext(1)]).toEqual([true, true, false])
  expect((await client.issue(1)).taskCompletion).toEqual({ count: 3, done: 3 })
})

test('too many notes in a minute are refused before anything is written', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x', autoResponse: undefined })
  local.notesPerMinute = 1

  await client.createNote(1, { body: 'one', internal: true })
  await failureOf(client.createNote(1, { body: 'two', internal: true }))

  expect(local.issueView(1).notes.map((note) => note.body)).toEqual(['one'])
})

test('the trust and safety project has its template and issues of its own', async () => {
  const { local, client } = await aGitLab()

  const issue = await client.createIssue({
    project: trustSafetyProject,
    title: 'Reinstate',
    description: (await client.issueTemplate(trustSafetyProject, 'Account Reinstatement')) ?? '',
    confidential: true,
  })

  expect([issue.projectId, issue.iid]).toEqual([102, 1])
  expect(local.mails).toEqual([])
})

test('what the bot asks for that is not there is answered as GitLab does', async () => {
  const { local, client } = await aGitLab()

  expect((await failureOf(client.issue(1))).message).toContain('404 Issue Not Found')
  expect((await failureOf(client.issue(1, 'no/project'))).message).toContain('404 Project Not Found')
  expect(
    (await failureOf(client.createIssue({ title: ' ', description: '', confidential: true }))).status,
  ).toBe(400)
  expect(() => local.issue(1)).toThrow('the local GitLab has no issue')
})

test('a body that is no JSON is recorded as it came and refused', async () => {
  const { local } = await aGitLab()
  const headers = { 'private-token': botToken, 'content-type': 'application/json' }

  const response = await fetch(`${local.url}/api/v4/projects/101/issues`, {
    method: 'POST',
    headers,
    body: '{"title":',
  })

  expect([response.status, local.fake.requests[0]?.body]).toEqual([400, '{"title":'])
})

test('what comes by e-mail acts never: GitLab puts it into a code span, and keeps the rest', async () => {
  const { local } = await aGitLab()
  local.submitRequest({ description: 'Please\r\n/label ~spam\r\n', autoResponse: undefined })

  const note = local.requesterReplies(1, 'My answer.\n/close\n/no_such_command  \n')

  expect(local.issueView(1)).toMatchObject({ description: 'Please\n`/label ~spam`', labels: [] })
  expect(note?.body).toBe('My answer.\n`/close`\n/no_such_command')
})

test('carriage returns and blanks at the end of a text are not kept, in notes and descriptions', async () => {
  const { local, client } = await aGitLab()
  const { iid } = await client.createIssue({ title: ' t ', description: 'a\r\nb \r\n\n', confidential: true })

  const note = await client.createNote(iid, { body: '  Greetings,\r\n\r\nRegards  \n', internal: false })

  expect(note).toMatchObject({ body: '  Greetings,\n\nRegards' })
  expect(local.issueView(iid)).toMatchObject({ title: 't', description: 'a\nb' })
})

test('quick actions in a description that is edited act as those of a note do', async () => {
  const { local, client } = await aGitLab()
  const { iid } = await client.createIssue({ title: 't', description: 'x', confidential: true })
  const address = `${local.url}/api/v4/projects/101/issues/${iid}`
  const headers = { 'private-token': botToken, 'content-type': 'application/json' }

  await fetch(address, { method: 'PUT', headers, body: JSON.stringify({ description: 'y\n/label ~a' }) })

  expect(local.issueView(iid)).toMatchObject({ description: 'y', labels: ['a'] })
})

test('an issue becomes a ticket by a quick action, and the Support Bot tells the team alone', async () => {
  const { local, client } = await aGitLab()
  await client.createIssue({ title: 't', description: 'x', confidential: false })

  local.someoneComments(1, usernames.engineer, '/convert_to_ticket jane@example.com')

  const { author, type, participants, confidential } = local.issue(1)
  expect([author.username, type, participants, confidential]).toEqual([
    usernames.supportBot,
    'ticket',
    ['jane@example.com'],
    true,
  ])
  expect(local.issueView(1).notes.at(-1)).toMatchObject({ author: usernames.supportBot, internal: true })
  expect(local.mails).toEqual([])
})

test('the Support Bot says of itself that a template is missing and that a mail has reopened the issue', async () => {
  const { local } = await aGitLab()
  local.lacksTemplate = true
  local.reopensOnExternalNote = true
  local.submitRequest({ description: 'x', autoResponse: undefined })
  local.someoneAssigns(1, usernames.engineer, [usernames.engineer])
  local.someoneCloses(1, usernames.engineer)

  local.requesterReplies(1, 'One more thing')

  const said = local.issueView(1).notes.filter(({ system }) => !system)
  expect(said.map(({ author, internal, body }) => [author, internal, body.slice(0, 32)])).toEqual([
    [usernames.supportBot, false, 'WARNING: The template file servi'],
    [usernames.supportBot, false, 'One more thing'],
    [usernames.supportBot, true, '@ines.engineer :wave: This issue'],
  ])
  expect(local.issueView(1).state).toBe('opened')
  expect(local.mails).toEqual([])
})

describe('a replica that lags', () => {
  const clock = aClock()

  it('shows what others did when it has caught up, lists as well, and never a minute later', async () => {
    const { local, client } = await aGitLab({ now: clock.now })
    local.lag(90_000)
    local.submitRequest({ description: 'x', autoResponse: undefined })
    const atFirst = await failureOf(client.issue(1))
    clock.pass(60_000)
    local.someoneLabels(1, usernames.engineer, ['a'])
    local.requesterReplies(1, 'The answers')
    local.someoneCloses(1, usernames.engineer)

    const [issue, notes] = [await client.issue(1), await client.notes(1)]
    clock.pass(59_999)
    const stillOld = await client.issue(1)
    clock.pass(1)
    const caughtUp = await client.issue(1)

    expect(atFirst.status).toBe(404)
    expect([issue.labels, issue.state, notes]).toEqual([[], 'opened', []])
    expect(stillOld.labels).toEqual([])
    expect([caughtUp.labels, caughtUp.state]).toEqual([['a'], 'closed'])
  })

  it('shows whoever wrote what they wrote for half a minute, and then may not show it until it has caught up', async () => {
    const { local, client } = await aGitLab({ now: clock.now })
    local.submitRequest({ description: 'x', autoResponse: undefined })
    local.lag(60_000)
    const count = async () => (await client.notes(1)).length
    await client.createNote(1, { body: 'Greetings', internal: false })

    const atOnce = await count()
    clock.pass(30_000)
    const afterwards = await count()
    clock.pass(30_000)

    expect([atOnce, afterwards, await count()]).toEqual([1, 0, 1])
  })
})

describe('a change that is committed late', () => {
  const clock = aClock()

  async function twoIssues() {
    const { local, client } = await aGitLab({ now: clock.now })
    local.submitRequest({ description: 'x', autoResponse: undefined })
    local.submitRequest({ description: 'y', autoResponse: undefined })
    clock.pass(120_000)
    return { local, client }
  }

  it('is seen after younger ones, with the time of its beginning', async () => {
    const { local, client } = await twoIssues()
    local.commitLate(1, 40_000)
    local.someoneCloses(1, usernames.engineer)
    clock.pass(10_000)
    local.someoneCloses(2, usernames.engineer)

    const atFirst = [await client.issue(1), await client.issue(2)]
    clock.pass(30_000)
    const committed = await client.issue(1)

    expect(atFirst.map(({ state }) => state)).toEqual(['opened', 'closed'])
    expect(committed.state).toBe('closed')
    expect(committed.updatedAt < (await client.issue(2)).updatedAt).toBe(true)
  })

  it('is waited for by whoever changes the same issue', async () => {
    const { local, client } = await twoIssues()
    local.commitLate(1, 60_000)
    local.someoneLabels(1, usernames.engineer, ['a'])
    clock.pass(10_000)
    await client.createNote(1, { body: 'Greetings', internal: false })

    expect((await client.issue(1)).labels).toEqual(['a'])
  })
})

test('in maintenance mode everything can be read and nothing changed', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x', autoResponse: undefined })
  local.isReadOnly = true

  const refused = await failureOf(client.createNote(1, { body: 'x', internal: true }))

  expect([refused.status, refused.kind, (await client.issue(1)).iid]).toEqual([403, 'later', 1])
  expect(local.issueView(1).notes).toEqual([])
})
