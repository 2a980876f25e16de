/** Reads of GitLab that only the doctor makes. */
import { z } from 'zod'
import type { Config } from '../../config/config.ts'
import { ask, type Fetch, parse } from '../../services/ask.ts'
import { CallFailed } from '../../services/call-failed.ts'
import type { Project } from '../../services/gitlab/client.ts'

/** Planner, the lowest role that may label and close issues: https://docs.gitlab.com/user/permissions/ */
export const planner = 15

const Hook = z.object({
  id: z.number().optional(),
  url: z.string(),
  issues_events: z.boolean().default(false),
  confidential_issues_events: z.boolean().default(false),
  note_events: z.boolean().default(false),
  confidential_note_events: z.boolean().default(false),
  alert_status: z.string().default('executable'),
})
/** A webhook of the project with its triggers. https://docs.gitlab.com/api/project_webhooks/ */
export type Hook = z.infer<typeof Hook>

const number = z.number().optional().catch(undefined)

/** One delivery, as GitLab keeps it for some days. https://docs.gitlab.com/api/project_webhooks/ */
const Delivery = z.object({
  created_at: z.string(),
  /** An HTTP status, or words where no answer came. */
  response_status: z.coerce.string(),
  request_data: z
    .object({
      object_kind: z.string().optional().catch(undefined),
      object_attributes: z
        .object({ iid: number, action: z.string().optional().catch(undefined) })
        .optional()
        .catch(undefined),
      issue: z.object({ iid: number }).optional().catch(undefined),
      work_item: z.object({ iid: number }).optional().catch(undefined),
    })
    .catch({}),
})
/** One delivery of a webhook with the answer that it got. */
export type Delivery = z.infer<typeof Delivery>

const Listed = z.object({
  iid: z.number(),
  type: z.string().default('ISSUE'),
  created_at: z.string(),
  author: z
    .object({ username: z.string() })
    .nullish()
    .transform((author) => author ?? { username: '' }),
  service_desk_reply_to: z.string().nullish(),
})
/** An issue or ticket as the list of a project's issues gives it. */
export type Listed = z.infer<typeof Listed>

/**
 * The doctor's reads. `undefined` means that it is not there, or that this token may not see it. Without a project, a
 * call is about the Service Desk project.
 */
export interface GitLabReads {
  hooks(): Promise<readonly Hook[] | undefined>
  /** The newest deliveries of a webhook, the newest first. */
  deliveries(hookId: number): Promise<readonly Delivery[] | undefined>
  /** The newest hundred issues and tickets of the project, the newest first. */
  newest(): Promise<readonly Listed[] | undefined>
  hasLabel(name: string, project?: Project): Promise<boolean>
  /** The names of at most a hundred labels in which this stands, in any case: https://docs.gitlab.com/api/labels/ */
  labelsWith(text: string, project?: Project): Promise<readonly string[]>
}

/** Connects the doctor's reads. Each throws `CallFailed` where GitLab does not answer. */
export function gitlabReads({ url, token, project: own }: Config['gitlab'], fetch: Fetch): GitLabReads {
  const at = (project: Project) => `projects/${encodeURIComponent(project)}`

  const read = async <T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    const asking = { service: 'gitlab', fetch, timeoutMs: 10_000 } as const
    const headers = { accept: 'application/json', 'private-token': token }
    try {
      const { body } = await ask(asking, { method: 'GET', url: new URL(`${url}/api/v4/${path}`), headers })
      return parse(schema, body, { service: 'gitlab', method: 'GET', what: path })
    } catch (error) {
      if (error instanceof CallFailed && (error.status === 403 || error.status === 404)) return undefined
      throw error
    }
  }

  return {
    hooks: () => read(`${at(own)}/hooks?per_page=100`, z.array(Hook)),
    deliveries: (id) => read(`${at(own)}/hooks/${id}/events?per_page=50`, z.array(Delivery)),
    newest: () =>
      read(
        `${at(own)}/issues?scope=all&state=all&order_by=created_at&sort=desc&per_page=100`,
        z.array(Listed),
      ),
    hasLabel: async (name, project = own) => {
      const path = `${at(project)}/labels/${encodeURIComponent(name)}`
      return (await read(path, z.object({ name: z.string() }))) !== undefined
    },
    labelsWith: async (text, project = own) => {
      const path = `${at(project)}/labels?per_page=100&search=${encodeURIComponent(text)}`
      return (await read(path, z.array(z.object({ name: z.string() }))))?.map(({ name }) => name) ?? []
    },
  }
}
