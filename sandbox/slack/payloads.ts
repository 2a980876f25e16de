/** The payloads Slack sends for what people do, field by field. */
import type { Element, Option, Placed } from './blocks.ts'
import {
  channelJson,
  initialValues,
  messageJson,
  type StateValue,
  type StateValues,
  viewJson,
} from './json.ts'
import { APP_ID, type Channel, type Person, TEAM } from './people.ts'
import type { Pane } from './work-objects.ts'
import type { Message, View } from './workspace.ts'

export type Payload = Readonly<Record<string, unknown>>

/** The legacy verification token: sent by Slack to this day, to be ignored. */
const TOKEN = 'legacy-verification-token'

interface Acting {
  readonly person: Person
  readonly triggerId: string
}

const common = ({ person, triggerId }: Acting) => ({
  token: TOKEN,
  api_app_id: APP_ID,
  team: { id: TEAM.id, domain: TEAM.domain },
  user: {
    id: person.id,
    username: person.name,
    name: person.name,
    ...(person.teamId !== '' && { team_id: person.teamId }),
  },
  trigger_id: triggerId,
  enterprise: null,
  is_enterprise_install: false,
})

export function actionOf(
  { block, element }: Placed,
  actionTs: string,
  chosen: readonly Option[] = [],
): Payload {
  const { type, confirm } = element
  return {
    type,
    action_id: element.action_id,
    block_id: block.block_id,
    action_ts: actionTs,
    ...(confirm && { confirm }),
    ...(type === 'button' && { text: element.text, ...(element.value && { value: element.value }) }),
    ...(type !== 'button' && stateOf(element, chosen)),
    ...(element.placeholder && { placeholder: element.placeholder }),
  }
}

/** How a choice stands in `state.values` and in an action. */
export function stateOf(element: Element, chosen: readonly Option[]): StateValue {
  const many = element.type === 'checkboxes' || element.type === 'multi_static_select'
  return many
    ? { type: element.type, selected_options: chosen }
    : { type: element.type, selected_option: chosen[0] ?? null }
}

/** A shortcut chosen in a message's menu: the message comes whole, whoever wrote it. */
export function messageShortcut(
  acting: Acting,
  channel: Channel,
  message: Message,
  callbackId: string,
  responseUrl: string,
): Payload {
  const { id, name } = channelJson(channel)
  return {
    type: 'message_action',
    ...common(acting),
    callback_id: callbackId,
    action_ts: message.ts,
    message_ts: message.ts,
    channel: { id, name },
    message: messageJson(message),
    response_url: responseUrl,
  }
}

/** A click or a choice in a message; a message only one person sees comes without its content. */
export function messageAction(
  acting: Acting,
  channel: Channel,
  message: Message,
  action: Payload,
  responseUrl: string,
): Payload {
  const isEphemeral = message.visibleTo !== undefined
  const { id, name } = channelJson(channel)
  return {
    type: 'block_actions',
    ...common(acting),
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: id,
      is_ephemeral: isEphemeral,
      ...(message.threadTs && { thread_ts: message.threadTs }),
    },
    channel: { id, name },
    ...(!isEphemeral && { message: messageJson(message) }),
    state: { values: withAction(initialValues(message.blocks), action) },
    response_url: responseUrl,
    actions: [action],
  }
}

/** A click in the pane of a link. The container's fields are those of the event that opened it. */
export function paneAction(acting: Acting, channel: Channel, pane: Pane, action: Payload): Payload {
  const { entity_url, app_unfurl_url, external_ref, message_ts } = linkFields(pane)
  const { id, name } = channelJson(channel)
  return {
    type: 'block_actions',
    ...common(acting),
    container: {
      type: 'entity_detail',
      ...{ entity_url, app_unfurl_url, external_ref, message_ts },
      channel_id: id,
    },
    channel: { id, name },
    actions: [action],
  }
}

/** Somebody opens the pane of a link: the app fills it by the trigger. */
export function paneRequested(
  { person, triggerId }: Acting,
  pane: Pane,
): { readonly type: string } & Payload {
  return {
    type: 'entity_details_requested',
    user: person.id,
    channel: pane.channel,
    trigger_id: triggerId,
    user_locale: 'en-US',
    ...linkFields(pane),
  }
}

const linkFields = ({ link, ts }: Pane) => ({
  entity_url: link.url,
  app_unfurl_url: link.app_unfurl_url ?? link.url,
  external_ref: link.external_ref,
  message_ts: ts,
})

export function viewAction(acting: Acting, view: View, action: Payload, values: StateValues): Payload {
  return {
    type: 'block_actions',
    ...common(acting),
    container: { type: 'view', view_id: view.id },
    view: viewJson(view, withAction(values, action)),
    actions: [action],
  }
}

export function viewSubmission(acting: Acting, view: View, values: StateValues): Payload {
  return {
    type: 'view_submission',
    ...common(acting),
    view: viewJson(view, values),
    response_urls: [],
  }
}

export function viewClosed(acting: Acting, view: View, isCleared: boolean): Payload {
  const { trigger_id: _none, ...rest } = common(acting)
  return { type: 'view_closed', ...rest, view: viewJson(view), is_cleared: isCleared }
}

export function slashCommand(
  acting: Acting,
  channel: Channel,
  command: string,
  text: string,
  responseUrl: string,
): Payload {
  return {
    token: TOKEN,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: channel.id,
    channel_name: channel.isPrivate ? 'privategroup' : channel.name,
    user_id: acting.person.id,
    user_name: acting.person.name,
    command,
    text,
    api_app_id: APP_ID,
    is_enterprise_install: false,
    response_url: responseUrl,
    trigger_id: acting.triggerId,
  }
}

export function eventCallback(event: Payload, eventId: string, at: Date): Payload {
  return {
    token: TOKEN,
    team_id: TEAM.id,
    api_app_id: APP_ID,
    event,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(at.getTime() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: TEAM.id,
        user_id: 'U01DESKBOT',
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  }
}

function withAction(values: StateValues, action: Payload): StateValues {
  if (action.type === 'button' || action.type === 'overflow') return values
  const blockId = String(action.block_id)
  const { type, selected_option, selected_options } = action
  const state = selected_options === undefined ? { type, selected_option } : { type, selected_options }
  return { ...values, [blockId]: { ...values[blockId], [String(action.action_id)]: state as StateValue } }
}
