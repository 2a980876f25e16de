/** The holders of each role, as Slack names them now. Where it can't say, nobody does. */

import type { Clock } from '../../clock.ts'
import type { Members } from '../../desks/desk.ts'
import type { RefusedPerson, Role, WhoIs } from '../../engine/request.ts'
import type { User, UserGroup } from './answers.ts'
import type { SlackClient } from './client.ts'
import { SlackCallFailed } from './failure.ts'

/** The settings and the client that roles are read with. */
export interface RolesSource {
  readonly slack: Pick<SlackClient, 'userInfo' | 'userGroups' | 'userGroupMembers' | 'channelMembers'>
  /** By role: user group ids (`S…`), handles (`@support-managers`) and user ids (`U…`). */
  readonly roles: Readonly<Record<Role, readonly string[]>>
  /** Our own workspace. */
  readonly teamId: string
  /** By role: every full member of this channel holds it, unless the role is set. */
  readonly everybodyIn: Readonly<Record<Role, string>>
  /** Those that Slack named at the start. */
  readonly groups?: readonly UserGroup[]
  readonly clock: Clock
  /** From then on nothing need be remembered. */
  readonly stopped: AbortSignal
}

/** The answers to who holds a role. */
export interface RolesReader {
  readonly whoIs: WhoIs
  /** Returns whether anybody holds the role; true where Slack can't say. */
  isHeld(role: Role): Promise<boolean>
  /** Returns the holders of the role, as mentions: `<!subteam^S1> <@U1>`; empty where nobody holds it. */
  mention(role: Role): Promise<string>
  /** Returns a person's name. Throws `SlackCallFailed`. */
  nameOf(userId: string): Promise<string>
}

/** More than the people who work at the desks; whoever is pushed out by others is asked for again. */
const mostKept = 1_000
/** Somebody who is taken out of a group loses the role within this. */
const cacheMs = 60_000

/** Makes the reader of roles. Its answers are kept for a minute. */
export function rolesReader(source: RolesSource): RolesReader {
  const { slack, roles, teamId: ours, everybodyIn } = source
  const remembered = cache(source)
  const userOf = (userId: string) => remembered(`user ${userId}`, () => slack.userInfo(userId))
  const handles = () => remembered('groups', async () => (await namedGroups(slack)).groups)
  /** One call names the members of all groups, of which a minute has twenty. */
  const members = async (id: string) =>
    (await handles()).find((group) => group.id === id)?.users ??
    (await remembered(`group ${id}`, () => membersOf(slack, id)))

  const groupIdOf = async (entry: string) => {
    const id = entry.startsWith('@')
      ? (await handles()).find(({ handle }) => `@${handle}` === entry)?.id
      : entry
    return id?.startsWith('S') ? id : undefined
  }

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
      const groupId = await groupIdOf(entry)
      if (groupId !== undefined && (await members(groupId)).includes(userId)) return true
    }
    return false
  }

  async function isHeldBy(entry: string): Promise<boolean> {
    if (/^[UW]/.test(entry)) return true
    const groupId = await groupIdOf(entry)
    return groupId !== undefined && (await members(groupId)).length > 0
  }

  /** What was known once goes on counting; a handle that was not, at the start on a poorer plan say, is asked for again. */
  let named = source.groups ?? []
  async function namedFor(entries: readonly string[]): Promise<readonly UserGroup[]> {
    const isKnown = (entry: string) => named.some(({ handle }) => `@${handle}` === entry)
    if (entries.some((entry) => entry.startsWith('@') && !isKnown(entry)))
      named = await handles().then(
        (now) => (now.length > 0 ? now : named),
        () => named,
      )
    return named
  }

  return {
    async mention(role) {
      const entries = roles[role] ?? []
      const groups = await namedFor(entries)
      const ids = entries.flatMap((entry) =>
        entry.startsWith('@') ? (groups.find(({ handle }) => `@${handle}` === entry)?.id ?? []) : entry,
      )
      return ids.map((id) => (id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`)).join(' ')
    },

    nameOf: async (userId) => (await userOf(userId)).name,

    async isHeld(role) {
      const entries = roles[role] ?? []
      if (entries.length === 0) return everybodyIn[role] !== undefined
      try {
        return (await Promise.all(entries.map(isHeldBy))).some((isHeld) => isHeld)
      } catch {
        return true
      }
    },

    async whoIs(userId, teamId) {
      try {
        const user = await userOf(userId)
        const refused = refusalOf(user, ours, teamId)
        if (refused) return refused
        const names = Object.keys(roles)
        const held = await Promise.all(names.map((role) => holds(role, userId)))
        return { person: { id: userId, roles: names.filter((_role, index) => held[index]) } }
      } catch (error) {
        const isUnknown =
          error instanceof SlackCallFailed &&
          ['user_not_found', 'user_not_visible'].includes(error.code ?? '')
        return isUnknown ? refusals.otherOrganisation : refusals.slackCannotSay
      }
    },
  }
}

const refusals = {
  otherOrganisation: {
    refused: 'Only members of this Slack workspace can use Privacy Desk.',
    ofThem: 'They aren’t a member of this Slack workspace.',
  },
  slackCannotSay: {
    refused: 'Slack can’t tell right now who has which role, so nothing was done. Try again in a minute.',
  },
  deactivated: {
    refused: 'This Slack account is deactivated.',
    ofThem: 'Their Slack account is deactivated.',
  },
  bot: {
    refused: 'Apps and bots can’t use Privacy Desk.',
    ofThem: 'They’re an app or a bot, which can’t use Privacy Desk.',
  },
  guest: {
    refused: 'Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.',
    ofThem: 'They’re a guest, and guests can’t use Privacy Desk.',
  },
} as const satisfies Record<string, RefusedPerson>

/** They belong to our workspace, and to the one that they act from, which in an Enterprise Grid may be another of it. */
function refusalOf(user: User, ours: string, actsFrom: string): RefusedPerson | undefined {
  if (user.isDeleted) return refusals.deactivated
  if (user.isBot) return refusals.bot
  if (user.isGuest) return refusals.guest
  // Where there is no Grid a click always names the workspace: one that names none is no click of Slack's.
  const from = actsFrom === '' && user.teamIds.length > 1 ? ours : actsFrom
  const belongs = [ours, from].every((teamId) => user.teamIds.includes(teamId))
  return user.isStranger || !belongs ? refusals.otherOrganisation : undefined
}

/** A group that is no more has no members; where a plan or a scope is lacking, no group has. */
async function membersOf(slack: RolesSource['slack'], groupId: string): Promise<readonly string[]> {
  try {
    return await slack.userGroupMembers(groupId)
  } catch (error) {
    const code = error instanceof SlackCallFailed ? (error.code ?? '') : ''
    if (['no_such_subteam', 'subteam_not_found'].includes(code) || hasNoGroups.has(code)) return []
    throw error
  }
}

/** A free plan has no user groups; an app may have been installed without `usergroups:read`. */
const hasNoGroups = new Set(['paid_teams_only', 'plan_upgrade_required', 'missing_scope', 'no_permission'])

/** The workspace's user groups, or Slack's reason for giving none. */
export interface NamedGroups {
  readonly groups: readonly UserGroup[]
  /** Slack's code, where it gives no groups to this app; they hold no role then, people who are named do. */
  readonly refused?: string
}

/** Reads the workspace's user groups, where a role's holders are named by any; otherwise Slack is not asked. */
export async function groupsFor(
  holders: readonly Pick<Members, 'groups' | 'handles'>[],
  slack: Pick<SlackClient, 'userGroups'>,
): Promise<NamedGroups> {
  const isNamed = holders.some(({ groups, handles }) => groups.length + handles.length > 0)
  return isNamed ? namedGroups(slack) : { groups: [] }
}

async function namedGroups(slack: Pick<SlackClient, 'userGroups'>): Promise<NamedGroups> {
  try {
    return { groups: await slack.userGroups() }
  } catch (error) {
    const refused = error instanceof SlackCallFailed ? error.code : undefined
    if (refused === undefined || !hasNoGroups.has(refused)) throw error
    return { groups: [], refused }
  }
}

/**
 * Keeps each answer for a minute from when it was asked for; what failed is not kept. By the clock and by a timer:
 * after a clock that was set back, the clock alone would take an old answer for a new one.
 */
function cache({ clock, stopped }: Pick<RolesSource, 'clock' | 'stopped'>) {
  const kept = new Map<string, { readonly askedAt: number; readonly answer: Promise<unknown> }>()
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const at = clock.now().getTime()
    for (const [other, { askedAt }] of kept) if (at - askedAt >= cacheMs || at < askedAt) kept.delete(other)
    const known = kept.get(key)
    if (known) return known.answer as Promise<T>
    const answer = ask()
    kept.set(key, { askedAt: at, answer })
    const [oldest] = kept.keys()
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    const forget = () => {
      if (kept.get(key)?.answer === answer) kept.delete(key)
    }
    clock.sleep(cacheMs, stopped).then(forget, forget)
    answer.catch(forget)
    return answer
  }
}
