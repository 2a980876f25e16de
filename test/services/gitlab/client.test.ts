import { expect, test } from 'vitest'
import { serviceDeskProject, trustSafetyProject, usernames } from '../../../sandbox/gitlab/gitlab.ts'
import type { Issue } from '../../../src/services/gitlab/answers.ts'
import { aClock, aGitLab, failureOf, today } from '../local.ts'

const bot = { id: 9, username: 'privacy-desk-bot' }
const supportBot = { id: 2, username: 'support-bot' }

test('an issue, with what the bot uses of it', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ title: 'Request', description: '- [x] one\n- [ ] two', labels: ['b', 'a'] })

  expect(await client.issue(1)).toEqual({
    id: expect.any(Number),
    iid: 1,
    projectId: 101,
    title: 'Request',
    description: '- [x] one\n- [ ] two',
    state: 'opened',
    labels: ['a', 'b'],
    author: supportBot,
    assignees: [],
    confidential: true,
    createdAt: today,
    updatedAt: '2026-03-02T10:00:00.000Z',
    webUrl: `${local.url}/${serviceDeskProject}/-/work_items/1`,
    serviceDeskReplyTo: 'requester@example.com',
    taskCompletion: { count: 2, done: 1 },
    userNotes: 1,
  })
})

test('fields and states that are not known yet are accepted, times in both forms', async () => {
  const { local, client } = await aGitLab()
  const answer = {
    ...{
      id: 1,
      iid: 1,
      project_id: 2,
      title: 't',
      description: null,
      state: 'archived',
      labels: [],
      brand_new: 1,
    },
    ...{ author: { id: 3, username: 'u', state: 'odd' }, web_url: 'https://gitlab.example/1' },
    ...{ created_at: '2017-09-15 16:50:55 UTC', updated_at: '2017-09-15T18:50:55.123+02:00' },
  }
  local.fake.fail({ failure: { answer: { status: 200, body: answer } } })

  expect(await client.issue(1)).toEqual({
    ...{ id: 1, iid: 1, projectId: 2, title: 't', description: '', state: 'archived', labels: [] },
    ...{ author: { id: 3, username: 'u' }, assignees: [], webUrl: 'https://gitlab.example/1' },
    // Where GitLab does not say, the careful reading.
    confidential: true,
    createdAt: '2017-09-15T16:50:55.000Z',
    updatedAt: '2017-09-15T16:50:55.123Z',
  })
})

test('labels, state and assignees are changed in one request, and again with the same result', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x', labels: ['Awaiting::Challenge Answers', 'kept'] })
  const change = {
    addLabels: ['Account Verification Failed', 'deletion request::denied'],
    removeLabels: ['Awaiting::Challenge Answers'],
    state: 'close',
    assigneeIds: [11],
  } as const

  const first = await client.editIssue(1, change)
  const again = await client.editIssue(1, change)

  const labels = ['Account Verification Failed', 'deletion request::denied', 'kept']
  expect([first.labels, first.state, first.assignees.map(({ id }) => id)]).toEqual([labels, 'closed', [11]])
  expect([again.labels, again.state, again.closedAt]).toEqual([labels, 'closed', first.closedAt])
  expect(local.fake.received('PUT', /issues\/1$/)[0]?.body).toEqual({
    add_labels: 'Account Verification Failed,deletion request::denied',
    remove_labels: 'Awaiting::Challenge Answers',
    state_event: 'close',
    assignee_ids: [11],
  })
  expect((await client.editIssue(1, { assigneeIds: [], state: 'reopen' })).assignees).toEqual([])
})

test('a note with text gives its id', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x', autoResponse: undefined })

  const created = await client.createNote(1, { body: 'For us only', internal: true })

  expect(created).toEqual({ id: expect.any(Number), body: 'For us only', createdAt: today })
  expect(await client.notes(1)).toEqual([{ ...created, author: bot, system: false, internal: true }])
})

test('a note of nothing but quick actions has been carried out and has no id', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'the one that stays' })
  local.submitRequest({ description: 'the duplicate' })

  const created = await client.createNote(2, { body: '/duplicate #1', internal: true })

  expect(created).toEqual({
    commandsOnly: true,
    summary: 'Closed this issue. Marked as related to, and a duplicate of, #1.',
  })
  const { state, duplicatedTo } = await client.issue(2)
  expect([state, duplicatedTo]).toEqual(['closed', { projectId: 101, iid: 1 }])
})

test('a quick action that fails is a definite refusal', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x' })

  const failed = await failureOf(client.createNote(1, { body: '/duplicate #77', internal: true }))

  expect([failed.kind, failed.status]).toEqual(['not-done', 400])
})

test('notes come oldest first from all pages, short and empty ones included', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x', autoResponse: undefined })
  for (const text of ['1', '2', '3', '4', '5']) local.requesterReplies(1, text)
  local.paging = { longest: 2, empty: 2 }

  expect((await client.notes(1)).map((note) => note.body)).toEqual(['1', '2', '3', '4', '5'])
})

test('only what is new is asked for: after a note, or since a time with that time itself', async () => {
  const clock = aClock()
  const { local, client } = await aGitLab({ now: clock.now })
  local.submitRequest({ description: 'x', autoResponse: undefined })
  const notes = ['1', '2', '3', '4', '5'].map((text) => {
    clock.pass(60_000)
    return local.requesterReplies(1, text)
  })
  local.paging = { longest: 2 }

  const after = await client.notes(1, { afterId: notes[3]?.id ?? 0 })
  const since = await client.notes(1, { since: notes[2]?.createdAt ?? '' })

  expect(after.map((note) => note.body)).toEqual(['5'])
  expect(since.map((note) => note.body)).toEqual(['3', '4', '5'])
  expect(local.fake.received('GET', /notes$/)).toHaveLength(3)
})

test('label events and state events carry who did it, from all pages', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x' })
  local.someoneLabels(1, usernames.manager, ['Deletion Request::Exception Approved', 'b'])
  local.someoneLabels(1, usernames.engineer, [], ['b'])
  local.someoneCloses(1, usernames.engineer)
  local.someoneReopens(1, usernames.manager)
  local.paging = { longest: 1 }

  const labelEvents = await client.labelEvents(1)
  const stateEvents = await client.stateEvents(1)

  const at = { id: expect.any(Number), createdAt: today }
  expect(labelEvents).toEqual([
    {
      ...at,
      userId: 13,
      username: 'mona.manager',
      action: 'add',
      label: 'Deletion Request::Exception Approved',
    },
    { ...at, userId: 13, username: 'mona.manager', action: 'add', label: 'b' },
    { ...at, userId: 11, username: 'ines.engineer', action: 'remove', label: 'b' },
  ])
  expect(stateEvents).toEqual([
    { ...at, userId: 11, state: 'closed' },
    { ...at, userId: 13, state: 'reopened' },
  ])
  expect(await client.labelEvents(1, labelEvents[1]?.id)).toEqual(labelEvents.slice(2))
  expect(await client.stateEvents(1, stateEvents[0]?.id)).toEqual(stateEvents.slice(1))
})

test('the event of a label that has been deleted since has no name', async () => {
  const { local, client } = await aGitLab()
  const event = { id: 5, user: null, action: 'add', label: null, created_at: today }
  local.fake.fail({ failure: { answer: { status: 200, body: [event] } } })

  expect(await client.labelEvents(1)).toEqual([{ id: 5, action: 'add', createdAt: today }])
})

test('all issues since a time, the time itself included, however the pages fall', async () => {
  for (const paging of [
    {},
    { longest: 1 },
    { longest: 2 },
    { longest: 2, empty: 1 },
    { longest: 3, empty: 2 },
  ]) {
    const clock = aClock()
    const { local, client } = await aGitLab({ now: clock.now })
    for (const _ of 'abcdefg') {
      local.submitRequest({ description: 'x' })
      clock.pass(1000)
    }
    local.paging = paging

    const read = (await Array.fromAsync(client.issuesUpdatedAfter(local.issue(3).updatedAt))).flat()

    expect(read.map((issue) => issue.iid)).toEqual([3, 4, 5, 6, 7])
  }
})

test('many issues of the very same moment are all read', async () => {
  const { local, client } = await aGitLab()
  for (const _ of 'abcdefg') local.submitRequest({ description: 'x' })
  local.paging = { longest: 2 }

  const read = (await Array.fromAsync(client.issuesUpdatedAfter(today))).flat()

  expect(read.map((issue) => issue.iid)).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('an issue that changes while the pages are read hides no other one', async () => {
  const clock = aClock()
  const { local, client } = await aGitLab({ now: clock.now })
  for (const _ of 'abcdef') {
    local.submitRequest({ description: 'x' })
    clock.pass(1000)
  }
  local.paging = { longest: 2 }

  const read: Issue[] = []
  for await (const page of client.issuesUpdatedAfter(today)) {
    if (read.length === 0) local.requesterReplies(1, 'The answers')
    read.push(...page)
  }

  expect(new Set(read.map((issue) => issue.iid))).toEqual(new Set([1, 2, 3, 4, 5, 6]))
})

test('an issue of our own is found again by when it was opened, in any project', async () => {
  const clock = aClock()
  const { local, client } = await aGitLab({ now: clock.now })
  const open = (project: string, title: string) =>
    client.createIssue({
      project,
      title,
      description: `<!-- ${title} -->`,
      confidential: true,
      labels: ['one', 'two'],
    })
  await open(trustSafetyProject, 'long ago')
  clock.pass(60_000)
  const since = clock.now().toISOString()
  local.submitRequest({ description: 'not ours' })
  const meta = await open(serviceDeskProject, 'jane@example.com')
  const reinstatement = await open(trustSafetyProject, 'reinstate')

  expect([meta.confidential, meta.labels, meta.author]).toEqual([true, ['one', 'two'], bot])
  expect(await client.ownIssuesSince(serviceDeskProject, since)).toEqual([meta])
  expect(await client.ownIssuesSince(trustSafetyProject, since)).toEqual([reinstatement])
  expect((await client.issue(reinstatement.iid, trustSafetyProject)).title).toBe('reinstate')
})

test('issues are linked once, and linking them again is no failure', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x' })
  const meta = await client.createIssue({ title: 'meta', description: '', confidential: true })

  await client.linkIssues(1, { project: 101, iid: meta.iid })
  await client.linkIssues(1, { project: serviceDeskProject, iid: meta.iid })

  expect((await client.links(1)).map((issue) => issue.iid)).toEqual([meta.iid])
})

test('a link refused for a locked row is not taken for a link that is there', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x' })
  const answer = { status: 409, body: { message: '409 Conflict: Resource lock' } }
  local.fake.fail({ method: 'POST', failure: { answer } })

  expect((await failureOf(client.linkIssues(1, { project: 101, iid: 1 }))).kind).toBe('later')
})

test('a template is read by its name, and a missing one is undefined', async () => {
  const { local, client } = await aGitLab()

  const full = await client.issueTemplate(serviceDeskProject, 'Deletion Meta Issue - Full')

  expect(full?.match(/^- \[ \] Support Engineer: /gm)).toHaveLength(5)
  expect(await client.issueTemplate(serviceDeskProject, 'No Such Template')).toBeUndefined()
  local.fake.fail({ failure: { answer: { status: 500, body: {} } } })
  expect((await failureOf(client.issueTemplate(serviceDeskProject, 'x'))).kind).toBe('later')
})

test('an issue that was deleted and one that the bot may not read look alike: both answer 404', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x' })
  local.submitRequest({ description: 'x' })
  local.remove(1)
  local.hide(2)

  expect([(await failureOf(client.issue(1))).status, (await failureOf(client.issue(2))).status]).toEqual([
    404, 404,
  ])
  local.unhide(2)
  expect((await client.issue(2)).iid).toBe(2)
})
