/** What the bot has to know of its Slack workspace before it can work. Fails with a sentence that says what is missing. */

import type { Config } from '../../config/config.ts'
import type { Role } from '../../engine/request.ts'
import type { Card } from '../../store/store.ts'
import type { SlackClient } from './client.ts'

export interface Workspace {
  readonly teamId: string
  /** The id of the channel in which the cards stand. */
  readonly channel: string
  /** The id of the channel of the security tickets; absent without Zendesk. */
  readonly securityChannel?: string
  /** By role: group ids, `@handles` and user ids. */
  readonly roles: Readonly<Record<Role, readonly string[]>>
  /** Whoever holds the role, as mentions; empty where nobody does. */
  readonly mention: (role: Role) => string
  readonly cardUrl: (card: Card) => string
}

class NoWorkspace extends Error {
  override readonly name = 'NoWorkspace'
}

interface Log {
  warn(fields: object, message: string): void
}

export async function findWorkspace(slack: SlackClient, config: Config, log: Log): Promise<Workspace> {
  const { teamId, url } = await slack.whoAmI()
  const channels = await findChannels(slack, config, log)
  const groups = await slack.userGroups()
  const entries = (role: Role) => {
    const { groups: ids, handles, users } = config.roles[role]
    return {
      ids: [
        ...ids,
        ...handles.flatMap((handle) => groups.find((group) => group.handle === handle)?.id ?? []),
      ],
      users,
    }
  }
  const held = (role: Role) => {
    const { groups: ids, handles, users } = config.roles[role]
    return [...ids, ...handles.map((handle) => `@${handle}`), ...users]
  }
  return {
    teamId,
    ...channels,
    roles: {
      'support-engineer': held('support-engineer'),
      'support-manager': held('support-manager'),
      privacy: held('privacy'),
      'field-security': held('field-security'),
    },
    mention: (role) => {
      const { ids, users } = entries(role)
      return [...ids.map((id) => `<!subteam^${id}>`), ...users.map((id) => `<@${id}>`)].join(' ')
    },
    cardUrl: ({ channel: at, ts }) => new URL(`archives/${at}/p${ts.replace('.', '')}`, url).href,
  }
}

async function findChannels(
  slack: SlackClient,
  { slack: { privacyChannel, securityChannel }, zendesk }: Config,
  log: Log,
): Promise<Pick<Workspace, 'channel' | 'securityChannel'>> {
  const channel = await findChannel(slack, privacyChannel, 'PRIVACY_CHANNEL', log)
  if (zendesk === undefined) return { channel }
  const security = await findChannel(slack, securityChannel, 'SECURITY_CHANNEL', log)
  // One by its name and the other by its id: the configuration alone could not tell.
  if (security === channel)
    throw new NoWorkspace(
      'SECURITY_CHANNEL and PRIVACY_CHANNEL are the same channel: tickets are for Field Security only.',
    )
  return { channel, securityChannel: security }
}

async function findChannel(
  slack: SlackClient,
  nameOrId: string,
  variable: 'PRIVACY_CHANNEL' | 'SECURITY_CHANNEL',
  log: Log,
): Promise<string> {
  const channel = await slack.channel(nameOrId)
  if (!channel)
    throw new NoWorkspace(`The bot sees no channel with the name or id in ${variable}: invite it there.`)
  if (!channel.isPrivate || channel.isShared)
    log.warn(
      { channel: channel.id },
      `${variable} should be private and not shared with another organisation`,
    )
  return channel.id
}
