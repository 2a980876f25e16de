/** The Slack calls that the bot makes: each is sent once, and every failure is a CallFailed. */

import type { EntityMetadata, HomeView, KnownBlock, ModalView } from '@slack/types'
import { WebClient } from '@slack/web-api'
import type { z } from 'zod'
import type { Clock } from '../../clock.ts'
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
  Warned,
  WhoAmI,
} from './answers.ts'
import {
  type Caller,
  callerOf,
  everyPage,
  followResponseUrl,
  type SlackConnection,
  webClientOptions,
} from './caller.ts'
import { SlackCallFailed } from './failure.ts'
import { type Picture, uploadPicture } from './upload.ts'

/** A message: blocks, and the text for where they are not shown. */
export interface SlackMessage {
  /** For notifications and screen readers. */
  readonly text: string
  readonly blocks?: readonly KnownBlock[]
}

/** A message to be posted. */
export interface Post extends SlackMessage {
  /** A channel, or a person's id for a direct message. */
  readonly channel: string
  readonly threadTs?: string
  /** A reply in a thread is shown in the channel as well. */
  readonly isBroadcast?: boolean
  /** Stands in the message's metadata, so that a post can be recognised. */
  readonly opId: string
  /** The head of the audit log, `COUNT:HASH`, in the metadata, which nobody sees. */
  readonly auditHead?: string
}

/**
 * The place of a private answer: the click or command if its address is still open, else the channel, else a direct
 * message.
 */
export interface PrivateAnswerTo {
  readonly userId: string
  readonly channel?: string
  readonly responseUrl?: string
}

/** The calls to Slack. Each throws `SlackCallFailed` or `CallFailed`. */
export interface SlackClient {
  whoAmI(): Promise<WhoAmI>
  post(post: Post): Promise<Posted>
  update(message: SlackMessage & Posted): Promise<void>
  postEphemeral(message: SlackMessage & { channel: string; userId: string; threadTs?: string }): Promise<void>
  /** `on-top`: over the modal that is open. False where Slack did not open it and says nothing against it: the trigger had expired, Slack was asked too much, or gave no answer. */
  openModal(triggerId: string, view: ModalView, place?: 'alone' | 'on-top'): Promise<boolean>
  /** Draws an open modal again. */
  updateModal(viewId: string, view: ModalView): Promise<void>
  /** Puts a person's App Home in place of the one before. */
  publishHome(userId: string, view: HomeView): Promise<void>
  /** Uploads a picture and returns the file's id; nobody sees it but where a block names it. */
  upload(picture: Picture): Promise<string>
  /** Shows links in a message. False where Slack drops what it was given, which it says in a warning. */
  unfurl(
    message: {
      readonly channel: string
      readonly ts: string
      readonly unfurlId?: string
      readonly source?: string
    },
    shown:
      | { readonly entities: readonly EntityMetadata[] }
      | { readonly blocks: Readonly<Record<string, readonly KnownBlock[]>> },
  ): Promise<boolean>
  /** Fills the pane of a Work Object for the person who opened it, or says why not. False as with `unfurl`. */
  presentDetails(
    triggerId: string,
    shown: { readonly entity: EntityMetadata } | { readonly because: string },
  ): Promise<boolean>
  permalink(message: Posted): Promise<string>
  userInfo(userId: string): Promise<User>
  /** All groups with their members, in one call: https://docs.slack.dev/reference/methods/usergroups.list */
  userGroups(): Promise<readonly UserGroup[]>
  userGroupMembers(groupId: string): Promise<readonly string[]>
  /**
   * By id, or by name with or without `#`, in their order; undefined where the bot sees none. Names are looked for in one
   * pass through the list, which in a large workspace Slack interrupts for half a minute at a time: that is waited out.
   */
  channels(
    namesOrIds: readonly string[],
    waits?: (seconds: number) => void,
  ): Promise<readonly (Channel | undefined)[]>
  channelMembers(channelId: string): Promise<readonly string[]>
  answerAt(responseUrl: string, message: SlackMessage): Promise<void>
  answerPrivately(to: PrivateAnswerTo, message: SlackMessage): Promise<void>
}

/** Options that keep Slack from making a mention, a link preview or a picture of a text by itself. */
const asWritten = { link_names: false, unfurl_links: false, unfurl_media: false, parse: 'none' } as const

/** Connects the calls; nothing is sent before the first of them. */
export function connectSlack(connection: SlackConnection): SlackClient {
  const options = webClientOptions(connection)
  // One client a lane: a WebClient that is told to wait holds back all it is asked, and a trigger lives three seconds.
  const interactive = callerOf(new WebClient(connection.token, options))
  const outbox = callerOf(new WebClient(connection.token, options))
  const bulk = callerOf(new WebClient(connection.token, options))

  const client: SlackClient = {
    whoAmI: () => bulk.read('auth.test', {}, WhoAmI),
    post: ({ channel, text, blocks, threadTs, isBroadcast, opId, auditHead }) =>
      outbox.write(
        'chat.postMessage',
        {
          channel,
          text,
          ...(blocks && { blocks }),
          ...(threadTs !== undefined && { thread_ts: threadTs }),
          ...(isBroadcast && { reply_broadcast: true }),
          ...asWritten,
          metadata: {
            event_type: 'privacy_desk',
            event_payload: { op_id: opId, ...(auditHead !== undefined && { audit_head: auditHead }) },
          },
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
    openModal: (triggerId, view, place = 'alone') => openModal(interactive, triggerId, view, place),
    updateModal: (viewId, view) => interactive.write('views.update', { view_id: viewId, view }),
    publishHome: (userId, view) => interactive.write('views.publish', { user_id: userId, view }),
    upload: (picture) => uploadPicture(outbox, connection, picture),
    unfurl: async ({ channel, ts, unfurlId, source }, shown) => {
      const place =
        unfurlId !== undefined && source !== undefined ? { unfurl_id: unfurlId, source } : { channel, ts }
      const given =
        'entities' in shown
          ? { metadata: { entities: shown.entities } }
          : {
              unfurls: Object.fromEntries(
                Object.entries(shown.blocks).map(([url, blocks]) => [url, { blocks }]),
              ),
            }
      return !isWarned(await outbox.write('chat.unfurl', { ...place, ...given }, Warned))
    },
    presentDetails: async (triggerId, shown) => {
      const given =
        'entity' in shown
          ? { metadata: shown.entity }
          : { error: { status: 'custom', custom_title: 'Not for you', custom_message: shown.because } }
      const answer = await interactive.write(
        'entity.presentDetails',
        { trigger_id: triggerId, ...given },
        Warned,
      )
      return !isWarned(answer)
    },
    permalink: ({ channel, ts }) => outbox.read('chat.getPermalink', { channel, message_ts: ts }, Permalink),
    userInfo: (userId) => bulk.read('users.info', { user: userId }, User),
    userGroups: () => bulk.read('usergroups.list', { include_users: true }, UserGroups),
    userGroupMembers: (groupId) =>
      bulk.read('usergroups.users.list', { usergroup: groupId }, UserGroupMembers),
    channels: (namesOrIds, waits = () => {}) =>
      findChannels(patient(bulk, connection.sleep, waits), namesOrIds),
    channelMembers: async (channel) => {
      const given = { channel, limit: 1000 }
      const pages = await Array.fromAsync(everyPage(bulk.read, 'conversations.members', given, MemberPage))
      return pages.flatMap(({ members }) => members)
    },
    answerAt: (responseUrl, message) => followResponseUrl(connection, responseUrl, message),
    answerPrivately: (to, message) => answerPrivately(client, to, message),
  }
  return client
}

/** Where metadata is not as it should be, Slack answers with `ok` all the same. */
function isWarned({ warning }: z.infer<typeof Warned>): boolean {
  return warning?.includes('metadata') === true
}

/** Slack says how long to wait; where it does not, as long as its limits count. https://docs.slack.dev/apis/web-api/rate-limits */
const waitUnlessSaidSeconds = 60

/** Asks again, when Slack says so, after Slack turns a call away: at the start there is time to wait. */
function patient({ read }: Caller, sleep: Clock['sleep'], waits: (seconds: number) => void): Caller['read'] {
  return async (method, given, schema) => {
    for (;;) {
      try {
        return await read(method, given, schema)
      } catch (error) {
        if (!(error instanceof SlackCallFailed) || !isTurnedAway(error)) throw error
        const seconds = error.retryAfterSeconds ?? waitUnlessSaidSeconds
        waits(seconds)
        await sleep(seconds * 1000)
      }
    }
  }
}

function isTurnedAway({ status, code }: SlackCallFailed): boolean {
  return status === 429 || code === 'ratelimited' || code === 'rate_limited'
}

async function findChannels(
  read: Caller['read'],
  namesOrIds: readonly string[],
): Promise<readonly (Channel | undefined)[]> {
  const wanted = namesOrIds.map((nameOrId) => nameOrId.replace(/^#/, ''))
  const isId = (nameOrId: string) => /^[CG][A-Z0-9]{5,}$/.test(nameOrId)
  const found = new Map<string, Channel>()
  for (const id of wanted.filter(isId)) {
    const channel = await channelById(read, id)
    if (channel) found.set(id, channel)
  }
  const missing = new Set(wanted.filter((name) => !isId(name)))
  const given = { types: 'public_channel,private_channel', exclude_archived: true, limit: 1000 }
  if (missing.size > 0)
    for await (const { channels } of everyPage(read, 'conversations.list', given, ChannelPage)) {
      for (const channel of channels) if (missing.delete(channel.name)) found.set(channel.name, channel)
      if (missing.size === 0) break
    }
  return wanted.map((nameOrId) => found.get(nameOrId))
}

async function channelById(read: Caller['read'], channel: string): Promise<Channel | undefined> {
  try {
    return (await read('conversations.info', { channel }, ChannelAnswer)).channel
  } catch (error) {
    if (error instanceof SlackCallFailed && error.code === 'channel_not_found') return undefined
    throw error
  }
}

/** A trigger lives three seconds and serves once: https://docs.slack.dev/interactivity/handling-user-interaction */
const triggerIsOver = new Set([
  'expired_trigger_id',
  'exchanged_trigger_id',
  'invalid_trigger',
  'invalid_trigger_id',
  // Three modals lie on each other already.
  'push_limit_reached',
])

async function openModal(
  { write }: Caller,
  triggerId: string,
  view: ModalView,
  place: 'alone' | 'on-top',
): Promise<boolean> {
  try {
    await write(place === 'on-top' ? 'views.push' : 'views.open', { trigger_id: triggerId, view })
    return true
  } catch (error) {
    // Nothing hangs on a form: one that nobody knows to be open can be opened again.
    const isNotOpened =
      error instanceof SlackCallFailed && (error.kind !== 'not-done' || triggerIsOver.has(error.code ?? ''))
    if (isNotOpened) return false
    throw error
  }
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
