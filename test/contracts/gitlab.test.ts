/** What the whole bot sends to GitLab, and what the local GitLab answers, by GitLab's own description. */
import { expect, test } from 'vitest'
import { trustSafetyProject } from '../../sandbox/gitlab/gitlab.ts'
import { startWorld } from '../app/desk-world.ts'
import { lastIssue, tickAll } from '../app/flow-acts.ts'
import { haveContracts, skipReason } from '../sandbox/contracts.ts'
import { contractOf, type Deviation, type Exchange, watch } from './openapi.ts'

const gitlab = contractOf('gitlab/gitlab-openapi3-from-v2-2026-02.yaml', {
  paths:
    /^\/api\/v4\/(?:user|personal_access_tokens\/self|users\/{user_id}\/projects|groups\/{id}(?:\/projects)?|projects\/{id}\/(?:export|issues|issues\/{issue_iid}(?:\/links)?|templates\/{type}\/{name}))$/,
})

/** Described as texts, which is what the description says of whatever has no type in GitLab's code; or null where it has no value. */
const untyped = [
  ...['user_notes_count', 'task_completion_status', 'has_tasks', 'merge_requests_count', 'upvotes'],
  ...['downvotes', 'blocking_issues_count', 'imported', 'closed_at', 'start_date', 'due_date', 'moved_to_id'],
  ...[
    'discussion_locked',
    'milestone',
    'closed_by',
    'assignee',
    'assignees',
    '_links/closed_as_duplicate_of',
  ],
  ...['time_stats/human_time_estimate', 'time_stats/human_total_time_spent', 'service_desk_reply_to'],
]

const deviations: readonly Deviation[] = [
  {
    fault: /^GET \/api\/graphql is not described$/,
    because: 'it describes the REST API alone',
  },
  {
    fault: new RegExp(`answers /(?:\\w+_issue/)?(?:${untyped.join('|')}) must be (?:string|object|boolean)`),
    because: 'the description has no types for these',
  },
  {
    fault:
      /\/(?:notes|resource_(?:label|state)_events|memberships|members\/all|projects\/[\w%-]+|groups\/[\w-]+|users\/\d+(?:\/projects)?|users) is not described$/,
    because:
      'notes, events of labels and states and users are not in the description, members in no valid form',
  },
  {
    fault: /^PUT \S+ sends \/requestBody\/(?:add|remove)_labels must be array/,
    because: 'labels are documented as one text with commas, too',
  },
  {
    fault: /^POST \S+\/links sends \/requestBody\/target_(?:issue_iid|project_id) must be string/,
    because: 'gitbeaker sends the numbers of a link as numbers, which GitLab turns into the texts it wants',
  },
  {
    fault: /\/links sends \/query must NOT have additional properties {"additionalProperty":"(?:per_)?page"}/,
    because: 'gitbeaker asks for every list by pages, and GitLab gives all links at once',
  },
  {
    fault: /^GET \/api\/v4\/groups\/{id} answers \/(?:id|parent_id) must be string/,
    because: 'the numbers of a group are described as texts',
  },
  {
    fault: /\/(?:projects|export) answers \/(?:#\/)?description must be string/,
    because: 'a project without a description has null there',
  },
  {
    fault: /^GET \S+\/users\/{user_id}\/projects answers \/#\/\w+ that is not described$/,
    because: 'the projects of a user are described shorter than the documentation shows them',
  },
  {
    fault: /answers \/export_status must be equal to one of the allowed values/,
    because: 'the documentation knows a fifth status, `none`',
  },
  {
    fault: /^GET \/api\/v4\/user answers \/\w+ that is not described$/,
    because: 'the current user is described by its name alone',
  },
  {
    fault: /\/personal_access_tokens\/self answers \/expires_at must be string/,
    because: 'a token without an end has null there',
  },
]

/** A list of issues is described as one of them. */
function eachOfList({ request, answer }: Exchange): readonly Exchange[] {
  if (!/\/issues$/.test(request.path) || !Array.isArray(answer.body)) return [{ request, answer }]
  return answer.body.map((body) => ({ request, answer: { ...answer, body } }))
}

/** Each way that a request takes on which something is asked of GitLab. */
async function everyWay() {
  const world = await startWorld({ env: { GITLAB_TRUST_SAFETY_PROJECT: trustSafetyProject } })
  const exchanges = watch(world.gitlab.fake)
  const answered = async (type?: string) => {
    const iid = await world.request(type === undefined ? {} : { type })
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.drain()
    return iid
  }
  // Labelled before it is seen, it may have a meta issue already.
  await world.request({ labels: ['Account Deletion::SLA Started'] })
  const stays = await answered()
  const duplicate = await answered()
  await world.decide(duplicate, 'Close Duplicate', { 'Which issue stays open?': String(stays) })
  await world.click(stays, 'Request Exception')
  await world.click(stays, 'Fail Verification')

  const deleted = await answered()
  await world.decide(deleted, 'Pass Verification', { 'The account is': 'Blocked or banned' })
  await world.decide(deleted, 'Account Unblocked', {})
  await world.click(deleted, 'Start Deletion')
  await tickAll({ world }, lastIssue({ world }))
  await world.click(deleted, 'Complete Request')

  const exported = await answered('Data Export Request')
  await world.decide(exported, 'Send Challenges', { 'Verification challenge questions': 'Who are you?' })
  world.gitlab.requesterReplies(exported, 'My answers.')
  await world.drain()
  await world.click(exported, 'Pass Verification')
  await world.click(exported, 'Start Export')
  await world.passTime(3, 60)
  return exchanges.flatMap(eachOfList)
}

test.skipIf(!haveContracts)(
  `all that the bot asks of GitLab is as it describes it${skipReason}`,
  { timeout: 120_000 },
  async () => {
    const exchanges = await everyWay()

    expect(await gitlab.faultsOf(exchanges, deviations)).toEqual([])
    expect(await gitlab.operationsOf(exchanges)).toEqual([
      'GET /api/v4/groups/{id}',
      'GET /api/v4/groups/{id}/projects',
      'GET /api/v4/personal_access_tokens/self',
      'GET /api/v4/projects/{id}/export',
      'GET /api/v4/projects/{id}/issues',
      'GET /api/v4/projects/{id}/issues/{issue_iid}',
      'GET /api/v4/projects/{id}/issues/{issue_iid}/links',
      'GET /api/v4/projects/{id}/templates/{type}/{name}',
      'GET /api/v4/user',
      'GET /api/v4/users/{user_id}/projects',
      'POST /api/v4/projects/{id}/export',
      'POST /api/v4/projects/{id}/issues',
      'POST /api/v4/projects/{id}/issues/{issue_iid}/links',
      'PUT /api/v4/projects/{id}/issues/{issue_iid}',
    ])
  },
)
