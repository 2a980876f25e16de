import { describe, expect, test } from 'vitest'
import { CHANNELS, GROUPS, OTHER_TEAM_ID, PEOPLE, TEAM } from '../../../sandbox/slack/people.ts'
import { rolesReader } from '../../../src/services/slack/roles.ts'
import { aSlack } from './a-slack.ts'

const groups = {
  'support-engineer': [GROUPS.engineers.id],
  'support-manager': ['@support-managers'],
  privacy: [PEOPLE.privacy.id],
  'field-security': [],
}

async function aReader(roles: Record<keyof typeof groups, readonly string[]> = groups) {
  let time = Date.parse('2026-03-02T10:00:00.000Z')
  const timers: { ms: number; readonly ring: () => void }[] = []
  const { local, client } = await aSlack()
  const source = {
    slack: client,
    roles,
    teamId: TEAM.id,
    everybodyIn: { 'support-engineer': CHANNELS.privacy.id },
    clock: {
      now: () => new Date(time),
      sleep: (ms: number) => new Promise<void>((resolve) => timers.push({ ms, ring: resolve })),
    },
    stopped: new AbortController().signal,
  }
  const reader = rolesReader(source)
  return {
    local,
    pass: (ms: number) => {
      time += ms
    },
    /** Timers go on whatever is said by the clock. */
    ring: (ms: number) => {
      for (const timer of timers) {
        timer.ms -= ms
        if (timer.ms <= 0) timer.ring()
      }
    },
    whoIs: (userId: string, teamId: string = TEAM.id) => reader.whoIs(userId, teamId),
    mention: (role: string) => reader.mention(role),
    nameOf: (userId: string) => reader.nameOf(userId),
  }
}

const cannotSay = {
  refused: 'Slack can’t tell right now who has which role, so nothing was done. Try again in a minute.',
}

describe('who holds which role', () => {
  test.each([
    ['by a group’s id', PEOPLE.engineer.id, ['support-engineer']],
    ['by a group’s handle', PEOPLE.manager.id, ['support-manager']],
    ['by a person’s own id', PEOPLE.privacy.id, ['privacy']],
    ['nobody holds an empty role', PEOPLE.fieldSecurity.id, []],
    ['a member without a role', PEOPLE.member.id, []],
  ])('%s', async (_name, userId, roles) => {
    const { whoIs } = await aReader()

    expect(await whoIs(userId)).toEqual({ person: { id: userId, roles } })
  })

  test('"support engineers: any full member of the channel, unless set"', async () => {
    const { local, whoIs } = await aReader({ ...groups, 'support-engineer': [] })
    local.space.people.push({ ...PEOPLE.member, id: 'U09ELSEWHERE' })

    expect(await whoIs(PEOPLE.member.id)).toEqual({
      person: { id: PEOPLE.member.id, roles: ['support-engineer'] },
    })
    expect(await whoIs('U09ELSEWHERE')).toEqual({ person: { id: 'U09ELSEWHERE', roles: [] } })
  })

  test('of more than a thousand people the first is asked for again, and no more is kept', async () => {
    const { local, whoIs } = await aReader({ ...groups, 'support-engineer': [PEOPLE.engineer.id] })
    const ids = Array.from({ length: 1_001 }, (_, index) => `U7${String(index).padStart(6, '0')}`)
    local.space.people.push(...ids.map((id) => ({ ...PEOPLE.member, id })))
    const asked = (id: string) =>
      local.fake.received('POST', /users\.info/).filter(({ body }) => JSON.stringify(body).includes(id))
        .length

    for (const id of ids) await whoIs(id)
    const [first = '', last = ''] = [ids[0], ids.at(-1)]
    await whoIs(last)
    await whoIs(first)

    expect([asked(first), asked(last)]).toEqual([2, 1])
  })

  test('a group that is no more, or a handle that nobody has, is held by nobody', async () => {
    const { whoIs } = await aReader({
      ...groups,
      'support-engineer': ['S0GONE'],
      'support-manager': ['@nobody'],
    })

    expect(await whoIs(PEOPLE.manager.id)).toEqual({ person: { id: PEOPLE.manager.id, roles: [] } })
  })
})

describe('in an Enterprise Grid', () => {
  const home = 'T02HOME'
  const inGrid = (teamId: string, gridTeams: readonly string[], override: object = {}) => ({
    ...{ ...PEOPLE.engineer, id: 'W01GRID', teamId, gridTeams, ...override },
  })
  const member = { person: { id: 'W01GRID', roles: ['support-manager'] } }
  const stranger = {
    refused: 'Only members of this Slack workspace can use Privacy Desk.',
    ofThem: 'They aren’t a member of this Slack workspace.',
  }

  test.each([
    ['whose workspace users.info does not name', inGrid('', [home, TEAM.id]), TEAM.id],
    ['of two workspaces, clicking here', inGrid(home, [home, TEAM.id]), TEAM.id],
    ['of two workspaces, whose click names the other', inGrid(home, [home, TEAM.id]), home],
    ['whose click names none', inGrid(home, [TEAM.id]), ''],
  ])('a member %s', async (_who, person, teamId) => {
    const { local, whoIs } = await aReader({ ...groups, 'support-manager': [person.id] })
    local.space.people.push(person)

    expect(await whoIs(person.id, teamId)).toEqual(member)
  })

  test.each([
    ['somebody of another workspace of it', inGrid(home, [home]), home],
    ['somebody of another workspace of it, clicking here', inGrid(home, [home]), TEAM.id],
    ['somebody of nowhere', inGrid('', []), TEAM.id],
    ['a member who acts from where they are none', inGrid(home, [home, TEAM.id]), OTHER_TEAM_ID],
    ['a member of another organisation', inGrid(home, [TEAM.id, home], { kind: 'stranger' }), TEAM.id],
  ])('%s is refused', async (_who, person, teamId) => {
    const { local, whoIs } = await aReader({ ...groups, 'support-manager': [person.id] })
    local.space.people.push(person)

    expect(await whoIs(person.id, teamId)).toEqual(stranger)
  })

  test('a guest is refused', async () => {
    const { local, whoIs } = await aReader({ ...groups, 'support-manager': ['W01GRID'] })
    local.space.people.push(inGrid(home, [home, TEAM.id], { kind: 'guest' }))

    expect(await whoIs('W01GRID')).toMatchObject({
      refused: 'Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.',
    })
  })
})

test.each(['paid_teams_only', 'plan_upgrade_required', 'missing_scope'])(
  'where Slack has no groups (%s) they hold no role, and people who are named do',
  async (code) => {
    const roles = { ...groups, 'support-manager': ['@support-managers', PEOPLE.manager.id] }
    const { local, whoIs } = await aReader(roles)
    local.space.terms.noUserGroups = code

    expect(await whoIs(PEOPLE.manager.id)).toEqual({
      person: { id: PEOPLE.manager.id, roles: ['support-manager'] },
    })
    expect(await whoIs(PEOPLE.engineer.id)).toEqual({ person: { id: PEOPLE.engineer.id, roles: [] } })
  },
)

describe('is refused', () => {
  test.each([
    [
      'a guest',
      PEOPLE.guest.id,
      TEAM.id,
      'Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.',
    ],
    ['a bot', PEOPLE.bot.id, TEAM.id, 'Apps and bots can’t use Privacy Desk.'],
    ['somebody who left', PEOPLE.left.id, TEAM.id, 'This Slack account is deactivated.'],
    [
      'somebody who acts from another organisation',
      PEOPLE.engineer.id,
      OTHER_TEAM_ID,
      'Only members of this Slack workspace can use Privacy Desk.',
    ],
    [
      'somebody who belongs to another organisation',
      PEOPLE.stranger.id,
      TEAM.id,
      'Only members of this Slack workspace can use Privacy Desk.',
    ],
    [
      'somebody Slack does not know',
      'U0NOBODY',
      TEAM.id,
      'Only members of this Slack workspace can use Privacy Desk.',
    ],
  ])('%s, even with a role', async (_name, userId, teamId, refused) => {
    const { whoIs } = await aReader({ ...groups, 'support-manager': [userId] })

    expect(await whoIs(userId, teamId)).toMatchObject({ refused })
  })

  test.each([/users\.info/, /usergroups\.users\.list/, /usergroups\.list/])(
    'everybody while Slack can’t say: %s fails',
    async (path) => {
      const { local, whoIs } = await aReader()
      local.space.terms.groupsWithoutMembers = true
      local.fake.fail({ path, times: Number.POSITIVE_INFINITY, failure: { answer: { status: 503 } } })

      expect(await whoIs(PEOPLE.engineer.id)).toEqual(cannotSay)

      local.fake.heal()
      expect(await whoIs(PEOPLE.engineer.id)).toMatchObject({ person: { roles: ['support-engineer'] } })
    },
  )
})

describe('what Slack said', () => {
  test('is asked once a minute, however often somebody clicks', async () => {
    const { local, whoIs, pass } = await aReader()

    await Promise.all([whoIs(PEOPLE.engineer.id), whoIs(PEOPLE.engineer.id)])
    pass(59_999)
    await whoIs(PEOPLE.engineer.id)

    expect(local.fake.received('POST', /users\.info/)).toHaveLength(1)
  })

  test('names the members of all groups at once', async () => {
    const { local, whoIs } = await aReader()

    for (const { id } of [PEOPLE.engineer, PEOPLE.manager, PEOPLE.member]) await whoIs(id)

    expect(local.fake.received('POST', /usergroups/).map(({ path }) => path)).toEqual([
      '/api/usergroups.list',
    ])
  })

  test('of members that the list leaves out is asked for by group', async () => {
    const { local, whoIs } = await aReader()
    local.space.terms.groupsWithoutMembers = true

    expect(await whoIs(PEOPLE.engineer.id)).toMatchObject({ person: { roles: ['support-engineer'] } })
    expect(local.fake.received('POST', /usergroups\.users\.list/)).toHaveLength(2)
  })

  test('whoever is taken out of the group has lost the role within a minute', async () => {
    const { local, whoIs, pass } = await aReader()
    await whoIs(PEOPLE.engineer.id)

    local.setGroupMembers('support-engineers', [])
    pass(60_000)

    expect(await whoIs(PEOPLE.engineer.id)).toEqual({ person: { id: PEOPLE.engineer.id, roles: [] } })
  })

  test('is old after a minute also where the clock was set back meanwhile', async () => {
    const { local, whoIs, pass, ring } = await aReader()
    const before = await whoIs(PEOPLE.engineer.id)

    local.setGroupMembers('support-engineers', [])
    pass(30_000)
    ring(60_000)

    expect(before).toMatchObject({ person: { roles: ['support-engineer'] } })
    expect(await whoIs(PEOPLE.engineer.id)).toEqual({ person: { id: PEOPLE.engineer.id, roles: [] } })
  })
})

test('whoever has just been asked for has their name known', async () => {
  const { local, whoIs, nameOf, pass } = await aReader()
  await whoIs(PEOPLE.engineer.id)
  const asked = () => local.fake.requests.filter(({ path }) => path.endsWith('/users.info')).length

  const name = await nameOf(PEOPLE.engineer.id)

  expect([name, asked()]).toEqual(['Ada Lindqvist', 1])
  pass(60_000)
  await nameOf(PEOPLE.engineer.id)
  expect(asked()).toBe(2)
  await expect(nameOf('U0NOBODY')).rejects.toThrow('user_not_found')
})

describe('a role is called', () => {
  const byHandle = { ...groups, privacy: ['@privacy-team', PEOPLE.privacy.id] }

  test('by its groups and its people, in their order; nobody where it is empty', async () => {
    const { mention } = await aReader(byHandle)

    expect([
      await mention('support-engineer'),
      await mention('privacy'),
      await mention('field-security'),
    ]).toEqual(['<!subteam^S01ENGINEERS>', '<!subteam^S01PRIVACY> <@U01PRIVACY>', ''])
  })

  test('by its group again within a minute after Slack gives groups again', async () => {
    const { local, mention, pass } = await aReader(byHandle)
    local.space.terms.noUserGroups = 'paid_teams_only'

    const meanwhile = await mention('support-manager')
    local.space.terms.noUserGroups = undefined
    pass(60_000)

    expect([meanwhile, await mention('support-manager')]).toEqual(['', '<!subteam^S01MANAGERS>'])
  })

  test('by what was known where Slack gives no groups any more, or no answer', async () => {
    const { local, mention, pass } = await aReader(byHandle)
    const first = await mention('support-manager')
    local.space.terms.noUserGroups = 'paid_teams_only'
    pass(60_000)
    const withoutPlan = await mention('support-manager')
    local.fake.fail({ path: /usergroups/, times: Infinity, failure: { answer: { status: 503 } } })
    pass(60_000)

    expect([first, withoutPlan, await mention('support-manager')]).toEqual(
      Array(3).fill('<!subteam^S01MANAGERS>'),
    )
  })
})
