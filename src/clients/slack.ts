/** The Slack calls that the bot makes: each is sent once, and every failure is a CallFailed. */
import type { KnownBlock, ModalView } from '@slack/types'
import { LogLevel, WebClient, type WebClientOptions } from '@slack/web-api'
import type { z } from 'zod'
import type { Fetch } from './ask.ts'
import { CallFailed } from './call-failed.ts'
import { parse } from './parse.ts'
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
} from './slack-answers.ts'
import { SlackCallFailed, slackCallFailed } from './slack-failure.ts'
import { followResponseUrl } from './slack-response-url.ts'

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

export interface SlackConnection {
  readonly token: string
  readonly apiUrl?: string
  readonly fetch: Fetch
  readonly timeoutMs?: number
}

/** Slack's own methods answer within a second; what takes ten is better looked up than waited for. */
const defaultTimeoutMs = 10_000

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

/** The WebClient's own defaults repeat a POST eleven times and wait out a 429 with the whole queue. */
function webClientOptions({
  apiUrl,
  fetch,
  timeoutMs = defaultTimeoutMs,
}: SlackConnection): WebClientOptions {
  const silent = () => {}
  return {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    fetch,
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    // What failed is thrown; the client's own log would add bodies and urls.
    logger: {
      ...{ debug: silent, info: silent, warn: silent, error: silent },
      ...{ setLevel: silent, setName: silent, getLevel: () => LogLevel.ERROR },
    },
  }
}

type Caller = ReturnType<typeof callerOf>

function callerOf(web: WebClient) {
  const call = async (method: string, given: Record<string, unknown>, reads: boolean): Promise<unknown> => {
    try {
      return await web.apiCall(method, given)
    } catch (error) {
      throw slackCallFailed(method, reads, error)
    }
  }
  async function write(method: string, given: Record<string, unknown>): Promise<void>
  async function write<T>(method: string, given: Record<string, unknown>, schema: z.ZodType<T>): Promise<T>
  async function write<T>(method: string, given: Record<string, unknown>, schema?: z.ZodType<T>) {
    const answer = await call(method, given, false)
    return schema && parse(schema, answer, { service: 'slack', method: 'POST', what: method })
  }
  const read = async <T>(method: string, given: Record<string, unknown>, schema: z.ZodType<T>): Promise<T> =>
    parse(schema, await call(method, given, true), { service: 'slack', method: 'GET', what: method })
  return { read, write }
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

async function everyPage<Page extends { readonly response_metadata: string }>(
  bulk: Caller,
  method: string,
  given: Record<string, unknown>,
  schema: z.ZodType<Page>,
): Promise<readonly Page[]> {
  const pages: Page[] = []
  const seen = new Set<string>()
  let cursor = ''
  do {
    seen.add(cursor)
    const page: Page = await bulk.read(method, { ...given, ...(cursor !== '' && { cursor }) }, schema)
    pages.push(page)
    cursor = page.response_metadata
  } while (cursor !== '' && !seen.has(cursor))
  return pages
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
