import type { Config, ConfiguredRole } from '../../config/config.ts'
import type { RoleMembers } from '../../config/variables.ts'
import { support } from '../../flows/vocabulary.ts'
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

/** Whom Slack knows of those who are to hold a role. */
interface Holders {
  /** The entries that it doesn’t know. */
  readonly unknown: readonly string[]
  /** How many people the others are. */
  readonly people: number
}

/** Checks that each role has holders, and that its user groups can be read. */
export async function checkRoles(config: Config, slack: SlackClient): Promise<readonly Finding[]> {
  const roles = Object.keys(variables) as ConfiguredRole[]
  const { groups, refused } = await groupsFor(Object.values(config.roles), slack)
  const findings: Finding[] = []
  if (refused !== undefined) {
    const mend =
      'name people by their ids (U…), or take a plan with user groups and give the app usergroups:read'
    findings.push(warn(`Slack user groups: refused (${refused}), so no group holds a role`, mend))
  }
  const held = new Map<ConfiguredRole, Holders>()
  for (const role of roles)
    if (role !== 'field-security' || config.zendesk)
      held.set(role, await holdersOf(config.roles[role], groups, slack))
  for (const role of held.keys()) findings.push(...checkRole(role, config, held))
  return config.zendesk ? [...findings, ...(await checkHolders(config.roles, groups, slack))] : findings
}

async function holdersOf(
  members: RoleMembers,
  groups: readonly UserGroup[],
  slack: SlackClient,
): Promise<Holders> {
  const known = new Set(groups.flatMap(({ id, handle }) => [id, `@${handle}`]))
  const unknown = groupsOf(members).filter((group) => !known.has(group))
  for (const user of members.users) if (!(await isThere(slack, user))) unknown.push(user)
  const people = new Set<string>()
  for await (const userId of membersOf(members, groups, slack))
    if (!unknown.includes(userId)) people.add(userId)
  return { unknown, people: people.size }
}

function checkRole(
  role: ConfiguredRole,
  config: Config,
  held: ReadonlyMap<ConfiguredRole, Holders>,
): readonly Finding[] {
  const members = config.roles[role]
  if (groupsOf(members).length + members.users.length === 0)
    return [nobody(role, config.requirePrivacyApproval)]
  const { unknown = [], people = 0 } = held.get(role) ?? {}
  // Who holds Field Security is said anyway.
  if (role === 'field-security')
    return unknown.length === 0 ? [] : [warn(unknownText(role, unknown), correct)]
  if (people > 0 && unknown.length > 0) return [warn(unknownText(role, unknown), correct)]
  if (people > 0)
    return [ok(`${variables[role]}: ${people === 1 ? '1 person holds' : `${people} people hold`} the role`)]
  const lacking = isNeeded(role, config.requirePrivacyApproval, held) ? problem : warn
  const so = without(role, held)
  return unknown.length > 0
    ? [lacking(`${unknownText(role, unknown)}, so ${so}`, correct)]
    : [lacking(`${variables[role]}: its groups are empty, so ${so}`, 'put somebody into them')]
}

const correct = 'correct the ids and handles'

function unknownText(role: ConfiguredRole, unknown: readonly string[]): string {
  return `${variables[role]}: not known to Slack, or no longer active: ${unknown.join(', ')}`
}

/** What nobody can do, or few can, while nobody holds the role. */
function without(
  role: Exclude<ConfiguredRole, 'field-security'>,
  held: ReadonlyMap<ConfiguredRole, Holders>,
): string {
  switch (role) {
    case 'support-engineer': {
      const others = othersOfSupport(held).map((other) => `${other.replace('-', ' ')}s`)
      return `${others.length > 0 ? `only ${others.join(' and ')}` : 'nobody'} can work requests`
    }
    case 'support-manager':
      return 'nobody can approve an exception'
    case 'privacy':
      return 'nobody is asked where Privacy decides'
  }
}

/** Without anybody in it no request can be worked to its end. */
function isNeeded(
  role: ConfiguredRole,
  requirePrivacyApproval: boolean,
  held: ReadonlyMap<ConfiguredRole, Holders>,
): boolean {
  if (role === 'support-engineer') return othersOfSupport(held).length === 0
  return role === 'privacy' && requirePrivacyApproval
}

/** The roles that somebody holds and that may decide what a support engineer may. */
function othersOfSupport(held: ReadonlyMap<ConfiguredRole, Holders>): readonly ConfiguredRole[] {
  return [...held].flatMap(([role, { people }]) =>
    role !== 'support-engineer' && support.includes(role) && people > 0 ? [role] : [],
  )
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
