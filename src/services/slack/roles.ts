/** Who holds which role, as Slack says now. Where it can't say, nobody does. */
import type { Person, Role } from '../../engine/request.ts'
import type { User } from './answers.ts'
import type { SlackClient } from './client.ts'
import { SlackCallFailed } from './failure.ts'

type WhoIs = { readonly person: Person } | { readonly refused: string }

export interface RolesSource {
  readonly slack: Pick<SlackClient, 'userInfo' | 'userGroups' | 'userGroupMembers' | 'channelMembers'>
  /** By role: user group ids (`S…`), handles (`@support-managers`) and user ids (`U…`). */
  readonly roles: Readonly<Record<Role, readonly string[]>>
  /** Our own workspace. */
  readonly teamId: string
  /** By role: every full member of this channel holds it, unless the role is set. */
  readonly everybodyIn: Readonly<Record<Role, string>>
  readonly now: () => Date
}

export interface RolesReader {
  whoIs(userId: string, teamId: string): Promise<WhoIs>
}

/** Somebody who is taken out of a group loses the role within this. */
const cacheMs = 60_000

export function rolesReader({ slack, roles, teamId: ours, everybodyIn, now }: RolesSource): RolesReader {
  const remembered = cache(now)
  const handles = () => remembered('groups', () => slack.userGroups())
  const members = (id: string) => remembered(`group ${id}`, () => membersOf(slack, id))

  async function holds(role: Role, userId: string): Promise<boolean> {
    const entries = roles[role] ?? []
    const channel = everybodyIn[role]
    if (entries.length === 0)
      return (
        channel !== undefined &&
        (await remembered(`channel ${channel}`, () => slack.channelMembers(channel))).includes(userId)
      )
    for (const entry of entries) {
      if (entry === userId) return true
      const groupId = entry.startsWith('@')
        ? (await handles()).find(({ handle }) => `@${handle}` === entry)?.id
        : entry
      if (groupId?.startsWith('S') && (await members(groupId)).includes(userId)) return true
    }
    return false
  }

  return {
    async whoIs(userId, teamId) {
      if (teamId !== ours) return { refused: otherOrganisation }
      try {
        const user = await remembered(`user ${userId}`, () => slack.userInfo(userId))
        const refused = refusalOf(user, ours)
        if (refused !== undefined) return { refused }
        const names = Object.keys(roles)
        const held = await Promise.all(names.map((role) => holds(role, userId)))
        return { person: { id: userId, roles: names.filter((_role, index) => held[index]) } }
      } catch (error) {
        const isUnknown =
          error instanceof SlackCallFailed &&
          ['user_not_found', 'user_not_visible'].includes(error.code ?? '')
        return { refused: isUnknown ? otherOrganisation : slackCannotSay }
      }
    },
  }
}

const otherOrganisation = 'Only members of this Slack workspace may use the desk.'
const slackCannotSay =
  'Slack can’t say at the moment who holds which role, so nothing was done. Please try again in a minute.'

function refusalOf(user: User, ours: string): string | undefined {
  if (user.isDeleted) return 'This Slack account is deactivated.'
  if (user.isBot) return 'Apps and bots may not use the desk.'
  if (user.isGuest) return 'Guests of this workspace may not use the desk.'
  return user.isStranger || user.teamId !== ours ? otherOrganisation : undefined
}

/** A group that is no more has no members. */
async function membersOf(slack: RolesSource['slack'], groupId: string): Promise<readonly string[]> {
  try {
    return await slack.userGroupMembers(groupId)
  } catch (error) {
    if (
      error instanceof SlackCallFailed &&
      ['no_such_subteam', 'subteam_not_found'].includes(error.code ?? '')
    )
      return []
    throw error
  }
}

/**
 * Keeps each answer for a minute from when it was asked for; what failed is not kept. By the clock and by a timer:
 * after a clock that was set back, the clock alone would take an old answer for a new one.
 */
function cache(now: () => Date) {
  const kept = new Map<string, { readonly askedAt: number; readonly answer: Promise<unknown> }>()
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const at = now().getTime()
    for (const [other, { askedAt }] of kept) if (at - askedAt >= cacheMs || at < askedAt) kept.delete(other)
    const known = kept.get(key)
    if (known) return known.answer as Promise<T>
    const answer = ask()
    kept.set(key, { askedAt: at, answer })
    setTimeout(() => kept.delete(key), cacheMs).unref()
    answer.catch(() => kept.delete(key))
    return answer
  }
}
