/** The local GitLab and our client against GitLab's own description of its API and against recorded webhooks. */
import { describe, expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import type { IssueType } from '../../sandbox/gitlab/world.ts'
import { aGitLab } from '../services/local.ts'
import { contract, faults, haveContracts, recordedWebhooks, skipReason } from './contracts.ts'

describe.skipIf(!haveContracts)(`by GitLab's description${skipReason}`, () => {
  const gitlab = haveContracts ? contract('gitlab/gitlab-openapi3-from-v2-2026-02.yaml') : undefined

  /** Real GitLab sends numbers, lists and objects here, and null: the description is wrong about these. */
  const misdescribed = [
    ...['user_notes_count', 'task_completion_status', 'has_tasks', 'assignees', 'assignee', 'closed_at'],
    ...['closed_by', 'milestone', 'merge_requests_count', 'upvotes', 'downvotes', 'start_date', 'due_date'],
    ...['discussion_locked', 'time_stats', 'blocking_issues_count', 'moved_to_id', 'imported', '_links'],
  ]

  test('an issue has the fields that GitLab describes', async () => {
    const { local } = await aGitLab()
    local.submitRequest({ description: 'x', labels: ['a'] })
    const api = `${local.url}/api/v4/projects/101/issues`

    const response = await fetch(`${api}/1`, { headers: { 'private-token': 'local-gitlab-bot-token' } })

    expect(
      gitlab && faults(gitlab, 'API_Entities_Issue', await response.json(), { except: misdescribed }),
    ).toEqual([])
  })

  test('what the client writes is what GitLab takes', async () => {
    const { local, client } = await aGitLab()
    local.submitRequest({ description: 'x', labels: ['a'] })
    await client.createIssue({ title: 't', description: 'd', confidential: true, labels: ['a'] })
    await client.editIssue(1, { addLabels: ['b'], removeLabels: ['a'], state: 'close', assigneeIds: [11] })
    await client.linkIssues(1, { project: '101', iid: 2 })

    const [created, linked] = local.fake.received('POST', /./).map((request) => request.body)
    const [edited] = local.fake.received('PUT', /./).map((request) => request.body)
    // Labels are documented as one text with commas, which the description calls a list; gitbeaker sends an iid as a
    // number, which GitLab turns into the text it wants.
    const bodies = [
      ['postApiV4ProjectsIdIssues', created, ['labels']],
      ['putApiV4ProjectsIdIssuesIssueIid', edited, ['add_labels', 'remove_labels']],
      ['postApiV4ProjectsIdIssuesIssueIidLinks', linked, ['target_issue_iid']],
    ] as const
    for (const [schema, body, except] of bodies) {
      expect([schema, gitlab && faults(gitlab, schema, body, { except })]).toEqual([schema, []])
    }
  })

  test('the client asks only for what GitLab can filter by', async () => {
    const { local, client } = await aGitLab()
    await Array.fromAsync(client.issuesUpdatedAfter('2026-01-01T00:00:00.000Z'))
    await client.ownIssuesSince(101, '2026-01-01T00:00:00.000Z')

    const known = gitlab?.paths['/api/v4/projects/{id}/issues']?.get?.parameters?.map(({ name }) => name)
    for (const { query } of local.fake.requests)
      expect(known).toEqual(expect.arrayContaining([...query.keys()]))
  })

  /** As a ticket is told, and as an issue was before 2026. */
  async function deliveries(serviceDeskType: IssueType) {
    const { local } = await aGitLab()
    local.webhook = { url: 'http://127.0.0.1:9/' }
    local.webhooks.hold()
    local.serviceDeskType = serviceDeskType
    local.submitRequest({ description: 'x', labels: ['b'] })
    local.someoneLabels(1, usernames.engineer, ['a'])
    local.someoneAssigns(1, usernames.engineer, [usernames.manager])
    local.someoneComments(1, usernames.engineer, 'For us', { internal: true })
    local.someoneCloses(1, usernames.engineer)
    return local.webhooks.deliveries.map(({ body }) => {
      const payload = JSON.parse(body) as Record<string, unknown>
      return { payload, recorded: recordedWebhooks(payload.object_kind === 'note' ? 'note' : 'issue') }
    })
  }

  test('webhooks say each thing in the form that recorded ones do', async () => {
    const sent = [...(await deliveries('ticket')), ...(await deliveries('issue'))]

    for (const { payload, recorded } of sent) {
      const known = Map.groupBy(
        recorded.flatMap((one) => formsIn(one)),
        ({ at }) => at,
      )
      const others = formsIn(payload).filter(({ at, form }) => {
        const forms = known.get(at)?.map((one) => one.form) ?? []
        return form !== 'null' && forms.some((one) => one !== 'null') && !forms.includes(form)
      })
      expect(others).toEqual([])
    }
  })

  test('webhooks have no field that recorded ones lack', async () => {
    for (const { payload, recorded } of await deliveries('ticket')) {
      const fields = (of: unknown) => Object.keys(Object(of))
      for (const part of ['object_attributes', 'user', 'project', 'repository'] as const) {
        // `internal` and `id` of a user came after the recordings: GitLab's documentation has them.
        const seen = ['internal', ...recorded.flatMap((one) => fields(one[part]))]
        expect(fields(payload[part]).filter((name) => !seen.includes(name))).toEqual([])
      }
      const seen = recorded.flatMap(fields)
      expect(fields(payload).filter((name) => !seen.includes(name))).toEqual([])
    }
  })
})

/** Where each value stands, whatever its place in a list, and what it is: `object_attributes.labels.#.id`, `number`. */
function formsIn(value: unknown, at = ''): readonly { readonly at: string; readonly form: string }[] {
  if (Array.isArray(value)) return [{ at, form: 'list' }, ...value.flatMap((one) => formsIn(one, `${at}.#`))]
  if (value === null) return [{ at, form: 'null' }]
  if (typeof value !== 'object') return [{ at, form: typeof value }]
  const inside = Object.entries(value).flatMap(([name, one]) => formsIn(one, `${at}.${name}`))
  return [{ at, form: 'object' }, ...inside]
}
