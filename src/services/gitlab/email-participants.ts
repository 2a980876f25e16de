/** Who is e-mailed each public note of a Service Desk issue: GitLab tells that by GraphQL alone. */
import { z } from 'zod'
import { ask, type Fetch, parse, wholeNumber } from '../ask.ts'
import { defaultTimeoutMs } from './transport.ts'

const query =
  'query emailParticipants($id: WorkItemID!) { workItem(id: $id) { widgets { ... on WorkItemWidgetEmailParticipants { emailParticipants } } } }'

const Answer = z.object({
  data: z.object({
    workItem: z
      .object({ widgets: z.array(z.object({ emailParticipants: z.array(z.string()).nullish() })) })
      .nullish(),
  }),
})

/**
 * Reads the e-mail addresses of an issue's external participants by its global id, the requester's among them;
 * undefined where GitLab does not show them. Throws `CallFailed`. Asked by GET, which GitLab takes for whatever changes
 * nothing: https://docs.gitlab.com/api/graphql/ and app/controllers/graphql_controller.rb.
 */
export async function emailParticipants(
  to: { readonly url: string; readonly token: string; readonly fetch: Fetch; readonly timeoutMs?: number },
  issueId: number,
): Promise<readonly string[] | undefined> {
  const url = new URL('api/graphql', `${to.url.replace(/\/+$/, '')}/`)
  const id = `gid://gitlab/WorkItem/${wholeNumber(issueId, 'id')}`
  url.search = new URLSearchParams({ query, variables: JSON.stringify({ id }) }).toString()
  const { body } = await ask(
    { service: 'gitlab', fetch: to.fetch, timeoutMs: to.timeoutMs ?? defaultTimeoutMs },
    { method: 'GET', url, headers: { accept: 'application/json', 'private-token': to.token } },
  )
  const { data } = parse(Answer, body, { service: 'gitlab', method: 'GET', what: 'email participants' })
  return data.workItem?.widgets.find((one) => one.emailParticipants)?.emailParticipants ?? undefined
}
