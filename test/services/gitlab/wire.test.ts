/** What goes over the wire, counted: a public note is an e-mail, so a write is sent once whatever comes back. */
import { inspect } from 'node:util'
import { IssueNotes } from '@gitbeaker/rest'
import { expect, test } from 'vitest'
import type { Failure } from '../../../sandbox/fake-server.ts'
import { botToken, serviceDeskProject } from '../../../sandbox/gitlab/gitlab.ts'
import { connectGitLab } from '../../../src/services/gitlab/client.ts'
import { aForeignHost, aGitLab, failureOf, timeoutFor } from '../local.ts'

const notes = /\/notes$/

interface Case {
  readonly name: string
  readonly failure: Failure
  readonly kind: string
  readonly status?: number
}

const html = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' }
const cases: readonly Case[] = [
  { name: 'a 502', failure: { answer: { status: 502, body: 'Bad Gateway' } }, kind: 'unknown', status: 502 },
  { name: 'a 500', failure: { answer: { status: 500, body: {} } }, kind: 'unknown', status: 500 },
  { name: 'a 503', failure: { answer: { status: 503, body: {} } }, kind: 'unknown', status: 503 },
  { name: 'a 429', failure: { answer: { status: 429, body: {} } }, kind: 'later', status: 429 },
  { name: 'a 403', failure: { answer: { status: 403, body: {} } }, kind: 'not-done', status: 403 },
  { name: 'a page of HTML', failure: { answer: html }, kind: 'unknown', status: 200 },
  {
    name: 'broken JSON',
    failure: { answer: { status: 201, headers: { 'content-type': 'application/json' }, body: '{"id":' } },
    kind: 'unknown',
    status: 201,
  },
  { name: 'JSON of another form', failure: { answer: { status: 201, body: { ok: true } } }, kind: 'unknown' },
  { name: 'no body', failure: { answer: { status: 201 } }, kind: 'unknown' },
  { name: 'a dropped connection', failure: { drop: 'connection' }, kind: 'unknown' },
  { name: 'half a body', failure: { drop: 'half-body' }, kind: 'unknown' },
  { name: 'no answer', failure: { hang: true }, kind: 'unknown' },
]

test.each(cases)('$name to a note is one POST and one failure', async ({ failure, kind, status }) => {
  const { local, client } = await aGitLab(timeoutFor(failure))
  local.submitRequest({ description: 'x' })
  local.fake.fail({ method: 'POST', path: notes, times: Number.POSITIVE_INFINITY, failure })

  const failed = await failureOf(client.createNote(1, { body: 'Greetings', internal: false }))

  expect({ kind: failed.kind, status: failed.status }).toEqual({ kind, status })
  expect(local.fake.received('POST', notes)).toHaveLength(1)
})

test('gitbeaker alone would mail the same note ten times for a 502 after the note was made', async () => {
  const { local } = await aGitLab()
  local.submitRequest({ description: 'x', autoResponse: undefined })
  const lost = { applied: true, answer: { status: 502, body: 'Bad Gateway' } } as const
  local.fake.fail({ method: 'POST', path: notes, times: Number.POSITIVE_INFINITY, failure: lost })

  const library = new IssueNotes({ host: local.url, token: botToken })
  await library.create(serviceDeskProject, 1, 'Greetings').catch(() => undefined)

  expect(local.fake.received('POST', notes)).toHaveLength(10)
  expect(local.mails).toHaveLength(10)
})

test('with our client that note is mailed once', async () => {
  const { local, client } = await aGitLab()
  local.submitRequest({ description: 'x', autoResponse: undefined })
  const lost = { applied: true, answer: { status: 502, body: 'Bad Gateway' } } as const
  local.fake.fail({ method: 'POST', path: notes, times: Number.POSITIVE_INFINITY, failure: lost })

  await failureOf(client.createNote(1, { body: 'Greetings', internal: false }))

  expect(local.mails.map((mail) => mail.text)).toEqual(['Greetings'])
})

test('Retry-After is handed on', async () => {
  const { local, client } = await aGitLab()
  local.notesPerMinute = 0
  local.submitRequest({ description: 'x' })

  const failed = await failureOf(client.createNote(1, { body: 'Greetings', internal: false }))

  expect([failed.kind, failed.status, failed.retryAfterSeconds]).toEqual(['later', 429, 60])
})

test('a service that is not there: later, since nothing was sent', async () => {
  const { local, client } = await aGitLab()
  await local.fake.close()

  const failed = await failureOf(client.createNote(1, { body: 'Greetings', internal: false }))

  expect([failed.kind, failed.message]).toEqual([
    'later',
    'gitlab POST /api/v4/projects/support%2Fpersonal-account-requests/issues/1/notes: no connection (ECONNREFUSED)',
  ])
  await local.fake.listen()
})

test('no failure shows the token or what was sent, however it is printed', async () => {
  for (const { failure } of cases) {
    const { local, client } = await aGitLab(timeoutFor(failure))
    local.submitRequest({ description: 'x' })
    local.fake.fail({ failure })

    const failed = await failureOf(client.createNote(1, { body: 'secret answer', internal: false }))

    const printed = inspect(failed, { depth: 20, showHidden: true }) + failed.stack + JSON.stringify(failed)
    expect(printed).not.toContain(botToken)
    expect(printed).not.toContain('secret answer')
  }
})

test('what the service says is repeated only where it is a fixed phrase', async () => {
  const { local, client } = await aGitLab()
  const answered = async (body: unknown) => {
    local.fake.fail({ failure: { answer: { status: 403, body } } })
    return (await failureOf(client.me())).message
  }

  expect(await answered({ message: '403 Forbidden' })).toBe('gitlab GET /api/v4/user: 403 (403 Forbidden)')
  expect(await answered({ error: 'insufficient_scope' })).toBe(
    'gitlab GET /api/v4/user: 403 (insufficient_scope)',
  )
  expect(await answered({ message: 'jane@example.com is not allowed' })).toBe('gitlab GET /api/v4/user: 403')
})

test('a redirect is refused, and the other host is never asked', async () => {
  const { local, client } = await aGitLab()
  const foreign = await aForeignHost()
  const answer = { status: 307, headers: { location: `${foreign.url}/api/v4/user` } }
  local.fake.fail({ times: 2, failure: { answer } })

  const read = await failureOf(client.me())
  const write = await failureOf(client.createNote(1, { body: 'x', internal: false }))

  // Nothing was done, and it ends once the operators have set the other address.
  expect([read.kind, write.kind]).toEqual(['later', 'later'])
  expect(read.message).toBe(
    `gitlab GET /api/v4/user: answered with a redirect to ${foreign.url}, which is not followed`,
  )
  expect(foreign.requests).toEqual([])
})

test('a Link to another host is followed only by its page number, on our own host', async () => {
  const { local, client } = await aGitLab()
  const foreign = await aForeignHost()
  local.submitRequest({ description: 'x' })
  const link = `<${foreign.url}/api/v4/steal?page=2&per_page=1>; rel="next"`
  local.fake.fail({
    path: /label_events$/,
    failure: { answer: { status: 200, headers: { link }, body: [] } },
  })

  await client.labelEvents(1)

  expect(local.fake.received('GET', /label_events$/).map((request) => request.query.get('page'))).toEqual([
    '1',
    '2',
  ])
  expect(foreign.requests).toEqual([])
})

test('a next page that lies behind does not make a circle', async () => {
  const { local, client } = await aGitLab()
  const answer = { status: 200, headers: { 'x-next-page': '1' }, body: [] }
  local.fake.fail({ times: Number.POSITIVE_INFINITY, failure: { answer } })

  expect(await client.labelEvents(1)).toEqual([])
  expect(local.fake.requests).toHaveLength(1)
})

test.each([0, -1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1, '1/../2' as unknown as number])(
  'an iid of %s reaches no path',
  async (iid) => {
    const { local, client } = await aGitLab()

    await expect(client.issue(iid)).rejects.toThrow(RangeError)
    await expect(client.createNote(iid, { body: 'x', internal: true })).rejects.toThrow(RangeError)
    await expect(client.linkIssues(1, { project: 101, iid })).rejects.toThrow(RangeError)
    expect(local.fake.requests).toEqual([])
  },
)

test('a project or template named like a folder above reaches no path', async () => {
  const { local, client } = await aGitLab()

  const failed = await failureOf(client.issueTemplate(serviceDeskProject, '..'))

  expect(failed.kind).toBe('not-done')
  expect(local.fake.requests).toEqual([])
})

test('an unknown token is refused', async () => {
  const { client } = await aGitLab({ token: 'wrong' })

  const failed = await failureOf(client.me())

  expect([failed.kind, failed.status]).toEqual(['not-done', 401])
})

test('a slash at the end of the address does no harm', async () => {
  const { local } = await aGitLab()

  const client = connectGitLab({ url: `${local.url}/`, token: botToken, project: 101, fetch })

  expect(await client.me()).toEqual({ id: 9, username: 'privacy-desk-bot' })
})
