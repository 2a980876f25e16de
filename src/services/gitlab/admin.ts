/** What only an administrator's token may see, for the evidence of an exception. This client has no writing call; `gitlab-exports.ts` has the one exception. */

import { GroupMembers, Groups, Users } from '@gitbeaker/rest'
import { z } from 'zod'
import type { Instant } from '../../engine/time.ts'
import type { Fetch } from '../ask.ts'
import { CallFailed } from '../call-failed.ts'
import { AnyInstant, parse, wholeNumber } from '../parse.ts'
import { allPages } from './pages.ts'
import { gitlabResourceOptions } from './requester.ts'

export interface UserState {
  readonly id: number
  readonly username: string
  /** `active`, `blocked`, `banned`, `deactivated` and whatever GitLab adds. */
  readonly state: string
  /** null: never signed in; missing: this token may not see it. */
  readonly lastSignInAt?: Instant | null
}

export interface Membership {
  readonly sourceId: number
  readonly sourceName: string
  /** `Namespace` (a group) or `Project`. */
  readonly sourceType: string
  /** 50 is an owner: https://docs.gitlab.com/api/access_requests/ */
  readonly accessLevel: number
}

export interface Group {
  readonly id: number
  readonly fullPath: string
  /** Missing for a top-level group. */
  readonly parentId?: number
  readonly createdAt?: Instant
}

export interface GroupMember {
  readonly id: number
  readonly username: string
  readonly accessLevel: number
}

export interface ProjectActivity {
  readonly id: number
  readonly path: string
  readonly lastActivityAt?: Instant
  /** It lies in the user's own namespace, not in a group. */
  readonly isPersonal: boolean
}

/** `undefined`: there is none, or this token may not see it. GitLab answers both alike, so it is never a pass. */
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
  .object({ id: z.number(), username: z.string(), state: z.string(), last_sign_in_at: AnyInstant.nullish() })
  .transform(
    ({ id, username, state, last_sign_in_at: at }): UserState => ({
      id,
      username,
      state,
      ...(at === undefined ? {} : { lastSignInAt: at }),
    }),
  )

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

export function connectGitLabAdmin(to: {
  readonly url: string
  readonly token: string
  readonly fetch: Fetch
  readonly timeoutMs?: number
}): GitLabAdmin {
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
