/** What the bot has to know of its Slack workspace before it can work. Fails with a sentence that says what is missing. */
import type { SlackClient } from './clients/slack.ts'
import type { Config } from './config.ts'
import type { Role } from './engine/request.ts'
import type { Card } from './store/store.ts'

export interface Workspace {
  readonly teamId: string
  /** The id of the channel in which the cards stand. */
  readonly channel: string
  /** By role: group ids, `@handles` and user ids. */
  readonly roles: Readonly<Record<Role, readonly string[]>>
  /** Whoever holds the role, as mentions; empty where nobody does. */
  readonly mention: (role: Role) => string
  readonly cardUrl: (card: Card) => string
}

class NoWorkspace extends Error {
  override readonly name = 'NoWorkspace'
}

export async function findWorkspace(
  slack: SlackClient,
  config: Config,
  log: { warn(fields: object, message: string): void },
): Promise<Workspace> {
  const { teamId, url } = await slack.whoAmI()
  const channel = await slack.channel(config.slack.privacyChannel)
  if (!channel)
    throw new NoWorkspace('The bot sees no channel with the name or id in PRIVACY_CHANNEL: invite it there.')
  if (!channel.isPrivate || channel.isShared)
    log.warn(
      { channel: channel.id },
      'PRIVACY_CHANNEL should be private and not shared with another organisation',
    )
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
    channel: channel.id,
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
