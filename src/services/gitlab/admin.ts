/** Calls that need an administrator's token: the reads for the evidence of an exception, and a user's exports. */
import { GroupMembers, Groups, ProjectImportExports, Users } from '@gitbeaker/rest'
import { z } from 'zod'
import type { Instant } from '../../engine/time.ts'
import { AnyInstant, type Fetch, parse, wholeNumber } from '../ask.ts'
import { CallFailed } from '../call-failed.ts'
import { allPages, gitlabResourceOptions } from './transport.ts'

/** A user with the state that the evidence of an exception rests on. https://docs.gitlab.com/api/users/ */
export interface UserState {
  readonly id: number
  readonly username: string
  /** `active`, `blocked`, `banned`, `deactivated` and whatever GitLab adds. */
  readonly state: string
  /** The latest. null: never signed in; missing: this token may not see it. */
  readonly lastSignInAt?: Instant | null
}

/** A user's membership of a group or project. */
export interface Membership {
  readonly sourceId: number
  readonly sourceName: string
  /** `Namespace` (a group) or `Project`. */
  readonly sourceType: string
  /** 50 is an owner: https://docs.gitlab.com/api/access_requests/ */
  readonly accessLevel: number
}

/** A group as the evidence needs it. https://docs.gitlab.com/api/groups/ */
export interface Group {
  readonly id: number
  readonly fullPath: string
  /** Missing for a top-level group. */
  readonly parentId?: number
  readonly createdAt?: Instant
}

/** A member of a group. https://docs.gitlab.com/api/members/ */
export interface GroupMember {
  readonly id: number
  readonly username: string
  readonly accessLevel: number
}

/** A project with the time of its last activity. */
export interface ProjectActivity {
  readonly id: number
  readonly path: string
  readonly lastActivityAt?: Instant
  /** It lies in the user's own namespace, not in a group. */
  readonly isPersonal: boolean
}

/**
 * The reads with an administrator's token. `undefined` means that there is none, or that this token may not see it.
 * GitLab answers both alike, so it is never a pass.
 */
export interface GitLabAdmin {
  userByUsername(username: string): Promise<UserState | undefined>
  memberships(userId: number): Promise<readonly Membership[] | undefined>
  group(groupId: number): Promise<Group | undefined>
  /** Members by inheritance and invitation too. */
  groupMembers(groupId: number): Promise<readonly GroupMember[] | undefined>
  /** Those of its subgroups too. */
  groupProjects(groupId: number): Promise<readonly ProjectActivity[] | undefined>
  userProjects(userId: number): Promise<readonly ProjectActivity[] | undefined>
}

const UserState = z
  .object({
    id: z.number(),
    username: z.string(),
    state: z.string(),
    last_sign_in_at: AnyInstant.nullish(),
    current_sign_in_at: AnyInstant.nullish(),
  })
  .transform(({ id, username, state, last_sign_in_at: last, current_sign_in_at: current }): UserState => {
    const at = latestSignIn(last, current)
    return { id, username, state, ...(at === undefined ? {} : { lastSignInAt: at }) }
  })

/** At each sign-in GitLab moves the time of the one before from `current_sign_in_at` to `last_sign_in_at`. */
function latestSignIn(...both: (Instant | null | undefined)[]): Instant | null | undefined {
  if (both.includes(undefined)) return undefined
  return (
    both
      .filter((at) => at !== null)
      .sort()
      .at(-1) ?? null
  )
}

const Membership = z
  .object({
    source_id: z.number(),
    source_name: z.string(),
    source_type: z.string(),
    access_level: z.number(),
  })
  .transform(
    (raw): Membership => ({
      sourceId: raw.source_id,
      sourceName: raw.source_name,
      sourceType: raw.source_type,
      accessLevel: raw.access_level,
    }),
  )

const Group = z
  .object({
    id: z.number(),
    full_path: z.string(),
    parent_id: z.number().nullish(),
    created_at: AnyInstant.nullish(),
  })
  .transform(
    (raw): Group => ({
      id: raw.id,
      fullPath: raw.full_path,
      ...(raw.parent_id ? { parentId: raw.parent_id } : {}),
      ...(raw.created_at ? { createdAt: raw.created_at } : {}),
    }),
  )

const GroupMember = z
  .object({ id: z.number(), username: z.string(), access_level: z.number() })
  .transform((raw): GroupMember => ({ id: raw.id, username: raw.username, accessLevel: raw.access_level }))

const ProjectActivity = z
  .object({
    id: z.number(),
    path_with_namespace: z.string(),
    last_activity_at: AnyInstant.nullish(),
    namespace: z.object({ kind: z.string() }).nullish(),
  })
  .transform(
    (raw): ProjectActivity => ({
      id: raw.id,
      path: raw.path_with_namespace,
      isPersonal: raw.namespace?.kind === 'user',
      ...(raw.last_activity_at ? { lastActivityAt: raw.last_activity_at } : {}),
    }),
  )

/** GitLab as an administrator is let in. */
interface ToGitLab {
  readonly url: string
  readonly token: string
  /** False where there is no token but the bot's own. */
  readonly isAsAdmin?: boolean
  readonly fetch: Fetch
  readonly timeoutMs?: number
}

/** Connects the administrator's reads. Each throws `CallFailed` where GitLab does not answer. */
export function connectGitLabAdmin(to: ToGitLab): GitLabAdmin {
  const options = gitlabResourceOptions(to)
  const users = new Users(options)
  const groups = new Groups(options)
  const members = new GroupMembers(options)
  const id = (value: number) => wholeNumber(value, 'id')

  return {
    userByUsername: (username) =>
      ifVisible(async () => {
        const found = await allPages((page) => users.all({ username, ...page }), UserState, 'users')
        return found.find((user) => user.username.toLowerCase() === username.toLowerCase())
      }),
    memberships: (userId) =>
      ifVisible(() => allPages((page) => users.allMemberships(id(userId), page), Membership, 'memberships')),
    group: (groupId) =>
      ifVisible(async () =>
        parse(Group, await groups.show(id(groupId), { withProjects: false }), {
          service: 'gitlab',
          method: 'GET',
          what: 'group',
        }),
      ),
    groupMembers: (groupId) =>
      ifVisible(() =>
        allPages(
          (page) => members.all(id(groupId), { includeInherited: true, ...page }),
          GroupMember,
          'members',
        ),
      ),
    groupProjects: (groupId) =>
      ifVisible(() =>
        allPages(
          (page) => groups.allProjects(id(groupId), { includeSubgroups: true, ...page }),
          ProjectActivity,
          'projects',
        ),
      ),
    userProjects: (userId) =>
      ifVisible(() => allPages((page) => users.allProjects(id(userId), page), ProjectActivity, 'projects')),
  }
}

async function ifVisible<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof CallFailed && (error.status === 403 || error.status === 404)) return undefined
    throw error
  }
}

// Exports of a user's personal projects, with the administrator's token: for a project of somebody else nobody but its
// owner or an administrator may ask for one. Scheduling an export is the one writing call made with that token. It
// changes nothing of the user's: a file is made, which only whoever asked for it may download.

/** The export of one personal project. https://docs.gitlab.com/api/project_import_export/ */
export interface ProjectExport {
  readonly projectId: number
  /** `none` where there is no export; passed on as GitLab gives it. */
  readonly status: string
}

/** The calls about a user's exports. Each throws `CallFailed`. */
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

/** Connects the calls about exports with the administrator's token. */
export function connectGitLabExports(to: ToGitLab): GitLabExports {
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
