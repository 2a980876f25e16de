/** The Slack calls that the bot makes: each is sent once, and every failure is a CallFailed. */
import type { KnownBlock, ModalView } from '@slack/types'
import { WebClient } from '@slack/web-api'
import { CallFailed } from '../call-failed.ts'
import {
  type Channel,
  ChannelAnswer,
  ChannelPage,
  MemberPage,
  Permalink,
  Posted,
  User,
  type UserGroup,
  UserGroupMembers,
  UserGroups,
  WhoAmI,
} from './answers.ts'
import { type Caller, callerOf, everyPage, type SlackConnection, webClientOptions } from './caller.ts'
import { SlackCallFailed } from './failure.ts'
import { followResponseUrl } from './response-url.ts'

export interface SlackMessage {
  /** For notifications and screen readers. */
  readonly text: string
  readonly blocks?: readonly KnownBlock[]
}

export interface Post extends SlackMessage {
  /** A channel, or a person's id for a direct message. */
  readonly channel: string
  readonly threadTs?: string
  /** Stands in the message's metadata, so that a post can be recognised. */
  readonly opId: string
}

/** Where a person is answered privately: where they clicked if that is still open, else in the channel, else directly. */
export interface PrivateAnswerTo {
  readonly userId: string
  readonly channel?: string
  readonly responseUrl?: string
}

export interface SlackClient {
  whoAmI(): Promise<WhoAmI>
  post(post: Post): Promise<Posted>
  update(message: SlackMessage & Posted): Promise<void>
  postEphemeral(message: SlackMessage & { channel: string; userId: string; threadTs?: string }): Promise<void>
  openModal(triggerId: string, view: ModalView): Promise<void>
  permalink(message: Posted): Promise<string>
  userInfo(userId: string): Promise<User>
  userGroups(): Promise<readonly UserGroup[]>
  userGroupMembers(groupId: string): Promise<readonly string[]>
  /** By id, or by name with or without `#`; undefined where the bot sees none. */
  channel(nameOrId: string): Promise<Channel | undefined>
  channelMembers(channelId: string): Promise<readonly string[]>
  answerAt(responseUrl: string, message: SlackMessage): Promise<void>
  answerPrivately(to: PrivateAnswerTo, message: SlackMessage): Promise<void>
}

/** Nothing of a text becomes a mention, a link preview or a picture by itself. */
const asWritten = { link_names: false, unfurl_links: false, unfurl_media: false, parse: 'none' } as const

export function connectSlack(connection: SlackConnection): SlackClient {
  const options = webClientOptions(connection)
  // One client a lane: a WebClient that is told to wait holds back all it is asked, and a trigger lives three seconds.
  const interactive = callerOf(new WebClient(connection.token, options))
  const outbox = callerOf(new WebClient(connection.token, options))
  const bulk = callerOf(new WebClient(connection.token, options))

  const client: SlackClient = {
    whoAmI: () => bulk.read('auth.test', {}, WhoAmI),
    post: ({ channel, text, blocks, threadTs, opId }) =>
      outbox.write(
        'chat.postMessage',
        {
          channel,
          text,
          ...(blocks && { blocks }),
          ...(threadTs !== undefined && { thread_ts: threadTs }),
          ...asWritten,
          metadata: { event_type: 'privacy_desk', event_payload: { op_id: opId } },
        },
        Posted,
      ),
    update: async ({ channel, ts, text, blocks }) => {
      const { link_names, parse: none } = asWritten
      await outbox.write('chat.update', { channel, ts, text, blocks: blocks ?? [], link_names, parse: none })
    },
    postEphemeral: async ({ channel, userId, threadTs, text, blocks }) => {
      const { link_names, parse: none } = asWritten
      await interactive.write('chat.postEphemeral', {
        ...{ channel, user: userId, text, link_names, parse: none },
        ...(blocks && { blocks }),
        ...(threadTs !== undefined && { thread_ts: threadTs }),
      })
    },
    openModal: async (triggerId, view) => {
      await interactive.write('views.open', { trigger_id: triggerId, view })
    },
    permalink: ({ channel, ts }) => outbox.read('chat.getPermalink', { channel, message_ts: ts }, Permalink),
    userInfo: (userId) => bulk.read('users.info', { user: userId }, User),
    userGroups: () => bulk.read('usergroups.list', {}, UserGroups),
    userGroupMembers: (groupId) =>
      bulk.read('usergroups.users.list', { usergroup: groupId }, UserGroupMembers),
    channel: (nameOrId) => findChannel(bulk, nameOrId),
    channelMembers: async (channel) => {
      const pages = await everyPage(bulk, 'conversations.members', { channel, limit: 1000 }, MemberPage)
      return pages.flatMap(({ members }) => members)
    },
    answerAt: (responseUrl, message) => followResponseUrl(connection, responseUrl, message),
    answerPrivately: (to, message) => answerPrivately(client, to, message),
  }
  return client
}

async function findChannel(bulk: Caller, nameOrId: string): Promise<Channel | undefined> {
  const wanted = nameOrId.replace(/^#/, '')
  if (/^[CG][A-Z0-9]{5,}$/.test(wanted)) {
    try {
      return (await bulk.read('conversations.info', { channel: wanted }, ChannelAnswer)).channel
    } catch (error) {
      if (error instanceof SlackCallFailed && error.code === 'channel_not_found') return undefined
      throw error
    }
  }
  const given = { types: 'public_channel,private_channel', exclude_archived: true, limit: 1000 }
  const pages = await everyPage(bulk, 'conversations.list', given, ChannelPage)
  return pages.flatMap(({ channels }) => channels).find(({ name }) => name === wanted)
}

async function answerPrivately(
  client: SlackClient,
  to: PrivateAnswerTo,
  message: SlackMessage,
): Promise<void> {
  const direct = () => client.post({ ...message, channel: to.userId, opId: 'private-answer' })
  const { responseUrl, channel } = to
  const ways: (() => Promise<unknown>)[] = [
    ...(responseUrl === undefined ? [] : [() => client.answerAt(responseUrl, message)]),
    ...(channel === undefined
      ? []
      : [() => client.postEphemeral({ ...message, channel, userId: to.userId })]),
    direct,
  ]
  for (const [index, way] of ways.entries()) {
    try {
      await way()
      return
    } catch (error) {
      const isRefused = error instanceof CallFailed && error.kind === 'not-done'
      if (!isRefused || index === ways.length - 1) throw error
    }
  }
}
