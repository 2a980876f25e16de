import { expect, test } from 'vitest'
import { adminToken, botToken } from '../../../sandbox/gitlab/gitlab.ts'
import { connectGitLabExports } from '../../../src/services/gitlab/admin.ts'
import { aClock, aGitLab, failureOf } from '../local.ts'

async function anExporter(token = adminToken) {
  const clock = aClock()
  const { local } = await aGitLab({ now: clock.now })
  return { clock, local, exports: connectGitLabExports({ url: local.url, token, fetch, timeoutMs: 5_000 }) }
}

test('an export is asked for, queued, started and finished', async () => {
  const { clock, local, exports } = await anExporter()
  const status = () => exports.ofUser('Quiet.Owner')

  expect(await status()).toEqual([{ projectId: 211, status: 'none' }])
  await exports.schedule(211)
  expect(await status()).toEqual([{ projectId: 211, status: 'queued' }])
  clock.pass(30_000)
  expect(await status()).toEqual([{ projectId: 211, status: 'started' }])
  clock.pass(90_000)
  expect(await status()).toEqual([{ projectId: 211, status: 'finished' }])
  expect(local.fake.received('POST', /./).map(({ path, body }) => [path, body])).toEqual([
    ['/api/v4/projects/211/export', {}],
  ])
})

test('projects in groups are not the user’s own', async () => {
  const { local, exports } = await anExporter()
  const inGroup = local.world.projects.find(({ id }) => id === 201)
  if (!inGroup) throw new Error('no project 201')
  local.world.projects.push({ ...inGroup, id: 401, namespace: { id: 601, kind: 'group', ownerId: 21 } })

  expect((await exports.ofUser('quiet.owner'))?.map(({ projectId }) => projectId)).toEqual([211])
})

test('a user whom GitLab does not show is undefined; one without projects has none', async () => {
  const { exports } = await anExporter()

  expect(await exports.ofUser('nobody.here')).toBeUndefined()
  expect(await exports.ofUser('shared.owner')).toEqual([])
})

test('more than GitLab takes in a minute waits as long as it says', async () => {
  const { local, exports } = await anExporter()
  local.fake.fail({ method: 'POST', failure: { answer: { status: 429, headers: { 'retry-after': '60' } } } })

  expect(await failureOf(exports.schedule(211))).toMatchObject({
    kind: 'later',
    status: 429,
    retryAfterSeconds: 60,
  })
})

test('who is no administrator is refused', async () => {
  const { exports } = await anExporter(botToken)

  expect(await failureOf(exports.schedule(211))).toMatchObject({ kind: 'not-done', status: 404 })
  expect(await failureOf(exports.ofUser('quiet.owner'))).toMatchObject({ status: 404 })
})

test('an answer that is not GitLab’s is not taken for an export', async () => {
  const { local, exports } = await anExporter()
  local.fake.fail({ method: 'POST', failure: { answer: { status: 202, body: { ok: true } } } })

  expect(await failureOf(exports.schedule(211))).toMatchObject({ kind: 'unknown' })
})
