/** The Web API methods of the local Slack, answered in Slack's shapes and with Slack's errors. */
import { problemsOfMessage } from './block-limits.ts'
import { type Block, withIds } from './blocks.ts'
import { channelJson, messageJson, userJson, viewJson } from './json.ts'
import { BOT_ID, type Channel, PEOPLE, TEAM } from './people.ts'
import { openView, publishHome, pushView, SlackRefusal, updateView, useTrigger } from './views.ts'
import type { Message, View, Workspace } from './workspace.ts'

export type Arguments = Readonly<Record<string, unknown>>
type Method = (space: Workspace, given: Arguments) => Record<string, unknown>

/** https://docs.slack.dev/reference/methods/chat.postMessage: longer texts are refused. */
const TEXT_LIMIT = 40_000

export const METHODS: Readonly<Record<string, Method>> = {
  'api.test': (_space, given) => ({ args: given }),
  'auth.test': () => ({
    url: `https://${TEAM.domain}.slack.com/`,
    team: TEAM.name,
    user: PEOPLE.bot.name,
    team_id: TEAM.id,
    user_id: PEOPLE.bot.id,
    bot_id: BOT_ID,
    is_enterprise_install: false,
  }),
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.postEphemeral': postEphemeral,
  'chat.delete': (space, given) => {
    const message = ownMessage(space, given)
    space.replace(message, { deleted: true })
    return { channel: message.channel, ts: message.ts }
  },
  'chat.getPermalink': (space, given) => {
    const channel = channelOf(space, given)
    const ts = string(given, 'message_ts')
    if (!space.find(channel.id, ts)) throw new SlackRefusal('message_not_found')
    return {
      channel: channel.id,
      permalink: `https://${TEAM.domain}.slack.com/archives/${channel.id}/p${ts.replace('.', '')}`,
    }
  },
  'views.open': (space, given) => ({
    view: viewJson(openView(space, useTrigger(space, string(given, 'trigger_id')), given.view)),
  }),
  'views.push': (space, given) => ({
    view: viewJson(pushView(space, useTrigger(space, string(given, 'trigger_id')), given.view)),
  }),
  'views.update': (space, given) => {
    const current = viewOf(space, given)
    if (given.hash && given.hash !== current.hash) throw new SlackRefusal('hash_conflict')
    return { view: viewJson(updateView(space, current, given.view)) }
  },
  'views.publish': (space, given) => ({
    view: viewJson(publishHome(space, userOf(space, given).id, given.view)),
  }),
  'usergroups.list': (space, given) => ({
    usergroups: space.groups
      .filter((group) => !group.disabled || isTrue(given.include_disabled))
      .map((group) => ({
        id: group.id,
        team_id: TEAM.id,
        is_usergroup: true,
        name: group.name,
        handle: group.handle,
        date_delete: group.disabled ? 1 : 0,
        user_count: group.members.length,
        ...(isTrue(given.include_users) && { users: group.members }),
      })),
  }),
  'usergroups.users.list': (space, given) => {
    const group = space.group(string(given, 'usergroup'))
    if (!group || (group.disabled && !isTrue(given.include_disabled)))
      throw new SlackRefusal('no_such_subteam')
    return { users: group.members }
  },
  'users.info': (space, given) => ({ user: userJson(userOf(space, given)) }),
  'users.list': (space, given) => {
    const { page, response_metadata } = paged(space.people, given)
    return { members: page.map(userJson), response_metadata }
  },
  'conversations.info': (space, given) => ({ channel: channelJson(channelOf(space, given)) }),
  'conversations.list': (space, given) => {
    const types = typeof given.types === 'string' ? given.types.split(',') : ['public_channel']
    const seen = space.channels.filter((channel) =>
      types.includes(channel.isPrivate ? 'private_channel' : 'public_channel'),
    )
    const { page, response_metadata } = paged(seen, given)
    return { channels: page.map(channelJson), response_metadata }
  },
  'conversations.members': (space, given) => {
    const { page, response_metadata } = paged(channelOf(space, given).members, given)
    return { members: page, response_metadata }
  },
  'conversations.open': (space, given) => ({
    channel: { id: directChannel(space, string(given, 'users')).id },
  }),
}

function postMessage(space: Workspace, given: Arguments) {
  const channel = channelOf(space, given)
  const content = contentOf(space, given)
  const threadTs = threadOf(space, channel, given)
  const message = space.add({
    channel: channel.id,
    ts: space.newTs(),
    user: PEOPLE.bot.id,
    ...content,
    ...(threadTs && { threadTs }),
    ...(given.metadata !== undefined && { metadata: given.metadata }),
    deleted: false,
  })
  return { channel: channel.id, ts: message.ts, message: messageJson(message) }
}

function update(space: Workspace, given: Arguments) {
  const message = ownMessage(space, given)
  const content = contentOf(space, given, message)
  const metadata = given.metadata === undefined ? {} : { metadata: given.metadata }
  const updated = space.replace(message, { ...content, ...metadata, editedTs: space.newTs() })
  return { channel: updated.channel, ts: updated.ts, text: updated.text, message: messageJson(updated) }
}

function postEphemeral(space: Workspace, given: Arguments) {
  const channel = channelOf(space, given)
  const user = userOf(space, given)
  if (!channel.members.includes(user.id)) throw new SlackRefusal('user_not_in_channel')
  const threadTs = threadOf(space, channel, given)
  const message = space.add({
    channel: channel.id,
    ts: space.newTs(),
    user: PEOPLE.bot.id,
    ...contentOf(space, given),
    ...(threadTs && { threadTs }),
    deleted: false,
    visibleTo: user.id,
  })
  return { message_ts: message.ts }
}

/** Text and blocks as given, checked. An update that names no blocks keeps the former ones. */
export function contentOf(
  space: Workspace,
  given: Arguments,
  former?: Message,
): Pick<Message, 'text' | 'blocks'> {
  const text = typeof given.text === 'string' ? given.text : (former?.text ?? '')
  if (text.length > TEXT_LIMIT) throw new SlackRefusal('msg_too_long')
  const blocks = given.blocks === undefined ? (former?.blocks ?? []) : given.blocks
  const problems = problemsOfMessage(blocks)
  if (given.blocks !== undefined && problems.length > 0) throw new SlackRefusal('invalid_blocks', problems)
  const withAll = withIds(blocks as readonly Block[], () => space.newId('').slice(0, 5))
  if (text === '' && withAll.length === 0) throw new SlackRefusal('no_text')
  return { text, blocks: withAll }
}

function channelOf(space: Workspace, given: Arguments): Channel {
  const wanted = string(given, 'channel')
  if (space.person(wanted)) return directChannel(space, wanted)
  const channel = space.channel(wanted)
  if (!channel || (channel.isPrivate && !channel.members.includes(PEOPLE.bot.id)))
    throw new SlackRefusal('channel_not_found')
  return channel
}

function directChannel(space: Workspace, userId: string): Channel {
  const someone = space.person(userId)
  if (!someone) throw new SlackRefusal('users_not_found')
  const id = `D${userId.slice(1)}`
  const known = space.channel(id)
  if (known) return known
  const channel = { id, name: id, isPrivate: true, isShared: false, members: [userId, PEOPLE.bot.id] }
  space.channels.push(channel)
  return channel
}

/** A reply to a reply stands under the thread's first message, as in Slack. */
function threadOf(space: Workspace, channel: Channel, given: Arguments): string | undefined {
  if (given.thread_ts === undefined || given.thread_ts === '') return undefined
  const parent = space.find(channel.id, String(given.thread_ts))
  if (!parent) throw new SlackRefusal('thread_not_found')
  return parent.threadTs ?? parent.ts
}

function ownMessage(space: Workspace, given: Arguments): Message {
  const message = space.find(channelOf(space, given).id, string(given, 'ts'))
  if (!message || message.visibleTo) throw new SlackRefusal('message_not_found')
  if (message.user !== PEOPLE.bot.id) throw new SlackRefusal('cant_update_message')
  return message
}

function userOf(space: Workspace, given: Arguments) {
  const someone = space.person(typeof given.user === 'string' ? given.user : string(given, 'user_id'))
  if (!someone) throw new SlackRefusal('user_not_found')
  return someone
}

function viewOf(space: Workspace, given: Arguments): View {
  const all = [...space.views.values()].flat()
  const view = all.find(
    (one) => one.id === given.view_id || (one.externalId !== '' && one.externalId === given.external_id),
  )
  if (!view) throw new SlackRefusal('not_found')
  return view
}

function paged<Item>(all: readonly Item[], given: Arguments) {
  const start = typeof given.cursor === 'string' && given.cursor !== '' ? Number(given.cursor) : 0
  const end = start + (Number(given.limit) || 100)
  return {
    page: all.slice(start, end),
    response_metadata: { next_cursor: end < all.length ? String(end) : '' },
  }
}

function string(given: Arguments, name: string): string {
  const value = given[name]
  if (typeof value !== 'string' || value === '')
    throw new SlackRefusal('invalid_arguments', [`[ERROR] missing required field: ${name}`])
  return value
}

const isTrue = (value: unknown) => value === true || value === 'true' || value === '1'
