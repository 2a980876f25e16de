/** A project that was renamed is asked for by its id: nothing else of a redirect is believed. */
import { describe, expect, test } from 'vitest'
import { serviceDeskProject, trustSafetyProject } from '../../../sandbox/gitlab/gitlab.ts'
import { aForeignHost, aGitLab, failureOf } from '../local.ts'

const asked = (requests: readonly { readonly method: string; readonly path: string }[]) =>
  requests.map(({ method, path }) => `${method} ${decodeURIComponent(path).replace('/api/v4/projects/', '')}`)

describe('a project that was renamed', () => {
  test('is read by its id, and remembered', async () => {
    const { local, client } = await aGitLab()
    const { iid } = local.submitRequest({ description: 'x' })
    local.renameProject(serviceDeskProject, 'support/new')

    await client.issue(iid)
    await client.notes(iid)
    await client.editIssue(iid, { addLabels: ['one'] })

    expect(asked(local.fake.requests)).toEqual([
      `GET ${serviceDeskProject}/issues/${iid}`,
      `GET 101/issues/${iid}`,
      `GET 101/issues/${iid}/notes`,
      `PUT 101/issues/${iid}`,
    ])
  })

  test.each([
    ['a note', (client: Client, iid: number) => client.createNote(iid, { body: 'x', internal: true })],
    ['a label', (client: Client, iid: number) => client.editIssue(iid, { addLabels: ['one'] })],
    [
      'an issue',
      (client: Client) => client.createIssue({ title: 'x', description: 'x', confidential: true }),
    ],
  ])('takes %s, once', async (_what, write) => {
    const { local, client } = await aGitLab()
    const { iid } = local.submitRequest({ description: 'x' })
    local.renameProject(serviceDeskProject, 'support/new')

    await write(client, iid)

    const writes = local.fake.requests.filter(({ method }) => method !== 'GET')
    expect(asked(writes).map((one) => one.split('/')[0])).toEqual([
      expect.stringMatching(/^(POST|PUT) support$/),
      expect.stringMatching(/^(POST|PUT) 101$/),
    ])
  })

  test('of another team is followed as well', async () => {
    const { local, client } = await aGitLab()
    local.renameProject(trustSafetyProject, 'security/renamed')

    const issue = await client.createIssue({
      ...{ project: trustSafetyProject, title: 'x', description: 'x', confidential: true },
    })

    expect(issue.webUrl).toContain('security/renamed')
  })

  test('is the same after a second rename', async () => {
    const { local, client } = await aGitLab()
    const { iid } = local.submitRequest({ description: 'x' })
    local.renameProject(serviceDeskProject, 'support/new')
    await client.issue(iid)
    local.renameProject('support/new', 'support/newer')

    expect((await client.project())?.path).toBe('support/newer')
  })
})

type Client = Awaited<ReturnType<typeof aGitLab>>['client']

describe('a redirect that is none of a renamed project is refused', () => {
  test.each<[string, (own: string, foreign: string) => string]>([
    ['to another host', (_own, foreign) => `${foreign}/api/v4/projects/101/issues/1`],
    ['to another scheme', () => 'file:///etc/passwd'],
    ['to another issue', (own) => `${own}/api/v4/projects/101/issues/2`],
    ['to another kind of thing', (own) => `${own}/api/v4/projects/101/members`],
    ['to a path and no number', (own) => `${own}/api/v4/projects/other%2Fproject/issues/1`],
    ['out of the API', (own) => `${own}/users/sign_in`],
    ['out of it by dots', (own) => `${own}/api/v4/projects/101/../../../users`],
    ['to no address', () => 'http://['],
    ['without an address', () => ''],
  ])('%s', async (_where, location) => {
    const { local, client } = await aGitLab()
    const foreign = await aForeignHost()
    local.submitRequest({ description: 'x' })
    const headers = { location: location(local.url, foreign.url) }
    local.fake.fail({ path: /issues\/1$/, failure: { answer: { status: 301, headers } } })

    const failed = await failureOf(client.issue(1))

    expect(failed.message).toMatch(/answered with a redirect.*, which is not followed$/)
    expect(foreign.requests).toEqual([])
    expect(local.fake.requests).toHaveLength(1)
  })

  test('nor is a 405 followed that nothing explains', async () => {
    const { local, client } = await aGitLab()
    local.submitRequest({ description: 'x' })
    local.fake.fail({ method: 'PUT', failure: { answer: { status: 405, body: {} } } })

    const failed = await failureOf(client.editIssue(1, { addLabels: ['one'] }))

    expect(failed.status).toBe(405)
    expect(local.fake.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1)
  })
})
