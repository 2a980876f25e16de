/** The Web API methods of the local Slack, answered in Slack's shapes and with Slack's errors. */
import { z } from 'zod'
import {
  type Arguments,
  channelOf,
  directChannel,
  isTrue,
  type Method,
  paged,
  string,
  userOf,
  viewOf,
} from './arguments.ts'
import { problemsOfMessage } from './block-limits.ts'
import { CHAT_METHODS } from './chat.ts'
import { channelJson, userJson, viewJson } from './json.ts'
import { BOT_ID, PEOPLE, TEAM, type UserGroup } from './people.ts'
import { openView, publishHome, pushView, SlackRefusal, updateView, useTrigger } from './views.ts'
import { type Pane, type Unfurl, WorkObject } from './work-objects.ts'
import type { Workspace } from './workspace.ts'

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
  ...CHAT_METHODS,
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
  'views.publish': (space, given) => {
    const { id } = userOf(space, given)
    if (given.hash && given.hash !== space.homes.get(id)?.hash) throw new SlackRefusal('hash_conflict')
    return { view: viewJson(publishHome(space, id, given.view)) }
  },
  'files.getUploadURLExternal': (space, given) => {
    const length = Number(given.length)
    if (!Number.isSafeInteger(length) || length <= 0) throw new SlackRefusal('invalid_arguments')
    const id = space.newId('F')
    const altText = typeof given.alt_txt === 'string' ? given.alt_txt : ''
    space.files.set(id, { name: string(given, 'filename'), length, altText, state: 'asked-for' })
    return { upload_url: `${space.origin()}/upload/v1/${id}`, file_id: id }
  },
  'files.completeUploadExternal': (space, given) => {
    const files = (typeof given.files === 'string' ? JSON.parse(given.files) : given.files) as readonly {
      readonly id: string
    }[]
    for (const { id } of files) {
      const file = space.files.get(id)
      if (file?.state !== 'sent') throw new SlackRefusal('file_not_found')
      file.state = 'done'
    }
    return { files: files.map(({ id }) => ({ id })) }
  },
  'chat.unfurl': unfurl,
  'entity.presentDetails': presentDetails,
  'usergroups.list': (space, given) => ({
    usergroups: groupsOf(space)
      .filter((group) => !group.disabled || isTrue(given.include_disabled))
      .map((group) => ({
        id: group.id,
        team_id: TEAM.id,
        is_usergroup: true,
        name: group.name,
        handle: group.handle,
        date_delete: group.disabled ? 1 : 0,
        user_count: group.members.length,
        ...(isTrue(given.include_users) && !space.terms.groupsWithoutMembers && { users: group.members }),
      })),
  }),
  'usergroups.users.list': (space, given) => {
    const group = groupsOf(space).find(({ id }) => id === string(given, 'usergroup'))
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
    const seen = space.channels
      .filter((channel) => types.includes(channel.isPrivate ? 'private_channel' : 'public_channel'))
      .filter((channel) => !(channel.isArchived && isTrue(given.exclude_archived)))
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

/** What is no Work Object is dropped with a warning, and so is every one where the app may show none. */
function unfurl(space: Workspace, given: Arguments) {
  const metadata = given.metadata as { readonly entities?: unknown } | undefined
  const unfurls = given.unfurls as Unfurl['unfurls']
  if (!metadata?.entities && !unfurls) throw new SlackRefusal('missing_unfurls')
  for (const { blocks } of Object.values(unfurls ?? {}))
    if (problemsOfMessage(blocks).length > 0) throw new SlackRefusal('invalid_unfurls_format')
  const { data: entities, success } = z.array(WorkObject).safeParse(metadata?.entities ?? [])
  if (!success || (metadata?.entities && space.terms.noWorkObjects))
    return { warning: 'invalid_metadata_format' }
  const shown = { ...(entities.length > 0 && { entities }), ...(unfurls && { unfurls }) }
  space.unfurls.push(shown)
  const [channel = '', ts = ''] = messageOf(given)
  const message = space.find(channel, ts)
  if (message) space.replace(message, { unfurl: shown })
  return {}
}

/** By channel and timestamp, or by the id that the event gave, which holds both. */
function messageOf(given: Arguments): readonly string[] {
  if (given.unfurl_id === undefined) return [String(given.channel), String(given.ts)]
  return /^(\w+)\.(.+)$/.exec(String(given.unfurl_id))?.slice(1) ?? []
}

function presentDetails(space: Workspace, given: Arguments) {
  const userId = useTrigger(space, string(given, 'trigger_id'))
  const { data: entity, success } = WorkObject.optional().safeParse(given.metadata)
  if (!success) return { warning: 'invalid_metadata_format' }
  space.panes.push({ userId, ...(entity && { entity }), error: given.error })
  const open = space.openPanes.get(userId)
  const error = given.error as Pane['error']
  if (open) space.setPane(userId, { ...open, ...(entity && { entity }), ...(error && { error }) })
  return {}
}

function groupsOf({ groups, terms }: Workspace): readonly UserGroup[] {
  if (terms.noUserGroups !== undefined) throw new SlackRefusal(terms.noUserGroups)
  return groups
}
