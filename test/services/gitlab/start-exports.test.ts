import { describe, expect, it } from 'vitest'
import { adminToken, type LocalGitLab } from '../../../sandbox/gitlab/gitlab.ts'
import { anEffectDesk, form } from '../effect-desk.ts'

const minute = 60_000
const exportPath = /\/export$/

/** quiet.owner has one personal project already. */
function addProjects({ world }: LocalGitLab, count: number): void {
  for (let id = 301; id < 301 + count; id++)
    world.projects.push({
      id,
      path: `quiet.owner/project-${id}`,
      name: `Project ${id}`,
      namespace: { id: 721, kind: 'user', ownerId: 21 },
      lastActivityAt: '2020-03-04T05:06:07.000Z',
      serviceDesk: false,
      templates: {},
    })
}

async function exporting(description = form) {
  const desk = await anEffectDesk()
  const { id, iid } = await desk.aRequest(description)
  const asked = () => desk.gitlab.fake.received('POST', exportPath)
  return { desk, id, iid, asked, begin: () => desk.toDo(id, { kind: 'start-exports' }) }
}

describe('Start Export', () => {
  it('asks for an export of each personal project, with the administrator’s token', async () => {
    const { desk, id, asked, begin } = await exporting()
    addProjects(desk.gitlab, 2)
    await begin()

    await desk.workFor(minute)

    expect(asked().map(({ path }) => path)).toEqual([
      '/api/v4/projects/211/export',
      '/api/v4/projects/301/export',
      '/api/v4/projects/302/export',
    ])
    expect(asked().map(({ headers }) => headers['private-token'])).toEqual(Array(3).fill(adminToken))
    expect(desk.told).toEqual([
      {
        requestId: id,
        observation: {
          name: 'exports-seen',
          exports: { done: 0, total: 3, failed: 0 },
          at: expect.any(String),
        },
        key: 'effect:op-1',
      },
    ])
    expect(await desk.work(id)).toEqual([{ status: 'done', result: { done: 0, total: 3, failed: 0 } }])
  })

  it('leaves an export alone that is on its way or there: GitLab would throw it away', async () => {
    const { desk, id, asked, begin } = await exporting()
    addProjects(desk.gitlab, 1)
    const [first] = desk.gitlab.world.projects.filter(({ id: one }) => one === 211)
    if (first) first.exportedAt = new Date(desk.now().getTime() - 10 * minute).toISOString()
    await begin()

    await desk.workFor(minute)

    expect(asked().map(({ path }) => path)).toEqual(['/api/v4/projects/301/export'])
    expect(await desk.work(id)).toEqual([{ status: 'done', result: { done: 1, total: 2, failed: 0 } }])
  })

  it('with more projects than GitLab takes a minute, goes on where it was told to wait', async () => {
    const { desk, id, asked, begin } = await exporting()
    addProjects(desk.gitlab, 9)
    await begin()

    await desk.workFor(10 * minute)

    const taken = asked().map(({ path }) => path)
    expect(new Set(taken).size).toBe(10)
    // Two were refused, with 429, before they were taken.
    expect(taken.length).toBeLessThanOrEqual(12)
    expect(desk.gitlab.world.projects.filter(({ exportedAt }) => exportedAt !== undefined)).toHaveLength(10)
    expect(await desk.statuses(id)).toEqual(['done'])
    expect(desk.told).toHaveLength(1)
  })

  it('one project that GitLab refuses holds up no other, and is counted', async () => {
    const { desk, id, asked, begin } = await exporting()
    addProjects(desk.gitlab, 1)
    desk.gitlab.fake.fail({ method: 'POST', path: /211\/export$/, failure: { answer: { status: 403 } } })
    await begin()

    await desk.workFor(minute)

    expect(asked()).toHaveLength(2)
    expect(await desk.work(id)).toEqual([{ status: 'done', result: { done: 0, total: 2, failed: 1 } }])
  })

  it('that GitLab refuses for every project fails with what to do', async () => {
    const { desk, id, begin } = await exporting()
    desk.gitlab.fake.fail({ method: 'POST', failure: { answer: { status: 403 } } })
    await begin()

    await desk.workFor(minute)

    const error =
      "GitLab refused to export any of the user's personal projects. GITLAB_ADMIN_TOKEN has to be an administrator's with the scope api; then choose Try Again."
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
    expect(desk.told).toEqual([])
  })

  it('of a user without personal projects says that there are none', async () => {
    const { desk, id, asked, begin } = await exporting(form.replace('quiet.owner', 'shared.owner'))
    await begin()

    await desk.workFor(minute)

    expect(asked()).toEqual([])
    expect(await desk.work(id)).toEqual([{ status: 'done', result: { done: 0, total: 0, failed: 0 } }])
  })

  it('of a user whom GitLab does not show fails, and says so', async () => {
    const { desk, id, iid, begin } = await exporting(form.replace('quiet.owner', 'nobody.here'))
    await begin()

    await desk.workFor(minute)

    const error = `GitLab shows no user of the name in the form of #${iid}, or not to the administrator's token.`
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })

  it('without a username in the form fails, and says what to mend', async () => {
    const { desk, id, iid, begin } = await exporting(form.replace('quiet.owner', ''))
    await begin()

    await desk.workFor(minute)

    const error = `The username can't be read from the form of #${iid}. Fix the form entry in GitLab, then choose Try Again.`
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })

  it('is not asked for twice when the answer was lost', async () => {
    const { desk, id, asked, begin } = await exporting()
    desk.gitlab.fake.fail({ method: 'POST', failure: { applied: true, drop: 'connection' } })
    await begin()

    await desk.workFor(minute)

    expect(asked()).toHaveLength(1)
    expect(await desk.statuses(id)).toEqual(['done'])
  })

  it('with a token that is no administrator’s fails, and says so', async () => {
    const { desk, id, asked, begin } = await exporting()
    desk.gitlab.fake.fail({ method: 'GET', path: exportPath, failure: { answer: { status: 404 } } })
    await begin()

    await desk.workFor(minute)

    const error =
      "GITLAB_ADMIN_TOKEN may not see the exports of the user's projects (404): it has to be an administrator's."
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
    expect(asked()).toEqual([])
  })

  it.each([
    ['reading the user', 'GET', /users/],
    ['reading an export', 'GET', exportPath],
    ['asking for one', 'POST', exportPath],
  ])('with an administrator’s token that has expired names it: %s', async (_when, method, path) => {
    const { desk, id, begin } = await exporting()
    desk.gitlab.fake.fail({ method, path, failure: { answer: { status: 401 } } })
    await begin()

    await desk.workFor(minute)

    const error = "GitLab doesn't accept GITLAB_ADMIN_TOKEN (401). Tell your admins: it has to be renewed."
    expect(await desk.work(id)).toEqual([{ status: 'failed', error }])
  })
})
