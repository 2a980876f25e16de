import type { Config, ConfiguredRole } from '../../config/config.ts'
import type { RoleMembers } from '../../config/variables.ts'
import type { User, UserGroup } from '../../services/slack/answers.ts'
import type { SlackClient } from '../../services/slack/client.ts'
import { SlackCallFailed } from '../../services/slack/failure.ts'
import { groupsFor } from '../../services/slack/roles.ts'
import { type Finding, ok, problem, warn } from './finding.ts'

const variables = {
  'support-engineer': 'SUPPORT_ENGINEERS',
  'support-manager': 'SUPPORT_MANAGERS',
  privacy: 'PRIVACY_TEAM',
  'field-security': 'FIELD_SECURITY',
} as const satisfies Record<ConfiguredRole, string>

/** Checks that each role has holders, and that its user groups can be read. */
export async function checkRoles(config: Config, slack: SlackClient): Promise<readonly Finding[]> {
  const roles = Object.keys(variables) as ConfiguredRole[]
  const { groups, refused } = await groupsFor(Object.values(config.roles), slack)
  const known = new Set(groups.flatMap(({ id, handle }) => [id, `@${handle}`]))
  const findings: Finding[] = []
  if (refused !== undefined) {
    const mend =
      'name people by their ids (U…), or take a plan with user groups and give the app usergroups:read'
    findings.push(warn(`Slack user groups: refused (${refused}), so no group holds a role`, mend))
  }
  for (const role of roles) {
    if (role === 'field-security' && !config.zendesk) continue
    findings.push(...(await checkRole(role, config, { known, groups }, slack)))
  }
  return config.zendesk ? [...findings, ...(await checkHolders(config.roles, groups, slack))] : findings
}

async function checkRole(
  role: ConfiguredRole,
  config: Config,
  { known, groups }: { readonly known: ReadonlySet<string>; readonly groups: readonly UserGroup[] },
  slack: SlackClient,
): Promise<readonly Finding[]> {
  const members = config.roles[role]
  const count = groupsOf(members).length + members.users.length
  if (count === 0) return [nobody(role, config.requirePrivacyApproval)]
  const unknown = groupsOf(members).filter((group) => !known.has(group))
  for (const user of members.users) if (!(await isThere(slack, user))) unknown.push(user)
  if (unknown.length === 0) return checkPeople(role, members, groups, slack)
  const isEmpty = unknown.length === count
  // Of Field Security that is said anyway.
  const so = isEmpty && role !== 'field-security' ? `, so ${without[role]}` : ''
  const text = `${variables[role]}: not known to Slack, or no longer active: ${unknown.join(', ')}${so}`
  const mend = 'correct the ids and handles'
  return [isEmpty && isNeeded(role, config.requirePrivacyApproval) ? problem(text, mend) : warn(text, mend)]
}

/** A group may be there with nobody in it; of Field Security that is said by who holds it. */
async function checkPeople(
  role: ConfiguredRole,
  members: RoleMembers,
  groups: readonly UserGroup[],
  slack: SlackClient,
): Promise<readonly Finding[]> {
  if (role === 'field-security') return []
  const people = new Set<string>()
  for await (const userId of membersOf(members, groups, slack)) people.add(userId)
  const { size } = people
  if (size > 0)
    return [ok(`${variables[role]}: ${size === 1 ? '1 person holds' : `${size} people hold`} the role`)]
  return [warn(`${variables[role]}: its groups are empty, so ${without[role]}`, 'put somebody into them')]
}

/** What nobody can do while nobody holds the role. */
const without = {
  'support-engineer': 'nobody can work requests',
  'support-manager': 'nobody can approve an exception',
  privacy: 'nobody is asked where Privacy decides',
} as const satisfies Record<Exclude<ConfiguredRole, 'field-security'>, string>

/** Without anybody in it no request can be worked to its end. */
function isNeeded(role: ConfiguredRole, requirePrivacyApproval: boolean): boolean {
  return role === 'support-engineer' || (role === 'privacy' && requirePrivacyApproval)
}

function nobody(role: ConfiguredRole, requirePrivacyApproval: boolean): Finding {
  const variable = variables[role]
  const mend = `set ${variable}`
  switch (role) {
    case 'support-engineer':
      return ok(`${variable}: not set, so any full member of the channel holds the role`)
    case 'support-manager':
      return warn(`${variable}: not set, so nobody can approve an exception`, mend)
    case 'privacy':
      return requirePrivacyApproval
        ? problem(`${variable}: not set, though REQUIRE_PRIVACY_APPROVAL asks for Privacy`, mend)
        : warn(`${variable}: not set, so nobody is asked where Privacy decides`, mend)
    case 'field-security':
      return warn(`${variable}: not set, so nobody can decide on security tickets`, mend)
  }
}

async function isThere(slack: SlackClient, userId: string): Promise<boolean> {
  try {
    return !(await slack.userInfo(userId)).isDeleted
  } catch (error) {
    if (error instanceof SlackCallFailed && error.code === 'user_not_found') return false
    throw error
  }
}

function groupsOf({ groups, handles }: RoleMembers): readonly string[] {
  return [...groups, ...handles.map((handle) => `@${handle}`)]
}

// Field Security is held by somebody who can act: nobody else decides on a ticket.

/** Checks the holders of a role; returns no finding where the role is not set, as that is said already. */
async function checkHolders(
  { 'field-security': role }: Config['roles'],
  groups: readonly UserGroup[],
  slack: SlackClient,
): Promise<readonly Finding[]> {
  if (role.groups.length + role.handles.length + role.users.length === 0) return []
  for await (const userId of membersOf(role, groups, slack)) {
    const user = await userOf(userId, slack)
    if (user && isActiveFullMember(user)) return [ok('FIELD_SECURITY: an active full member holds the role')]
  }
  const text =
    'FIELD_SECURITY: no active full member holds the role, so nobody can decide on security tickets'
  return [warn(text, 'put somebody into its groups, or name them')]
}

/** One after the other, so that no more are asked for than it takes to find one. */
async function* membersOf(
  { users, groups: ids, handles }: RoleMembers,
  groups: readonly UserGroup[],
  slack: SlackClient,
): AsyncGenerator<string> {
  yield* users
  for (const { id, handle } of groups)
    if (ids.includes(id) || handles.includes(handle)) yield* await slack.userGroupMembers(id)
}

async function userOf(userId: string, slack: SlackClient): Promise<User | undefined> {
  try {
    return await slack.userInfo(userId)
  } catch (error) {
    if (error instanceof SlackCallFailed && error.code === 'user_not_found') return undefined
    throw error
  }
}

function isActiveFullMember({ isDeleted, isBot, isGuest, isStranger }: User): boolean {
  return !isDeleted && !isBot && !isGuest && !isStranger
}
