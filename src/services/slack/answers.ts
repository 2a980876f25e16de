/** Slack's answers, in our form: only the fields used. */
import { z } from 'zod'

/** The schema of `auth.test`. */
export const WhoAmI = z
  .object({ team_id: z.string(), user_id: z.string(), bot_id: z.string().optional(), url: z.string() })
  .transform(({ team_id, user_id, bot_id, url }) => ({
    teamId: team_id,
    userId: user_id,
    botId: bot_id,
    url,
  }))
/** The bot's own account and workspace. */
export type WhoAmI = z.infer<typeof WhoAmI>

/** The schema of `chat.postMessage`. */
export const Posted = z.object({ channel: z.string(), ts: z.string() })
/** The address of a message: its channel and its `ts`. */
export type Posted = z.infer<typeof Posted>

/** The schema of an answer of which only the warning counts. */
export const Warned = z.object({ warning: z.string().optional() })

/** The schema of `chat.getPermalink`: the message's address. */
export const Permalink = z.object({ permalink: z.string() }).transform(({ permalink }) => permalink)

/**
 * Somebody in the workspace. `teamIds` are those they belong to: one, that of the home of a person who is here through
 * Slack Connect, or in an Enterprise Grid all of its workspaces that they are a member of, where `team_id` may be missing
 * or another one. https://docs.slack.dev/reference/objects/user-object
 */
export const User = z
  .object({
    user: z.object({
      id: z.string(),
      team_id: z.string().optional(),
      enterprise_user: z.object({ teams: z.array(z.string()).default([]) }).optional(),
      name: z.string().optional(),
      real_name: z.string().optional(),
      deleted: z.boolean().default(false),
      is_bot: z.boolean().default(false),
      is_restricted: z.boolean().default(false),
      is_ultra_restricted: z.boolean().default(false),
      is_stranger: z.boolean().default(false),
    }),
  })
  .transform(({ user }) => ({
    id: user.id,
    teamIds: [...(user.team_id === undefined ? [] : [user.team_id]), ...(user.enterprise_user?.teams ?? [])],
    name: user.real_name ?? user.name ?? user.id,
    isDeleted: user.deleted,
    isBot: user.is_bot,
    isGuest: user.is_restricted || user.is_ultra_restricted,
    isStranger: user.is_stranger,
  }))
/** A person as `users.info` tells. */
export type User = z.infer<typeof User>

/** The schema of `usergroups.list`, which names each group's members where it was asked to. */
export const UserGroups = z
  .object({
    usergroups: z.array(
      z.object({
        id: z.string(),
        handle: z.string(),
        name: z.string().default(''),
        users: z.array(z.string()).optional(),
      }),
    ),
  })
  .transform(({ usergroups }) => usergroups)
/** A user group: its id and handle. */
export type UserGroup = z.infer<typeof UserGroups>[number]

/** The schema of `usergroups.users.list`: user ids. */
export const UserGroupMembers = z.object({ users: z.array(z.string()) }).transform(({ users }) => users)

const channel = z
  .object({
    id: z.string(),
    name: z.string().default(''),
    is_private: z.boolean().default(false),
    is_ext_shared: z.boolean().default(false),
    is_archived: z.boolean().default(false),
    is_member: z.boolean().default(false),
  })
  .transform((one) => ({
    id: one.id,
    name: one.name,
    isPrivate: one.is_private,
    isShared: one.is_ext_shared,
    isArchived: one.is_archived,
    isMember: one.is_member,
  }))
/** A channel that the bot sees. */
export type Channel = z.infer<typeof channel>

const next = z
  .object({ next_cursor: z.string().default('') })
  .optional()
  .transform((metadata) => metadata?.next_cursor ?? '')

/** The schema of `conversations.info`. */
export const ChannelAnswer = z.object({ channel })
/** The schema of one page of a list of channels. */
export const ChannelPage = z.object({ channels: z.array(channel), response_metadata: next })
/** The schema of one page of `conversations.members`: user ids. */
export const MemberPage = z.object({ members: z.array(z.string()), response_metadata: next })
