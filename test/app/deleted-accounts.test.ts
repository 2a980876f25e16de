/** An account in GitLab is deleted: what it had written and done has no author there any more. */
import { expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { people, snippet, startWorld } from './desk-world.ts'

async function commented() {
  const world = await startWorld({ webhook: false })
  const iid = await world.request()
  world.gitlab.someoneComments(iid, usernames.manager, 'Looking into it.')
  await world.passTime(2, 60)
  world.gitlab.setGone(usernames.manager)
  return { world, iid }
}

test('A note whose author is gone hides nothing: the answer after it is seen', async () => {
  const { world, iid } = await commented()
  world.gitlab.requesterReplies(iid, 'Spring 2019.')

  await world.passTime(3, 60)

  expect(world.cardText(iid)).toContain('Answers are in: check them')
})

test('A close by somebody who is gone is a close by hand, by nobody that is known', async () => {
  const { world, iid } = await commented()
  world.gitlab.someoneCloses(iid, usernames.manager)

  await world.passTime(3, 60)

  expect(world.cardText(iid)).toContain('Closed in GitLab without the handbook’s reply')
  expect((await world.audit()).findLast(({ details }) => details.name === 'issue-closed')).toMatchObject({
    who: 'gitlab:unknown',
  })
})

test('What is decided goes on among notes of nobody: the reply is sent once, and the request closed', async () => {
  const { world, iid } = await commented()
  await world.advance({ days: 8 })

  await world.click(iid, 'Close No Response', people.engineer.id)

  expect(world.gitlab.issueView(iid).state).toBe('closed')
  expect(world.gitlab.mails.filter(({ text }) => text === snippet('closed-no-response'))).toHaveLength(1)
})
