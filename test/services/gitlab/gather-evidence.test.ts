import { describe, expect, it } from 'vitest'
import { botToken } from '../../../sandbox/gitlab/gitlab.ts'
import { connectGitLabAdmin, type GitLabAdmin } from '../../../src/services/gitlab/admin.ts'
import type { EffectContext } from '../../../src/services/gitlab/effect-context.ts'
import { gatherEvidence } from '../../../src/services/gitlab/gather-evidence.ts'
import { anEffectDesk, form } from '../effect-desk.ts'

const names = [
  'only owner of every top-level group they own',
  'their projects are in their personal namespace',
  'last sign-in at least 1 year ago',
  'projects and groups not updated for at least 1 year',
]

const now = '2026-11-22T09:00:00.000Z'
const yearAgo = '2025-11-22T09:00:00.000Z'
const oneMsLess = '2025-11-22T09:00:00.001Z'
const longAgo = '2019-05-06T00:00:00.000Z'

/** A user without groups or projects who signed in long ago, with what a test changes. */
function someReads(override: Partial<GitLabAdmin> = {}): GitLabAdmin {
  return {
    userByUsername: async (username) => ({ id: 21, username, state: 'active', lastSignInAt: longAgo }),
    memberships: async () => [],
    group: async (id) => ({ id, fullPath: `group-${id}`, createdAt: longAgo }),
    groupMembers: async () => [{ id: 21, username: 'quiet.owner', accessLevel: 50 }],
    groupProjects: async () => [],
    userProjects: async () => [],
    ...override,
  }
}

const memberOf = (sourceId: number, accessLevel = 50, sourceType = 'Namespace') => ({
  ...{ sourceId, sourceType, accessLevel },
  sourceName: 'a name',
})

const project = (id: number, lastActivityAt: string, isPersonal = true) => ({
  ...{ id, lastActivityAt, isPersonal },
  path: `path/${id}`,
})

async function evidenceWith(reads: Partial<GitLabAdmin>, at = now, description = form) {
  const desk = await anEffectDesk()
  const { id } = await desk.aRequest(description)
  const row = await desk.store.tables.requests.byId(id)
  if (!row) throw new Error('no request')
  const context: EffectContext = { ...desk.context, reads: someReads(reads), now: () => new Date(at) }
  return gatherEvidence(context, row)
}

/** `[result, value]` of the criterion with this number, counted from 1. */
async function criterion(number: number, reads: Partial<GitLabAdmin>, at = now) {
  const { criteria } = await evidenceWith(reads, at)
  const one = criteria[number - 1]
  return [one?.result, one?.value]
}

describe('the evidence for the sole-owner exception', () => {
  it('has four criteria, each with its value, its source and the time at which it was read', async () => {
    const evidence = await evidenceWith({
      memberships: async () => [memberOf(601)],
      groupProjects: async () => [project(201, longAgo, false)],
      userProjects: async () => [project(211, longAgo)],
    })

    expect(evidence).toEqual({
      readAt: now,
      criteria: [
        {
          name: names[0],
          result: 'met',
          value: '1 top-level group, none with another owner',
          source: 'GET /users/:id/memberships, GET /groups/:id, GET /groups/:id/members/all',
        },
        {
          name: names[1],
          result: 'contradicted',
          value: '1 of 2 projects elsewhere',
          source: 'GET /users/:id/projects, GET /users/:id/memberships, GET /groups/:id/projects',
        },
        {
          name: names[2],
          result: 'met',
          value: 'last sign-in 2019-05-06',
          source: 'GET /users?username=:username',
        },
        {
          name: names[3],
          result: 'met',
          value: 'last update 2019-05-06',
          source: 'GET /users/:id/projects, GET /groups/:id/projects, GET /groups/:id',
        },
      ],
    })
  })

  it('is read from GitLab for the username of the form, and told to the request', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    await desk.toDo(id, { kind: 'gather-evidence' })

    await desk.workFor(60_000)

    const results = desk.told.flatMap(({ observation }) =>
      observation.name === 'evidence-gathered' ? observation.evidence.criteria : [],
    )
    expect(results.map(({ name, result, value }) => [name, result, value])).toEqual([
      [names[0], 'met', '1 top-level group, none with another owner'],
      [names[1], 'met', '1 project, all there'],
      [names[2], 'met', 'last sign-in 2020-02-03'],
      [names[3], 'met', 'last update 2020-03-04'],
    ])
    expect(desk.told).toMatchObject([
      { requestId: id, key: 'effect:op-1', observation: { name: 'evidence-gathered' } },
    ])
    expect(JSON.stringify(desk.told)).not.toMatch(/quiet|jane/i)
  })

  it('is not read with an administrator’s token that has expired, and says which', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    desk.gitlab.fake.fail({ path: /users/, failure: { answer: { status: 401 } } })
    await desk.toDo(id, { kind: 'gather-evidence' })

    await desk.workFor(60_000)

    const error = "GitLab doesn't accept GITLAB_ADMIN_TOKEN (401). Tell your admins: it has to be renewed."
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })

  it('stays unknown where the token is no administrator’s', async () => {
    const desk = await anEffectDesk()
    const { id } = await desk.aRequest()
    const row = await desk.store.tables.requests.byId(id)
    const reads = connectGitLabAdmin({ url: desk.gitlab.url, token: botToken, fetch: desk.fetch })

    const { criteria } = await gatherEvidence({ ...desk.context, reads }, row ?? expect.unreachable())

    expect(criteria.map(({ result, value }) => [result, value])).toEqual(
      names.map(() => ['unknown', 'the token may not see it']),
    )
  })

  it('stays unknown when the form has no username, or GitLab knows no such user', async () => {
    const without = await evidenceWith({}, now, 'Request Type: Account Deletion\nEmail: jane.doe@example.com')
    const nobody = await evidenceWith({ userByUsername: async () => undefined })

    expect(without.criteria.map(({ result, value }) => [result, value])).toEqual(
      names.map(() => ['unknown', 'no username can be read from the form']),
    )
    expect(nobody.criteria.map(({ result, value }) => [result, value])).toEqual(
      names.map(() => ['unknown', 'no such user is visible']),
    )
  })

  describe('only owner of every top-level group', () => {
    it('is met by somebody who owns none', async () => {
      expect(await criterion(1, {})).toEqual(['met', 'owns no top-level group'])
    })

    it('does not ask about groups in which the user is no owner', async () => {
      const group = () => expect.unreachable()
      expect(await criterion(1, { memberships: async () => [memberOf(601, 40)], group })).toEqual([
        'met',
        'owns no top-level group',
      ])
    })

    for (const username of ['blocked.person', 'group_601_bot_1a2b3c', 'ghost'])
      it(`is contradicted by another owner, such as ${username}`, async () => {
        const groupMembers = async (id: number) => [
          { id: 21, username: 'quiet.owner', accessLevel: 50 },
          ...(id === 602 ? [{ id: 99, username, accessLevel: 50 }] : []),
        ]

        expect(
          await criterion(1, { memberships: async () => [memberOf(601), memberOf(602)], groupMembers }),
        ).toEqual(['contradicted', '1 of 2 top-level groups with another owner'])
      })

    it('does not mind maintainers', async () => {
      const groupMembers = async () => [
        { id: 21, username: 'quiet.owner', accessLevel: 50 },
        { id: 99, username: 'helper', accessLevel: 40 },
      ]

      expect(await criterion(1, { memberships: async () => [memberOf(601)], groupMembers })).toEqual([
        'met',
        '1 top-level group, none with another owner',
      ])
    })

    it('leaves subgroups aside', async () => {
      const group = async (id: number) => ({ id, fullPath: 'a/b', parentId: 600, createdAt: longAgo })
      const groupMembers = async () => [{ id: 99, username: 'other', accessLevel: 50 }]

      expect(await criterion(1, { memberships: async () => [memberOf(601)], group, groupMembers })).toEqual([
        'met',
        'owns no top-level group',
      ])
    })

    it('is unknown when a group or its members are hidden', async () => {
      const memberships = async () => [memberOf(601)]
      const hidden = ['unknown', 'the token may not see it']

      expect(await criterion(1, { memberships, group: async () => undefined })).toEqual(hidden)
      expect(await criterion(1, { memberships, groupMembers: async () => undefined })).toEqual(hidden)
      expect(await criterion(1, { memberships: async () => undefined })).toEqual(hidden)
    })
  })

  describe('projects in the personal namespace', () => {
    it('is met by somebody who has none', async () => {
      expect(await criterion(2, {})).toEqual(['met', 'no projects'])
    })

    it('is contradicted by a membership of a project elsewhere', async () => {
      expect(
        await criterion(2, {
          userProjects: async () => [project(211, longAgo)],
          memberships: async () => [memberOf(211, 50, 'Project'), memberOf(900, 30, 'Project')],
        }),
      ).toEqual(['contradicted', '1 of 2 projects elsewhere'])
    })

    it('is contradicted by the projects of a group that they own', async () => {
      expect(
        await criterion(2, {
          memberships: async () => [memberOf(601)],
          groupProjects: async () => [project(201, longAgo, false), project(202, longAgo, false)],
        }),
      ).toEqual(['contradicted', '2 of 2 projects elsewhere'])
    })

    it('counts a project once that lies in a subgroup, and none of their own that a group shares', async () => {
      expect(
        await criterion(2, {
          userProjects: async () => [project(211, longAgo)],
          memberships: async () => [memberOf(601), memberOf(602), memberOf(201, 50, 'Project')],
          groupProjects: async () => [project(201, longAgo, false), project(211, longAgo)],
        }),
      ).toEqual(['contradicted', '1 of 2 projects elsewhere'])
    })

    it('is unknown when the projects, the memberships or the projects of a group are hidden', async () => {
      const hidden = ['unknown', 'the token may not see it']
      const memberships = async () => [memberOf(601)]

      expect(await criterion(2, { userProjects: async () => undefined })).toEqual(hidden)
      expect(await criterion(2, { memberships: async () => undefined })).toEqual(hidden)
      expect(await criterion(2, { memberships, groupProjects: async () => undefined })).toEqual(hidden)
    })
  })

  describe('the last sign-in', () => {
    const signedIn = (lastSignInAt: string | null) => ({
      userByUsername: async () => ({ id: 21, username: 'quiet.owner', state: 'active', lastSignInAt }),
    })

    it('is long enough ago at exactly one year', async () => {
      expect(await criterion(3, signedIn(yearAgo))).toEqual(['met', 'last sign-in 2025-11-22'])
    })

    it('is too recent a millisecond before', async () => {
      expect(await criterion(3, signedIn(oneMsLess))).toEqual(['contradicted', 'last sign-in 2025-11-22'])
    })

    it('of a 29 February is a year ago on 1 March', async () => {
      const leapDay = signedIn('2024-02-29T12:00:00.000Z')

      expect(await criterion(3, leapDay, '2025-02-28T23:59:59.999Z')).toEqual([
        'contradicted',
        'last sign-in 2024-02-29',
      ])
      expect(await criterion(3, leapDay, '2025-03-01T00:00:00.000Z')).toEqual([
        'met',
        'last sign-in 2024-02-29',
      ])
    })

    it('is unknown when there is none on record: a new account looks the same', async () => {
      expect(await criterion(3, signedIn(null))).toEqual(['unknown', 'no sign-in on record'])
    })

    it('is unknown when it is hidden', async () => {
      expect(
        await criterion(3, { userByUsername: async (username) => ({ id: 21, username, state: 'active' }) }),
      ).toEqual(['unknown', 'the token may not see it'])
    })
  })

  describe('projects and groups not updated', () => {
    it('is met by somebody who has neither', async () => {
      expect(await criterion(4, {})).toEqual(['met', 'no projects and no groups'])
    })

    it('looks at the latest of all, with exactly one year as the limit', async () => {
      const userProjects = async () => [project(1, longAgo), project(2, yearAgo)]

      expect(await criterion(4, { userProjects })).toEqual(['met', 'last update 2025-11-22'])
      expect(
        await criterion(4, {
          userProjects,
          memberships: async () => [memberOf(601)],
          groupProjects: async () => [project(3, oneMsLess, false)],
        }),
      ).toEqual(['contradicted', 'last update 2025-11-22'])
    })

    it('takes the day a group was made where it has no projects', async () => {
      expect(
        await criterion(4, {
          memberships: async () => [memberOf(601)],
          group: async (id) => ({ id, fullPath: 'new', createdAt: '2026-10-01T00:00:00.000Z' }),
        }),
      ).toEqual(['contradicted', 'last update 2026-10-01'])
    })

    it('is contradicted by one recent update even where others are hidden', async () => {
      expect(
        await criterion(4, {
          userProjects: async () => [project(1, oneMsLess)],
          memberships: async () => undefined,
        }),
      ).toEqual(['contradicted', 'last update 2025-11-22'])
    })

    it('is unknown when anything is hidden', async () => {
      const hidden = ['unknown', 'the token may not see it']
      const memberships = async () => [memberOf(601)]

      expect(await criterion(4, { userProjects: async () => undefined })).toEqual(hidden)
      expect(await criterion(4, { memberships: async () => undefined })).toEqual(hidden)
      expect(await criterion(4, { memberships, groupProjects: async () => undefined })).toEqual(hidden)
      expect(await criterion(4, { memberships, group: async () => undefined })).toEqual(hidden)
    })
  })
})
