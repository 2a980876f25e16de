import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startGitLab, usernames } from '../../../sandbox/gitlab/gitlab.ts'
import { gitlabWebhook } from '../../../src/services/gitlab/webhook.ts'

const now = new Date('2026-11-22T09:00:00.000Z')
const seconds = (offset = 0) => String(now.getTime() / 1000 + offset)
const signingToken = 'whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc='
const token = 'a-secret-token'

const issueEvent = {
  object_kind: 'issue',
  user: { name: 'Jane Doe', email: 'jane.doe@example.com' },
  project: { id: 101, path_with_namespace: 'support/personal-account-requests' },
  object_attributes: { iid: 7, title: 'About Jane', description: 'Jane Doe', action: 'update' },
}
const noteEvent = {
  object_kind: 'note',
  user: { name: 'Jane Doe' },
  project: { id: 101 },
  object_attributes: { id: 900, note: 'My answers', noteable_type: 'Issue', action: 'create' },
  issue: { iid: 7, title: 'About Jane' },
}
const issueHint = { iid: 7, projectId: 101, objectKind: 'issue', action: 'update' }

interface Given {
  readonly secret?: string
  readonly project?: number | string
  readonly receive?: () => Promise<boolean>
  readonly ownId?: () => number | undefined
}

async function aReceiver(given: Given = {}) {
  const received: { key: string; kind: string; payload: unknown }[] = []
  const logged: { fields: object; message: string }[] = []
  const log = (fields: object, message: string) => void logged.push({ fields, message })
  const handle = gitlabWebhook({
    secret: given.secret ?? token,
    project: given.project ?? 101,
    now: () => now,
    receive: async (entry) => {
      if (given.receive) return given.receive()
      const isNew = !received.some(({ key }) => key === entry.key)
      received.push(entry)
      return isNew
    },
    log: { info: log, warn: log, error: log },
    ...(given.ownId && { ownId: given.ownId }),
  })
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/gitlab`

  async function deliver(body: unknown, headers: Record<string, string> = { 'x-gitlab-token': token }) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(url, { method: 'POST', headers, body: text })
    return { status: response.status, text: await response.text() }
  }
  return { url, received, logged, deliver }
}

/** Headers as GitLab signs them, made by the reference library. */
function signed(body: string, { id = 'msg-1', at = now, secret = signingToken } = {}) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
}

const ok = { status: 200, text: '' }
const refused = { status: 401, text: '' }

describe('a GitLab webhook', () => {
  it('is stored as a hint to read the issue again, without its texts and names, and answered 200', async () => {
    const { deliver, received } = await aReceiver()

    expect(await deliver(issueEvent, { 'x-gitlab-token': token, 'idempotency-key': 'k-1' })).toEqual(ok)
    expect(await deliver(noteEvent, { 'x-gitlab-token': token, 'idempotency-key': 'k-2' })).toEqual(ok)

    expect(received).toEqual([
      { key: 'gitlab:k-1', kind: 'gitlab-hint', payload: issueHint },
      {
        key: 'gitlab:k-2',
        kind: 'gitlab-hint',
        payload: { iid: 7, projectId: 101, objectKind: 'note', action: 'create', noteId: 900 },
      },
    ])
  })

  it('of what the bot itself did is answered and not stored: it has read back what it has to', async () => {
    const ids: { own: number | undefined } = { own: undefined }
    const { deliver, received } = await aReceiver({ ownId: () => ids.own })
    const byBot = { ...issueEvent, user: { id: 9 } }

    await deliver(byBot, { 'x-gitlab-token': token, 'idempotency-key': 'before-it-knows' })
    ids.own = 9
    const answers = [
      await deliver(byBot, { 'x-gitlab-token': token, 'idempotency-key': 'k-2' }),
      await deliver({ ...noteEvent, user: { id: 9 } }, { 'x-gitlab-token': token, 'idempotency-key': 'k-3' }),
      await deliver(
        { ...issueEvent, user: { id: 10 } },
        { 'x-gitlab-token': token, 'idempotency-key': 'by-somebody' },
      ),
    ]

    expect(answers).toEqual([ok, ok, ok])
    expect(received.map(({ key }) => key)).toEqual(['gitlab:before-it-knows', 'gitlab:by-somebody'])
  })

  for (const header of ['Issue Hook', 'Confidential Issue Hook'])
    it(`is taken as “${header}”`, async () => {
      const { deliver, received } = await aReceiver()

      const event_type = header === 'Issue Hook' ? 'issue' : 'confidential_issue'
      await deliver({ ...issueEvent, event_type }, { 'x-gitlab-token': token, 'x-gitlab-event': header })

      expect(received.map(({ payload }) => payload)).toEqual([issueHint])
    })

  for (const header of ['Note Hook', 'Confidential Note Hook'])
    it(`is taken as “${header}”`, async () => {
      const { deliver, received } = await aReceiver()

      const event_type = header === 'Note Hook' ? 'note' : 'confidential_note'
      await deliver({ ...noteEvent, event_type }, { 'x-gitlab-token': token, 'x-gitlab-event': header })

      expect(received).toHaveLength(1)
    })

  it('comes from the local GitLab as from the real one, by token or signature, and twice with one key', async () => {
    const { url, received } = await aReceiver({ secret: signingToken })
    const gitlab = await startGitLab({ now: () => now })
    onTestFinished(() => gitlab.close())
    gitlab.webhooks.webhook = { url, signingToken }
    gitlab.webhooks.twice = true

    const { iid } = gitlab.submitRequest({ description: 'Type: x', autoResponse: undefined })
    gitlab.someoneComments(iid, usernames.engineer, 'hello', { internal: true })
    await gitlab.webhooks.settled()

    expect(gitlab.webhooks.deliveries.map(({ event, answers }) => [event, answers])).toEqual([
      ['Confidential Issue Hook', [200, 200]],
      ['Confidential Note Hook', [200, 200]],
    ])
    expect(new Set(received.map(({ key }) => key)).size).toBe(2)
  })

  it('is told apart by its own id, else by the delivery’s key, else by its bytes', async () => {
    const { deliver, received } = await aReceiver()
    const by = (headers: Record<string, string>) =>
      deliver(issueEvent, { 'x-gitlab-token': token, ...headers })

    await by({ 'webhook-id': 'w-1', 'idempotency-key': 'k-1' })
    await by({ 'idempotency-key': 'k-1', 'x-gitlab-webhook-uuid': 'new-each-time' })
    await by({ 'x-gitlab-event-uuid': 'shared-by-siblings' })
    await by({ 'idempotency-key': 'x'.repeat(201) })

    const hash = createHash('sha256').update(JSON.stringify(issueEvent)).digest('hex')
    expect(received.map(({ key }) => key)).toEqual([
      'gitlab:w-1',
      'gitlab:k-1',
      `gitlab:${hash}`,
      `gitlab:${hash}`,
    ])
  })

  for (const type of ['Ticket', 'Issue', 'Task', 'A type of tomorrow'])
    it(`of a work item of type ${type} is a hint, as of an issue`, async () => {
      const { deliver, received } = await aReceiver()
      const event = {
        object_kind: 'work_item',
        event_type: 'confidential_work_item',
        project: { id: 101 },
        object_attributes: { iid: 7, type, action: 'update' },
      }

      expect(await deliver(event)).toEqual(ok)
      expect(received.map(({ payload }) => payload)).toEqual([{ ...issueHint, objectKind: 'work_item' }])
    })

  for (const named of ['issue', 'work_item'] as const)
    it(`of a note on a work item, which it names as ${named}, is a hint`, async () => {
      const { deliver, received } = await aReceiver()
      const event = {
        object_kind: 'note',
        project: { id: 101 },
        object_attributes: { id: 900, note: 'My answers', noteable_type: 'WorkItem', action: 'create' },
        [named]: { iid: 7, title: 'About Jane' },
      }

      expect(await deliver(event)).toEqual(ok)
      expect(received.map(({ payload }) => payload)).toEqual([
        { iid: 7, projectId: 101, objectKind: 'note', action: 'create', noteId: 900 },
      ])
    })

  it('that comes again is answered 200, too', async () => {
    const { deliver } = await aReceiver()

    expect([await deliver(issueEvent), await deliver(issueEvent)]).toEqual([ok, ok])
  })

  it('of another project is ignored and logged', async () => {
    const { deliver, received, logged } = await aReceiver({ project: 102 })

    expect(await deliver(issueEvent)).toEqual(ok)
    expect(received).toEqual([])
    expect(logged).toEqual([
      { fields: { projectId: 101 }, message: 'A GitLab webhook of another project was ignored' },
    ])
  })

  it('is known to be of our project by its path as well', async () => {
    const { deliver, received } = await aReceiver({ project: 'Support/Personal-Account-Requests' })

    await deliver(issueEvent)

    expect(received).toHaveLength(1)
  })

  for (const [what, event] of [
    ['an emoji', { object_kind: 'emoji', event_type: 'award' }],
    ['a merge request’s note', { object_kind: 'note', object_attributes: { noteable_type: 'MergeRequest' } }],
    ['a kind that does not exist yet', { object_kind: 'tomorrow' }],
    ['an epic', { object_kind: 'work_item', group: { id: 5 }, object_attributes: { iid: 7 } }],
    [
      'an epic whose project is null',
      { object_kind: 'work_item', project: null, object_attributes: { iid: 7 } },
    ],
    ['an issue of no project', { object_kind: 'issue', project: null, object_attributes: { iid: 7 } }],
    ['a note on an epic', { ...noteEvent, project: undefined, work_item: { iid: 7 } }],
    ['a member of the group', { event_name: 'user_add_to_group', group_id: 5, user_id: 7 }],
    ['a subgroup', { event_name: 'subgroup_create', object_kind: undefined }],
  ] as const)
    it(`about ${what} is answered 200 and not stored: GitLab disables a webhook that is refused`, async () => {
      const { deliver, received } = await aReceiver()

      expect(await deliver(event)).toEqual(ok)
      expect(received).toEqual([])
    })

  it('is answered 503 when it could not be stored', async () => {
    const { deliver, logged } = await aReceiver({ receive: () => Promise.reject(new Error('disk full')) })

    expect(await deliver(issueEvent)).toEqual({ status: 503, text: 'Not stored, send it again\n' })
    expect(logged.map(({ message }) => message)).toEqual(['A GitLab webhook was not stored'])
  })

  for (const [what, body, line] of [
    ['is no JSON', '{"object_kind":', 'The body is not JSON\n'],
    ['is empty', '', 'The body is not JSON\n'],
    ['is no event', [1], 'Not a GitLab event: missing or malformed the body\n'],
    ['names no kind', { iid: 1 }, 'Not a GitLab event: missing or malformed object_kind\n'],
    ['names no event', { event_name: 5 }, 'Not a GitLab event: missing or malformed object_kind\n'],
    [
      'names no work item',
      {
        object_kind: 'note',
        project: { id: 101 },
        object_attributes: { id: 900, noteable_type: 'WorkItem' },
      },
      'Not a GitLab event: missing or malformed issue.iid\n',
    ],
    [
      'names no issue',
      { object_kind: 'issue', project: { id: 101 }, object_attributes: { iid: '7' } },
      'Not a GitLab event: missing or malformed object_attributes.iid\n',
    ],
    [
      'names no note',
      { ...noteEvent, object_attributes: { noteable_type: 'Issue' }, issue: { iid: -1 } },
      'Not a GitLab event: missing or malformed object_attributes.id, issue.iid\n',
    ],
  ] as const)
    it(`whose body ${what} is answered 400 with one line that says so`, async () => {
      const { deliver, received } = await aReceiver()

      expect(await deliver(body)).toEqual({ status: 400, text: line })
      expect(received).toEqual([])
    })

  it('is taken by POST only', async () => {
    const { url } = await aReceiver()

    const response = await fetch(url)

    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('who sent a GitLab webhook', () => {
  for (const [how, headers] of [
    ['no token', {}],
    ['an empty token', { 'x-gitlab-token': '' }],
    ['another token', { 'x-gitlab-token': 'another-tokens' }],
    ['the beginning of the token', { 'x-gitlab-token': token.slice(0, -1) }],
    ['the token twice', { 'x-gitlab-token': `${token}, ${token}` }],
    ['the token in another case', { 'x-gitlab-token': token.toUpperCase() }],
  ] as const)
    it(`is unknown with ${how}: 401 without detail, nothing stored, and logged`, async () => {
      const { deliver, received, logged } = await aReceiver()

      expect(await deliver(issueEvent, headers)).toEqual(refused)
      expect(received).toEqual([])
      expect(logged.map(({ message }) => message)).toEqual([
        'A GitLab webhook had a wrong secret or signature',
      ])
    })

  it('is asked before what was sent: a stranger learns nothing of the form', async () => {
    const { deliver } = await aReceiver()

    expect(await deliver('no JSON', {})).toEqual(refused)
  })

  it('is not known by an empty secret', async () => {
    const { deliver } = await aReceiver({ secret: '' })

    expect(await deliver(issueEvent, { 'x-gitlab-token': '' })).toEqual(refused)
    expect(
      await deliver(issueEvent, { ...signed(JSON.stringify(issueEvent)), 'x-gitlab-token': '' }),
    ).toEqual(refused)
  })

  it('is known by a right signature', async () => {
    const { deliver, received } = await aReceiver({ secret: signingToken })
    const body = JSON.stringify(issueEvent)

    expect(await deliver(body, signed(body))).toEqual(ok)
    expect(received).toEqual([{ key: 'gitlab:msg-1', kind: 'gitlab-hint', payload: issueHint }])
  })

  it('is not known by any of the signatures that a secret token would make with a key of one byte', async () => {
    const { deliver, received } = await aReceiver({ secret: 'ab=token-of-sixteen-characters' })
    const body = JSON.stringify(issueEvent)
    const forged = Array.from(
      { length: 256 },
      (_none, byte) =>
        signed(body, { secret: `whsec_${Buffer.of(byte).toString('base64')}` })['webhook-signature'],
    )
    const headers = { ...signed(body), 'webhook-signature': forged.join(' ') }

    expect(await deliver(body, headers)).toEqual(refused)
    expect(await deliver(body, { ...headers, 'x-gitlab-token': 'guessed' })).toEqual(refused)
    expect(received).toEqual([])
  })

  it('is not known by the token once a signature is there that is wrong', async () => {
    const { deliver } = await aReceiver({ secret: signingToken })
    const body = JSON.stringify(issueEvent)
    const wrong = signed(body, { secret: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' })

    expect(await deliver(body, { ...wrong, 'x-gitlab-token': signingToken })).toEqual(refused)
    expect(await deliver(body, { 'x-gitlab-token': signingToken, 'webhook-signature': '' })).toEqual(refused)
    expect(await deliver(body, { 'x-gitlab-token': signingToken })).toEqual(ok)
  })
})

describe('the size of a GitLab webhook', () => {
  const mebibyte = 1024 * 1024

  it('may be a mebibyte', async () => {
    const { deliver } = await aReceiver()
    const padding = 'x'.repeat(mebibyte - JSON.stringify({ ...issueEvent, padding: '' }).length)

    expect(await deliver({ ...issueEvent, padding })).toEqual(ok)
  })

  it('is refused before the secret is looked at when it is said to be larger', async () => {
    const { deliver, received } = await aReceiver()

    expect((await deliver('x'.repeat(mebibyte + 1), {})).status).toBe(413)
    expect(received).toEqual([])
  })

  it('is cut off while it is being sent when it was not said', async () => {
    const { url } = await aReceiver()
    let sent = 0

    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(url, { method: 'POST', headers: { 'x-gitlab-token': token } })
      let isAnswered = false
      request.on('response', (response) => {
        isAnswered = true
        resolve(response.statusCode)
        response.resume()
      })
      request.on('error', (error) => isAnswered || reject(error))
      const more = () => {
        if (isAnswered || sent > 64 * mebibyte) return
        sent += 65_536
        request.write(Buffer.alloc(65_536, 'x'), () => setImmediate(more))
      }
      more()
    })

    expect(status).toBe(413)
    expect(sent).toBeLessThan(64 * mebibyte)
  })
})

describe("GitLab's own examples of events", () => {
  const folder = new URL('../../../../shared/contracts/gitlab/webhooks/', import.meta.url)
  const isThere = existsSync(folder)
  const files = isThere ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  /** [status, the hint that is stored] */
  const expected: Readonly<Record<string, readonly [number, object?]>> = {
    'gitlab-docs_issue_open_with_changes.json': [200, hint(1, 'issue', 23, 'open')],
    'gitlab-docs_note_on_issue.json': [200, { ...hint(5, 'note', 17, 'create'), noteId: 1241 }],
    'go-gitlab_api_issue_move.json': [400],
    'go-gitlab_emoji_issue.json': [200],
    'go-gitlab_emoji_note_issue.json': [200],
    'go-gitlab_issue.json': [200, hint(1, 'issue', 23, 'open')],
    'go-gitlab_milestone_project.json': [200],
    'go-gitlab_note_issue.json': [200, { ...hint(5, 'note', 17, 'create'), noteId: 1241 }],
    'go-gitlab_note_merge_request.json': [200],
    'zulip_confidential_issue_close.json': [200, hint(5, 'issue', 1, 'close')],
    'zulip_confidential_issue_open_hidden_comment.json': [200, hint(5, 'issue', 1, 'open')],
    'zulip_confidential_issue_open_no_assignee.json': [200, hint(5, 'issue', 1, 'open')],
    'zulip_confidential_issue_open_with_assignee.json': [200, hint(5, 'issue', 2, 'open')],
    'zulip_confidential_issue_reopen.json': [200, hint(5, 'issue', 1, 'reopen')],
    'zulip_confidential_note_on_public_issue.json': [
      200,
      { iid: 1, projectId: 46186758, objectKind: 'note', noteId: 1406130881 },
    ],
  }

  it.skipIf(!isThere)('are all expected (skipped where they are not at hand)', () => {
    expect(files.sort()).toEqual(Object.keys(expected).sort())
  })

  for (const name of Object.keys(expected))
    it.skipIf(!isThere)(`are understood: ${name} (skipped where it is not at hand)`, async () => {
      const [status, payload] = expected[name] ?? []
      const { deliver, received } = await aReceiver({ project: Object(payload).projectId ?? 1 })

      const answer = await deliver(readFileSync(new URL(name, folder), 'utf8'))

      expect(answer.status).toBe(status)
      expect(received.map((entry) => entry.payload)).toEqual(payload ? [payload] : [])
    })
})

describe('a recorded GitLab webhook', () => {
  it('is not taken again after five minutes, nor before its time', async () => {
    const { deliver, received } = await aReceiver({ secret: signingToken })
    const body = JSON.stringify(issueEvent)
    const at = (offset: number) => signed(body, { at: new Date(now.getTime() + offset * 1000) })

    expect(await deliver(body, at(-301))).toEqual(refused)
    expect(await deliver(body, at(301))).toEqual(refused)
    expect(await deliver(body, at(-300))).toEqual(ok)
    expect(await deliver(body, at(300))).toEqual(ok)
    expect(received).toHaveLength(2)
  })

  it('keeps its time: another one breaks the signature', async () => {
    const { deliver } = await aReceiver({ secret: signingToken })
    const body = JSON.stringify(issueEvent)
    const old = signed(body, { at: new Date(now.getTime() - 3_600_000) })

    expect(await deliver(body, { ...old, 'webhook-timestamp': seconds() })).toEqual(refused)
  })
})

function hint(projectId: number, objectKind: string, iid: number, action: string) {
  return { iid, projectId, objectKind, action }
}
