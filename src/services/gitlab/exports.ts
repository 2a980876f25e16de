/**
 * Exports of a user's personal projects, with the administrator's token: for a project of somebody else nobody but its
 * owner or an administrator may ask for one. Scheduling an export is the one writing call made with that token. It
 * changes nothing of the user's: a file is made, which only whoever asked for it may download.
 */
import { ProjectImportExports } from '@gitbeaker/rest'
import { z } from 'zod'
import type { Fetch } from '../ask.ts'
import { parse, wholeNumber } from '../parse.ts'
import { connectGitLabAdmin } from './admin.ts'
import { gitlabResourceOptions } from './requester.ts'

export interface ProjectExport {
  readonly projectId: number
  /** `none` where there is no export; passed on as GitLab gives it. */
  readonly status: string
}

export interface GitLabExports {
  /** One for each personal project; `undefined`: no such user, or this token may not see them. */
  ofUser(username: string): Promise<readonly ProjectExport[] | undefined>
  /** GitLab throws away an earlier export of the project, so look first. It takes 6 a minute, then answers 429. */
  schedule(projectId: number): Promise<void>
}

const Status = z.object({ export_status: z.string() })
const Scheduled = z.object({ message: z.string() })

/** gitbeaker's type wants a place to upload the file to; without one GitLab keeps it: https://docs.gitlab.com/api/project_import_export/#schedule-an-export */
const nowhere = undefined as unknown as { readonly url: string }

export function connectGitLabExports(to: {
  readonly url: string
  readonly token: string
  readonly fetch: Fetch
  readonly timeoutMs?: number
}): GitLabExports {
  const admin = connectGitLabAdmin(to)
  const exports = new ProjectImportExports(gitlabResourceOptions(to))
  const statusOf = async (projectId: number) =>
    parse(Status, await exports.showExportStatus(wholeNumber(projectId, 'id')), from('GET')).export_status

  return {
    ofUser: async (username) => {
      const user = await admin.userByUsername(username)
      const projects = user && (await admin.userProjects(user.id))
      if (!projects) return undefined
      const personal: ProjectExport[] = []
      // One after the other: a user may have hundreds.
      for (const { id, isPersonal } of projects)
        if (isPersonal) personal.push({ projectId: id, status: await statusOf(id) })
      return personal
    },
    schedule: async (projectId) => {
      parse(Scheduled, await exports.scheduleExport(wholeNumber(projectId, 'id'), nowhere), from('POST'))
    },
  }
}

const from = (method: 'GET' | 'POST') => ({ service: 'gitlab', method, what: 'export' }) as const
