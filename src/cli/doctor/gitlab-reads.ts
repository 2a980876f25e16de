/** What only the doctor reads of GitLab. */
import { z } from 'zod'
import { ask, type Fetch } from '../../clients/ask.ts'
import { CallFailed } from '../../clients/call-failed.ts'
import { parse } from '../../clients/parse.ts'
import type { Config } from '../../config.ts'

const access = z.object({ access_level: z.number() }).nullish()

const ProjectSeen = z.object({
  path_with_namespace: z.string(),
  permissions: z.object({ project_access: access, group_access: access }).optional(),
})

const TokenSeen = z.object({ scopes: z.array(z.string()), expires_at: z.string().nullish() })

const Hook = z.object({
  url: z.string(),
  issues_events: z.boolean().default(false),
  confidential_issues_events: z.boolean().default(false),
  note_events: z.boolean().default(false),
  confidential_note_events: z.boolean().default(false),
  alert_status: z.string().default('executable'),
})
export type Hook = z.infer<typeof Hook>

/** `undefined`: it is not there, or this token may not see it. */
export interface GitLabReads {
  project(): Promise<z.infer<typeof ProjectSeen> | undefined>
  /** The token itself: https://docs.gitlab.com/api/personal_access_tokens/ */
  token(): Promise<z.infer<typeof TokenSeen> | undefined>
  hooks(): Promise<readonly Hook[] | undefined>
  hasLabel(name: string): Promise<boolean>
}

export function gitlabReads({ url, token, project }: Config['gitlab'], fetch: Fetch): GitLabReads {
  const inProject = `projects/${encodeURIComponent(project)}`

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
    project: () => read(inProject, ProjectSeen),
    token: () => read('personal_access_tokens/self', TokenSeen),
    hooks: () => read(`${inProject}/hooks?per_page=100`, z.array(Hook)),
    hasLabel: async (name) =>
      (await read(`${inProject}/labels/${encodeURIComponent(name)}`, z.object({ name: z.string() }))) !==
      undefined,
  }
}
