/** The arguments of a Web API call, read as Slack reads them. */
import { type Channel, PEOPLE } from './people.ts'
import { SlackRefusal } from './views.ts'
import type { View, Workspace } from './workspace.ts'

export type Arguments = Readonly<Record<string, unknown>>
export type Method = (space: Workspace, given: Arguments) => Record<string, unknown>

export function channelOf(space: Workspace, given: Arguments): Channel {
  const wanted = string(given, 'channel')
  if (space.person(wanted)) return directChannel(space, wanted)
  const channel = space.channel(wanted)
  if (!channel || (channel.isPrivate && !channel.members.includes(PEOPLE.bot.id)))
    throw new SlackRefusal('channel_not_found')
  return channel
}

export function directChannel(space: Workspace, userId: string): Channel {
  const someone = space.person(userId)
  if (!someone) throw new SlackRefusal('users_not_found')
  const id = `D${userId.slice(1)}`
  const known = space.channel(id)
  if (known) return known
  const channel = { id, name: id, isPrivate: true, isShared: false, members: [userId, PEOPLE.bot.id] }
  space.channels.push(channel)
  return channel
}

export function userOf(space: Workspace, given: Arguments) {
  const someone = space.person(typeof given.user === 'string' ? given.user : string(given, 'user_id'))
  if (!someone) throw new SlackRefusal('user_not_found')
  return someone
}

export function viewOf(space: Workspace, given: Arguments): View {
  const all = [...space.views.values()].flat()
  const view = all.find(
    (one) => one.id === given.view_id || (one.externalId !== '' && one.externalId === given.external_id),
  )
  if (!view) throw new SlackRefusal('not_found')
  return view
}

export function paged<Item>(all: readonly Item[], given: Arguments) {
  const start = typeof given.cursor === 'string' && given.cursor !== '' ? Number(given.cursor) : 0
  const end = start + (Number(given.limit) || 100)
  return {
    page: all.slice(start, end),
    response_metadata: { next_cursor: end < all.length ? String(end) : '' },
  }
}

export function string(given: Arguments, name: string): string {
  const value = given[name]
  if (typeof value !== 'string' || value === '')
    throw new SlackRefusal('invalid_arguments', [`[ERROR] missing required field: ${name}`])
  return value
}

export const isTrue = (value: unknown) => value === true || value === 'true' || value === '1'
