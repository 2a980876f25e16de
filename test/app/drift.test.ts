/** What is done by hand in GitLab: seen, recorded as done outside and by whom, and taken over where the handbook says so. */
import { expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { formCopy, people, snippet, startWorld } from './desk-world.ts'

async function evaluating() {
  const world = await startWorld()
  const iid = await world.request()
  world.gitlab.requesterReplies(iid, 'My answers.')
  await world.settle()
  return { world, iid }
}

test('Closed by hand without the reply: the card says what is missing and offers to complete it', async () => {
  const { world, iid } = await evaluating()
  world.gitlab.someoneCloses(iid, usernames.engineer)
  await world.settle()
  expect(world.cardText(iid)).toContain(
    '*Closed in GitLab without the handbook’s reply: finish it* · Unassigned',
  )
  expect(world.slack.buttons(world.card(iid))).toContain('Fail Verification')

  await world.click(iid, 'Fail Verification')

  expect(world.changes(iid).slice(0, 2)).toEqual([
    { note: snippet('closed-verification-failed'), internal: false },
    { add: 'Account Verification Failed,deletion request::denied' },
  ])
  expect(world.slack.buttons(world.card(iid))).toEqual([])
  expect(world.gitlab.issueView(iid).state).toBe('closed')
})

test('Closed by hand with the reply but without the labels: completing sends no second reply', async () => {
  const { world, iid } = await evaluating()
  world.gitlab.someoneComments(iid, usernames.engineer, `${snippet('closed-verification-failed')}\nInes`)
  world.gitlab.someoneCloses(iid, usernames.engineer)
  await world.settle()

  await world.click(iid, 'Fail Verification')

  expect(world.changes(iid).filter(({ note }) => note !== undefined)).toEqual([])
  expect(world.gitlab.issueView(iid).labels).toEqual([
    'Account Verification Failed',
    'deletion request::denied',
  ])
})

test('Closed by hand with the reply and the labels: nothing is missing', async () => {
  const { world, iid } = await evaluating()
  world.gitlab.someoneComments(iid, usernames.engineer, snippet('closed-verification-failed'))
  world.gitlab.someoneLabels(iid, usernames.engineer, [
    'Account Verification Failed',
    'deletion request::denied',
  ])
  world.gitlab.someoneCloses(iid, usernames.engineer)
  await world.settle()

  expect(world.cardText(iid)).not.toContain('without the reply')
  expect(world.slack.buttons(world.card(iid))).toEqual([])
})

test('A reply that a colleague has posted by hand is not sent again by the bot, which does the rest', async () => {
  const { world, iid } = await evaluating()
  world.gitlab.someoneComments(iid, usernames.engineer, snippet('closed-verification-failed'))
  await world.settle()

  await world.click(iid, 'Fail Verification')

  expect(world.changes(iid)).toEqual([
    { add: 'Account Verification Failed,deletion request::denied' },
    { state: 'close' },
  ])
  expect(world.thread(iid).at(-1)).toBe(
    `The reply “closed-verification-failed” was not sent again on #${iid}: the requester already got it.`,
  )
})

test('Nor is one that a colleague has posted who is signed in with the bot’s own account', async () => {
  const { world, iid } = await evaluating()
  world.gitlab.someoneComments(iid, 'privacy-desk-bot', snippet('closed-verification-failed'))
  await world.settle()

  await world.click(iid, 'Fail Verification')

  expect(world.changes(iid).flatMap(({ note }) => note ?? [])).toEqual([])
  expect(world.thread(iid).at(-1)).toContain('“closed-verification-failed” was not sent again')
  const seen = (await world.audit()).filter(({ details }) => details.name === 'snippet-sent')
  expect(seen.map(({ details }) => details.by)).toEqual([expect.stringMatching(/^gitlab:\d+$/)])
})

test.each([
  ['as soon as it is sent', undefined],
  ['where its answer was lost', { applied: true, drop: 'connection' } as const],
])('The bot’s own reply is not taken for one by hand, %s', async (_when, failure) => {
  const { world, iid } = await evaluating()
  if (failure) world.gitlab.fake.fail({ method: 'POST', path: /\/notes$/, failure })
  await world.click(iid, 'Self-Initiated Deletion')
  world.gitlab.requesterReplies(iid, 'Thank you')
  await world.settle()
  await world.passTime(20, 5)

  expect(world.changes(iid).flatMap(({ note }) => note ?? [])).toEqual([snippet('blocked-user-initiated')])
  const names = (await world.audit()).map(({ details }) => details.name)
  expect(names).toContain('requester-replied')
  expect(names).not.toContain('snippet-sent')
})

test('The same reply is not sent twice, but may be after a reopen', async () => {
  const { world, iid } = await evaluating()
  await world.click(iid, 'Self-Initiated Deletion')
  await world.click(iid, 'Self-Initiated Deletion')
  expect(world.told(people.engineer.id).at(-1)).toContain('already got this reply, Mar 1')
  await world.click(iid, 'Fail Verification')
  world.gitlab.someoneReopens(iid, usernames.engineer)
  await world.settle()

  await world.click(iid, 'Fail Verification')

  const sent = world.changes(iid).flatMap(({ note }) => note ?? [])
  expect(sent).toEqual([
    snippet('blocked-user-initiated'),
    snippet('closed-verification-failed'),
    snippet('closed-verification-failed'),
  ])
})

test('A meta issue that a colleague opened by hand moves the request on, and the audit log says by whom', async () => {
  const { world, iid } = await evaluating()
  await world.decide(iid, 'Pass Verification', { 'The account is': 'Active' })

  world.gitlab.submitRequest({
    title: 'requester@example.com',
    description: '- [ ] Support Engineer: delete it',
  })
  const ines = world.gitlab.world.users.find(({ username }) => username === usernames.engineer)
  const made = world.gitlab.issue(2)
  Object.assign(made, { author: ines, participants: [] })
  await world.settle()

  expect(world.cardText(iid)).toContain('0 of 1 step done')
  expect(world.thread(iid).at(-1)).toBe(
    `<!subteam^S01ENGINEERS> The meta issue #2 of #${iid} was opened by hand. The bot has not told the requester.`,
  )
  expect(world.changes(iid)).toEqual([])
  expect((await world.audit()).findLast(({ details }) => details.name === 'meta-issue-made')).toMatchObject({
    who: 'gitlab:11',
  })
})

test('An assignment by hand is in the audit log', async () => {
  const { world, iid } = await evaluating()

  world.gitlab.someoneAssigns(iid, usernames.manager, [usernames.engineer])
  await world.settle()

  const seen = (await world.audit()).filter(({ details }) => details.name === 'assignee-changed')
  expect(seen.map(({ who }) => who)).toEqual(['gitlab:13'])
})

test('A comment that gives another e-mail address is flagged, and Close No Response then needs a reason or Privacy', async () => {
  const world = await startWorld()
  const iid = await world.request({
    description: formCopy('Account Deletion', {
      Comments: 'I lost that mailbox, please write to me@other.example.',
    }),
  })
  expect(world.cardText(iid)).toContain('another e-mail address')
  await world.advance({ days: 8 })

  const refused = await world.decide(iid, 'Close No Response', { 'Reason for closing anyway': ' ' })
  expect(JSON.stringify(refused.body)).toContain('may not have arrived')
  expect(world.changes(iid)).toEqual([])

  await world.decide(iid, 'Close No Response', {}, people.privacy.id)
  expect(world.changes(iid)[0]).toEqual({ note: snippet('closed-no-response'), internal: false })
})
