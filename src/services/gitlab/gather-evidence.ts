/** "Verification Failed - Sole Owner Exception": what GitLab says of the three checks, and never more than numbers and dates. */

import type { Criterion, Evidence } from '../../engine/request.ts'
import { type Instant, toInstant } from '../../engine/time.ts'
import { readForm } from '../../form/form.ts'
import type { RequestRow } from '../../store/store.ts'
import type { GitLabAdmin, Group, Membership, ProjectActivity, UserState } from './admin.ts'
import type { EffectContext } from './effect-context.ts'
import { onIssue } from './failure.ts'

/** https://docs.gitlab.com/api/access_requests/: Owner (50) */
const owner = 50

interface OwnedGroup {
  readonly group: Group | undefined
  readonly otherOwners: number | undefined
  readonly projects: readonly ProjectActivity[] | undefined
}

interface Account {
  readonly user: UserState
  readonly memberships: readonly Membership[] | undefined
  readonly projects: readonly ProjectActivity[] | undefined
  readonly groups: readonly OwnedGroup[]
}

type Finding = Pick<Criterion, 'result' | 'value'>

const unknown = (value: string): Finding => ({ result: 'unknown', value })
const hidden = 'the token may not see it'

/**
 * Reads the evidence of an exception afresh, with the time at which it was read. Unknown is never a pass. Throws
 * `CallFailed`, and `CannotDo` where the issue can't be read.
 */
export async function gatherEvidence(context: EffectContext, { number }: RequestRow): Promise<Evidence> {
  const { gitlab, reads, aliases, now } = context
  const { description } = await onIssue(number, () => gitlab.issue(number))
  const { username } = readForm(description, aliases)
  const user = username === undefined ? undefined : await reads.userByUsername(username)
  const account = user && (await readAccount(reads, user))
  const at = toInstant(now())
  const find = (judge: (account: Account) => Finding): Finding => {
    if (account) return judge(account)
    return unknown(
      username === undefined ? 'no username can be read from the form' : 'no such user is visible',
    )
  }
  return {
    readAt: at,
    criteria: [
      {
        name: 'only owner of every top-level group they own',
        ...find(onlyOwner),
        source: 'GET /users/:id/memberships, GET /groups/:id, GET /groups/:id/members/all',
      },
      {
        name: 'their projects are in their personal namespace',
        ...find(onlyPersonalProjects),
        source: 'GET /users/:id/projects, GET /users/:id/memberships, GET /groups/:id/projects',
      },
      {
        name: 'last sign-in at least 1 year ago',
        ...find((one) => signedInLongAgo(one, at)),
        source: 'GET /users?username=:username',
      },
      {
        name: 'projects and groups not updated for at least 1 year',
        ...find((one) => nothingUpdated(one, at)),
        source: 'GET /users/:id/projects, GET /groups/:id/projects, GET /groups/:id',
      },
    ],
  }
}

async function readAccount(reads: GitLabAdmin, user: UserState): Promise<Account> {
  const memberships = await reads.memberships(user.id)
  const owned = (memberships ?? []).filter(
    (one) => one.sourceType === 'Namespace' && one.accessLevel >= owner,
  )
  const groups: OwnedGroup[] = []
  for (const { sourceId } of owned) {
    const members = await reads.groupMembers(sourceId)
    groups.push({
      group: await reads.group(sourceId),
      // Blocked people and bots count: what they own is not for the requester alone to give up.
      otherOwners: members?.filter((one) => one.accessLevel >= owner && one.id !== user.id).length,
      projects: await reads.groupProjects(sourceId),
    })
  }
  return { user, memberships, projects: await reads.userProjects(user.id), groups }
}

function onlyOwner({ memberships, groups }: Account): Finding {
  if (!memberships) return unknown(hidden)
  const topLevel = groups.filter(({ group }) => group === undefined || group.parentId === undefined)
  if (topLevel.length === 0) return { result: 'met', value: 'owns no top-level group' }
  const shared = topLevel.filter(({ group, otherOwners }) => group && (otherOwners ?? 0) > 0).length
  if (shared > 0)
    return {
      result: 'contradicted',
      value: `${shared} of ${counted(topLevel, 'top-level group')} with another owner`,
    }
  if (topLevel.some(({ group, otherOwners }) => !group || otherOwners === undefined)) return unknown(hidden)
  return { result: 'met', value: `${counted(topLevel, 'top-level group')}, none with another owner` }
}

/**
 * "any projects associated with their account are in their personal namespace": memberships of projects count too, and
 * so do the projects of groups that they own, of which nobody has to be a member.
 */
function onlyPersonalProjects({ projects, memberships, groups }: Account): Finding {
  if (!projects || !memberships) return unknown(hidden)
  if (groups.some((one) => !one.projects)) return unknown(hidden)
  const personal = new Set(projects.filter(({ isPersonal }) => isPersonal).map(({ id }) => id))
  const inGroups = groups.flatMap((one) => one.projects ?? [])
  const all = new Set([
    ...[...projects, ...inGroups].map(({ id }) => id),
    ...memberships.filter(({ sourceType }) => sourceType === 'Project').map(({ sourceId }) => sourceId),
  ])
  const elsewhere = [...all].filter((id) => !personal.has(id))
  if (elsewhere.length > 0)
    return {
      result: 'contradicted',
      value: `${elsewhere.length} of ${counted([...all], 'project')} elsewhere`,
    }
  return {
    result: 'met',
    value: all.size === 0 ? 'no projects' : `${counted([...all], 'project')}, all there`,
  }
}

function signedInLongAgo({ user }: Account, now: Instant): Finding {
  const { lastSignInAt } = user
  if (lastSignInAt === undefined) return unknown(hidden)
  // A new account that has not been used yet looks the same.
  if (lastSignInAt === null) return unknown('no sign-in on record')
  return dated(lastSignInAt, now, 'last sign-in')
}

/** Groups carry no time of update of their own: their projects tell it, and without projects the day they were made. */
function nothingUpdated({ projects, memberships, groups }: Account, now: Instant): Finding {
  const instants: (Instant | undefined)[] = (projects ?? []).map((project) => project.lastActivityAt)
  for (const { group, projects: inside } of groups) {
    if (inside && inside.length > 0) instants.push(...inside.map((project) => project.lastActivityAt))
    else instants.push(inside && group?.createdAt)
  }
  const latest = instants
    .filter((at) => at !== undefined)
    .sort()
    .at(-1)
  const found = latest === undefined ? undefined : dated(latest, now, 'last update')
  if (found?.result === 'contradicted') return found
  if (!projects || !memberships || instants.includes(undefined)) return unknown(hidden)
  return found ?? { result: 'met', value: 'no projects and no groups' }
}

function dated(at: Instant, now: Instant, what: string): Finding {
  const result = isYearAgo(at, now) ? 'met' : 'contradicted'
  return { result, value: `${what} ${at.slice(0, 10)}` }
}

/** One calendar year before now, to the millisecond: at exactly one year it holds. */
function isYearAgo(at: Instant, now: Instant): boolean {
  const limit = Temporal.Instant.from(now).toZonedDateTimeISO('UTC').subtract({ years: 1 })
  return Temporal.Instant.compare(Temporal.Instant.from(at), limit.toInstant()) <= 0
}

function counted(items: readonly unknown[], one: string): string {
  return `${items.length} ${one}${items.length === 1 ? '' : 's'}`
}
