/** The effects in Slack: the card, its thread, the list of a distribution day, and messages in the channel. */

import type { KnownBlock } from '@slack/types'
import type { DigestReply, messageEffects } from '../../engine/effects/messages.ts'
import { assigneeWord, nextWord } from '../../engine/outcome.ts'
import type { Request, Role } from '../../engine/request.ts'
import type { Instant } from '../../engine/time.ts'
import { amendRequest } from '../../requests/handle-event.ts'
import type { Card, Held, OutboxEntry, RequestRow, Store, Tables } from '../../store/store.ts'
import { escaped } from '../../views/escape.ts'
import { type Done, type HandlersOf, requestOf } from '../effect-handler.ts'
import { NotYet } from '../failure.ts'
import type { Posted } from './answers.ts'
import type { SlackClient, SlackMessage } from './client.ts'
import { SlackCallFailed } from './failure.ts'

/** The clients and texts that the effects in Slack are given. */
export interface SlackContext {
  readonly store: Pick<Store, 'tables'>
  readonly slack: Pick<SlackClient, 'post' | 'update'>
  /** Returns the channel for a desk's new cards. */
  readonly channelOf: (request: Pick<Request, 'source'>) => string
  /** Left out: that of the desk that has lists of distribution days. */
  readonly channelOfDesk: (desk: string | undefined) => string
  /** Returns the holders of the role, as mentions: `<!subteam^S1> <@U1>`; empty where nobody holds it. */
  readonly mention: (role: Role) => Promise<string>
  /** Returns who works such requests: called where nobody has claimed one. */
  readonly workerOf: (request: Pick<Request, 'source'>) => Role
  /** Returns what comes next of the request: ` Next: “Answers are in: check them”.`; empty where nothing does. */
  readonly nextText: (request: RequestRow) => string
  /** Why nobody can answer for the role, and what to set; undefined where somebody holds it. */
  readonly vacancy: (role: Role) => Promise<string | undefined>
  /** The card as the request stands now; undefined where it has none. */
  readonly drawCard: (request: RequestRow) => Promise<SlackMessage | undefined>
  /** The list of a distribution day as it stands now; undefined where there is nothing to list. */
  readonly drawBatch: (day: string) => Promise<SlackMessage | undefined>
  /** The message about the cards that wait, as things stand now; `isCall`: with a mention of whoever asks for them. */
  readonly drawBacklog: (desk: string, isCall: boolean) => Promise<SlackMessage>
  /** Posts the desk's weekly report as things stand now, in the best form that the workspace takes. */
  readonly postReport: (desk: string, post: (message: SlackMessage) => Promise<Posted>) => Promise<Posted>
  /**
   * The desk's digest as things stand now; `posted` keeps where it ends, for the next one. Undefined where that of a
   * later day has been asked for since.
   */
  readonly drawDigest: (desk: string, day: string) => Promise<ReadyDigest | undefined>
}

/** A digest that is about to be posted. */
export interface ReadyDigest {
  readonly message: SlackMessage
  /** What continues it in its thread, in order. */
  readonly replies: readonly SlackMessage[]
  readonly auditHead?: string
  /** Puts the replies into the outbox, with the result. */
  readonly posted: (tables: Tables, replies: readonly DigestReply[]) => Promise<void>
}

/** A card that can't be updated any more: it was deleted, or it is not ours. */
const cardIsGone = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'channel_not_found',
])
/** Archived, left or closed to the bot: nothing more can be said there. */
const channelIsClosed = new Set([
  ...['is_archived', 'is_inactive', 'channel_not_found', 'not_in_channel', 'channel_is_limited_access'],
  ...['restricted_action', 'restricted_action_read_only_channel', 'restricted_action_thread_locked'],
])
/** Slack's errors for blocks that it refuses: nothing was posted. */
const isTooMuch = new Set(['msg_blocks_too_long', 'msg_too_long', 'invalid_blocks', 'invalid_blocks_format'])
const threadIsGone = new Set(['thread_not_found', 'message_not_found'])

/** The handlers of all effects that write in Slack. */
export function messageHandlers(context: SlackContext): HandlersOf<typeof messageEffects> {
  const { store, slack, channelOf, channelOfDesk, mention, vacancy, workerOf, nextText } = context
  /**
   * Posts what can't be looked up, which counts from now on: whatever was asked and read for it before has said nothing
   * to anybody. What Slack refuses of it is posted in another form in the same attempt.
   */
  const posting = (entry: Held) => {
    let begun: Promise<void> | undefined
    return async (message: Parameters<typeof slack.post>[0]) => {
      begun ??= store.tables.outbox.sends(entry)
      await begun
      return slack.post(message)
    }
  }
  const { drawCard, drawBatch, drawBacklog, drawDigest, postReport } = context
  return {
    thread: {
      async execute(entry, work) {
        const request = await requestOf({ store }, entry)
        const { card } = request
        if (!card) throw new NotYet('Waiting for the card to be posted.')
        const asked = [...new Set(work.mention)]
        const vacancies = await Promise.all(asked.map(vacancy))
        const mentions = await Promise.all(asked.map(mention))
        const said = await toWhomItIs(
          work.text.replace(nextWord, () => nextText(request)),
          request,
        )
        const text = [
          threadText(said.text, [...said.mentions, ...mentions]),
          ...vacancies.flatMap((why) => why ?? []),
        ].join(' ')
        try {
          const { ts } = await posting(entry)({
            channel: card.channel,
            threadTs: card.ts,
            text,
            ...(work.isBroadcast && { isBroadcast: true }),
            opId: entry.opId,
          })
          return { result: { ts } }
        } catch (error) {
          if (hasCode(error, threadIsGone) || isLeft(card, request, error))
            throw new NotYet('Waiting for the card to be posted again.', { cause: error })
          throw error
        }
      },
    },

    card: {
      /** From the state now, so that one redraw stands for all that were wished for before it. */
      async execute(entry) {
        const request = await requestOf({ store }, entry)
        // Whatever asks for a redraw meanwhile, the first card comes when it is asked for.
        if (request.cardWaitsSince !== undefined) return { result: {} }
        const message = await drawCard(request)
        if (!message) return { result: {} }
        if (request.card && (await update(request.card, message, channelOf(request))))
          return { result: { ts: request.card.ts } }
        const channel = channelOf(request)
        const { channel: at, ts } = await slack.post({ ...message, channel, opId: entry.opId })
        return {
          result: { ts },
          record: async (tables) => {
            const now = await tables.requests.byId(request.id)
            return now && amendRequest(tables, now, { card: { channel: at, ts } })
          },
        }
      },
    },

    batch: {
      /** It stands for no request: it is drawn again whenever one of its reports is sent. */
      async execute(entry, { desk, day }) {
        const message = await drawBatch(day)
        return message ? keptByName(entry, `batch:${day}`, desk, message) : { result: {} }
      },
    },

    backlog: {
      /** A call is posted anew: nobody is notified of what is updated. */
      async execute(entry, { desk, isCall = false }) {
        return keptByName(entry, `backlog:${desk}`, desk, await drawBacklog(desk, isCall), isCall)
      },
    },

    notice: {
      async execute(entry, { desk, text }) {
        const said = threadText(text, [])
        const { opId } = entry
        const { ts } = await posting(entry)({ channel: channelOfDesk(desk), text: said, opId })
        return { result: { ts } }
      },
    },

    report: {
      async execute(entry, { desk }) {
        const place = { channel: channelOfDesk(desk), opId: entry.opId }
        const post = posting(entry)
        const { ts } = await postReport(desk, (message) => post({ ...message, ...place }))
        return { result: { ts } }
      },
    },

    'digest-reply': {
      async execute(entry, { desk, threadTs, text, blocks }) {
        const message = { text, channel: channelOfDesk(desk), threadTs, opId: entry.opId }
        const { ts } = await posting(entry)({ ...message, blocks: JSON.parse(blocks) as KnownBlock[] })
        return { result: { ts } }
      },
    },

    digest: {
      async execute(entry, { desk, day }) {
        const digest = await drawDigest(desk, day)
        // Nothing could be posted for days: one digest tells all of them.
        if (!digest) return { result: {} }
        const { message: drawn, replies, auditHead, posted } = digest
        const place = { channel: channelOfDesk(desk), opId: entry.opId, ...(auditHead && { auditHead }) }
        const message = { ...drawn, ...place }
        const done = ({ ts }: { readonly ts: string }): Done => ({
          result: { ts },
          record: async (tables) => {
            await posted(
              tables,
              replies.map(({ text, blocks = [] }) => ({
                ...{ kind: 'digest-reply', desk, threadTs: ts, text },
                blocks: JSON.stringify(blocks),
              })),
            )
            return undefined
          },
        })
        const post = posting(entry)
        try {
          return done(await post(message))
        } catch (error) {
          if (!hasCode(error, isTooMuch)) throw error
          // Its counts alone are better than no digest on that day.
          return done(await post({ ...place, text: message.text }))
        }
      },
    },
  }

  /** The person whose request it is at this moment, else the mentions of those who work such requests. */
  async function toWhomItIs(
    text: string,
    request: RequestRow,
  ): Promise<{ readonly text: string; readonly mentions: readonly string[] }> {
    const { assignee } = request
    if (!text.includes(assigneeWord)) return { text, mentions: [] }
    if (assignee !== undefined)
      return { text: text.replaceAll(assigneeWord, `{person:${assignee}}`), mentions: [] }
    const rest = text.replaceAll(`${assigneeWord} `, '').replaceAll(assigneeWord, '')
    return { text: rest, mentions: [await mention(workerOf(request))] }
  }

  /** Updates the one message of this name in the desk's channel, or posts it where there is none yet, or `isAnew`. */
  async function keptByName(
    { opId, requestId }: Pick<OutboxEntry, 'opId' | 'requestId'>,
    unnamed: string,
    desk: string | undefined,
    message: SlackMessage,
    isAnew = false,
  ): Promise<Done> {
    const name = requestId ?? unnamed
    const channel = channelOfDesk(desk)
    const before = placeIn(await store.tables.settings.get(name))
    if (!isAnew && before && (await update(before, message, channel))) return { result: { ts: before.ts } }
    const { channel: at, ts } = await slack.post({ ...message, channel, opId })
    return {
      result: { ts },
      record: async ({ settings }) => {
        await settings.set(name, JSON.stringify({ channel: at, ts }))
        return undefined
      },
    }
  }

  /** The desk has moved to another channel, and in the old one nothing can be said any more. */
  function isLeft(card: Card, request: Pick<Request, 'source'>, error: unknown): boolean {
    return card.channel !== channelOf(request) && hasCode(error, channelIsClosed)
  }

  /** False where there is nothing left to update, or nothing to be said any more where it stands: `channel` is the desk's now. */
  async function update(card: Card, message: SlackMessage, channel: string): Promise<boolean> {
    try {
      await slack.update({ ...message, ...card })
      return true
    } catch (error) {
      if (hasCode(error, cardIsGone)) return false
      if (card.channel !== channel && hasCode(error, channelIsClosed)) return false
      throw error
    }
  }
}

/**
 * Renders a text for a thread. No part of it mentions or links, but the people whom the bot itself names: each of them
 * once, however many roles they hold.
 */
export function threadText(text: string, mentions: readonly string[]): string {
  const lines = text.split(/\r\n|[\r\n]/).map((line) => escaped(line, longestLine))
  const said = lines
    .join('\n')
    .replace(/\{person:([UW][A-Z0-9]{2,20})\}/g, '<@$1>')
    .replace(moment, (_all, at: string, words: string) => dateToken(at, words))
  const called = [...new Set(mentions.flatMap((one) => one.split(' ')))].filter(
    (one) => one !== '' && !said.includes(one),
  )
  return [...called, said].join(' ')
}

/** An instant that the bot names, with what stands for it where Slack can't show it: `{at:2026-03-09T15:00:00.000Z|Mar 9}`. */
const moment = /\{at:(\d{4}-\d\d-\d\dT[\d:.]{8,12}Z)\|([\w ,:/+-]{1,80})\}/g

/** https://docs.slack.dev/messaging/formatting-message-text/#date-formatting */
function dateToken(at: Instant, words: string): string {
  return `<!date^${Math.floor(Date.parse(at) / 1000)}^{date_short_pretty}, {time}|${words}>`
}

/** A section of Slack holds 3,000 characters; the longest line that a person can type is as long. */
const longestLine = 3_000

/** Empty: it is wished for and not posted yet. */
function placeIn(setting: string | undefined): Card | undefined {
  return setting ? (JSON.parse(setting) as Card) : undefined
}

function hasCode(error: unknown, codes: ReadonlySet<string>): boolean {
  return error instanceof SlackCallFailed && error.code !== undefined && codes.has(error.code)
}
