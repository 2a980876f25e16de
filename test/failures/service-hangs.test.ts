/** A service that hangs takes nothing from another, and its hints take nothing from a click. */
import { expect, test } from 'vitest'
import { appSec } from '../../sandbox/gitlab/seed.ts'
import { channel, formCopy, people, shortLimitMs, type World } from '../app/desk-world.ts'
import { agent, aTicket, mailsOf, openOnTicket } from '../app/ticket-acts.ts'

/** GitLab answers nothing from now on, and forty of its issues have changed. */
async function hangingGitLab(world: World): Promise<readonly number[]> {
  const iids = Array.from({ length: 40 }, () => world.gitlab.submitRequest({ description: formCopy() }).iid)
  await world.drain()
  world.gitlab.fake.fail({ path: /\/issues/, times: Number.POSITIVE_INFINITY, failure: { hang: true } })
  for (const iid of iids) world.gitlab.requesterReplies(iid, 'Here are my answers.')
  await expect.poll(async () => (await waiting(world)).length).toBeGreaterThan(30)
  return iids
}

/** Those that nobody has yet tried to read. */
function waiting(world: World): Promise<readonly object[]> {
  return world.inDatabase(
    "select key from inbox where finished_at is null and attempts = 0 and kind = 'gitlab-hint'",
  )
}

test('a ticket is answered in Zendesk while GitLab hangs and forty issues have changed', async () => {
  const given = await aTicket({ answerWithinMs: shortLimitMs * 4 })
  const { world } = given
  await hangingGitLab(world)

  const view = await openOnTicket(given, 'Reply')
  await world.slack.submit(agent, view?.id ?? '', { 'Reply to the requester': 'It is encrypted.' })
  await expect.poll(() => mailsOf(given)).toEqual([expect.stringContaining('It is encrypted.')])

  expect((await waiting(world)).length).toBeGreaterThan(30)
  world.gitlab.fake.heal()
})

test('a request of GitLab is claimed while the hints of forty others hang', async () => {
  const { world } = await aTicket({ answerWithinMs: shortLimitMs * 4 })
  const iid = await world.request()
  await hangingGitLab(world)

  await world.slack.command(people.engineer.id, channel, '/privacy', `claim ${iid}`)
  await expect.poll(() => world.told(people.engineer.id)).toEqual([expect.stringContaining('is yours now')])

  expect((await waiting(world)).length).toBeGreaterThan(30)
  world.gitlab.fake.heal()
})

test('a decision that needs GitLab, which hangs, is looked for once, whoever opens the ticket meanwhile', async () => {
  const answerWithinMs = shortLimitMs * 2
  const given = await aTicket({ answerWithinMs })
  const { world } = given
  world.gitlab.addExpertTeam(appSec)
  const view = await openOnTicket(given, 'Engage Expert')
  world.gitlab.fake.fail({
    path: /\/projects\/[^/]+$/,
    times: Number.POSITIVE_INFINITY,
    failure: { hang: true },
  })
  const looks = () => world.gitlab.fake.received('GET', /appsec-team$/).length
  const before = looks()

  await world.slack.submit(agent, view?.id ?? '', {
    Team: appSec.name,
    'Question for the team': 'Is it safe?',
  })
  await expect.poll(looks).toBe(before + 1)
  await openOnTicket(given, 'Reply', people.privacy.id)
  await openOnTicket(given, 'Reply')
  const told = () => world.told(agent).at(-1)
  await expect.poll(told, { timeout: answerWithinMs * 4 }).toContain('GitLab can’t be read right now')

  expect(looks()).toBe(before + 1)
  world.gitlab.fake.heal()
})
