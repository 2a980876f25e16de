/** Two approvals: the first counts only while whoever gave it holds the role. */
import { expect, test } from 'vitest'
import { GROUPS } from '../../sandbox/slack/people.ts'
import { people, startWorld, type World } from './desk-world.ts'

async function firstApproved(): Promise<{ readonly world: World; readonly iid: number }> {
  const world = await startWorld({ env: { REQUIRE_PRIVACY_APPROVAL: 'true' } })
  const iid = await world.request()
  world.gitlab.requesterReplies(iid, 'I am the sole owner and can not log in')
  await world.settle()
  await world.click(iid, 'Request Exception', people.engineer.id)
  await world.decide(iid, 'Approve Exception', { Reason: 'It looks right.' }, people.manager.id)
  return { world, iid }
}

const approved = 'Deletion Request::Exception Approved'

test('with the role still held, the second approves', async () => {
  const { world, iid } = await firstApproved()

  await world.decide(iid, 'Approve Exception', { Reason: 'Fine.' }, people.privacy.id)

  expect(world.gitlab.issue(iid).labels).toContain(approved)
})

test('with the role lost since, the second is the first, and one more is asked for', async () => {
  const { world, iid } = await firstApproved()
  world.slack.setGroupMembers(GROUPS.managers.handle, [])
  await world.advance({ minutes: 2 })

  await world.decide(iid, 'Approve Exception', { Reason: 'Fine.' }, people.privacy.id)

  expect(world.gitlab.issue(iid).labels).not.toContain(approved)
  expect(world.thread(iid).at(-1)).toMatch(/has approved the exception\. It needs a second approval/)
})
