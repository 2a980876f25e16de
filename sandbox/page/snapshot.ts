/** Everything the page shows, for the person one acts as. */
import type { LocalGitLab } from '../gitlab/gitlab.ts'
import { issueView } from '../gitlab/issue-view.ts'
import type { Issue } from '../gitlab/world.ts'
import type { Slack } from '../slack/slack.ts'
import type { Message, View } from '../slack/workspace.ts'
import { drawn } from './drawn.ts'
import type { Names } from './mrkdwn.ts'
import { DIRECT_EMAIL, REQUEST_TYPES } from './new-request.ts'

export interface Clock {
  now(): Date
  advance(ms: number): Promise<void>
}

export interface Parts {
  readonly slack: Slack
  readonly gitlab: LocalGitLab
  readonly clock: Clock
}

export interface Looking {
  /** The Slack id of the person one acts as. */
  readonly as: string
  readonly channel: string
  /** Which issue stands beside the channel: `project#iid`. */
  readonly issue: string | undefined
}

export function snapshot(parts: Parts, looking: Looking) {
  const { slack, clock } = parts
  const names = namesFor(parts, looking.as)
  const channel = slack.space.channel(looking.channel)
  const messages = channel ? shownMessages(slack, channel.id, looking.as) : []
  const issue = chosenIssue(parts.gitlab, looking.issue)
  return {
    /** To the minute, so that a page at rest does not change. */
    now: `${clock.now().toISOString().slice(0, 16)}Z`,
    people: peopleShown(slack),
    as: looking.as,
    channel: channel && { name: channel.name, isPrivate: channel.isPrivate, members: channel.members.length },
    channels: slack.space.channels
      .filter((one) => one.isPrivate && !one.id.startsWith('D'))
      .map((one) => one.name),
    messages: messages.map((message) => messageShown(message, slack, names)),
    view: viewShown(slack.openView(looking.as), names),
    issues: issuesShown(parts.gitlab),
    issue: issue && issueShown(parts.gitlab, issue),
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

function shownMessages({ space }: Slack, channel: string, as: string): readonly Message[] {
  return space.messages.filter(
    (one) => one.channel === channel && !one.deleted && (!one.visibleTo || one.visibleTo === as),
  )
}

function messageShown(message: Message, { space }: Slack, names: Names) {
  const author = space.person(message.user)
  return {
    ts: message.ts,
    threadTs: message.threadTs,
    author: author?.realName ?? message.user,
    isApp: author?.kind === 'bot',
    /** The first words of what it says, for those who do not see the blocks. */
    summary: message.text,
    blocks: drawn(message.blocks, names),
    text: drawn({ type: 'mrkdwn', text: message.text }, names),
    time: clockTime(message.ts, names.timeZone),
    edited: message.editedTs !== undefined,
    onlyYou: message.visibleTo !== undefined,
  }
}

function clockTime(ts: string, timeZone: string) {
  const at = new Date(Number(ts) * 1000)
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-US', { timeZone, ...options }).format(at)
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

const keyOf = (issue: Issue) => `${issue.project.path}#${issue.iid}`

function chosenIssue({ world }: LocalGitLab, key: string | undefined): Issue | undefined {
  const present = world.issues.filter((issue) => !issue.removed)
  return present.find((issue) => keyOf(issue) === key) ?? present.at(-1)
}

function issuesShown({ world, url }: LocalGitLab) {
  return world.issues
    .filter((issue) => !issue.removed)
    .map((issue) => ({
      key: keyOf(issue),
      iid: issue.iid,
      title: issue.title,
      project: issue.project.name,
      state: issue.state,
      url: issueView(url, issue).url,
    }))
    .reverse()
}

function issueShown(gitlab: LocalGitLab, issue: Issue) {
  const view = issueView(gitlab.url, issue)
  const mails = issue.project.serviceDesk ? gitlab.mails.filter((mail) => mail.iid === issue.iid) : []
  const mailed = (body: string, at: string) => mails.some((mail) => mail.text === body && mail.at === at)
  return {
    ...view,
    key: keyOf(issue),
    project: issue.project.name,
    projectPath: issue.project.path,
    isServiceDesk: issue.project.serviceDesk,
    createdAt: issue.createdAt,
    requester: issue.participants[0],
    notes: view.notes.map((note) => ({
      ...note,
      mailed: mailed(note.body, note.at),
      byRequester:
        note.author === 'support-bot' && !mailed(note.body, note.at) && !note.internal && !note.system,
    })),
    hasOpenTask: view.description.includes('- [ ] '),
    mails,
  }
}
