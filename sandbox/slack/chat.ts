/** The chat.* methods: what the app posts, changes and takes back. */
import { type Arguments, channelOf, isTrue, type Method, string, userOf } from './arguments.ts'
import { problemsOfMessage } from './block-limits.ts'
import { type Block, withIds } from './blocks.ts'
import { messageJson } from './json.ts'
import { type Channel, PEOPLE, TEAM } from './people.ts'
import { refuseBlocks, SlackRefusal } from './views.ts'
import type { Message, Workspace } from './workspace.ts'

/** https://docs.slack.dev/reference/methods/chat.postMessage: a longer text is cut. */
const TEXT_LIMIT = 40_000
/** https://docs.slack.dev/reference/methods/chat.update: a longer text is refused. */
const UPDATE_TEXT_LIMIT = 4_000
/** Not documented: three people measured 11,341 to 13,200 characters of blocks as the most that is taken. */
const BLOCKS_LIMIT = 13_200

export const CHAT_METHODS: Readonly<Record<string, Method>> = {
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
}

function postMessage(space: Workspace, given: Arguments) {
  const channel = openChannelOf(space, given)
  const content = contentOf(space, given)
  const threadTs = threadOf(space, channel, given)
  const message = space.add({
    channel: channel.id,
    ts: space.newTs(),
    user: PEOPLE.bot.id,
    ...content,
    ...(threadTs && { threadTs }),
    ...(threadTs && isTrue(given.reply_broadcast) && { isBroadcast: true }),
    ...(given.metadata !== undefined && { metadata: given.metadata }),
    deleted: false,
  })
  return { channel: channel.id, ts: message.ts, message: messageJson(message) }
}

function update(space: Workspace, given: Arguments) {
  openChannelOf(space, given)
  const message = ownMessage(space, given)
  const content = contentOf(space, given, message)
  const metadata = given.metadata === undefined ? {} : { metadata: given.metadata }
  const updated = space.replace(message, { ...content, ...metadata, editedTs: space.newTs() })
  return { channel: updated.channel, ts: updated.ts, text: updated.text, message: messageJson(updated) }
}

function postEphemeral(space: Workspace, given: Arguments) {
  const channel = openChannelOf(space, given)
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

function openChannelOf(space: Workspace, given: Arguments): Channel {
  const channel = channelOf(space, given)
  if (channel.isArchived) throw new SlackRefusal('is_archived')
  return channel
}

/** Text and blocks as given, checked. An update that names no blocks keeps the former ones. */
export function contentOf(
  space: Workspace,
  given: Arguments,
  former?: Message,
): Pick<Message, 'text' | 'blocks'> {
  const text = (typeof given.text === 'string' ? given.text : (former?.text ?? '')).slice(0, TEXT_LIMIT)
  if (former && text.length > UPDATE_TEXT_LIMIT) throw new SlackRefusal('msg_too_long')
  const blocks = given.blocks === undefined ? (former?.blocks ?? []) : given.blocks
  const problems = problemsOfMessage(blocks)
  if (given.blocks !== undefined && problems.length > 0) throw new SlackRefusal('invalid_blocks', problems)
  refuseBlocks(space, blocks, 'invalid_blocks')
  refuseUnknownFiles(space, blocks)
  if (charactersIn(blocks) > BLOCKS_LIMIT) throw new SlackRefusal('msg_blocks_too_long')
  const withAll = withIds(blocks as readonly Block[], () => space.newId('').slice(0, 5))
  if (text === '' && withAll.length === 0) throw new SlackRefusal('no_text')
  return { text, blocks: withAll }
}

/** A block may name a file that was uploaded whole, and no other. */
function refuseUnknownFiles({ files }: Workspace, blocks: unknown): void {
  const named = (blocks as readonly { readonly slack_file?: { readonly id: string } }[]).flatMap(
    ({ slack_file: file }) => file?.id ?? [],
  )
  if (named.some((id) => files.get(id)?.state !== 'done'))
    throw new SlackRefusal('invalid_blocks', ['[ERROR] invalid slack file [json-pointer:/blocks]'])
}

function charactersIn(blocks: unknown): number {
  let characters = 0
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') characters += value.length
    return value
  })
  return characters
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
