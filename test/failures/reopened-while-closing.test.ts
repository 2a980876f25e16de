/** A colleague reopens or closes an issue by hand while the bot's own close or reopening is still on its way: the last of the two holds. */
import { expect, test } from 'vitest'
import type { Failure } from '../../sandbox/fake-server.ts'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { formCopy, people, startWorld } from '../app/desk-world.ts'

const down: Failure = { answer: { status: 429, headers: { 'retry-after': '1' }, body: {} } }

async function closedByHand() {
  const world = await startWorld()
  const iid = await world.request()
  world.gitlab.requesterReplies(iid, 'My answers.')
  await world.settle()
  world.gitlab.someoneCloses(iid, usernames.engineer)
  await world.settle()
  return { world, iid }
}

test('Reopened before the close was carried out: nothing of it is done any more, and the request stays open', async () => {
  const { world, iid } = await closedByHand()
  world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure: down })
  await world.click(iid, 'Mark Spam')
  world.gitlab.someoneReopens(iid, usernames.manager)
  await world.settle()
  expect(world.cardText(iid)).toContain('Answers are in: check them')

  world.gitlab.fake.heal()
  await world.passTime(5, 10)

  expect(world.gitlab.issueView(iid).state).toBe('opened')
  expect(world.cardText(iid)).toContain('Answers are in: check them')
  expect(world.cardText(iid)).toContain(
    'not done: The request was reopened in GitLab, which was not known when this was decided.',
  )
  expect(world.done(iid)).toEqual([])
})

test('Reopened, unseen, before it was decided: it is not done, and nobody is told that it was decided before', async () => {
  const { world, iid } = await closedByHand()
  world.gitlab.fake.fail({ method: 'GET', path: /\/issues\/\d+$/, times: Infinity, failure: down })
  world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure: down })
  world.gitlab.someoneReopens(iid, usernames.manager)
  world.clock.advance({ seconds: 1 })
  await world.click(iid, 'Mark Spam')
  world.gitlab.fake.heal()
  world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure: down })
  await world.passTime(5, 1)
  expect(world.thread(iid).at(-1)).toContain(
    'Steps decided before that and not done yet were canceled: choose them again if they still apply.',
  )

  world.gitlab.fake.heal()
  await world.passTime(5, 10)

  expect(world.gitlab.issueView(iid).state).toBe('opened')
  expect(world.cardText(iid)).toContain(
    'not done: The request was reopened in GitLab, which was not known when this was decided.',
  )
})

test('Reopened by the mail itself, as GitLab does where it is so set: the thread never says that nothing was reopened', async () => {
  const { world, iid } = await closedByHand()
  world.gitlab.requesterReplies(iid, 'One thing more.')
  await world.settle()
  world.gitlab.someoneReopens(iid, usernames.supportBot)
  await world.settle()

  expect(world.gitlab.issueView(iid).state).toBe('opened')
  expect(world.thread(iid).slice(-2)).toEqual([
    `<!subteam^S01ENGINEERS> The requester replied on #${iid} after it was closed. It stays closed: read the reply in GitLab.`,
    `<!subteam^S01ENGINEERS> #${iid} was reopened in GitLab and is back at “Answers are in: check them”.`,
  ])
})

test('Reopened unseen before the close was carried out: the request stays closed', async () => {
  const { world, iid } = await closedByHand()
  world.gitlab.someoneReopens(iid, usernames.manager)
  world.gitlab.fake.fail({ method: 'GET', path: /\/issues\/\d+$/, times: Infinity, failure: down })

  await world.click(iid, 'Mark Spam')
  expect(world.gitlab.issueView(iid).state).toBe('closed')
  world.gitlab.fake.heal()
  await world.passTime(5, 10)

  expect(world.gitlab.issueView(iid).state).toBe('closed')
  expect(world.cardText(iid)).toContain('Closed')
  expect(world.slack.buttons(world.card(iid))).toEqual([])
})

test('Reopened after the close was carried out: the request is open again', async () => {
  const { world, iid } = await closedByHand()
  await world.click(iid, 'Mark Spam')

  world.gitlab.someoneReopens(iid, usernames.manager)
  await world.settle()

  expect(world.gitlab.issueView(iid).state).toBe('opened')
  expect(world.cardText(iid)).toContain('Answers are in: check them')
})

/** The requester has written after the close, which reopens an export; GitLab takes no change meanwhile. */
async function beingReopened() {
  const world = await startWorld()
  const iid = await world.request({ description: formCopy('Data Export Request') })
  await world.advance({ days: 8 })
  await world.click(iid, 'Close Self-Serve')
  world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure: down })
  world.gitlab.requesterReplies(iid, 'It does not work.')
  await world.settle()
  return { world, iid }
}

test('Closed by hand after the requester wrote and before that reopened the issue: it stays closed', async () => {
  const { world, iid } = await beingReopened()
  expect(world.cardText(iid)).toContain('Self-serve failed: help the requester')
  world.gitlab.someoneReopens(iid, usernames.manager)
  await world.settle()
  world.gitlab.someoneCloses(iid, usernames.engineer)
  await world.settle()

  world.gitlab.fake.heal()
  await world.passTime(5, 10)

  expect(world.gitlab.issueView(iid).state).toBe('closed')
  expect(world.cardText(iid)).toContain('Closed')
  expect(world.done(iid)).not.toContain('reopened')
  const stopped = (await world.audit()).filter(({ details }) => details.outcome === 'stopped')
  expect(stopped.map(({ details }) => details.because)).toEqual([
    'The issue was closed in GitLab after the requester wrote.',
  ])
})

test('Closed by hand, unseen, before the bot reopened it: the request is open with it', async () => {
  const { world, iid } = await beingReopened()
  world.gitlab.someoneReopens(iid, usernames.manager)
  world.gitlab.someoneCloses(iid, usernames.engineer)
  world.gitlab.fake.heal()
  world.gitlab.fake.fail({ method: 'GET', path: /\/issues\/\d+$/, times: Infinity, failure: down })

  await world.passTime(5, 10)
  world.gitlab.fake.heal()
  await world.passTime(5, 10)

  expect(world.gitlab.issueView(iid).state).toBe('opened')
  expect(world.cardText(iid)).toContain('Self-serve failed: help the requester')
})

test('Reopened unseen before a reply was sent: the reply does not go out twice', async () => {
  const world = await startWorld()
  const iid = await world.request()
  world.gitlab.fake.fail({ method: 'GET', path: /\/issues\/\d+$/, times: Infinity, failure: down })
  world.gitlab.someoneCloses(iid, usernames.engineer)
  world.gitlab.someoneReopens(iid, usernames.manager)
  world.clock.advance({ seconds: 1 })
  await world.click(iid, 'Self-Initiated Deletion')
  world.gitlab.fake.heal()
  await world.passTime(5, 10)
  expect(world.thread(iid).at(-1)).toContain('was reopened in GitLab')

  await world.click(iid, 'Self-Initiated Deletion')

  expect(world.done(iid)).toHaveLength(1)
  expect(world.told(people.engineer.id).at(-1)).toContain('already got this reply')
})
