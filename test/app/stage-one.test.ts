/** Stage 1: Submission Handling, a test for each row of the table, through the whole app. */
import { expect, test } from 'vitest'
import { formCopy, people, snippet, startWorld } from './desk-world.ts'

test('Failed automated checks: a title with "Invalid Request Received" gets no card and no action, and is counted in the digest', async () => {
  const world = await startWorld({ startsAt: '2026-03-01T10:00:00.000Z' })
  // Its first digest is out before the request comes in.
  await world.settle()

  const { iid } = world.gitlab.submitRequest({
    title: 'Invalid Request Received: account deletion',
    description: formCopy(),
  })
  await world.settle()
  await world.advance({ hours: 23 })

  expect(() => world.card(iid)).toThrow('has no card')
  expect(world.changes(iid)).toEqual([])
  expect(world.slack.card('Privacy requests, Mon, Mar 2').text).toContain(
    '0 open requests; since yesterday 1 invalid.',
  )
})

test('Failed automated checks: the label account-deletion::invalid gets no card and no action', async () => {
  const world = await startWorld()

  const { iid } = world.gitlab.submitRequest({
    description: formCopy(),
    labels: ['account-deletion::invalid'],
  })
  await world.settle()

  expect(() => world.card(iid)).toThrow('has no card')
  expect(world.changes(iid)).toEqual([])
})

test('Direct e-mail: Close Direct Submission sets the label, sends the reply, closes the issue, in this order', async () => {
  const world = await startWorld()
  const iid = await world.request({ description: 'Hello, please delete my account. Thanks!' })
  expect(world.cardText(iid)).toContain('Sent by e-mail, not through the form')

  await world.click(iid, 'Close Direct Submission')

  expect(world.changes(iid)).toEqual([
    { add: 'account-deletion::invalid' },
    { note: snippet('closed-submitted-directly'), internal: false },
    { state: 'close' },
  ])
  expect(world.gitlab.mails.at(-1)?.text).toBe(snippet('closed-submitted-directly'))
  expect(world.cardText(iid)).toContain('*Done.*')
})

test('Spam: Mark Spam sets the label and closes the issue without a reply', async () => {
  const world = await startWorld()
  const iid = await world.request()

  await world.click(iid, 'Mark Spam')

  expect(world.changes(iid)).toEqual([{ add: 'Invalid Request::Spam' }, { state: 'close' }])
  expect(world.gitlab.issueView(iid)).toMatchObject({ state: 'closed', labels: ['Invalid Request::Spam'] })
})

test('Duplicate: both cards suggest it, nothing is done by itself, and Close Duplicate replies with the number of the issue that stays', async () => {
  const world = await startWorld()
  const stays = await world.request()
  const duplicate = await world.request()
  expect(world.cardText(duplicate)).toContain(`|#${stays}>: same requester and type, still open.`)
  expect(world.cardText(stays)).toContain(`|#${duplicate}>: same requester and type, still open.`)
  expect([...world.changes(stays), ...world.changes(duplicate)]).toEqual([])

  await world.decide(duplicate, 'Close Duplicate', { 'Which issue stays open?': String(stays) })

  expect(world.changes(duplicate)).toEqual([
    { note: snippet('closed-duplicate').replace('#123', `#${stays}`), internal: false },
    { note: `/duplicate #${stays}`, internal: true },
  ])
  expect(world.gitlab.issueView(duplicate)).toMatchObject({
    state: 'closed',
    duplicateOf: expect.stringContaining(`#${stays}`),
  })
  expect(world.gitlab.issueView(stays).state).toBe('opened')
})

test.each([
  ['itself', (own: number) => String(own), 'is this request. Enter the other one.'],
  ['a number the bot does not know', () => '999', 'I’m not tracking #999.'],
  ['no number', () => 'older', 'Enter the number of an issue'],
])('Duplicate: %s is refused at the field, and nothing is sent', async (_what, stays, because) => {
  const world = await startWorld()
  const iid = await world.request()

  const answer = await world.decide(iid, 'Close Duplicate', { 'Which issue stays open?': stays(iid) })

  expect(JSON.stringify(answer.body)).toContain(because)
  expect(world.changes(iid)).toEqual([])
})

test('Duplicate: a closed request can not be the one that stays', async () => {
  const world = await startWorld()
  const closed = await world.request()
  await world.click(closed, 'Mark Spam')
  const iid = await world.request()

  const answer = await world.decide(iid, 'Close Duplicate', { 'Which issue stays open?': `#${closed}` })

  expect(JSON.stringify(answer.body)).toContain(`#${closed} is closed`)
  expect(world.changes(iid)).toEqual([])
})

test('Another type or another requester is no duplicate', async () => {
  const world = await startWorld()
  await world.request()
  const otherType = await world.request({ type: 'Full Deletion' })
  const otherPerson = await world.request({
    description: formCopy('GitLab.com Account Deletion', {
      Username: 'busy.owner',
      'Email Address': 'other@example.com',
    }),
  })

  expect(world.cardText(otherType)).not.toContain('Possible duplicate')
  expect(world.cardText(otherPerson)).not.toContain('Possible duplicate')
})

test('The same username in other letters is the same requester', async () => {
  const world = await startWorld()
  await world.request()

  const iid = await world.request({
    description: formCopy('Account Deletion', {
      Username: 'Quiet.Owner',
      'Email Address': 'other@example.com',
    }),
  })

  expect(world.cardText(iid)).toContain('Possible duplicate')
})

test('A type that cannot be read gives a card that says so, with a choice to set it', async () => {
  const world = await startWorld()
  const iid = await world.request({ type: 'Delete my stuff' })
  expect(world.cardText(iid)).toContain('Unknown request type: set it')
  expect(world.slack.buttons(world.card(iid))).not.toContain('Close No Response')

  await world.decide(iid, 'Set Type', { 'Request type': 'Full Deletion' })

  expect(world.cardText(iid)).toContain('Full Deletion')
  expect(world.slack.buttons(world.card(iid)).slice(-3)).toEqual([
    'Approve Exception',
    'Fail Verification',
    'Close No Response',
  ])
  expect(world.changes(iid)).toEqual([])
})

test("The team's own issues in the same project get no card until somebody tracks them", async () => {
  const world = await startWorld()
  world.gitlab.submitRequest({ description: formCopy() })
  const inesEngineer = world.gitlab.world.users.find(({ username }) => username === 'ines.engineer')
  Object.assign(world.gitlab.issue(1), { author: inesEngineer, participants: [] })
  await world.settle()

  expect(() => world.card(1)).toThrow('has no card')
  await world.slack.command(people.engineer.id, 'privacy-team_help', '/privacy', 'track 1')
  await world.settle()
  expect(world.cardText(1)).toContain('GitLab.com Account Deletion')
})
