/** The JSON Slack shows of people, channels, messages and views. */
import { type Block, interactive } from './blocks.ts'
import { APP_ID, BOT_ID, type Channel, type Person, TEAM } from './people.ts'
import type { Message, View } from './workspace.ts'

export function userJson(someone: Person) {
  return {
    id: someone.id,
    ...(someone.teamId !== '' && { team_id: someone.teamId }),
    ...(someone.gridTeams && {
      enterprise_user: {
        id: someone.id,
        enterprise_id: 'E01ORG',
        enterprise_name: 'Org',
        teams: someone.gridTeams,
      },
    }),
    name: someone.name,
    real_name: someone.realName,
    deleted: someone.deleted,
    profile: { real_name: someone.realName, display_name: someone.name, team: someone.teamId },
    is_bot: someone.kind === 'bot',
    is_app_user: false,
    ...(!someone.deleted && {
      tz: someone.tz,
      is_admin: false,
      is_owner: false,
      is_restricted: someone.kind === 'guest',
      is_ultra_restricted: false,
      is_stranger: someone.kind === 'stranger',
    }),
  }
}

export function channelJson(channel: Channel) {
  const direct = channel.id.startsWith('D')
  return {
    id: channel.id,
    name: channel.name,
    is_channel: !direct,
    is_im: direct,
    is_private: channel.isPrivate,
    is_archived: channel.isArchived === true,
    is_general: channel.name === 'general',
    is_shared: channel.isShared,
    is_ext_shared: channel.isShared,
    is_org_shared: false,
    is_member: true,
    num_members: channel.members.length,
  }
}

export function messageJson(message: Message) {
  return {
    type: 'message',
    user: message.user,
    bot_id: BOT_ID,
    app_id: APP_ID,
    team: TEAM.id,
    ts: message.ts,
    text: message.text,
    blocks: message.blocks,
    ...(message.threadTs && { thread_ts: message.threadTs }),
    ...(message.metadata !== undefined && { metadata: message.metadata }),
    ...(message.editedTs && { edited: { user: BOT_ID, ts: message.editedTs } }),
  }
}

/** The value of one input as `state.values` carries it. */
export type StateValue = { readonly type: string } & Readonly<Record<string, unknown>>
export type StateValues = Readonly<Record<string, Readonly<Record<string, StateValue>>>>

export function viewJson(view: View, values: StateValues = {}) {
  const text = (words: string) => ({ type: 'plain_text', text: words, emoji: true })
  return {
    id: view.id,
    team_id: TEAM.id,
    app_installed_team_id: TEAM.id,
    app_id: APP_ID,
    bot_id: BOT_ID,
    type: view.type,
    title: text(view.title),
    submit: view.submit === undefined ? null : text(view.submit),
    close: view.close === undefined ? null : text(view.close),
    blocks: view.blocks,
    private_metadata: view.privateMetadata,
    callback_id: view.callbackId,
    external_id: view.externalId,
    state: { values },
    hash: view.hash,
    root_view_id: view.rootViewId,
    previous_view_id: view.previousViewId ?? null,
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
  }
}

/** What the inputs of these blocks hold before anybody touched them. */
export function initialValues(blocks: readonly Block[]): StateValues {
  const values: Record<string, Record<string, StateValue>> = {}
  for (const { block, element } of interactive(blocks)) {
    const type = element.type
    const initial =
      type === 'plain_text_input'
        ? { type, value: element.initial_value ?? null }
        : type === 'static_select' || type === 'radio_buttons'
          ? { type, selected_option: element.initial_option ?? null }
          : type === 'checkboxes' || type === 'multi_static_select'
            ? { type, selected_options: element.initial_options ?? [] }
            : type === 'users_select'
              ? { type, selected_user: element.initial_user ?? null }
              : undefined
    if (initial) values[block.block_id] = { ...values[block.block_id], [element.action_id ?? '']: initial }
  }
  return values
}
