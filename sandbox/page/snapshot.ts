/** Everything the page shows, for the person one acts as. */
import type { LocalGitLab } from '../gitlab/gitlab.ts'
import type { Channel } from '../slack/people.ts'
import type { Slack } from '../slack/slack.ts'
import type { Message, View } from '../slack/workspace.ts'
import type { LocalZendesk } from '../zendesk/zendesk.ts'
import { formatter } from './date-text.ts'
import { drawn } from './drawn.ts'
import { chosenIssue, issueShown, issuesShown } from './issues-shown.ts'
import type { Names } from './mrkdwn.ts'
import { DIRECT_EMAIL, REQUEST_TYPES } from './new-request.ts'
import { ticketShown, ticketsShown } from './tickets-shown.ts'
import { linksShown, paneShown } from './work-objects-shown.ts'

export interface Clock {
  now(): Date
  advance(ms: number): Promise<void>
}

export interface Parts {
  readonly slack: Slack
  readonly gitlab: LocalGitLab
  readonly zendesk: LocalZendesk
  readonly clock: Clock
  /** Whether an exception takes two people, and the switch for it; left out: there is none. */
  readonly twoApprovals?: {
    isOn(): boolean
    set(on: boolean): Promise<void>
  }
}

export interface Looking {
  /** The Slack id of the person one acts as. */
  readonly as: string
  readonly channel: string
  /** Which service stands beside the channel. */
  readonly beside: 'gitlab' | 'zendesk'
  /** Which of its issues: `project#iid`. */
  readonly issue: string | undefined
  readonly ticket: number | undefined
}

/** What stands for the name of a channel where one looks at the app’s Home. */
const HOME = 'app-home'

export function snapshot(parts: Parts, looking: Looking) {
  const { slack, gitlab, zendesk, clock } = parts
  const names = namesFor(parts, looking.as)
  const channel = slack.space.channel(looking.channel)
  const messages = channel ? shownMessages(slack, channel, looking.as) : []
  const isHome = looking.channel === HOME
  const issue = looking.beside === 'gitlab' ? chosenIssue(gitlab, looking.issue) : undefined
  return {
    /** To the minute, so that a page at rest does not change. */
    now: `${clock.now().toISOString().slice(0, 16)}Z`,
    people: peopleShown(slack),
    twoApprovals: parts.twoApprovals?.isOn(),
    as: looking.as,
    /** Of the person, in which every time of the page is said. */
    timeZone: names.timeZone,
    channel: channel && {
      name: channel.name,
      isPrivate: channel.isPrivate,
      members: channel.members.length,
      isMember: channel.members.includes(looking.as),
    },
    channels: slack.space.channels
      .filter((one) => one.isPrivate && !one.id.startsWith('D'))
      .map((one) => channelTab(slack, one, looking.as)),
    /** The app’s Home, as it was last drawn for this person, and what the app wrote to them alone. */
    home: isHome ? homeShown(slack, looking.as, names) : undefined,
    messages: messages.map((message) => messageShown(message, slack, names)),
    view: viewShown(slack.space.openViews(looking.as).at(-1), names),
    pane: paneShown(slack.space.openPanes.get(looking.as), names),
    beside: looking.beside,
    issues: issuesShown(gitlab),
    issue: issue && issueShown(gitlab, issue),
    tickets: ticketsShown(zendesk, gitlab),
    ticket: looking.beside === 'zendesk' ? ticketShown(zendesk, gitlab, looking.ticket) : undefined,
    requestTypes: [...REQUEST_TYPES, DIRECT_EMAIL],
  }
}

function namesFor({ slack, clock }: Parts, as: string): Names {
  const { space } = slack
  return {
    user: (id) => space.person(id)?.realName,
    group: (id) => space.group(id)?.handle,
    channel: (id) => space.channel(id)?.name,
    now: clock.now(),
    timeZone: space.person(as)?.tz ?? 'UTC',
  }
}

function peopleShown({ space }: Slack) {
  return space.people
    .filter((someone) => someone.kind !== 'bot' && !someone.deleted)
    .map(({ id, realName, title }) => ({ id, name: realName, title }))
}

function homeShown(slack: Slack, as: string, names: Names) {
  const view = slack.home(as)
  const direct = slack.space.messages.filter(
    (one) => one.channel === directChannel(as) && !one.deleted && !one.threadTs,
  )
  return {
    view: view && { id: view.id, hash: view.hash, blocks: drawn(view.blocks, names) },
    messages: direct.map((message) => messageShown(message, slack, names)),
  }
}

/** Between the app and a person, as the local Slack names it. */
const directChannel = (userId: string) => `D${userId.slice(1)}`

/** With what a reader of the channel may not have seen yet, and all that a link may lead to. */
function channelTab(slack: Slack, channel: Channel, as: string) {
  return { name: channel.name, messages: shownMessages(slack, channel, as).map(({ ts }) => ts) }
}

/** Whoever is not in a channel sees nothing of it. */
function shownMessages({ space }: Slack, { id: channel, members }: Channel, as: string): readonly Message[] {
  if (!members.includes(as)) return []
  return space.messages.filter(
    (one) => one.channel === channel && !one.deleted && (!one.visibleTo || one.visibleTo === as),
  )
}

const known = new WeakMap<Message, { readonly at: string; readonly shown: MessageShown }>()

/** A message never changes, as an edited one is another: it is drawn anew where its reader or the minute is another. */
function messageShown(message: Message, slack: Slack, names: Names): MessageShown {
  const at = `${names.timeZone} ${Math.floor(names.now.getTime() / 60_000)}`
  const before = known.get(message)
  if (before?.at === at) return before.shown
  const shown = messageDrawn(message, slack, names)
  known.set(message, { at, shown })
  return shown
}

type MessageShown = ReturnType<typeof messageDrawn>

function messageDrawn(message: Message, { space }: Slack, names: Names) {
  const author = space.person(message.user)
  return {
    ts: message.ts,
    threadTs: message.threadTs,
    author: author?.realName ?? message.user,
    isApp: author?.kind === 'bot',
    blocks: drawn(message.blocks, names),
    text: drawn({ type: 'mrkdwn', text: message.text }, names),
    links: linksShown(message.unfurl, names),
    time: clockTime(message.ts, names.timeZone),
    edited: message.editedTs !== undefined,
    onlyYou: message.visibleTo !== undefined,
    isBroadcast: message.isBroadcast === true,
  }
}

function clockTime(ts: string, timeZone: string) {
  const at = new Date(Number(ts) * 1000)
  const format = (options: Intl.DateTimeFormatOptions) => formatter(timeZone, options).format(at)
  return {
    time: format({ hour: 'numeric', minute: '2-digit' }),
    day: format({ weekday: 'long', month: 'long', day: 'numeric' }),
    iso: at.toISOString(),
  }
}

function viewShown(view: View | undefined, names: Names) {
  if (!view) return undefined
  const { id, hash, title, submit, close, errors, blocks } = view
  return { id, hash, title, submit, close, errors, blocks: drawn(blocks, names) }
}
