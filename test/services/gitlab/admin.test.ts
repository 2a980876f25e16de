import { describe, expect, test } from 'vitest'
import { botToken } from '../../../sandbox/gitlab/gitlab.ts'
import { aGitLab, failureOf } from '../local.ts'

const created = '2019-01-02T03:04:05.000Z'
const old = '2020-03-04T05:06:07.000Z'

test('an administrator sees what the evidence of an exception needs', async () => {
  const { local, asAdmin } = await aGitLab()
  local.paging = { longest: 1 }
  const admin = asAdmin()

  expect(await admin.userByUsername('Quiet.Owner')).toEqual({
    id: 21,
    username: 'quiet.owner',
    state: 'active',
    lastSignInAt: '2020-02-03T04:05:06.789Z',
  })
  expect(await admin.memberships(21)).toEqual([
    { sourceId: 601, sourceName: 'quiet-tools', sourceType: 'Namespace', accessLevel: 50 },
    { sourceId: 602, sourceName: 'busy-tools', sourceType: 'Namespace', accessLevel: 30 },
  ])
  expect(await admin.group(601)).toEqual({ id: 601, fullPath: 'quiet-tools', createdAt: created })
  expect(await admin.groupMembers(603)).toEqual([
    { id: 23, username: 'shared.owner', accessLevel: 50 },
    { id: 22, username: 'busy.owner', accessLevel: 50 },
  ])
  expect(await admin.groupProjects(603)).toEqual([
    { id: 201, path: 'shared-tools/project', lastActivityAt: old, isPersonal: false },
  ])
  expect(await admin.userProjects(21)).toEqual([
    { id: 211, path: 'quiet.owner/project', lastActivityAt: old, isPersonal: true },
  ])
})

test('somebody who never signed in is told from a sign-in that one may not see', async () => {
  const { asAdmin } = await aGitLab()

  const blocked = { id: 24, username: 'blocked.owner', state: 'blocked' }
  expect(await asAdmin().userByUsername('blocked.owner')).toEqual({ ...blocked, lastSignInAt: null })
  expect(await asAdmin(botToken).userByUsername('blocked.owner')).toEqual(blocked)
})

describe('of the two sign-ins that GitLab tells', () => {
  const [before, latest] = ['2019-05-06T00:00:00.000Z', '2026-11-21T00:00:00.000Z']
  const told = async (signIns: object) => {
    const { local, asAdmin } = await aGitLab()
    const body = [{ id: 21, username: 'quiet.owner', state: 'active', ...signIns }]
    local.fake.fail({ failure: { answer: { status: 200, body } } })
    return (await asAdmin().userByUsername('quiet.owner'))?.lastSignInAt
  }

  test('the later one counts: `last_sign_in_at` is the one before', async () => {
    expect(await told({ last_sign_in_at: before, current_sign_in_at: latest })).toBe(latest)
    expect(await told({ last_sign_in_at: latest, current_sign_in_at: before })).toBe(latest)
    expect(await told({ last_sign_in_at: before, current_sign_in_at: null })).toBe(before)
  })

  test('one that is missing hides the later one', async () => {
    expect(await told({ last_sign_in_at: before })).toBeUndefined()
    expect(await told({ current_sign_in_at: before })).toBeUndefined()
    expect(await told({ last_sign_in_at: null })).toBeUndefined()
  })
})

test('what the token may not see is undefined, and so never a pass', async () => {
  const { asAdmin } = await aGitLab()
  const ordinary = asAdmin(botToken)

  expect(await ordinary.memberships(21)).toBeUndefined()
  expect(await ordinary.group(601)).toBeUndefined()
  expect(await ordinary.groupMembers(601)).toBeUndefined()
  expect(await ordinary.groupProjects(603)).toBeUndefined()
})

test('an unknown username is undefined', async () => {
  const { asAdmin } = await aGitLab()

  expect(await asAdmin().userByUsername('nobody')).toBeUndefined()
})

test('a wrong token or a broken service is a failure, not an unknown', async () => {
  const { local, asAdmin } = await aGitLab()

  expect((await failureOf(asAdmin('wrong').memberships(21))).status).toBe(401)
  local.fake.fail({ failure: { answer: { status: 500, body: {} } } })
  expect((await failureOf(asAdmin().memberships(21))).kind).toBe('later')
})

test('an id that is no whole number reaches no path', async () => {
  const { local, asAdmin } = await aGitLab()

  await expect(asAdmin().group(-1)).rejects.toThrow(RangeError)
  expect(local.fake.requests).toEqual([])
})
