/** The facts about its Slack workspace that the bot needs before it can work. Finding them fails with a sentence that says what is missing. */

import type { Desk, Members, StaffedDesk } from '../../desks/desk.ts'
import type { Role } from '../../engine/request.ts'
import type { Log } from '../../http/log.ts'
import type { Card } from '../../store/store.ts'
import type { Channel, UserGroup } from './answers.ts'
import type { SlackClient } from './client.ts'
import { SlackCallFailed } from './failure.ts'
import { groupsFor } from './roles.ts'

/** The workspace as the desks need it: ids, channels, roles and addresses. */
export interface Workspace {
  readonly teamId: string
  /** By desk: the id of the channel in which its cards stand. */
  readonly channels: Readonly<Record<string, string>>
  /** By role: group ids, `@handles` and user ids. */
  readonly roles: Readonly<Record<Role, readonly string[]>>
  /** By role: every full member of this channel holds it, unless the role is set. */
  readonly everybodyIn: Readonly<Record<Role, string>>
  /** Those that Slack named at the start, where a role names any. */
  readonly groups: readonly UserGroup[]
  readonly cardUrl: (card: Card) => string
}

class NoWorkspace extends Error {
  override readonly name = 'NoWorkspace'
}

/** Finds the workspace for the desks that are switched on. Throws `NoWorkspace` with a sentence, and `CallFailed`. */
export async function findWorkspace(
  slack: SlackClient,
  desks: readonly StaffedDesk[],
  log: Pick<Log, 'info' | 'warn'>,
): Promise<Workspace> {
  const { teamId, url } = await slack.whoAmI().catch(sayNoToken)
  const channels = await findChannels(slack, desks, log)
  const people = desks.flatMap(({ desk, members }) =>
    desk.people.map((one) => ({ ...one, channel: channels[desk.name], ...(members[one.name] ?? nobody) })),
  )
  const { groups, refused } = await groupsFor(people, slack)
  if (refused !== undefined)
    log.warn(
      { code: refused },
      'Slack gives the bot no user groups, so they hold no role: name people by their ids',
    )
  return {
    teamId,
    channels,
    roles: Object.fromEntries(
      people.map(({ name, groups: ids, handles, users }) => [
        name,
        [...ids, ...handles.map((handle) => `@${handle}`), ...users],
      ]),
    ),
    everybodyIn: Object.fromEntries(
      people.flatMap(({ name, isWholeChannel, channel }) =>
        isWholeChannel && channel !== undefined ? [[name, channel]] : [],
      ),
    ),
    groups,
    cardUrl: ({ channel: at, ts }) => new URL(`archives/${at}/p${ts.replace('.', '')}`, url).href,
  }
}

/** Slack's codes for a token that it takes no more, or never did: https://docs.slack.dev/reference/methods/auth.test */
const refusedTokens = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
])

function sayNoToken(error: unknown): never {
  const code = error instanceof SlackCallFailed ? error.code : undefined
  if (code === undefined || !refusedTokens.has(code)) throw error
  throw new NoWorkspace(
    `Slack doesn’t accept SLACK_BOT_TOKEN (${code}): copy the app’s Bot User OAuth Token again.`,
  )
}

const nobody: Members = { groups: [], handles: [], users: [] }

async function findChannels(
  slack: SlackClient,
  desks: readonly StaffedDesk[],
  log: Pick<Log, 'info' | 'warn'>,
): Promise<Workspace['channels']> {
  const names = desks.map(({ channel }) => channel)
  const seen = await slack.channels(names, (seconds) =>
    log.info(
      { seconds },
      'Slack asks to wait before it lists more channels: name them by their ids to start at once',
    ),
  )
  const found: { readonly desk: Desk; readonly channel: string }[] = []
  for (const [index, { desk }] of desks.entries()) {
    const channel = checked(seen[index], desk.channelVariable, log)
    // One by its name and the other by its id: the configuration alone could not tell.
    const other = found.find((one) => one.channel === channel)?.desk
    const because = desk.ownChannel ?? other?.ownChannel
    if (other && because !== undefined)
      throw new NoWorkspace(
        `${desk.channelVariable} and ${other.channelVariable} are the same channel: ${because}.`,
      )
    found.push({ desk, channel })
  }
  return Object.fromEntries(found.map(({ desk, channel }) => [desk.name, channel]))
}

function checked(channel: Channel | undefined, variable: string, log: Pick<Log, 'info' | 'warn'>): string {
  if (!channel)
    throw new NoWorkspace(`The bot sees no channel with the name or id in ${variable}: invite it there.`)
  if (!channel.isPrivate || channel.isShared)
    log.warn(
      { channel: channel.id },
      `${variable} should be private and not shared with another organization`,
    )
  return channel.id
}
