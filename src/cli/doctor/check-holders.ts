/** Field Security is held by somebody who can act: nobody else decides on a ticket. */

import type { Config } from '../../config/config.ts'
import type { RoleMembers } from '../../config/variables.ts'
import type { User, UserGroup } from '../../services/slack/answers.ts'
import type { SlackClient } from '../../services/slack/client.ts'
import { SlackCallFailed } from '../../services/slack/failure.ts'
import { type Finding, ok, warn } from './finding.ts'

/** Nothing where the role is not set: that is said already. */
export async function checkHolders(
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
